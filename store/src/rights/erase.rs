//! Taking a person's words and identities away, in steps that may be repeated: what fails in between is done by the next
//! call. Ids, times, states, tokens and money stay; invoices stay as they were written.

use std::collections::HashSet;

use domain::{
    clock::Millis,
    id::{ConversationId, CustomerId, Ids},
    job::JobReport,
};
use serde_json::json;

use super::{
    ERASED, MOST, NOBODY, Subject, Who, all, calls, customers, hold, open, own,
    sweep::{self, Words},
    tombstone,
};
use crate::{Error, Store, Tx, among, args, audit, db::among::texts, event, inbox::to_json, setting, user};

/// Shorter marks, and the words that the house itself uses for addresses, are too common to look for.
const LEAST_MARK: usize = 5;
const COMMON: [&str; 4] = ["technician", "office", "field", "customer"];

/// Who asked for it, with what.
#[derive(Clone, Debug)]
pub struct Order {
    /// As the audit log names them.
    pub actor: String,
    pub now: Millis,
}

/// What stays of a person, and why it may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Bookkeeping documents, as they were written.
    pub invoices: Vec<String>,
    /// Jobs that are still open: with what their bill will need.
    pub open_jobs: Vec<String>,
    /// The person's own records as customers that an open job still needs.
    pub open_customers: Vec<CustomerId>,
    /// Customers whom they were linked to, and who are others.
    pub customers: Vec<CustomerId>,
}

/// What goes, put together before anything does.
struct Plan {
    /// Theirs, those at them included.
    jobs: Vec<String>,
    closed: Vec<String>,
    /// Their own, and those of settled jobs.
    conversations: Vec<String>,
    /// Cards that asked about settled jobs, by outbox row and message.
    cards: Vec<(String, Option<String>)>,
    search: sweep::Search,
}

/// Erases `subject`; `remove` takes a file away that a message names, before the message forgets it. `None` where a legal hold
/// stands: nothing was changed then.
///
/// # Errors
/// [`Error::Database`], or what `remove` could not do.
pub async fn all_of<E: From<Error>>(
    store: &Store,
    ids: &Ids,
    subject: &Subject,
    order: &Order,
    mut remove: impl FnMut(&str) -> Result<(), E> + Send,
) -> Result<Option<Kept>, E> {
    let now = order.now;
    let (salt, gone) = (ids.token(), subject.clone());
    let begun = store.write(move |tx| Box::pin(async move { begin(tx, &salt, &gone, now).await }));
    if !begun.await? {
        return Ok(None);
    }
    let plan = plan(store, subject).await?;
    let mut marks = own::marks(&mut store.reader(), &plan.conversations).await?;
    marks.extend(subject.addresses.iter().cloned());
    marks.extend(subject.identities.iter().map(|identity| identity.value.clone()));
    marks.extend(plan.closed.iter().cloned());
    marks.retain(|mark| mark.len() >= LEAST_MARK && !COMMON.contains(&mark.as_str()));
    own::arrivals(store, &marks).await?;
    own::messages(store, &plan.conversations, &mut remove).await?;
    calls::forget(store, subject, &mut remove).await?;
    own::rest(store, &plan.conversations, now).await?;
    jobs(store, subject, &plan).await?;
    sweep::all(store, &plan.search).await?;
    for path in uploads(store, subject).await? {
        remove(&path)?;
    }
    let left = left(&mut store.reader(), subject).await?;
    let (gone, asked, mut settled) = (subject.clone(), order.clone(), subject.customers.clone());
    settled.retain(|id| !left.open_customers.contains(id));
    let done = store.write(move |tx| Box::pin(async move { person(tx, &gone, &settled, &asked).await }));
    done.await?;
    // What came in meanwhile.
    own::arrivals(store, &marks).await?;
    own::messages(store, &plan.conversations, &mut remove).await?;
    calls::forget(store, subject, &mut remove).await?;
    own::rest(store, &plan.conversations, now).await?;
    store.compact().await?;
    Ok(Some(Kept { invoices: invoices(&mut store.reader(), subject, &plan.jobs).await?, ..left }))
}

/// What would stay of `subject`, were they erased now. Changes nothing.
///
/// # Errors
/// [`Error::Database`].
pub async fn left(tx: &mut Tx, subject: &Subject) -> Result<Kept, Error> {
    let jobs = jobs_of(tx, subject).await?;
    Ok(Kept {
        open_customers: open_customers(tx, subject).await?,
        invoices: invoices(tx, subject, &jobs).await?,
        open_jobs: open::jobs(tx, subject).await?,
        customers: subject.linked.clone(),
    })
}

/// First of all: from now on nothing that is on its way brings them back. `false` where a hold forbids it, which may have been
/// set a moment ago.
async fn begin(tx: &mut Tx, salt: &str, subject: &Subject, now: Millis) -> Result<bool, Error> {
    if hold::covers(tx, subject).await? {
        return Ok(false);
    }
    tombstone::ready(tx, salt).await?;
    for identity in &subject.identities {
        tombstone::person(tx, identity, now).await?;
    }
    for user in &subject.users {
        user::remove(tx, user, now).await?;
    }
    Ok(true)
}

async fn plan(store: &Store, subject: &Subject) -> Result<Plan, Error> {
    let mut tx = store.reader();
    let (open, jobs) = (open::jobs(&mut tx, subject).await?, jobs_of(&mut tx, subject).await?);
    let closed: Vec<String> = jobs.iter().filter(|job| !open.contains(job)).cloned().collect();
    let talks = |jobs: &[String]| args![all(jobs), MOST];
    let of_jobs = among!(
        tx,
        "SELECT id FROM conversation WHERE channel LIKE 'link:%' AND external",
        "$1",
        " ORDER BY id LIMIT $2"
    );
    let mut conversations = subject.conversations.clone();
    conversations.extend(texts(&tx.rows(of_jobs, talks(&closed)).await?, "id")?);
    let sql = among!(
        tx,
        "SELECT o.id, o.message_id FROM outbox o JOIN asked a ON a.outbox_id = o.id
         JOIN question q ON q.id = a.question_id WHERE q.job_id",
        "$1",
        " ORDER BY o.id LIMIT $2"
    );
    let mut cards = Vec::new();
    for row in tx.rows(sql, args![all(&jobs), MOST]).await? {
        cards.push((row.get::<String>("id")?, row.get::<Option<String>>("message_id")?));
    }
    let mut words = words(&mut tx, subject, &jobs).await?;
    words.places.extend(texts(&tx.rows(of_jobs, talks(&jobs)).await?, "id")?);
    for (outbox, message) in &cards {
        words.places.extend([Some(outbox.clone()), message.clone()].into_iter().flatten());
    }
    let search = sweep::search_for(store, subject, words).await?;
    Ok(Plan { jobs, closed, conversations, cards, search })
}

/// The jobs that they handed in, and those at them.
async fn jobs_of(tx: &mut Tx, subject: &Subject) -> Result<Vec<String>, Error> {
    let mut jobs = subject.jobs.clone();
    let at = customers(&subject.customers);
    for sql in [
        among!(tx, "SELECT id FROM job WHERE customer_id", "$1", " ORDER BY id LIMIT $2"),
        among!(tx, "SELECT job_id AS id FROM handoff WHERE customer_id", "$1", " ORDER BY job_id LIMIT $2"),
    ] {
        jobs.extend(texts(&tx.rows(sql, args![&at, MOST]).await?, "id")?);
    }
    jobs.sort_unstable();
    jobs.dedup();
    Ok(jobs)
}

/// What may stand of them in the texts of others.
async fn words(tx: &mut Tx, subject: &Subject, jobs: &[String]) -> Result<Words, Error> {
    let mut words = Words { names: subject.names.clone(), ..Words::default() };
    let sql = among!(tx, "SELECT name, street, phone, email FROM customer WHERE id", "$1", " LIMIT $2");
    for row in tx.rows(sql, args![customers(&subject.customers), MOST]).await? {
        let text = |column| row.get::<String>(column);
        words.customers.push(text("name")?);
        words.phrases.push(text("street")?);
        words.numbers.push(text("phone")?);
        words.exact.push(text("email")?);
    }
    words.customers.retain(|name| name != NOBODY);
    words.places.extend(jobs.iter().cloned());
    words.places.extend(subject.customers.iter().map(|id| id.0.clone()));
    let sql = among!(tx, "SELECT report FROM handoff WHERE job_id", "$1", " ORDER BY job_id LIMIT $2");
    for row in tx.rows(sql, args![all(&subject.jobs), MOST]).await? {
        words.told.extend(row.json::<JobReport>("report").map(|report| report.work_done));
    }
    Ok(words)
}

/// The person's reports, a job a transaction, and the cards that asked about them.
async fn jobs(store: &Store, subject: &Subject, plan: &Plan) -> Result<(), Error> {
    for job in &plan.jobs {
        let settled = plan.closed.contains(job);
        let (id, theirs) = (job.clone(), subject.jobs.contains(job));
        store.write(move |tx| Box::pin(async move { report(tx, &id, theirs, settled).await })).await?;
    }
    let closed: HashSet<String> = plan.closed.iter().cloned().collect();
    let (cards, closed) = (plan.cards.clone(), all(&closed.into_iter().collect::<Vec<_>>()));
    store.write(move |tx| Box::pin(async move { forget_cards(tx, &cards, &closed).await })).await
}

/// What a bill still needs stays with an open job.
async fn report(tx: &mut Tx, job: &str, theirs: bool, settled: bool) -> Result<(), Error> {
    for (read, write) in [
        (
            "SELECT agent, report FROM handoff WHERE job_id = $1 LIMIT $2",
            "UPDATE handoff SET report = $3 WHERE job_id = $1 AND agent = $2",
        ),
        (
            "SELECT '' AS agent, report FROM job WHERE id = $1 LIMIT $2",
            "UPDATE job SET report = $3 WHERE id = $1 AND '' = $2",
        ),
    ] {
        for row in tx.rows(read, args![job, MOST]).await? {
            let Ok(mut report) = row.json::<JobReport>("report") else { continue };
            if theirs {
                NOBODY.clone_into(&mut report.technician);
            } else if settled {
                ERASED.clone_into(&mut report.location);
            }
            if settled {
                ERASED.clone_into(&mut report.work_done);
            }
            tx.run(write, args![job, row.get::<String>("agent")?, to_json(&report)]).await?;
        }
    }
    if settled {
        tx.run("UPDATE job SET note = '[erased]' WHERE id = $1 AND note <> ''", args![job]).await?;
        tx.run("UPDATE handoff SET note = '[erased]' WHERE job_id = $1 AND note IS NOT NULL", args![job])
            .await?;
    }
    Ok(())
}

async fn forget_cards(tx: &mut Tx, cards: &[(String, Option<String>)], closed: &str) -> Result<(), Error> {
    let of_closed = among!(tx, "SELECT id FROM question WHERE job_id", "$1", " ORDER BY id LIMIT $2");
    for id in texts(&tx.rows(of_closed, args![closed, MOST]).await?, "id")? {
        for sql in [
            "UPDATE question SET body = '[erased]' WHERE id = $1",
            "UPDATE asked SET body = '[erased]' WHERE question_id = $1",
        ] {
            tx.run(sql, args![&id]).await?;
        }
    }
    let settled = among!(
        tx,
        "SELECT a.outbox_id AS id FROM asked a JOIN question q ON q.id = a.question_id WHERE q.job_id",
        "$1",
        " LIMIT $2"
    );
    let settled: HashSet<String> =
        texts(&tx.rows(settled, args![closed, MOST]).await?, "id")?.into_iter().collect();
    for (outbox, message) in cards.iter().filter(|(outbox, _)| settled.contains(outbox)) {
        let sql = "UPDATE outbox SET content = '{\"content\":\"text\",\"text\":\"[erased]\"}' WHERE id = $1";
        tx.run(sql, args![outbox]).await?;
        if let Some(message) = message {
            own::empty(tx, message).await?;
        }
    }
    Ok(())
}

/// The files that they brought to the console and never sent.
async fn uploads(store: &Store, subject: &Subject) -> Result<Vec<String>, Error> {
    let users: Vec<String> = subject.users.iter().map(|id| id.0.clone()).collect();
    let change = store.write(move |tx| {
        Box::pin(async move {
            let sql = among!(tx, "DELETE FROM upload WHERE user_id", "$1", " RETURNING path");
            texts(&tx.rows(sql, args![all(&users)]).await?, "path")
        })
    });
    change.await
}

/// Their records as customers that a job still needs.
async fn open_customers(tx: &mut Tx, subject: &Subject) -> Result<Vec<CustomerId>, Error> {
    let mut needed = Vec::new();
    for id in &subject.customers {
        let alone = Subject { jobs: Vec::new(), customers: vec![id.clone()], ..subject.clone() };
        if !open::jobs(tx, &alone).await?.is_empty() {
            needed.push(id.clone());
        }
    }
    Ok(needed)
}

/// The person: who writes by one of these identities from now on is a stranger.
async fn person(tx: &mut Tx, subject: &Subject, settled: &[CustomerId], order: &Order) -> Result<(), Error> {
    for id in settled {
        tombstone::customer(tx, id, order.now).await?;
        tx.run(
            "UPDATE customer SET name = $2, folded = $2, street = '', postal_code = '', city = '', phone = '',
               phone_tail = '', email = '' WHERE id = $1",
            args![&id.0, NOBODY],
        )
        .await?;
    }
    for id in &subject.contacts {
        for sql in [
            "DELETE FROM identity WHERE contact_id = $1",
            "UPDATE visit SET contact_id = NULL WHERE contact_id = $1",
            "UPDATE contact_merge SET moved = '{}', undone_ms = COALESCE(undone_ms, at_ms)
             WHERE from_id = $1 OR into_id = $1",
        ] {
            tx.run(sql, args![id]).await?;
        }
        tx.run(
            "UPDATE contact SET name = $2, folded = $2, roles = '', language = NULL, default_agent = NULL WHERE id = $1",
            args![id, NOBODY],
        )
        .await?;
    }
    for id in &subject.users {
        tx.run(
            "UPDATE console_user SET name = $2, subject = 'erased:' || id WHERE id = $1",
            args![&id.0, NOBODY],
        )
        .await?;
    }
    forget_hand(tx, &subject.names).await?;
    for id in &subject.conversations {
        tx.run("UPDATE conversation SET external = 'erased:' || id WHERE id = $1", args![id]).await?;
        let id = ConversationId(id.clone());
        event::put(tx, "conversation", Some(&id), &json!({ "changed": "erased" }), order.now).await?;
    }
    let entry = audit::Entry {
        actor: order.actor.clone(),
        action: match subject.who {
            Who::Contact(_) => "contact_erased",
            Who::Customer(_) => "customer_erased",
        },
        subject: subject.who.subject(),
        digest: String::new(),
    };
    audit::append(tx, &entry, order.now).await
}

/// Settings name who set them.
async fn forget_hand(tx: &mut Tx, names: &[String]) -> Result<(), Error> {
    for (key, value) in setting::below(tx, setting::CONSOLE).await? {
        let Ok(mut kept) = serde_json::from_str::<serde_json::Value>(&value) else { continue };
        let by = kept.get("by").and_then(|by| by.as_str()).unwrap_or_default().to_owned();
        if names.contains(&by) {
            kept["by"] = NOBODY.into();
            setting::put(tx, &key, &kept.to_string()).await?;
        }
    }
    Ok(())
}

async fn invoices(tx: &mut Tx, subject: &Subject, jobs: &[String]) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for (sql, ids) in [
        (among!(tx, "SELECT id FROM invoice WHERE job_id", "$1", " ORDER BY id LIMIT $2"), all(jobs)),
        (
            among!(tx, "SELECT id FROM invoice WHERE customer_id", "$1", " ORDER BY id LIMIT $2"),
            customers(&subject.customers),
        ),
    ] {
        found.extend(texts(&tx.rows(sql, args![ids, MOST]).await?, "id")?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The conversations that are emptied with `subject`: their own, and those of settled jobs.
pub(super) async fn talks(store: &Store, subject: &Subject) -> Result<Vec<String>, Error> {
    Ok(plan(store, subject).await?.conversations)
}
