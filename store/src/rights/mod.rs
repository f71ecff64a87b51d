//! The rights of a data subject: who is meant and what is theirs. [`export`] reads it, [`erase`] takes it away. Never
//! touches the bodies of invoices: they are bookkeeping documents that the law wants unaltered.

mod elsewhere;
pub mod erase;
pub mod export;
pub mod tombstone;

use domain::{
    contact::Identity,
    id::{ContactId, CustomerId},
};

use crate::{
    Error, Tx, among, args, contact,
    db::among::{list, texts},
};

/// Most contacts, conversations or jobs of one person.
const MOST: i64 = 10_000;

/// A person with everything that is found by their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The contact that stays after merges.
    pub id: ContactId,
    /// `id` and whoever was merged into them.
    pub(crate) contacts: Vec<String>,
    pub(crate) names: Vec<String>,
    pub identities: Vec<Identity>,
    pub(crate) conversations: Vec<String>,
    /// The addresses of `conversations`.
    pub(crate) addresses: Vec<String>,
    /// Jobs that they handed in.
    pub(crate) jobs: Vec<String>,
    /// Customers to whom staff or the house linked their conversations.
    pub customers: Vec<CustomerId>,
}

/// Everything of the person `id`, or of whom they were merged into; `None` for nobody.
///
/// # Errors
/// [`Error::Database`].
pub async fn subject(tx: &mut Tx, id: &ContactId) -> Result<Option<Subject>, Error> {
    let mut id = id.clone();
    let mut passed = 0;
    while let Some(into) = contact::merged(tx, &id).await? {
        id = into;
        passed += 1;
        if passed > MOST {
            return Ok(None);
        }
    }
    if contact::get(tx, &id).await?.is_none() {
        return Ok(None);
    }
    let rows = tx
        .rows(
            "WITH RECURSIVE same(id) AS (
               SELECT id FROM contact WHERE id = $1
               UNION SELECT c.id FROM contact c JOIN same s ON c.merged_into = s.id)
             SELECT c.id, c.name FROM contact c JOIN same s ON s.id = c.id ORDER BY c.id LIMIT $2",
            args![id.as_str(), MOST],
        )
        .await?;
    let (contacts, names) = (texts(&rows, "id")?, texts(&rows, "name")?);
    let mut identities = Vec::new();
    for contact in &contacts {
        identities.extend(contact::identities_of(tx, &ContactId(contact.clone())).await?);
    }
    let sql =
        among!(tx, "SELECT id, external FROM conversation WHERE contact_id", "$1", " ORDER BY id LIMIT $2");
    let rows = tx.rows(sql, args![list(contacts.iter().map(String::as_str)), MOST]).await?;
    let (conversations, addresses) = (texts(&rows, "id")?, texts(&rows, "external")?);
    let all = list(conversations.iter().map(String::as_str));
    let sql = among!(
        tx,
        "SELECT DISTINCT job_id FROM handoff WHERE conversation_id",
        "$1",
        " ORDER BY job_id LIMIT $2"
    );
    let jobs = texts(&tx.rows(sql, args![&all, MOST]).await?, "job_id")?;
    let sql = among!(
        tx,
        "SELECT DISTINCT customer_id FROM thread WHERE customer_id IS NOT NULL AND conversation_id",
        "$1",
        " ORDER BY customer_id LIMIT $2"
    );
    let customers = texts(&tx.rows(sql, args![&all, MOST]).await?, "customer_id")?;
    let customers = customers.into_iter().map(CustomerId).collect();
    Ok(Some(Subject { id, contacts, names, identities, conversations, addresses, jobs, customers }))
}
