//! Who sits before the terminal, and the demo people and customers of a first look. Demo data goes only into the
//! program's own empty database, and is said so; a database that the user named gets nobody but the terminal's people.

use std::sync::Arc;

use domain::{
    clock::Millis,
    contact::{Identity, Role},
    customer::Customer,
    id::Ids,
    import::{self, Person},
};
use store::{Error, Store, Tx, contact, office, setting};

use crate::{
    assets::Folder,
    commands::Failure,
    settings::Settings,
};

/// Marks a database that got the demo data once: who deletes it does not get it back.
const DEMO: &str = "demo_imported";

/// Demo people and customers, read from the built-in files.
#[derive(Clone, Debug)]
pub struct Demo {
    pub people: Vec<Person>,
    pub customers: Vec<Customer>,
}

impl Demo {
    /// # Errors
    /// Where a built-in file is bad: a fault of the build.
    pub fn read(settings: &Settings) -> Result<Self, Failure> {
        let files = Folder::Demo.built_in();
        let text = |name: &str| files.get(name).map(String::as_bytes).unwrap_or_default().to_vec();
        let contracts = settings.firm.rules.contract_names();
        let bad = |what: &str, why: String| Failure::Failed(format!("the demo {what} cannot be read: {why}"));
        Ok(Self {
            people: import::people(&text("users"), &settings.country_code)
                .map_err(|e| bad("people", e.to_string()))?,
            customers: import::customers(&text("customers"), &contracts)
                .map_err(|e| bad("customers", e.to_string()))?,
        })
    }
}

/// Registers the people of the terminal for `roles`, and on the first use of the program's own database the demo data.
/// Returns what was imported, as a sentence, if anything was.
///
/// # Errors
/// Where the store does not answer.
pub async fn settle_in(
    settings: &Settings,
    store: &Store,
    ids: &Arc<Ids>,
    now: Millis,
) -> Result<Option<String>, Failure> {
    let demo = if settings.database_named { None } else { Some(Demo::read(settings)?) };
    let ids = Arc::clone(ids);
    let imported = store
        .write(move |tx| {
            Box::pin(async move {
                let imported = match &demo {
                    Some(demo) => import_once(tx, &ids, demo, now).await?,
                    None => None,
                };
                for role in [Role::Technician, Role::Office] {
                    seat(tx, &ids, role, demo.as_ref(), now).await?;
                }
                Ok(imported)
            })
        })
        .await?;
    Ok(imported.map(|(people, customers)| {
        format!("First start: {people} demo people and {customers} demo customers were put into {}.", settings.database.url)
    }))
}

async fn import_once(tx: &mut Tx, ids: &Ids, demo: &Demo, now: Millis) -> Result<Option<(usize, usize)>, Error> {
    let empty = office::customer::count(tx).await? == 0 && contact::count(tx).await? == 0;
    if !empty || setting::get(tx, DEMO).await?.is_some() {
        return Ok(None);
    }
    for person in &demo.people {
        for role in &person.roles {
            contact::register(tx, ids, &person.name, *role, &[Identity::phone(&person.phone)], now).await?;
        }
    }
    office::customer::import(tx, &demo.customers).await?;
    setting::put(tx, DEMO, "1").await?;
    Ok(Some((demo.people.len(), demo.customers.len())))
}

/// Gives the terminal's place for `role` to someone: the first demo person of the role, or a person of that name.
async fn seat(tx: &mut Tx, ids: &Ids, role: Role, demo: Option<&Demo>, now: Millis) -> Result<(), Error> {
    let terminal = Identity::terminal(role);
    if contact::find(tx, std::slice::from_ref(&terminal)).await?.is_some() {
        return Ok(());
    }
    let person = demo.and_then(|demo| demo.people.iter().find(|person| person.roles.contains(&role)));
    match person {
        Some(person) => {
            let identities = [Identity::phone(&person.phone), terminal];
            contact::register(tx, ids, &person.name, role, &identities, now).await?;
        }
        None => {
            let name = if role == Role::Office { "Office" } else { "Technician" };
            contact::register(tx, ids, name, role, &[terminal], now).await?;
        }
    }
    Ok(())
}
