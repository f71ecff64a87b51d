//! The queues from outside: how much waits, what failed for good, and bringing it back.

use domain::clock::Millis;
use serde::Serialize;

use crate::{
    Error, Tx, args,
    failed::{self, failed},
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Depth {
    pub pending: i64,
    pub leased: i64,
    pub dead: i64,
    /// Age of the oldest row that is not settled; zero for none.
    pub oldest_age_ms: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Turns {
    pub due: i64,
    pub running: i64,
    pub parked: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    pub inbox: Depth,
    pub outbox: Depth,
    pub turns: Turns,
}

/// Something that failed for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dead {
    pub queue: &'static str,
    pub id: String,
    pub attempts: i64,
    pub reason: String,
    pub at: Millis,
}

/// # Errors
/// [`Error::Database`].
pub async fn status(tx: &mut Tx, now: Millis) -> Result<Status, Error> {
    Ok(Status { inbox: inbox(tx, now).await?, outbox: outbox(tx, now).await?, turns: turns(tx).await? })
}

async fn inbox(tx: &mut Tx, now: Millis) -> Result<Depth, Error> {
    let live = tx
        .row(
            "SELECT CAST(COALESCE(SUM(CASE WHEN due_ms > $1 AND reason IS NULL AND fence > 0 THEN 1 ELSE 0 END), 0)
                         AS BIGINT) AS leased,
                    COUNT(*) AS all_rows, MIN(received_ms) AS oldest
             FROM inbox WHERE state = 'pending'",
            args![now],
        )
        .await?;
    let dead = tx.row("SELECT COUNT(*) AS n FROM inbox WHERE state = 'dead'", args![]).await?;
    let dead = dead.map_or(Ok(0), |row| row.get("n"))?;
    depth(live.as_ref(), dead, now)
}

async fn outbox(tx: &mut Tx, now: Millis) -> Result<Depth, Error> {
    let live = tx
        .row(
            "SELECT CAST(COALESCE(SUM(CASE WHEN state = 'sending' THEN 1 ELSE 0 END), 0) AS BIGINT) AS leased,
                    COUNT(*) AS all_rows, MIN(created_ms) AS oldest
             FROM outbox WHERE (state = 'queued' OR state = 'sending' OR state = 'unknown')",
            args![],
        )
        .await?;
    depth(live.as_ref(), failed::count(tx).await?, now)
}

fn depth(live: Option<&crate::db::Row>, dead: i64, now: Millis) -> Result<Depth, Error> {
    let Some(live) = live else { return Ok(Depth::default()) };
    let leased: i64 = live.get("leased")?;
    let all: i64 = live.get("all_rows")?;
    let oldest: Option<i64> = live.get("oldest")?;
    Ok(Depth {
        pending: all - leased,
        leased,
        dead,
        oldest_age_ms: oldest.map_or(0, |at| (now.0 - at).max(0)),
    })
}

async fn turns(tx: &mut Tx) -> Result<Turns, Error> {
    let rows = tx
        .rows(
            "SELECT state, COUNT(*) AS n FROM turn
             WHERE state IN ('due', 'running', 'parked') AND state <> 'done' AND state <> 'failed' GROUP BY state",
            args![],
        )
        .await?;
    let mut turns = Turns::default();
    for row in rows {
        let n: i64 = row.get("n")?;
        match row.get::<String>("state")?.as_str() {
            "due" => turns.due = n,
            "running" => turns.running = n,
            _ => turns.parked = n,
        }
    }
    Ok(turns)
}

/// The newest `limit` of what failed for good.
///
/// # Errors
/// [`Error::Database`].
pub async fn dead(tx: &mut Tx, limit: i64) -> Result<Vec<Dead>, Error> {
    let mut found = Vec::new();
    let tables: [(&'static str, &'static str); 3] = [
        (
            "inbox",
            "SELECT id, attempts, COALESCE(reason, '') AS reason, received_ms AS at_ms FROM inbox
             WHERE state = 'dead' ORDER BY seq DESC LIMIT $1",
        ),
        (
            "outbox",
            failed!(
                "SELECT o.id, o.attempts, COALESCE(o.reason, '') AS reason, o.updated_ms AS at_ms FROM outbox o WHERE",
                "ORDER BY o.seq DESC LIMIT $1"
            ),
        ),
        (
            "turn",
            "SELECT id, attempts, COALESCE(reason, '') AS reason, created_ms AS at_ms FROM turn
             WHERE state = 'failed' ORDER BY seq DESC LIMIT $1",
        ),
    ];
    for (queue, sql) in tables {
        for row in tx.rows(sql, args![limit]).await? {
            found.push(Dead {
                queue,
                id: row.get("id")?,
                attempts: row.get("attempts")?,
                reason: row.get("reason")?,
                at: Millis(row.get("at_ms")?),
            });
        }
    }
    Ok(found)
}

/// What something can fail in for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    Inbox,
    Outbox,
    Turn,
}

impl Queue {
    pub const ALL: [Self; 3] = [Self::Inbox, Self::Outbox, Self::Turn];

    /// As [`Dead::queue`] names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Outbox => "outbox",
            Self::Turn => "turn",
        }
    }

    /// The queue of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.as_str() == name)
    }
}

/// Makes a dead row of any queue due again. `false` where no dead row has that id.
///
/// # Errors
/// [`Error::Database`].
pub async fn retry(tx: &mut Tx, id: &str, now: Millis) -> Result<bool, Error> {
    let mut done = false;
    for queue in Queue::ALL {
        done |= retry_in(tx, queue, id, now).await?;
    }
    Ok(done)
}

/// Makes a dead row of `queue` due again. `false` where no dead row there has that id.
///
/// # Errors
/// [`Error::Database`].
pub async fn retry_in(tx: &mut Tx, queue: Queue, id: &str, now: Millis) -> Result<bool, Error> {
    let sql = match queue {
        Queue::Inbox => {
            "UPDATE inbox SET state = 'pending', due_ms = $2, attempts = 0 WHERE id = $1 AND state = 'dead'"
        }
        Queue::Outbox => {
            failed!(
                "UPDATE outbox SET state = 'queued', due_ms = $2, attempts = 0
                 WHERE id IN (SELECT o.id FROM outbox o WHERE o.id = $1 AND",
                ")"
            )
        }
        Queue::Turn => {
            "UPDATE turn SET state = 'due', due_ms = $2, attempts = 0, finished_ms = NULL
             WHERE id = $1 AND state = 'failed'"
        }
    };
    Ok(tx.exec(sql, args![id, now]).await? > 0)
}

/// Whether any row is due by `soon` for a process that hosts `agents` and serves `channels`: an arrival, a turn, a
/// first delivery, or the moment at which a hand-over stops waiting. Repeats of failed sends do not count.
///
/// # Errors
/// [`Error::Database`].
pub async fn anything_due(
    tx: &mut Tx,
    agents: &[String],
    channels: &[String],
    soon: Millis,
) -> Result<bool, Error> {
    if tx.row("SELECT seq FROM inbox WHERE state = 'pending' LIMIT 1", args![]).await?.is_some() {
        return Ok(true);
    }
    for agent in agents {
        let due = tx
            .row(
                "SELECT seq FROM turn WHERE agent = $1 AND state IN ('due', 'running') AND due_ms <= $2 LIMIT 1",
                args![agent, soon],
            )
            .await?;
        if due.is_some() {
            return Ok(true);
        }
    }
    for channel in channels {
        let queued = tx
            .row(
                "SELECT seq FROM outbox WHERE channel = $1
                   AND (state = 'queued' OR state = 'sending' OR state = 'unknown')
                   AND (state = 'sending' OR (state = 'queued' AND attempts = 0))
                   AND NOT EXISTS (SELECT 1 FROM channel_state s WHERE s.channel = $1 AND s.paused_until_ms > $2)
                 LIMIT 1",
                args![channel, soon],
            )
            .await?;
        if queued.is_some() {
            return Ok(true);
        }
    }
    let patience = tx.row("SELECT id FROM timer WHERE kind = 'handoff_patience' LIMIT 1", args![]).await?;
    Ok(patience.is_some())
}

/// Makes due at once what a process that hosted `agents` and served `channels` held when it died. Safe even where one
/// still lives: its epoch and fences stop it at its next write.
///
/// # Errors
/// [`Error::Database`].
pub async fn reclaim(tx: &mut Tx, agents: &[String], channels: &[String], now: Millis) -> Result<(), Error> {
    tx.run(
        "UPDATE inbox SET due_ms = $1 WHERE state = 'pending' AND due_ms > $1 AND fence > 0 AND reason IS NULL",
        args![now],
    )
    .await?;
    for agent in agents {
        tx.run("UPDATE conversation SET lease_ms = 0 WHERE agent = $1 AND lease_ms > $2", args![agent, now])
            .await?;
        tx.run(
            "UPDATE turn SET due_ms = $2 WHERE agent = $1 AND state IN ('due', 'running') AND state = 'running' AND due_ms > $2",
            args![agent, now],
        )
        .await?;
    }
    for channel in channels {
        tx.run(
            "UPDATE outbox SET due_ms = $2 WHERE channel = $1 AND (state = 'queued' OR state = 'sending' OR state = 'unknown') AND state = 'sending' AND due_ms > $2",
            args![channel, now],
        )
        .await?;
    }
    Ok(())
}
