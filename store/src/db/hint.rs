//! Tells the other processes on a Postgres that something was committed, and hears it from them. A hint and nothing more: it may
//! be lost, late or come for nothing, and does not say what; whoever has to know looks, and looks from time to time anyway.
//! SQLite has no such thing.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use tokio::{sync::watch, time::sleep};
use tokio_postgres::AsyncMessage;

use super::{
    dial::Dial,
    pg::{self, Pool},
};
use crate::error::{Driver, Error};

const CHANNEL: &str = "plumbline_commit";
const LISTEN: &str = "LISTEN plumbline_commit";
/// One hint for all that is committed in this time. Within the transactions themselves it would make them commit one after
/// the other (PostgreSQL's page on NOTIFY).
const PACE: Duration = Duration::from_millis(20);
/// As many commits within the pace are load: everybody is at work and looks anyway, and each hint wakes every process.
const LOAD: u64 = 4;
/// The pace under load.
const PACE_UNDER_LOAD: Duration = Duration::from_millis(100);
/// The wait after a server that did not answer, or a pooler that cannot listen.
const AGAIN: Duration = Duration::from_secs(10);

/// Tells of `commits` and counts in `others` what is heard, until every sender of `commits` is gone.
pub(super) fn start(pool: Pool, dial: Dial, commits: watch::Receiver<u64>, others: watch::Sender<u64>) {
    tokio::spawn(async move {
        let Ok(own) = name(&pool).await else { return };
        tokio::select! {
            () = tell(&pool, &own, commits) => {}
            () = hear(&dial, &own, &others) => {}
        }
    });
}

/// What tells this process from the others: one of its connections has that number on the server.
async fn name(pool: &Pool) -> Result<String, Error> {
    let sql = "SELECT CAST(pg_backend_pid() AS TEXT) AS name";
    let found = pg::alone(&pg::free(pool).await?, sql, Vec::new()).await?;
    Ok(found.rows.first().ok_or(Error::Closed)?.try_get("name")?)
}

async fn tell(pool: &Pool, own: &str, mut commits: watch::Receiver<u64>) {
    while commits.changed().await.is_ok() {
        let told = *commits.borrow_and_update();
        if notify(pool, own).await.is_err() {
            sleep(AGAIN).await;
            continue;
        }
        sleep(PACE).await;
        if commits.borrow().wrapping_sub(told) >= LOAD {
            sleep(PACE_UNDER_LOAD - PACE).await;
        }
    }
}

async fn notify(pool: &Pool, own: &str) -> Result<(), Error> {
    let told =
        pg::alone(&pg::free(pool).await?, "SELECT pg_notify($1, $2)", vec![CHANNEL.into(), own.into()]).await;
    told.map(drop)
}

async fn hear(dial: &Dial, own: &str, others: &watch::Sender<u64>) {
    let hint = || others.send_modify(|heard| *heard = heard.wrapping_add(1));
    loop {
        if let Err(error) = listen(dial, own, hint).await {
            tracing::info!(%error, "what other processes commit is found by looking, not by a hint");
        }
        sleep(AGAIN).await;
        // Nobody knows what was told meanwhile.
        hint();
    }
}

/// On a connection of its own, until that is lost.
async fn listen(dial: &Dial, own: &str, hint: impl Fn()) -> Result<(), Error> {
    let (client, mut connection) = dial.config.connect(dial.tls.clone()).await?;
    let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
    let mut asked = std::pin::pin!(client.batch_execute(LISTEN));
    let mut listening = false;
    loop {
        let message = tokio::select! {
            told = &mut asked, if !listening => {
                told?;
                listening = true;
                continue;
            }
            message = messages.next() => message,
        };
        match message {
            Some(Ok(AsyncMessage::Notification(told))) if told.payload() != own => hint(),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(error.into()),
            None => return Err(Error::Database(Driver::Connection("it was closed".to_owned()))),
        }
    }
}
