//! Whether each arrival was taken in exactly once, and in the order of its lane: read from the arrivals' own bodies.

use std::collections::BTreeMap;

use domain::inbound::Inbound;

use super::{Finding, LISTED};
use crate::{Error, Tx, args};

/// Arrivals read at once.
const PAGE: i64 = 1_000;

/// What one provider's id of a message came in as.
struct Arrived {
    id: String,
    lane: String,
    times: i64,
    /// Brought back by hand after it had failed: it stands behind what came later, and may.
    retried: bool,
}

pub(super) async fn findings(tx: &mut Tx, newest: i64) -> Result<Vec<Finding>, Error> {
    let listed = usize::try_from(LISTED).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    for arrived in arrivals(tx, newest).await? {
        let rows = tx
            .rows(
                "SELECT seq FROM message WHERE external = $1 ORDER BY seq LIMIT $2",
                args![&arrived.id, LISTED + 1],
            )
            .await?;
        let seqs: Vec<i64> = rows.iter().map(|row| row.get("seq")).collect::<Result<_, _>>()?;
        let stands = i64::try_from(seqs.len()).unwrap_or(i64::MAX);
        if stands != arrived.times {
            let says = format!("a message came {} times and stands {stands} times", arrived.times);
            found.push(Finding { rule: "taken in once", subject: arrived.id.clone(), says });
        }
        if let (Some(first), false) = (seqs.first(), arrived.retried) {
            let before = last.insert(arrived.lane, *first).unwrap_or(0);
            if before > *first {
                let says = "a message stands before one that came earlier on its lane".to_owned();
                found.push(Finding { rule: "taken in in order", subject: arrived.id, says });
            }
        }
        if found.len() >= listed {
            break;
        }
    }
    Ok(found)
}

/// The messages among the newest settled arrivals, in the order in which they first came.
async fn arrivals(tx: &mut Tx, newest: i64) -> Result<Vec<Arrived>, Error> {
    let top = tx.row("SELECT COALESCE(MAX(seq), 0) AS top FROM inbox", args![]).await?;
    let top: i64 = top.map_or(Ok(0), |row| row.get("top"))?;
    let mut after = top.saturating_sub(newest);
    let mut arrived: Vec<Arrived> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    loop {
        let rows = tx
            .rows(
                // Taking a row counts both numbers up; only bringing it back by hand sets one of them back.
                "SELECT seq, external, lane, body, CAST(CASE WHEN attempts = fence THEN 0 ELSE 1 END AS BIGINT)
                        AS retried
                 FROM inbox
                 WHERE seq > $1 AND state = 'done' ORDER BY seq LIMIT $2",
                args![after, PAGE],
            )
            .await?;
        let Some(end) = rows.last() else { return Ok(arrived) };
        after = end.get("seq")?;
        for row in &rows {
            // What this version cannot read, or what was erased, tells nothing.
            let Ok(Inbound::Message(message)) = row.json("body") else { continue };
            let external: String = row.get("external")?;
            let id = message.id.unwrap_or(external);
            if let Some(place) = places.get(&id) {
                if let Some(earlier) = arrived.get_mut(*place) {
                    earlier.times += 1;
                }
                continue;
            }
            places.insert(id.clone(), arrived.len());
            let retried = row.get::<i64>("retried")? == 1;
            arrived.push(Arrived { id, lane: row.get("lane")?, times: 1, retried });
        }
    }
}
