//! People and customers put into a database at a start: the demo's, and those that the environment names. Demo data goes
//! only into the program's own empty database, once, and is said so; never into one that the user named.

use std::sync::Arc;

use domain::{
    clock::Millis,
    contact::{Identity, Role},
    customer::Customer,
    id::Ids,
    import::{self, Person},
};
use store::{Error, Store, Tx, contact, office, rights::tombstone, setting};

use crate::{assets::Folder, commands::Failure, settings::Settings};

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

    /// The first demo person who holds `role`.
    #[must_use]
    pub fn holder(&self, role: Role) -> Option<&Person> {
        self.people.iter().find(|person| person.roles.contains(&role))
    }
}

/// How the two people of a first look are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seats {
    Terminal,
    /// By the phones of the demo people.
    Phones,
}

/// Puts the demo data into the program's own database at its first use, and registers the technician and the office
/// person of this start. Returns what was imported, as a sentence, if anything was.
///
/// # Errors
/// Where the store does not answer.
pub async fn settle_in(
    settings: &Settings,
    store: &Store,
    seats: Seats,
    ids: &Arc<Ids>,
    now: Millis,
) -> Result<Option<String>, Failure> {
    let demo = Demo::read(settings)?;
    let (named, ids) = (settings.database_named, Arc::clone(ids));
    let imported = store
        .write(move |tx| {
            Box::pin(async move {
                let imported = if named { None } else { import_once(tx, &ids, &demo, now).await? };
                for role in [Role::Technician, Role::Office] {
                    let person = demo.holder(role).filter(|_| !named || seats == Seats::Phones);
                    seat(tx, &ids, role, person, seats, now).await?;
                }
                Ok(imported)
            })
        })
        .await?;
    Ok(imported.map(|(people, customers)| {
        let place = &settings.database.url;
        format!("First start: {people} demo people and {customers} demo customers were put into {place}.")
    }))
}

async fn import_once(
    tx: &mut Tx,
    ids: &Ids,
    demo: &Demo,
    now: Millis,
) -> Result<Option<(usize, usize)>, Error> {
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

/// Registers who holds `role` here: `person`, or somebody with the role's name. Whoever sits there already stays.
async fn seat(
    tx: &mut Tx,
    ids: &Ids,
    role: Role,
    person: Option<&Person>,
    seats: Seats,
    now: Millis,
) -> Result<(), Error> {
    let mut person = person;
    if let Some(seated) = person
        && tombstone::of(tx, &[Identity::phone(&seated.phone)]).await?.is_some()
    {
        person = None;
    }
    let phone = person.map(|person| Identity::phone(&person.phone));
    let identities: Vec<Identity> = match seats {
        Seats::Terminal => phone.into_iter().chain([Identity::terminal(role)]).collect(),
        Seats::Phones => phone.into_iter().collect(),
    };
    let Some(place) = identities.last() else { return Ok(()) };
    if contact::find(tx, std::slice::from_ref(place)).await?.is_some_and(|sits| sits.has(role)) {
        return Ok(());
    }
    let name =
        person.map_or(if role == Role::Office { "Office" } else { "Technician" }, |person| &person.name);
    contact::register(tx, ids, name, role, &identities, now).await?;
    Ok(())
}

/// Registers the people whose phones the environment names.
///
/// # Errors
/// Where the store does not answer.
pub async fn register_phones(
    settings: &Settings,
    store: &Store,
    ids: &Arc<Ids>,
    now: Millis,
) -> Result<(), Failure> {
    let (phones, ids) = (settings.phones.clone(), Arc::clone(ids));
    let register = store.write(move |tx| {
        Box::pin(async move {
            for (role, digits) in &phones {
                let identities = [Identity::phone(digits)];
                if tombstone::of(tx, &identities).await?.is_some() {
                    tracing::warn!(%role, "the phone that the settings name for a role is somebody's who was erased: take it out");
                    continue;
                }
                let known = contact::find(tx, &identities).await?;
                let name =
                    known.map_or_else(|| format!("{role} {}", last_digits(digits)), |known| known.name);
                contact::register(tx, &ids, &name, *role, &identities, now).await?;
            }
            Ok(())
        })
    });
    Ok(register.await?)
}

/// Enough of a number to tell two people apart.
fn last_digits(digits: &str) -> &str {
    &digits[digits.len().saturating_sub(4)..]
}
