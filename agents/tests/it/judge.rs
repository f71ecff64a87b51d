//! The same model against a stand-in that others wrote: npm `@copilotkit/aimock`, pinned in `tests/aimock`. Each test starts
//! one on a port of its own. Where it is not installed a test says so loudly, and fails where everything has to be there.

use std::{path::Path, process::Stdio, time::Duration};

use agents::model::{
    Entry, Listener, Model as _, ModelError,
    openai::{Config, OpenAi, ProfileName, Timeouts},
};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::setup::{Ear, calls, heard, model, request};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/aimock");
const PROGRAM: &str = "node_modules/@copilotkit/aimock/dist/cli.js";
const PATIENCE: Duration = Duration::from_secs(60);

/// A running judge; it goes with its test.
struct Judge {
    base_url: String,
    _process: Child,
}

impl Judge {
    /// `None` where it is not installed.
    async fn start(habits: &[&str]) -> Option<Self> {
        let mut command = Command::new("node");
        command
            .current_dir(FOLDER)
            .args([PROGRAM, "--port", "0", "--fixtures", "fixtures.json"])
            .args(habits);
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let installed = Path::new(FOLDER).join(PROGRAM).exists();
        let Some(mut process) = installed.then(|| command.spawn().ok()).flatten() else {
            let how = "node, and npm ci in agents/tests/aimock";
            assert!(std::env::var("PLUMBLINE_CI").is_err(), "CI must have aimock: {how}");
            eprintln!("SKIPPED: aimock is not installed ({how})");
            return None;
        };
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let listening = async {
            loop {
                let line = lines.next_line().await.unwrap().expect("it ended before it listened");
                if let Some((_, address)) = line.split_once("listening on ") {
                    break format!("{}/v1", address.trim());
                }
            }
        };
        let base_url = timeout(PATIENCE, listening).await.expect("it listens within a minute");
        // What it says of each request: read, so that it never waits for us.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Some(Self { base_url, _process: process })
    }

    fn model(&self, profile: Option<ProfileName>) -> OpenAi {
        let (base_url, name) = (Some(self.base_url.clone()), Some("gpt-4o".to_owned()));
        let timeouts = Timeouts { connect_seconds: 2, idle_seconds: 5, total_seconds: 10 };
        model(&Config { base_url, model: name, profile, timeouts, ..Config::default() })
    }
}

#[tokio::test]
async fn a_conversation_with_tools() {
    let Some(judge) = Judge::start(&[]).await else { return };
    for profile in [None, Some(ProfileName::OpenAi), Some(ProfileName::Gemini), Some(ProfileName::Mistral)] {
        let model = judge.model(profile);
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
async fn trouble() {
    let Some(judge) = Judge::start(&[]).await else { return };
    let model = judge.model(None);
    let limited = model.reply(&request(vec![heard("rate limit")]), None).await.unwrap_err();
    assert!(matches!(limited, ModelError::Retry { .. }), "{limited}");
    let bad = model.reply(&request(vec![heard("broken arguments")]), Some(&Ear::default())).await.unwrap();
    assert!(calls(&bad)[0].2.as_str().unwrap().starts_with("malformed: {\"q\": \"Mei"));
    assert!(model.reply(&request(vec![heard("cut off")]), Some(&Ear::default())).await.unwrap().truncated);
    let cut = model.reply(&request(vec![heard("disconnect")]), Some(&Ear::default())).await.unwrap_err();
    assert!(matches!(cut, ModelError::Retry { .. }), "{cut}");
}

#[tokio::test]
async fn chaos_is_never_a_reason_to_stop() {
    let habits = ["--chaos-drop", "--chaos-malformed", "--chaos-disconnect", "--chaos-ratelimit"];
    let habits: Vec<&str> = habits.into_iter().flat_map(|habit| [habit, "0.2"]).collect();
    let Some(judge) = Judge::start(&habits).await else { return };
    let model = judge.model(None);
    let (mut answered, mut again) = (0, 0);
    for round in 0..100 {
        let ear = Ear::default();
        let listener = (round % 2 == 0).then_some(&ear as &dyn Listener);
        let reply = model.reply(&request(vec![heard("hello")]), listener).await;
        match reply {
            Ok(reply) => {
                assert_eq!(reply.text, "Hello there, how can I help?");
                answered += 1;
            }
            Err(ModelError::Retry { .. }) => again += 1,
            Err(error @ ModelError::Stop { .. }) => panic!("{error}"),
        }
    }
    assert!(answered > 0 && again > 0, "{answered} answers, {again} to be asked again: that is no chaos");
}
