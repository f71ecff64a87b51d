//! What staff have done by words at the console: stored once, run by the belt, answered once, in their own time zone; and
//! never more than their role or words may do.

use std::sync::Arc;

use agents::model::{
    ModelReply,
    scripted::{Scripted, says},
};
use domain::{
    address::ChannelName,
    clock::Millis,
    command::{Command, Operator, Request},
    contact::Role,
    id::{CallId, ConversationId, UserId},
    inbound::{Arrival, Inbound},
    message::{Direction, Part},
    staff::ConsoleRole,
    tool::{Arguments, ToolCall},
};
use serde_json::json;
use store::{
    command::{self, Answer, Put},
    conversation, event, message, queue, todo,
    user::{self, Person},
};

use crate::house::House;

/// Somebody at the console of a house.
struct Desk<'h> {
    house: &'h House,
    by: Operator,
}

impl<'h> Desk<'h> {
    async fn of(house: &'h House, name: &str, role: ConsoleRole, zone: &str) -> Self {
        let belt = &house.play.belt;
        let (ids, now, person) = (Arc::clone(&belt.ids), belt.now(), Person::local(name, role));
        let user = belt
            .store
            .write(move |tx| Box::pin(async move { user::put(tx, &ids, &person, now).await }))
            .await
            .unwrap();
        let (user, name, zone) = (user.id, user.name, Some(zone.to_owned()));
        Self { house, by: Operator { user, name, role, contact: None, zone, language: None } }
    }

    /// As the gateway does with a frame.
    async fn submits(&self, id: &str, request: Request) -> Put {
        let belt = &self.house.play.belt;
        let now = belt.now();
        let command = Command { id: id.to_owned(), by: self.by.clone(), request, about: None, at: now };
        let stored = command.clone();
        let put = belt
            .store
            .write(move |tx| Box::pin(async move { command::put(tx, &stored, now).await }))
            .await
            .unwrap();
        let address = command.address();
        let arrival = Arrival {
            channel: address.channel,
            external: format!("{}:{id}", self.by.user),
            lane: format!("console:{}", address.external),
            body: Inbound::Command(command),
        };
        belt.receive(arrival).await.unwrap();
        self.house.play.rest().await.unwrap();
        put
    }

    async fn says(&self, id: &str, text: &str) -> Answer {
        self.submits(id, Request::Words { text: text.to_owned() }).await;
        self.answer(id).await
    }

    async fn answer(&self, id: &str) -> Answer {
        let mut tx = self.house.play.belt.store.reader();
        command::get(&mut tx, &self.by.user, id).await.unwrap().unwrap().answer.unwrap()
    }

    async fn hears(&self, id: &str, text: &str) -> String {
        match self.says(id, text).await {
            Answer::Success { text } => text,
            other @ Answer::Error { .. } => panic!("{text}: {other:?}"),
        }
    }
}

async fn responses(house: &House) -> usize {
    let all = event::follow(&house.play.belt.store, 0, 1_000).await.unwrap();
    all.iter().filter(|event| event.kind == command::EVENT).count()
}

const REPORT: &str = "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B";

#[tokio::test]
async fn jobs_tasks_people_and_visits_are_asked_for_in_both_languages() {
    let house = House::with(None).await;
    house.play.writes(Role::Technician, REPORT).await.unwrap();
    house.play.writes(Role::Technician, "Confirm").await.unwrap();
    let ana = Desk::of(&house, "Ana", ConsoleRole::Staff, "Europe/Berlin").await;
    let open = ana.hears("1", "what is open?").await;
    assert!(open.contains("JOB-") && open.contains("Meier"), "{open}");
    let job = open.split(':').next().unwrap().to_owned();
    let status = ana.hears("2", &format!("Wie steht es um {job}?")).await;
    assert!(status.contains(&job) && status.contains("offen"), "{status}");
    assert!(ana.hears("3", "find Meier").await.contains("Schillerstrasse 12"));
    assert_eq!(ana.hears("4", "meine Aufgaben").await, "Es ist keine Aufgabe offen.");
    assert!(ana.hears("5", "Welche Termine gibt es heute?").await.contains("ist kein Besuch geplant"));
    let planned = ana.hears("6", "Termin bei Klaus Meier morgen um 10 Uhr mit Frank eintragen").await;
    assert!(planned.starts_with("Geplant:") && planned.contains("Klaus Meier"), "{planned}");
    let listed = ana.hears("7", "visits tomorrow").await;
    assert!(listed.contains("10:00") && listed.contains("Frank"), "{listed}");
    let clash = ana.hears("8", "plan a visit tomorrow at 10:30 with Frank").await;
    assert!(clash.starts_with("Not planned"), "{clash}");
    assert_eq!(responses(&house).await, 8, "one answer a command");
    let said = house.heard(Role::Office);
    assert!(!said.contains("kein Besuch"), "nothing of it was sent to anybody: {said}");
}

#[tokio::test]
async fn a_task_is_due_in_the_zone_of_whoever_asks() {
    let house = House::with(None).await;
    for (name, zone) in [("Ana", "Europe/Berlin"), ("Ben", "America/New_York")] {
        let desk = Desk::of(&house, name, ConsoleRole::Staff, zone).await;
        let noted = desk.hears("t", "remind me tomorrow at 9 to call Meier").await;
        assert!(noted.starts_with("Noted: Call Meier (") && noted.ends_with(" 09:00)."), "{noted}");
        let mut tx = house.play.belt.store.reader();
        let filter = todo::Filter { assignee: Some(desk.by.user.clone()), ..todo::Filter::default() };
        let due = todo::list(&mut tx, &filter, None, 10).await.unwrap()[0].due.unwrap();
        let local = due.timestamp().in_tz(zone).unwrap();
        assert_eq!((local.hour(), local.minute()), (9, 0), "{zone}");
        assert!(desk.hears("l", "my tasks").await.contains("Call Meier"));
        assert_eq!(desk.hears("d", "mark the task call Meier as done").await, "Done: Call Meier.");
        assert_eq!(desk.hears("e", "my tasks").await, "There is no open task.");
    }
    house.end().await;
}

#[tokio::test]
async fn what_words_may_not_do_they_do_not() {
    let house = House::with(None).await;
    let auditor = Desk::of(&house, "Olga", ConsoleRole::Auditor, "Europe/Berlin").await;
    assert!(auditor.hears("1", "my tasks").await.contains("no open task"));
    let refused = auditor.hears("2", "remind me tomorrow at 9 to call Meier").await;
    assert!(refused.contains("the role auditor may not thread.note"), "{refused}");
    let card = auditor.hears("3", "approve JOB-789-001").await;
    assert!(card.contains("card"), "{card}");
    house.end().await;
}

#[tokio::test]
async fn a_repeat_is_the_same_command_and_another_is_refused() {
    let model = Arc::new(Scripted::new([says("first"), says("second")]));
    let house = House::with(Some(model.clone())).await;
    let ana = Desk::of(&house, "Ana", ConsoleRole::Staff, "Europe/Berlin").await;
    let words = |text: &str| Request::Words { text: text.to_owned() };
    assert_eq!(ana.submits("a", words("one")).await, Put::New);
    let again = ana.submits("a", words("one")).await;
    assert!(matches!(again, Put::Known(stored) if stored.answer.is_some()));
    assert_eq!(ana.submits("a", words("two")).await, Put::Other);
    assert_eq!(model.requests().len(), 1, "asked once");
    assert_eq!(ana.answer("a").await, Answer::Success { text: "first".into() });
    let ben = Desk::of(&house, "Ben", ConsoleRole::Staff, "Europe/Berlin").await;
    assert_eq!(ben.says("a", "one").await, Answer::Success { text: "second".into() });
    assert_eq!(responses(&house).await, 2);
    house.end().await;
}

#[tokio::test]
async fn several_at_once_have_an_answer_each() {
    let house = House::with(None).await;
    let ana = Desk::of(&house, "Ana", ConsoleRole::Staff, "Europe/Berlin").await;
    let belt = &house.play.belt;
    for n in 0..4 {
        let (id, now) = (format!("n{n}"), belt.now());
        let command = Command {
            id: id.clone(),
            by: ana.by.clone(),
            request: Request::Words { text: format!("create a task: number {n}") },
            about: None,
            at: now,
        };
        let stored = command.clone();
        belt.store
            .write(move |tx| Box::pin(async move { command::put(tx, &stored, now).await }))
            .await
            .unwrap();
        let address = command.address();
        let (lane, external) = (format!("console:{}", address.external), format!("{}:{id}", ana.by.user));
        let arrival = Arrival {
            channel: ChannelName::from("console"),
            external,
            lane,
            body: Inbound::Command(command),
        };
        belt.receive(arrival).await.unwrap();
    }
    house.play.rest().await.unwrap();
    for n in 0..4 {
        let answer = ana.answer(&format!("n{n}")).await;
        assert_eq!(answer, Answer::Success { text: format!("Noted: Number {n}.") });
    }
    house.end().await;
}

#[tokio::test]
async fn a_model_that_calls_what_it_was_not_given_bills_nothing() {
    let call = ModelReply {
        calls: vec![ToolCall {
            id: CallId::from("c1"),
            name: "create_invoice".to_owned(),
            arguments: Arguments::Json(json!({ "job_id": "JOB-789-001" })),
        }],
        ..ModelReply::default()
    };
    let model = Arc::new(Scripted::new([Ok(call), says("I cannot do that here.")]));
    let house = House::with(Some(model.clone())).await;
    let ana = Desk::of(&house, "Ana", ConsoleRole::Owner, "Europe/Berlin").await;
    assert_eq!(ana.hears("1", "bill it all").await, "I cannot do that here.");
    let asked = model.requests().remove(0);
    let offered: Vec<&str> = asked.tools.iter().map(|tool| tool.name.as_str()).collect();
    assert!(offered.contains(&"list_tasks") && !offered.contains(&"create_invoice"), "{offered:?}");
    assert!(asked.system.contains("Ana"), "the console's own prompt");
    house.end().await;
}

#[tokio::test]
async fn a_model_that_is_away_is_an_honest_error() {
    let away = agents::model::ModelError::Stop { reason: "the key was refused (401)".into() };
    let house = House::with(Some(Arc::new(Scripted::new([Err(away)])))).await;
    let ana = Desk::of(&house, "Ana", ConsoleRole::Owner, "Europe/Berlin").await;
    let Answer::Error { message, retryable, .. } = ana.says("1", "hello").await else { panic!() };
    assert!(retryable && !message.contains("401"), "{message}");
    assert_eq!(house.heard(Role::Office), "", "nobody else is told");
    assert_eq!(queue::dead(&mut house.play.belt.store.reader(), 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_draft_is_written_from_the_talk_and_sent_to_nobody() {
    let model = Arc::new(Scripted::new([says("Hello Frank."), says("We come at [time].")]));
    let house = House::with(Some(model.clone())).await;
    house.play.writes(Role::Technician, "When does the office open tomorrow?").await.unwrap();
    let _ = house.play.take();
    let talk: ConversationId = {
        let mut tx = house.play.belt.store.reader();
        let address = domain::address::Address::new(ChannelName::terminal("technician"), "technician");
        conversation::find(&mut tx, &"field".into(), &address).await.unwrap().unwrap().id
    };
    let ana = Desk::of(&house, "Ana", ConsoleRole::Staff, "Europe/Berlin").await;
    ana.submits("d1", Request::Draft { conversation: talk.clone() }).await;
    assert_eq!(ana.answer("d1").await, Answer::Success { text: "We come at [time].".into() });
    let asked = model.requests().remove(1);
    assert!(asked.tools.is_empty() && asked.system.contains("draft"), "{}", asked.system);
    let spoken: Vec<(bool, &str)> =
        asked.history.iter().map(|spoken| (spoken.by_agent, spoken.text.as_str())).collect();
    assert_eq!(spoken, [(false, "When does the office open tomorrow?"), (true, "Hello Frank.")]);
    assert_eq!(house.heard(Role::Technician), "", "a draft is nobody's word");
    let messages = house.play.belt.store.reader().query(message::latest(&talk, 10)).await.unwrap();
    assert_eq!(messages.len(), 2, "the talk has no word more");
    assert!(messages.iter().all(|message| message.direction != Direction::Internal));
    house.end().await;
}

#[tokio::test]
async fn offline_drafts_are_sensible_and_leave_gaps() {
    let house = House::with(None).await;
    let belt = &house.play.belt;
    let (ids, now) = (Arc::clone(&belt.ids), belt.now());
    let talk = belt
        .store
        .write(move |tx| {
            Box::pin(async move {
                let address = domain::address::Address::new(ChannelName::from("whatsapp"), "4915112345678");
                let (agent, language) = ("nobody".into(), domain::language::Language::De);
                let held = conversation::open(tx, &ids, &agent, &address, None, language, now).await?;
                let id = domain::id::MessageId::new(&ids);
                let parts = vec![Part::text("Guten Tag, wann können Sie kommen? Der Hahn tropft.")];
                let author = domain::message::Author::House;
                let heard = domain::message::Message::new(id, &held.id, Direction::In, author, parts, now);
                message::put(tx, &heard, true).await?;
                Ok(held.id)
            })
        })
        .await
        .unwrap();
    let ana = Desk::of(&house, "Ana", ConsoleRole::Staff, "Europe/Berlin").await;
    ana.submits("d1", Request::Draft { conversation: talk }).await;
    let Answer::Success { text } = ana.answer("d1").await else { panic!() };
    assert!(text.starts_with("Vielen Dank") && text.contains("[Uhrzeit]"), "{text}");
}

#[tokio::test]
async fn a_command_that_nobody_answers_is_given_up_and_forgotten() {
    let house = House::with(None).await;
    let ana = Desk::of(&house, "Ana", ConsoleRole::Staff, "Europe/Berlin").await;
    let store = house.play.belt.store.clone();
    let now = house.play.belt.now();
    let command = Command {
        id: "lost".into(),
        by: ana.by.clone(),
        request: Request::Words { text: "hello".into() },
        about: None,
        at: now,
    };
    store.write(move |tx| Box::pin(async move { command::put(tx, &command, now).await })).await.unwrap();
    let forget = |at: Millis| {
        let store = store.clone();
        async move {
            store.write(move |tx| Box::pin(async move { command::forget(tx, at).await })).await.unwrap();
        }
    };
    forget(now.plus(std::time::Duration::from_secs(660))).await;
    assert!(matches!(ana.answer("lost").await, Answer::Error { code, .. } if code == "timed_out"));
    forget(now.plus(command::KEPT + std::time::Duration::from_secs(1))).await;
    let gone = command::get(&mut store.reader(), &UserId::from(ana.by.user.as_str()), "lost").await;
    assert_eq!(gone.unwrap(), None);
}
