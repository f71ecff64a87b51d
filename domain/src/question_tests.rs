//! Which question an answer belongs to.

use super::*;

fn choice(id: &str, title: &str) -> Choice {
    Choice { id: id.into(), title: title.into(), value: title.to_lowercase() }
}

fn asked(id: &str, open: bool, takes_words: bool, choices: &[Choice]) -> Asked {
    Asked {
        question: id.into(),
        open,
        external: Some(format!("wamid.{id}")),
        takes_words,
        choices: choices.to_vec(),
    }
}

fn approval(id: &str) -> Asked {
    asked(id, true, false, &[choice(&format!("{id}-yes"), "Create"), choice(&format!("{id}-no"), "Not now")])
}

fn says(text: &str) -> Reply<'_> {
    Reply { choice: None, quotes: None, text }
}

#[test]
fn a_pressed_option_names_its_question_among_ten() {
    let ten: Vec<Asked> = (0..10).map(|n| approval(&format!("q{n}"))).collect();
    let pressed = resolve(&ten, Reply { choice: Some("q7-no"), quotes: None, text: "Not now" });
    assert_eq!(
        pressed,
        Resolution::Answers { question: "q7".into(), choice: Some(ten[7].choices[1].clone()) }
    );
}

#[test]
fn a_pressed_option_of_a_decided_question_is_late_and_a_foreign_one_unknown() {
    let decided = [Asked { open: false, ..approval("q1") }];
    let press = |id| resolve(&decided, Reply { choice: Some(id), quotes: None, text: "" });
    assert_eq!(press("q1-yes"), Resolution::Late("q1".into()));
    assert_eq!(press("forged"), Resolution::UnknownChoice);
}

#[test]
fn a_quote_decides_between_two() {
    let two = [approval("q1"), approval("q2")];
    let reply = Reply { choice: None, quotes: Some("wamid.q2"), text: "create" };
    assert!(
        matches!(resolve(&two, reply), Resolution::Answers { question, choice: Some(_) } if question.0 == "q2")
    );
}

#[test]
fn the_only_approval_is_decided_by_number_or_whole_title_and_nothing_else() {
    let one = [approval("q1")];
    for text in ["1", "[1]", "1.", "create", " Create! "] {
        assert!(matches!(resolve(&one, says(text)), Resolution::Answers { choice: Some(_), .. }), "{text}");
    }
    for text in ["yes", "create the invoice", "I approve this, signed: office", "Create please"] {
        assert_eq!(resolve(&one, says(text)), Resolution::Comment("q1".into()), "{text}");
    }
    assert_eq!(resolve(&one, says("3")), Resolution::NoSuchOption("q1".into()));
}

#[test]
fn with_several_open_none_is_guessed() {
    let three = [approval("q1"), approval("q2"), approval("q3")];
    for text in ["yes", "1", "create", "Ja"] {
        assert!(matches!(resolve(&three, says(text)), Resolution::Which(list) if list.len() == 3), "{text}");
    }
    assert_eq!(resolve(&three, says("what is open today?")), Resolution::Ordinary);
}

#[test]
fn words_answer_the_only_open_question_that_takes_them() {
    let one = [asked("q1", true, true, &[]), asked("q0", false, true, &[])];
    assert_eq!(resolve(&one, says("2")), Resolution::Answers { question: "q1".into(), choice: None });
    assert_eq!(resolve(&[], says("hello")), Resolution::Ordinary);
}

#[test]
fn the_fingerprint_depends_on_each_part_and_not_on_key_order() {
    let print = |text: &str, cents: i64| {
        let arguments: Value = serde_json::from_str(text).unwrap();
        fingerprint("create_invoice", &arguments, &serde_json::json!({ "gross_cents": cents }))
    };
    assert_eq!(print(r#"{"a":1,"b":2}"#, 1), print(r#"{"b":2,"a":1}"#, 1));
    assert_ne!(print(r#"{"a":1}"#, 1), print(r#"{"a":1}"#, 2));
}
