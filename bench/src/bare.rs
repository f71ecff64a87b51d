//! The two limits, served in a process of their own as the house is: a handler without a disk, and a group commit with
//! nothing around it. As lean as they can be made; whatever the house does beyond this is its overhead.

use std::{
    io::Write as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use bytes::Bytes;
use rusqlite::Connection;
use serde::Deserialize;
use tokio::sync::{mpsc, oneshot};

use crate::webhook;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Limit {
    Handler,
    Commits,
}

/// Rows in one transaction at most: what the house's own writer takes.
const BATCH: usize = 128;

/// The house's inbox with all its indexes (store/migrations).
const SCHEMA: [&str; 4] = [
    "CREATE TABLE inbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, id text not null unique, channel text not null,
       external text not null, lane text not null, body text not null, state text not null, due_ms bigint not null,
       fence bigint not null default 0, attempts bigint not null default 0, reason text, received_ms bigint not null,
       unique (channel, external))",
    "CREATE INDEX inbox_due ON inbox (due_ms, seq) WHERE state = 'pending'",
    "CREATE INDEX inbox_lane ON inbox (lane, seq, due_ms) WHERE state NOT IN ('done', 'dead')",
    "CREATE INDEX inbox_dead ON inbox (seq) WHERE state = 'dead'",
];
const INSERT: &str = "INSERT INTO inbox (id, channel, external, lane, body, state, due_ms, received_ms)
     VALUES (?1, 'whatsapp', ?2, ?3, ?4, 'pending', ?5, ?5) ON CONFLICT (channel, external) DO NOTHING";

/// Serves `limit` on a free port, which it prints, until the process is killed. The database is made in the working folder.
pub async fn serve(limit: Limit) -> anyhow::Result<()> {
    let routes = match limit {
        Limit::Handler => Router::new().route("/whatsapp/webhook", post(handle)),
        Limit::Commits => {
            let queue = begin(Path::new("bare.db"))?;
            Router::new().route("/whatsapp/webhook", post(keep)).with_state(queue)
        }
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    writeln!(std::io::stdout(), "http://{}/whatsapp/webhook", listener.local_addr()?)?;
    axum::serve(listener, routes).await?;
    Ok(())
}

#[derive(Deserialize)]
struct Body {
    entry: Vec<Entry>,
}
#[derive(Deserialize)]
struct Entry {
    changes: Vec<Change>,
}
#[derive(Deserialize)]
struct Change {
    value: Content,
}
#[derive(Deserialize)]
struct Content {
    messages: Vec<Message>,
}
#[derive(Deserialize)]
struct Message {
    id: String,
    from: String,
}

fn message(headers: &HeaderMap, body: &[u8]) -> Option<Message> {
    let signature = headers.get("x-hub-signature-256")?;
    if !webhook::fits(signature.as_bytes(), body) {
        return None;
    }
    let body: Body = serde_json::from_slice(body).ok()?;
    body.entry.into_iter().next()?.changes.into_iter().next()?.value.messages.into_iter().next()
}

async fn handle(headers: HeaderMap, body: Bytes) -> StatusCode {
    match message(&headers, &body) {
        Some(message) if !message.id.is_empty() => StatusCode::OK,
        _ => StatusCode::FORBIDDEN,
    }
}

/// One row and who waits for its commit.
struct Row {
    external: String,
    lane: String,
    body: String,
    done: oneshot::Sender<()>,
}

async fn keep(State(queue): State<mpsc::Sender<Row>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Some(message) = message(&headers, &body) else { return StatusCode::FORBIDDEN };
    let (done, committed) = oneshot::channel();
    let body = String::from_utf8_lossy(&body[..body.len().min(600)]).into_owned();
    let row = Row { external: message.id, lane: message.from, body, done };
    if queue.send(row).await.is_err() || committed.await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::OK
}

/// The loop on a thread of its own, with the pragmas of the house.
fn begin(file: &Path) -> anyhow::Result<mpsc::Sender<Row>> {
    let database = Connection::open(file)?;
    database.execute_batch(
        "PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA foreign_keys = on;
         PRAGMA wal_autocheckpoint = 10000;",
    )?;
    for statement in SCHEMA {
        database.execute_batch(statement)?;
    }
    let (sender, queue) = mpsc::channel(1024);
    std::thread::spawn(move || commits(database, queue));
    Ok(sender)
}

fn commits(mut database: Connection, mut queue: mpsc::Receiver<Row>) -> anyhow::Result<()> {
    let (mut batch, mut number) = (Vec::with_capacity(BATCH), 0_u64);
    while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
        let change = database.transaction()?;
        let mut insert = change.prepare_cached(INSERT)?;
        for row in &batch {
            number += 1;
            let id = format!("01890000-0000-7000-8000-{number:012x}");
            insert.execute((id, &row.external, &row.lane, &row.body, 1))?;
        }
        drop(insert);
        change.commit()?;
        for row in batch.drain(..) {
            let _ = row.done.send(());
        }
    }
    Ok(())
}

/// The loop without HTTP: rows a second of `producers` that each wait for their commit.
pub async fn rows_a_second(folder: &Path, producers: usize, seconds: u64) -> anyhow::Result<f64> {
    let queue = begin(&folder.join("loop.db"))?;
    let (count, began) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let until = began + Duration::from_secs(seconds);
    let tasks = (0..producers).map(|_| {
        let (queue, count) = (queue.clone(), Arc::clone(&count));
        tokio::spawn(async move {
            while Instant::now() < until {
                let n = count.fetch_add(1, Ordering::Relaxed);
                let (done, committed) = oneshot::channel();
                let lane = format!("whatsapp:{}", n % 2_000);
                let row = Row { external: format!("{n:060}"), lane, body: "x".repeat(600), done };
                if queue.send(row).await.is_err() || committed.await.is_err() {
                    break;
                }
            }
        })
    });
    futures::future::join_all(tasks.collect::<Vec<_>>()).await;
    let rows = u32::try_from(count.load(Ordering::Relaxed))?;
    Ok(f64::from(rows) / began.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_bare_loop_commits_what_it_answers() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.db");
        let queue = begin(&file).unwrap();
        for external in ["a", "b", "a"] {
            let (done, committed) = oneshot::channel();
            let row = Row { external: external.into(), lane: "l".into(), body: "b".into(), done };
            queue.send(row).await.unwrap();
            committed.await.unwrap();
        }
        let database = Connection::open(&file).unwrap();
        let count: i64 = database.query_row("SELECT COUNT(*) FROM inbox", [], |row| row.get(0)).unwrap();
        assert_eq!(count, 2);
    }
}
