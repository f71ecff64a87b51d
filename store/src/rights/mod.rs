//! The rights of a data subject: who is meant and what is theirs. [`export`] reads it, [`erase`] takes it away. Never
//! touches the bodies of invoices: they are bookkeeping documents that the law wants unaltered.

pub mod calls;
pub mod customer;
pub mod erase;
pub mod export;
pub mod going;
mod hiding;
pub mod hold;
pub mod open;
mod own;
mod sweep;
pub mod tombstone;

use domain::{
    contact::Identity,
    id::{ContactId, CustomerId, UserId},
};

use crate::{
    Error, Tx, among, args, contact,
    db::among::{list, texts},
};
use hiding::folded;
pub(crate) use own::{GONE, empty};

/// What stands where a person's name stood.
pub const NOBODY: &str = "erased person";
/// What stands where other words stood that were erased; the statements have it as they are.
pub const ERASED: &str = "[erased]";
/// Most contacts, conversations or jobs of one person.
const MOST: i64 = 10_000;
/// Digits by which two spellings of a number are known to be one.
const TAIL: usize = 8;

/// Whom something is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    Contact(ContactId),
    /// A record of the firm's list that no contact stands for: they never wrote.
    Customer(CustomerId),
}

impl Who {
    /// As the audit log names them.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Contact(id) => id.0.clone(),
            Self::Customer(id) => format!("customer:{id}"),
        }
    }
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Contact(id) => f.write_str(id.as_str()),
            Self::Customer(id) => f.write_str(id.as_str()),
        }
    }
}

/// A person with everything that is found by their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The contact that stays after merges, or the customer.
    pub who: Who,
    /// The contact and whoever was merged into them; none for a customer alone.
    pub(crate) contacts: Vec<String>,
    pub(crate) names: Vec<String>,
    pub identities: Vec<Identity>,
    pub(crate) conversations: Vec<String>,
    /// The addresses of `conversations`.
    pub(crate) addresses: Vec<String>,
    /// Jobs that they handed in.
    pub(crate) jobs: Vec<String>,
    /// The same person at the console.
    pub(crate) users: Vec<UserId>,
    /// The same person as a customer: by number or name.
    pub customers: Vec<CustomerId>,
    /// Customers to whom staff linked them, and who are others.
    pub linked: Vec<CustomerId>,
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
    let (contacts, mut names) = (texts(&rows, "id")?, texts(&rows, "name")?);
    names.retain(|name| name != NOBODY);
    let mut identities = Vec::new();
    for contact in &contacts {
        identities.extend(contact::identities_of(tx, &ContactId(contact.clone())).await?);
    }
    let sql = among!(tx, "SELECT id, name FROM console_user WHERE contact_id", "$1", " ORDER BY id LIMIT $2");
    let rows = tx.rows(sql, args![all(&contacts), MOST]).await?;
    let users: Vec<UserId> = texts(&rows, "id")?.into_iter().map(UserId).collect();
    names.extend(texts(&rows, "name")?.into_iter().filter(|name| name != NOBODY));
    let (conversations, addresses) = talks(tx, &contacts, &users).await?;
    let sql = among!(
        tx,
        "SELECT DISTINCT job_id FROM handoff WHERE conversation_id",
        "$1",
        " ORDER BY job_id LIMIT $2"
    );
    let jobs = texts(&tx.rows(sql, args![all(&conversations), MOST]).await?, "job_id")?;
    let mut subject = Subject {
        who: Who::Contact(id),
        contacts,
        names,
        identities,
        conversations,
        addresses,
        jobs,
        users,
        customers: Vec::new(),
        linked: Vec::new(),
    };
    as_customer(tx, &mut subject).await?;
    Ok(Some(subject))
}

/// Their conversations, at the console too, and the addresses of those that are their own.
async fn talks(
    tx: &mut Tx,
    contacts: &[String],
    users: &[UserId],
) -> Result<(Vec<String>, Vec<String>), Error> {
    let sql =
        among!(tx, "SELECT id, external FROM conversation WHERE contact_id", "$1", " ORDER BY id LIMIT $2");
    let rows = tx.rows(sql, args![all(contacts), MOST]).await?;
    let (mut conversations, addresses) = (texts(&rows, "id")?, texts(&rows, "external")?);
    // Drafts of replies to them, which staff had made.
    for talk in conversations.clone() {
        let sql = "SELECT id FROM conversation WHERE channel = 'console' AND external LIKE '%:' || $1 || ':%'
                   ORDER BY id LIMIT $2";
        conversations.extend(texts(&tx.rows(sql, args![talk, MOST]).await?, "id")?);
    }
    for user in users {
        let sql = "SELECT id FROM conversation
                   WHERE channel = 'console' AND (external = $1 OR external LIKE '%:' || $1) ORDER BY id LIMIT $2";
        conversations.extend(texts(&tx.rows(sql, args![user.as_str(), MOST]).await?, "id")?);
    }
    Ok((conversations, addresses))
}

/// Which customers they are: those linked to their conversations, or with their number, where name or number is theirs.
async fn as_customer(tx: &mut Tx, subject: &mut Subject) -> Result<(), Error> {
    let tails = all(&subject.identities.iter().filter_map(tail).collect::<Vec<_>>());
    let sql = among!(
        tx,
        "SELECT id FROM customer WHERE phone_tail <> '' AND phone_tail",
        "$1",
        " ORDER BY id LIMIT $2"
    );
    let mut ids = texts(&tx.rows(sql, args![&tails, MOST]).await?, "id")?;
    let sql = among!(
        tx,
        "SELECT DISTINCT customer_id FROM thread WHERE customer_id IS NOT NULL AND conversation_id",
        "$1",
        " ORDER BY customer_id LIMIT $2"
    );
    let linked = texts(&tx.rows(sql, args![all(&subject.conversations), MOST]).await?, "customer_id")?;
    ids.extend(linked.iter().cloned());
    ids.sort_unstable();
    ids.dedup();
    let sql = among!(tx, "SELECT id, name, phone_tail FROM customer WHERE id", "$1", " ORDER BY id LIMIT $2");
    for row in tx.rows(sql, args![all(&ids), MOST]).await? {
        let (id, name, number): (String, String, String) =
            (row.get("id")?, row.get("name")?, row.get("phone_tail")?);
        let same_number =
            !number.is_empty() && subject.identities.iter().filter_map(tail).any(|tail| tail == number);
        let same_name = subject.names.iter().any(|own| folded(own) == folded(&name));
        // A number alone may be shared: without a link somebody else may have it in another country.
        let theirs = same_name || (same_number && linked.contains(&id));
        if theirs { &mut subject.customers } else { &mut subject.linked }.push(CustomerId(id));
    }
    Ok(())
}

fn tail(identity: &Identity) -> Option<String> {
    let digits: Vec<char> = identity.value.chars().filter(char::is_ascii_digit).collect();
    let phone = identity.kind == domain::contact::IdentityKind::Phone && digits.len() >= TAIL;
    phone.then(|| digits.iter().skip(digits.len() - TAIL).collect())
}

fn all(ids: &[String]) -> String {
    list(ids.iter().map(String::as_str))
}

fn customers(ids: &[CustomerId]) -> String {
    list(ids.iter().map(|id| id.0.as_str()))
}
