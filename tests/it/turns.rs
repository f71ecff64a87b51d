//! Turns: bursts, messages that come in the middle, models that misbehave, limits, repeats.

use std::{sync::Arc, time::Duration};

use agents::model::{
    Entry, ModelError, ModelReply,
    scripted::{Scripted, says},
};
use domain::{
    contact::Role,
    id::CallId,
    message::Part,
    tool::{Arguments, ToolCall},
};
use serde_json::json;
use store::queue;

use crate::house::{House, join};

fn retry(after: Option<Duration>) -> Result<ModelReply, ModelError> {
    Err(ModelError::Retry { reason: "overloaded".into(), after })
}

#[tokio::test]
async fn a_repeat_of_a_message_is_answered_once() {
    let model = Arc::new(Scripted::new([says("hello")]));
    let house = House::with(Some(model.clone())).await;
    for _ in 0..3 {
        let arrival =
            house.play.arrival(Role::Technician, vec![Part::text("hi")], None, "wamid.1".to_owned());
        house.play.belt.receive(arrival).await.unwrap();
        house.play.rest().await.unwrap();
    }
    assert_eq!(house.heard(Role::Technician), "hello");
    assert_eq!(model.requests().len(), 1);
    house.end().await;
}

#[tokio::test]
async fn a_burst_makes_one_turn() {
    let model = Arc::new(Scripted::new([says("got all three")]));
    let house = House::set(Some(model.clone()), &[("PLUMBLINE__TURNS__GATHER_MS", "2000")]).await;
    for text in ["done at Meier", "1.5 hours", "one gasket"] {
        house.play.writes(Role::Technician, text).await.unwrap();
        house.play.wait(Duration::from_millis(500)).await.unwrap();
    }
    assert_eq!(model.requests().len(), 0, "still gathering");
    house.play.wait(Duration::from_secs(3)).await.unwrap();
    let heard: Vec<String> = model.requests()[0]
        .entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Heard { text, .. } => Some(text.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(heard, ["done at Meier", "1.5 hours", "one gasket"]);
    house.end().await;
}

#[tokio::test]
async fn a_model_that_is_away_is_asked_again_and_the_person_answered_once() {
    let model = Arc::new(Scripted::new([
        retry(Some(Duration::from_secs(30))),
        retry(Some(Duration::from_secs(30))),
        says("here I am"),
    ]));
    let house = House::with(Some(model.clone())).await;
    house.play.writes(Role::Technician, "hello").await.unwrap();
    assert_eq!(house.heard(Role::Technician), "");
    for _ in 0..3 {
        house.play.wait(Duration::from_secs(31)).await.unwrap();
    }
    assert_eq!(house.heard(Role::Technician), "here I am");
    house.end().await;
}

#[tokio::test]
async fn a_refused_key_gives_one_honest_sentence_and_staff_know_why() {
    let model =
        Arc::new(Scripted::new([Err(ModelError::Stop { reason: "the key was refused (401)".into() })]));
    let house = House::with(Some(model)).await;
    house.play.writes(Role::Technician, "Hallo, ich bin fertig bei Meier").await.unwrap();
    let said = house.play.take();
    let (technician, office) = (join(&said, Role::Technician), join(&said, Role::Office));
    assert!(technician.contains("Sprachmodell"), "in their language: {technician}");
    assert!(!technician.contains("401"));
    assert!(office.contains("the key was refused (401)") && office.contains("Frank"), "{office}");
    let dead = queue::dead(&mut house.play.belt.store.reader(), 10).await.unwrap();
    assert_eq!((dead.len(), dead[0].queue), (1, "turn"));
    house.end().await;
}

#[tokio::test]
async fn a_failed_turn_goes_on_after_retry() {
    let model =
        Arc::new(Scripted::new([Err(ModelError::Stop { reason: "no key".into() }), says("now it works")]));
    let house = House::with(Some(model)).await;
    house.play.writes(Role::Technician, "hello").await.unwrap();
    let _ = house.play.take();
    let belt = &house.play.belt;
    let dead = queue::dead(&mut belt.store.reader(), 1).await.unwrap();
    let (id, now) = (dead[0].id.clone(), belt.now());
    assert!(
        belt.store.write(move |tx| Box::pin(async move { queue::retry(tx, &id, now).await })).await.unwrap()
    );
    house.play.rest().await.unwrap();
    assert_eq!(house.heard(Role::Technician), "now it works");
    house.end().await;
}

#[tokio::test]
async fn unknown_tools_and_bad_arguments_go_back_to_the_model_and_have_a_limit() {
    let bad = |name: &str, arguments| -> Result<ModelReply, ModelError> {
        let call = ToolCall { id: CallId(String::new()), name: name.into(), arguments };
        Ok(ModelReply { calls: vec![call], ..ModelReply::default() })
    };
    let model = Arc::new(Scripted::new([
        bad("find_custmer", Arguments::Json(json!({}))),
        bad("find_customer", Arguments::Json(json!({ "nonsense": true }))),
        bad("create_invoice", Arguments::Json(json!({ "job_id": "J" }))),
        says("never reached"),
    ]));
    let house = House::with(Some(model.clone())).await;
    house.play.writes(Role::Technician, "hello").await.unwrap();
    let requests = model.requests();
    assert_eq!(requests.len(), 3, "three unusable replies are enough");
    let told = serde_json::to_string(&requests[2].entries).unwrap();
    assert!(told.contains("find_customer"), "the nearest name is offered: {told}");
    let said = house.play.take();
    assert!(
        !join(&said, Role::Technician).is_empty() && !join(&said, Role::Technician).contains("find_custmer")
    );
    assert!(!join(&said, Role::Office).is_empty(), "staff see the turn");
    house.end().await;
}

#[tokio::test]
async fn hostile_text_is_only_text() {
    let model = Arc::new(Scripted::new([says("noted")]));
    let house = House::with(Some(model)).await;
    let hostile = "'; DROP TABLE message; -- \u{0} <script>alert(1)</script> {{ 7*7 }} \u{202e} $(rm -rf /)";
    let clean = hostile.replace('\0', " ");
    house.play.writes(Role::Technician, &clean).await.unwrap();
    house.play.writes(Role::Technician, &"long ".repeat(20_000)).await.unwrap();
    assert!(house.heard(Role::Technician).contains("noted"));
    house.end().await;
}

#[tokio::test]
async fn a_stranger_hears_one_sentence_and_reaches_no_agent() {
    let model = Arc::new(Scripted::new([]));
    let house = House::with(Some(model.clone())).await;
    for n in 0..2 {
        let mut arrival =
            house.play.arrival(Role::Technician, vec![Part::text("Who is there?")], None, format!("s{n}"));
        if let domain::inbound::Inbound::Message(message) = &mut arrival.body {
            message.identities = vec![domain::contact::Identity::phone("491701234567")];
            message.from.external = "491701234567".into();
        }
        house.play.belt.receive(arrival).await.unwrap();
        house.play.rest().await.unwrap();
    }
    assert_eq!(model.requests().len(), 0);
    assert_eq!(house.play.take().len(), 1, "one polite sentence, not one a message");
    house.end().await;
}

#[tokio::test]
async fn a_third_agent_needs_a_file_and_a_prompt_and_no_rust() {
    let own = tempfile::tempdir().unwrap();
    for folder in ["agents", "prompts"] {
        std::fs::create_dir(own.path().join(folder)).unwrap();
    }
    let definition = "name = 'advisor'\ndescription = 'Answers customers.'\nprompt = 'advisor'\nserves = 'customer'\n\
                      tools = ['find_customer']\n[variables]\nhotline = '030 4711'\n";
    std::fs::write(own.path().join("agents/advisor.toml"), definition).unwrap();
    std::fs::write(own.path().join("prompts/advisor.md"), "Advise. Hotline: {{ variables.hotline }}.")
        .unwrap();
    let model = Arc::new(Scripted::new([says("Please call us.")]));
    let overrides = own.path().display().to_string();
    let house = House::set(Some(model.clone()), &[("PLUMBLINE__FILES__OVERRIDES", &overrides)]).await;
    let belt = &house.play.belt;
    let (ids, now) = (belt.ids.clone(), belt.now());
    belt.store
        .write(move |tx| {
            Box::pin(async move {
                let terminal = [domain::contact::Identity::terminal(Role::Customer)];
                store::contact::register(tx, &ids, "Klaus Meier", Role::Customer, &terminal, now).await
            })
        })
        .await
        .unwrap();
    house.play.writes(Role::Customer, "My tap drips").await.unwrap();
    assert_eq!(house.heard(Role::Customer), "Please call us.");
    let request = &model.requests()[0];
    assert_eq!(&*request.system, "Advise. Hotline: 030 4711.");
    assert_eq!(request.tools.len(), 1);
    house.end().await;
}
