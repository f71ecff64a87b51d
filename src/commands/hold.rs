//! `plumbline contact hold`, `release` and `erase --dry-run`: what may not go, and what would.

use std::io::Write;

use domain::clock::{Clock as _, SystemClock};
use gateway::rights::subject;
use store::{
    Store, audit, contact,
    rights::{Who, going, hold, open},
};

use super::{Failure, table};

/// Sets or lifts the hold of a person.
///
/// # Errors
/// [`Failure`]: somebody who never wrote, a database away.
pub async fn put(store: &Store, who: &Who, on: bool, out: &mut dyn Write) -> Result<(), Failure> {
    let Who::Contact(id) = who else {
        let why = "is a customer who never wrote; only who is a contact can be held";
        return Err(Failure::Failed(format!("{} {why}", who.subject())));
    };
    let id = contact::merged(&mut store.reader(), id).await?.unwrap_or_else(|| id.clone());
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

/// Counts what an erasure of `who` would take, and says what stands in its way. Changes nothing.
///
/// # Errors
/// [`Failure`]: nobody of that id, a database away.
pub async fn would_go(store: &Store, who: &Who, out: &mut dyn Write) -> Result<(), Failure> {
    let subject = subject(store, who).await.map_err(|error| Failure::Failed(error.to_string()))?;
    let going = going::of(store, &subject).await?;
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
        writeln!(out, "They are on hold: lift it first (plumbline contact release {}).", who.subject())?;
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
