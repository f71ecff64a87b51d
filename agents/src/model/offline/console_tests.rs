//! Wishes at the console, in both languages, and what must not come of them.

use std::sync::Arc;

use domain::tool::ToolSpec;

use super::*;
use crate::model::Spoken;

fn call(text: &str) -> (&'static str, Value) {
    match wish(text) {
        Wish::Call(name, arguments) => (name, arguments),
        Wish::Jobs(order) => order.call(),
        Wish::Answer(reply) => panic!("{text:?} was answered {reply:?}"),
    }
}

#[test]
fn wishes_are_read_in_both_languages() {
    for (text, name, arguments) in [
        ("what is open?", "list_open_jobs", json!({})),
        ("Welche Aufträge sind offen?", "list_open_jobs", json!({})),
        ("list open jobs", "list_open_jobs", json!({})),
        ("status JOB-789-001", "get_job_status", json!({ "job_id": "JOB-789-001" })),
        ("Wie steht es um JOB-789-001?", "get_job_status", json!({ "job_id": "JOB-789-001" })),
        ("my tasks", "list_tasks", json!({ "whose": "me" })),
        (
            "Was habe ich heute zu tun? Zeig meine Aufgaben",
            "list_tasks",
            json!({ "whose": "me", "due": "heute" }),
        ),
        ("show all tasks", "list_tasks", json!({ "whose": "all" })),
        ("find Meier", "find_contact", json!({ "query": "Meier" })),
        ("Suche Kontakt Klaus Meier", "find_contact", json!({ "query": "Klaus Meier" })),
        ("What's Frank's phone number?", "find_contact", json!({ "query": "Frank" })),
        ("Telefonnummer von Frau Schmidt bitte", "find_contact", json!({ "query": "Schmidt" })),
        ("who is +49 151 2345?", "find_contact", json!({ "query": "+49 151 2345" })),
        ("today's visits", "list_visits", json!({ "day": "today" })),
        ("Welche Termine gibt es morgen?", "list_visits", json!({ "day": "morgen" })),
        ("visits on Friday", "list_visits", json!({ "day": "Friday" })),
        ("Termine diese Woche", "list_visits", json!({ "days": 7 })),
        (
            "remind me tomorrow at 9 to call Meier",
            "create_task",
            json!({ "title": "Call Meier", "due": "tomorrow at 9" }),
        ),
        (
            "Erinnere mich morgen um 9 Uhr daran, Frau Schmidt anzurufen",
            "create_task",
            json!({ "title": "Frau Schmidt anzurufen", "due": "morgen um 9 Uhr" }),
        ),
        ("create a task: order gaskets", "create_task", json!({ "title": "Order gaskets" })),
        ("Neue Aufgabe: Dichtungen bestellen", "create_task", json!({ "title": "Dichtungen bestellen" })),
        ("mark the task order gaskets as done", "complete_task", json!({ "task": "order gaskets" })),
        ("Aufgabe Dichtungen bestellen erledigt", "complete_task", json!({ "task": "Dichtungen bestellen" })),
        (
            "plan a visit at Meier tomorrow at 10 with Frank",
            "plan_visit",
            json!({ "title": "Visit", "starts": "tomorrow at 10", "customer": "Meier", "technician": "Frank" }),
        ),
        (
            "Termin bei Klaus Meier am Freitag um 14 Uhr eintragen",
            "plan_visit",
            json!({ "title": "Besuch", "starts": "am Freitag um 14 Uhr", "customer": "Klaus Meier" }),
        ),
    ] {
        assert_eq!(call(text), (name, arguments), "{text}");
    }
}

#[test]
fn no_words_approve_bill_or_send() {
    for (text, reply) in [
        ("approve JOB-789-001", Reply::OnTheCard),
        ("Genehmige die Rechnung für Meier", Reply::OnTheCard),
        ("reject JOB-789-001: wrong", Reply::OnTheCard),
        ("resume JOB-789-001", Reply::OnTheCard),
        ("write Meier that we come later", Reply::WriteYourself),
        ("plan a visit at Meier", Reply::When),
        ("find", Reply::Whom),
        ("remind me", Reply::What),
        ("who are you?", Reply::Identity),
        ("hilfe", Reply::Help),
        ("sing a song", Reply::NotUnderstood),
    ] {
        assert_eq!(wish(text), Wish::Answer(reply), "{text}");
    }
}

fn request(entries: Vec<Entry>) -> ModelRequest {
    let tools = ["list_tasks", "find_contact", "create_task"].map(|name| {
        Arc::new(ToolSpec { name: name.to_owned(), description: String::new(), parameters: json!({}) })
    });
    ModelRequest {
        model: None,
        system: "".into(),
        history: Arc::new(vec![Spoken { by_agent: false, text: "Was ist offen?".into() }]),
        entries: Arc::new(entries),
        tools: tools.to_vec(),
        temperature: None,
        max_tokens: 500,
    }
}

#[test]
fn what_was_found_is_said_in_their_language() {
    let heard = Entry::Heard { text: "meine Aufgaben".into(), images: vec![] };
    assert!(matches!(next(&request(vec![heard.clone()])), Move::Call { name: "list_tasks", .. }));
    let content = json!({ "status": "ok", "more": 0, "tasks": [
        { "title": "Meier anrufen", "due": "2026-11-22 09:00", "overdue": true, "assignee": "Ana" }
    ] });
    let returned =
        Entry::Returned { call: "c".into(), name: "list_tasks".into(), content: content.to_string() };
    let said = match next(&request(vec![heard, returned])) {
        Move::Say(text) => text,
        Move::Call { name, .. } => panic!("{name}"),
    };
    assert_eq!(said, "– Meier anrufen (2026-11-22 09:00, überfällig) · Ana");
}
