//! `plumbline queue`: what waits, what failed for good, and trying again.

use std::io::Write;
use std::time::Duration;

use domain::clock::{Clock as _, SystemClock};
use store::{
    channel_state,
    queue::{self, Depth},
};

use super::{Failure, open, table};
use crate::{cli::QueueCommand, settings::Settings};

/// Failed rows listed at once, of each queue.
const DEAD: i64 = 200;

/// # Errors
/// [`Failure`]: a database away, or an id that names nothing that failed.
pub async fn run(settings: &Settings, command: QueueCommand, out: &mut dyn Write) -> Result<(), Failure> {
    let store = open(settings).await?;
    let now = SystemClock.now();
    match command {
        QueueCommand::Status => {
            let status = queue::status(&mut store.reader(), now).await?;
            let row = |name: &str, depth: &Depth| {
                let age = age(Duration::from_millis(u64::try_from(depth.oldest_age_ms).unwrap_or(0)));
                let counts = [depth.pending, depth.leased, depth.dead].map(|n| n.to_string());
                vec![name.to_owned(), counts[0].clone(), counts[1].clone(), counts[2].clone(), age]
            };
            let rows = [row("inbox", &status.inbox), row("outbox", &status.outbox)];
            table(out, &["queue", "pending", "leased", "dead", "oldest"], &rows)?;
            let turns = status.turns;
            writeln!(out, "turns: {} due, {} running, {} parked", turns.due, turns.running, turns.parked)?;
            for paused in channel_state::paused(&mut store.reader(), now).await? {
                let wait = age(now.until(paused.until));
                writeln!(out, "{} is paused for {wait}: {}", paused.channel, one_line(&paused.reason))?;
            }
        }
        QueueCommand::Dead => {
            let dead = queue::dead(&mut store.reader(), DEAD).await?;
            if dead.is_empty() {
                writeln!(out, "Nothing failed for good.")?;
                return Ok(());
            }
            let rows: Vec<Vec<String>> = dead
                .into_iter()
                .map(|d| {
                    vec![
                        d.queue.to_owned(),
                        d.id,
                        age(d.at.until(now)),
                        d.attempts.to_string(),
                        one_line(&d.reason),
                    ]
                })
                .collect();
            table(out, &["queue", "id", "ago", "tries", "reason"], &rows)?;
        }
        QueueCommand::Retry { id } => {
            let wanted = id.clone();
            let done =
                store.write(move |tx| Box::pin(async move { queue::retry(tx, &wanted, now).await })).await?;
            if !done {
                return Err(Failure::Failed(format!(
                    "nothing that failed has the id {id:?}: `plumbline queue dead` lists them"
                )));
            }
            writeln!(out, "{id} is due again; a running plumbline takes it up.")?;
        }
    }
    Ok(())
}

/// `-` for nothing, then the largest unit that is not zero.
fn age(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 if time.is_zero() => "-".to_owned(),
        0 => "<1s".to_owned(),
        1..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use domain::clock::Millis;

    use super::*;

    #[test]
    fn ages_are_short() {
        let cases =
            [(0, "-"), (5, "<1s"), (59_999, "59s"), (60_000, "1m"), (7_200_000, "2h"), (172_800_000, "2d")];
        for (millis, expected) in cases {
            assert_eq!(age(Duration::from_millis(millis)), expected);
        }
        assert_eq!(age(Millis(5).until(Millis(0))), "-");
    }
}
