//! `plumbline contact hold`, `release` and `erase --dry-run`: what may not go, and what would.

use std::io::Write;

use domain::{
    clock::{Clock as _, SystemClock},
    contact::Identity,
    id::ContactId,
    import,
};
use store::{
    Store, audit, contact,
    rights::{self, going, hold, open},
};

use super::{Failure, table};
use crate::settings::Settings;

/// Sets or lifts the hold of a person.
///
/// # Errors
/// [`Failure`]: nobody of that id or number, a database away.
pub async fn put(
    settings: &Settings,
    store: &Store,
    who: &str,
    on: bool,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let id = person(settings, store, who).await?;
    let (held, now) = (id.clone(), SystemClock.now());
    let done = store.write(move |tx| {
        Box::pin(async move {
            if hold::set(tx, &held, on, now).await? {
                let entry = audit::Entry {
                    actor: "house".to_owned(),
                    action: if on { "contact_held" } else { "contact_released" },
                    subject: held.0,
                    digest: String::new(),
                };
                audit::append(tx, &entry, now).await?;
            }
            Ok(())
        })
    });
    done.await?;
    if on {
        writeln!(out, "{id} is on hold: nothing of them is erased or forgotten until it is lifted.")?;
    } else {
        writeln!(out, "{id} is not on hold: what was kept for long enough goes from now on.")?;
    }
    Ok(())
}

/// The contact that an id or a phone number means, or whom it was merged into.
async fn person(settings: &Settings, store: &Store, who: &str) -> Result<ContactId, Failure> {
    let (id, mut tx) = (ContactId(who.trim().to_owned()), store.reader());
    let mut found = contact::get(&mut tx, &id).await?;
    if found.is_none()
        && let Ok(digits) = import::digits_of_phone(&id.0, &settings.country_code)
    {
        found = contact::find(&mut tx, &[Identity::phone(&digits)]).await?;
    }
    let mend = "give the id that the console shows, or a phone number";
    let found = found.ok_or_else(|| Failure::Failed(format!("there is no contact {who:?}: {mend}")))?;
    Ok(contact::merged(&mut tx, &found.id).await?.unwrap_or(found.id))
}

/// Counts what an erasure would take, and says what stands in its way. Changes nothing.
///
/// # Errors
/// [`Failure`]: nobody of that id or number, a database away.
pub async fn would_go(settings: &Settings, who: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let store = super::open(settings).await?;
    let id = person(settings, &store, who).await?;
    let subject = rights::subject(&mut store.reader(), &id).await?;
    let subject = subject.ok_or_else(|| Failure::Failed(format!("there is no contact {id}")))?;
    let going = going::of(&store, &subject).await?;
    let rows = [
        ("messages", going.messages),
        ("of them with files", going.with_files),
        ("turns of agents", going.turns),
        ("notes", going.notes),
        ("tasks", going.tasks),
        ("calls", going.calls),
        ("numbers and names they write by", going.identities),
        ("records as a customer", going.customers),
    ];
    let rows: Vec<Vec<String>> =
        rows.iter().map(|(what, count)| vec![(*what).to_owned(), count.to_string()]).collect();
    table(out, &["would go", "number"], &rows)?;
    if hold::covers(&mut store.reader(), &subject).await? {
        writeln!(out, "They are on hold: lift it first (plumbline contact release {id}).")?;
    }
    let open = open::all_of(&mut store.reader(), &subject).await?;
    if !open.is_empty() {
        writeln!(out, "Still open of theirs: {} (--despite-open).", open.len())?;
    }
    writeln!(out, "Words of others that name them would go too. Nothing was changed.")?;
    Ok(())
}

#[cfg(test)]
#[path = "hold_tests.rs"]
mod tests;
