//! Questions: decided once, in the commit that makes their turn due; known by what was put to whom.

use domain::{
    address::ChannelName,
    agent::AgentName,
    contact::Role,
    conversation::Conversation,
    id::{CallId, QuestionId, TurnId},
    outbound::{Content, DeliveryState},
    question::{Answer, Choice, Proposal, Purpose, Question, QuestionState},
    turn::Wake,
};
use plumbline_store::{outbox, question, queue, timer, turn, wake};
use serde_json::json;

use crate::{
    belt::{NOW, begin, later, send},
    db::{Db, on_each, tx},
};

fn question(id: &str, turn: &TurnId) -> Question {
    let proposal = Proposal {
        tool: "create_invoice".into(),
        arguments: json!({ "job_id": "J" }),
        role: Role::Office,
        job: Some("J".into()),
        fingerprint: format!("print-{id}"),
        facts: json!({}),
        text: "approve.invoice".into(),
    };
    Question {
        id: id.into(),
        purpose: Purpose::Approval(proposal),
        text: String::new(),
        turn: turn.clone(),
        call: CallId::from("c1"),
        state: QuestionState::Open,
        asked_at: NOW,
        expires_at: later(10_000),
        answer: None,
    }
}

fn answer(value: &str) -> Answer {
    Answer {
        value: Some(value.into()),
        text: "Create".into(),
        reason: None,
        by: None,
        by_name: "Sabine".into(),
        at: later(5),
    }
}

/// A parked turn that waits for `question`.
async fn park(db: &Db, talk: &Conversation, id: &'static str) -> TurnId {
    let (ids, conversation) = (db.ids.clone(), talk.clone());
    tx!(db, |tx| turn::schedule(tx, &ids, &conversation, NOW, NOW, NOW).await);
    let agent = AgentName::from("field");
    let taken = tx!(db, |tx| turn::claim(tx, &agent, NOW, later(100), 1).await).pop().unwrap();
    let (turn_id, ids) = (taken.id.clone(), db.ids.clone());
    tx!(db, |tx| {
        let asked = question(id, &taken.id);
        question::open(tx, &asked, "office").await?;
        question::set_timers(tx, &ids, &asked.id, Some(later(50)), asked.expires_at).await?;
        wake::add(tx, &taken.id, &asked.call, &Wake::Question(asked.id.clone())).await?;
        turn::park(tx, &taken, "{}", NOW).await
    });
    turn_id
}

#[tokio::test]
async fn an_answer_decides_once_and_makes_its_turn_due_in_the_same_commit() {
    on_each("question", |db| async move {
        let talk = begin(&db, "technician").await;
        let turn_id = park(&db, &talk, "q1").await;
        assert_eq!(queue::status(&mut db.store.reader(), NOW).await.unwrap().turns.parked, 1);
        let id = QuestionId::from("q1");
        assert!(tx!(db, |tx| question::decide(tx, &QuestionId::from("q1"), &answer("approve")).await));
        assert!(!tx!(db, |tx| question::decide(tx, &QuestionId::from("q1"), &answer("decline")).await));
        let stored = question::get(&mut db.store.reader(), &id).await.unwrap().unwrap();
        assert_eq!(stored.answer.unwrap().value.as_deref(), Some("approve"));
        let status = queue::status(&mut db.store.reader(), NOW).await.unwrap();
        assert_eq!((status.turns.parked, status.turns.due), (0, 1));
        let waits = wake::of_turn(&mut db.store.reader(), &turn_id).await.unwrap();
        assert!(waits[0].result.as_ref().unwrap().get("answered").is_some());
        assert!(tx!(db, |tx| timer::claim(tx, later(20_000), later(30_000), 10).await).is_empty());

        assert!(question::granted(&mut db.store.reader(), "print-q1").await.unwrap().is_some());
        assert!(question::granted(&mut db.store.reader(), "print-other").await.unwrap().is_none());
        assert!(tx!(db, |tx| question::spend(tx, &QuestionId::from("q1")).await));
        assert!(!tx!(db, |tx| question::spend(tx, &QuestionId::from("q1")).await), "good for one run");
    })
    .await;
}

#[tokio::test]
async fn a_corrected_job_cancels_its_questions() {
    on_each("cancel", |db| async move {
        let talk = begin(&db, "technician").await;
        park(&db, &talk, "q1").await;
        let ids =
            tx!(db, |tx| question::cancel_for_job(tx, &"J".into(), &json!({"status": "superseded"}), NOW)
                .await);
        assert_eq!(ids, [QuestionId::from("q1")]);
        assert!(!tx!(db, |tx| question::decide(tx, &QuestionId::from("q1"), &answer("approve")).await));
        assert!(question::granted(&mut db.store.reader(), "print-q1").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn what_a_conversation_saw_is_matched_by_token_and_by_quote() {
    on_each("asked", |db| async move {
        let talk = begin(&db, "office").await;
        let turn_id = park(&db, &talk, "q1").await;
        let (ids, talk2) = (db.ids.clone(), talk.clone());
        let outbox_id = tx!(db, |tx| {
            let content = Content::Text { text: "create?".into() };
            let id = outbox::put(tx, &ids, &send("k1", &talk2, content), NOW).await?;
            let choices = vec![Choice { id: "tok".into(), title: "Create".into(), value: "approve".into() }];
            let put = question::Put {
                conversation: talk2.id.clone(),
                contact: None,
                outbox: id.clone(),
                body: "create?".into(),
                choices,
            };
            question::put(tx, &"q1".into(), &put).await?;
            Ok(id)
        });
        let taken = tx!(db, |tx| {
            outbox::claim(tx, &ChannelName::terminal("technician"), NOW, later(100), 10).await
        });
        assert_eq!(taken[0].outbound.id, outbox_id);
        let row = taken[0].clone();
        tx!(db, |tx| {
            let sent = outbox::Outcome {
                state: DeliveryState::Sent,
                due: NOW,
                provider_id: Some("wamid.1"),
                reason: None,
            };
            outbox::settle(tx, &row, &sent, NOW).await
        });
        let asked = question::seen_by(&mut db.store.reader(), &talk.id).await.unwrap();
        assert_eq!(asked.len(), 1);
        assert_eq!((asked[0].external.as_deref(), asked[0].open), (Some("wamid.1"), true));
        assert_eq!(asked[0].choices[0].id, "tok");
        assert!(!turn_id.0.is_empty());
    })
    .await;
}
