//! The screen: order, streams, traces, limits.

use std::sync::{Arc, Mutex};

use domain::address::{Address, ChannelName};

use super::*;

/// Paper that keeps whole lines, with passing ones marked.
#[derive(Clone)]
struct Kept {
    lines: Arc<Mutex<Vec<String>>>,
    passing: Arc<Mutex<Option<String>>>,
    width: usize,
    colour: bool,
}

impl Paper for Kept {
    fn lines(&mut self, lines: &[String]) -> io::Result<()> {
        self.lines.lock().unwrap().extend_from_slice(lines);
        Ok(())
    }

    fn passing(&mut self, line: Option<&str>) -> io::Result<()> {
        *self.passing.lock().unwrap() = line.map(ToOwned::to_owned);
        Ok(())
    }

    fn width(&self) -> Option<usize> {
        Some(self.width)
    }

    fn colour(&self) -> bool {
        self.colour
    }

    fn streams(&self) -> bool {
        true
    }
}

fn screen(width: usize, colour: bool) -> (Screen, Kept) {
    let paper = Kept { lines: Arc::default(), passing: Arc::default(), width, colour };
    (Screen::new(Box::new(paper.clone())), paper)
}

impl Kept {
    fn text(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }
}

fn saying<'a>(
    id: &'a OutboxId,
    turn: &'a TurnId,
    text: &'a str,
    options: &'a [(usize, String)],
) -> Saying<'a> {
    Saying { id, turn: Some(turn), label: "field -> technician:".into(), text, options }
}

fn progress(turn: &str, step: ProgressStep) -> Progress {
    Progress {
        turn: turn.into(),
        conversation: "c1".into(),
        agent: "field".into(),
        to: Address::new(ChannelName::terminal("technician"), "technician"),
        step,
    }
}

const LABEL: Option<&str> = Some("field -> technician:");
const LONG: &str = "The job is with the office. I'll tell you when it is settled, and if the office cannot be reached it waits here safely.";

fn stream(screen: &mut Screen, turn: &str, text: &str) {
    for word in text.split_inclusive(' ') {
        screen.progress(&progress(turn, ProgressStep::Said { delta: word.into() }), LABEL);
    }
}

#[test]
fn long_lines_continue_under_the_text_and_options_stay_whole() {
    let (mut screen, paper) = screen(70, false);
    let options = [(1, "Confirm".to_owned()), (2, "Correct\u{1b}[0m\nit".to_owned())];
    let text = "customer 789 Klaus Meier, Schillerstrasse 12, 10117 Berlin · work · 1.5 h · 1x Gasket 10-B · no open invoice. Is that right?";
    screen.say(&saying(&"o1".into(), &"t1".into(), text, &options));
    let (id, turn) = ("o2".into(), "t2".into());
    screen.say(&Saying { label: "office -> office:".into(), ..saying(&id, &turn, "a\n\nb", &[]) });
    insta::assert_snapshot!(paper.text());
}

#[test]
fn streamed_lines_are_not_printed_again() {
    let (mut screen, paper) = screen(60, false);
    stream(&mut screen, "t1", LONG);
    assert!(paper.passing.lock().unwrap().as_deref().unwrap().ends_with("safely."));
    screen.say(&saying(&"o1".into(), &"t1".into(), LONG, &[]));
    let streamed = paper.text();
    let (mut screen, paper) = self::screen(60, false);
    screen.say(&saying(&"o1".into(), &"t1".into(), LONG, &[]));
    assert_eq!(streamed, paper.text());
}

#[test]
fn a_message_other_than_what_was_streamed_is_printed_whole() {
    let (mut screen, paper) = screen(60, false);
    stream(&mut screen, "t1", LONG);
    screen.say(&saying(&"o1".into(), &"t1".into(), "Something else.", &[]));
    assert!(paper.text().ends_with("\nfield -> technician: Something else."), "{}", paper.text());
}

#[test]
fn words_that_go_on_after_somebody_else_spoke_have_their_name_again() {
    let (mut screen, paper) = screen(60, false);
    stream(&mut screen, "t1", LONG);
    screen.note("a note");
    screen.say(&saying(&"o1".into(), &"t1".into(), LONG, &[]));
    let text = paper.text();
    assert_eq!(text.matches("field -> technician: ").count(), 2, "{text}");
    assert_eq!(text.matches("The job is with").count(), 1, "{text}");
}

#[test]
fn a_new_round_forgets_words_that_became_no_message() {
    let (mut screen, _) = screen(60, false);
    stream(&mut screen, "t1", LONG);
    assert!(screen.is_streaming());
    screen.progress(&progress("t1", ProgressStep::ModelCalled { round: 2 }), LABEL);
    assert!(!screen.is_streaming());
}

#[test]
fn work_is_followed_until_it_parks_or_ends() {
    let (mut screen, _) = screen(60, false);
    screen.progress(&progress("t1", ProgressStep::Started), LABEL);
    assert_eq!(screen.working(), Some("field is thinking"));
    let call =
        ProgressStep::ToolCalled { call: "c".into(), name: "find_customer".into(), arguments: "{}".into() };
    screen.progress(&progress("t1", call), LABEL);
    assert_eq!(screen.working(), Some("field calls find_customer"));
    screen.progress(&progress("t1", ProgressStep::Parked { waits: vec![] }), LABEL);
    assert_eq!(screen.working(), None);
    for n in 0..2 * TURNS {
        screen.progress(&progress(&format!("t{n}"), ProgressStep::Started), LABEL);
        stream(&mut screen, &format!("t{n}"), "words");
    }
    assert_eq!((screen.working.len(), screen.streams.len()), (TURNS, TURNS));
}

#[test]
fn the_trace_shows_each_step_on_a_line() {
    let (mut screen, paper) = screen(600, false);
    screen.tracing = true;
    let steps = [
        ProgressStep::Started,
        ProgressStep::ModelCalled { round: 1 },
        ProgressStep::Said { delta: "hi".into() },
        ProgressStep::ModelReplied { round: 1, calls: 1, tokens: 812, millis: 640 },
        ProgressStep::ToolCalled {
            call: "c".into(),
            name: "find_customer".into(),
            arguments: "{\"customer_name\":\"Meier\n\u{1b}\"}".into(),
        },
        ProgressStep::ToolReturned {
            call: "c".into(),
            name: "find_customer".into(),
            result: "x".repeat(1_000),
            millis: 3,
        },
        ProgressStep::Parked { waits: vec!["question q1".into(), "handoff JOB-789-001".into()] },
        ProgressStep::Finished,
        ProgressStep::Failed { reason: "the model refused".into() },
    ];
    for step in steps {
        screen.progress(&progress("t1", step), None);
    }
    let text = paper.text();
    assert!(text.lines().all(|line| line.len() <= 500), "{text}");
    insta::assert_snapshot!(text.replace(&"x".repeat(100), "x"));
}

#[test]
fn colour_marks_names_and_numbers_only() {
    let (mut screen, paper) = screen(80, true);
    screen.say(&saying(&"o1".into(), &"t1".into(), "Right?", &[(1, "Confirm".to_owned())]));
    assert_eq!(
        paper.text(),
        "\u{1b}[1mfield -> technician:\u{1b}[0m Right?   \u{1b}[36m[1]\u{1b}[0m Confirm"
    );
}

#[test]
fn printed_ids_are_limited() {
    let (mut screen, _) = screen(80, false);
    for n in 0..PRINTED + 10 {
        screen.remember(OutboxId(format!("o{n}")));
    }
    assert_eq!((screen.printed.len(), screen.printed_order.len()), (PRINTED, PRINTED));
    assert!(screen.has(&format!("o{PRINTED}").as_str().into()) && !screen.has(&"o0".into()));
}
