//! `plumbline retention`: forgets what was kept for as long as the settings say, or counts what would go.

use std::io::Write;

use domain::clock::{Clock as _, SystemClock};
use runtime::retention;
use store::retention::Kind;

use super::{Failure, open, table};
use crate::settings::Settings;

/// # Errors
/// [`Failure`]: the database is away.
pub async fn run(settings: &Settings, dry_run: bool, out: &mut dyn Write) -> Result<(), Failure> {
    let store = open(settings).await?;
    let (keep, now) = (&settings.belt.retention, SystemClock.now());
    let due = retention::due(&store, keep, now).await?;
    let rows: Vec<Vec<String>> = due
        .iter()
        .map(|due| vec![name(due.kind).to_owned(), due.days.to_string(), due.rows.to_string()])
        .collect();
    let last = if dry_run { "would go" } else { "gone" };
    table(out, &["what", "kept for days", last], &rows)?;
    if dry_run {
        writeln!(out, "Nothing was changed.")?;
        return Ok(());
    }
    while retention::round(&store, keep, now).await? {}
    Ok(())
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Arrivals => "bodies of what providers sent",
        Kind::Traces => "what turns were asked and answered",
        Kind::Files => "messages with files",
        Kind::Recordings => "recordings of calls",
        Kind::Messages => "messages",
        Kind::Audit => "entries of the audit log",
    }
}
