//! WhatsApp, as its users have it: `plumbline demo` and `plumbline serve` against the sandbox, played on its phones by the
//! control API and, where there is a browser, on its page.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::browser::{chromium, plays};
use crate::processes::{Terminal, free_port, free_ports, plumbline};

const PATIENCE: Duration = Duration::from_secs(60);
pub const REPORT: &str = "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B";

/// The sandbox's phones, by its control API.
pub struct Phones {
    pub base: String,
    pub http: reqwest::Client,
}

impl Phones {
    pub fn at(port: u16) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = channels::transport::client(&channels::transport::Config::default()).unwrap();
        Self { base: format!("http://127.0.0.1:{port}"), http }
    }

    pub async fn acts(&self, person: &str, act: &str, body: Value) {
        let url = format!("{}/sandbox/people/{person}/{act}", self.base);
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Presses an option as soon as the phone shows it.
    pub async fn presses(&self, person: &str, title: &str) {
        let url = format!("{}/sandbox/people/{person}/press", self.base);
        let until = Instant::now() + PATIENCE;
        while !self
            .http
            .post(&url)
            .json(&json!({ "title": title }))
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
        {
            assert!(Instant::now() < until, "{title:?} was never offered to the {person}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn get(&self, path: &str) -> Value {
        self.http.get(format!("{}{path}", self.base)).send().await.unwrap().json().await.unwrap()
    }

    /// Everything on a phone, as one text.
    pub async fn screen(&self, person: &str) -> String {
        self.get(&format!("/sandbox/people/{person}/messages")).await.to_string()
    }

    pub async fn shows(&self, person: &str, words: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let screen = self.screen(person).await;
            if screen.contains(words) {
                return;
            }
            assert!(Instant::now() < until, "{words:?} never came to the {person}'s phone: {screen}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn fault(&self, rule: Value) {
        let url = format!("{}/sandbox/faults", self.base);
        let answer = self.http.post(url).json(&rule).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// The story by buttons, from the report to the invoice on both phones.
    pub async fn story(&self) {
        self.acts("technician", "text", json!({ "body": REPORT })).await;
        self.shows("technician", "Is that right?").await;
        self.presses("technician", "Confirm").await;
        self.shows("technician", "with the office").await;
        self.shows("office", "Grant goodwill?").await;
        // The first question comes as a template: its buttons are numbers.
        self.presses("office", "1").await;
        self.shows("office", "Create the invoice?").await;
        self.presses("office", "Create").await;
        self.shows("technician", "RE-").await;
        self.shows("office", "RE-").await;
    }

    /// How many bubbles of `person` hold `words` and came from us.
    pub async fn count(&self, person: &str, words: &str) -> usize {
        let chat = self.get(&format!("/sandbox/people/{person}/messages")).await;
        let messages = chat["messages"].as_array().unwrap();
        messages.iter().filter(|m| m["direction"] == "out" && m.to_string().contains(words)).count()
    }
}

pub struct Demo {
    _terminal: Terminal,
    pub phones: Phones,
    pub folder: tempfile::TempDir,
    /// Where its gateway listens.
    pub gateway: u16,
}

impl Demo {
    /// The house's own database, beside the running house.
    pub async fn store(&self) -> store::Store {
        let url = format!("sqlite://{}/data/plumbline.db", self.folder.path().display());
        store::Store::open(&store::Config { url, ..store::Config::default() }).await.unwrap()
    }

    /// The counts, once nothing waits to be taken in or sent.
    pub async fn at_rest(&self) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let url = format!("http://127.0.0.1:{}/queue/status", self.gateway);
            let counts: Value = self.phones.http.get(url).send().await.unwrap().json().await.unwrap();
            let waits = |queue: &str| ["pending", "leased"].iter().any(|n| counts[queue][n] != 0);
            if !waits("inbox") && !waits("outbox") {
                return counts;
            }
            assert!(Instant::now() < until, "it never came to rest: {counts}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

pub fn demo() -> Demo {
    demo_with(&[])
}

pub fn demo_with(variables: &[(&str, &str)]) -> Demo {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let mut command = plumbline(folder.path(), free_ports());
    let gateway = free_port();
    command.env("WEBHOOK_PORT", gateway.to_string()).env("PLUMBLINE__TURNS__GATHER_MS", "200");
    command.envs(variables.iter().copied());
    command.args(["demo", "--sandbox-port", &port.to_string()]);
    let mut terminal = Terminal::start(command);
    terminal.shows("Gateway:");
    Demo { _terminal: terminal, phones: Phones::at(port), folder, gateway }
}

#[tokio::test]
async fn the_demo_plays_the_story_on_two_phones() {
    let demo = demo();
    demo.phones.story().await;
    assert_eq!(demo.phones.count("technician", "RE-").await, 1);
}

#[tokio::test]
async fn duplicated_and_late_webhooks_and_lost_answers_give_nothing_twice() {
    let demo = demo();
    demo.phones.fault(json!({ "target": "webhook", "fault": { "kind": "duplicate", "copies": 2 } })).await;
    demo.phones.fault(json!({ "target": "send", "trigger": { "every": 3 }, "fault": { "kind": "answer_lost", "ms": 100 } })).await;
    demo.phones.story().await;
    for (person, words) in [
        ("technician", "Is that right?"),
        ("office", "Create the invoice?"),
        ("technician", "settled the Meier job"),
    ] {
        assert_eq!(demo.phones.count(person, words).await, 1, "{words}");
    }
}

/// What the story says, and to whom, each once.
const SAID_ONCE: [(&str, &str); 3] = [
    ("technician", "Is that right?"),
    ("office", "Create the invoice?"),
    ("technician", "settled the Meier job"),
];

#[tokio::test]
async fn sends_that_are_taken_and_then_hang_or_break_off_give_nothing_twice() {
    // The sandbox takes every third message and answers after we stopped listening; every fourth answer is cut in half.
    let demo =
        demo_with(&[("PLUMBLINE__HTTP__TOTAL_SECONDS", "1"), ("PLUMBLINE__WHATSAPP__ORDER_GAP_MS", "0")]);
    demo.phones.fault(json!({ "target": "send", "trigger": { "every": 3 }, "fault": { "kind": "answer_lost", "ms": 3_000 } })).await;
    demo.phones
        .fault(json!({ "target": "send", "trigger": { "every": 4 }, "fault": { "kind": "answer_cut" } }))
        .await;
    demo.phones.story().await;
    for (person, words) in SAID_ONCE {
        assert_eq!(demo.phones.count(person, words).await, 1, "{words}");
    }
    let counts = demo.at_rest().await;
    assert_eq!(counts["outbox"]["dead"], 0, "a status settled every one of them: {counts}");
    let journal = demo.phones.get("/sandbox/journal").await.to_string();
    assert!(journal.contains("answer_lost") && journal.contains("answer_cut"), "both happened");
}

#[tokio::test]
async fn a_question_whose_send_hung_and_never_arrived_is_asked_again_once() {
    let demo = demo_with(&[
        ("PLUMBLINE__HTTP__TOTAL_SECONDS", "2"),
        ("PLUMBLINE__DELIVERY__UNKNOWN_GRACE_MS", "2000"),
        ("PLUMBLINE__WHATSAPP__ORDER_GAP_MS", "0"),
    ]);
    demo.phones
        .fault(
            json!({ "target": "send", "trigger": { "next": 1 }, "fault": { "kind": "hang", "ms": 4_000 } }),
        )
        .await;
    demo.phones.acts("technician", "text", json!({ "body": REPORT })).await;
    demo.phones.shows("technician", "Is that right?").await;
    demo.phones.presses("technician", "Confirm").await;
    demo.phones.shows("technician", "with the office").await;
    assert_eq!(demo.phones.count("technician", "Is that right?").await, 1);
}

#[tokio::test]
async fn batched_reordered_and_redelivered_webhooks_give_one_answer_each() {
    let demo = demo();
    demo.phones.fault(json!({ "target": "status", "fault": { "kind": "reorder", "wait_ms": 300 } })).await;
    demo.phones
        .fault(json!({ "target": "inbound", "fault": { "kind": "lose", "times": 1 }, "trigger": { "every": 2 } }))
        .await;
    demo.phones
        .fault(json!({ "target": "webhook", "fault": { "kind": "batch", "size": 3, "wait_ms": 200, "shape": "changes" } }))
        .await;
    demo.phones.story().await;
    for (person, words) in [("technician", "Is that right?"), ("technician", "settled the Meier job")] {
        assert_eq!(demo.phones.count(person, words).await, 1, "{words}");
    }
}

#[tokio::test]
async fn the_demo_plays_the_story_in_a_browser() {
    let Some(browser) = chromium("the story of the demo in a browser") else { return };
    let demo = demo();
    plays("two_phones.mjs", &[demo.phones.base.as_str(), browser], demo.folder.path(), &[]);
}

/// A server without a terminal; it dies with the test.
pub struct Server(pub Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn gateway_field_and_office_as_three_processes() {
    let folder = tempfile::tempdir().unwrap();
    let (ports, sandbox, webhook) = (free_ports(), free_port(), free_port());
    let quiet =
        |command: &mut Command| Server(command.stdout(Stdio::null()).stdin(Stdio::null()).spawn().unwrap());
    let mut emulator = plumbline(folder.path(), ports);
    emulator.args(["sandbox", "--port", &sandbox.to_string(), "--webhook"]);
    let _emulator = quiet(emulator.arg(format!("http://127.0.0.1:{webhook}/whatsapp/webhook")));
    let serve = |roles: &str| {
        let mut command = plumbline(folder.path(), ports);
        command
            .args(["serve", "--roles", roles])
            .env("COMMUNICATION_MODE", "whatsapp")
            .env("WHATSAPP_API_BASE_URL", format!("http://127.0.0.1:{sandbox}"))
            .env("WEBHOOK_PORT", webhook.to_string())
            .env("FIELD_TECHNICIAN_PHONE", "491713920017")
            .env("OFFICE_STAFF_PHONE", "491713920042")
            .env("PLUMBLINE__TURNS__GATHER_MS", "200")
            .env("PLUMBLINE__WHATSAPP__ORDER_GAP_MS", "0");
        for (name, value) in CREDENTIALS {
            command.env(name, value);
        }
        quiet(&mut command)
    };
    let customers = folder.path().join("customers.csv");
    let head = "customer_id,name,street,postal_code,city,phone,email,contract";
    std::fs::write(&customers, format!("{head}\n789,Klaus Meier,Schillerstrasse 12,10117,Berlin,,,Plus\n"))
        .unwrap();
    let mut import = plumbline(folder.path(), ports);
    assert!(
        import
            .args(["customers", "import", "customers.csv"])
            .stdout(Stdio::null())
            .status()
            .unwrap()
            .success()
    );
    let _processes = [serve("gateway"), serve("field"), serve("office")];
    let phones = Phones::at(sandbox);
    ready(&phones.http, webhook).await;
    // Whoever wrote lately gets plain buttons instead of a template.
    phones.acts("office", "text", json!({ "body": "Good morning" })).await;
    phones.shows("office", "\"direction\":\"out\"").await;
    phones.acts("technician", "text", json!({ "body": REPORT })).await;
    phones.shows("technician", "Is that right?").await;
    phones.presses("technician", "Confirm").await;
    phones.shows("office", "Grant goodwill?").await;
    phones.presses("office", "Grant").await;
    phones.shows("office", "Create the invoice?").await;
    phones.presses("office", "Create").await;
    phones.shows("technician", "RE-").await;
}

pub const CREDENTIALS: [(&str, &str); 5] = [
    ("WHATSAPP_ACCESS_TOKEN", "sandbox-token"),
    ("WHATSAPP_PHONE_NUMBER_ID", "106540352242922"),
    ("WHATSAPP_BUSINESS_ACCOUNT_ID", "102290129340398"),
    ("WHATSAPP_APP_SECRET", "sandbox-app-secret"),
    ("WHATSAPP_VERIFY_TOKEN", "sandbox-verify"),
];

pub async fn ready(http: &reqwest::Client, port: u16) {
    let until = Instant::now() + PATIENCE;
    loop {
        let answer = http.get(format!("http://127.0.0.1:{port}/health")).send().await;
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        assert!(Instant::now() < until, "the gateway never came up");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn serve_in_cli_mode_names_the_setting() {
    let folder = tempfile::tempdir().unwrap();
    let out = plumbline(folder.path(), free_ports()).arg("serve").output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(said.contains("COMMUNICATION_MODE"), "{said}");
}

/// A transcription server that hears `words` in everything.
pub async fn transcriber(words: &'static str) -> String {
    let hears = move || async move { axum::Json(json!({ "text": words })) };
    let routes = axum::Router::new().route("/v1/audio/transcriptions", axum::routing::post(hears));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    url
}

/// The smallest thing that is an Ogg page.
pub const OGG: &[u8] =
    b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0";

pub async fn speaks(phones: &Phones, person: &str) {
    let url = format!("{}/sandbox/people/{person}/upload?voice=true&filename=note.ogg", phones.base);
    let note = phones.http.post(url).header("content-type", "audio/ogg; codecs=opus").body(OGG.to_vec());
    let answer = note.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

#[tokio::test]
async fn a_voice_note_is_heard_and_answered() {
    let server = transcriber(
        "Fertig bei Klaus Meier in der Schillerstraße 12, eine Stunde, Abfluss gereinigt, kein Material",
    )
    .await;
    let demo = demo_with(&[
        ("COMMS_TRANSCRIPTION_PROVIDER", "local"),
        ("PLUMBLINE__COMMS__TRANSCRIPTION_BASE_URL", &server),
    ]);
    speaks(&demo.phones, "technician").await;
    demo.phones.shows("technician", "Klaus Meier").await;
    demo.phones.shows("technician", "Stimmt das?").await;
    let kept = std::fs::read_dir(demo.folder.path().join("data/media")).unwrap().count();
    assert_eq!(kept, 1, "the recording is kept");
}

#[tokio::test]
async fn without_a_transcription_server_the_agent_says_that_it_can_not_listen() {
    let demo = demo();
    speaks(&demo.phones, "technician").await;
    demo.phones.shows("technician", "\"direction\":\"out\"").await;
    let screen = demo.phones.screen("technician").await;
    assert!(screen.contains("listen") || screen.contains("anhören"), "{screen}");
}
