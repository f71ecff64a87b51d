//! Conversations that a person took over: answers are recorded, the agent is silent, and goes on once it is handed back.

use domain::{
    address::{Address, ChannelName},
    contact::Role,
    conversation::{Conversation, Owner},
    id::MessageId,
    message::{Author, Direction, Message, Part},
};
use serde_json::Value;
use store::{
    conversation::{self, Given},
    message, queue,
};

use crate::{
    house::House,
    standin::{Answer, StandIn},
};

const REPORT: &str = "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B";

async fn technicians(house: &House) -> Conversation {
    let address = Address::new(ChannelName::terminal("technician"), "technician");
    let found = conversation::find(&mut house.play.belt.store.reader(), &"field".into(), &address).await;
    found.unwrap().unwrap()
}

async fn take_over(house: &House) {
    let id = technicians(house).await.id;
    let store = &house.play.belt.store;
    store
        .write(move |tx| Box::pin(async move { conversation::give(tx, &id, &Owner::Phone, None).await }))
        .await
        .unwrap();
}

async fn hand_back(house: &House) -> bool {
    let (id, ids, now) = (technicians(house).await.id, house.play.belt.ids.clone(), house.play.belt.now());
    let store = &house.play.belt.store;
    let done = store
        .write(move |tx| {
            Box::pin(async move { conversation::hand_back(tx, &ids, &id, ("Sabine", None), now).await })
        })
        .await
        .unwrap();
    house.play.rest().await.unwrap();
    matches!(done, Given::Changed(_))
}

/// Somebody answers on the business phone.
async fn types_by_hand(house: &House, words: &'static str) {
    let (id, ids, now) = (technicians(house).await.id, house.play.belt.ids.clone(), house.play.belt.now());
    let store = &house.play.belt.store;
    store
        .write(move |tx| {
            Box::pin(async move {
                let parts = vec![Part::text(words)];
                let typed =
                    Message::new(MessageId::new(&ids), &id, Direction::Out, Author::Phone, parts, now);
                message::put(tx, &typed, false).await
            })
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn an_answer_is_recorded_and_the_agent_goes_on_once_it_is_handed_back() {
    let house = House::with(None).await;
    house.play.writes(Role::Technician, REPORT).await.unwrap();
    assert!(house.heard(Role::Technician).contains("Is that right?"));
    take_over(&house).await;
    house.play.presses(Role::Technician, "Confirm").await.unwrap();
    assert_eq!(house.heard(Role::Technician), "", "somebody else speaks here");
    assert_eq!(house.heard(Role::Office), "", "and nothing is handed over behind their back");
    house.play.presses(Role::Technician, "Confirm").await.unwrap();
    assert_eq!(house.heard(Role::Technician), "", "not even that it was answered before");
    let status = queue::status(&mut house.play.belt.store.reader(), house.play.belt.now()).await.unwrap();
    assert_eq!(
        (status.turns.due, status.turns.running, status.turns.parked),
        (1, 0, 0),
        "due once it is handed back"
    );
    assert!(hand_back(&house).await);
    assert!(house.heard(Role::Technician).contains("with the office"));
    assert!(!hand_back(&house).await, "the agent holds it already");
    house.play.presses(Role::Office, "approve").await.unwrap();
    house.play.presses(Role::Office, "approve").await.unwrap();
    assert!(house.heard(Role::Technician).contains("RE-"));
    house.end().await;
}

#[tokio::test]
async fn words_that_gather_when_somebody_takes_over_wait_too() {
    let house = House::set(None, &[("PLUMBLINE__TURNS__GATHER_MS", "2000")]).await;
    house.play.writes(Role::Technician, REPORT).await.unwrap();
    take_over(&house).await;
    house.play.wait(std::time::Duration::from_secs(60)).await.unwrap();
    assert_eq!(house.heard(Role::Technician), "");
    assert!(hand_back(&house).await);
    assert!(house.heard(Role::Technician).contains("Is that right?"));
    house.end().await;
}

#[tokio::test]
async fn the_agent_reads_what_was_said_by_hand_and_hears_only_what_came_after() {
    let server = StandIn::start().await;
    server.otherwise(|_| Answer::text("I am back."));
    let url = server.base_url();
    let house = House::set(None, &[("OPENAI_BASE_URL", &url), ("OPENAI_API_KEY", "sk-test")]).await;
    house.play.writes(Role::Technician, "Good morning").await.unwrap();
    assert_eq!(house.heard(Role::Technician), "I am back.");
    take_over(&house).await;
    house.play.writes(Role::Technician, "Is anybody there?").await.unwrap();
    types_by_hand(&house, "Sabine here. What is it?").await;
    house.play.writes(Role::Technician, "Which jobs are open?").await.unwrap();
    assert_eq!((house.heard(Role::Technician).as_str(), server.asked().len()), ("", 1));
    assert!(hand_back(&house).await);
    assert_eq!(house.heard(Role::Technician), "I am back.");
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    let said: Vec<(String, String)> = asked[1].body["messages"].as_array().unwrap()[1..]
        .iter()
        .map(|message| (text(&message["role"]), text(&message["content"])))
        .collect();
    let at = |role: &str, words: &str| {
        said.iter()
            .position(|(by, said)| by == role && said.contains(words))
            .unwrap_or_else(|| panic!("{said:?}"))
    };
    let order = [
        at("user", "Good morning"),
        at("user", "Is anybody there?"),
        at("assistant", "Sabine here"),
        at("user", "Sabine answered this person by hand"),
        at("user", "Which jobs are open?"),
    ];
    assert!(order.is_sorted(), "{said:?}");
    assert!(!said.last().unwrap().1.contains("Is anybody there?"), "that was answered: {said:?}");
    house.end().await;
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[tokio::test]
async fn a_report_that_nobody_answered_by_hand_is_taken_up_when_it_is_handed_back() {
    let house = House::with(None).await;
    house.play.writes(Role::Technician, "hello").await.unwrap();
    house.heard(Role::Technician);
    take_over(&house).await;
    house.play.writes(Role::Technician, REPORT).await.unwrap();
    assert_eq!(house.heard(Role::Technician), "");
    assert!(hand_back(&house).await);
    assert!(house.heard(Role::Technician).contains("Is that right?"));
    let dead = queue::dead(&mut house.play.belt.store.reader(), 10).await.unwrap();
    assert_eq!(dead, []);
    house.end().await;
}
