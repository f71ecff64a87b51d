//! Who works at the console. A person who leaves keeps the row, so that the audit log still names somebody; nothing they
//! were given counts any more.

use domain::{
    clock::Millis,
    contact::Role,
    id::{ContactId, Ids, UserId},
    staff::ConsoleRole,
};
use serde_json::json;

use crate::{Error, Tx, args, contact, db::Row, event};

/// Most users listed at once.
const LIST: i64 = 1_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub name: String,
    /// What the person is. What was given out says its own, and counts for no more than this.
    pub role: ConsoleRole,
    pub contact: Option<ContactId>,
    /// Empty for a person of this house, else the identity provider that vouches for them.
    pub issuer: String,
    /// Raised when the person leaves or is given another role.
    pub version: i64,
    pub created: Millis,
    pub removed: Option<Millis>,
}

/// Who is meant, as whoever vouches for them says.
#[derive(Clone, Debug)]
pub struct Person {
    /// Empty for this house.
    pub issuer: String,
    /// Unique with its issuer; for this house [`Person::local`] makes it.
    pub subject: String,
    pub name: String,
    pub role: ConsoleRole,
}

impl Person {
    /// Somebody of this house, known by name in any case.
    #[must_use]
    pub fn local(name: &str, role: ConsoleRole) -> Self {
        let name = name.trim().to_owned();
        Self { issuer: String::new(), subject: name.to_lowercase(), name, role }
    }
}

/// The user whom `person` names: made now if nobody is, else renamed and given the role. One who left stays gone.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, ids: &Ids, person: &Person, now: Millis) -> Result<User, Error> {
    let known = find(tx, &person.issuer, &person.subject).await?;
    let row = tx
        .row(
            "INSERT INTO console_user (id, issuer, subject, name, role, version, created_ms)
             VALUES ($1, $2, $3, $4, $5, 0, $6)
             ON CONFLICT (issuer, subject) DO UPDATE SET
                name = CASE WHEN console_user.removed_ms IS NULL THEN excluded.name ELSE console_user.name END,
                role = CASE WHEN console_user.removed_ms IS NULL THEN excluded.role ELSE console_user.role END
             RETURNING id, name, role, contact_id, issuer, version, created_ms, removed_ms",
            args![
                ids.uuid(),
                &person.issuer,
                &person.subject,
                &person.name,
                person.role.as_str(),
                now
            ],
        )
        .await?;
    let user = read(&row.ok_or(Error::Unknown { column: "console_user", value: person.subject.clone() })?)?;
    if known.is_some_and(|known| known.role < user.role) {
        // Who is less than before: open sockets are looked at again.
        event::put(tx, EVENT, None, &json!({ "user_id": user.id }), now).await?;
    }
    Ok(user)
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &UserId) -> Result<Option<User>, Error> {
    let row = tx
        .row(
            "SELECT id, name, role, contact_id, issuer, version, created_ms, removed_ms
             FROM console_user WHERE id = $1",
            args![id.as_str()],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// # Errors
/// [`Error::Database`].
pub async fn find(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<User>, Error> {
    let row = tx
        .row(
            "SELECT id, name, role, contact_id, issuer, version, created_ms, removed_ms
             FROM console_user WHERE issuer = $1 AND subject = $2",
            args![issuer, subject],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// Whether `id` still works here and nothing changed since `version`: asked before every request and frame.
///
/// # Errors
/// [`Error::Database`].
pub async fn stands(tx: &mut Tx, id: &UserId, version: i64) -> Result<Option<User>, Error> {
    let user = get(tx, id).await?;
    Ok(user.filter(|user| user.removed.is_none() && user.version == version))
}

/// Everybody who works here, by name.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx) -> Result<Vec<User>, Error> {
    let rows = tx
        .rows(
            "SELECT id, name, role, contact_id, issuer, version, created_ms, removed_ms
             FROM console_user WHERE removed_ms IS NULL ORDER BY name, id LIMIT $1",
            args![LIST],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Who of the console is this contact.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_contact(tx: &mut Tx, contact: &ContactId) -> Result<Vec<User>, Error> {
    let rows = tx
        .rows(
            "SELECT id, name, role, contact_id, issuer, version, created_ms, removed_ms
             FROM console_user WHERE contact_id = $1 AND removed_ms IS NULL ORDER BY id LIMIT $2",
            args![contact.as_str(), LIST],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Gives `id` another role at once: whatever was given out with the old one counts no more.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_role(tx: &mut Tx, id: &UserId, role: ConsoleRole, now: Millis) -> Result<bool, Error> {
    let changed = tx
        .exec(
            "UPDATE console_user SET role = $2, version = version + 1 WHERE id = $1 AND removed_ms IS NULL",
            args![id.as_str(), role.as_str()],
        )
        .await?;
    end(tx, id, changed, now).await
}

/// Says which contact the user is, or none.
///
/// # Errors
/// [`Error::Database`].
pub async fn link(tx: &mut Tx, id: &UserId, contact: Option<&ContactId>) -> Result<bool, Error> {
    let changed = tx
        .exec(
            "UPDATE console_user SET contact_id = $2 WHERE id = $1 AND removed_ms IS NULL",
            args![id.as_str(), contact.map(ContactId::as_str)],
        )
        .await?;
    Ok(changed > 0)
}

/// The user has left: no session, ticket or token of theirs counts any more, and the contact they are may approve
/// nothing by message either.
///
/// # Errors
/// [`Error::Database`].
pub async fn remove(tx: &mut Tx, id: &UserId, now: Millis) -> Result<bool, Error> {
    let contact = get(tx, id).await?.and_then(|user| user.contact);
    let changed = tx
        .exec(
            "UPDATE console_user SET removed_ms = $2, version = version + 1 WHERE id = $1 AND removed_ms IS NULL",
            args![id.as_str(), now],
        )
        .await?;
    if let (1, Some(contact)) = (changed, contact) {
        contact::take_roles(tx, &contact, &[Role::Office, Role::Technician]).await?;
    }
    end(tx, id, changed, now).await
}

/// Takes back somebody who left; what they had before counts no more.
///
/// # Errors
/// [`Error::Database`].
pub async fn take_back(tx: &mut Tx, id: &UserId, role: ConsoleRole) -> Result<bool, Error> {
    let changed = tx
        .exec(
            "UPDATE console_user SET removed_ms = NULL, role = $2, version = version + 1
             WHERE id = $1 AND removed_ms IS NOT NULL",
            args![id.as_str(), role.as_str()],
        )
        .await?;
    Ok(changed > 0)
}

/// Ends what was given out, and tells who watches: open sockets are closed by it.
async fn end(tx: &mut Tx, id: &UserId, changed: u64, now: Millis) -> Result<bool, Error> {
    if changed == 0 {
        return Ok(false);
    }
    tx.run("DELETE FROM console_session WHERE user_id = $1", args![id.as_str()]).await?;
    tx.run("DELETE FROM console_ticket WHERE user_id = $1", args![id.as_str()]).await?;
    event::put(tx, EVENT, None, &json!({ "user_id": id }), now).await?;
    Ok(true)
}

/// The kind of the event that says: something of this user's ended, look whether they still stand.
pub const EVENT: &str = "user";

fn read(row: &Row) -> Result<User, Error> {
    Ok(User {
        id: UserId(row.get("id")?),
        name: row.get("name")?,
        role: role(row)?,
        contact: row.get::<Option<String>>("contact_id")?.map(ContactId),
        issuer: row.get("issuer")?,
        version: row.get("version")?,
        created: Millis(row.get("created_ms")?),
        removed: row.get::<Option<i64>>("removed_ms")?.map(Millis),
    })
}

pub(crate) fn role(row: &Row) -> Result<ConsoleRole, Error> {
    let text: String = row.get("role")?;
    ConsoleRole::parse(&text).ok_or(Error::Unknown { column: "role", value: text })
}
