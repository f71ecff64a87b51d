//! `plumbline users`: people, registered under their phone numbers.

use std::io::Write;

use domain::{
    clock::{Clock as _, SystemClock},
    contact::{Contact, Identity, IdentityKind},
    import::{self, Person},
};
use store::{Store, contact};

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
            let count = people.len();
            register(&open(settings).await?, people).await?;
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
            register(&open(settings).await?, vec![person]).await?;
            writeln!(out, "{said}")?;
        }
        UsersCommand::List => list(&open(settings).await?, out).await?,
    }
    Ok(())
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
