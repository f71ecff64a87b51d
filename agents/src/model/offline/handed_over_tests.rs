//! What the field agent does about jobs that are with the office: corrections, withdrawals, news of them.

use serde_json::json;

use super::tests::{MELDUNG, REPORT};
use crate::model::offline::play::Play;

#[test]
fn a_job_is_corrected_after_it_was_handed_over() {
    let mut play = Play::new();
    play.turn(&[REPORT], &["yes"]);
    let said = play.turn(&["no, two hours"], &[]);
    assert_eq!(*play.only("correct_job"), json!({ "job_id": "JOB-789-001", "hours_worked": 2 }));
    assert_eq!(said, "Corrected: JOB-789-001 (Klaus Meier) now has 2 h.");
    play.turn(&["and also 1 siphon"], &[]);
    assert_eq!(
        play.handed[0]["materials_used"],
        json!([{ "name": "Gasket 10-B", "quantity": 1 }, { "name": "siphon", "quantity": 1 }])
    );
    play.turn(&["wrong customer, it was Mayer in Gartenweg 3"], &[]);
    assert_eq!(play.handed[0]["customer_id"], json!("791"));
}

#[test]
fn which_of_several_jobs_is_asked() {
    let mut play = Play::new();
    play.turn(&[MELDUNG], &["ja"]);
    play.turn(&["Fertig bei Schmidt, Goethestraße 5, Hahn getauscht, 2 Std, 1 Hahn"], &["ja"]);
    play.turn(&["nein, drei Stunden"], &["JOB-790-002 Eva Schmidt"]);
    assert_eq!(play.handed[1]["hours_worked"], json!(3));
    play.turn(&["bei Meier waren es doch 2 Stunden"], &[]);
    assert_eq!(play.handed[0]["hours_worked"], json!(2));
}

#[test]
fn a_job_is_withdrawn_after_a_confirmation() {
    let mut play = Play::new();
    play.turn(&[REPORT], &["yes"]);
    let said = play.turn(&["stop, wrong customer"], &["Withdraw"]);
    assert_eq!(
        *play.only("withdraw_job"),
        json!({ "job_id": "JOB-789-001", "reason": "stop, wrong customer" })
    );
    assert!(said.contains("withdrawal of JOB-789-001"), "{said}");
    assert!(play.turn(&["storno"], &[]).contains("kein Auftrag mehr offen"));

    let mut play = Play::new();
    play.turn(&[MELDUNG], &["ja"]);
    assert_eq!(
        play.turn(&["zieh den Auftrag zurück"], &["Behalten"]),
        "In Ordnung, alles bleibt, wie es ist."
    );
    assert_eq!(play.count("withdraw_job"), 0);
}

#[test]
fn the_status_is_told() {
    let mut play = Play::new();
    assert!(play.turn(&["status?"], &[]).contains("no jobs"));
    play.turn(&[REPORT], &["yes"]);
    assert_eq!(play.turn(&["status?"], &[]), "JOB-789-001 (Klaus Meier): with the office, not settled yet.");
    assert_eq!(
        play.turn(&["was ist mit Meier"], &[]),
        "JOB-789-001 (Klaus Meier): beim Büro, noch nicht abgeschlossen."
    );
    assert!(play.turn(&["status of JOB-1-001"], &[]).contains("JOB-1-001"));
    let mut play = Play::new();
    play.turn(&[REPORT], &["status?", "yes"]);
    assert!(
        play.questions[1].0.starts_with("I know of no jobs from you yet. I have: "),
        "{:?}",
        play.questions
    );
}

#[test]
fn news_are_told_in_the_technicians_language() {
    let mut play = Play::new();
    play.turn(&[MELDUNG], &["ja"]);
    let news = "[job settled] {\"job_id\":\"JOB-789-001\",\"status\":\"completed\",\"note\":\"goodwill\",\"invoice_id\":\"RE-2026-0001\",\"customer\":\"Klaus Meier\"}";
    assert_eq!(
        play.turn(&[news], &[]),
        "Das Büro hat den Auftrag Meier abgeschlossen (Kulanz). Rechnung RE-2026-0001."
    );
    let mut play = Play::new();
    play.turn(&[REPORT], &["yes"]);
    assert_eq!(
        play.turn(&[news], &[]),
        "The office has settled the Meier job (goodwill). Invoice RE-2026-0001."
    );
    let mut play = Play::new();
    play.turn(&[REPORT], &[&format!("+{news}"), "yes"]);
}
