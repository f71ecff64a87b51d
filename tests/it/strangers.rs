//! People of whom only a message is known: kept under a name, known as the customer who has their number, and taken on where
//! they were once they are registered. And an agent that was at work when somebody took its conversation over.

use std::sync::Arc;

use agents::model::{
    Listener, Model, ModelError, ModelReply, ModelRequest,
    scripted::{Scripted, says},
};
use async_trait::async_trait;
use domain::{
    contact::{Identity, Role},
    conversation::Owner,
    customer::Customer,
    id::UserId,
    inbound::Inbound,
    message::Part,
};
use store::{
    contact, conversation,
    office::customer,
    thread::{
        Thread,
        list::{Filter, page},
        messages::{self, Where},
    },
};
use tokio::sync::Notify;

use crate::house::House;

const NUMBER: &str = "491701234567";

/// Somebody with that number writes; `n` tells one message from another.
async fn writes(house: &House, words: &str, n: u32) {
    let mut arrival = house.play.arrival(Role::Technician, vec![Part::text(words)], None, format!("s{n}"));
    if let Inbound::Message(message) = &mut arrival.body {
        message.identities = vec![Identity::phone(NUMBER)];
        message.from.external = NUMBER.into();
        message.profile_name = Some("Klaus \u{202e}\u{7}M.".to_owned());
    }
    house.play.belt.receive(arrival).await.unwrap();
    house.play.rest().await.unwrap();
}

async fn threads(house: &House) -> Vec<Thread> {
    page(&mut house.play.belt.store.reader(), &Filter::default(), None, 10).await.unwrap()
}

async fn customer(house: &House, id: &'static str, phone: &'static str) {
    let customer = Customer {
        id: id.into(),
        name: format!("Kunde {id}"),
        street: String::new(),
        postal_code: String::new(),
        city: String::new(),
        phone: phone.to_owned(),
        email: String::new(),
        contract: String::new(),
    };
    let store = &house.play.belt.store;
    store.write(move |tx| Box::pin(async move { customer::put(tx, &customer).await })).await.unwrap();
}

#[tokio::test]
async fn who_is_registered_goes_on_where_they_were() {
    let model = Arc::new(Scripted::new([says("Welcome")]));
    let house = House::with(Some(model.clone())).await;
    writes(&house, "The drain is blocked at number 12", 1).await;
    let known = threads(&house).await;
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].owner(), known[0].unread), (Owner::Nobody, 1));
    let person = known[0].person.clone().unwrap();
    assert_eq!((person.name.as_str(), person.roles.as_slice()), ("Klaus M.", &[][..]));
    assert!(
        contact::list(&mut house.play.belt.store.reader()).await.unwrap().iter().all(|c| c.id != person.id)
    );
    assert_eq!(house.play.take().len(), 1, "told that the number is not registered");

    let (ids, now) = (house.play.belt.ids.clone(), house.play.belt.now());
    let store = &house.play.belt.store;
    store
        .write(move |tx| {
            Box::pin(async move {
                contact::register(tx, &ids, "Klaus", Role::Technician, &[Identity::phone(NUMBER)], now).await
            })
        })
        .await
        .unwrap();
    writes(&house, "And now?", 2).await;
    let after = threads(&house).await;
    assert_eq!(after.len(), 1, "no second thread for the same talk");
    assert_eq!((after[0].id(), after[0].conversation.agent.as_str()), (known[0].id(), "field"));
    assert_eq!(after[0].person.as_ref().map(|p| (&p.id, p.name.as_str())), Some((&person.id, "Klaus")));
    let asked = model.requests();
    assert!(
        asked[0].history.iter().any(|said| said.text.contains("number 12")),
        "what they said before is known"
    );
    assert!(house.play.take().iter().any(|said| said.text == "Welcome"));
    house.end().await;
}

#[tokio::test]
async fn a_number_tells_the_customer_if_it_is_only_one() {
    for (phones, variables, linked) in [
        (vec!["0170 / 123 45 67"], vec![], true),
        (vec!["+49 (170) 1234567", "0171 1234567"], vec![], true),
        (vec!["0170 1234567", "+491701234567"], vec![], false),
        (vec!["1234567"], vec![], false),
        (vec!["0170 1234567"], vec![("PLUMBLINE__PEOPLE__AUTO_LINK_BY_PHONE", "false")], false),
        (vec!["0170 1234567"], vec![("COMMS_DEFAULT_COUNTRY_CODE", "43")], false),
    ] {
        let house = House::set(Some(Arc::new(Scripted::new([]))), &variables).await;
        for (n, phone) in phones.iter().enumerate() {
            customer(&house, ["901", "902"][n], phone).await;
        }
        writes(&house, "hello", 1).await;
        let thread = threads(&house).await.remove(0);
        let found = thread.customer.map(|(id, _)| id.0);
        assert_eq!(found.as_deref(), linked.then_some("901"), "{phones:?} {variables:?}");
        let roles = thread.person.unwrap().roles;
        assert_eq!(roles.contains(&Role::Customer), linked);
        assert_eq!(house.play.take().is_empty(), linked, "who is known is not told to be unknown");
        house.end().await;
    }
}

/// Thinks until it is let go on.
#[derive(Default)]
struct Slow {
    begun: Notify,
    go_on: Notify,
}

#[async_trait]
impl Model for Slow {
    fn name(&self) -> String {
        "slow".to_owned()
    }

    async fn reply(
        &self,
        _request: &ModelRequest,
        _listener: Option<&dyn Listener>,
    ) -> Result<ModelReply, ModelError> {
        self.begun.notify_one();
        self.go_on.notified().await;
        Ok(ModelReply { text: "What an agent would say".to_owned(), ..ModelReply::default() })
    }
}

#[tokio::test]
async fn who_takes_over_while_the_agent_thinks_is_not_talked_into() {
    let model = Arc::new(Slow::default());
    let house = House::with(Some(model.clone())).await;
    let store = &house.play.belt.store;
    let takes_over = async {
        model.begun.notified().await;
        let id = threads(&house).await[0].id().clone();
        store
            .write(move |tx| {
                Box::pin(async move {
                    let ana = Owner::Staff(UserId::from("ana"));
                    conversation::give(tx, &id, &ana, None).await
                })
            })
            .await
            .unwrap();
        model.go_on.notify_one();
    };
    let (written, ()) = tokio::join!(house.play.writes(Role::Technician, "Is anybody there?"), takes_over);
    written.unwrap();
    assert!(house.play.take().is_empty(), "the agent's words are dropped");
    let thread = threads(&house).await.remove(0);
    let said = messages::page(&mut store.reader(), thread.id(), &Where::Newest, 10).await.unwrap().unwrap();
    assert_eq!(said.messages.len(), 1, "and stand nowhere: {:?}", said.messages);
    house.play.writes(Role::Technician, "Hello?").await.unwrap();
    let thread = threads(&house).await.remove(0);
    assert!(thread.waiting_since.is_some() && house.play.take().is_empty(), "a person is to answer");
    house.end().await;
}
