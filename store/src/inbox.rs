//! What came in and is not settled yet. The table is the queue: a row stays until its effect is committed with it.

use std::sync::Arc;

use domain::{
    address::ChannelName,
    clock::Millis,
    id::{Ids, InboxId},
    inbound::{Arrival, Inbound},
};

use crate::{
    Error, Store, Tx, among, args,
    db::{
        Row,
        among::{list, texts},
    },
    locking, must,
};

/// A row that this worker holds: until its lease ends, or its transaction.
#[derive(Clone, Debug)]
pub struct Taken {
    pub id: InboxId,
    seq: i64,
    pub channel: ChannelName,
    pub external: String,
    pub lane: String,
    pub fence: i64,
    /// Takings so far, that of a [`claim`] included.
    pub attempts: i64,
    /// The row's body, or why this version cannot read it.
    pub body: Result<Inbound, String>,
}

/// Stores `arrival`; a repeat of its channel and external id stores nothing and says `false`.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, ids: &Ids, arrival: &Arrival, now: Millis) -> Result<bool, Error> {
    let body = to_json(&arrival.body);
    let args =
        args![InboxId::new(ids).0, arrival.channel.as_str(), &arrival.external, &arrival.lane, body, now,];
    // What comes at the same time on one lane is stored one after the other, so that a lane's rows are seen in their order.
    let sql = if tx.is_postgres() {
        "INSERT INTO inbox (id, channel, external, lane, body, state, due_ms, received_ms)
         SELECT $1, $2, $3, $4, $5, 'pending', $6, $6 FROM (SELECT pg_advisory_xact_lock(1007, hashtext($4))) AS l
         ON CONFLICT (channel, external) DO NOTHING"
    } else {
        "INSERT INTO inbox (id, channel, external, lane, body, state, due_ms, received_ms)
         VALUES ($1, $2, $3, $4, $5, 'pending', $6, $6)
         ON CONFLICT (channel, external) DO NOTHING"
    };
    let inserted = tx.exec(sql, args).await?;
    Ok(inserted == 1)
}

/// Stores all of `arrivals` or none, and says how many are new.
///
/// # Errors
/// [`Error::Database`].
pub async fn put_all(
    store: &Store,
    ids: &Arc<Ids>,
    arrivals: Vec<Arrival>,
    now: Millis,
) -> Result<usize, Error> {
    let ids = Arc::clone(ids);
    if arrivals.len() == 1 {
        store.write_one(move |tx| Box::pin(async move { put_each(tx, &ids, &arrivals, now).await })).await
    } else {
        store.write(move |tx| Box::pin(async move { put_each(tx, &ids, &arrivals, now).await })).await
    }
}

async fn put_each(tx: &mut Tx, ids: &Ids, arrivals: &[Arrival], now: Millis) -> Result<usize, Error> {
    let mut new = 0;
    for arrival in arrivals {
        new += usize::from(put(tx, ids, arrival, now).await?);
    }
    Ok(new)
}

/// Whether an arrival of `channel` with that external id was ever stored.
///
/// # Errors
/// [`Error::Database`].
pub async fn known(tx: &mut Tx, channel: &ChannelName, external: &str) -> Result<bool, Error> {
    let row = tx
        .row(
            "SELECT 1 AS one FROM inbox WHERE channel = $1 AND external = $2",
            args![channel.as_str(), external],
        )
        .await?;
    Ok(row.is_some())
}

/// How many arrivals wait, counted up to `limit`.
///
/// # Errors
/// [`Error::Database`].
pub async fn waiting(tx: &mut Tx, limit: i64) -> Result<i64, Error> {
    let row = tx
        .row(
            "SELECT COUNT(*) AS n FROM (SELECT seq FROM inbox WHERE state = 'pending' LIMIT $1) AS w",
            args![limit],
        )
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Whether a claim is worth its transaction.
///
/// # Errors
/// [`Error::Database`].
pub async fn anything_due(tx: &mut Tx, now: Millis) -> Result<bool, Error> {
    let row = tx
        .row(
            "SELECT i.seq FROM inbox i
             WHERE i.state = 'pending' AND i.due_ms <= $1
               AND (SELECT b.seq FROM inbox b
                    WHERE b.lane = i.lane AND b.state NOT IN ('done', 'dead') AND (b.seq < i.seq OR b.due_ms > $1)
                    LIMIT 1) IS NULL
             LIMIT 1",
            args![now],
        )
        .await?;
    Ok(row.is_some())
}

/// Up to `limit` due rows, those of the lanes first whose head is due for longest. Of one lane it is always a prefix, and until
/// the transaction's end nobody else finds its first row: whoever has that has the lane. A lane whose first row waits for its
/// next try, or is held elsewhere, gives nothing.
///
/// # Errors
/// [`Error::Database`].
pub async fn due(tx: &mut Tx, now: Millis, limit: i64) -> Result<Vec<Taken>, Error> {
    tx.walk_indexes().await?;
    let heads = locking!(
        tx,
        "i",
        "SELECT i.lane FROM inbox i
         WHERE i.state = 'pending' AND i.due_ms <= $1
           AND (SELECT b.seq FROM inbox b
                WHERE b.lane = i.lane AND b.state NOT IN ('done', 'dead') AND (b.seq < i.seq OR b.due_ms > $1)
                LIMIT 1) IS NULL
         ORDER BY i.due_ms, i.seq LIMIT $2"
    );
    let lanes = texts(&tx.rows(heads, args![now, limit]).await?, "lane")?;
    if lanes.is_empty() {
        return Ok(Vec::new());
    }
    // However much one lane holds, each of the others has its part of the batch.
    let share = usize::try_from(limit).unwrap_or(0).div_ceil(lanes.len());
    let share = i64::try_from(share).unwrap_or(i64::MAX);
    // Postgres takes the lanes one by one, so that it never looks at the whole backlog; SQLite has no LATERAL, and does so
    // by itself.
    let text = if tx.is_postgres() {
        "SELECT p.seq, p.id, p.channel, p.external, p.lane, p.fence, p.attempts, p.body
         FROM json_array_elements_text(CAST($3 AS json)) AS l(lane) CROSS JOIN LATERAL (
             SELECT i.seq, i.id, i.channel, i.external, i.lane, i.fence, i.attempts, i.body FROM inbox i
             WHERE i.lane = l.lane AND i.state NOT IN ('done', 'dead') AND i.due_ms <= $1
             ORDER BY i.seq LIMIT $4) p
         LIMIT $2"
    } else {
        "SELECT seq, id, channel, external, lane, fence, attempts, body FROM inbox
         WHERE seq IN (
           SELECT p.seq FROM (
             SELECT i.seq, ROW_NUMBER() OVER (PARTITION BY i.lane ORDER BY i.seq) AS place FROM inbox i
             WHERE i.lane IN (SELECT value FROM json_each($3)) AND i.state NOT IN ('done', 'dead')
               AND i.due_ms <= $1) p
           WHERE p.place <= $4
           ORDER BY p.seq LIMIT $2)"
    };
    let rows = tx.rows(text, args![now, limit, list(lanes.iter().map(String::as_str)), share]).await?;
    let mut found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    found.sort_by_key(|row| row.seq);
    Ok(found)
}

fn read(row: &Row) -> Result<Taken, Error> {
    Ok(Taken {
        id: InboxId(row.get("id")?),
        seq: row.get("seq")?,
        channel: ChannelName(row.get("channel")?),
        external: row.get("external")?,
        lane: row.get("lane")?,
        fence: row.get("fence")?,
        attempts: row.get("attempts")?,
        body: row.json("body").map_err(|error| error.to_string()),
    })
}

/// Takes what is [`due`] for longer than a transaction: it is held until `lease`.
///
/// # Errors
/// [`Error::Database`].
pub async fn claim(tx: &mut Tx, now: Millis, lease: Millis, limit: i64) -> Result<Vec<Taken>, Error> {
    let mut taken = due(tx, now, limit).await?;
    if taken.is_empty() {
        return Ok(taken);
    }
    let text = among!(
        tx,
        "UPDATE inbox SET due_ms = $2, fence = fence + 1, attempts = attempts + 1, reason = NULL WHERE id",
        "$1",
        ""
    );
    tx.run(text, args![list(taken.iter().map(|row| row.id.as_str())), lease]).await?;
    for row in &mut taken {
        row.fence += 1;
        row.attempts += 1;
    }
    Ok(taken)
}

/// Settles rows that were found [`due`] in this transaction, where their effect is too.
///
/// # Errors
/// [`Error::Fenced`] where one of them was settled by somebody else.
pub async fn settle(tx: &mut Tx, settled: &[InboxId]) -> Result<(), Error> {
    let text =
        among!(tx, "UPDATE inbox SET state = 'done', reason = NULL WHERE state = 'pending' AND id", "$1", "");
    let changed = tx.exec(text, args![list(settled.iter().map(|id| id.as_str()))]).await?;
    if usize::try_from(changed).is_ok_and(|changed| changed == settled.len()) {
        Ok(())
    } else {
        Err(Error::Fenced)
    }
}

/// Settles a held row: its effect is in the same transaction.
///
/// # Errors
/// [`Error::Fenced`] where another worker took it over.
pub async fn done(tx: &mut Tx, id: &InboxId, fence: i64) -> Result<(), Error> {
    let held = must!(
        changed: "UPDATE inbox SET state = 'done', reason = NULL WHERE id = $1 AND fence = $2 AND state = 'pending'"
    );
    tx.must(held, args![&id.0, fence]).await
}

/// Puts a held row back until `due`. Its lane waits with it, so order is kept.
///
/// # Errors
/// [`Error::Database`].
pub async fn again(tx: &mut Tx, id: &InboxId, fence: i64, due: Millis, reason: &str) -> Result<(), Error> {
    tx.run(
        "UPDATE inbox SET due_ms = $3, reason = $4 WHERE id = $1 AND fence = $2 AND state = 'pending'",
        args![&id.0, fence, due, reason],
    )
    .await?;
    Ok(())
}

/// Gives a held row up; `queue dead` shows it and `queue retry` brings it back.
///
/// # Errors
/// [`Error::Database`].
pub async fn bury(tx: &mut Tx, id: &InboxId, fence: i64, reason: &str) -> Result<(), Error> {
    tx.run(
        "UPDATE inbox SET state = 'dead', reason = $3 WHERE id = $1 AND fence = $2 AND state = 'pending'",
        args![&id.0, fence, reason],
    )
    .await?;
    Ok(())
}

/// JSON text of one of our own types.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> String {
    // Our types have string keys only and no failing serializer, the two ways this can go wrong.
    serde_json::to_string(value)
        .unwrap_or_else(|error| format!("{{\"unserialisable\":{:?}}}", error.to_string()))
}
