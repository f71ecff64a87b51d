//! The same log without a WebSocket: server-sent events, long polls, and frames by `POST`.

use std::time::Duration;

use domain::staff::ConsoleRole;
use serde_json::{Value, json};

use crate::{
    app::{self, on_each},
    live::{happens, n, talk, writes},
    live_client::Schema,
};

/// One server-sent event: its id and its frame.
type Event = (Option<String>, Value);

/// Reads the next event, comments apart.
async fn event(response: &mut reqwest::Response, buffer: &mut String) -> Event {
    loop {
        if let Some((block, rest)) = buffer.clone().split_once("\n\n") {
            *buffer = rest.to_owned();
            let field = |name: &str| {
                let lines = block.lines().filter_map(|line| line.split_once(':'));
                lines.into_iter().find(|(n, _)| *n == name).map(|(_, value)| value.trim_start().to_owned())
            };
            let Some(data) = field("data") else { continue };
            let frame: Value = serde_json::from_str(&data).unwrap();
            Schema::new().check_server(&frame);
            return (field("id"), frame);
        }
        let chunk = tokio::time::timeout(Duration::from_secs(20), response.chunk()).await.unwrap();
        buffer.push_str(std::str::from_utf8(&chunk.unwrap().unwrap()).unwrap());
    }
}

#[tokio::test]
async fn an_event_stream_goes_on_where_it_was_cut() {
    on_each("live_events", |db| async move {
        let app = app::house(&db).await;
        let ana = app.as_user(ConsoleRole::Staff).await;
        let follow = |last: Option<String>| {
            let request = ana.request("GET", "/api/live/events");
            match last {
                Some(last) => request.header("last-event-id", last),
                None => request,
            }
        };
        let mut stream = follow(None).send().await.unwrap();
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        assert_eq!(stream.headers()["x-accel-buffering"], "no");
        let mut buffer = String::new();
        let (start, hello) = event(&mut stream, &mut buffer).await;
        assert_eq!((hello["type"].as_str(), start.is_some()), (Some("authenticated"), true));
        happens(&app, 1).await;
        let (last, frame) = event(&mut stream, &mut buffer).await;
        assert_eq!(n(&frame), 1);
        drop(stream);
        happens(&app, 2).await;
        happens(&app, 3).await;
        let (mut stream, mut buffer) = (follow(last).send().await.unwrap(), String::new());
        let (_, hello) = event(&mut stream, &mut buffer).await;
        assert_eq!(hello["data"]["resumed"], true);
        let mut seen = Vec::new();
        while seen.len() < 2 {
            let (id, frame) = event(&mut stream, &mut buffer).await;
            if id.is_some() {
                seen.push(n(&frame));
            }
        }
        assert_eq!(seen, [2, 3]);
    })
    .await;
}

#[tokio::test]
async fn long_polls_wait_and_miss_nothing_in_between() {
    on_each("live_poll", |db| async move {
        let app = app::house(&db).await;
        let ana = app.as_user(ConsoleRole::Staff).await;
        let schema = Schema::new();
        let first = ana.get("/api/live/poll?wait=5").await.json();
        assert_eq!((first["resumed"].as_bool(), first["frames"].as_array().unwrap().len()), (Some(false), 0));
        let mut next = first["next"].as_str().unwrap().to_owned();
        let mut seen = Vec::new();
        for expected in 1..4 {
            let path = format!("/api/live/poll?wait=20&after={next}");
            let (answer, ()) = tokio::join!(ana.get(&path), happens(&app, expected));
            let answer = answer.json();
            for frame in answer["frames"].as_array().unwrap() {
                schema.check_server(frame);
                seen.push(n(frame));
            }
            next = answer["next"].as_str().unwrap().to_owned();
            happens(&app, expected * 100).await;
        }
        let rest = ana.get(&format!("/api/live/poll?after={next}")).await.json();
        seen.extend(rest["frames"].as_array().unwrap().iter().map(n));
        assert_eq!(seen, [1, 100, 2, 200, 3, 300]);
        let none = ana.get(&format!("/api/live/poll?wait=0&after={}", rest["next"].as_str().unwrap())).await;
        assert_eq!(none.json()["frames"], json!([]));
        let lost = ana.get("/api/live/poll?wait=5&after=another:1").await.json();
        assert_eq!(lost["resumed"], false);
    })
    .await;
}

#[tokio::test]
async fn frames_can_be_posted_and_belong_to_a_stream_of_ones_own() {
    let (_folder, db) = app::sqlite().await;
    let app = app::house(&db).await;
    let (ana, ben) =
        (app.as_named("Ana", ConsoleRole::Staff).await, app.as_named("Ben", ConsoleRole::Staff).await);
    let frank = talk(&app, "491511").await;
    let pong = ana.post("/api/live/frames", &json!({ "type": "ping", "id": "p", "data": { "n": 1 } })).await;
    let frames = pong.json()["frames"].clone();
    assert_eq!((frames[0]["type"].as_str(), frames[0]["ref"].as_str()), (Some("pong"), Some("p")));
    Schema::new().check_server(&frames[0]);

    let join = json!({ "type": "join_conversation", "id": "j", "conversation_id": frank });
    let nowhere = ana.post("/api/live/frames", &join).await.json();
    assert_eq!(nowhere["frames"][0]["data"]["code"], "no_stream");
    let (mut stream, mut buffer) =
        (ana.request("GET", "/api/live/events").send().await.unwrap(), String::new());
    let (_, hello) = event(&mut stream, &mut buffer).await;
    let path = format!("/api/live/frames?session={}", hello["data"]["session_id"].as_str().unwrap());
    assert_eq!(ben.post(&path, &join).await.status, 404, "somebody else's stream");
    assert_eq!(ana.post(&path, &join).await.json()["frames"][0]["data"]["status"], "success");
    writes(&app, &frank, "hello").await;
    let whole = loop {
        let (_, frame) = event(&mut stream, &mut buffer).await;
        if frame["type"] == "message" {
            break frame;
        }
    };
    assert_eq!(whole["data"]["message"]["parts"][0]["text"], "hello");

    for (body, status) in [("no json", 400), ("{}", 400)] {
        let request = ana.request("POST", "/api/live/frames").body(body);
        assert_eq!(app.answer(request).await.status, status, "{body}");
    }
    let strangers = [app.request("GET", "/api/live/events"), app.request("GET", "/api/live/poll")];
    for request in strangers {
        assert_eq!(app.answer(request).await.status, 401);
    }
    let schema = ana.get("/api/live/schema.json").await;
    assert_eq!(schema.header("content-type"), "application/schema+json");
    assert_eq!(schema.json()["title"], "plumbline.live.v1");
}
