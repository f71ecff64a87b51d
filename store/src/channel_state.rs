//! Channels on which nothing can be sent for a while, because the account behind them is the problem. Every process
//! honours it, and a restart forgets nothing.

use std::time::Duration;

use domain::{address::ChannelName, clock::Millis};

use crate::{Error, Tx, args, failed};

/// A pause that is not over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paused {
    pub channel: ChannelName,
    pub until: Millis,
    /// A sentence for staff.
    pub reason: String,
}

/// The same trouble so soon after a pause ended is the same trouble.
const SAME: Duration = Duration::from_secs(600);

/// Pauses `channel` until `until`, or longer where it is paused for longer. `true` where that is news: somebody has to be
/// told.
///
/// # Errors
/// [`Error::Database`].
pub async fn pause(
    tx: &mut Tx,
    channel: &ChannelName,
    (until, reason): (Millis, &str),
    now: Millis,
) -> Result<bool, Error> {
    let known = tx
        .row(
            "SELECT reason FROM channel_state WHERE channel = $1 AND reason = $2 AND paused_until_ms > $3",
            args![channel.as_str(), reason, now.0 - i64::try_from(SAME.as_millis()).unwrap_or(i64::MAX)],
        )
        .await?
        .is_some();
    tx.run(
        "INSERT INTO channel_state (channel, paused_until_ms, reason) VALUES ($1, $2, $3)
         ON CONFLICT (channel) DO UPDATE SET reason = excluded.reason,
           paused_until_ms = CASE WHEN channel_state.paused_until_ms < excluded.paused_until_ms
                                  THEN excluded.paused_until_ms ELSE channel_state.paused_until_ms END",
        args![channel.as_str(), until, reason],
    )
    .await?;
    Ok(!known)
}

/// Ends a pause, because what caused it was mended: what waits goes out now.
///
/// # Errors
/// [`Error::Database`].
pub async fn resume(tx: &mut Tx, channel: &ChannelName, now: Millis) -> Result<(), Error> {
    tx.run("DELETE FROM channel_state WHERE channel = $1", args![channel.as_str()]).await?;
    tx.run(
        "UPDATE outbox SET due_ms = $2 WHERE channel = $1 AND (state = 'queued' OR state = 'sending' OR state = 'unknown')
           AND state = 'queued' AND due_ms > $2",
        args![channel.as_str(), now],
    )
    .await?;
    Ok(())
}

/// The pauses that are not over at `now`.
///
/// # Errors
/// [`Error::Database`].
pub async fn paused(tx: &mut Tx, now: Millis) -> Result<Vec<Paused>, Error> {
    let rows = tx
        .rows(
            "SELECT channel, paused_until_ms, reason FROM channel_state WHERE paused_until_ms > $1
             ORDER BY channel LIMIT 100",
            args![now],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Paused {
                channel: ChannelName(row.get("channel")?),
                until: Millis(row.get("paused_until_ms")?),
                reason: row.get("reason")?,
            })
        })
        .collect()
}

/// What went through a channel lately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic {
    pub channel: ChannelName,
    pub last_inbound: Option<Millis>,
    pub last_outbound: Option<Millis>,
    /// Deliveries that failed for good since the moment asked for.
    pub failed: i64,
}

/// Of every channel that a conversation is on, by name; failures counted since `since`.
///
/// # Errors
/// [`Error::Database`].
pub async fn traffic(tx: &mut Tx, since: Millis) -> Result<Vec<Traffic>, Error> {
    let rows = tx
        .rows(
            "SELECT channel, MAX(last_inbound_ms) AS heard FROM conversation GROUP BY channel
             ORDER BY channel LIMIT 100",
            args![],
        )
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let channel: String = row.get("channel")?;
        // From the newest row backwards: what was sent last is among them.
        let sent = tx
            .row(
                "SELECT updated_ms FROM outbox
                 WHERE channel = $1 AND state IN ('sent', 'delivered', 'read', 'played')
                 ORDER BY seq DESC LIMIT 1",
                args![&channel],
            )
            .await?;
        let failed = failed::count_since(tx, &channel, since).await?;
        let heard: i64 = row.get("heard")?;
        found.push(Traffic {
            channel: ChannelName(channel),
            last_inbound: (heard > 0).then_some(Millis(heard)),
            last_outbound: sent.map(|row| row.get("updated_ms")).transpose()?.map(Millis),
            failed,
        });
    }
    Ok(found)
}
