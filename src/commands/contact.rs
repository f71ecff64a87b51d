//! `plumbline contact`: the rights of a data subject, a copy of what is kept about them and its end. A customer of the list
//! who never wrote has them too.

use std::{fs::OpenOptions, io::Write, path::Path};

use domain::{
    clock::{Clock as _, SystemClock},
    contact::Identity,
    id::{ContactId, CustomerId},
    import,
};
use gateway::rights;
use store::{
    Store, audit, contact,
    office::customer,
    rights::{Who, erase::Order},
};

use super::{Failure, hold, ids, open};
use crate::{
    cli::{ContactArgs, ContactCommand},
    settings::Settings,
};

/// What was asked, or a count of what it would take.
///
/// # Errors
/// [`Failure`]: as of [`run`]; a count of what takes nothing.
pub async fn asked(settings: &Settings, asked: ContactArgs, out: &mut dyn Write) -> Result<(), Failure> {
    match asked.command {
        ContactCommand::Erase { id, .. } if asked.dry_run => {
            let store = open(settings).await?;
            hold::would_go(&store, &meant(&store, settings, &id).await?, out).await
        }
        _ if asked.dry_run => Err(Failure::Usage(
            "--dry-run counts what `contact erase` would take, and goes with it".to_owned(),
        )),
        command => run(settings, command, out).await,
    }
}

/// # Errors
/// [`Failure`]: nobody of that id, something of theirs is open, a file that cannot be written, a database away.
pub async fn run(settings: &Settings, command: ContactCommand, out: &mut dyn Write) -> Result<(), Failure> {
    let store = open(settings).await?;
    match command {
        ContactCommand::Export { id, out: file } => {
            let id = meant(&store, settings, &id).await?;
            export(settings, &store, &id, &file).await?;
            writeln!(
                out,
                "{} holds everything kept about {id}. It is readable by you alone.",
                file.display()
            )?;
        }
        ContactCommand::Erase { id, despite_open } => {
            let id = meant(&store, settings, &id).await?;
            erase(settings, &store, &id, despite_open, out).await?;
        }
        ContactCommand::Hold { id } => {
            hold::put(&store, &meant(&store, settings, &id).await?, true, out).await?;
        }
        ContactCommand::Release { id } => {
            hold::put(&store, &meant(&store, settings, &id).await?, false, out).await?;
        }
    }
    Ok(())
}

/// Who is meant by an id or a phone number: a contact before a customer.
async fn meant(store: &Store, settings: &Settings, who: &str) -> Result<Who, Failure> {
    let (said, mut tx) = (who.trim(), store.reader());
    let (contact, customer) = (ContactId(said.to_owned()), CustomerId(said.to_owned()));
    if contact::get(&mut tx, &contact).await?.is_some() {
        return Ok(Who::Contact(contact));
    }
    if customer::get(&mut tx, &customer).await?.is_some() {
        return Ok(Who::Customer(customer));
    }
    let Ok(digits) = import::digits_of_phone(said, &settings.country_code) else { return Err(nobody(who)) };
    if let Some(person) = contact::find(&mut tx, &[Identity::phone(&digits)]).await? {
        return Ok(Who::Contact(person.id));
    }
    let mut customers = customer::by_phone(&mut tx, &[digits], &settings.country_code).await?;
    match (customers.pop(), customers.pop()) {
        (Some(one), None) => Ok(Who::Customer(one.id)),
        (Some(one), Some(other)) => Err(Failure::Failed(format!(
            "the number {who:?} is that of the customers {} and {}: give the id of one",
            other.id, one.id
        ))),
        (None, _) => Err(nobody(who)),
    }
}

fn nobody(who: &str) -> Failure {
    let mend = "give the id that the console shows, a customer's id, or a phone number";
    Failure::Failed(format!("there is no contact or customer {who:?}: {mend}"))
}

async fn export(settings: &Settings, store: &Store, who: &Who, file: &Path) -> Result<(), Failure> {
    rights::known(store, who).await.map_err(|error| Failure::Failed(error.to_string()))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let unwritten = |error| Failure::Failed(format!("{} cannot be written: {error}", file.display()));
    let archive = options.open(file).map_err(unwritten)?;
    let now = SystemClock.now();
    let entry = audit::Entry {
        actor: "house".to_owned(),
        action: match who {
            Who::Contact(_) => "contact_exported",
            Who::Customer(_) => "customer_exported",
        },
        subject: who.subject(),
        digest: String::new(),
    };
    store.write(move |tx| Box::pin(async move { audit::append(tx, &entry, now).await })).await?;
    let done = rights::export(store, who, &settings.media_folder, archive, now).await;
    done.map_err(|error| {
        // Half of it would pass for all of it.
        let _ = std::fs::remove_file(file);
        Failure::Failed(error.to_string())
    })
}

async fn erase(
    settings: &Settings,
    store: &Store,
    who: &Who,
    despite_open: bool,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let order = Order { actor: "house".to_owned(), now: SystemClock.now() };
    let done = rights::erase(store, &ids(), who, &settings.media_folder, &order, despite_open).await;
    let kept = done.map_err(|error| match error {
        rights::Error::StillOpen(_) => {
            Failure::Failed(format!("nothing was erased: {error} (--despite-open)"))
        }
        error => Failure::Failed(error.to_string()),
    })?;
    writeln!(out, "{who} is erased: words, files, names and numbers are gone.")?;
    if !kept.invoices.is_empty() {
        let ids = kept.invoices.join(", ");
        writeln!(
            out,
            "Kept unaltered, as tax law wants for eight years (section 14b UStG, section 147 AO): {ids}."
        )?;
    }
    if !kept.open_jobs.is_empty() {
        let ids = kept.open_jobs.join(", ");
        writeln!(out, "Kept with what a bill needs until they are settled, then erase again: {ids}.")?;
    }
    for customer in kept.open_customers {
        writeln!(
            out,
            "The customer {customer} is the same person: erase it by that id once the job is settled."
        )?;
    }
    for customer in kept.customers {
        writeln!(out, "The customer {customer} was linked and stays: its name is another's.")?;
    }
    writeln!(out, "Copies made by `plumbline backup` still hold what was erased here.")?;
    Ok(())
}
