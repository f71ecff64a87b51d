//! Who decided what, when: one chain, each entry hashed over the one before. Ids and digests only, never personal text.

use domain::clock::Millis;
use sha2::{Digest, Sha256};

use crate::{Error, Tx, args};

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
    tx.exec(
        "INSERT INTO audit (seq, at_ms, actor, action, subject, digest, previous, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![seq, now, &entry.actor, entry.action, &entry.subject, &entry.digest, previous, &hash],
    )
    .await?;
    tx.exec("UPDATE audit_head SET hash = $1 WHERE one = 1", args![hash]).await?;
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

/// Checks the whole chain: how many entries stand, or the first that was changed or is missing.
///
/// # Errors
/// [`Error::Database`].
pub async fn verify(tx: &mut Tx) -> Result<Result<i64, i64>, Error> {
    const PAGE: i64 = 1000;
    let (mut expected, mut previous) = (1_i64, String::new());
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
    Ok(if whole { Ok(expected - 1) } else { Err(expected) })
}
