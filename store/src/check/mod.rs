//! Examines a database against what must hold whatever was killed, lost or repeated. Reads only, mends nothing, and may be
//! run while the house works: each rule is one statement, so it sees one moment.

mod billing;
mod consumed;
mod rest;
mod rules;

use domain::clock::Millis;
use serde::Serialize;

use crate::{Error, Store, Tx, args, audit};

/// Findings listed of one rule.
const LISTED: i64 = 20;

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's name: one word or two, stable.
    pub rule: &'static str,
    /// The id of the row that breaks it.
    pub subject: String,
    /// What is wrong with it, one sentence.
    pub says: String,
}

/// How far to look.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The newest rows of the large tables that are examined: the whole history of a busy house takes minutes.
    pub newest: i64,
    /// Also what must hold once everything has been worked off by then: no lease, nothing due, nothing under way.
    pub at_rest: Option<Millis>,
}

impl Default for Look {
    fn default() -> Self {
        Self { newest: 1_000_000, at_rest: None }
    }
}

/// One statement whose rows are findings: `subject`, and `detail` to tell more. `$1` is how many to list, `$2` the oldest
/// `seq` to look at where the statement looks at a large table, else unused.
struct Rule {
    name: &'static str,
    says: &'static str,
    sql: &'static str,
}

/// Everything that is wrong, at most some of each kind. An empty list is a sound house.
///
/// # Errors
/// [`Error::Database`].
pub async fn findings(store: &Store, look: Look) -> Result<Vec<Finding>, Error> {
    let mut tx = store.reader();
    let mut found = Vec::new();
    for rule in rules::RULES.iter().chain(billing::RULES) {
        found.extend(broken(&mut tx, rule, look.newest).await?);
    }
    found.extend(consumed::findings(&mut tx, look.newest).await?);
    if let Err(entry) = audit::verify(&mut tx).await? {
        let says = "the audit log was changed or cut here".to_owned();
        found.push(Finding { rule: "audit chain", subject: entry.to_string(), says });
    }
    if let Some(now) = look.at_rest {
        found.extend(rest::findings(&mut tx, now).await?);
    }
    Ok(found)
}

async fn broken(tx: &mut Tx, rule: &Rule, second: i64) -> Result<Vec<Finding>, Error> {
    let rows = tx.rows(rule.sql, args![LISTED, second]).await?;
    rows.iter()
        .map(|row| {
            let detail: String = row.get("detail")?;
            let says =
                if detail.is_empty() { rule.says.to_owned() } else { format!("{} ({detail})", rule.says) };
            Ok(Finding { rule: rule.name, subject: row.get("subject")?, says })
        })
        .collect()
}
