//! Which question an answer belongs to, through the real doors: ten open at once, quotes, late presses, reminders, expiry.

use std::{sync::Arc, time::Duration};

use agents::model::{
    ModelError, ModelReply,
    scripted::{Scripted, calls, says},
};
use domain::{contact::Role, message::Part};
use serde_json::json;

use crate::house::House;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

type Reply = Result<ModelReply, ModelError>;

fn asks(question: &str) -> Reply {
    calls(&[("ask_technician", json!({ "question": question }))])
}

async fn house(script: impl IntoIterator<Item = Reply>) -> (House, Arc<Scripted>) {
    let model = Arc::new(Scripted::new(script));
    (House::with(Some(model.clone())).await, model)
}

/// The content of the last tool result that the model was given.
fn last_result(model: &Scripted) -> String {
    let requests = model.requests();
    let entries = &requests.last().unwrap().entries;
    entries
        .iter()
        .rev()
        .find_map(|entry| match entry {
            agents::model::Entry::Returned { content, .. } => Some(content.clone()),
            _ => None,
        })
        .unwrap()
}

#[tokio::test]
async fn the_only_open_question_takes_the_words_after_days_and_the_turn_goes_on() {
    let (house, model) = house([asks("How many hours?"), says("Two hours, noted.")]).await;
    house.play.writes(Role::Technician, "done at Meier").await.unwrap();
    assert!(house.heard(Role::Technician).contains("How many hours?"));
    house.play.wait(DAY * 3).await.unwrap();
    house.play.writes(Role::Technician, "2").await.unwrap();
    assert!(last_result(&model).contains("\"answer\":\"2\""), "{}", last_result(&model));
    assert!(house.heard(Role::Technician).contains("Two hours, noted."));
    house.end().await;
}

#[tokio::test]
async fn an_open_question_is_repeated_and_at_last_expires_and_the_agent_is_told() {
    let (house, model) = house([asks("How many hours?"), says("I did not hear from you.")]).await;
    house.play.writes(Role::Technician, "done at Meier").await.unwrap();
    let _ = house.heard(Role::Technician);
    house.play.wait(Duration::from_secs(5 * 60 * 60)).await.unwrap();
    assert!(house.heard(Role::Technician).contains("How many hours?"), "a reminder");
    house.play.wait(DAY * 8).await.unwrap();
    assert!(last_result(&model).contains("expired"));
    assert!(house.heard(Role::Technician).contains("I did not hear from you."));
    house.end().await;
}

#[tokio::test]
async fn several_calls_of_one_reply_wait_and_return_each_by_itself() {
    let both = calls(&[
        ("ask_technician", json!({ "question": "Hours?", "buttons": ["1", "2"] })),
        ("ask_technician", json!({ "question": "Material?", "buttons": ["none", "gasket"] })),
        (
            "find_customer",
            json!({ "customer_name": "Klaus Meier", "customer_address": "Schillerstrasse 12" }),
        ),
    ]);
    let (house, model) = house([both, says("all noted")]).await;
    house.play.writes(Role::Technician, "done at Meier").await.unwrap();
    house.play.presses(Role::Technician, "gasket").await.unwrap();
    assert_eq!(model.requests().len(), 1, "one answer of two: the turn waits on");
    house.play.presses(Role::Technician, "2").await.unwrap();
    assert_eq!(model.requests().len(), 2);
    assert!(house.heard(Role::Technician).contains("all noted"));
    house.end().await;
}

#[tokio::test]
async fn with_several_open_words_are_asked_about_and_the_pick_gives_them_to_that_question() {
    let both = calls(&[
        ("ask_technician", json!({ "question": "How many hours at Meier?" })),
        ("ask_technician", json!({ "question": "Which material at Meier?" })),
    ]);
    let (house, model) = house([both, says("all noted")]).await;
    house.play.writes(Role::Technician, "done at Meier").await.unwrap();
    let _ = house.heard(Role::Technician);
    house.play.writes(Role::Technician, "two gaskets").await.unwrap();
    assert!(house.heard(Role::Technician).contains("Which one"));
    house.play.presses(Role::Technician, "Which material at Meier?").await.unwrap();
    assert_eq!(model.requests().len(), 1);
    house.play.writes(Role::Technician, "1.5").await.unwrap();
    assert_eq!(model.requests().len(), 2, "only one was open now");
    let said: Vec<String> = model.requests()[1]
        .entries
        .iter()
        .filter_map(|entry| match entry {
            agents::model::Entry::Returned { content, .. } => Some(content.clone()),
            _ => None,
        })
        .collect();
    assert!(said[0].contains("1.5") && said[1].contains("two gaskets"), "{said:?}");
    house.end().await;
}

#[tokio::test]
async fn a_quote_answers_its_own_question() {
    let both = calls(&[
        ("ask_technician", json!({ "question": "Hours?" })),
        ("ask_technician", json!({ "question": "Material?" })),
    ]);
    let (house, _model) = house([both, says("noted")]).await;
    house.play.writes(Role::Technician, "done").await.unwrap();
    let open = store::question::seen_by(&mut house.play.belt.store.reader(), &conversation(&house).await)
        .await
        .unwrap();
    let quoted = open[1].external.clone();
    house.play.sends(Role::Technician, vec![Part::text("this one")], quoted).await.unwrap();
    let left = store::question::seen_by(&mut house.play.belt.store.reader(), &conversation(&house).await)
        .await
        .unwrap();
    assert_eq!((left[0].open, left[1].open), (true, false));
    house.play.writes(Role::Technician, "and this the other").await.unwrap();
    house.end().await;
}

async fn conversation(house: &House) -> domain::id::ConversationId {
    let address =
        domain::address::Address::new(domain::address::ChannelName::terminal("technician"), "technician");
    store::conversation::find(&mut house.play.belt.store.reader(), &"field".into(), &address)
        .await
        .unwrap()
        .unwrap()
        .id
}

#[tokio::test]
async fn a_late_press_hears_who_answered_and_when() {
    let (house, _) = house([
        calls(&[("ask_technician", json!({ "question": "Right?", "buttons": ["Confirm", "Correct"] }))]),
        says("fine"),
    ])
    .await;
    house.play.writes(Role::Technician, "done").await.unwrap();
    let stale = house.play.button(Role::Technician, "Correct").unwrap();
    house.play.presses(Role::Technician, "Confirm").await.unwrap();
    let _ = house.heard(Role::Technician);
    let press = Part::Choice { id: stale.id, title: stale.title };
    house.play.sends(Role::Technician, vec![press], None).await.unwrap();
    let heard = house.heard(Role::Technician);
    assert!(heard.contains("Frank") && heard.contains("Confirm"), "{heard}");
    house.end().await;
}

#[tokio::test]
async fn a_forged_button_changes_nothing() {
    let (house, model) = house([
        calls(&[("ask_technician", json!({ "question": "Right?", "buttons": ["Confirm", "Correct"] }))]),
        says("fine"),
    ])
    .await;
    house.play.writes(Role::Technician, "done").await.unwrap();
    for id in ["forged", "words:q:m", "none:nothing"] {
        let press = Part::Choice { id: id.into(), title: "Confirm".into() };
        house.play.sends(Role::Technician, vec![press], None).await.unwrap();
    }
    assert_eq!(model.requests().len(), 1);
    house.play.presses(Role::Technician, "Confirm").await.unwrap();
    assert_eq!(model.requests().len(), 2);
    house.end().await;
}
