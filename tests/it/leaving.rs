//! `plumbline serve` that is told to stop, that is told twice, and that is aborted while it fetches and listens: on WhatsApp,
//! against the sandbox.

use std::{
    process::{Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use axum::{Json, Router, routing::post};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{
    phones::{CREDENTIALS, Phones, Server, ready, speaks, transcriber},
    processes::{free_port, free_ports, plumbline},
};

const PATIENCE: Duration = Duration::from_secs(60);
const ANSWER: &str = "Nothing is open.";

/// A sandbox with its phones, and a place from which to serve.
struct Place {
    folder: tempfile::TempDir,
    ports: (u16, u16),
    sandbox: u16,
    webhook: u16,
    phones: Phones,
    _emulator: Server,
}

fn quiet(command: &mut Command) -> Server {
    Server(command.stdout(Stdio::null()).stdin(Stdio::null()).spawn().unwrap())
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (ports, sandbox, webhook) = (free_ports(), free_port(), free_port());
        let mut emulator = plumbline(folder.path(), ports);
        emulator.args(["sandbox", "--port", &sandbox.to_string(), "--webhook"]);
        let emulator = quiet(emulator.arg(format!("http://127.0.0.1:{webhook}/whatsapp/webhook")));
        Self { folder, ports, sandbox, webhook, phones: Phones::at(sandbox), _emulator: emulator }
    }

    async fn serves(&self, variables: &[(&str, &str)]) -> Server {
        let mut command = plumbline(self.folder.path(), self.ports);
        command
            .arg("serve")
            .env("COMMUNICATION_MODE", "whatsapp")
            .env("WHATSAPP_API_BASE_URL", format!("http://127.0.0.1:{}", self.sandbox))
            .env("WEBHOOK_PORT", self.webhook.to_string())
            .env("FIELD_TECHNICIAN_PHONE", "491713920017")
            .env("PLUMBLINE__TURNS__GATHER_MS", "0")
            // Whoever starts again takes up soon what the last one held.
            .env("PLUMBLINE__TURNS__LEASE_MS", "2000")
            .env("PLUMBLINE__INTAKE__LEASE_MS", "2000")
            .envs(CREDENTIALS)
            .envs(variables.iter().copied());
        let server = quiet(&mut command);
        ready(&self.phones.http, self.webhook).await;
        server
    }

    /// The status of `/health/ready`; `None` where nobody listens.
    async fn readiness(&self) -> Option<u16> {
        let url = format!("http://127.0.0.1:{}/health/ready", self.webhook);
        self.phones.http.get(url).send().await.ok().map(|answer| answer.status().as_u16())
    }
}

fn told_to_stop(server: &Server) {
    let pid = server.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
}

async fn ended(server: &mut Server) -> ExitStatus {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = server.0.try_wait().unwrap() {
            return status;
        }
        assert!(Instant::now() < until, "it does not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A model that thinks until it is let go, and says how many calls of it there were.
struct SlowModel {
    url: String,
    go: watch::Sender<bool>,
    asked: watch::Receiver<usize>,
}

async fn slow_model() -> SlowModel {
    let (go, going) = watch::channel(false);
    let (asks, asked) = watch::channel(0_usize);
    let thinks = move || {
        let (mut going, asks) = (going.clone(), asks.clone());
        async move {
            asks.send_modify(|asked| *asked += 1);
            going.wait_for(|go| *go).await.unwrap();
            let message = json!({ "role": "assistant", "content": ANSWER });
            Json::<Value>(json!({ "id": "1", "object": "chat.completion", "created": 1, "model": "slow",
                "choices": [{ "index": 0, "finish_reason": "stop", "message": message }] }))
        }
    };
    let routes = Router::new().route("/v1/chat/completions", post(thinks));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    SlowModel { url, go, asked }
}

#[tokio::test]
async fn the_first_signal_takes_no_more_up_and_finishes_what_runs() {
    let (place, mut model) = (Place::new(), slow_model().await);
    let mut server = place.serves(&[("OPENAI_BASE_URL", &model.url), ("OPENAI_MODEL", "slow")]).await;
    assert_eq!(place.readiness().await, Some(200));
    place.phones.acts("technician", "text", json!({ "body": "What is open?" })).await;
    model.asked.wait_for(|asked| *asked == 1).await.unwrap();
    told_to_stop(&server);
    let until = Instant::now() + PATIENCE;
    while place.readiness().await != Some(503) {
        assert!(Instant::now() < until, "it is still ready: {:?}", place.readiness().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    model.go.send_replace(true);
    assert!(ended(&mut server).await.success());
    let _again = place.serves(&[("OPENAI_BASE_URL", &model.url), ("OPENAI_MODEL", "slow")]).await;
    place.phones.shows("technician", ANSWER).await;
    assert_eq!(place.phones.count("technician", ANSWER).await, 1);
    assert_eq!(*model.asked.borrow(), 1, "the turn was finished by whom it was begun");
}

#[tokio::test]
async fn who_is_not_done_within_the_grace_time_leaves_all_the_same_and_the_next_start_goes_on() {
    let (place, mut model) = (Place::new(), slow_model().await);
    let variables = [
        ("OPENAI_BASE_URL", &*model.url),
        ("OPENAI_MODEL", "slow"),
        ("PLUMBLINE__SHUTDOWN__GRACE_SECONDS", "1"),
    ];
    let mut server = place.serves(&variables).await;
    place.phones.acts("technician", "text", json!({ "body": "What is open?" })).await;
    model.asked.wait_for(|asked| *asked == 1).await.unwrap();
    told_to_stop(&server);
    // What comes now is for the next start.
    place.phones.acts("technician", "text", json!({ "body": "And what was last week?" })).await;
    assert!(ended(&mut server).await.success(), "it was told, and left");
    assert_eq!(*model.asked.borrow(), 1, "nothing was begun any more");
    model.go.send_replace(true);
    let _again = place.serves(&variables).await;
    place.phones.shows("technician", ANSWER).await;
    assert!(*model.asked.borrow() > 1, "the call that was left is made again");
}

#[tokio::test]
async fn the_second_signal_ends_at_once_and_the_next_start_goes_on() {
    let (place, mut model) = (Place::new(), slow_model().await);
    let variables = [
        ("OPENAI_BASE_URL", &*model.url),
        ("OPENAI_MODEL", "slow"),
        ("PLUMBLINE__SHUTDOWN__GRACE_SECONDS", "3600"),
    ];
    let mut server = place.serves(&variables).await;
    place.phones.acts("technician", "text", json!({ "body": "What is open?" })).await;
    model.asked.wait_for(|asked| *asked == 1).await.unwrap();
    told_to_stop(&server);
    while place.readiness().await == Some(200) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    told_to_stop(&server);
    ended(&mut server).await;
    model.go.send_replace(true);
    let _again = place.serves(&variables).await;
    place.phones.shows("technician", ANSWER).await;
    assert_eq!(place.phones.count("technician", ANSWER).await, 1);
}

#[tokio::test]
async fn aborted_around_fetching_and_hearing_a_recording() {
    let heard =
        "Fertig bei Klaus Meier in der Schillerstraße 12, eine Stunde, Abfluss gereinigt, kein Material";
    let listens = transcriber(heard).await;
    let listening =
        [("COMMS_TRANSCRIPTION_PROVIDER", "local"), ("PLUMBLINE__COMMS__TRANSCRIPTION_BASE_URL", &*listens)];
    for at in ["fetch.before:1", "fetch.after:1", "transcribe.before:1", "transcribe.after:1"] {
        let place = Place::new();
        let customers = place.folder.path().join("customers.csv");
        let head = "customer_id,name,street,postal_code,city,phone,email,contract";
        let line = "789,Klaus Meier,Schillerstrasse 12,10117,Berlin,,,Plus";
        std::fs::write(&customers, format!("{head}\n{line}\n")).unwrap();
        let mut import = plumbline(place.folder.path(), place.ports);
        import.args(["customers", "import", "customers.csv"]).stdout(Stdio::null());
        assert!(import.status().unwrap().success());
        let armed: Vec<_> = listening.iter().copied().chain([("PLUMBLINE_CRASH_AT", at)]).collect();
        let mut server = place.serves(&armed).await;
        speaks(&place.phones, "technician").await;
        assert!(!ended(&mut server).await.success(), "{at}");
        let _again = place.serves(&listening).await;
        place.phones.shows("technician", "Stimmt das?").await;
        assert_eq!(place.phones.count("technician", "Stimmt das?").await, 1, "{at}");
    }
}
