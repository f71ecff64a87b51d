//! Approvals and jobs at the console: seen by all staff, decided by those who may, once.

use domain::{
    agent::AgentName,
    contact::Role,
    customer::Customer,
    id::{CallId, ConversationId, OutboxId, QuestionId, TurnId},
    inbound::Inbound,
    job::JobReport,
    question::{Choice, Proposal, Purpose, Question, QuestionState, fingerprint},
    staff::ConsoleRole,
};
use serde_json::json;
use store::{
    Error, audit, conversation, office,
    question::{self, Put},
};

use crate::app::{self, App, NOW, job, on_each};

const JOB: &str = "JOB-789-001";

/// A job of Meier's and the open question whether its invoice may be written, as one office conversation saw it.
pub async fn asked(app: &App, id: &'static str, purpose: Purpose) {
    let ids = app.gateway.ids.clone();
    app.gateway
        .store
        .write(move |tx| {
            Box::pin(async move {
                let [street, postal_code, city, phone, email, contract] = [(); 6].map(|()| String::new());
                let name = "Thomas Meier".into();
                let customer =
                    Customer { id: "789".into(), name, street, postal_code, city, phone, email, contract };
                office::customer::put(tx, &customer).await?;
                let report: JobReport = serde_json::from_value(job(JOB)).unwrap();
                office::job::accept(tx, &AgentName::from("field"), &report, NOW).await?;
                let address = domain::address::Address::new("whatsapp".into(), "4930123");
                let held =
                    conversation::open(tx, &ids, &"office".into(), &address, None, Default::default(), NOW)
                        .await?;
                let asked = Question {
                    id: QuestionId::from(id),
                    purpose,
                    text: "Create the invoice?".into(),
                    turn: TurnId::from("turn"),
                    call: CallId::from("call"),
                    state: QuestionState::Open,
                    asked_at: NOW,
                    expires_at: NOW.plus(std::time::Duration::from_secs(600)),
                    answer: None,
                };
                question::open(tx, &asked, "office").await?;
                let choices = [("Create", "approve"), ("Reject", "decline"), ("Not now", "defer")];
                let choice = |(title, value): (&str, &str)| Choice {
                    id: format!("{id}-{value}"),
                    title: title.into(),
                    value: value.into(),
                };
                let put = Put {
                    conversation: ConversationId(held.id.0),
                    contact: None,
                    outbox: OutboxId::from("outbox"),
                    body: "Rechnung anlegen?".into(),
                    choices: choices.into_iter().map(choice).collect(),
                };
                question::put(tx, &asked.id, &put).await?;
                Ok::<_, Error>(())
            })
        })
        .await
        .unwrap();
}

pub fn proposal() -> Purpose {
    let (arguments, facts) = (json!({ "job_id": JOB }), json!({ "gross_cents": 12_345 }));
    Purpose::Approval(Proposal {
        fingerprint: fingerprint("create_invoice", &arguments, &facts),
        tool: "create_invoice".into(),
        arguments,
        role: Role::Office,
        job: Some(JOB.into()),
        facts,
        text: "approve.invoice".into(),
    })
}

#[tokio::test]
async fn a_proposal_is_shown_whole_and_decided_once() {
    on_each("approvals_once", |db| async move {
        let app = app::house(&db).await;
        asked(&app, "q1", proposal()).await;
        let anna = app.as_named("Anna", ConsoleRole::Dispatcher).await;
        let bert = app.as_named("Bert", ConsoleRole::Staff).await;
        let auditor = app.as_user(ConsoleRole::Auditor).await;

        let list = auditor.get("/api/comms/approvals").await.json();
        let shown = &list["items"][0];
        assert_eq!(
            (&shown["id"], &shown["kind"], &shown["state"]),
            (&json!("q1"), &json!("approval"), &json!("open"))
        );
        assert_eq!(
            (&shown["text"], &shown["facts"]["gross_cents"]),
            (&json!("Rechnung anlegen?"), &json!(12_345))
        );
        assert_eq!(shown["options"][2], json!({ "value": "defer", "title": "Not now" }));
        assert_eq!(shown["job"]["customer"], "Thomas Meier");

        let decide = "/api/comms/approvals/q1/decision";
        let yes = json!({ "choice": "approve", "reason": " checked the hours " });
        assert_eq!(auditor.post(decide, &yes).await.status, 403);
        let words = anna.post(decide, &json!({ "choice": "yes please" })).await;
        assert_eq!((words.status, &words.json()["code"]), (422, &json!("no_such_option")));
        assert_eq!(anna.post("/api/comms/approvals/q2/decision", &yes).await.status, 404);

        let no = json!({ "choice": "Reject" });
        let (first, second) = tokio::join!(anna.post(decide, &yes), bert.post(decide, &no));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", first.text, second.text);
        let (won, lost, winner) =
            if first.status == 200 { (&first, &second, "Anna") } else { (&second, &first, "Bert") };
        assert_eq!(won.json()["decision"]["by"], winner);
        assert_eq!(lost.json()["code"], "already_decided");
        assert!(lost.json()["detail"].as_str().unwrap().contains(winner), "{}", lost.text);

        let told = app.inbox().await;
        assert_eq!(told.len(), 1, "the others are told once");
        assert!(matches!(&told[0], Inbound::Decided { question } if question.as_str() == "q1"));
        assert!(auditor.get("/api/comms/approvals").await.json()["items"].as_array().unwrap().is_empty());
        let settled = auditor.get("/api/comms/approvals?state=settled").await.json();
        assert_eq!(settled["items"][0]["state"], "answered");
        assert!(audit::verify(&mut app.gateway.store.reader()).await.unwrap().is_ok());
    })
    .await;
}

#[tokio::test]
async fn asking_again_after_a_lost_answer_is_no_error_and_a_reason_is_kept() {
    on_each("approvals_again", |db| async move {
        let app = app::house(&db).await;
        asked(&app, "q1", proposal()).await;
        let anna = app.as_named("Anna", ConsoleRole::Owner).await;
        let no = json!({ "choice": "2", "reason": "the customer died" });
        for _ in 0..2 {
            let answer = anna.post("/api/comms/approvals/q1/decision", &no).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert_eq!(answer.json()["decision"]["value"], "decline");
            assert_eq!(answer.json()["decision"]["reason"], "the customer died");
        }
        let other = anna.post("/api/comms/approvals/q1/decision", &json!({ "choice": "approve" })).await;
        assert_eq!(other.json()["code"], "already_decided");
        assert_eq!(app.inbox().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_question_about_a_job_takes_words_and_a_technician_s_own_is_not_staff_s() {
    on_each("approvals_words", |db| async move {
        let app = app::house(&db).await;
        asked(&app, "q1", Purpose::Escalation { job: JOB.into(), role: Role::Office }).await;
        asked(&app, "mine", Purpose::Ask).await;
        let anna = app.as_named("Anna", ConsoleRole::Staff).await;
        let answer =
            anna.post("/api/comms/approvals/q1/decision", &json!({ "choice": "Ask him again" })).await;
        assert_eq!((answer.status, &answer.json()["decision"]["text"]), (200, &json!("Ask him again")));
        assert_eq!(anna.get("/api/comms/approvals/mine").await.status, 404);
        assert_eq!(
            anna.post("/api/comms/approvals/mine/decision", &json!({ "choice": "x" })).await.status,
            404
        );
    })
    .await;
}

#[tokio::test]
async fn jobs_are_listed_counted_and_shown() {
    on_each("console_jobs", |db| async move {
        let app = app::house(&db).await;
        asked(&app, "q1", proposal()).await;
        let anna = app.as_user(ConsoleRole::Staff).await;
        let jobs = anna.get("/api/comms/jobs?search=meier&state=received").await.json();
        assert_eq!((&jobs["items"][0]["id"], &jobs["counts"]["received"]), (&json!(JOB), &json!(1)));
        let one = anna.get(&format!("/api/comms/jobs/{JOB}")).await.json();
        assert_eq!((&one["customer"], &one["hours_worked"]), (&json!("Thomas Meier"), &json!(1.5)));
        assert_eq!(anna.get("/api/comms/jobs/none").await.status, 404);
        for bad in ["?state=done", "?limit=0", "?limit=x", "?cursor=x", "?what=1"] {
            assert_eq!(anna.get(&format!("/api/comms/jobs{bad}")).await.status, 400, "{bad}");
        }
        assert_eq!(app.answer(app.request("GET", "/api/comms/jobs")).await.status, 401);
    })
    .await;
}
