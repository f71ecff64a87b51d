//! The same model against a stand-in that others wrote: npm `@copilotkit/aimock`, started by hand.
//!
//! `llmock -p 4010 -f agents/tests/aimock.json`, then
//! `JUDGE_BASE_URL=http://127.0.0.1:4010/v1 cargo test -p plumbline-agents --test it judge -- --ignored`.

use agents::model::{
    Entry, Model as _, ModelError,
    openai::{Config, OpenAi, ProfileName, Timeouts},
};
use serde_json::json;

use crate::setup::{Ear, calls, heard, model, request};

fn judged(profile: Option<ProfileName>) -> OpenAi {
    let base_url = Some(std::env::var("JUDGE_BASE_URL").expect("JUDGE_BASE_URL names the judge"));
    let timeouts = Timeouts { connect_seconds: 2, idle_seconds: 5, total_seconds: 10 };
    let model_name = Some("gpt-4o".to_owned());
    model(&Config { base_url, model: model_name, profile, timeouts, ..Config::default() })
}

#[tokio::test]
#[ignore = "needs the judge"]
async fn a_conversation_with_tools() {
    for profile in [None, Some(ProfileName::OpenAi), Some(ProfileName::Gemini), Some(ProfileName::Mistral)] {
        let model = judged(profile);
        let ear = Ear::default();
        let hello = model.reply(&request(vec![heard("hello")]), Some(&ear)).await.unwrap();
        assert_eq!(hello.text, "Hello there, how can I help?");
        assert_eq!(ear.heard().concat(), hello.text);
        assert!(ear.heard().len() > 1);
        let mut entries = vec![heard("find Meier")];
        let whole = model.reply(&request(entries.clone()), None).await.unwrap();
        let streamed = model.reply(&request(entries.clone()), Some(&Ear::default())).await.unwrap();
        assert_eq!(whole.calls, streamed.calls);
        let read: Vec<_> = calls(&whole).into_iter().map(|(_, name, arguments)| (name, arguments)).collect();
        assert_eq!(read, [("find".to_owned(), json!({"q": "Meier"})), ("list".to_owned(), json!({}))]);
        entries.push(Entry::Said { text: whole.text, calls: whole.calls.clone(), raw: whole.raw });
        entries.extend(whole.calls.iter().map(|call| Entry::Returned {
            call: call.id.clone(),
            name: call.name.clone(),
            content: "{\"customer_id\":\"789\"}".to_owned(),
        }));
        let done = model.reply(&request(entries), None).await.unwrap();
        assert_eq!(done.text, "Klaus Meier is customer 789.");
    }
}

#[tokio::test]
#[ignore = "needs the judge"]
async fn trouble() {
    let model = judged(None);
    let limited = model.reply(&request(vec![heard("rate limit")]), None).await.unwrap_err();
    assert!(matches!(limited, ModelError::Retry { .. }), "{limited}");
    let bad = model.reply(&request(vec![heard("broken arguments")]), Some(&Ear::default())).await.unwrap();
    assert!(calls(&bad)[0].2.as_str().unwrap().starts_with("malformed: {\"q\": \"Mei"));
    assert!(model.reply(&request(vec![heard("cut off")]), Some(&Ear::default())).await.unwrap().truncated);
    let cut = model.reply(&request(vec![heard("disconnect")]), Some(&Ear::default())).await.unwrap_err();
    assert!(matches!(cut, ModelError::Retry { .. }), "{cut}");
}

/// With `--chaos-drop 0.2 --chaos-malformed 0.2 --chaos-disconnect 0.2 --chaos-ratelimit 0.2`.
#[tokio::test]
#[ignore = "needs the judge, in chaos"]
async fn chaos_is_never_a_reason_to_stop() {
    let model = judged(None);
    for round in 0..100 {
        let ear = Ear::default();
        let listener = (round % 2 == 0).then_some(&ear as &dyn agents::model::Listener);
        let reply = model.reply(&request(vec![heard("hello")]), listener).await;
        let fine = match &reply {
            Ok(reply) => reply.text == "Hello there, how can I help?",
            Err(ModelError::Retry { .. }) => true,
            Err(ModelError::Stop { .. }) => false,
        };
        assert!(fine, "{reply:?}");
    }
}
