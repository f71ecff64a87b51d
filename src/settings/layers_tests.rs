//! Layers: what wins, what a variable becomes, what is said about one that cannot be used.

use serde::Deserialize;

use super::*;

const BASE: &str = "[turns]\ngather_ms = 2000\npending = \"steer\"\n[firm]\nlanguages = [\"de\"]\nopen = true\nrate = 1.5\n[firm.rules]\nvat = \"19\"\n[[firm.rules.contracts]]\nname = \"Basic\"\n";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct All {
    turns: Turns,
    firm: toml::Table,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Turns {
    gather_ms: u32,
    pending: String,
}

fn layers() -> Layers {
    Layers::built_in(&[("base.toml", BASE)]).unwrap()
}

#[test]
fn the_later_layer_wins_and_is_remembered() {
    let mut layers = layers();
    layers.file("config/local.toml", "[turns]\ngather_ms = 1\npending = \"collect\"").unwrap();
    layers.variable("PLUMBLINE__TURNS__GATHER_MS", " 500 ").unwrap();
    let all: All = layers.read().unwrap();
    assert_eq!((all.turns.gather_ms, all.turns.pending.as_str()), (500, "collect"));
    assert_eq!(layers.origin("turns.gather_ms"), Some("PLUMBLINE__TURNS__GATHER_MS"));
    assert_eq!(layers.origin("turns.pending"), Some("config/local.toml"));
    assert_eq!(layers.origin("firm.rules.vat"), None);
    assert_eq!(all.firm["rules"]["vat"].as_str(), Some("19"));
}

#[test]
fn a_variable_becomes_what_the_key_holds() {
    let mut layers = layers();
    layers.variable("PLUMBLINE__FIRM__LANGUAGES", "en, de,").unwrap();
    layers.variable("PLUMBLINE__FIRM__OPEN", "Off").unwrap();
    layers.variable("PLUMBLINE__FIRM__RATE", "2").unwrap();
    layers.variable("PLUMBLINE__FIRM__RULES__VAT", "7").unwrap();
    let all: All = layers.read().unwrap();
    assert_eq!(all.firm["languages"], Value::Array(vec!["en".into(), "de".into()]));
    assert_eq!(all.firm["open"], Value::Boolean(false));
    assert_eq!(all.firm["rate"], Value::Float(2.0));
    assert_eq!(all.firm["rules"]["vat"].as_str(), Some("7"));
}

#[test]
fn what_cannot_be_used_is_named_with_its_mend() {
    let variable = |name: &str, text: &str| layers().variable(name, text).unwrap_err().to_string();
    assert_eq!(
        variable("PLUMBLINE__TURNS__GATHER_MS", "soon"),
        "PLUMBLINE__TURNS__GATHER_MS is \"soon\": it must be a whole number"
    );
    assert_eq!(
        variable("PLUMBLINE__FIRM__OPEN", "maybe"),
        "PLUMBLINE__FIRM__OPEN is \"maybe\": it must be true or false"
    );
    assert_eq!(
        variable("PLUMBLINE__TURNS__GATHERMS", "1"),
        "PLUMBLINE__TURNS__GATHERMS names no setting, perhaps you mean PLUMBLINE__TURNS__GATHER_MS; config/default.toml lists them all"
    );
    assert_eq!(
        variable("PLUMBLINE__NOTHING__LIKE__IT", "1"),
        "PLUMBLINE__NOTHING__LIKE__IT names no setting; config/default.toml lists them all"
    );
    assert!(variable("PLUMBLINE__FIRM__RULES", "1").contains("this is a section"));
    assert!(variable("PLUMBLINE__FIRM__RULES__CONTRACTS", "1").contains("config/local.toml"));
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_the_key() {
    let read = |text: &str| {
        let mut layers = layers();
        let read = layers.file("config/local.toml", text).and_then(|()| layers.read::<All>().map(|_| ()));
        read.unwrap_err().to_string()
    };
    assert_eq!(
        read("[turns]\ngather_ms = \"soon\""),
        "turns.gather_ms in config/local.toml is \"soon\": it must be a whole number, not below zero"
    );
    assert_eq!(
        read("[turns]\ngather_msec = 5"),
        "turns.gather_msec in config/local.toml names no setting, perhaps you mean turns.gather_ms; config/default.toml lists them all"
    );
    assert!(read("turns = 5").starts_with("turns in config/local.toml is a section"));
    assert!(read("[turns\n").starts_with("config/local.toml cannot be read: TOML parse error at line 1"));
}

#[test]
fn no_secret_is_shown() {
    let mut layers = Layers::built_in(&[(
        "base.toml",
        "[turns]\ngather_ms = 1\npending = \"\"\napi_key = \"\"\n[firm]\n",
    )])
    .unwrap();
    layers.file("config/local.toml", "[turns]\napi_key = \"sk-123\"").unwrap();
    let error = layers.read::<All>().unwrap_err().to_string();
    assert!(!error.contains("sk-123"), "{error}");
}
