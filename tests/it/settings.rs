//! Settings that staff change at the console while two processes run over one database: they take effect in both without a
//! restart, an expired WhatsApp token included; and what is secret of them lies sealed in the database.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use domain::clock::Millis;
use serde_json::{Value, json};
use store::{channel_state, setting};

use crate::{
    phones::{Phones, Server, ready},
    processes::{free_port, free_ports, plumbline},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// What the operator once wrote: a token that is good no more, and a pause that nobody would wait for.
const LOCAL: &str = r#"
[communication]
mode = "whatsapp"
[whatsapp]
access_token = "a-token-that-expired"
phone_number_id = "106540352242922"
business_account_id = "102290129340398"
app_secret = "sandbox-app-secret"
verify_token = "sandbox-verify"
order_gap_ms = 0
[people]
technician_phone = "491713920017"
[turns]
gather_ms = 3000000
gather_max_ms = 3600000
"#;

fn quiet(command: &mut Command) -> Server {
    Server(command.stdout(Stdio::null()).stdin(Stdio::null()).spawn().unwrap())
}

struct House {
    folder: tempfile::TempDir,
    phones: Phones,
    webhook: u16,
    token: String,
    _processes: Vec<Server>,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("config")).unwrap();
        std::fs::write(folder.path().join("config/local.toml"), LOCAL).unwrap();
        let (ports, sandbox, webhook) = (free_ports(), free_port(), free_port());
        let mut emulator = plumbline(folder.path(), ports);
        emulator.args(["sandbox", "--port", &sandbox.to_string(), "--webhook"]);
        let emulator = quiet(emulator.arg(format!("http://127.0.0.1:{webhook}/whatsapp/webhook")));
        let mint =
            plumbline(folder.path(), ports).args(["token", "--user", "Olga", "--role", "owner"]).output();
        let token = String::from_utf8(mint.unwrap().stdout).unwrap().trim().to_owned();
        let serve = |roles: &str| {
            let mut command = plumbline(folder.path(), ports);
            command
                .args(["serve", "--roles", roles])
                .env("WHATSAPP_API_BASE_URL", format!("http://127.0.0.1:{sandbox}"))
                .env("WEBHOOK_PORT", webhook.to_string());
            quiet(&mut command)
        };
        let processes = vec![emulator, serve("gateway"), serve("field,office")];
        let phones = Phones::at(sandbox);
        ready(&phones.http, webhook).await;
        Self { folder, phones, webhook, token, _processes: processes }
    }

    async fn settings(&self, method: &str, body: Option<Value>) -> Value {
        let url = format!("http://127.0.0.1:{}/api/comms/settings", self.webhook);
        let request = self.phones.http.request(method.parse().unwrap(), url).bearer_auth(&self.token);
        let request = body.iter().fold(request, |request, body| request.json(body));
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    async fn store(&self) -> store::Store {
        let url = format!("sqlite://{}/data/plumbline.db", self.folder.path().display());
        store::Store::open(&store::Config { url, ..store::Config::default() }).await.unwrap()
    }

    /// The technician goes on writing until an answer meets a bad token.
    async fn pauses(&self, otherwise: &str) {
        let (store, until) = (self.store().await, Instant::now() + PATIENCE);
        while channel_state::paused(&mut store.reader(), Millis(0)).await.unwrap().is_empty() {
            self.phones.acts("technician", "text", json!({ "body": "Hello?" })).await;
            assert!(Instant::now() < until, "{otherwise}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

fn one<'s>(settings: &'s Value, key: &str) -> &'s Value {
    settings["items"].as_array().unwrap().iter().find(|item| item["key"] == key).unwrap()
}

#[tokio::test]
async fn a_pause_and_an_expired_token_are_replaced_under_two_running_processes() {
    let house = House::new().await;
    house.phones.acts("technician", "text", json!({ "body": "What is open?" })).await;
    let changed =
        house.settings("PATCH", Some(json!({ "turns.gather_ms": 0, "turns.gather_max_ms": 0 }))).await;
    let gather = one(&changed, "turns.gather_ms");
    assert_eq!((&gather["effective"], &gather["origin"]), (&json!("now"), &json!("console")));
    assert_eq!(one(&changed, "comms.provider")["effective"], "restart");
    // The worker's process hears of it by itself: from then on a message is answered, and the answer meets the bad token.
    let store = house.store().await;
    house.pauses("no turn began after the pause was changed").await;
    assert!(!house.phones.screen("technician").await.contains("\"direction\":\"out\""));

    let token = "sandbox-token";
    let changed = house.settings("PATCH", Some(json!({ "whatsapp.access_token": token }))).await;
    let shown = one(&changed, "whatsapp.access_token");
    assert_eq!(
        (&shown["effective"], &shown["is_set"], &shown["value"]),
        (&json!("now"), &json!(true), &Value::Null)
    );
    assert_eq!((&shown["set_by"], &shown["trouble"]), (&json!("Olga"), &Value::Null));
    house.phones.shows("technician", "\"direction\":\"out\"").await;

    // What the operator writes into a file counts at once too, and over the console.
    let dotenv = house.folder.path().join(".env");
    std::fs::write(&dotenv, "WHATSAPP_ACCESS_TOKEN=one-that-is-bad-too\n").unwrap();
    house.pauses("no turn met the token of the file").await;
    assert_eq!(
        one(&house.settings("GET", None).await, "whatsapp.access_token")["fixed_by"],
        "WHATSAPP_ACCESS_TOKEN"
    );
    let before = house.phones.count("technician", "").await;
    std::fs::write(&dotenv, format!("WHATSAPP_ACCESS_TOKEN={token}\n")).unwrap();
    let until = Instant::now() + PATIENCE;
    while house.phones.count("technician", "").await == before {
        assert!(Instant::now() < until, "what waited was never sent");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    let kept = setting::get(&mut store.reader(), "console:whatsapp.access_token").await.unwrap().unwrap();
    assert!(kept.contains("sealed:1:") && !kept.contains(token), "{kept}");
    let key = house.folder.path().join("data/settings-key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(key.exists());
}
