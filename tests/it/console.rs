//! Staff at the console beside the people on their phones: one story, two ways in.

use serde_json::{Value, json};

use crate::{
    phones::{Demo, Phones, REPORT, demo},
    processes::{free_ports, plumbline},
};

/// Somebody of the office at the console of a demo.
pub struct Desk<'d> {
    demo: &'d Demo,
    token: String,
}

impl<'d> Desk<'d> {
    pub fn of(demo: &'d Demo, name: &str, role: &str) -> Self {
        let mut command = plumbline(demo.folder.path(), free_ports());
        let minted = command.args(["token", "--user", name, "--role", role]).output().unwrap();
        assert!(minted.status.success(), "{}", String::from_utf8_lossy(&minted.stderr));
        Self { demo, token: String::from_utf8(minted.stdout).unwrap().trim().to_owned() }
    }

    pub async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("http://127.0.0.1:{}/api/comms{path}", self.demo.gateway);
        let mut request =
            self.demo.phones.http.request(method.parse().unwrap(), url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// The open approval whose proposal is of `tool`, as soon as there is one.
    async fn approval(&self, tool: &str) -> Value {
        for _ in 0..600 {
            let (_, list) = self.ask("GET", "/approvals", None).await;
            let open = list["items"].as_array().unwrap();
            if let Some(found) = open.iter().find(|approval| approval["tool"] == tool) {
                return found.clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("nobody was asked about {tool}");
    }

    async fn decides(&self, approval: &Value, choice: &str) -> (u16, Value) {
        let path = format!("/approvals/{}/decision", approval["id"].as_str().unwrap());
        self.ask("POST", &path, Some(json!({ "choice": choice }))).await
    }
}

#[tokio::test]
async fn what_is_approved_at_the_console_is_told_on_whatsapp_and_billed_once() {
    let demo = demo();
    let phones = &demo.phones;
    // Whoever wrote lately gets plain buttons instead of a template.
    phones.acts("office", "text", json!({ "body": "Good morning" })).await;
    phones.acts("technician", "text", json!({ "body": REPORT })).await;
    phones.presses("technician", "Confirm").await;
    let (anna, bert) = (Desk::of(&demo, "Anna", "dispatcher"), Desk::of(&demo, "Bert", "staff"));

    let goodwill = anna.approval("process_billing_rule").await;
    assert_eq!(goodwill["job"]["customer"], "Klaus Meier", "{goodwill}");
    let (status, answer) = anna.decides(&goodwill, "approve").await;
    assert_eq!((status, &answer["decision"]["by"]), (200, &json!("Anna")), "{answer}");
    phones.shows("office", "Anna").await;
    let (status, answer) = bert.decides(&goodwill, "decline").await;
    assert_eq!((status, &answer["code"]), (409, &json!("already_decided")), "{answer}");

    // The same proposal on both ways at once: one of them decides.
    let invoice = anna.approval("create_invoice").await;
    let (decided, ()) = tokio::join!(anna.decides(&invoice, "approve"), phones.presses("office", "Create"));
    told_who_was_first(&anna, &invoice, &decided, phones).await;
    phones.shows("technician", "RE-").await;
    let (_, jobs) = anna.ask("GET", "/jobs", None).await;
    assert_eq!((&jobs["items"][0]["state"], &jobs["counts"]["invoiced"]), (&json!("invoiced"), &json!(1)));
    assert_eq!(phones.count("technician", "settled the Meier job").await, 1);
}

/// Both ways show the same decision, and whoever was slower is told whose it is.
async fn told_who_was_first(anna: &Desk<'_>, asked: &Value, decided: &(u16, Value), phones: &Phones) {
    let (_, now) = anna.ask("GET", &format!("/approvals/{}", asked["id"].as_str().unwrap()), None).await;
    let (status, answer) = decided;
    match status {
        200 => {
            assert_eq!((&now["decision"]["by"], &now["decision"]), (&json!("Anna"), &answer["decision"]));
            phones.shows("office", "Anna already answered that").await;
        }
        409 => {
            assert_eq!(
                (&now["decision"]["by"], &answer["code"]),
                (&json!("Sabine"), &json!("already_decided"))
            );
            let detail = answer["detail"].as_str().unwrap();
            assert!(detail.contains("already decided by Sabine"), "{detail}");
        }
        _ => panic!("{answer}"),
    }
}

#[tokio::test]
async fn settings_are_changed_by_who_may_and_secrets_never_come_back() {
    let demo = demo();
    let (owner, staff) = (Desk::of(&demo, "Olga", "owner"), Desk::of(&demo, "Bert", "staff"));
    let item = |settings: &Value, key: &str| {
        settings["items"].as_array().unwrap().iter().find(|item| item["key"] == key).unwrap().clone()
    };
    let (status, settings) = owner.ask("GET", "/settings", None).await;
    assert_eq!((status, &item(&settings, "turns.pending")["origin"]), (200, &json!("default")), "{settings}");
    let fixed = item(&settings, "turns.gather_ms");
    assert_eq!(fixed["fixed_by"], "PLUMBLINE__TURNS__GATHER_MS");

    let key = "sk-aaaaaaaaaaaaaaaaaaaaaaaa9876";
    let change = json!({ "turns.pending": "collect", "model.openai.api_key": key });
    assert_eq!(staff.ask("PATCH", "/settings", Some(change.clone())).await.0, 403);
    let (status, changed) = owner.ask("PATCH", "/settings", Some(change)).await;
    assert_eq!(status, 200, "{changed}");
    let (pending, secret) = (item(&changed, "turns.pending"), item(&changed, "model.openai.api_key"));
    assert_eq!((&pending["value"], &pending["origin"]), (&json!("collect"), &json!("console")));
    assert_eq!(
        (&secret["value"], &secret["ends_in"], &secret["set_by"]),
        (&Value::Null, &json!("9876"), &json!("Olga"))
    );
    assert!(!changed.to_string().contains(key));

    for (change, status, code) in [
        (json!({ "turns.pending": "sometimes" }), 422, "invalid"),
        (json!({ "database.url": "sqlite://elsewhere" }), 422, "invalid"),
        (json!({ "turns.pending": ["steer"] }), 422, "invalid"),
        (json!({}), 422, "invalid"),
        (json!({ "turns.gather_ms": 5 }), 409, "set_by_environment"),
    ] {
        let (got, problem) = owner.ask("PATCH", "/settings", Some(change.clone())).await;
        assert_eq!((got, &problem["code"]), (status, &json!(code)), "{change}: {problem}");
    }
    let (_, back) = owner.ask("PATCH", "/settings", Some(json!({ "turns.pending": null }))).await;
    assert_eq!(item(&back, "turns.pending")["value"], "steer");

    let (status, report) = owner.ask("POST", "/provider/test", None).await;
    assert_eq!(
        (status, &report["provider"], &report["ok"]),
        (200, &json!("meta_cloud"), &json!(true)),
        "{report}"
    );
    assert_eq!(staff.ask("POST", "/provider/test", None).await.0, 403);
}

#[tokio::test]
async fn a_recording_is_transcribed_when_staff_ask_for_it() {
    let demo = demo();
    crate::phones::speaks(&demo.phones, "technician").await;
    demo.phones.shows("technician", "\"direction\":\"out\"").await;
    let anna = Desk::of(&demo, "Anna", "dispatcher");
    let (_, threads) = anna.ask("GET", "/threads?sort=last", None).await;
    let thread = threads["items"][0]["id"].as_str().unwrap();
    let (_, messages) = anna.ask("GET", &format!("/threads/{thread}/messages"), None).await;
    let items = messages["items"].as_array().unwrap();
    let note = items.iter().find(|message| message["direction"] == "in").unwrap();
    let (status, asked) =
        anna.ask("POST", "/recordings/transcribe", Some(json!({ "message_id": note["id"] }))).await;
    assert_eq!(status, 202, "{asked}");
    let path = format!("/recordings/transcribe/{}", asked["request_id"].as_str().unwrap());
    for _ in 0..200 {
        let (status, now) = anna.ask("GET", &path, None).await;
        assert_eq!(status, 200, "{now}");
        if now["status"] != "processing" {
            // No transcription server is configured, and that is said.
            assert_eq!(now["status"], "error", "{now}");
            assert!(now["error"].as_str().unwrap().contains("COMMS_TRANSCRIPTION_PROVIDER"), "{now}");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nobody answered");
}
