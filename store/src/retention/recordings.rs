//! The recordings of calls, and what was heard in them: both go after the time that files have. The call stays, with its
//! times and its note.

use domain::{clock::Millis, id::PhoneCallId, message::Media};

use super::{BATCH, keep_place, place};
use crate::{Error, Tx, args, inbox::to_json, rights::hold::conversations_on_hold};

/// Where the look through the calls stands: when one began, and its id.
const PLACE: &str = "retention.recordings";

pub type Place = (i64, String);

/// A call `k` that holds a recording or what was heard in one, and is with nobody on hold.
macro_rules! may_go {
    () => {
        concat!(
            "((k.media LIKE '%\"from\":\"file\"%' OR k.media LIKE '%\"transcript\":\"%')
              AND COALESCE(k.conversation_id, '') NOT IN (",
            conversations_on_hold!(),
            ") AND NOT EXISTS (SELECT 1 FROM contact p WHERE p.hold_ms > 0 AND (p.id = k.contact_id
                 OR k.contact_id IS NULL AND EXISTS (SELECT 1 FROM identity i
                   WHERE i.contact_id = p.id AND i.kind = 'phone' AND i.value = k.number))))"
        )
    };
}

/// A call with what is to go of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub call: PhoneCallId,
    pub media: Media,
}

/// Calls whose recordings may go, and where the look for them ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub calls: Vec<Recorded>,
    /// `None` at the end.
    pub next: Option<Place>,
}

/// How many calls would lose theirs, were it forgotten now.
pub(super) async fn count(tx: &mut Tx, before: Millis) -> Result<i64, Error> {
    let sql = concat!("SELECT COUNT(*) AS n FROM call k WHERE k.started_ms < $1 AND ", may_go!());
    tx.row(sql, args![before]).await?.map_or(Ok(0), |row| row.get("n"))
}

/// The recordings of a batch of calls that began before `before`, from where the last look ended.
///
/// # Errors
/// [`Error::Database`].
pub async fn find(tx: &mut Tx, before: Millis) -> Result<Found, Error> {
    let place: Option<Place> = place(tx, PLACE).await?;
    let (at, id) = place.unwrap_or((i64::MIN, String::new()));
    let sql = concat!(
        "SELECT k.id, k.media, k.started_ms, CAST(CASE WHEN ",
        may_go!(),
        " THEN 1 ELSE 0 END AS BIGINT) AS goes
         FROM (SELECT id, media, started_ms, conversation_id, contact_id, number FROM call
               WHERE started_ms >= $1 AND started_ms < $2 AND (started_ms > $1 OR id > $3)
               ORDER BY started_ms, id LIMIT $4) AS k ORDER BY k.started_ms, k.id"
    );
    let rows = tx.rows(sql, args![at, before, id, BATCH]).await?;
    let mut found = Found::default();
    for row in &rows {
        // What this version cannot read names no file that it knows.
        if row.get::<i64>("goes")? == 1
            && let Ok(media) = row.json("media")
        {
            found.calls.push(Recorded { call: PhoneCallId(row.get("id")?), media });
        }
    }
    if let Some(last) = rows.last().filter(|_| i64::try_from(rows.len()).unwrap_or(BATCH) >= BATCH) {
        found.next = Some((last.get("started_ms")?, last.get("id")?));
    }
    Ok(found)
}

/// Notes why the recordings found are there no more, unless somebody is on hold by now; and what was looked through.
///
/// # Errors
/// [`Error::Database`].
pub async fn gone(tx: &mut Tx, found: &Found) -> Result<(), Error> {
    for Recorded { call, media } in &found.calls {
        let sql = concat!(
            "UPDATE call SET media = $2 WHERE id = $1 AND EXISTS (SELECT 1 FROM call k WHERE k.id = $1 AND ",
            may_go!(),
            ")"
        );
        tx.run(sql, args![call.as_str(), to_json(media)]).await?;
    }
    keep_place(tx, PLACE, found.next.as_ref()).await
}
