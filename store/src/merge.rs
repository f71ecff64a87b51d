//! Two contacts who are one person: everything of the one goes to the other, and can be taken back as it was. Who said what
//! keeps naming the earlier row, which stays for its name.

use domain::{
    clock::Millis,
    contact::Role,
    id::{ContactId, Ids, UserId},
};
use serde::{Deserialize, Serialize};

use crate::{Error, Tx, args, contact, inbox::to_json, rights::hold};

/// What was moved, by table.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Moved {
    identities: Vec<(String, String)>,
    conversations: Vec<String>,
    asked: Vec<(String, String)>,
    users: Vec<String>,
    visits: Vec<String>,
    #[serde(default)]
    calls: Vec<String>,
    /// The roles that each had.
    from_roles: Vec<Role>,
    into_roles: Vec<Role>,
}

/// Makes `from` part of `into`; returns what [`undo`] takes. `None` where one of them is not there or was merged before.
///
/// # Errors
/// [`Error::Database`].
pub async fn merge(
    tx: &mut Tx,
    ids: &Ids,
    from: &ContactId,
    into: &ContactId,
    by: &UserId,
    now: Millis,
) -> Result<Option<String>, Error> {
    let (Some(gone), Some(kept)) = (contact::get(tx, from).await?, contact::get(tx, into).await?) else {
        return Ok(None);
    };
    let merged = tx
        .exec(
            "UPDATE contact SET merged_into = $2, roles = '' WHERE id = $1 AND merged_into IS NULL AND id <> $2
               AND EXISTS (SELECT 1 FROM contact i WHERE i.id = $2 AND i.merged_into IS NULL)",
            args![from.as_str(), into.as_str()],
        )
        .await?;
    if merged == 0 {
        return Ok(None);
    }
    hold::goes_along(tx, from, into, now).await?;
    let mut moved = move_all(tx, from, into).await?;
    moved.from_roles.clone_from(&gone.roles);
    moved.into_roles.clone_from(&kept.roles);
    contact::set_roles(tx, into, &union(&kept.roles, &gone.roles)).await?;
    let id = ids.token();
    tx.run(
        "INSERT INTO contact_merge (id, from_id, into_id, moved, by_user, at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
        args![&id, from.as_str(), into.as_str(), to_json(&moved), by.as_str(), now],
    )
    .await?;
    Ok(Some(id))
}

async fn move_all(tx: &mut Tx, from: &ContactId, into: &ContactId) -> Result<Moved, Error> {
    let mut moved = Moved::default();
    let both = || args![from.as_str(), into.as_str()];
    let sql = "UPDATE identity SET contact_id = $2 WHERE contact_id = $1 RETURNING kind, value";
    for row in tx.rows(sql, both()).await? {
        moved.identities.push((row.get("kind")?, row.get("value")?));
    }
    let sql = "UPDATE asked SET contact_id = $2 WHERE contact_id = $1 RETURNING question_id, conversation_id";
    for row in tx.rows(sql, both()).await? {
        moved.asked.push((row.get("question_id")?, row.get("conversation_id")?));
    }
    for (sql, list) in [
        (
            "UPDATE conversation SET contact_id = $2 WHERE contact_id = $1 RETURNING id",
            &mut moved.conversations,
        ),
        ("UPDATE console_user SET contact_id = $2 WHERE contact_id = $1 RETURNING id", &mut moved.users),
        ("UPDATE visit SET contact_id = $2 WHERE contact_id = $1 RETURNING id", &mut moved.visits),
        (
            "UPDATE call SET contact_id = $2 WHERE contact_id = $1 AND contact_id IS NOT NULL RETURNING id",
            &mut moved.calls,
        ),
    ] {
        for row in tx.rows(sql, both()).await? {
            list.push(row.get("id")?);
        }
    }
    Ok(moved)
}

fn union(a: &[Role], b: &[Role]) -> Vec<Role> {
    let mut all = a.to_vec();
    all.extend(b.iter().filter(|role| !a.contains(role)));
    all
}

/// Takes a merge back: what was moved and is still there returns. The two contacts, or `None` where there is nothing to take
/// back.
///
/// # Errors
/// [`Error::Database`].
pub async fn undo(tx: &mut Tx, id: &str, now: Millis) -> Result<Option<(ContactId, ContactId)>, Error> {
    let row = tx
        .row(
            "UPDATE contact_merge SET undone_ms = $2 WHERE id = $1 AND undone_ms IS NULL
             RETURNING from_id, into_id, moved",
            args![id, now],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (from, into) = (ContactId(row.get("from_id")?), ContactId(row.get("into_id")?));
    let moved: Moved = row.json("moved")?;
    tx.run(
        "UPDATE contact SET merged_into = NULL WHERE id = $1 AND merged_into = $2",
        args![from.as_str(), into.as_str()],
    )
    .await?;
    contact::set_roles(tx, &from, &moved.from_roles).await?;
    if let Some(kept) = contact::get(tx, &into).await?
        && kept.roles == union(&moved.into_roles, &moved.from_roles)
    {
        contact::set_roles(tx, &into, &moved.into_roles).await?;
    }
    put_back(tx, &moved, &from, &into).await?;
    Ok(Some((from, into)))
}

async fn put_back(tx: &mut Tx, moved: &Moved, from: &ContactId, into: &ContactId) -> Result<(), Error> {
    for (kind, value) in &moved.identities {
        tx.run(
            "UPDATE identity SET contact_id = $3 WHERE kind = $1 AND value = $2 AND contact_id = $4",
            args![kind, value, from.as_str(), into.as_str()],
        )
        .await?;
    }
    for (question, conversation) in &moved.asked {
        tx.run(
            "UPDATE asked SET contact_id = $3 WHERE question_id = $1 AND conversation_id = $2 AND contact_id = $4",
            args![question, conversation, from.as_str(), into.as_str()],
        )
        .await?;
    }
    for (sql, list) in [
        ("UPDATE conversation SET contact_id = $2 WHERE id = $1 AND contact_id = $3", &moved.conversations),
        ("UPDATE console_user SET contact_id = $2 WHERE id = $1 AND contact_id = $3", &moved.users),
        ("UPDATE visit SET contact_id = $2 WHERE id = $1 AND contact_id = $3", &moved.visits),
        ("UPDATE call SET contact_id = $2 WHERE id = $1 AND contact_id = $3", &moved.calls),
    ] {
        for id in list {
            tx.run(sql, args![id, from.as_str(), into.as_str()]).await?;
        }
    }
    Ok(())
}
