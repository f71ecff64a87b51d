//! Streams as servers really send them: each row one habit, and what the house reads in it.

use agents::model::{Model as _, ModelError, Usage};
use serde_json::{Value, json};

use crate::{
    setup::{Ear, calls, config, hello, model},
    standin::{Answer, End, StandIn},
};

fn delta(delta: Value) -> Value {
    json!({ "choices": [{ "index": 0, "delta": delta }] })
}

fn piece(call: Value) -> Value {
    delta(json!({ "tool_calls": [call] }))
}

fn stop(finish: &str) -> Value {
    json!({ "choices": [{ "delta": {}, "finish_reason": finish }] })
}

fn sse(events: &[Value]) -> String {
    events.iter().map(|event| format!("data: {event}\n\n")).collect::<String>() + "data: [DONE]\n\n"
}

/// What was streamed, and what of it counts.
struct Row {
    what: &'static str,
    answer: Answer,
    text: &'static str,
    calls: Vec<(&'static str, &'static str, Value)>,
    heard: &'static str,
}

fn words(what: &'static str, answer: Answer, text: &'static str) -> Row {
    Row { what, answer, text, calls: Vec::new(), heard: text }
}

fn called(what: &'static str, events: &[Value], calls: &[(&'static str, &'static str, Value)]) -> Row {
    Row { what, answer: Answer::stream(&[sse(events)]), text: "", calls: calls.to_vec(), heard: "" }
}

fn framing() -> Vec<Row> {
    let hi = [delta(json!({"content": "h"})), delta(json!({"content": "i"})), stop("stop")];
    let text = sse(&hi);
    let stream = |text: &str| Answer::stream(&[text]);
    vec![
        words("no [DONE]", Answer::events(&hi), "hi"),
        words("[DONE] without a finish_reason", stream(&sse(&hi[..2])), "hi"),
        words("no empty line at the end", stream(text.trim_end()), "hi"),
        words("CRLF", stream(&text.replace('\n', "\r\n")), "hi"),
        words("no blank after the colon", stream(&text.replace("data: ", "data:")), "hi"),
        words(
            "comments and events",
            stream(&format!(
                ": PROCESSING\n\nevent: ping\n\n{}",
                text.replace("data:", "event: m\nid: 1\ndata:")
            )),
            "hi",
        ),
        words("a byte order mark", stream(&format!("\u{feff}{text}")), "hi"),
        words("one line each, no empty lines", stream(&text.replace("\n\n", "\n")), "hi"),
        words(
            "bare JSON lines",
            stream(&text.replace("data: [DONE]", "").replace("data: ", ""))
                .header("content-type", "application/x-ndjson"),
            "hi",
        ),
        words("content-type missing", stream(&text).header("content-type", ""), "hi"),
        words("content-type text/plain", stream(&text).header("content-type", "text/plain"), "hi"),
        words("a byte at a time", Answer::stream(&text.bytes().map(|byte| [byte]).collect::<Vec<_>>()), "hi"),
        words("cut after the finish_reason", Answer::events(&hi).ending(End::Cut), "hi"),
        words(
            "error after the finish_reason",
            Answer::events(&[hi.as_slice(), &[json!({"error": {"message": "late"}})]].concat()),
            "hi",
        ),
        Row {
            heard: "hi",
            ..words(
                "answered whole",
                Answer::json(json!({"choices": [{"message": {"content": "hi"}}]})),
                "hi",
            )
        },
    ]
}

fn content() -> Vec<Row> {
    let of = |events: &[Value]| Answer::stream(&[sse(events)]);
    vec![
        words(
            "chunks without choices",
            of(&[
                json!({"usage": {"total_tokens": 1}}),
                json!({"choices": []}),
                json!({}),
                delta(json!({"content": "hi"})),
                stop("stop"),
            ]),
            "hi",
        ),
        words(
            "role with every chunk",
            of(&[
                delta(json!({"role": "assistant", "content": "h"})),
                delta(json!({"role": "assistant", "content": "i"})),
                stop(""),
            ]),
            "hi",
        ),
        words(
            "finish_reason STOP beside the last words",
            of(&[json!({"choices": [{"delta": {"content": "hi"}, "finish_reason": "STOP"}]})]),
            "hi",
        ),
        words(
            "content null and as parts",
            of(&[
                delta(json!({"content": null})),
                delta(json!({"content": [{"type": "text", "text": "hi"}]})),
                stop("stop"),
            ]),
            "hi",
        ),
        words(
            "delta null",
            of(&[json!({"choices": [{"delta": null}]}), delta(json!({"content": "hi"})), stop("stop")]),
            "hi",
        ),
        words(
            "thinking in fields of its own",
            of(&[
                delta(json!({"reasoning": "h"})),
                delta(json!({"reasoning_content": "m"})),
                delta(json!({"content": "hi"})),
                stop("stop"),
            ]),
            "hi",
        ),
        words(
            "thinking in the words",
            of(&["<thi", "nk>h", "m</think>", "\n\n", "h", "i"].map(|text| delta(json!({"content": text})))),
            "hi",
        ),
        words(
            "a letter cut in two",
            {
                let text = sse(&[delta(json!({"content": "hüh"})), stop("stop")]);
                let at = text.find('ü').unwrap() + 1;
                Answer::stream(&[&text.as_bytes()[..at], &text.as_bytes()[at..]])
            },
            "hüh",
        ),
    ]
}

fn tool_calls() -> Vec<Row> {
    let whole = |index: i64, id: &str, name: &str, arguments: &str| {
        piece(
            json!({"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": arguments}}),
        )
    };
    let two = [("a", "find", json!({"q": "x"})), ("b", "list", json!({}))];
    vec![
        called(
            "index 0 for every call",
            &[whole(0, "a", "find", "{\"q\":\"x\"}"), whole(0, "b", "list", "{}"), stop("stop")],
            &two,
        ),
        called(
            "no index",
            &[
                piece(json!({"id": "a", "function": {"name": "find", "arguments": "{\"q\""}})),
                piece(json!({"function": {"arguments": ":\"x\"}"}})),
                piece(json!({"id": "b", "function": {"name": "list", "arguments": "{}"}})),
                stop("tool_calls"),
            ],
            &two,
        ),
        called(
            "two calls in one chunk",
            &[
                delta(
                    json!({"tool_calls": [{"id": "a", "function": {"name": "find", "arguments": {"q": "x"}}}, {"id": "b", "function": {"name": "list", "arguments": null}}]}),
                ),
                stop("stop"),
            ],
            &two,
        ),
        called(
            "the same tool twice, no ids",
            &[whole(0, "", "find", "{\"q\":\"1\"}"), whole(0, "", "find", "{\"q\":\"2\"}"), stop("stop")],
            &[("*", "find", json!({"q": "1"})), ("*", "find", json!({"q": "2"}))],
        ),
        called(
            "blank id and name in later pieces",
            &[
                whole(0, "a", "find", ""),
                whole(0, "", "", "{\"q\":"),
                whole(0, "", "", "\"x\"}"),
                whole(1, "b", "list", "{}"),
                stop("tool_calls"),
            ],
            &two,
        ),
        called(
            "arguments cut short",
            &[whole(0, "a", "find", "{\"q\""), stop("tool_calls")],
            &[("a", "find", json!("malformed: {\"q\" (EOF while parsing an object at line 1 column 4)"))],
        ),
    ]
}

#[tokio::test]
async fn every_habit_is_read() {
    let standin = StandIn::start().await;
    let model = model(&config(&standin));
    for row in framing().into_iter().chain(content()).chain(tool_calls()) {
        let what = row.what;
        standin.will(row.answer);
        let ear = Ear::default();
        let reply = model.reply(&hello(), Some(&ear)).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!((reply.text.as_str(), ear.heard().concat().as_str()), (row.text, row.heard), "{what}");
        let read = calls(&reply);
        assert_eq!(read.len(), row.calls.len(), "{what}: {read:?}");
        for ((id, name, arguments), wanted) in read.iter().zip(&row.calls) {
            assert!(if wanted.0 == "*" { id.len() == 9 } else { id == wanted.0 }, "{what}: {id}");
            assert_eq!((name.as_str(), arguments), (wanted.1, &wanted.2), "{what}");
        }
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_asked_again() {
    let standin = StandIn::start().await;
    let model = model(&config(&standin));
    let begun = [delta(json!({"content": "h"}))];
    let call = [piece(json!({"id": "a", "function": {"name": "list", "arguments": "{}"}}))];
    for (what, answer) in [
        ("ended", Answer::events(&begun)),
        ("ended after a whole call: another may have been to come", Answer::events(&call)),
        ("cut", Answer::events(&begun).ending(End::Cut)),
        ("a piece that is no JSON", Answer::stream(&[format!("data: {}\n\ndata: {{\"choi\n\n", begun[0])])),
        ("nothing", Answer::stream(&[""])),
        ("nothing but an end", Answer::stream(&["data: [DONE]\n\n"])),
        (
            "overloaded on the way",
            Answer::events(&[begun[0].clone(), json!({"error": {"message": "overloaded", "code": 503}})]),
        ),
        (
            "an error event",
            Answer::stream(&[
                "event: error\ndata: {\"error\":{\"message\":\"busy\",\"type\":\"server_error\"}}\n\n",
            ]),
        ),
    ] {
        standin.will(answer);
        let decision = model.reply(&hello(), Some(&Ear::default())).await;
        assert!(matches!(decision, Err(ModelError::Retry { .. })), "{what}: {decision:?}");
    }
    standin.will(Answer::events(&[
        begun[0].clone(),
        json!({"error": {"message": "bad key", "code": "invalid_api_key"}}),
    ]));
    let decision = model.reply(&hello(), Some(&Ear::default())).await;
    assert!(matches!(decision, Err(ModelError::Stop { .. })), "{decision:?}");
}

#[tokio::test]
async fn usage_is_the_last_that_was_told() {
    let standin = StandIn::start().await;
    let told = |input: u64, output: u64| json!({"prompt_tokens": input, "completion_tokens": output});
    let mut first = delta(json!({"content": "hi"}));
    first["usage"] = told(9, 1);
    let last = json!({"usage": told(9, 2)});
    standin.will(Answer::stream(&[sse(&[first, stop("stop"), last])]));
    let reply = model(&config(&standin)).reply(&hello(), Some(&Ear::default())).await.unwrap();
    assert_eq!(reply.usage, Usage { input: 9, output: 2 });
}
