//! Pieces of calls as servers really number them, and any cut of the bytes.

use proptest::prelude::*;

use super::*;
use crate::model::openai::sse::{Decoder, encode};

fn draft_of(bytes: &[u8], cuts: &[usize]) -> Result<Draft, Failure> {
    let (mut decoder, mut assembler, mut start) = (Decoder::default(), Assembler::default(), 0);
    let mut events = Vec::new();
    for &cut in cuts.iter().chain([&bytes.len()]) {
        let cut = cut.clamp(start, bytes.len());
        events.extend(decoder.push(&bytes[start..cut]));
        start = cut;
    }
    events.extend(decoder.finish());
    for event in events {
        assembler.feed(event.into())?;
    }
    assembler.finish()
}

fn stream(deltas: &[Value], finish: Option<&str>) -> String {
    let chunk = |delta: &Value| encode(&json!({"choices": [{"index": 0, "delta": delta}]}));
    let mut text: String = deltas.iter().map(chunk).collect();
    if let Some(finish) = finish {
        text += &encode(&json!({"choices": [{"delta": {}, "finish_reason": finish}]}));
    }
    text + "data: [DONE]\n\n"
}

fn calls_of(pieces: &[Value]) -> Vec<(String, String, String)> {
    let deltas: Vec<Value> = pieces.iter().map(|piece| json!({ "tool_calls": [piece] })).collect();
    let draft = draft_of(stream(&deltas, Some("tool_calls")).as_bytes(), &[]).unwrap();
    let written = |arguments: &Value| arguments.as_str().map_or_else(|| arguments.to_string(), str::to_owned);
    draft.calls.iter().map(|call| (call.id.clone(), call.name.clone(), written(&call.arguments))).collect()
}

fn piece(index: Option<i64>, id: Option<&str>, name: Option<&str>, arguments: &str) -> Value {
    let mut piece = json!({ "function": { "arguments": arguments } });
    index.inspect(|index| piece["index"] = json!(index));
    id.inspect(|id| piece["id"] = json!(id));
    name.inspect(|name| piece["function"]["name"] = json!(name));
    piece
}

type Wanted = &'static [(&'static str, &'static str, &'static str)];
type Numbering = (&'static str, Vec<Value>, Wanted);

const TWO: Wanted = &[("a", "f", r#"{"x":1}"#), ("b", "g", r#"{"y":2}"#)];
const NAMELESS: Wanted = &[("", "f", r#"{"x":1}"#), ("", "f", r#"{"x":2}"#)];

fn numbered() -> Vec<Numbering> {
    vec![
        (
            "OpenAI: pieces by index, interleaved",
            vec![
                piece(Some(0), Some("a"), Some("f"), ""),
                piece(Some(1), Some("b"), Some("g"), ""),
                piece(Some(0), None, None, r#"{"x":"#),
                piece(Some(1), None, None, r#"{"y":2}"#),
                piece(Some(0), None, None, "1}"),
            ],
            TWO,
        ),
        (
            "Gemini: index 0 for every call",
            vec![
                piece(Some(0), Some("a"), Some("f"), r#"{"x":1}"#),
                piece(Some(0), Some("b"), Some("g"), r#"{"y":2}"#),
            ],
            TWO,
        ),
        (
            "no index, in pieces",
            vec![
                piece(None, Some("a"), Some("f"), r#"{"x""#),
                piece(None, None, None, ":1}"),
                piece(None, Some("b"), Some("g"), r#"{"y""#),
                piece(None, None, None, ":2}"),
            ],
            TWO,
        ),
        (
            "id and name repeated with every piece",
            vec![
                piece(Some(0), Some("a"), Some("f"), r#"{"x""#),
                piece(Some(0), Some("a"), Some("f"), ":1}"),
                piece(Some(0), Some("b"), Some("g"), r#"{"y":2}"#),
            ],
            TWO,
        ),
        (
            "blank id and name after the first piece",
            vec![
                piece(Some(0), Some("a"), Some("f"), r#"{"x""#),
                piece(Some(0), Some(""), Some(""), ":1}"),
                piece(Some(1), Some("b"), Some("g"), r#"{"y":2}"#),
            ],
            TWO,
        ),
    ]
}

fn unnumbered() -> Vec<Numbering> {
    vec![
        (
            "no ids, same tool twice, whole arguments",
            vec![
                piece(Some(0), None, Some("f"), r#"{"x":1}"#),
                piece(Some(0), Some(""), Some("f"), r#"{"x":2}"#),
            ],
            NAMELESS,
        ),
        (
            "no ids, name repeated with every piece",
            vec![
                piece(Some(0), None, Some("f"), r#"{"x"#),
                piece(Some(0), None, Some("f"), r#"":1}"#),
                piece(Some(0), None, Some("f"), r#"{"x":2}"#),
            ],
            NAMELESS,
        ),
        (
            "a new id with every piece of one call",
            vec![
                piece(Some(0), Some("a"), Some("f"), ""),
                piece(Some(0), Some("r1"), None, r#"{"x":"#),
                piece(Some(0), Some("r2"), None, "1}"),
                piece(Some(1), Some("b"), Some("g"), r#"{"y":2}"#),
            ],
            TWO,
        ),
        (
            "the id first, the name later",
            vec![
                piece(Some(0), Some("a"), None, ""),
                piece(Some(0), None, Some("f"), r#"{"x":1}"#),
                json!({"index": 1, "id": "b", "function": {"name": "g", "arguments": {"y": 2}}}),
            ],
            TWO,
        ),
    ]
}

#[test]
fn a_piece_finds_its_call_however_it_is_numbered() {
    for (what, pieces, expected) in numbered().into_iter().chain(unnumbered()) {
        let calls = calls_of(&pieces);
        let read: Vec<_> =
            calls.iter().map(|(id, name, args)| (id.as_str(), name.as_str(), args.as_str())).collect();
        assert_eq!(read, expected, "{what}");
    }
}

#[test]
fn opaque_fields_survive_in_the_raw_message() {
    let deltas = [
        json!({"role": "assistant", "reasoning_content": "hm, "}),
        json!({"reasoning_content": "yes", "extra_content": {"google": {"thought": true}}}),
        json!({"extra_content": {"google": {"thought_signature": "m"}}}),
        json!({"content": "Let me "}),
        json!({"content": [{"type": "text", "text": "look."}]}),
        json!({"tool_calls": [{"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"},
            "extra_content": {"google": {"thought_signature": "s"}}}]}),
    ];
    let draft = draft_of(stream(&deltas, Some("stop")).as_bytes(), &[]).unwrap();
    assert_eq!(draft.text, "Let me look.");
    assert_eq!(
        Value::Object(draft.raw),
        json!({
            "role": "assistant", "content": "Let me look.", "reasoning_content": "hm, yes",
            "extra_content": {"google": {"thought": true, "thought_signature": "m"}},
            "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"},
                "extra_content": {"google": {"thought_signature": "s"}}}]
        })
    );
}

#[test]
fn only_a_stream_that_said_so_is_whole() {
    let begun = encode(&json!({"choices": [{"delta": {"content": "Hi"}}]}));
    let done = format!("{begun}data: [DONE]\n\n");
    let stopped = begun.clone() + &encode(&json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}));
    let late_error = stopped.clone() + &encode(&json!({"error": {"message": "gone"}}));
    for whole in [&done, &stopped, &late_error] {
        assert_eq!(draft_of(whole.as_bytes(), &[]).unwrap().text, "Hi");
    }
    let error = begun.clone() + &encode(&json!({"error": {"message": "gone", "code": 502}}));
    let garbled = begun.clone() + "data: {\"choices\": [\n\n";
    for broken in [begun.as_str(), "", garbled.as_str()] {
        assert!(matches!(draft_of(broken.as_bytes(), &[]), Err(Failure::Broken(_))), "{broken}");
    }
    assert!(matches!(draft_of(error.as_bytes(), &[]), Err(Failure::Refused(_))));
}

#[test]
fn the_output_limit_has_several_names() {
    for name in ["length", "MAX_TOKENS", "model_length"] {
        assert!(draft_of(stream(&[json!({"content": "x"})], Some(name)).as_bytes(), &[]).unwrap().cut);
    }
    assert!(!draft_of(stream(&[json!({"content": "x"})], Some("stop")).as_bytes(), &[]).unwrap().cut);
}

#[test]
fn calls_without_end_are_refused() {
    let deltas: Vec<Value> = (0..=CALLS)
        .map(|n| json!({"tool_calls": [piece(None, Some(&n.to_string()), Some("f"), "{}")]}))
        .collect();
    let text = stream(&deltas, None);
    assert!(matches!(draft_of(text.as_bytes(), &[]), Err(Failure::Broken(_))));
}

/// How a server streams a call whose arguments come in two pieces.
#[derive(Clone, Copy, Debug)]
enum Style {
    Indexed,
    Unindexed,
    Repeating,
}

fn pieces_of(style: Style, at: usize, id: &str, name: &str, arguments: &str, cut: usize) -> [Value; 2] {
    let mut cut = cut.min(arguments.len());
    while !arguments.is_char_boundary(cut) {
        cut -= 1;
    }
    let (head, tail) = arguments.split_at(cut);
    let index = i64::try_from(at).ok();
    match style {
        Style::Indexed => [piece(index, Some(id), Some(name), head), piece(index, None, None, tail)],
        Style::Unindexed => [piece(None, Some(id), Some(name), head), piece(None, Some(""), None, tail)],
        Style::Repeating => {
            [piece(Some(0), Some(id), Some(name), head), piece(Some(0), Some(id), Some(name), tail)]
        }
    }
}

proptest! {
    #[test]
    fn any_cut_of_the_bytes_gives_the_same_reply(
        text in "\\PC{0,40}",
        calls in prop::collection::vec(("[a-z_]{1,12}", "\\PC{0,20}", 0_usize..40), 0..4),
        style in prop::sample::select(vec![Style::Indexed, Style::Unindexed, Style::Repeating]),
        crlf in any::<bool>(),
        mut cuts in prop::collection::vec(0_usize..2_000, 0..30),
    ) {
        let words: Vec<String> = text.chars().map(String::from).collect();
        let mut deltas: Vec<Value> = words.iter().map(|word| json!({"content": word})).collect();
        let mut expected = Vec::new();
        for (at, (name, value, cut)) in calls.iter().enumerate() {
            let (id, arguments) = (format!("call{at}"), json!({ "v": value }).to_string());
            let pieces = pieces_of(style, at, &id, name, &arguments, *cut);
            deltas.extend(pieces.iter().map(|piece| json!({"tool_calls": [piece]})));
            expected.push(DraftCall { id, name: name.clone(), arguments: json!(arguments) });
        }
        let mut body = stream(&deltas, Some("stop"));
        if crlf {
            body = body.replace('\n', "\r\n");
        }
        cuts.sort_unstable();
        let whole = draft_of(body.as_bytes(), &[]).unwrap();
        prop_assert_eq!(&whole.text, &text);
        prop_assert_eq!(&whole.calls, &expected);
        prop_assert_eq!(draft_of(body.as_bytes(), &cuts).unwrap(), whole);
    }

    #[test]
    fn no_bytes_at_all_can_harm(bytes in prop::collection::vec(any::<u8>(), 0..400), cuts in prop::collection::vec(0_usize..400, 0..9)) {
        let mut cuts = cuts;
        cuts.sort_unstable();
        prop_assert_eq!(draft_of(&bytes, &cuts).is_ok(), draft_of(&bytes, &[]).is_ok());
    }
}
