//! People and their identities.

use domain::{
    agent::AgentName,
    clock::Millis,
    contact::{Contact, Identity, IdentityKind, Role},
    id::{ContactId, Ids},
    language::Language,
    spelling,
};

use crate::{
    Error, Tx, args,
    db::{Query, Row},
    search::Words,
};

/// Most people listed at once.
const LIST: i64 = 10_000;

/// The person whom the first known of `identities` names. A username names nobody: it may be another's tomorrow.
///
/// # Errors
/// [`Error::Database`].
pub async fn find(tx: &mut Tx, identities: &[Identity]) -> Result<Option<Contact>, Error> {
    tx.query(named(identities)).await
}

/// As [`find`].
#[must_use]
pub fn named(identities: &[Identity]) -> Query<Option<Contact>> {
    let naming = identities.iter().filter(|identity| identity.kind != IdentityKind::Username);
    let each = naming.map(|identity| {
        Query::row(
            "SELECT c.id, c.name, c.roles, c.language, c.default_agent
             FROM identity i JOIN contact c ON c.id = i.contact_id
             WHERE i.kind = $1 AND i.value = $2",
            args![identity.kind.as_str(), &identity.value],
            read,
        )
    });
    Query::all(each).map(|found| found.into_iter().flatten().next())
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &ContactId) -> Result<Option<Contact>, Error> {
    tx.query(by_id(id)).await
}

/// As [`get`].
#[must_use]
pub fn by_id(id: &ContactId) -> Query<Option<Contact>> {
    Query::row(
        "SELECT id, name, roles, language, default_agent FROM contact WHERE id = $1",
        args![&id.0],
        read,
    )
}

/// Registers a person under `identities`. Somebody who has one of them already gets the name, and the role added.
///
/// # Errors
/// [`Error::Database`].
pub async fn register(
    tx: &mut Tx,
    ids: &Ids,
    name: &str,
    role: Role,
    identities: &[Identity],
    now: Millis,
) -> Result<ContactId, Error> {
    let id = match find(tx, identities).await? {
        Some(mut known) => {
            if !known.has(role) {
                known.roles.push(role);
            }
            tx.run(
                "UPDATE contact SET name = $2, roles = $3, folded = $4 WHERE id = $1",
                args![&known.id.0, name, join(&known.roles), spelling::fold(name)],
            )
            .await?;
            known.id
        }
        None => create(tx, ids, name, &[role], now).await?,
    };
    learn(tx, &id, identities.iter()).await?;
    Ok(id)
}

/// A person of whom nothing is known yet but what they are called and, with a list of roles, what they do.
///
/// # Errors
/// [`Error::Database`].
pub async fn create(
    tx: &mut Tx,
    ids: &Ids,
    name: &str,
    roles: &[Role],
    now: Millis,
) -> Result<ContactId, Error> {
    let id = ContactId::new(ids);
    tx.run(
        "INSERT INTO contact (id, name, roles, folded, created_ms) VALUES ($1, $2, $3, $4, $5)",
        args![&id.0, name, join(roles), spelling::fold(name), now],
    )
    .await?;
    Ok(id)
}

/// # Errors
/// [`Error::Database`].
pub async fn rename(tx: &mut Tx, id: &ContactId, name: &str) -> Result<(), Error> {
    tx.run(
        "UPDATE contact SET name = $2, folded = $3 WHERE id = $1",
        args![&id.0, name, spelling::fold(name)],
    )
    .await?;
    Ok(())
}

/// # Errors
/// [`Error::Database`].
pub async fn set_roles(tx: &mut Tx, id: &ContactId, roles: &[Role]) -> Result<(), Error> {
    tx.run("UPDATE contact SET roles = $2 WHERE id = $1", args![&id.0, join(roles)]).await?;
    Ok(())
}

/// Who `id` is by now: themselves, or whom they were merged into.
///
/// # Errors
/// [`Error::Database`].
pub async fn merged(tx: &mut Tx, id: &ContactId) -> Result<Option<ContactId>, Error> {
    let row = tx.row("SELECT merged_into FROM contact WHERE id = $1", args![&id.0]).await?;
    row.map_or(Ok(None), |row| Ok(row.get::<Option<String>>("merged_into")?.map(ContactId)))
}

/// Everybody who has a role, by name.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx) -> Result<Vec<Contact>, Error> {
    let rows = tx
        .rows(
            "SELECT id, name, roles, language, default_agent FROM contact WHERE roles <> '' ORDER BY name, id LIMIT $1",
            args![LIST],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Everybody who holds `role`.
///
/// # Errors
/// [`Error::Database`].
pub async fn holders(tx: &mut Tx, role: Role) -> Result<Vec<Contact>, Error> {
    let rows = tx
        .rows(
            "SELECT id, name, roles, language, default_agent FROM contact
             WHERE roles <> '' AND ',' || roles || ',' LIKE $1 ORDER BY name, id LIMIT $2",
            args![format!("%,{role},%"), LIST],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Up to `limit` people after `after`, by name, strangers included: those whose name, number or username holds what was
/// typed, and who hold `role`.
///
/// # Errors
/// [`Error::Database`].
pub async fn page(
    tx: &mut Tx,
    search: Option<&Words>,
    role: Option<Role>,
    after: Option<&(String, ContactId)>,
    limit: i64,
) -> Result<Vec<(Contact, String)>, Error> {
    let (folded, id) = after.map_or(("", ""), |(folded, id)| (folded.as_str(), id.as_str()));
    let rows = tx
        .rows(
            "SELECT id, name, roles, language, default_agent, folded FROM contact
             WHERE merged_into IS NULL AND (folded > $1 OR (folded = $1 AND id > $2))
               AND ($3 IS NULL OR ',' || roles || ',' LIKE $3)
               AND ($4 IS NULL OR folded LIKE $4 ESCAPE '!'
                    OR id IN (SELECT contact_id FROM identity
                              WHERE ($5 <> '' AND value LIKE $5)
                                 OR (kind = 'username' AND LOWER(value) LIKE $4 ESCAPE '!')))
             ORDER BY folded, id LIMIT $6",
            args![
                folded,
                id,
                role.map(|role| format!("%,{role},%")),
                search.map(Words::contained),
                search.map(Words::digits).unwrap_or_default(),
                limit
            ],
        )
        .await?;
    rows.iter().map(|row| Ok((read(row)?, row.get("folded")?))).collect()
}

/// # Errors
/// [`Error::Database`].
pub async fn identities_of(tx: &mut Tx, id: &ContactId) -> Result<Vec<Identity>, Error> {
    let rows = tx
        .rows("SELECT kind, value FROM identity WHERE contact_id = $1 ORDER BY kind, value", args![&id.0])
        .await?;
    rows.iter()
        .map(|row| {
            let kind: String = row.get("kind")?;
            let known = IdentityKind::ALL.into_iter().find(|known| known.as_str() == kind);
            Ok(Identity {
                kind: known.ok_or(Error::Unknown { column: "identity.kind", value: kind })?,
                value: row.get("value")?,
            })
        })
        .collect()
}

/// Takes `previous` from a person and gives them `current`, whoever had those.
///
/// # Errors
/// [`Error::Database`].
pub async fn replace_identities(
    tx: &mut Tx,
    id: &ContactId,
    previous: &[Identity],
    current: &[Identity],
) -> Result<(), Error> {
    for old in previous {
        tx.run(
            "DELETE FROM identity WHERE kind = $1 AND value = $2 AND contact_id = $3",
            args![old.kind.as_str(), &old.value, &id.0],
        )
        .await?;
    }
    for new in current {
        tx.run(
            "INSERT INTO identity (kind, value, contact_id) VALUES ($1, $2, $3)
             ON CONFLICT (kind, value) DO UPDATE SET contact_id = excluded.contact_id",
            args![new.kind.as_str(), &new.value, &id.0],
        )
        .await?;
    }
    Ok(())
}

/// Remembers further identities of a person. One that names somebody else already stays theirs; a username is that of
/// whoever came with it last.
///
/// # Errors
/// [`Error::Database`].
pub async fn learn<'i>(
    tx: &mut Tx,
    id: &ContactId,
    identities: impl Iterator<Item = &'i Identity> + Send,
) -> Result<(), Error> {
    for identity in identities {
        if identity.kind == IdentityKind::Username {
            called(tx, id, identity).await?;
            continue;
        }
        tx.run(
            "INSERT INTO identity (kind, value, contact_id) VALUES ($1, $2, $3) ON CONFLICT (kind, value) DO NOTHING",
            args![identity.kind.as_str(), &identity.value, &id.0],
        )
        .await?;
    }
    Ok(())
}

/// One username a person, one person a username.
async fn called(tx: &mut Tx, id: &ContactId, username: &Identity) -> Result<(), Error> {
    let (kind, name) = (username.kind.as_str(), &username.value);
    let known = "SELECT 1 AS one FROM identity WHERE kind = $1 AND value = $2 AND contact_id = $3";
    if tx.row(known, args![kind, name, &id.0]).await?.is_some() {
        return Ok(());
    }
    tx.run("DELETE FROM identity WHERE kind = $1 AND contact_id = $2", args![kind, &id.0]).await?;
    let sql = "INSERT INTO identity (kind, value, contact_id) VALUES ($1, $2, $3)
               ON CONFLICT (kind, value) DO UPDATE SET contact_id = excluded.contact_id";
    tx.run(sql, args![kind, name, &id.0]).await?;
    Ok(())
}

/// Takes an identity from a person: it may soon be somebody else's.
///
/// # Errors
/// [`Error::Database`].
pub async fn forget(tx: &mut Tx, id: &ContactId, identity: &Identity) -> Result<(), Error> {
    tx.run(
        "DELETE FROM identity WHERE kind = $1 AND value = $2 AND contact_id = $3",
        args![identity.kind.as_str(), &identity.value, &id.0],
    )
    .await?;
    Ok(())
}

/// Remembers what the person last wrote in.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_language(tx: &mut Tx, id: &ContactId, language: Language) -> Result<(), Error> {
    tx.run("UPDATE contact SET language = $2 WHERE id = $1", args![&id.0, language.as_str()]).await?;
    Ok(())
}

/// Takes trade roles from a person.
///
/// # Errors
/// [`Error::Database`].
pub async fn take_roles(tx: &mut Tx, id: &ContactId, taken: &[Role]) -> Result<bool, Error> {
    let row = tx.row("SELECT roles FROM contact WHERE id = $1", args![&id.0]).await?;
    let Some(row) = row else { return Ok(false) };
    let roles: String = row.get("roles")?;
    let kept: Vec<Role> =
        roles.split(',').filter_map(Role::parse).filter(|role| !taken.contains(role)).collect();
    tx.run("UPDATE contact SET roles = $2 WHERE id = $1", args![&id.0, join(&kept)]).await?;
    Ok(true)
}

/// How many people are known.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(tx: &mut Tx) -> Result<i64, Error> {
    let row = tx.row("SELECT COUNT(*) AS n FROM contact WHERE roles <> ''", args![]).await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

fn join(roles: &[Role]) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(",")
}

fn read(row: &Row) -> Result<Contact, Error> {
    let roles: String = row.get("roles")?;
    let language: Option<String> = row.get("language")?;
    Ok(Contact {
        id: ContactId(row.get("id")?),
        name: row.get("name")?,
        roles: roles.split(',').filter_map(Role::parse).collect(),
        language: language.as_deref().and_then(Language::parse),
        default_agent: row.get::<Option<String>>("default_agent")?.map(AgentName),
    })
}
