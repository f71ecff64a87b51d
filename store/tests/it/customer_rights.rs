//! A customer of the firm's list who never wrote asks for what is kept about them, and for its end: afterwards nothing of
//! them stands anywhere but on the invoice, also not in what others said.

use std::collections::BTreeSet;

use plumbline_store::{
    rights::{self, Who, customer, erase, export, open, tombstone},
    search,
};

use crate::{
    db::{Db, on_each},
    rights::{NOW, approved, assert_sound, change, furnish, left},
};

/// A customer with a job, a visit, a call and a place in what the office says of her; nobody writes as her.
const STORCH: &[&str] = &[
    "INSERT INTO customer (id, name, street, postal_code, city, phone, email, contract, folded, phone_tail) VALUES
     ('791', 'Wilhelmine Storch', 'Kranichallee 3', '10117', 'Berlin', '030 5556677', 'storch@example.org', '',
      'wilhelmine storch', '05556677')",
    "INSERT INTO conversation (id, contact_id, agent, channel, external, owner, language, created_ms)
     VALUES ('c-job-2', NULL, 'office', 'link:field', 'JOB-791-001', 'agent', 'de', 1)",
    "INSERT INTO message (id, conversation_id, direction, author, parts, external, client_id, at_ms, received_ms) VALUES
     ('m-11', 'c-job-2', 'internal', '{\"kind\":\"peer\",\"id\":\"field\"}', '[{\"type\":\"text\",\"text\":\"Hebeanlage gespült, Kranichallee 3\"}]', NULL, NULL, 7, 7),
     ('m-12', 'c-sabine', 'out', '{\"kind\":\"agent\",\"id\":\"office\"}', '[{\"type\":\"text\",\"text\":\"Bei Storch: Hebeanlage gespült\"}]', NULL, NULL, 8, 8)",
    "INSERT INTO handoff (agent, job_id, conversation_id, customer_id, report, fingerprint, state, note, created_ms, updated_ms)
     VALUES ('field', 'JOB-791-001', 'c-gregor', '791', '{\"job_id\":\"JOB-791-001\",\"technician\":\"Gregor Blitz\",\"customer_id\":\"791\",\"location\":\"Kranichallee 3\",\"work_done\":\"Hebeanlage gespült\",\"hours_worked\":1.0,\"materials_used\":[],\"status\":\"validated_by_technician\"}', 'g', 'accepted', NULL, 1, 1)",
    "INSERT INTO job (id, peer, customer_id, report, fingerprint, revision, state, decisions, note, conversation_id, created_ms, updated_ms)
     VALUES ('JOB-791-001', 'field', '791', '{\"job_id\":\"JOB-791-001\",\"technician\":\"Gregor Blitz\",\"customer_id\":\"791\",\"location\":\"Kranichallee 3\",\"work_done\":\"Hebeanlage gespült\",\"hours_worked\":1.0,\"materials_used\":[],\"status\":\"validated_by_technician\"}', 'g', 1, 'received', '{}', '', 'c-job-2', 1, 1)",
    "INSERT INTO note (id, conversation_id, author, body, created_ms, updated_ms)
     VALUES ('n-3', 'c-sabine', 'u-olga', 'Wilhelmine Storch, Kranichallee 3, hat 030/5556677', 1, 1)",
    "INSERT INTO visit (id, title, customer_id, contact_id, starts_ms, ends_ms, state, created_by, created_ms)
     VALUES ('v-2', 'Heizung bei Storch', '791', NULL, 1, 2, 'planned', 'u-olga', 1)",
    "INSERT INTO call (id, source, external, direction, state, number, line, customer_id, started_ms, note, media, created_ms, updated_ms)
     VALUES ('l-9', 'staff', NULL, 'in', 'ended', '49305556677', '', '791', 1, 'Frau Storch fragt nach',
             '{\"kind\":\"audio\",\"mime\":\"audio/ogg\",\"name\":null,\"caption\":null,\"source\":{\"from\":\"file\",\"at\":\"storch.ogg\"}}', 1, 1)",
];

const SETTLED: &[&str] = &[
    "UPDATE job SET state = 'invoiced', invoice_id = 'RE-2026-0007' WHERE id = 'JOB-791-001'",
    "UPDATE handoff SET state = 'completed', invoice_id = 'RE-2026-0007' WHERE job_id = 'JOB-791-001'",
    "INSERT INTO invoice (id, year, number, cancels, job_id, customer_id, body, net_cents, vat_cents, gross_cents, currency,
                          state, approved_by, created_ms)
     VALUES ('RE-2026-0007', 2026, 1, '', 'JOB-791-001', '791', '{\"customer\":\"Wilhelmine Storch, Kranichallee 3\"}', 1, 1, 2, 'EUR',
             'open', 'Sabine Kurz', 1)",
    "INSERT INTO invoice_number (year, last) VALUES (2026, 1)",
    "INSERT INTO question (id, turn_id, call_id, agent, purpose, job_id, fingerprint, body, state, asked_ms, expires_ms, answer, spent)
     VALUES ('q-2', 't-2', 'k-2', 'office', '{\"purpose\":\"approval\",\"tool\":\"create_invoice\",\"facts\":{\"customer\":\"Wilhelmine Storch\"}}',
             'JOB-791-001', 'print', 'Rechnung an Storch', 'answered', 1, 2,
             '{\"value\":\"approve\",\"text\":\"ja\",\"by\":\"p-sabine\",\"by_name\":\"Sabine Kurz\",\"at\":1}', 1)",
];

const TRACES: [&str; 4] = ["storch", "Kranichallee", "storch@example.org", "49305556677"];

async fn erased(db: &Db, removed: &mut Vec<String>) -> erase::Kept {
    let subject = customer::alone(&mut db.store.reader(), &"791".into()).await.unwrap().unwrap();
    let order = erase::Order { actor: "house".to_owned(), now: NOW };
    let remove = |path: &str| {
        removed.push(path.to_owned());
        Ok::<_, plumbline_store::Error>(())
    };
    erase::all_of(&db.store, &db.ids, &subject, &order, remove).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_customer_who_never_wrote_is_handed_out_and_erased() {
    on_each("rights_customer", |db| async move {
        furnish(&db).await;
        change(&db.store, STORCH).await;
        while search::fill(&db.store, NOW).await.unwrap() > 0 {}
        let mut tx = db.store.reader();
        assert_eq!(customer::persons(&mut tx, &"789".into()).await.unwrap(), ["p-anneliese".into()]);
        assert_eq!(customer::persons(&mut tx, &"791".into()).await.unwrap(), []);
        assert_eq!(customer::alone(&mut tx, &"792".into()).await.unwrap(), None);
        let storch = customer::alone(&mut tx, &"791".into()).await.unwrap().unwrap();
        assert_eq!(
            (&storch.who, storch.who.subject()),
            (&Who::Customer("791".into()), "customer:791".into())
        );

        let documents = export::documents(&mut tx, &storch).await.unwrap();
        let of = |name: &str| documents.iter().find(|(known, _)| *known == name).unwrap().1.clone();
        assert_eq!(of("customers.json")[0]["street"], "Kranichallee 3");
        assert_eq!(of("jobs_as_customer.json")[0]["id"], "JOB-791-001");
        assert_eq!(of("visits_as_customer.json")[0]["title"], "Heizung bei Storch");
        assert_eq!(of("contacts.json"), serde_json::json!([]), "nobody writes as her");
        let (calls, recordings) = rights::calls::document(&mut tx, &storch).await.unwrap();
        assert_eq!(
            (&calls[0]["note"], recordings.as_slice()),
            (&"Frau Storch fragt nach".into(), &["storch.ogg".to_owned()][..])
        );

        let open = open::all_of(&mut tx, &storch).await.unwrap();
        assert_eq!(open, [open::Open::Job("JOB-791-001".to_owned())]);
        let before = erase::left(&mut tx, &storch).await.unwrap();
        let kept = erased(&db, &mut Vec::new()).await;
        assert_eq!((&kept, &kept.open_jobs), (&before, &vec!["JOB-791-001".to_owned()]));
        assert_eq!(kept.open_customers, ["791".into()], "the bill needs her address");
        assert!(left(&db.config, &["Kranichallee"]).await.iter().any(|text| text.starts_with("customer:")));

        change(&db.store, SETTLED).await;
        approved(&db, "q-2").await;
        let mut removed = Vec::new();
        let kept = erased(&db, &mut removed).await;
        assert_eq!(
            (kept.invoices.as_slice(), kept.open_customers.as_slice()),
            (&["RE-2026-0007".to_owned()][..], &[][..])
        );
        assert_eq!(left(&db.config, &TRACES).await, BTreeSet::new());
        let others = left(&db.config, &["Anneliese Quast", "Gregor Blitz", "Sabine Kurz"]).await;
        assert!(others.len() > 8, "others stay: {others:?}");
        assert_sound(&db.store).await;
        erased(&db, &mut Vec::new()).await;
        assert_eq!(tombstone::of_customer(&mut tx, &"791".into()).await.unwrap(), Some(NOW));
        assert_eq!(tombstone::of_customer(&mut tx, &"790".into()).await.unwrap(), None);
    })
    .await;
}
