//! Tells the other processes on a Postgres that something was committed, and hears it from them. A hint and nothing more: it may
//! be lost, late or come for nothing, and does not say what; whoever has to know looks, and looks from time to time anyway.
//! SQLite has no such thing.

use std::{convert::Infallible, time::Duration};

use sqlx::{PgPool, postgres::PgListener};
use tokio::{sync::watch, time::sleep};

const CHANNEL: &str = "plumbline_commit";
/// One hint for all that is committed in this time. Within the transactions themselves it would make them commit one after
/// the other (PostgreSQL's page on NOTIFY).
const PACE: Duration = Duration::from_millis(20);
/// The wait after a server that did not answer, or a pooler that cannot listen.
const AGAIN: Duration = Duration::from_secs(10);

/// Tells of `commits` and counts in `others` what is heard, until every sender of `commits` is gone.
pub(super) fn start(pool: PgPool, commits: watch::Receiver<u64>, others: watch::Sender<u64>) {
    tokio::spawn(async move {
        let Ok(own) = name(&pool).await else { return };
        tokio::select! {
            () = tell(&pool, &own, commits) => {}
            () = hear(&pool, &own, &others) => {}
        }
    });
}

/// What tells this process from the others: one of its connections has that number on the server.
async fn name(pool: &PgPool) -> Result<String, sqlx::Error> {
    let number: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(pool).await?;
    Ok(number.to_string())
}

async fn tell(pool: &PgPool, own: &str, mut commits: watch::Receiver<u64>) {
    while commits.changed().await.is_ok() {
        let told = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(own).execute(pool).await;
        let wait = if told.is_ok() { PACE } else { AGAIN };
        sleep(wait).await;
    }
}

async fn hear(pool: &PgPool, own: &str, others: &watch::Sender<u64>) {
    loop {
        let Err(error) = listen(pool, own, others).await;
        tracing::info!(%error, "what other processes commit is found by looking, not by a hint");
        sleep(AGAIN).await;
    }
}

async fn listen(pool: &PgPool, own: &str, others: &watch::Sender<u64>) -> Result<Infallible, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // After a lost connection nobody knows what was told meanwhile.
        let told = listener.try_recv().await?;
        if told.is_none_or(|told| told.payload() != own) {
            others.send_modify(|heard| *heard = heard.wrapping_add(1));
        }
    }
}
