//! Staff at the console beside the people on their phones: one story, two ways in.

use serde_json::{Value, json};

use crate::{
    phones::{Demo, REPORT, demo},
    processes::{free_ports, plumbline},
};

/// Somebody of the office at the console of a demo.
struct Desk<'d> {
    demo: &'d Demo,
    token: String,
}

impl<'d> Desk<'d> {
    fn of(demo: &'d Demo, name: &str, role: &str) -> Self {
        let mut command = plumbline(demo.folder.path(), free_ports());
        let minted = command.args(["token", "--user", name, "--role", role]).output().unwrap();
        assert!(minted.status.success(), "{}", String::from_utf8_lossy(&minted.stderr));
        Self { demo, token: String::from_utf8(minted.stdout).unwrap().trim().to_owned() }
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
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
    assert!(matches!(decided.0, 200 | 409), "{}", decided.1);
    phones.shows("technician", "RE-").await;
    let (_, jobs) = anna.ask("GET", "/jobs", None).await;
    assert_eq!((&jobs["items"][0]["state"], &jobs["counts"]["invoiced"]), (&json!("invoiced"), &json!(1)));
    assert_eq!(phones.count("technician", "settled the Meier job").await, 1);
}
