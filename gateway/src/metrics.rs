//! The queues as Prometheus text (exposition format 0.0.4): gauges read from the database at each scrape, so every process
//! of a house shows the same. Counts only: no ids, no texts.

use std::fmt::Write as _;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use store::queue::{Depth, Status};

use crate::{error::Problem, health::counts, state::Gateway};

/// `GET /metrics`.
pub(crate) async fn scrape(State(gateway): State<Gateway>) -> Result<Response, Problem> {
    let text = render(&counts(&gateway).await?);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

fn render(status: &Status) -> String {
    let mut text = String::new();
    let mut family = |name: &str, help: &str, rows: &[(&str, &str, i64)]| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# HELP plumbline_{name} {help}\n# TYPE plumbline_{name} gauge");
        for (label, value, number) in rows {
            let _ = writeln!(text, "plumbline_{name}{{{label}=\"{value}\"}} {number}");
        }
    };
    let queues: [(&str, &Depth); 2] = [("inbox", &status.inbox), ("outbox", &status.outbox)];
    let rows = |of: fn(&Depth) -> i64| queues.map(|(queue, depth)| ("queue", queue, of(depth)));
    family("queue_pending", "Rows that wait.", &rows(|depth| depth.pending));
    family("queue_leased", "Rows that are being worked on.", &rows(|depth| depth.leased));
    family("queue_dead", "Rows that failed for good.", &rows(|depth| depth.dead));
    family(
        "queue_oldest_age_ms",
        "Age of the oldest unsettled row, in milliseconds.",
        &rows(|depth| depth.oldest_age_ms),
    );
    let turns = &status.turns;
    let states = [("due", turns.due), ("running", turns.running), ("parked", turns.parked)];
    family("turns", "Turns by state.", &states.map(|(state, n)| ("state", state, n)));
    text
}

#[cfg(test)]
mod tests {
    use store::queue::Turns;

    use super::*;

    #[test]
    fn each_family_is_announced_once_and_each_row_is_a_number() {
        let status = Status {
            inbox: Depth { pending: 3, leased: 1, dead: 0, oldest_age_ms: 250 },
            outbox: Depth::default(),
            turns: Turns { due: 0, running: 2, parked: 10_000 },
        };
        let text = render(&status);
        assert!(text.contains("plumbline_queue_pending{queue=\"inbox\"} 3\n"));
        assert!(text.contains("plumbline_turns{state=\"parked\"} 10000\n"));
        assert_eq!(text.matches("# TYPE").count(), 5);
        let rows = text.lines().filter(|line| !line.starts_with('#'));
        assert!(rows.clone().all(|row| row.rsplit(' ').next().unwrap().parse::<i64>().is_ok()));
        assert_eq!(rows.count(), 11);
    }
}
