//! What servers refuse, and how: the decision, the sentence, the pause, and one request for each.

use std::time::Duration;

use agents::model::{
    Model as _, ModelError,
    openai::{Config, OpenAi, Timeouts, http_client},
};
use serde_json::{Value, json};

use crate::{
    setup::{Ear, KEY, config, hello, model},
    standin::{Answer, End, StandIn},
};

async fn refused(standin: &StandIn, answer: Answer) -> ModelError {
    let model = model(&config(standin));
    let before = standin.asked().len();
    standin.will(answer.clone());
    let whole = model.reply(&hello(), None).await.unwrap_err();
    standin.will(answer);
    let streamed = model.reply(&hello(), Some(&Ear::default())).await.unwrap_err();
    assert_eq!(whole, streamed);
    assert_eq!(standin.asked().len(), before + 2, "an attempt is one request");
    assert!(!whole.to_string().contains(KEY));
    whole
}

fn retry(reason: &str, after: Option<Duration>) -> ModelError {
    ModelError::Retry { reason: reason.to_owned(), after }
}

#[tokio::test]
async fn a_busy_server_is_asked_again_when_it_says() {
    let standin = StandIn::start().await;
    let host = standin.host();
    let body = json!({"error": {"message": "Rate limit reached", "type": "requests", "code": "rate_limit_exceeded"}});
    let busy = || Answer::status(429, &body);
    let reason = format!("{host} takes no more requests for now (429): Rate limit reached");
    let cases: [(Answer, Option<u64>); 6] = [
        (busy().header("retry-after", "20"), Some(20)),
        (
            busy()
                .header("date", "Fri, 02 Jan 2026 08:00:00 GMT")
                .header("retry-after", "Fri, 02 Jan 2026 08:01:30 GMT"),
            Some(90),
        ),
        (
            busy().header("x-ratelimit-remaining-tokens", "0").header("x-ratelimit-reset-tokens", "6m0s"),
            Some(360),
        ),
        (busy().header("retry-after", "later"), None),
        (busy().header("retry-after", "-5"), Some(0)),
        (busy(), None),
    ];
    for (answer, seconds) in cases {
        assert_eq!(refused(&standin, answer).await, retry(&reason, seconds.map(Duration::from_secs)));
    }
    let gemini = json!([{"error": {"code": 429, "message": "Quota", "status": "RESOURCE_EXHAUSTED", "details": [
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "12s"}]}}]);
    let reason = format!("{host} takes no more requests for now (429): Quota");
    let decision = refused(&standin, Answer::status(429, gemini)).await;
    assert_eq!(decision, retry(&reason, Some(Duration::from_secs(12))));
}

#[tokio::test]
async fn every_body_of_every_status_is_decided() {
    let standin = StandIn::start().await;
    let bodies = |code: u16| {
        [
            json!({"error": {"message": "m", "type": "t", "param": null, "code": code}}).to_string(),
            json!([{"error": {"code": code, "message": "m", "status": "S"}}]).to_string(),
            json!({"error": "m"}).to_string(),
            json!({"object": "error", "message": "m", "type": "t", "param": null, "code": code}).to_string(),
            json!({"detail": "m"}).to_string(),
            "m".to_owned(),
            "<html><body>Bad gateway</body></html>".to_owned(),
            String::new(),
            "{\"error\":".to_owned(),
        ]
    };
    for (code, again) in [
        (400, false),
        (401, false),
        (403, false),
        (404, false),
        (408, true),
        (409, true),
        (500, true),
        (503, true),
    ] {
        for body in bodies(code) {
            let decision = refused(&standin, Answer::status(code, &body)).await;
            assert_eq!(matches!(decision, ModelError::Retry { .. }), again, "{code} {body}: {decision}");
            let reason = decision.to_string();
            assert!(reason.contains(&format!("({code})")) && reason.contains(&standin.host()), "{reason}");
            let has_words = body == "m" || body.contains("\"m\"");
            assert_eq!(reason.contains(": m"), has_words, "{body}: {reason}");
        }
    }
}

#[tokio::test]
async fn sentences_name_setting_and_mend_and_never_the_key() {
    let standin = StandIn::start().await;
    let host = standin.host();
    let body = json!({"error": {"message": format!("Incorrect API key provided: {KEY}."), "code": "invalid_api_key"}});
    let answer = Answer::status(401, body).header("x-request-id", "req_42");
    assert_eq!(
        refused(&standin, answer).await.to_string(),
        format!(
            "the key in OPENAI_API_KEY was refused by {host} (401): Incorrect API key provided: ***. [request req_42]; \
             put a valid key in OPENAI_API_KEY"
        )
    );
    let long = refused(&standin, Answer::status(400, "word ".repeat(20_000))).await.to_string();
    assert!(long.chars().count() < 600 && long.contains("OPENAI_MODEL"), "{long}");
    let quota =
        json!({"error": {"message": "no money", "type": "insufficient_quota", "code": "insufficient_quota"}});
    let quota = refused(&standin, Answer::status(429, quota).header("retry-after", "1")).await;
    assert!(matches!(quota, ModelError::Stop { .. }), "{quota}");
    let moved = Answer::status(307, "").header("location", "http://elsewhere.test/v1/chat/completions?k=v");
    assert_eq!(
        refused(&standin, moved).await.to_string(),
        format!(
            "{host} sends requests elsewhere (307): to http://elsewhere.test/v1/chat/completions; put that address in OPENAI_BASE_URL"
        )
    );
}

#[tokio::test]
async fn an_answer_that_is_none() {
    let standin = StandIn::start().await;
    let host = standin.host();
    let empty = |text: &str| retry(&format!("{host} gave an empty reply{text}"), None);
    let message = |message: Value, finish: &str| crate::standin::completion(&message, finish);
    let blank = message(json!({"role": "assistant", "content": " "}), "stop");
    let bare = message(json!({"role": "assistant", "content": null, "tool_calls": []}), "content_filter");
    assert_eq!(refused(&standin, Answer::json(blank)).await, empty(" (finish_reason \"stop\")"));
    assert_eq!(refused(&standin, Answer::json(bare)).await, empty(" (finish_reason \"content_filter\")"));
    assert_eq!(refused(&standin, Answer::json("")).await, empty(""));
    let page = refused(&standin, Answer::json("<!doctype html>").header("content-type", "text/html")).await;
    assert!(matches!(&page, ModelError::Stop { reason } if reason.contains("OPENAI_BASE_URL")), "{page}");
    assert!(matches!(refused(&standin, Answer::json("{\"choices\": [")).await, ModelError::Retry { .. }));
    let inside = json!({"error": {"message": "Provider returned error", "code": 502}});
    let inside = refused(&standin, Answer::json(inside)).await;
    assert_eq!(inside, retry(&format!("{host} has trouble of its own (502): Provider returned error"), None));
    let inside =
        json!({"choices": [{"index": 0, "error": {"message": "no", "code": 401}, "finish_reason": "error"}]});
    assert!(matches!(refused(&standin, Answer::json(inside)).await, ModelError::Stop { .. }));
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let standin = StandIn::start().await;
    let timeouts = Timeouts { connect_seconds: 1, idle_seconds: 1, total_seconds: 1 };
    let short = model(&Config { timeouts, ..config(&standin) });
    for answer in [
        Answer::Silence,
        Answer::json("{\"choices\":").ending(End::Hang),
        Answer::status(500, "x").ending(End::Hang),
    ] {
        standin.will(answer);
        let decision = short.reply(&hello(), None).await.unwrap_err();
        assert!(matches!(decision, ModelError::Retry { .. }), "{decision}");
    }
    // Streaming, the pause between two pieces counts, not the whole.
    let patient = model(&config(&standin));
    let silent = format!("{} sent nothing for 1 s", standin.host());
    standin.will(Answer::Silence);
    assert_eq!(patient.reply(&hello(), Some(&Ear::default())).await.unwrap_err(), retry(&silent, None));
    let begun = json!({"choices": [{"delta": {"content": "Hi"}}]});
    standin.will(Answer::events(std::slice::from_ref(&begun)).ending(End::Hang));
    let decision = patient.reply(&hello(), Some(&Ear::default())).await.unwrap_err();
    assert!(
        matches!(&decision, ModelError::Retry { reason, .. } if reason.contains("nothing came for 1 s")),
        "{decision}"
    );
    let slow = vec![begun; 4];
    standin.will(Answer::events(&slow).pausing(Duration::from_millis(400)).ending(End::Cut));
    let decision = patient.reply(&hello(), Some(&Ear::default())).await.unwrap_err();
    assert!(
        matches!(&decision, ModelError::Retry { reason, .. } if reason.contains("cannot be used")),
        "{decision}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let standin = StandIn::start().await;
    let config = Config { base_url: Some("http://127.0.0.1:9/v1".to_owned()), ..config(&standin) };
    let decision = model(&config).reply(&hello(), None).await.unwrap_err();
    assert!(
        matches!(&decision, ModelError::Retry { reason, after: None }
            if reason.starts_with("127.0.0.1:9 cannot be reached (") && reason.ends_with("is OPENAI_BASE_URL right?")),
        "{decision}"
    );
}

#[tokio::test]
async fn a_reply_without_end_is_cut_off() {
    let standin = StandIn::start().await;
    let small = model(&Config { reply_bytes: 2_000, ..config(&standin) });
    let large =
        crate::standin::completion(&json!({"role": "assistant", "content": "x".repeat(5_000)}), "stop");
    standin.will(Answer::json(large));
    let decision = small.reply(&hello(), None).await.unwrap_err();
    assert_eq!(decision, retry(&format!("the reply of {} is larger than 2000 bytes", standin.host()), None));
    standin.will(Answer::events(&vec![json!({"choices": [{"delta": {"content": "x"}}]}); 200]));
    let decision = small.reply(&hello(), Some(&Ear::default())).await.unwrap_err();
    assert!(
        matches!(&decision, ModelError::Retry { reason, .. } if reason.contains("larger than 2000 bytes")),
        "{decision}"
    );
}

#[tokio::test]
async fn check_says_what_is_wrong() {
    let standin = StandIn::start().await;
    let model = model(&config(&standin));
    standin.will(Answer::text("OK"));
    assert_eq!(model.check().await, Ok(()));
    let asked = &standin.asked()[0].body;
    assert_eq!((&asked["max_tokens"], &asked["tools"][0]["function"]["name"]), (&json!(16), &json!("ping")));
    standin.will(Answer::status(400, json!({"error": {"message": "m1 does not support tools"}})));
    let error = model.check().await.unwrap_err().to_string();
    assert!(error.contains("m1 does not support tools") && error.contains("OPENAI_MODEL"), "{error}");
    // A reasoning model that used its few tokens up is reachable all the same.
    standin.will(Answer::Says { message: json!({"role": "assistant", "content": ""}), finish: "length" });
    assert_eq!(model.check().await, Ok(()));
}

#[test]
fn a_model_that_cannot_be_asked_is_not_built() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock = std::sync::Arc::new(domain::clock::ManualClock::default());
    let ids = std::sync::Arc::new(domain::id::Ids::new(clock.clone(), [0; 32]));
    let http = http_client(&Timeouts::default()).unwrap();
    let error = OpenAi::new(&Config::default(), http, ids, clock).err().unwrap();
    assert!(error.to_string().starts_with("OPENAI_API_KEY is required for api.openai.com"));
}
