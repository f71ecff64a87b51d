//! One decision and one sentence for each kind of trouble.

use serde_json::{Value, json};

use super::*;
use crate::model::openai::config::{Config, Provider};

fn endpoint(provider: Provider, key: &str) -> Endpoint {
    let base_url = Some("http://models.test:8000/v1".to_owned());
    Endpoint::resolve(&Config { provider, base_url, api_key: Some(key.into()), ..Config::default() }).unwrap()
}

fn decided(status: u16, body: &Value) -> ModelError {
    judged(Provider::OpenAi, "sk-secret", status, body.to_string().as_bytes())
}

fn judged(provider: Provider, key: &str, status: u16, body: &[u8]) -> ModelError {
    let endpoint = endpoint(provider, key);
    let complaint = Complaint::from_body(body);
    let failure = Failure::Status { status, after: None, request: None, complaint };
    Judge { endpoint: &endpoint, model: "m1" }.decide(failure)
}

#[test]
fn each_refusal_names_the_setting_and_the_mend() {
    let error =
        |message: &str, code: &str| json!({"error": {"message": message, "type": code, "code": code}});
    let cases = [
        (
            401,
            error("Incorrect API key", "invalid_api_key"),
            "the key in OPENAI_API_KEY was refused by models.test:8000 (401): Incorrect API key; put a valid key in OPENAI_API_KEY",
        ),
        (
            403,
            error("no", "forbidden"),
            "models.test:8000 does not allow \"m1\" to be used with the key in OPENAI_API_KEY (403): no; use another key or name another model in OPENAI_MODEL",
        ),
        (
            404,
            error("The model `m1` does not exist", "model_not_found"),
            "models.test:8000 does not know the model \"m1\" (404): The model `m1` does not exist; name another one in OPENAI_MODEL",
        ),
        (
            404,
            json!({"error": "model \"m1\" not found, try pulling it first"}),
            "models.test:8000 does not know the model \"m1\" (404): model \"m1\" not found, try pulling it first; name another one in OPENAI_MODEL",
        ),
        (
            404,
            json!({"detail": "Not Found"}),
            "models.test:8000 has no chat completions at this address (404): Not Found; check OPENAI_BASE_URL, which usually ends in /v1, and OPENAI_MODEL, which is \"m1\"",
        ),
        (
            429,
            error("You exceeded your current quota", "insufficient_quota"),
            "the account behind OPENAI_API_KEY has no credit left at models.test:8000 (429): You exceeded your current quota; add credit there or put another key in OPENAI_API_KEY",
        ),
        (
            402,
            error("Insufficient Balance", "x"),
            "the account behind OPENAI_API_KEY has no credit left at models.test:8000 (402): Insufficient Balance; add credit there or put another key in OPENAI_API_KEY",
        ),
        (
            400,
            error("maximum context length is 8192", "context_length_exceeded"),
            "the conversation is longer than \"m1\" at models.test:8000 can take (400): maximum context length is 8192; lower history_tokens of the agent or name a model with a longer context in OPENAI_MODEL",
        ),
        (
            400,
            json!({"object": "error", "message": "bad tool", "code": 400}),
            "models.test:8000 refused the request to \"m1\" (400): bad tool; check OPENAI_MODEL and OPENAI_BASE_URL, or set the server's habits in the configuration",
        ),
        (
            308,
            json!("to https://models.test/v1/chat/completions"),
            "models.test:8000 sends requests elsewhere (308): to https://models.test/v1/chat/completions; put that address in OPENAI_BASE_URL",
        ),
    ];
    for (status, body, reason) in cases {
        assert_eq!(decided(status, &body), ModelError::Stop { reason: reason.to_owned() });
    }
}

#[test]
fn what_passes_is_asked_again() {
    let busy = json!({"error": {"message": "slow down", "type": "requests", "code": "rate_limit_exceeded"}});
    assert_eq!(
        decided(429, &busy),
        ModelError::Retry {
            reason: "models.test:8000 takes no more requests for now (429): slow down".to_owned(),
            after: None
        }
    );
    for status in [408, 409, 425, 429, 500, 502, 503, 504, 529] {
        assert!(matches!(decided(status, &json!({})), ModelError::Retry { .. }), "{status}");
    }
    let gemini = json!([{"error": {"code": 429, "message": "quota", "status": "RESOURCE_EXHAUSTED",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"}]}}]);
    let after = Some(Duration::from_secs(7));
    assert!(matches!(decided(429, &gemini), ModelError::Retry { after: given, .. } if given == after));
}

#[test]
fn a_wrong_key_of_gemini_is_seen_behind_its_400() {
    let body = json!([{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.",
        "status": "INVALID_ARGUMENT"}}]);
    let ModelError::Stop { reason } = judged(Provider::Gemini, "k", 400, body.to_string().as_bytes()) else {
        panic!()
    };
    assert!(
        reason.starts_with("the key in GEMINI_API_KEY was refused by models.test:8000 (400): "),
        "{reason}"
    );
    let ModelError::Stop { reason } = judged(Provider::OpenAi, "", 401, b"") else { panic!() };
    assert_eq!(reason, "models.test:8000 wants a key (401); set OPENAI_API_KEY");
}

#[test]
fn the_key_is_never_shown_and_a_body_never_whole() {
    let body = format!("you sent sk-secret {}", "x".repeat(5_000));
    for status in [400, 401, 429, 500] {
        let reason = judged(Provider::OpenAi, "sk-secret", status, body.as_bytes()).to_string();
        assert!(!reason.contains("sk-secret") && reason.contains("***"), "{reason}");
        assert!(reason.len() < 600, "{reason}");
    }
}

#[test]
fn an_error_inside_a_good_answer_is_judged_by_its_own_words() {
    let endpoint = endpoint(Provider::OpenAi, "k");
    let judge = Judge { endpoint: &endpoint, model: "m1" };
    let cases = [
        (json!({"error": {"code": 429, "message": "x"}}), true),
        (json!({"error": {"code": 502, "message": "x"}}), true),
        (json!({"error": {"code": 401, "message": "x"}}), false),
        (json!({"error": {"type": "server_error", "message": "x"}}), true),
        (json!({"error": {"type": "invalid_request_error", "message": "x"}}), false),
        (json!({"error": {"code": "insufficient_quota", "message": "x"}}), false),
        (json!({"error": "something odd"}), true),
        (json!({}), true),
    ];
    for (error, again) in cases {
        let decision = judge.decide(Failure::Refused(Complaint::read(&error)));
        assert_eq!(matches!(decision, ModelError::Retry { .. }), again, "{error}: {decision}");
    }
}

#[test]
fn trouble_on_the_way_names_the_host() {
    let endpoint = endpoint(Provider::OpenAi, "k");
    let judge = Judge { endpoint: &endpoint, model: "m1" };
    let minute = Duration::from_secs(60);
    let cases = [
        (
            Failure::Connect("refused".into()),
            true,
            "models.test:8000 cannot be reached (refused); is OPENAI_BASE_URL right?",
        ),
        (Failure::Silent(minute), true, "models.test:8000 sent nothing for 60 s"),
        (Failure::Slow(minute), true, "models.test:8000 was not done after 60 s"),
        (Failure::Empty { finish: None }, true, "models.test:8000 gave an empty reply"),
        (
            Failure::WebPage,
            false,
            "models.test:8000 answers with a web page: check OPENAI_BASE_URL, which usually ends in /v1",
        ),
    ];
    for (failure, again, reason) in cases {
        let decision = judge.decide(failure);
        assert_eq!(
            (matches!(decision, ModelError::Retry { .. }), decision.to_string().as_str()),
            (again, reason)
        );
    }
}
