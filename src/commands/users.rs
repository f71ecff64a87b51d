//! `plumbline users`: people, registered under their phone numbers.

use std::io::Write;

use domain::{
    clock::{Clock as _, SystemClock},
    contact::{Contact, Identity, IdentityKind, Role},
    import::{self, Person},
};
use store::{
    Store, Tx, audit, contact,
    rights::tombstone,
    user::{self, User},
};

use super::{Failure, ids, open, read, table};
use crate::{cli::UsersCommand, settings::Settings};

/// # Errors
/// [`Failure`]: a file that cannot be read or has bad rows, a phone number that is none, a database away.
pub async fn run(settings: &Settings, command: UsersCommand, out: &mut dyn Write) -> Result<(), Failure> {
    let country = &settings.country_code;
    match command {
        UsersCommand::Import { file } => {
            let people = import::people(&read(&file)?, country)
                .map_err(|bad| Failure::Failed(format!("{}: {bad}", file.display())))?;
            let store = open(settings).await?;
            let people = without_erased(&store, people, out).await?;
            let count = people.len();
            register(&store, people).await?;
            writeln!(out, "{count} {} registered.", if count == 1 { "person" } else { "people" })?;
        }
        UsersCommand::Add { phone, name, role } => {
            let digits = import::digits_of_phone(&phone, country)
                .map_err(|why| Failure::Usage(format!("--phone is {phone:?}: {why}")))?;
            if name.trim().is_empty() || name.chars().any(char::is_control) {
                return Err(Failure::Usage(
                    "--name is empty or holds a control character: give the person's name".to_owned(),
                ));
            }
            let person = Person { phone: digits, name: name.trim().to_owned(), roles: role };
            let said = format!("{} is registered under {}.", person.name, person.phone);
            let (store, identity) = (open(settings).await?, Identity::phone(&person.phone));
            // By hand, so it is meant: they came back.
            store.write(move |tx| Box::pin(async move { tombstone::lift(tx, &identity).await })).await?;
            register(&store, vec![person]).await?;
            writeln!(out, "{said}")?;
        }
        UsersCommand::Remove { who } => remove(settings, &who, out).await?,
        UsersCommand::List => list(&open(settings).await?, out).await?,
    }
    Ok(())
}

/// Who was erased does not come back with an old file.
async fn without_erased(
    store: &Store,
    people: Vec<Person>,
    out: &mut dyn Write,
) -> Result<Vec<Person>, Failure> {
    let (mut tx, mut kept) = (store.reader(), Vec::with_capacity(people.len()));
    let mut erased = 0;
    for person in people {
        match tombstone::of(&mut tx, &[Identity::phone(&person.phone)]).await? {
            Some(_) => erased += 1,
            None => kept.push(person),
        }
    }
    if erased > 0 {
        writeln!(
            out,
            "{erased} left out: erased on request. Take them out of the file; `plumbline users add` registers one anew."
        )?;
    }
    Ok(kept)
}

/// All or nobody.
async fn register(store: &Store, people: Vec<Person>) -> Result<(), Failure> {
    let ids = ids();
    let now = SystemClock.now();
    let change = store.write(move |tx| {
        Box::pin(async move {
            for person in &people {
                let identities = [Identity::phone(&person.phone)];
                for role in &person.roles {
                    contact::register(tx, &ids, &person.name, *role, &identities, now).await?;
                }
            }
            Ok(())
        })
    });
    Ok(change.await?)
}

/// Lets go whoever is called `who`, at the console and by message.
async fn remove(settings: &Settings, who: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let who = who.trim();
    let digits = import::digits_of_phone(who, &settings.country_code).ok();
    let store = open(settings).await?;
    let mut tx = store.reader();
    let mut contacts = Vec::new();
    if let Some(digits) = &digits {
        contacts.extend(contact::find(&mut tx, &[Identity::phone(digits)]).await?);
    } else {
        let called = |person: &Contact| person.name.to_lowercase() == who.to_lowercase();
        contacts.extend(contact::list(&mut tx).await?.into_iter().filter(called));
    }
    contacts.retain(|person| person.has(Role::Office) || person.has(Role::Technician));
    if contacts.len() > 1 {
        let mend = "name one by phone number";
        return Err(Failure::Failed(format!("{} people are called {who}: {mend}", contacts.len())));
    }
    let mut users: Vec<User> = user::list(&mut tx).await?;
    let linked = |user: &User| contacts.iter().any(|person| user.contact.as_ref() == Some(&person.id));
    users.retain(|user| linked(user) || user.name.to_lowercase() == who.to_lowercase());
    if contacts.is_empty() && users.is_empty() {
        return Err(Failure::Failed(format!("nobody called {who} works here: see `plumbline users list`")));
    }
    let (console, person) = (users.len(), contacts.first().map(|person| person.name.clone()));
    let change = store.write(move |tx| Box::pin(async move { let_go(tx, users, contacts).await }));
    change.await?;
    if let Some(person) = person {
        writeln!(out, "{person} is no technician and no office person any more.")?;
    }
    if console > 0 {
        writeln!(out, "{who} may not come to the console any more; what was open is closed.")?;
    }
    Ok(())
}

async fn let_go(tx: &mut Tx, users: Vec<User>, contacts: Vec<Contact>) -> Result<(), store::Error> {
    let now = SystemClock.now();
    let entry =
        |action, subject| audit::Entry { actor: "house".to_owned(), action, subject, digest: String::new() };
    for person in contacts {
        contact::take_roles(tx, &person.id, &[Role::Office, Role::Technician]).await?;
        audit::append(tx, &entry("contact_left", person.id.0), now).await?;
    }
    for user in users {
        user::remove(tx, &user.id, now).await?;
        audit::append(tx, &entry("user_removed", user.id.0), now).await?;
    }
    Ok(())
}

async fn list(store: &Store, out: &mut dyn Write) -> Result<(), Failure> {
    let mut tx = store.reader();
    let mut rows = Vec::new();
    for person in contact::list(&mut tx).await? {
        let identities = contact::identities_of(&mut tx, &person.id).await?;
        rows.push(row(&person, &identities));
    }
    if rows.is_empty() {
        writeln!(
            out,
            "Nobody is registered: `plumbline users add --phone ... --name ... --role technician` adds a person."
        )?;
        return Ok(());
    }
    Ok(table(out, &["name", "roles", "reached by"], &rows)?)
}

fn row(person: &Contact, identities: &[Identity]) -> Vec<String> {
    let roles: Vec<&str> = person.roles.iter().map(|role| role.as_str()).collect();
    let reached: Vec<String> = identities
        .iter()
        .map(|identity| match identity.kind {
            IdentityKind::Phone => format!("+{}", identity.value),
            kind => format!("{} {}", kind.as_str(), identity.value),
        })
        .collect();
    vec![person.name.clone(), roles.join("+"), reached.join(", ")]
}
