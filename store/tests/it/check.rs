//! The checker finds nothing in a sound database and exactly what was broken in any other.

use domain::clock::Millis;
use plumbline_store::{
    Error, Store,
    audit::{self, Entry},
    check::{Look, findings},
};

use crate::db::on_each;

const NOW: Millis = Millis(1_000_000);

/// A person with one answered turn, a parked turn with an open question, an approved and billed job, and a talk in order.
const SOUND: &[&str] = &[
    "INSERT INTO contact (id, name, roles, created_ms) VALUES ('p1', 'Frank', 'technician', 1)",
    "INSERT INTO conversation (id, contact_id, agent, channel, external, owner, language, created_ms)
     VALUES ('c1', 'p1', 'field', 'whatsapp', '49', 'agent', 'de', 1), ('c2', 'p1', 'office', 'whatsapp', '49', 'agent', 'de', 1)",
    "INSERT INTO inbox (seq, id, channel, external, lane, body, state, due_ms, fence, attempts, received_ms) VALUES
     (1, 'i1', 'whatsapp', 'w1', 'l', '{\"inbound\":\"message\",\"id\":null,\"from\":{\"channel\":\"whatsapp\",\"external\":\"49\"},\"identities\":[],\"profile_name\":null,\"parts\":[],\"quotes\":null,\"sent_at\":1}', 'done', 5, 1, 1, 1),
     (2, 'i2', 'whatsapp', 'w2', 'l', '{\"inbound\":\"message\",\"id\":null,\"from\":{\"channel\":\"whatsapp\",\"external\":\"49\"},\"identities\":[],\"profile_name\":null,\"parts\":[],\"quotes\":null,\"sent_at\":1}', 'done', 5, 1, 1, 1)",
    "INSERT INTO message (seq, id, conversation_id, author, parts, external, at_ms) VALUES
     (1, 'm1', 'c1', '\"house\"', '[]', 'w1', 1), (2, 'm2', 'c1', '\"house\"', '[]', 'w2', 1)",
    "INSERT INTO turn (seq, id, conversation_id, agent, state, due_ms, flush_ms, owner_version, machine, created_ms) VALUES
     (1, 't1', 'c1', 'field', 'done', 1, 1, 0, '{\"version\":1}', 1), (2, 't2', 'c1', 'field', 'parked', 1, 1, 0, '{\"version\":1}', 1)",
    "INSERT INTO outbox (seq, id, key, conversation_id, channel, external, content, speaker, turn_id, state, due_ms, fence,
                         provider_id, created_ms, updated_ms) VALUES
     (1, 'o1', 'turn:t1', 'c1', 'whatsapp', '49', '{}', 'field', 't1', 'sent', 1, 1, 'x1', 1, 1),
     (2, 'o2', 'question:q1', 'c1', 'whatsapp', '49', '{}', 'field', 't2', 'sent', 1, 1, 'x2', 1, 1),
     (3, 'o3', 'turn:t3', 'c1', 'whatsapp', '49', '{}', 'field', 't3', 'sent', 1, 1, 'x3', 1, 1)",
    "INSERT INTO question (id, turn_id, call_id, agent, purpose, body, state, asked_ms, expires_ms)
     VALUES ('q1', 't2', 'k1', 'field', '{\"purpose\":\"ask\"}', 'which?', 'open', 1, 9000000)",
    "INSERT INTO asked (question_id, conversation_id, outbox_id, body, choices) VALUES ('q1', 'c1', 'o2', 'which?', '[]')",
    "INSERT INTO timer (id, kind, of_id, due_ms) VALUES ('x1', 'expire_question', 'q1', 9000000)",
    "INSERT INTO wake (turn_id, call_id, kind, of_id) VALUES ('t2', 'k1', 'question', 'q1')",
    "INSERT INTO journal (turn_id, key, seq, kind, name, effect, request, state, started_ms)
     VALUES ('t2', 'k1', 1, 'tool', 'ask_technician', 'pure', '{}', 'started', 1),
            ('t1', 'k0', 1, 'tool', 'find_customer', 'pure', '{}', 'done', 1)",
    "INSERT INTO question (id, turn_id, call_id, agent, purpose, job_id, fingerprint, body, state, asked_ms, expires_ms, spent)
     VALUES ('q2', 't1', 'k1', 'office', '{\"purpose\":\"approval\",\"tool\":\"create_invoice\"}', 'J1', 'print', '', 'answered', 1, 2, 1)",
    "INSERT INTO job (id, peer, customer_id, report, fingerprint, revision, state, decisions, note, invoice_id, created_ms, updated_ms)
     VALUES ('J1', '', '789', '{}', 'f', 1, 'invoiced', '{}', '', 'RE-2026-0001', 1, 1)",
    "INSERT INTO invoice (id, year, number, cancels, job_id, customer_id, body, net_cents, vat_cents, gross_cents, currency,
                          state, approved_by, created_ms)
     VALUES ('RE-2026-0001', 2026, 1, '', 'J1', '789', '{}', 1, 1, 2, 'EUR', 'open', 'Sabine', 1)",
    "INSERT INTO invoice_number (year, last) VALUES (2026, 1)",
];

/// What the index of the invoices forbids.
const SECOND_INVOICE: &[&str] = &[
    "DROP INDEX invoice_job",
    "INSERT INTO invoice (id, year, number, cancels, job_id, customer_id, body, net_cents, vat_cents, gross_cents, currency,
                          state, approved_by, created_ms)
     VALUES ('RE-2026-0002', 2026, 2, '', 'J1', '789', '{}', 1, 1, 2, 'EUR', 'open', 'Sabine', 1)",
];

/// A rule, what breaks it, and what mends it again.
type Case = (&'static str, &'static [&'static str], &'static [&'static str]);

const CASES: &[Case] = &[
    (
        "one running turn",
        &["UPDATE turn SET state = 'running' WHERE id IN ('t1', 't2')"],
        &[
            "UPDATE turn SET state = 'done' WHERE id = 't1'",
            "UPDATE turn SET state = 'parked' WHERE id = 't2'",
        ],
    ),
    (
        "heard by a turn",
        &["UPDATE message SET unheard = 1 WHERE id = 'm2'"],
        &["UPDATE message SET unheard = 0 WHERE id = 'm2'"],
    ),
    (
        "parked turn wakes",
        &["UPDATE question SET state = 'expired' WHERE id = 'q1'"],
        &["UPDATE question SET state = 'open' WHERE id = 'q1'"],
    ),
    ("parked turn wakes", &["UPDATE wake SET result = '{}'"], &["UPDATE wake SET result = NULL"]),
    (
        "question answers somebody",
        &["UPDATE turn SET state = 'failed' WHERE id = 't2'"],
        &["UPDATE turn SET state = 'parked' WHERE id = 't2'"],
    ),
    (
        "question reaches somebody",
        &["UPDATE outbox SET state = 'failed' WHERE id = 'o2'"],
        &["UPDATE outbox SET state = 'sent' WHERE id = 'o2'"],
    ),
    (
        "question ends",
        &["UPDATE timer SET kind = 'remind_question'"],
        &["UPDATE timer SET kind = 'expire_question'"],
    ),
    (
        "turn answered",
        &["UPDATE outbox SET key = 'other' WHERE id = 'o1'"],
        &["UPDATE outbox SET key = 'turn:t1' WHERE id = 'o1'"],
    ),
    (
        "effect settled",
        &["UPDATE journal SET state = 'started' WHERE key = 'k0'"],
        &["UPDATE journal SET state = 'done' WHERE key = 'k0'"],
    ),
    (
        "said in order",
        &["UPDATE outbox SET state = 'queued', fence = 0, turn_id = 't3' WHERE id = 'o1'"],
        &["UPDATE outbox SET state = 'sent', fence = 1, turn_id = 't1' WHERE id = 'o1'"],
    ),
    (
        "sent once",
        &["UPDATE outbox SET provider_id = 'x1' WHERE id = 'o2'"],
        &["UPDATE outbox SET provider_id = 'x2' WHERE id = 'o2'"],
    ),
    (
        "taken in once",
        &["UPDATE message SET external = 'w1' WHERE id = 'm2'"],
        &["UPDATE message SET external = 'w2' WHERE id = 'm2'"],
    ),
    (
        "taken in in order",
        &["UPDATE message SET external = CASE WHEN id = 'm1' THEN 'w2' ELSE 'w1' END"],
        &["UPDATE message SET external = CASE WHEN id = 'm1' THEN 'w1' ELSE 'w2' END"],
    ),
    (
        "approved before run",
        &["UPDATE question SET fingerprint = 'another' WHERE id = 'q2'"],
        &["UPDATE question SET fingerprint = 'print' WHERE id = 'q2'"],
    ),
    (
        "approval recorded",
        &["UPDATE question SET spent = 1 WHERE id = 'q1'"],
        &["UPDATE question SET spent = 0 WHERE id = 'q1'"],
    ),
    (
        "invoice approved",
        &["UPDATE question SET job_id = 'J2' WHERE id = 'q2'"],
        &["UPDATE question SET job_id = 'J1' WHERE id = 'q2'"],
    ),
    ("job and invoice agree", &["UPDATE job SET state = 'received'"], &["UPDATE job SET state = 'invoiced'"]),
    ("invoice numbers", &["UPDATE invoice_number SET last = 2"], &["UPDATE invoice_number SET last = 1"]),
    ("invoice numbers", &["UPDATE invoice SET number = 7"], &["UPDATE invoice SET number = 1"]),
    (
        "audit chain",
        &["UPDATE audit SET actor = 'somebody else' WHERE seq = 1"],
        &["UPDATE audit SET actor = 'p1' WHERE seq = 1"],
    ),
    (
        "no lease left",
        &["UPDATE conversation SET lease_ms = 5 WHERE id = 'c1'"],
        &["UPDATE conversation SET lease_ms = 0 WHERE id = 'c1'"],
    ),
    (
        "nothing left over",
        &[
            "UPDATE inbox SET state = 'pending' WHERE id = 'i2'",
            "UPDATE message SET external = 'later' WHERE id = 'm2'",
        ],
        &[
            "UPDATE inbox SET state = 'done' WHERE id = 'i2'",
            "UPDATE message SET external = 'w2' WHERE id = 'm2'",
        ],
    ),
    ("nothing left over", &["UPDATE timer SET due_ms = 5"], &["UPDATE timer SET due_ms = 9000000"]),
    (
        "nothing left over",
        &["UPDATE outbox SET state = 'unknown' WHERE id = 'o3'"],
        &["UPDATE outbox SET state = 'sent' WHERE id = 'o3'"],
    ),
];

async fn change(store: &Store, statements: &'static [&'static str]) {
    let done = store.write(move |tx| {
        Box::pin(async move {
            for sql in statements {
                tx.exec(sql, vec![]).await?;
            }
            Ok::<_, Error>(())
        })
    });
    done.await.unwrap();
}

async fn append(store: &Store, action: &'static str) {
    let entry =
        Entry { actor: "p1".to_owned(), action, subject: "q2".to_owned(), digest: "print".to_owned() };
    store.write(move |tx| Box::pin(async move { audit::append(tx, &entry, NOW).await })).await.unwrap();
}

async fn rules_broken(store: &Store) -> Vec<&'static str> {
    let look = Look { at_rest: Some(NOW), ..Look::default() };
    findings(store, look).await.unwrap().into_iter().map(|finding| finding.rule).collect()
}

#[tokio::test]
async fn a_sound_house_has_no_findings_and_each_broken_rule_is_found() {
    on_each("check", |db| async move {
        change(&db.store, SOUND).await;
        for action in ["approved", "ran_approved"] {
            append(&db.store, action).await;
        }
        assert_eq!(rules_broken(&db.store).await, Vec::<&str>::new());
        for (rule, breaks, mends) in CASES {
            change(&db.store, breaks).await;
            let broken = rules_broken(&db.store).await;
            assert!(broken.contains(rule), "{rule} was not found after {breaks:?}, but {broken:?}");
            change(&db.store, mends).await;
            assert_eq!(rules_broken(&db.store).await, Vec::<&str>::new(), "after {mends:?}");
        }
        for action in ["approved", "ran_approved"] {
            append(&db.store, action).await;
        }
        change(&db.store, SECOND_INVOICE).await;
        let broken = rules_broken(&db.store).await;
        for rule in ["approval used once", "approval decided once", "one invoice a job"] {
            assert!(broken.contains(&rule), "{rule} was not found, but {broken:?}");
        }
    })
    .await;
}

/// What SQLite refuses to keep is found on PostgreSQL, which does not look for parents at each row.
#[tokio::test]
async fn a_row_that_belongs_nowhere_is_found() {
    const LOST: [&str; 4] = [
        "UPDATE message SET conversation_id = 'gone' WHERE id = 'm1'",
        "UPDATE turn SET conversation_id = 'gone' WHERE id = 't1'",
        "UPDATE outbox SET conversation_id = 'gone' WHERE id = 'o1'",
        "INSERT INTO journal (turn_id, key, seq, kind, name, effect, request, state, started_ms)
         VALUES ('gone', 'k9', 1, 'tool', 'find_customer', 'pure', '{}', 'done', 1)",
    ];
    on_each("check_parents", |db| async move {
        change(&db.store, SOUND).await;
        let mut lost = 0;
        for sql in LOST {
            let done = db.store.write(move |tx| Box::pin(async move { tx.run(sql, Vec::new()).await })).await;
            if db.store.kind() == "sqlite" {
                assert!(done.is_err(), "{sql}");
                continue;
            }
            done.unwrap();
            lost += 1;
            let broken = rules_broken(&db.store).await;
            assert_eq!(broken.iter().filter(|rule| **rule == "belongs somewhere").count(), lost, "{sql}");
        }
    })
    .await;
}
