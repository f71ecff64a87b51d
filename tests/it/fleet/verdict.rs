//! What must hold once a fleet has come to rest, by three witnesses: the checker over the database, the rows themselves, and
//! the journals of the world outside.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
};

use bench::{people, webhook};
use domain::clock::{Clock as _, SystemClock};
use store::{
    Store,
    check::{self, Look},
    db::{Row, Val},
};

use super::{
    graph::Accepted,
    outside::Outside,
    people::{Said, steady},
};

/// What a row of the outbox says once it was given up because nobody can tell whether it was sent.
const GIVEN_UP: &str = "no status within";

/// What was seen. The first four must be zero.
#[derive(Debug, Default)]
pub struct Figures {
    /// Messages without a reply, and jobs without an invoice.
    pub lost: usize,
    /// Replies and invoices beyond the first; words that the provider took twice.
    pub doubled: usize,
    /// Replies before an earlier one to the same person.
    pub reordered: usize,
    /// Whatever else is wrong, a sentence each.
    pub wrong: Vec<String>,
    pub messages: usize,
    pub jobs: usize,
    /// Replies of which it is not known whether they were sent, left to staff and seen in `queue dead`; the provider never
    /// had them.
    pub left_to_staff: usize,
    /// Questions that were sent again because no status came: the same question, the same options.
    pub asked_again: usize,
}

/// A row of the outbox to a person.
struct Sent {
    id: String,
    to: String,
    turn: String,
    content: String,
    state: String,
    reason: String,
}

async fn rows(store: &Store, sql: &'static str) -> Vec<Row> {
    store.reader().rows(sql, Vec::<Val>::new()).await.unwrap()
}

async fn count(store: &Store, sql: &'static str) -> usize {
    usize::try_from(rows(store, sql).await[0].get::<i64>("n").unwrap()).unwrap()
}

async fn outbox(store: &Store) -> Vec<Sent> {
    let sql = "SELECT id, external, COALESCE(turn_id, '') AS turn, content, state, COALESCE(reason, '') AS reason FROM outbox
               WHERE channel = 'whatsapp' ORDER BY seq";
    let read = |row: &Row| Sent {
        id: row.get("id").unwrap(),
        to: row.get("external").unwrap(),
        turn: row.get("turn").unwrap(),
        content: row.get("content").unwrap(),
        state: row.get("state").unwrap(),
        reason: row.get("reason").unwrap(),
    };
    rows(store, sql).await.iter().map(read).collect()
}

pub async fn look(store: &Store, outside: &Outside, said: &Said) -> Figures {
    let mut figures = Figures::default();
    let look = Look { at_rest: Some(SystemClock.now()), ..Look::default() };
    for finding in check::findings(store, look).await.unwrap() {
        figures.wrong.push(format!("{finding:?}"));
    }
    let (outbox, accepted) = (outbox(store).await, outside.graph.accepted(0));
    deliveries(&mut figures, &outbox, &accepted);
    replies(&mut figures, &outbox, &accepted, said);
    order(&mut figures, store, &outbox, &accepted).await;
    jobs(&mut figures, store, said).await;
    for (what, sql) in [
        ("arrivals are dead", "SELECT COUNT(*) AS n FROM inbox WHERE state = 'dead'"),
        ("turns failed", "SELECT COUNT(*) AS n FROM turn WHERE state = 'failed'"),
        ("conversations are held", "SELECT COUNT(*) AS n FROM conversation WHERE lease_ms > 0"),
    ] {
        let number = count(store, sql).await;
        if number > 0 {
            figures.wrong.push(format!("{number} {what}"));
        }
    }
    figures
}

/// Each row against what the provider took under its id.
fn deliveries(figures: &mut Figures, outbox: &[Sent], accepted: &[Accepted]) {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    accepted.iter().for_each(|one| *times.entry(&one.key).or_default() += 1);
    for row in outbox {
        let times = times.remove(row.id.as_str()).unwrap_or(0);
        let is_question = row.content.contains("\"content\":\"question\"");
        match (row.state.as_str(), times) {
            ("sent" | "delivered", 1) => {}
            ("sent" | "delivered", again) if again > 1 && is_question => figures.asked_again += again - 1,
            ("failed", 0) if row.reason.starts_with(GIVEN_UP) && !is_question => figures.left_to_staff += 1,
            (_, more) if more > 1 => figures.doubled += more - 1,
            (state, times) => {
                let (id, why) = (&row.id, &row.reason);
                figures.wrong.push(format!("{id} is {state} ({why}) and was taken {times} times"));
            }
        }
    }
    if !times.is_empty() {
        figures.wrong.push(format!("sent, and not in the outbox: {times:?}"));
    }
}

/// Each message of a talker has one reply: one row, taken once, or left to staff.
fn replies(figures: &mut Figures, outbox: &[Sent], accepted: &[Accepted], said: &Said) {
    let mut replied: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    let marks = accepted.iter().filter_map(|one| webhook::marked(&one.text));
    marks.for_each(|mark| *replied.entry(mark).or_default() += 1);
    let left = outbox.iter().filter(|row| row.state == "failed" && row.reason.starts_with(GIVEN_UP));
    let left: BTreeSet<(u32, u32)> = left.filter_map(|row| webhook::marked(&row.content)).collect();
    for (talker, number) in said.messages.iter().enumerate() {
        for message in 0..number.load(Ordering::SeqCst) {
            let mark = (u32::try_from(talker).unwrap(), message);
            figures.messages += 1;
            match replied.get(&mark).copied().unwrap_or(0) {
                0 if left.contains(&mark) => {}
                0 => {
                    figures.lost += 1;
                    figures.wrong.push(format!("message {mark:?} has no reply"));
                }
                times => figures.doubled += times - 1,
            }
        }
    }
}

/// To each person the words went in the order in which they were queued, and talk was answered in the order in which it was
/// taken in; those who wait until a message is taken are answered in the order in which they spoke. The clerk is asked by
/// many jobs at once, and has an order of words in each of them alone.
async fn order(figures: &mut Figures, store: &Store, outbox: &[Sent], accepted: &[Accepted]) {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    outbox.iter().enumerate().for_each(|(place, row)| {
        places.insert(&row.id, place);
    });
    let mut first = BTreeSet::new();
    let mut heard: BTreeMap<(&str, &str), Vec<&Accepted>> = BTreeMap::new();
    for one in accepted.iter().filter(|one| first.insert(one.key.clone())) {
        let turn = places.get(one.key.as_str()).map_or("", |place| outbox[*place].turn.as_str());
        heard.entry((&one.to, if one.to == people::CLERK { turn } else { "" })).or_default().push(one);
    }
    let sql = "SELECT external FROM message WHERE external LIKE 'wamid.talk%' ORDER BY seq";
    let taken: Vec<String> =
        rows(store, sql).await.iter().map(|row| row.get::<String>("external").unwrap()).collect();
    // What the house tells the clerk of many jobs is no turn's.
    heard.remove(&(people::CLERK, ""));
    for ((to, _), words) in &heard {
        let queued: Vec<_> = words.iter().filter_map(|one| places.get(one.key.as_str())).collect();
        figures.reordered += queued.windows(2).filter(|two| two[1] < two[0]).count();
        let marks: Vec<(u32, u32)> = words.iter().filter_map(|one| webhook::marked(&one.text)).collect();
        let Some((talker, _)) = marks.first().copied() else { continue };
        assert_eq!(*to, people::phone(talker), "somebody was told what is another's");
        let name = |mark: &(u32, u32)| format!("wamid.talk{:04}x{:06}", mark.0, mark.1);
        let answered: Vec<String> = marks.iter().map(name).collect();
        let as_taken: Vec<&String> = taken.iter().filter(|one| answered.contains(one)).collect();
        if answered.iter().collect::<Vec<_>>() != as_taken {
            figures.wrong.push(format!("{talker} was answered {answered:?}, and had spoken {as_taken:?}"));
        }
        if steady(talker) {
            figures.reordered += marks.windows(2).filter(|two| two[1] < two[0]).count();
        }
    }
    if outbox.iter().any(|row| row.to.is_empty()) {
        figures.wrong.push("a row to nobody".to_owned());
    }
}

/// Each job that was reported has one invoice, approved by one press.
async fn jobs(figures: &mut Figures, store: &Store, said: &Said) {
    let invoiced = rows(store, "SELECT customer_id FROM job WHERE state = 'invoiced' ORDER BY id").await;
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for row in &invoiced {
        *times.entry(row.get("customer_id").unwrap()).or_default() += 1;
    }
    let invoices = count(store, "SELECT COUNT(*) AS n FROM invoice").await;
    figures.doubled += invoices.saturating_sub(invoiced.len());
    for customer in said.reported.lock().unwrap().iter() {
        figures.jobs += 1;
        match times.remove(&customer.to_string()).unwrap_or(0) {
            0 => {
                figures.lost += 1;
                figures.wrong.push(format!("the job of customer {customer} has no invoice"));
            }
            more => figures.doubled += more - 1,
        }
    }
    if !times.is_empty() {
        figures.wrong.push(format!("invoices nobody reported: {times:?}"));
    }
}
