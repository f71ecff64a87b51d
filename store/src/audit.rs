//! Who decided what, when: one chain, each entry hashed over the one before. Ids and digests only, never personal text. Old
//! entries are forgotten from its beginning; the hash of the last that was is kept, so that what stands is still proved.

use domain::clock::Millis;
use sha2::{Digest, Sha256};

use crate::{Error, Tx, args, rights::hold};

/// One entry to append.
#[derive(Clone, Debug)]
pub struct Entry {
    /// A contact's id, `agent:<name>` or `house`.
    pub actor: String,
    pub action: &'static str,
    /// The id of what it was done to.
    pub subject: String,
    /// A fingerprint or hash of what was decided; empty for none.
    pub digest: String,
}

/// Appends to the chain. That locks its head, which every decision wants, so it is done last in the transaction.
///
/// # Errors
/// [`Error::Database`].
pub async fn append(tx: &mut Tx, entry: &Entry, now: Millis) -> Result<(), Error> {
    let entry = entry.clone();
    tx.last(move |tx| Box::pin(async move { link(tx, &entry, now).await })).await
}

async fn link(tx: &mut Tx, entry: &Entry, now: Millis) -> Result<(), Error> {
    let head = tx
        .row("UPDATE audit_head SET seq = seq + 1 WHERE one = 1 RETURNING seq, hash", args![])
        .await?
        .ok_or(Error::Unknown { column: "audit_head", value: "no head row".to_owned() })?;
    let seq: i64 = head.get("seq")?;
    let previous: String = head.get("hash")?;
    let hash = hash(seq, now, entry, &previous);
    tx.run(
        "INSERT INTO audit (seq, at_ms, actor, action, subject, digest, previous, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![seq, now, &entry.actor, entry.action, &entry.subject, &entry.digest, previous, &hash],
    )
    .await?;
    tx.run("UPDATE audit_head SET hash = $1 WHERE one = 1", args![hash]).await?;
    Ok(())
}

fn hash(seq: i64, at: Millis, entry: &Entry, previous: &str) -> String {
    chain(seq, at, [&entry.actor, entry.action, &entry.subject, &entry.digest, previous])
}

fn chain(seq: i64, at: Millis, fields: [&str; 5]) -> String {
    let mut hash = Sha256::new();
    hash.update(seq.to_be_bytes());
    hash.update(at.0.to_be_bytes());
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// One entry as it stands in the chain.
#[derive(Clone, Debug)]
pub struct Kept {
    pub seq: i64,
    pub at: Millis,
    pub actor: String,
    pub action: String,
    pub subject: String,
    pub digest: String,
    pub hash: String,
}

/// Up to `limit` entries before `before`, newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx, before: Option<i64>, limit: i64) -> Result<Vec<Kept>, Error> {
    let rows = tx
        .rows(
            "SELECT seq, at_ms, actor, action, subject, digest, hash FROM audit WHERE seq < $1
             ORDER BY seq DESC LIMIT $2",
            args![before.unwrap_or(i64::MAX), limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Kept {
                seq: row.get("seq")?,
                at: Millis(row.get("at_ms")?),
                actor: row.get("actor")?,
                action: row.get("action")?,
                subject: row.get("subject")?,
                digest: row.get("digest")?,
                hash: row.get("hash")?,
            })
        })
        .collect()
}

/// Where the chain begins: the last entry that was forgotten, and its hash.
#[derive(PartialEq)]
struct Start {
    cut: i64,
    hash: String,
}

async fn start(tx: &mut Tx) -> Result<Start, Error> {
    let head = tx.row("SELECT cut, cut_hash FROM audit_head WHERE one = 1", args![]).await?;
    head.map_or(Ok(Start { cut: 0, hash: String::new() }), |head| {
        Ok(Start { cut: head.get("cut")?, hash: head.get("cut_hash")? })
    })
}

/// Checks the whole chain: how many entries stand, or the first that was changed or is missing.
///
/// # Errors
/// [`Error::Database`].
pub async fn verify(tx: &mut Tx) -> Result<Result<i64, i64>, Error> {
    loop {
        let began = start(tx).await?;
        let found = verify_from(tx, &began).await?;
        // What was forgotten while it was read is no fault.
        if found.is_ok() || start(tx).await? == began {
            return Ok(found);
        }
    }
}

async fn verify_from(tx: &mut Tx, start: &Start) -> Result<Result<i64, i64>, Error> {
    const PAGE: i64 = 1000;
    let (mut expected, mut previous) = (start.cut + 1, start.hash.clone());
    loop {
        let rows = tx
            .rows(
                "SELECT seq, at_ms, actor, action, subject, digest, previous, hash FROM audit
                 WHERE seq >= $1 ORDER BY seq LIMIT $2",
                args![expected, PAGE],
            )
            .await?;
        for row in &rows {
            let seq: i64 = row.get("seq")?;
            let text = |column| row.get::<String>(column);
            let (actor, action, subject) = (text("actor")?, text("action")?, text("subject")?);
            let fields = [actor.as_str(), &action, &subject, &text("digest")?, &previous];
            let hash = chain(seq, Millis(row.get("at_ms")?), fields);
            if seq != expected || text("previous")? != previous || text("hash")? != hash {
                return Ok(Err(expected));
            }
            previous = hash;
            expected += 1;
        }
        if rows.is_empty() {
            break;
        }
    }
    let head = tx.row("SELECT seq, hash FROM audit_head WHERE one = 1", args![]).await?;
    let whole = match head {
        Some(head) => head.get::<i64>("seq")? == expected - 1 && head.get::<String>("hash")? == previous,
        None => false,
    };
    Ok(if whole { Ok(expected - 1 - start.cut) } else { Err(expected) })
}

/// Forgets what was entered before `before`, a bounded number of entries from the beginning on; none while anybody is on
/// hold. `true` where there is more.
///
/// # Errors
/// [`Error::Database`].
pub async fn forget(tx: &mut Tx, before: Millis) -> Result<bool, Error> {
    const BATCH: i64 = 500;
    if hold::anybody(tx).await? {
        return Ok(false);
    }
    let rows = tx.rows("SELECT seq, at_ms, hash FROM audit ORDER BY seq LIMIT $1", args![BATCH]).await?;
    let mut last = None;
    for row in &rows {
        if row.get::<i64>("at_ms")? >= before.0 {
            break;
        }
        last = Some((row.get::<i64>("seq")?, row.get::<String>("hash")?));
    }
    let Some((last, hash)) = last else { return Ok(false) };
    let gone = tx.exec("DELETE FROM audit WHERE seq <= $1", args![last]).await?;
    tx.last(move |tx| {
        Box::pin(async move {
            let sql = "UPDATE audit_head SET cut = $1, cut_hash = $2 WHERE one = 1";
            tx.exec(sql, args![last, hash]).await.map(drop)
        })
    })
    .await?;
    Ok(i64::try_from(gone).unwrap_or(BATCH) >= BATCH)
}

/// How many entries [`forget`] would take.
///
/// # Errors
/// [`Error::Database`].
pub async fn before(tx: &mut Tx, before: Millis) -> Result<i64, Error> {
    if hold::anybody(tx).await? {
        return Ok(0);
    }
    let sql = "SELECT COUNT(*) AS n FROM audit
               WHERE seq < COALESCE((SELECT MIN(seq) FROM audit WHERE at_ms >= $1), (SELECT seq + 1 FROM audit_head))";
    tx.row(sql, args![before]).await?.map_or(Ok(0), |row| row.get("n"))
}
