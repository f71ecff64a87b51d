//! Whole dialogues of the office agent: tools answer from a script, in order.

use std::{collections::VecDeque, sync::Arc};

use domain::tool::Arguments;
use serde_json::{Value, json};

use crate::model::{
    Entry, ModelRequest,
    offline::{answer, play::specs},
};

const TOOLS: &[&str] = &[
    "process_billing_rule",
    "escalate_to_office_human",
    "create_invoice",
    "reject_job",
    "cancel_invoice",
    "get_job_status",
    "list_open_jobs",
];
const REPORTED: &str = "[job reported] {\"job_id\":\"JOB-789-001\",\"technician\":\"Frank\",\"customer_id\":\"789\",\"work_done\":\"Repaired the sink pipe\",\"hours_worked\":1.5}";

/// Plays one turn; each result belongs to the next call. Strings are heard in between.
fn turn(heard: &str, results: &[(&str, Value)]) -> (Vec<(String, Value)>, String) {
    let mut entries = vec![words(heard)];
    let mut results: VecDeque<&(&str, Value)> = results.iter().collect();
    let mut calls = Vec::new();
    for _ in 0..30 {
        let request = ModelRequest {
            model: None,
            system: "".into(),
            history: Arc::default(),
            entries: Arc::new(entries.clone()),
            tools: specs(TOOLS),
            temperature: None,
            max_tokens: 1_000,
        };
        let reply = answer(&request);
        entries.push(Entry::Said { text: reply.text.clone(), calls: reply.calls.clone(), raw: None });
        let Some(call) = reply.calls.first() else {
            assert!(results.is_empty(), "not called: {results:?}; said {}", reply.text);
            return (calls, reply.text);
        };
        let Arguments::Json(arguments) = &call.arguments else { panic!("malformed") };
        calls.push((call.name.clone(), arguments.clone()));
        let (name, result) =
            results.pop_front().unwrap_or_else(|| panic!("unexpected call {} {arguments}", call.name));
        assert_eq!(call.name, *name, "{arguments}");
        entries.push(Entry::Returned {
            call: call.id.clone(),
            name: call.name.clone(),
            content: result.to_string(),
        });
        if let Some(news) = result.get("then heard").and_then(Value::as_str) {
            entries.push(words(news));
        }
    }
    panic!("no end: {calls:?}")
}

fn words(text: &str) -> Entry {
    Entry::Heard { text: text.to_owned(), images: Vec::new() }
}

fn success() -> (&'static str, Value) {
    ("process_billing_rule", json!({ "status": "success", "gross": "164.22" }))
}

fn conflict() -> (&'static str, Value) {
    let over = json!({ "kind": "hours_over_contract", "contract": "Plus", "included_hours": 1.0, "over_hours": 0.5, "amount": "47.50" });
    (
        "process_billing_rule",
        json!({ "status": "conflict", "reason": "hours_over_contract", "details": [over] }),
    )
}

fn created() -> (&'static str, Value) {
    (
        "create_invoice",
        json!({ "status": "invoiced", "invoice_id": "RE-2026-0001", "total": "164.22", "currency": "EUR" }),
    )
}

fn escalated(status: &str) -> (&'static str, Value) {
    ("escalate_to_office_human", json!({ "status": status, "by": "Sabine", "answer": status }))
}

#[test]
fn a_job_without_conflict_is_invoiced() {
    let (calls, said) = turn(REPORTED, &[success(), created()]);
    assert_eq!(calls[0].1, json!({ "job_id": "JOB-789-001" }));
    assert_eq!(said, "JOB-789-001: invoice RE-2026-0001 over 164.22 EUR is created.");
}

#[test]
fn goodwill_is_asked_for_and_granted() {
    let (calls, _) = turn(REPORTED, &[conflict(), escalated("approved"), success(), created()]);
    assert_eq!(calls[1].1["options"], json!(["Grant", "Reject"]));
    assert_eq!(
        calls[1].1["message"],
        json!("JOB-789-001: 0.5 h over the Plus contract (1.0 h included), 47.50. Grant goodwill?")
    );
    assert_eq!(calls[2].1, json!({ "job_id": "JOB-789-001", "force_goodwill": true }));
}

#[test]
fn declined_goodwill_is_billed_in_full_and_deferred_stops() {
    let (calls, _) = turn(REPORTED, &[conflict(), escalated("declined"), success(), created()]);
    assert_eq!(calls[2].1, json!({ "job_id": "JOB-789-001" }));
    let (_, said) = turn(REPORTED, &[conflict(), escalated("deferred")]);
    assert_eq!(said, "JOB-789-001: put off by Sabine. It stays listed as open.");
    let (_, said) =
        turn(REPORTED, &[success(), ("create_invoice", json!({ "status": "declined", "by": "Sabine" }))]);
    assert!(said.contains("declined by Sabine"), "{said}");
}

#[test]
fn a_corrected_job_starts_anew_and_a_withdrawn_one_stops() {
    let corrected = REPORTED.replace("reported", "corrected");
    let superseded = ("escalate_to_office_human", json!({ "status": "superseded", "then heard": corrected }));
    let (_, said) = turn(REPORTED, &[conflict(), superseded, success(), created()]);
    assert!(said.contains("RE-2026-0001"), "{said}");
    let withdrawn = json!({ "status": "withdrawn", "then heard": "[job withdrawn] {\"job_id\":\"JOB-789-001\",\"reason\":\"wrong customer\"}" });
    let (_, said) = turn(REPORTED, &[conflict(), ("escalate_to_office_human", withdrawn)]);
    assert!(said.contains("withdrawn by the technician: wrong customer"), "{said}");
}

#[test]
fn what_cannot_be_billed_is_put_to_staff() {
    let odd = json!({ "kind": "implausible", "what": "hours_worked", "value": 40.0, "minimum": 0.25, "maximum": 16.0 });
    let conflict =
        ("process_billing_rule", json!({ "status": "conflict", "reason": "implausible", "details": [odd] }));
    let reject = (
        "escalate_to_office_human",
        json!({ "status": "answered", "answer": "Reject the job", "by": "Sabine" }),
    );
    let rejected = ("reject_job", json!({ "status": "rejected", "reason": "hours" }));
    let (calls, said) = turn(REPORTED, &[conflict.clone(), reject, rejected]);
    assert_eq!(
        calls[2].1,
        json!({ "job_id": "JOB-789-001", "reason": "hours_worked 40.0 cannot be (0.25 to 16.0)" })
    );
    assert!(said.contains("is rejected"), "{said}");
    let wait = (
        "escalate_to_office_human",
        json!({ "status": "answered", "answer": "Wait for a correction", "by": "Sabine" }),
    );
    let (_, said) = turn(REPORTED, &[conflict, wait]);
    assert!(said.contains("stays open"), "{said}");
}

#[test]
fn a_material_that_staff_would_not_leave_out_cannot_be_billed() {
    let unknown = json!({ "kind": "unknown_material", "name": "Dingsbums", "quantity": 1.0, "nearest": ["Dichtung 10-B"] });
    let conflict = || {
        (
            "process_billing_rule",
            json!({ "status": "conflict", "reason": "unknown_material", "details": [unknown] }),
        )
    };
    let (calls, _) = turn(REPORTED, &[conflict(), escalated("declined"), conflict(), escalated("expired")]);
    assert!(
        calls[3].1["message"]
            .as_str()
            .unwrap()
            .contains("cannot be billed: “Dingsbums” is not in the price list (Dichtung 10-B?)")
    );
}

#[test]
fn it_never_goes_round_in_circles() {
    let (calls, said) = turn(
        REPORTED,
        &[conflict(), escalated("declined"), ("process_billing_rule", json!({ "status": "declined" }))],
    );
    assert_eq!(calls.len(), 3);
    assert!(said.contains("would change nothing"), "{said}");
    let (_, said) =
        turn(REPORTED, &[("process_billing_rule", json!({ "error": "there is no job JOB-789-001" }))]);
    assert!(said.contains("there is no job"), "{said}");
}

#[test]
fn staff_give_orders() {
    let jobs = json!({ "status": "ok", "jobs": [
        { "job_id": "JOB-789-001", "state": "deferred", "customer": "Klaus Meier", "work_done": "Repaired the sink pipe" },
        { "job_id": "JOB-790-001", "state": "received", "customer": "Eva Schmidt", "work_done": "Replaced a tap" },
    ] });
    let (_, said) = turn("what is open?", &[("list_open_jobs", jobs.clone())]);
    assert_eq!(
        said,
        "JOB-789-001: Klaus Meier · Repaired the sink pipe · put off\nJOB-790-001: Eva Schmidt · Replaced a tap · open"
    );
    let (calls, _) = turn("jetzt weiter", &[("list_open_jobs", jobs.clone()), success(), created()]);
    assert_eq!(calls[1].1, json!({ "job_id": "JOB-789-001" }));
    let (_, said) = turn("was ist mit Schmidt?", &[("get_job_status", jobs)]);
    assert!(said.starts_with("JOB-790-001") && said.ends_with("offen"), "{said}");
    let (calls, _) = turn(
        "reject JOB-789-001: wrong customer",
        &[("reject_job", json!({ "status": "rejected", "reason": "wrong customer" }))],
    );
    assert_eq!(calls[0].1, json!({ "job_id": "JOB-789-001", "reason": "wrong customer" }));
    let cancelled = json!({ "status": "cancelled", "invoice_id": "RE-2026-0001", "cancellation_invoice_id": "RE-2026-0002" });
    let (_, said) = turn("storniere RE-2026-0001", &[("cancel_invoice", cancelled)]);
    assert_eq!(said, "RE-2026-0001 ist durch RE-2026-0002 storniert; der Auftrag ist wieder offen.");
    let (_, said) = turn(
        "resume JOB-789-001",
        &[success(), ("create_invoice", json!({ "status": "deferred", "by": "Sabine" }))],
    );
    assert!(said.contains("put off"), "{said}");
    assert!(turn("yes", &[]).1.contains("did not ask"));
    assert!(turn("Wer bist du?", &[]).1.contains("kein Sprachmodell"));
}
