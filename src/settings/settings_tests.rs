//! The whole configuration, from sources written by hand: what is chosen, and what is said about what cannot be used.

use std::collections::BTreeMap;

use runtime::config::Pending;
use secrecy::ExposeSecret as _;

use super::*;

fn load(variables: &[(&str, &str)]) -> Result<Settings, Error> {
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings::load(&Sources { variables, ..Sources::default() })
}

fn refusal(variables: &[(&str, &str)]) -> String {
    load(variables).map(|_| "nothing was refused".to_owned()).unwrap_or_else(|error| error.to_string())
}

#[test]
fn nothing_set_is_a_working_configuration() {
    let settings = load(&[]).unwrap();
    assert!(matches!(&settings.communication, Communication::Terminal { .. }));
    assert!(matches!(&settings.model, Model::Offline { why } if why.contains("OPENAI_API_KEY")));
    assert_eq!(settings.database.url, "sqlite://data/plumbline.db");
    assert!(!settings.database_named);
    assert_eq!(settings.data_folder, Path::new("data"));
    assert_eq!(settings.media_folder, Path::new("data/media"));
    assert_eq!(settings.gateway.port, 8010);
    let url = |name: &str| settings.agents[&AgentName::from(name)].clone();
    assert_eq!(url("office"), Endpoint { port: 8001, url: "http://127.0.0.1:8001".into() });
    assert_eq!(url("field"), Endpoint { port: 8002, url: "http://127.0.0.1:8002".into() });
    assert!(settings.link_secret.is_none() && settings.gateway.jwt_secret.is_none());
    assert!(settings.phones.is_empty() && settings.files.is_empty());
    assert_eq!(settings.grace, Duration::from_secs(10));
}

#[test]
fn the_built_in_layers_are_what_the_crates_use_without_them() {
    let settings = load(&[]).unwrap();
    let same = |ours: String, theirs: String| assert_eq!(ours, theirs);
    same(format!("{:?}", settings.belt), format!("{:?}", runtime::Config::default()));
    same(format!("{:?}", settings.database), format!("{:?}", store::Config::default()));
    same(format!("{:?}", settings.terminal), format!("{:?}", channels::cli::Config::default()));
    same(format!("{:?}", settings.http), format!("{:?}", channels::transport::Config::default()));
    let Model::Remote { config, .. } = load(&[("OPENAI_API_KEY", "sk-1")]).unwrap().model else {
        panic!("offline")
    };
    let theirs = agents::model::openai::Config { api_key: config.api_key.clone(), ..Default::default() };
    same(format!("{config:?}"), format!("{:?}", Box::new(theirs)));
}

#[test]
fn named_variables_are_stronger_than_general_ones_and_those_than_the_file() {
    let mut sources = Sources {
        local: Some(
            "[gateway]\nport = 1000\n[turns]\npending = \"collect\"\n[log]\nfilter = \"info\"".to_owned(),
        ),
        ..Sources::default()
    };
    let port = |sources: &Sources| Settings::load(sources).unwrap().gateway.port;
    assert_eq!(port(&sources), 1000);
    sources.variables.insert("PLUMBLINE__GATEWAY__PORT".into(), "2000".into());
    assert_eq!(port(&sources), 2000);
    sources.variables.insert("WEBHOOK_PORT".into(), "3000".into());
    assert_eq!(port(&sources), 3000);
    sources.variables.insert("WEBHOOK_PORT".into(), " ".into());
    assert_eq!(port(&sources), 2000);
    let settings = Settings::load(&sources).unwrap();
    assert_eq!(settings.belt.turns.pending, Pending::Collect);
    assert_eq!((settings.log.filter.as_str(), settings.files.as_slice()), ("info", [LOCAL].as_slice()));
}

#[test]
fn a_line_in_the_terminal_is_not_gathered_unless_somebody_said_so() {
    let gathered = |variables: &[(&str, &str)]| {
        let mut settings = load(variables).unwrap();
        let before = settings.belt.turns.gather_ms;
        settings.for_terminal();
        (before, settings.belt.turns.gather_ms)
    };
    assert_eq!(gathered(&[]), (2_000, 0));
    assert_eq!(gathered(&[("PLUMBLINE__TURNS__GATHER_MS", "300")]), (300, 300));
}

#[test]
fn the_model_is_chosen_by_what_is_set() {
    let chosen = |variables: &[(&str, &str)]| match load(variables).unwrap().model {
        Model::Offline { why } => format!("offline: {why}"),
        Model::Remote { config, why } => format!(
            "{} {:?} {:?} key {:?}: {why}",
            config.provider.as_str(),
            config.base_url,
            config.model,
            config.api_key.as_ref().map(|key| key.expose_secret().to_owned())
        ),
    };
    insta::assert_snapshot!(
        [
            chosen(&[]),
            chosen(&[("OPENAI_API_KEY", "sk-1")]),
            chosen(&[("OPENAI_BASE_URL", "http://localhost:11434/v1"), ("OPENAI_MODEL", "llama")]),
            chosen(&[("GEMINI_API_KEY", "g-1"), ("GEMINI_MODEL", "gemini-x")]),
            chosen(&[("OPENAI_API_KEY", "sk-1"), ("GEMINI_API_KEY", "g-1")]),
            chosen(&[("OPENAI_API_KEY", "sk-1"), ("GEMINI_API_KEY", "g-1"), ("MODEL_PROVIDER", "Gemini")]),
            chosen(&[("OPENAI_API_KEY", "sk-1"), ("MODEL_PROVIDER", "offline")]),
            chosen(&[("OPENAI_API_KEY", "")]),
        ]
        .join("\n")
    );
    assert_eq!(
        refusal(&[("MODEL_PROVIDER", "claude")]),
        "MODEL_PROVIDER is \"claude\": it must be openai, gemini or offline"
    );
    assert_eq!(
        refusal(&[("MODEL_PROVIDER", "openai")]),
        "OPENAI_API_KEY is required because MODEL_PROVIDER is openai"
    );
    assert_eq!(
        refusal(&[("MODEL_PROVIDER", "gemini"), ("OPENAI_API_KEY", "sk-1")]),
        "GEMINI_API_KEY is required because MODEL_PROVIDER is gemini"
    );
}

const CLOUD: [(&str, &str); 5] = [
    ("WHATSAPP_ACCESS_TOKEN", "EAA"),
    ("WHATSAPP_PHONE_NUMBER_ID", "1"),
    ("WHATSAPP_BUSINESS_ACCOUNT_ID", "2"),
    ("WHATSAPP_APP_SECRET", "s"),
    ("WHATSAPP_VERIFY_TOKEN", "v"),
];

#[test]
fn a_missing_credential_is_named() {
    for (missing, _) in CLOUD {
        let mut variables: Vec<_> = CLOUD.into_iter().filter(|(name, _)| *name != missing).collect();
        variables.push(("COMMUNICATION_MODE", "whatsapp"));
        assert_eq!(refusal(&variables), format!("{missing} is required in WhatsApp mode"));
        variables.push(("COMMUNICATION_MODE", "auto"));
        let why = load(&variables).unwrap().communication.describe();
        assert_eq!(why, format!("in the terminal (COMMUNICATION_MODE is auto and {missing} is not set)"));
    }
    let complete = |mode| [CLOUD.as_slice(), &[("COMMUNICATION_MODE", mode)]].concat();
    assert_eq!(
        load(&complete("auto")).unwrap().communication.describe(),
        "WhatsApp through meta_cloud (COMMUNICATION_MODE is auto and everything it needs is set)"
    );
    let Communication::WhatsApp { provider: Provider::MetaCloud(cloud), .. } =
        load(&complete("whatsapp")).unwrap().communication
    else {
        panic!("not the Cloud API")
    };
    assert_eq!(
        (cloud.api_base_url.as_str(), cloud.api_version.as_str()),
        ("https://graph.facebook.com", "v26.0")
    );
    assert!(!format!("{cloud:?}").contains("EAA"));
}

#[test]
fn an_own_server_needs_an_address() {
    let with = |more: &[(&'static str, &'static str)]| {
        [[("COMMUNICATION_MODE", "whatsapp"), ("COMMS_PROVIDER", "waha")].as_slice(), more].concat()
    };
    assert_eq!(refusal(&with(&[])), "COMMS_PROVIDER_BASE_URL is required with COMMS_PROVIDER=waha");
    assert_eq!(
        refusal(&with(&[("COMMS_PROVIDER_BASE_URL", "http://w:3000")])),
        "COMMS_INSTANCE_ID is required with COMMS_PROVIDER=waha"
    );
    let settings =
        load(&with(&[("COMMS_PROVIDER_BASE_URL", "http://w:3000/"), ("COMMS_INSTANCE_ID", "default")]))
            .unwrap();
    let Communication::WhatsApp { provider: Provider::Waha(server), .. } = settings.communication else {
        panic!()
    };
    assert_eq!(server.base_url, "http://w:3000");
}

#[test]
fn what_cannot_be_used_is_one_sentence_with_setting_value_and_mend() {
    let cases = [
        (("COMMUNICATION_MODE", "sms"), "COMMUNICATION_MODE is \"sms\": it must be cli, whatsapp or auto"),
        (("WEBHOOK_PORT", "eighty"), "WEBHOOK_PORT is \"eighty\": it must be a whole number"),
        (("WEBHOOK_PORT", "70000"), "WEBHOOK_PORT is \"70000\": it must be a whole number from 0 to 65535"),
        (
            ("WEBHOOK_PORT", "8001"),
            "WEBHOOK_PORT and OFFICE_AGENT_PORT are both 8001: give each a port of its own",
        ),
        (
            ("PLUMBLINE_BIND", "everywhere"),
            "PLUMBLINE_BIND is \"everywhere\": it must be an IP address like 127.0.0.1 or 0.0.0.0",
        ),
        (
            ("OFFICE_AGENT_URL", "office:8001"),
            "OFFICE_AGENT_URL is \"office:8001\": it must begin with http:// or https://",
        ),
        (
            ("DATABASE_URL", "mysql://x"),
            "DATABASE_URL is \"mysql://x\": it must begin with sqlite:// or postgres://",
        ),
        (
            ("AGENT_LINK_SECRET", "short"),
            "AGENT_LINK_SECRET is \"(not shown)\": it must have at least 16 characters, for example from `openssl rand -hex 32`",
        ),
        (
            ("COMMS_DEFAULT_COUNTRY_CODE", "DE"),
            "COMMS_DEFAULT_COUNTRY_CODE is \"DE\": it must be a country code like 49",
        ),
        (
            ("COMMS_TRANSCRIPTION_PROVIDER", "ear"),
            "COMMS_TRANSCRIPTION_PROVIDER is \"ear\": it must be none, openai or local",
        ),
        (
            ("PLUMBLINE__FILES__OVERRIDES", "/no/such"),
            "PLUMBLINE__FILES__OVERRIDES is \"/no/such\": there is no such folder",
        ),
    ];
    for (variable, expected) in cases {
        assert_eq!(refusal(&[variable]), expected);
    }
    assert!(
        refusal(&[("FIELD_TECHNICIAN_PHONE", "call me")])
            .starts_with("FIELD_TECHNICIAN_PHONE is \"call me\": ")
    );
    assert_eq!(
        refusal(&[("PLUMBLINE__TURNS__PENDING", "drop")]),
        "PLUMBLINE__TURNS__PENDING is \"drop\": it must be steer, collect or followup"
    );
    assert!(refusal(&[("DATABASE_URL", "mysql://u:geheim@h/d")]).contains("***"));
}

#[test]
fn people_and_places_are_resolved() {
    let settings = load(&[
        ("FIELD_TECHNICIAN_PHONE", "+49 30 23125 001"),
        ("OFFICE_STAFF_PHONE", "030 23125-002"),
        ("PLUMBLINE_BIND", "0.0.0.0"),
        ("PLUMBLINE_PUBLIC_URL", "https://firm.example/"),
        ("OFFICE_AGENT_URL", "https://office.example:9000/"),
        ("DATABASE_URL", "sqlite:///var/lib/plumbline/house.db?mode=rwc"),
        ("AGENT_LINK_SECRET", "0123456789abcdef"),
    ])
    .unwrap();
    assert_eq!(
        settings.phones,
        [(Role::Technician, "493023125001".to_owned()), (Role::Office, "493023125002".to_owned())]
    );
    assert_eq!(settings.public_url.as_deref(), Some("https://firm.example"));
    assert_eq!(settings.agents[&AgentName::from("office")].url, "https://office.example:9000");
    assert_eq!(settings.agents[&AgentName::from("field")].url, "http://127.0.0.1:8002");
    assert!(settings.database_named);
    assert_eq!(settings.data_folder, Path::new("/var/lib/plumbline"));
    assert_eq!(settings.link_secret.unwrap().expose_secret(), "0123456789abcdef");
}

#[test]
fn what_belongs_beside_the_database_has_a_folder() {
    let cases = [
        ("sqlite://data/plumbline.db", "data"),
        ("sqlite:plumbline.db", "."),
        ("sqlite::memory:", "data"),
        ("sqlite:///tmp/a/b.db?mode=rwc", "/tmp/a"),
        ("postgres://localhost/plumbline", "data"),
    ];
    for (url, folder) in cases {
        assert_eq!(database::beside(url), Path::new(folder), "{url}");
    }
}

#[test]
fn a_further_agent_is_a_section_of_the_file() {
    let sources = Sources {
        local: Some("[agents.stock]\nport = 8003\n[firm]\nname = \"Rohr & Söhne\"".to_owned()),
        ..Sources::default()
    };
    let settings = Settings::load(&sources).unwrap();
    assert_eq!(settings.agents[&AgentName::from("stock")].url, "http://127.0.0.1:8003");
    assert_eq!(settings.firm.name, "Rohr & Söhne");
    let bad = Sources { local: Some("[firm]\ncurrency = \"Euro\"".to_owned()), ..Sources::default() };
    let said = Settings::load(&bad).unwrap_err().to_string();
    assert!(said.contains("currency is \"Euro\""), "{said}");
}

#[test]
fn the_example_lists_every_variable() {
    let example = include_str!("../../.env.example");
    let listed: BTreeSet<&str> = example
        .lines()
        .filter_map(|line| line.trim_start_matches("# ").split_once('=').map(|(name, _)| name.trim()))
        .filter(|name| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') && !name.is_empty())
        .collect();
    let general = listed.iter().filter(|name| name.starts_with(layers::PREFIX));
    for name in general {
        let key = name.trim_start_matches(layers::PREFIX).to_ascii_lowercase().replace("__", ".");
        assert!(
            Layers::built_in(&BUILT_IN).unwrap().set(name, &key, "1").is_ok() || key.ends_with("pending"),
            "{name}"
        );
    }
    let named: BTreeSet<&str> =
        listed.iter().filter(|name| !name.starts_with(layers::PREFIX)).copied().collect();
    assert_eq!(named, named_variables());
}
