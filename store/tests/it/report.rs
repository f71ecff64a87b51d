//! What the report counts, on each database: by steps, and in their middle.

use domain::{
    agent::AgentName,
    clock::Millis,
    contact::Role,
    id::{CallId, ConversationId, MessageId, QuestionId, TurnId, UserId},
    message::{Author, Direction, Message, Part},
    question::{Answer, Proposal, Purpose, Question, QuestionState},
};
use plumbline_store::{
    Error, Tx, message, question,
    report::{self, By, Decisions, Invoices, Messages, Open, Span, Spent, Times},
};

use crate::db::{Db, on_each, tx};

/// Steps of a hundred.
const SPAN: Span = Span { start: Millis(1_000), end: Millis(1_300), step_ms: 100 };

const TALKS: &[&str] = &[
    "INSERT INTO contact (id, name, roles, created_ms) VALUES ('p1', 'Frank', 'technician', 1)",
    "INSERT INTO conversation (id, contact_id, agent, channel, external, owner, language, created_ms) VALUES
     ('c1', 'p1', 'field', 'whatsapp', '49', 'agent', 'de', 1), ('c2', 'p1', 'office', 'whatsapp', '49', 'agent', 'de', 1),
     ('job', NULL, 'office', 'link:field', 'J1', 'agent', 'de', 1)",
    "INSERT INTO turn (id, conversation_id, agent, state, due_ms, flush_ms, owner_version, created_ms)
     VALUES ('t1', 'c1', 'field', 'done', 1, 1, 0, 1)",
    "INSERT INTO journal (turn_id, key, seq, kind, name, effect, request, state, tokens_in, tokens_out, started_ms) VALUES
     ('t1', 'model:1', 1, 'model', 'm', 'pure', '{}', 'done', 100, 10, 1000),
     ('t1', 'k1', 2, 'tool', 'find_customer', 'pure', '{}', 'done', 0, 0, 1001),
     ('t1', 'model:2', 3, 'model', 'm', 'pure', '{}', 'done', 200, 20, 1099),
     ('t1', 'model:3', 4, 'model', 'm', 'pure', '{}', 'done', 7, 7, 1300)",
    "INSERT INTO job (id, peer, customer_id, report, fingerprint, revision, state, decisions, note, created_ms, updated_ms)
     VALUES ('J1', '', '789', '{}', 'f', 1, 'received', '{}', '', 999, 1), ('J2', '', '789', '{}', 'f', 1, 'received', '{}', '', 1250, 1)",
    "INSERT INTO invoice (id, year, number, cancels, job_id, customer_id, body, net_cents, vat_cents, gross_cents, currency,
                          state, approved_by, created_ms) VALUES
     ('R1', 2026, 1, '', 'J1', '789', '{}', 1, 1, 500, 'EUR', 'cancelled', 'Sabine', 1200),
     ('R2', 2026, 2, 'R1', 'J1', '789', '{}', 1, 1, -500, 'EUR', 'settled', 'Sabine', 1250),
     ('R3', 2026, 3, '', 'J2', '789', '{}', 1, 1, 70, 'EUR', 'open', 'Sabine', 1299)",
];

async fn says(tx: &mut Tx, talk: &str, author: Author, at: i64) -> Result<(), Error> {
    let direction =
        if matches!(author, Author::Contact(_) | Author::Peer(_)) { Direction::In } else { Direction::Out };
    let id = MessageId(format!("{talk}-{at}"));
    let unheard = direction == Direction::In;
    let said =
        Message::new(id, &ConversationId::from(talk), direction, author, vec![Part::text("x")], Millis(at));
    message::put(tx, &said, unheard).await
}

async fn talk(db: &Db) {
    tx!(db, |tx| {
        for statement in TALKS {
            tx.exec(statement, vec![]).await?;
        }
        let frank = || Author::Contact("p1".into());
        let agent = || Author::Agent(AgentName::from("field"));
        let staff = || Author::Staff(UserId::from("u1"));
        for (talk, author, at) in [
            ("c1", frank(), 950),
            ("c1", agent(), 980),
            // Two messages are one wait, and the house's own sentence ends none.
            ("c1", frank(), 1_000),
            ("c1", frank(), 1_005),
            ("c1", Author::House, 1_006),
            ("c1", agent(), 1_010),
            ("c1", agent(), 1_011),
            ("c1", frank(), 1_020),
            ("c1", staff(), 1_120),
            ("c2", frank(), 1_030),
            ("c2", Author::Phone, 1_031),
            ("c2", frank(), 1_210),
            // Jobs that agents hand each other are no messages of people.
            ("job", Author::Peer(AgentName::from("field")), 1_040),
            ("job", agent(), 1_050),
        ] {
            says(tx, talk, author, at).await?;
        }
        Ok::<_, Error>(())
    });
}

#[tokio::test]
async fn messages_answers_and_costs_are_counted_by_steps() {
    on_each("report_talk", |db| async move {
        talk(&db).await;
        let mut tx = db.store.reader();
        let messages = report::messages(&mut tx, &SPAN).await.unwrap();
        assert_eq!(
            messages,
            [
                (0, Messages { inbound: 4, outbound: 4 }),
                (1, Messages { inbound: 0, outbound: 1 }),
                (2, Messages { inbound: 1, outbound: 0 })
            ]
        );
        let times = |count, median, most| Times { count, median_ms: Some(median), p90_ms: Some(most) };
        let all = report::responses(&mut tx, &SPAN, By::Anybody).await.unwrap();
        assert_eq!(all, [(0, times(3, 10, 100))]);
        assert_eq!(report::responses(&mut tx, &SPAN, By::Agent).await.unwrap(), [(0, times(1, 10, 10))]);
        assert_eq!(report::responses(&mut tx, &SPAN, By::Staff).await.unwrap(), [(0, times(2, 1, 100))]);
        let whole = Span::whole(Millis(0), Millis(10_000));
        assert_eq!(report::responses(&mut tx, &whole, By::Anybody).await.unwrap(), [(0, times(4, 10, 100))]);

        let (waiting, thread) = report::waiting(&mut tx).await.unwrap();
        assert_eq!(waiting, Open { count: 1, oldest: Some(Millis(1_210)) });
        assert_eq!(thread, Some("c2".into()));
        let spent = report::spent(&mut tx, &SPAN).await.unwrap();
        assert_eq!(spent, [(0, Spent { rounds: 2, tokens_in: 300, tokens_out: 30 })]);
        assert_eq!(report::jobs(&mut tx, &SPAN).await.unwrap(), [(2, 1)]);
        let invoices = report::invoices(&mut tx, &SPAN).await.unwrap();
        assert_eq!(invoices, [(2, Invoices { written: 2, cancellations: 1, gross_cents: 70 })]);
    })
    .await;
}

fn proposal(n: i64, purpose: Option<Purpose>) -> Question {
    let proposal = Purpose::Approval(Proposal {
        tool: "create_invoice".into(),
        arguments: serde_json::json!({ "job_id": n }),
        role: Role::Office,
        job: None,
        fingerprint: format!("print-{n}"),
        facts: serde_json::Value::Null,
        text: "approve.invoice".into(),
    });
    Question {
        id: QuestionId(format!("q{n}")),
        purpose: purpose.unwrap_or(proposal),
        text: String::new(),
        turn: TurnId::from("t"),
        call: CallId::from("c"),
        state: QuestionState::Open,
        asked_at: Millis(1_000 + n * 10),
        expires_at: Millis(9_000),
        answer: None,
    }
}

#[tokio::test]
async fn decisions_are_counted_when_they_are_made() {
    on_each("report_decided", |db| async move {
        tx!(db, |tx| {
            for n in 0..6 {
                question::open(tx, &proposal(n, None), "office").await?;
            }
            // What is asked without a proposal is no approval.
            let words = Purpose::Escalation { job: "J1".into(), role: Role::Office };
            question::open(tx, &proposal(9, Some(words)), "office").await?;
            for (n, value, at) in [
                (0, "approve", 1_050),
                (1, "decline", 1_150),
                (2, "approve", 1_160),
                (3, "defer", 1_170),
                (9, "Yes", 1_180),
            ] {
                let answer = Answer {
                    value: Some(value.into()),
                    text: value.into(),
                    reason: None,
                    by: None,
                    by_name: "Sabine".into(),
                    at: Millis(at),
                };
                question::decide(tx, &QuestionId(format!("q{n}")), &answer).await?;
            }
            question::expire(tx, &QuestionId::from("q5"), Millis(1_200)).await.map(|_| ())
        });
        let mut tx = db.store.reader();
        assert_eq!(report::proposals(&mut tx, &SPAN).await.unwrap(), [(0, 6)]);
        let times = |count, median, most| Times { count, median_ms: Some(median), p90_ms: Some(most) };
        assert_eq!(
            report::decisions(&mut tx, &SPAN).await.unwrap(),
            [
                (0, Decisions { approved: 1, declined: 0, deferred: 0, times: times(1, 50, 50) }),
                (1, Decisions { approved: 1, declined: 1, deferred: 1, times: times(3, 140, 140) }),
            ]
        );
        let undecided = report::undecided(&mut tx).await.unwrap();
        assert_eq!(undecided, Open { count: 1, oldest: Some(Millis(1_040)) });
    })
    .await;
}
