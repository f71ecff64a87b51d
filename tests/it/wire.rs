//! Both agents over a real OpenAI-compatible HTTP server, streaming and not, with the faults such servers have.

use domain::contact::Role;
use serde_json::{Value, json};
use store::office;

use crate::{
    house::House,
    standin::{Answer, StandIn},
};

fn call(name: &str, arguments: Value) -> Answer {
    Answer::calls(&[("call_1", name, arguments)])
}

fn report() -> Value {
    json!({
        "customer_id": "789", "location": "Schillerstrasse 12, 10117 Berlin", "work_done": "Repaired the sink pipe",
        "hours_worked": 1.5, "materials_used": [{ "name": "Gasket 10-B", "quantity": 1 }],
        "status": "validated_by_technician",
    })
}

/// The main story as a language model would play it, with faults between the answers.
fn script(server: &StandIn) {
    let slow_down = r#"{"error":{"message":"slow down","code":"rate_limit"}}"#;
    server.will(Answer::status(429, slow_down).header("retry-after", "0"));
    server.will(call(
        "find_customer",
        json!({ "customer_name": "Meier", "customer_address": "Schillerstrasse 12" }),
    ));
    server.will(Answer::status(500, "upstream died"));
    // The same id twice, and a tool that nobody has.
    server.will(Answer::calls(&[
        ("call_2", "check_invoice_status", json!({ "customer_id": "789" })),
        ("call_2", "find_custommer", json!({})),
    ]));
    let summary =
        json!({ "question": "Klaus Meier, 1.5 h. Is that right?", "buttons": ["Confirm", "Correct"] });
    server.will(call("ask_technician", summary));
    // From here on two agents ask at the same time: what fits depends on who asks, and how far they are.
    server.otherwise(|asked| {
        let said = asked.body["messages"].to_string();
        let has = |word: &str| said.contains(word);
        let job = json!({ "job_id": "JOB-789-001" });
        if !asked.body["tools"].to_string().contains("process_billing_rule") {
            return if has("accepted") {
                Answer::text("The job is with the office.")
            } else {
                call("send_data_to_office_agent", report())
            };
        }
        if has("RE-20") {
            Answer::text("Invoiced.")
        } else if has("goodwill\\\":true,") {
            call("create_invoice", job)
        } else if has("approved") {
            call("process_billing_rule", json!({ "job_id": "JOB-789-001", "force_goodwill": true }))
        } else if has("hours_over_contract") {
            let options = ["Grant", "Reject"];
            call(
                "escalate_to_office_human",
                json!({ "job_id": "JOB-789-001", "message": "over", "options": options }),
            )
        } else {
            call("process_billing_rule", job)
        }
    });
}

async fn plays(house: House, server: &StandIn) {
    let report = "Done at Meier, Schillerstrasse 12. 1.5h, sink pipe, 1x Gasket 10-B";
    house.play.writes(Role::Technician, report).await.unwrap();
    assert!(house.heard(Role::Technician).contains("Is that right?"));
    assert_eq!(server.asked().len(), 5);
    house.play.presses(Role::Technician, "Confirm").await.unwrap();
    assert!(house.heard(Role::Technician).contains("with the office"));
    house.play.presses(Role::Office, "approve").await.unwrap();
    house.play.presses(Role::Office, "approve").await.unwrap();
    let invoices = office::invoice::list(&mut house.play.belt.store.reader(), 10).await.unwrap();
    assert_eq!(invoices.len(), 1);
    house.end().await;
}

#[tokio::test]
async fn the_story_over_the_wire() {
    let server = StandIn::start().await;
    script(&server);
    let url = server.base_url();
    plays(House::set(None, &[("OPENAI_BASE_URL", &url), ("OPENAI_API_KEY", "sk-test")]).await, &server).await;
}

#[tokio::test]
async fn the_story_over_the_wire_streamed() {
    let server = StandIn::start().await;
    script(&server);
    let url = server.base_url();
    plays(House::streaming(&[("OPENAI_BASE_URL", &url), ("OPENAI_API_KEY", "sk-test")]).await, &server).await;
    assert!(server.asked().iter().all(|asked| asked.body["stream"] == true));
}
