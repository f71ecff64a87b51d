//! What holds once everything has been worked off: nothing is due, nothing is held, nothing is under way.

use domain::clock::Millis;

use super::{Finding, Rule, broken};
use crate::{Error, Tx};

/// `$2` is now.
const RULES: &[Rule] = &[
    Rule {
        name: "no lease left",
        says: "a conversation is still held",
        sql: "SELECT id AS subject, CAST(lease_ms AS TEXT) AS detail FROM conversation
              WHERE lease_ms > 0 AND $2 = $2 LIMIT $1",
    },
    Rule {
        name: "nothing left over",
        says: "an arrival is not settled",
        sql: "SELECT id AS subject, COALESCE(reason, '') AS detail FROM inbox
              WHERE state = 'pending' AND $2 = $2 LIMIT $1",
    },
    Rule {
        name: "nothing left over",
        says: "a turn is due or runs",
        sql: "SELECT id AS subject, COALESCE(reason, '') AS detail FROM turn
              WHERE state = 'running' OR (state = 'due' AND due_ms <= $2) LIMIT $1",
    },
    Rule {
        name: "nothing left over",
        says: "a delivery is due or under way",
        sql: "SELECT id AS subject, COALESCE(reason, '') AS detail FROM outbox
              WHERE state = 'sending' OR (state IN ('queued', 'unknown') AND due_ms <= $2) LIMIT $1",
    },
    Rule {
        name: "nothing left over",
        says: "a timer is due",
        sql: "SELECT of_id AS subject, kind AS detail FROM timer WHERE due_ms <= $2 LIMIT $1",
    },
];

pub(super) async fn findings(tx: &mut Tx, now: Millis) -> Result<Vec<Finding>, Error> {
    let mut found = Vec::new();
    for rule in RULES {
        found.extend(broken(tx, rule, now.0).await?);
    }
    Ok(found)
}
