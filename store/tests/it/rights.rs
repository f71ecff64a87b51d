//! A person is erased: afterwards the whole database, column by column, holds nothing of them but what the law keeps; the
//! house is as sound as before, and nothing that comes late brings them back.

use std::collections::BTreeSet;

use domain::{
    clock::Millis,
    contact::{Identity, Role},
    id::ContactId,
};
use plumbline_store::{
    Config, Error, Store,
    audit::{self, Entry},
    check::{Look, findings},
    contact,
    rights::{self, erase, export, hold, open, tombstone},
    search,
};
use serde_json::Value;

use crate::db::{Db, on_each};

pub const NOW: Millis = Millis(2_000_000);

/// A technician and what he said; a customer and what she said; an office person who approved.
const HOUSE: &[&str] = &[
    "INSERT INTO contact (id, name, roles, folded, created_ms) VALUES
     ('p-gregor', 'Gregor Blitz', 'technician', 'gregor blitz', 1), ('p-anneliese', 'Anneliese Quast', 'customer', 'anneliese quast', 1),
     ('p-sabine', 'Sabine Kurz', 'office', 'sabine kurz', 1), ('p-anna', 'Anna Blitzer', 'customer', 'anna blitzer', 1)",
    "INSERT INTO identity (kind, value, contact_id) VALUES
     ('phone', '4915100000001', 'p-gregor'), ('user_id', 'DE.gregor-0001', 'p-gregor'), ('phone', '4915112345678', 'p-anneliese'),
     ('phone', '4915100000002', 'p-sabine')",
    "INSERT INTO customer (id, name, street, postal_code, city, phone, email, contract, folded, phone_tail) VALUES
     ('789', 'Anneliese Quast', 'Mohnblumenweg 7', '10117', 'Berlin', '0151 12345678', 'quast@example.org', '', 'anneliese quast',
      '12345678'),
     ('790', 'Haus Sonne GmbH', 'Ring 1', '10117', 'Berlin', '', '', '', 'haus sonne gmbh', '')",
    "INSERT INTO console_user (id, issuer, subject, name, role, contact_id, version, created_ms, removed_ms)
     VALUES ('u-gregor', '', 'gregor blitz', 'Gregor Blitz', 'staff', 'p-gregor', 1, 1, 5),
            ('u-olga', '', 'olga', 'Olga', 'owner', NULL, 0, 1, NULL)",
    "INSERT INTO conversation (id, contact_id, agent, channel, external, owner, language, created_ms) VALUES
     ('c-gregor', 'p-gregor', 'field', 'whatsapp', '4915100000001', 'agent', 'de', 1),
     ('c-anneliese', 'p-anneliese', 'nobody', 'whatsapp', '4915112345678', 'agent', 'de', 1),
     ('c-sabine', 'p-sabine', 'office', 'whatsapp', '4915100000002', 'agent', 'de', 1),
     ('c-job', NULL, 'office', 'link:field', 'JOB-789-001', 'agent', 'de', 1),
     ('c-draft', NULL, 'office', 'console', 'draft:c-anneliese:u-olga', 'agent', 'de', 1)",
    "INSERT INTO thread (conversation_id, kind, hidden, status, unread, customer_id, linked, last_id, last_ms, created_ms) VALUES
     ('c-anneliese', 'whatsapp', 0, 'open', 1, '789', 'house', 'm-3', 1, 1)",
    "INSERT INTO inbox (id, channel, external, lane, body, state, due_ms, fence, attempts, received_ms) VALUES
     ('i-1', 'whatsapp', 'wamid.gregor1', 'whatsapp:4915100000001', '{\"inbound\":\"message\",\"id\":null,\"from\":{\"channel\":\"whatsapp\",\"external\":\"4915100000001\"},\"identities\":[{\"kind\":\"phone\",\"value\":\"4915100000001\"}],\"profile_name\":\"Gregor Blitz\",\"parts\":[{\"type\":\"text\",\"text\":\"Muffenverdreher getauscht\"}],\"quotes\":null,\"sent_at\":1}', 'done', 5, 1, 1, 1),
     ('i-2', 'whatsapp', 'wamid.status1', 'whatsapp:status:wamid.out1', '{\"inbound\":\"status\",\"outbox\":\"o-1\",\"external\":\"wamid.out1\",\"state\":\"read\",\"reason\":null,\"at\":1}', 'done', 5, 1, 1, 1),
     ('i-3', 'whatsapp', 'wamid.anneliese1', 'whatsapp:4915112345678', '{\"inbound\":\"message\",\"id\":null,\"from\":{\"channel\":\"whatsapp\",\"external\":\"4915112345678\"},\"identities\":[],\"profile_name\":\"Anneliese\",\"parts\":[{\"type\":\"text\",\"text\":\"Zwiebelfisch\"}],\"quotes\":null,\"sent_at\":1}', 'done', 5, 1, 1, 1),
     ('i-4', 'link:field', 'JOB-789-001', 'JOB-789-001', '{\"inbound\":\"job\",\"job\":\"JOB-789-001\",\"work\":\"Muffenverdreher getauscht\"}', 'done', 5, 1, 1, 1)",
    "INSERT INTO message (id, conversation_id, direction, author, parts, external, client_id, at_ms, received_ms) VALUES
     ('m-1', 'c-gregor', 'in', '{\"kind\":\"contact\",\"id\":\"p-gregor\"}', '[{\"type\":\"text\",\"text\":\"Muffenverdreher getauscht\"},{\"type\":\"media\",\"kind\":\"image\",\"mime\":\"image/png\",\"name\":\"Gregor.png\",\"caption\":null,\"source\":{\"from\":\"file\",\"at\":\"gregor.png\"}}]', 'wamid.gregor1', NULL, 1, 1),
     ('m-2', 'c-gregor', 'out', '{\"kind\":\"agent\",\"id\":\"field\"}', '[{\"type\":\"text\",\"text\":\"Danke, Gregor! Waren Sie bei Anneliese Quast im Mohnblumenweg 7?\"}]', 'wamid.out1', 'key-1', 2, 2),
     ('m-3', 'c-anneliese', 'in', '{\"kind\":\"contact\",\"id\":\"p-anneliese\"}', '[{\"type\":\"text\",\"text\":\"Zwiebelfisch\"}]', 'wamid.anneliese1', NULL, 3, 3),
     ('m-4', 'c-sabine', 'out', '{\"kind\":\"agent\",\"id\":\"office\"}', '[{\"type\":\"text\",\"text\":\"Gregor Blitz: Muffenverdreher getauscht bei Quast\"}]', 'wamid.out2', NULL, 4, 4),
     ('m-5', 'c-sabine', 'in', '{\"kind\":\"contact\",\"id\":\"p-sabine\"}', '[{\"type\":\"text\",\"text\":\"Ruf GREGOR an: +49 151 00000001, nicht Blitzer. Frau Quast: 0151/1234 5678, quast@example.org\"}]', 'wamid.sabine1', NULL, 5, 5),
     ('m-6', 'c-job', 'internal', '{\"kind\":\"peer\",\"id\":\"field\"}', '[{\"type\":\"text\",\"text\":\"Muffenverdreher getauscht, Mohnblumenweg 7, Gregor\"}]', NULL, NULL, 6, 6),
     ('m-7', 'c-draft', 'in', '{\"kind\":\"staff\",\"id\":\"u-olga\"}', '[{\"type\":\"text\",\"text\":\"Antwort auf Zwiebelfisch\"}]', NULL, NULL, 7, 7)",
    "INSERT INTO turn (id, conversation_id, agent, state, due_ms, flush_ms, owner_version, machine, created_ms) VALUES
     ('t-1', 'c-gregor', 'field', 'done', 1, 1, 0, '{\"version\":1,\"said\":\"Muffenverdreher getauscht\"}', 1),
     ('t-2', 'c-job', 'office', 'done', 1, 1, 0, '{\"version\":1,\"said\":\"Muffenverdreher getauscht, Gregor\"}', 1),
     ('t-3', 'c-sabine', 'office', 'done', 1, 1, 0, '{\"version\":1,\"said\":\"Gregor, 4915100000001, Quast\"}', 1)",
    "INSERT INTO journal (turn_id, key, seq, kind, name, effect, request, state, result, started_ms) VALUES
     ('t-1', 'k-1', 1, 'tool', 'find_customer', 'pure', '{\"customer_name\":\"Quast\"}', 'done', '{\"full_name\":\"Anneliese Quast\",\"full_address\":\"Mohnblumenweg 7, Berlin\"}', 1),
     ('t-2', 'k-1', 1, 'tool', 'create_invoice', 'keyed', '{\"job_id\":\"JOB-789-001\"}', 'done', '{\"note\":\"{\\\"technician\\\":\\\"Gregor Blitz\\\"}\"}', 1),
     ('t-3', 'k-1', 1, 'model', 'offline', 'pure', '{\"heard\":\"Gregor Blitz fragt nach Quast\"}', 'done', NULL, 1)",
    "INSERT INTO outbox (id, key, conversation_id, channel, external, content, speaker, turn_id, message_id, state, due_ms, fence,
                         provider_id, created_ms, updated_ms) VALUES
     ('o-1', 'turn:t-1', 'c-gregor', 'whatsapp', '4915100000001', '{\"content\":\"text\",\"text\":\"Danke, Gregor!\"}', 'field', 't-1', 'm-2', 'read', 1, 1, 'wamid.out1', 1, 1),
     ('o-2', 'question:q-1', 'c-sabine', 'whatsapp', '4915100000002', '{\"content\":\"text\",\"text\":\"Gregor Blitz: Muffenverdreher getauscht bei Quast\"}', 'office', 't-2', 'm-4', 'read', 1, 1, 'wamid.out2', 1, 1),
     ('o-3', 'turn:t-3', 'c-sabine', 'whatsapp', '4915100000002', '{\"content\":\"text\",\"text\":\"Gregor ist informiert\"}', 'office', 't-3', NULL, 'read', 1, 1, 'wamid.out3', 1, 1)",
    "INSERT INTO question (id, turn_id, call_id, agent, purpose, job_id, fingerprint, body, state, asked_ms, expires_ms, answer, spent)
     VALUES ('q-1', 't-2', 'k-1', 'office', '{\"purpose\":\"approval\",\"tool\":\"create_invoice\",\"facts\":{\"technician\":\"Gregor Blitz\",\"customer\":\"Anneliese Quast\",\"work\":\"Muffenverdreher getauscht\"}}',
             'JOB-789-001', 'print', 'Gregor Blitz bei Quast', 'answered', 1, 2,
             '{\"value\":\"approve\",\"text\":\"ja, Gregor\",\"by\":\"p-sabine\",\"by_name\":\"Sabine Kurz\",\"at\":1}', 1)",
    "INSERT INTO asked (question_id, conversation_id, contact_id, outbox_id, body, choices)
     VALUES ('q-1', 'c-sabine', 'p-sabine', 'o-2', 'Gregor Blitz bei Anneliese Quast: Muffenverdreher getauscht', '[]')",
    "INSERT INTO handoff (agent, job_id, conversation_id, customer_id, report, fingerprint, state, note, created_ms, updated_ms)
     VALUES ('field', 'JOB-789-001', 'c-gregor', '789', '{\"job_id\":\"JOB-789-001\",\"technician\":\"Gregor Blitz\",\"customer_id\":\"789\",\"location\":\"Mohnblumenweg 7\",\"work_done\":\"Muffenverdreher getauscht\",\"hours_worked\":1.5,\"materials_used\":[],\"status\":\"validated_by_technician\"}', 'f', 'accepted', 'an Gregor', 1, 1)",
    "INSERT INTO job (id, peer, customer_id, report, fingerprint, revision, state, decisions, note, conversation_id, created_ms, updated_ms)
     VALUES ('JOB-789-001', 'field', '789', '{\"job_id\":\"JOB-789-001\",\"technician\":\"Gregor Blitz\",\"customer_id\":\"789\",\"location\":\"Mohnblumenweg 7\",\"work_done\":\"Muffenverdreher getauscht\",\"hours_worked\":1.5,\"materials_used\":[],\"status\":\"validated_by_technician\"}', 'f', 1, 'received', '{}', 'Quast zahlt', 'c-job', 1, 1)",
    "INSERT INTO note (id, conversation_id, author, body, created_ms, updated_ms) VALUES
     ('n-1', 'c-anneliese', 'u-olga', 'Zwiebelfisch!', 1, 1), ('n-2', 'c-sabine', 'u-olga', 'Blitz und Quast: anrufen', 1, 1)",
    "INSERT INTO todo (id, conversation_id, title, created_by, created_ms, updated_ms) VALUES
     ('d-1', NULL, 'Frau Quast zurückrufen, Gregor fragen', 'u-olga', 1, 1), ('d-2', 'c-gregor', 'Gregor', 'u-olga', 1, 1)",
    "INSERT INTO label (conversation_id, name) VALUES ('c-anneliese', 'zwiebelfisch')",
    "INSERT INTO visit (id, title, customer_id, contact_id, starts_ms, ends_ms, state, created_by, created_ms)
     VALUES ('v-1', 'Gregor bei Quast', '789', 'p-gregor', 1, 2, 'planned', 'u-olga', 1)",
    "INSERT INTO call (id, source, external, direction, state, number, line, contact_id, started_ms, note, media, created_ms, updated_ms) VALUES
     ('l-1', 'telephony', 'pbx-4915100000001-1', 'in', 'ended', '4915100000001', '4930555', 'p-gregor', 1, 'Muffenverdreher bestellt', NULL, 1, 1),
     ('l-2', 'telephony', 'pbx-2', 'in', 'missed', '4915100000001', '4930555', NULL, 1, '', NULL, 1, 1),
     ('l-3', 'staff', NULL, 'out', 'ended', '4930999', '', 'p-sabine', 1, 'wegen Gregor Blitz', NULL, 1, 1)",
    "INSERT INTO command (user_id, id, kind, body, conversation_id, state, result, created_ms) VALUES
     ('u-olga', 'k-1', 'words', '{\"text\":\"Was macht Gregor Blitz?\"}', NULL, 'answered', '{\"text\":\"Er war bei Quast\"}', 1)",
    "INSERT INTO contact_merge (id, from_id, into_id, moved, by_user, at_ms)
     VALUES ('x-1', 'p-old', 'p-gregor', '{\"identities\":[[\"phone\",\"4915100000001\"]]}', 'u-olga', 1)",
    "INSERT INTO pace (channel, external, full_us, last_ms) VALUES ('whatsapp', '4915100000001', 1, 1)",
    "INSERT INTO upload (id, user_id, mime, name, bytes, path, sha256, created_ms)
     VALUES ('y-1', 'u-gregor', 'image/png', 'Blitz.png', 1, 'upload.png', 'x', 1)",
    "INSERT INTO submission (user_id, key, digest, message_id, at_ms) VALUES ('u-olga', 's-1', 'd', 'm-2', 1)",
    "INSERT INTO setting (key, value) VALUES ('console:turns.gather_ms', '{\"text\":\"1\",\"at\":1,\"by\":\"Gregor Blitz\"}')",
    "INSERT INTO event (kind, conversation_id, body, at_ms) VALUES ('message', 'c-gregor', '{\"message\":\"m-1\"}', 1)",
];

/// The job is billed: from now on nothing of it is open.
pub const BILLED: &[&str] = &[
    "UPDATE job SET state = 'invoiced', invoice_id = 'RE-2026-0001'",
    "UPDATE handoff SET state = 'completed', invoice_id = 'RE-2026-0001'",
    "INSERT INTO invoice (id, year, number, cancels, job_id, customer_id, body, net_cents, vat_cents, gross_cents, currency,
                          state, approved_by, created_ms)
     VALUES ('RE-2026-0001', 2026, 1, '', 'JOB-789-001', '789', '{\"customer\":\"Anneliese Quast, Mohnblumenweg 7\",\"technician\":\"Gregor Blitz\",\"done\":\"Muffenverdreher getauscht\"}', 1, 1, 2, 'EUR', 'open', 'Sabine Kurz', 1)",
    "INSERT INTO invoice_number (year, last) VALUES (2026, 1)",
];

pub async fn change(store: &Store, statements: &'static [&'static str]) {
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

/// Every text of every table but the invoices, as `table: text`.
async fn dump(config: &Config) -> Vec<String> {
    match config.url.strip_prefix("sqlite://") {
        Some(file) => dump_file(file),
        None => dump_server(&config.url).await,
    }
}

fn dump_file(file: &str) -> Vec<String> {
    let db = rusqlite::Connection::open(file).unwrap();
    let tables: Vec<String> = db
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'message_words%' AND name <> 'invoice'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut texts = Vec::new();
    for table in tables {
        let mut all = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = all.column_count();
        let mut rows = all.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for at in 0..columns {
                if let Ok(text) = row.get::<_, String>(at) {
                    texts.push(format!("{table}: {text}"));
                }
            }
        }
    }
    texts
}

async fn dump_server(url: &str) -> Vec<String> {
    let (db, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let tables =
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'invoice'";
    let mut texts = Vec::new();
    for table in db.query(tables, &[]).await.unwrap() {
        let table: String = table.get(0);
        for row in db.query(&format!("SELECT t::text AS row FROM {table} t"), &[]).await.unwrap() {
            texts.push(format!("{table}: {}", row.get::<_, String>("row")));
        }
    }
    texts
}

pub async fn left(config: &Config, traces: &[&str]) -> BTreeSet<String> {
    let all = dump(config).await;
    assert!(all.len() > 20, "a dump that holds nothing proves nothing");
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let holds = |text: &str, trace: &str| {
        text.to_lowercase().contains(&trace.to_lowercase())
            || (trace.len() > 8
                && trace.bytes().all(|b| b.is_ascii_digit())
                && digits(text).contains(&trace[2..]))
    };
    all.into_iter().filter(|text| traces.iter().any(|trace| holds(text, trace))).collect()
}

pub async fn erase_now(db: &Db, id: &str, removed: &mut Vec<String>) -> erase::Kept {
    let subject = rights::subject(&mut db.store.reader(), &ContactId::from(id)).await.unwrap().unwrap();
    let order = erase::Order { actor: "house".to_owned(), now: NOW };
    let remove = |path: &str| {
        removed.push(path.to_owned());
        Ok::<_, Error>(())
    };
    erase::all_of(&db.store, &db.ids, &subject, &order, remove).await.unwrap().unwrap()
}

/// Somebody may be held between the look at what is theirs and the first change.
#[tokio::test]
async fn a_hold_that_came_a_moment_ago_stops_the_erasure_before_its_first_change() {
    on_each("rights_held", |db| async move {
        furnish(&db).await;
        change(&db.store, BILLED).await;
        let gregor = rights::subject(&mut db.store.reader(), &"p-gregor".into()).await.unwrap().unwrap();
        let set = |on: bool| {
            db.store
                .write(move |tx| Box::pin(async move { hold::set(tx, &"p-gregor".into(), on, NOW).await }))
        };
        assert!(set(true).await.unwrap());
        let before = left(&db.config, &["gregor", "Muffenverdreher"]).await.len();
        let order = erase::Order { actor: "house".to_owned(), now: NOW };
        let remove = |path: &str| -> Result<(), Error> { panic!("{path} was taken away") };
        let kept = erase::all_of(&db.store, &db.ids, &gregor, &order, remove).await.unwrap();
        assert!(kept.is_none());
        assert_eq!(left(&db.config, &["gregor", "Muffenverdreher"]).await.len(), before);
        let stones = tombstone::of(&mut db.store.reader(), &gregor.identities).await.unwrap();
        assert_eq!(stones, None, "and nobody counts as erased");
        assert!(set(false).await.unwrap());
        erase_now(&db, "p-gregor", &mut Vec::new()).await;
    })
    .await;
}

pub async fn assert_sound(store: &Store) {
    assert_eq!(findings(store, Look { at_rest: Some(NOW), ..Look::default() }).await.unwrap(), []);
}

pub async fn furnish(db: &Db) {
    change(&db.store, HOUSE).await;
    approved(db, "q-1").await;
    while search::fill(&db.store, NOW).await.unwrap() > 0 {}
}

/// Somebody of the office approved it, and it ran.
pub async fn approved(db: &Db, question: &'static str) {
    for action in ["approved", "ran_approved"] {
        let entry = Entry {
            actor: "p-sabine".to_owned(),
            action,
            subject: question.to_owned(),
            digest: "print".to_owned(),
        };
        db.store
            .write(move |tx| Box::pin(async move { audit::append(tx, &entry, NOW).await }))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn an_open_job_is_named_and_then_the_technician_goes_and_the_customer_after_him() {
    on_each("rights_erase", |db| async move {
        furnish(&db).await;
        let gregor = rights::subject(&mut db.store.reader(), &"p-gregor".into()).await.unwrap().unwrap();
        let open = open::all_of(&mut db.store.reader(), &gregor).await.unwrap();
        assert_eq!(open, [open::Open::Job("JOB-789-001".to_owned())]);
        change(&db.store, BILLED).await;
        assert_sound(&db.store).await;
        assert_eq!(open::all_of(&mut db.store.reader(), &gregor).await.unwrap(), []);

        let traces = [
            "gregor",
            "blitz\"",
            "blitz ",
            "4915100000001",
            "Muffenverdreher",
            "wamid.gregor1",
            "wamid.out1",
        ];
        assert!(left(&db.config, &traces).await.len() > 20, "the house is full of him");
        let mut removed = Vec::new();
        let kept = erase_now(&db, "p-gregor", &mut removed).await;
        assert_eq!(kept.invoices, ["RE-2026-0001"]);
        removed.sort_unstable();
        assert_eq!(removed, ["gregor.png", "upload.png"]);
        // Ids of this story hold his name; the program's own hold none.
        let ids = ["p-gregor", "c-gregor", "u-gregor"];
        let mut rest = BTreeSet::new();
        for text in left(&db.config, &traces).await {
            let text = ids.iter().fold(text, |text, id| text.replace(id, "id"));
            if text.to_lowercase().contains("gregor")
                || traces.iter().skip(1).any(|trace| text.contains(trace))
            {
                rest.insert(text);
            }
        }
        assert_eq!(rest, BTreeSet::new());
        assert_sound(&db.store).await;
        let others = left(&db.config, &["Blitzer", "Sabine Kurz", "Anneliese Quast"]).await;
        assert!(others.len() >= 4, "others stay: {others:?}");

        let mut removed = Vec::new();
        erase_now(&db, "p-anneliese", &mut removed).await;
        let traces = ["quast", "4915112345678", "Mohnblumenweg", "Zwiebelfisch", "wamid.anneliese1"];
        let rest = left(&db.config, &traces).await;
        assert_eq!(rest, BTreeSet::new());
        assert_sound(&db.store).await;
        // Again is no mistake.
        erase_now(&db, "p-anneliese", &mut Vec::new()).await;
        assert_sound(&db.store).await;
        in_the_file(&db.config, &["Muffenverdreher", "Zwiebelfisch", "4915112345678"]);
        nobody_returns(&db).await;
    })
    .await;
}

/// What was deleted is not in the file either, beside the invoice that stays.
fn in_the_file(config: &Config, traces: &[&str]) {
    let Some(file) = config.url.strip_prefix("sqlite://") else { return };
    for file in [file.to_owned(), format!("{file}-wal")] {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        for trace in traces {
            let found = text.matches(trace).count();
            let allowed = usize::from(*trace == "Muffenverdreher");
            assert!(found <= allowed, "{trace} stands {found} times in {file}");
        }
    }
}

async fn nobody_returns(db: &Db) {
    let mut tx = db.store.reader();
    let known = [Identity::phone("4915100000001")];
    assert_eq!(contact::find(&mut tx, &known).await.unwrap(), None);
    assert_eq!(tombstone::of(&mut tx, &known).await.unwrap(), Some(NOW));
    assert_eq!(tombstone::of(&mut tx, &[Identity::phone("4915100000002")]).await.unwrap(), None);
    assert_eq!(tombstone::of_customer(&mut tx, &"789".into()).await.unwrap(), Some(NOW));
    assert_eq!(tombstone::of_customer(&mut tx, &"790".into()).await.unwrap(), None);
    let gone = contact::get(&mut tx, &"p-gregor".into()).await.unwrap().unwrap();
    assert_eq!((gone.name.as_str(), gone.roles.as_slice()), (rights::NOBODY, &[][..]));
    assert!(contact::holders(&mut tx, Role::Technician).await.unwrap().is_empty());
    let identity = known[0].clone();
    db.store.write(move |tx| Box::pin(async move { tombstone::lift(tx, &identity).await })).await.unwrap();
    assert_eq!(tombstone::of(&mut tx, &known).await.unwrap(), None, "registered anew by hand");
}

#[tokio::test]
async fn an_export_holds_what_is_kept_and_nothing_of_others() {
    on_each("rights_export", |db| async move {
        furnish(&db).await;
        let mut tx = db.store.reader();
        let subject = rights::subject(&mut tx, &"p-anneliese".into()).await.unwrap().unwrap();
        let documents = export::documents(&mut tx, &subject).await.unwrap();
        let of = |name: &str| documents.iter().find(|(known, _)| *known == name).unwrap().1.clone();
        assert_eq!(of("contacts.json")[0]["name"], "Anneliese Quast");
        assert_eq!(of("identities.json")[0]["value"], "4915112345678");
        assert_eq!(of("customers.json")[0]["email"], "quast@example.org");
        assert_eq!(of("notes.json")[0]["body"], "Zwiebelfisch!");
        assert_eq!(of("jobs_as_customer.json")[0]["report"]["location"], "Mohnblumenweg 7");
        let page = export::messages(&mut tx, &subject, 0).await.unwrap();
        let said: Vec<&Value> = page.messages.iter().map(|message| &message["id"]).collect();
        assert!(said.contains(&&Value::from("m-3")) && !said.contains(&&Value::from("m-1")), "{said:?}");
        assert!(export::messages(&mut tx, &subject, page.after).await.unwrap().messages.is_empty());
        let technician = rights::subject(&mut tx, &"p-gregor".into()).await.unwrap().unwrap();
        assert_eq!(export::messages(&mut tx, &technician, 0).await.unwrap().files, ["gregor.png"]);
        assert_eq!(rights::subject(&mut tx, &"nobody".into()).await.unwrap(), None);
    })
    .await;
}
