//! What those are called who said something: contacts and users by their ids, many in one statement each.

use std::collections::BTreeMap;

use domain::{
    id::{ContactId, UserId},
    message::Author,
};

use crate::{Error, Tx, among, args, db::among::list};

#[derive(Clone, Debug, Default)]
pub struct Names {
    contacts: BTreeMap<String, String>,
    users: BTreeMap<String, String>,
}

impl Names {
    #[must_use]
    pub fn contact(&self, id: &ContactId) -> &str {
        self.contacts.get(id.as_str()).map_or("", String::as_str)
    }

    #[must_use]
    pub fn user(&self, id: &UserId) -> &str {
        self.users.get(id.as_str()).map_or("", String::as_str)
    }
}

/// The names of `authors`.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_authors<'a>(
    tx: &mut Tx,
    authors: impl IntoIterator<Item = &'a Author>,
) -> Result<Names, Error> {
    let (mut contacts, mut users) = (Vec::new(), Vec::new());
    for author in authors {
        match author {
            Author::Contact(id) => contacts.push(id.as_str()),
            Author::Staff(id) => users.push(id.as_str()),
            Author::Agent(_) | Author::House | Author::Peer(_) | Author::Phone => {}
        }
    }
    let (contacts, users) = (list(contacts), list(users));
    let mut names = Names::default();
    if contacts != "[]" {
        names.contacts = read(
            tx.rows(among!(tx, "SELECT id, name FROM contact WHERE id", "$1", ""), args![contacts]).await?,
        )?;
    }
    if users != "[]" {
        names.users = of_users(tx, users).await?;
    }
    Ok(names)
}

/// The names of `users`, whether they still work here or not.
///
/// # Errors
/// [`Error::Database`].
pub async fn of(tx: &mut Tx, users: &[&UserId]) -> Result<Names, Error> {
    let users = of_users(tx, list(users.iter().map(|id| id.as_str()))).await?;
    Ok(Names { users, ..Names::default() })
}

async fn of_users(tx: &mut Tx, users: String) -> Result<BTreeMap<String, String>, Error> {
    read(tx.rows(among!(tx, "SELECT id, name FROM console_user WHERE id", "$1", ""), args![users]).await?)
}

fn read(rows: Vec<crate::db::Row>) -> Result<BTreeMap<String, String>, Error> {
    rows.iter().map(|row| Ok((row.get("id")?, row.get("name")?))).collect()
}
