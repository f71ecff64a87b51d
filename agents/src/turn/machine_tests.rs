//! The machine by itself: steps, limits, parking, saving.

use serde_json::json;

use super::*;
use crate::model::Usage;

fn call(id: &str, name: &str) -> ToolCall {
    ToolCall { id: id.into(), name: name.into(), arguments: Arguments::Json(json!({ "job_id": "J" })) }
}

fn calls(calls: &[ToolCall]) -> ModelReply {
    ModelReply { calls: calls.to_vec(), usage: Usage { input: 10, output: 5 }, ..ModelReply::default() }
}

fn says(text: &str) -> ModelReply {
    ModelReply { text: text.into(), ..ModelReply::default() }
}

fn heard(text: &str) -> Heard {
    Heard { text: text.into(), images: Vec::new() }
}

fn limits() -> Limits {
    Limits::default()
}

/// Each call has exactly one result, before anything else is said.
fn assert_paired(machine: &Machine) {
    let mut open: Vec<&CallId> = Vec::new();
    for entry in machine.entries().iter() {
        match entry {
            Entry::Said { calls, .. } => {
                assert!(open.is_empty());
                open = calls.iter().map(|c| &c.id).collect();
            }
            Entry::Returned { call, .. } => {
                let at = open.iter().position(|id| *id == call).expect("a result has its call");
                open.remove(at);
            }
            Entry::Heard { .. } => {
                assert!(open.is_empty(), "something was heard between a call and its result")
            }
        }
    }
}

#[test]
fn hears_calls_and_replies() {
    let mut machine = Machine::default();
    machine.heard(heard("done at Meier"));
    assert_eq!(machine.next(&limits()), Step::CallModel);
    machine.replied(calls(&[call("a", "find_customer")]));
    assert_eq!(machine.next(&limits()), Step::CallTools(vec![call("a", "find_customer")]));
    machine.returned(&"a".into(), "{}");
    assert_eq!(machine.next(&limits()), Step::CallModel);
    machine.replied(says(" done "));
    assert_eq!(machine.next(&limits()), Step::Finish(Ending::Reply("done".into())));
    assert_paired(&machine);
}

#[test]
fn a_mixed_batch_parks_until_each_call_returned_and_keeps_call_order() {
    let mut machine = Machine::default();
    machine.replied(calls(&[call("a", "ask"), call("b", "look"), call("c", "ask")]));
    machine.waits(&"a".into());
    machine.returned(&"b".into(), "B");
    machine.waits(&"c".into());
    assert_eq!(machine.next(&limits()), Step::Park);
    machine.heard(heard("by the way"));
    let mut machine = Machine::load(&machine.save().unwrap()).unwrap();
    machine.woken(&"c".into());
    assert_eq!(machine.next(&limits()), Step::CallTools(vec![call("c", "ask")]));
    machine.returned(&"c".into(), "C");
    assert_eq!(machine.next(&limits()), Step::Park);
    machine.woken(&"a".into());
    machine.returned(&"a".into(), "A");
    assert_eq!(machine.next(&limits()), Step::CallModel);
    let contents: Vec<&str> = machine
        .entries()
        .iter()
        .filter_map(|e| if let Entry::Returned { content, .. } = e { Some(content.as_str()) } else { None })
        .collect();
    assert_eq!(contents, ["A", "B", "C"]);
    assert_paired(&machine);
    assert!(matches!(machine.entries().last(), Some(Entry::Heard { text, .. }) if text == "by the way"));
}

#[test]
fn malformed_arguments_go_back_to_the_model_and_have_a_limit() {
    let mut machine = Machine::default();
    let bad = ToolCall {
        arguments: Arguments::Malformed { text: "{".into(), error: "EOF".into() },
        ..call("", "find_customer")
    };
    for _ in 0..limits().malformed_replies {
        assert_eq!(machine.next(&limits()), Step::CallModel);
        machine.replied(calls(std::slice::from_ref(&bad)));
    }
    assert_eq!(machine.next(&limits()), Step::Finish(Ending::GaveUp(Exhausted::MalformedReplies)));
    assert_paired(&machine);
}

#[test]
fn a_good_call_forgives_earlier_bad_ones() {
    let mut machine = Machine::default();
    machine.replied(says(""));
    machine.replied(calls(&[call("a", "nosuch")]));
    machine.misused(&"a".into(), "no tool nosuch");
    machine.replied(calls(&[call("b", "look")]));
    machine.returned(&"b".into(), "{}");
    machine.replied(says(""));
    machine.replied(says(""));
    assert_eq!(machine.next(&limits()), Step::CallModel);
}

#[test]
fn a_cut_reply_runs_nothing() {
    let mut machine = Machine::default();
    machine.replied(ModelReply { truncated: true, ..calls(&[call("a", "create_invoice")]) });
    assert_eq!(machine.next(&limits()), Step::CallModel);
    assert!(!machine.entries().iter().any(|e| matches!(e, Entry::Said { calls, .. } if !calls.is_empty())));
}

#[test]
fn the_same_call_over_and_over_is_stopped() {
    let mut machine = Machine::default();
    let mut ran = 0;
    loop {
        match machine.next(&limits()) {
            Step::CallModel => machine.replied(calls(&[call("same", "look")])),
            Step::CallTools(ready) => {
                ran += ready.len();
                for call in ready {
                    machine.returned(&call.id, "{}");
                }
            }
            Step::Finish(ending) => {
                assert_eq!(ending, Ending::GaveUp(Exhausted::MalformedReplies));
                break;
            }
            Step::Park => panic!("nothing waits"),
        }
    }
    assert_eq!(ran, SAME_CALL);
    let mut ids: Vec<_> = machine.all_calls().map(|c| c.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), machine.all_calls().count(), "call ids are unique within the turn");
}

#[test]
fn rounds_calls_and_tokens_are_limited() {
    let limits = Limits { model_rounds: 2, turn_tokens: 25, tool_calls: 1, ..Limits::default() };
    let mut machine = Machine::default();
    machine.replied(calls(&[call("a", "x"), call("b", "y")]));
    machine.returned(&"a".into(), "");
    machine.returned(&"b".into(), "");
    assert_eq!(machine.next(&limits), Step::Finish(Ending::GaveUp(Exhausted::ToolCalls)));
    let roomy = Limits { tool_calls: 9, ..limits };
    assert_eq!(machine.next(&roomy), Step::CallModel);
    machine.replied(calls(&[call("c", "z")]));
    machine.returned(&"c".into(), "");
    assert_eq!(machine.next(&roomy), Step::Finish(Ending::GaveUp(Exhausted::ModelRounds)));
    let more = Limits { model_rounds: 9, ..roomy };
    assert_eq!(machine.next(&more), Step::Finish(Ending::GaveUp(Exhausted::Tokens)));
}

#[test]
fn states_saved_by_earlier_versions_load() {
    let saved = include_str!("saved/v1.json");
    let machine = Machine::load(saved).unwrap();
    assert_eq!(machine.next(&limits()), Step::Park);
    assert_eq!(machine.rounds(), 2);
}

#[test]
fn a_newer_state_is_refused_by_name() {
    let error = Machine::load(r#"{"version": 99, "anything": 1}"#).unwrap_err();
    assert!(error.to_string().contains("99"));
}
