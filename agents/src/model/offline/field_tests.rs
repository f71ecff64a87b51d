//! Whole dialogues of the field agent, in both languages.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use crate::model::{
    Entry, ModelRequest, Spoken,
    offline::{
        answer,
        play::{FIELD_TOOLS, Play, specs},
    },
};

pub(super) const REPORT: &str =
    "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B";
pub(super) const MELDUNG: &str =
    "Fertig bei Meier, Schillerstr. 12. Anderthalb Stunden, Abflussrohr repariert, 1x Dichtung 10-B";
const WITH_OFFICE: &str = "The job is with the office. I'll tell you when it is settled.";
const BEIM_BUERO: &str = "Der Auftrag ist beim Büro. Ich melde mich, wenn er abgeschlossen ist.";

#[test]
fn the_story_in_english() {
    let mut play = Play::new();
    assert_eq!(play.turn(&[REPORT], &["Confirm"]), WITH_OFFICE);
    let question = "I have: customer 789 Klaus Meier, Schillerstrasse 12, 10117 Berlin · Repaired the sink pipe · 1.5 h · \
                    1x Gasket 10-B · no open invoice. Is that right?";
    assert_eq!(play.questions, [(question.to_owned(), vec!["Confirm".to_owned(), "Correct".to_owned()])]);
    let names: Vec<&str> = play.calls.iter().map(|c| c.0.as_str()).collect();
    assert_eq!(
        names,
        ["find_customer", "check_invoice_status", "ask_technician", "send_data_to_office_agent"]
    );
    assert_eq!(
        *play.only("send_data_to_office_agent"),
        json!({
            "customer_id": "789", "location": "Schillerstrasse 12, 10117 Berlin", "work_done": "Repaired the sink pipe", "hours_worked": 1.5,
            "materials_used": [{ "name": "Gasket 10-B", "quantity": 1 }], "status": "validated_by_technician",
        })
    );
}

#[test]
fn the_story_in_german() {
    let mut play = Play::new();
    assert_eq!(play.turn(&[MELDUNG], &["Bestätigen"]), BEIM_BUERO);
    let question = "Ich habe: Kunde 789 Klaus Meier, Schillerstrasse 12, 10117 Berlin · Abflussrohr repariert · 1,5 Std. · \
                    1x Dichtung 10-B · keine offene Rechnung. Stimmt das?";
    assert_eq!(
        play.questions,
        [(question.to_owned(), vec!["Bestätigen".to_owned(), "Korrigieren".to_owned()])]
    );
}

#[test]
fn what_is_missing_is_asked_in_one_question() {
    let mut play = Play::new();
    assert_eq!(
        play.turn(&["Done at Meier, Schillerstrasse 12"], &["2 hours, replaced the tap, no material", "yes"]),
        WITH_OFFICE
    );
    assert_eq!(
        play.questions[0].0,
        "For Klaus Meier, please tell me what you did, how long it took and which material you used (or “no material”)."
    );
    let sent = play.only("send_data_to_office_agent");
    assert_eq!((&sent["hours_worked"], &sent["materials_used"]), (&json!(2), &json!([])));

    let mut play = Play::new();
    play.turn(&["Spüle repariert, 1 Std"], &["Meier in der Schillerstr. 12", "keins", "ja"]);
    assert_eq!(
        play.questions[0].0,
        "Mir fehlt noch, bei welchem Kunden das war (Name oder Adresse) und welches Material du verbraucht hast (oder „kein Material“)."
    );
    assert_eq!(play.questions.len(), 3);
}

#[test]
fn bare_answers_are_understood_as_what_was_asked() {
    let mut play = Play::new();
    play.turn(&["Meier, Schillerstrasse 12, sink repaired, no material"], &["2", "ok"]);
    assert_eq!(play.only("send_data_to_office_agent")["hours_worked"], json!(2));

    let mut play = Play::new();
    play.turn(
        &["bei Meier 1h, kein Material"],
        &["den Durchfluss reguliert und alles auf Vordermann gebracht", "passt"],
    );
    let work = play.only("send_data_to_office_agent")["work_done"].as_str().unwrap().to_owned();
    assert!(work.contains("Durchfluss reguliert"), "{work}");

    let mut play = Play::new();
    play.turn(&["repaired the sink, 1h, no material"], &["Meier", "sure"]);
    assert_eq!(play.only("send_data_to_office_agent")["customer_id"], json!("789"));
}

#[test]
fn corrections_before_handing_over() {
    let mut play = Play::new();
    play.turn(&[REPORT], &["Correct", "no, two hours", "yes"]);
    assert_eq!(play.questions[1].0, "What should I correct: customer, work, hours or material?");
    assert_eq!(play.only("send_data_to_office_agent")["hours_worked"], json!(2));

    let mut play = Play::new();
    play.turn(&[MELDUNG], &["nein, doch 2 Stunden", "es waren zwei Dichtungen", "Bestätigen"]);
    let sent = play.only("send_data_to_office_agent");
    assert_eq!(sent["hours_worked"], json!(2));
    assert_eq!(sent["materials_used"], json!([{ "name": "Dichtung 10-B", "quantity": 2 }]));

    let mut play = Play::new();
    play.turn(&[REPORT], &["wrong customer, it was Mayer in Gartenweg 3", "and also 1 siphon", "Confirm"]);
    let sent = play.only("send_data_to_office_agent");
    assert_eq!(sent["customer_id"], json!("791"));
    assert_eq!(sent["materials_used"][1], json!({ "name": "siphon", "quantity": 1 }));
    assert_eq!(play.count("check_invoice_status"), 2);

    let mut play = Play::new();
    play.turn(&[REPORT], &["the hours are wrong", "3", "Confirm"]);
    assert_eq!(play.only("send_data_to_office_agent")["hours_worked"], json!(3));
}

#[test]
fn only_a_clear_yes_hands_over() {
    for yes in ["yes", "ja, und schönen Feierabend", "that's correct", "👍", "passt so, danke dir"] {
        let mut play = Play::new();
        play.turn(&[REPORT], &[yes]);
        assert_eq!(play.handed.len(), 1, "{yes}");
    }
    for no in ["yes but wait", "ja aber nicht so", "correct", "hmm maybe"] {
        let mut play = Play::new();
        play.turn(&[REPORT], &[no, "forget it"]);
        assert_eq!(play.handed.len(), 0, "{no}");
    }
}

#[test]
fn two_jobs_in_one_message_are_finished_one_after_the_other() {
    let mut play = Play::new();
    let both = "Meier, Schillerstr. 12: sink repaired, 1.5h, no material. Schmidt, Goethestr. 5: tap replaced, 2h, 1x tap";
    let said = play.turn(&[both], &["Confirm", "Confirm"]);
    assert_eq!(play.count("send_data_to_office_agent"), 2);
    assert!(
        play.questions[1].0.starts_with("The Meier job is with the office. I have: customer 790 Eva Schmidt"),
        "{:?}",
        play.questions
    );
    assert_eq!(said, "The Schmidt job is with the office. I'll tell you when they are settled.");
    assert_eq!(play.handed[0]["materials_used"], json!([]));
    assert_eq!(play.handed[1]["materials_used"], json!([{ "name": "tap", "quantity": 1 }]));
}

#[test]
fn a_new_report_while_a_confirmation_is_open_waits_its_turn() {
    let mut play = Play::new();
    let said = play
        .turn(&[MELDUNG], &["Fertig bei Schmidt, Goethestraße 5, Hahn getauscht, 2 Std, 1 Hahn", "ja", "ja"]);
    assert!(
        play.questions[1]
            .0
            .starts_with("Den Auftrag Schmidt habe ich notiert, er kommt gleich danach. Ich habe: Kunde 789"),
        "{:?}",
        play.questions
    );
    assert_eq!(
        play.handed.iter().map(|j| j["customer_id"].as_str().unwrap()).collect::<Vec<_>>(),
        ["789", "790"]
    );
    assert!(said.contains("Schmidt"), "{said}");
}

#[test]
fn a_burst_of_messages_is_one_report() {
    let mut play = Play::new();
    let burst = ["Fertig bei Meier", "Schillerstr. 12", "Spüle repariert", "1,5 Std", "eine Dichtung 10-B"];
    assert_eq!(play.turn(&burst, &["ja"]), BEIM_BUERO);
    assert_eq!(play.questions.len(), 1, "{:?}", play.questions);
    let sent = play.only("send_data_to_office_agent");
    assert_eq!(
        (&sent["hours_worked"], &sent["materials_used"][0]["name"]),
        (&json!(1.5), &json!("Dichtung 10-B"))
    );
}

#[test]
fn what_is_heard_in_between_counts() {
    let mut play = Play::new();
    play.turn(&[REPORT], &["+oh, and it was 2 hours", "Confirm"]);
    assert_eq!(play.only("send_data_to_office_agent")["hours_worked"], json!(2));
}

#[test]
fn an_ambiguous_customer_is_asked_about() {
    let mut play = Play::new();
    play.turn(&["Done at Weber, tap replaced, 1h, 1 tap"], &["Ute Weber, Lindenallee 4", "Confirm"]);
    assert_eq!(play.questions[0].1, ["Jan Weber, Ringstr. 2", "Ute Weber, Lindenallee 4", "None of these"]);
    assert_eq!(play.only("send_data_to_office_agent")["customer_id"], json!("794"));

    let mut play = Play::new();
    play.turn(&["Bei Weber Hahn getauscht, 1h, 1 Hahn"], &["der in der Ringstraße", "ja"]);
    assert_eq!(play.only("send_data_to_office_agent")["customer_id"], json!("793"));

    let mut play = Play::new();
    play.turn(&["Bei Weber Hahn getauscht, 1h, 1 Hahn"], &["Keiner davon", "Schmidt, Goethestraße 5", "ja"]);
    assert_eq!(play.only("send_data_to_office_agent")["customer_id"], json!("790"));
}

#[test]
fn other_facts_told_instead_of_a_customer_are_kept() {
    let mut play = Play::new();
    play.turn(&["Bei Weber Hahn getauscht, 1h"], &["eine Mischbatterie", "Ute", "ja"]);
    let sent = play.only("send_data_to_office_agent");
    assert_eq!(
        (&sent["customer_id"], &sent["materials_used"][0]["name"]),
        (&json!("794"), &json!("Mischbatterie"))
    );

    let mut play = Play::new();
    let said = play.turn(&["Bei Weber Hahn getauscht, 1h, 1 Hahn"], &["zieh zurück, falscher kunde"]);
    assert!(said.contains("nicht übergeben"), "{said}");
}

#[test]
fn an_unknown_customer_is_asked_about_once_more_then_said_honestly() {
    let mut play = Play::new();
    let said = play
        .turn(&["Done at Nowak, Nowhere Street 1, tap replaced, 1h, 1 tap"], &["Nemo, Nirgendweg 9", "Stop"]);
    assert_eq!(play.questions[1].1, ["Stop"]);
    assert!(said.contains("not handed over"), "{said}");
    assert_eq!(play.count("send_data_to_office_agent"), 0);

    let mut play = Play::new();
    play.turn(&["Done at Maier, tap replaced, 1h, 1 tap"], &["it's Meier, Schillerstrasse 12", "yes"]);
    assert_eq!(play.only("send_data_to_office_agent")["customer_id"], json!("789"));
}

#[test]
fn an_expired_question_is_told_and_taken_up_again() {
    let mut play = Play::new();
    let said = play.turn(&[REPORT], &["!expired"]);
    assert!(said.contains("not handed over") && said.contains("“continue”"), "{said}");
    assert_eq!(play.turn(&["continue"], &["yes"]), WITH_OFFICE);
    assert_eq!(play.handed[0]["hours_worked"], json!(1.5));

    let mut play = Play::new();
    play.turn(&[MELDUNG], &["!expired"]);
    assert_eq!(play.turn(&["weiter"], &["ja"]), BEIM_BUERO);
}

#[test]
fn the_same_job_twice_is_asked_about() {
    let mut play = Play::new();
    play.turn(&[REPORT], &["yes"]);
    let said = play.turn(&[REPORT], &["yes", "Same job"]);
    assert!(play.last_question().contains("JOB-789-001"), "{}", play.last_question());
    assert!(said.contains("handed over before"), "{said}");
    assert_eq!(play.handed.len(), 1);
    assert_eq!(play.turn(&[REPORT], &["yes", "Another job"]), WITH_OFFICE);
    assert_eq!(play.handed[1]["another_job"], json!(true));
}

#[test]
fn an_office_out_of_reach_and_an_open_invoice_are_told() {
    let mut play = Play::new();
    play.office_reachable = false;
    play.open_invoice = true;
    let said = play.turn(&[REPORT], &["yes"]);
    assert!(play.questions[0].0.contains("still open: RE-2026-0007"), "{:?}", play.questions);
    assert!(said.contains("safe here") && said.contains("as soon as the office can be reached"), "{said}");
}

#[test]
fn a_draft_is_dropped_on_request() {
    let mut play = Play::new();
    let said = play.turn(&[REPORT], &["forget it"]);
    assert!(said.contains("not handed over"), "{said}");
    assert_eq!(play.handed.len(), 0);
}

#[test]
fn talk_is_answered_politely_and_truthfully() {
    let mut play = Play::new();
    assert!(play.turn(&["who are you?"], &[]).contains("not a language model"));
    assert!(play.turn(&["Bist du ein Mensch?"], &[]).contains("kein Mensch"));
    assert!(play.turn(&["tell me a joke"], &[]).contains("cannot help with that"));
    assert!(play.turn(&["hallo"], &[]).starts_with("Hallo!"));
    assert!(play.turn(&["yes"], &[]).contains("Nothing is waiting"));
    assert!(play.turn(&["[image]"], &[]).contains("pictures"));
    assert!(play.turn(&["no, two hours"], &[]).contains("None of your jobs is open"));
    assert_eq!(play.count("ask_technician"), 0);
}

#[test]
fn gibberish_ends_in_an_honest_sentence() {
    let mut play = Play::new();
    let said = play.turn(&[REPORT], &["hmm", "hmm", "hmm"]);
    assert!(said.contains("not handed over"), "{said}");
    assert_eq!(play.handed.len(), 0);
}

#[test]
fn hours_that_cannot_be_are_asked_again() {
    let mut play = Play::new();
    play.turn(&["Meier, Schillerstrasse 12, sink repaired, 300 hours, no material"], &["3", "yes"]);
    assert!(play.questions[0].0.starts_with("300 h cannot be right"), "{:?}", play.questions);
    assert_eq!(play.only("send_data_to_office_agent")["hours_worked"], json!(3));
}

#[test]
fn call_ids_are_deterministic_and_unique() {
    let request = |entries: Vec<Entry>| ModelRequest {
        model: None,
        system: "".into(),
        history: Arc::default(),
        entries: Arc::new(entries),
        tools: specs(FIELD_TOOLS),
        temperature: None,
        max_tokens: 100,
    };
    let heard = vec![Entry::Heard { text: REPORT.to_owned(), images: Vec::new() }];
    let reply = answer(&request(heard.clone()));
    assert_eq!(reply, answer(&request(heard)));
    assert_eq!(reply.calls[0].id.as_str(), "call_1_1");
    assert!(reply.usage.input > 0 && reply.usage.output > 0);
}

proptest! {
    #[test]
    fn any_transcript_gets_a_reply(
        texts in proptest::collection::vec(any::<String>(), 1..4),
        past in proptest::collection::vec((any::<bool>(), any::<String>()), 0..3),
        contents in proptest::collection::vec(any::<String>(), 0..3),
    ) {
        let mut entries: Vec<Entry> = Vec::new();
        for (at, text) in texts.into_iter().enumerate() {
            entries.push(Entry::Heard { text: format!("{REPORT} {text}"), images: Vec::new() });
            entries.push(Entry::Heard { text, images: Vec::new() });
            if let Some(content) = contents.get(at) {
                entries.push(Entry::Returned { call: "x".into(), name: "ask_technician".to_owned(), content: content.clone() });
            }
        }
        let history = past.into_iter().map(|(by_agent, text)| Spoken { by_agent, text }).collect();
        let request = ModelRequest { model: None, system: "".into(), history: Arc::new(history), entries: Arc::new(entries), tools: specs(FIELD_TOOLS), temperature: None, max_tokens: 10 };
        let reply = answer(&request);
        prop_assert!(!reply.text.is_empty() || !reply.calls.is_empty());
    }
}
