//! The real binary, aborted around every single commit and every call to the outside in turn, and started again: nothing asked
//! twice, nothing billed twice, nothing forgotten.

use std::{
    io::Write as _,
    path::Path,
    process::{ExitStatus, Stdio},
};

use domain::clock::{Clock as _, SystemClock};
use store::{
    Config, Store, Tx,
    check::{self, Look},
    db::Val,
};

use crate::processes::{free_ports, plumbline};

/// What the people say, in order; each names its speaker and its option, for numbers are new after a start.
const LINES: [&str; 4] = [
    "@technician Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B",
    "@technician Confirm",
    "@office Grant",
    "@office Create",
];
/// More commits than any story has.
const MOST: i64 = 500;

fn run(folder: &Path, ports: (u16, u16), crash_at: Option<&str>, lines: &[&str]) -> ExitStatus {
    let mut command = plumbline(folder, ports);
    if let Some(at) = crash_at {
        command.env("PLUMBLINE_CRASH_AT", at);
    }
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let text = lines.join("\n") + "\n";
    // A process that aborts at its start never reads this.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    child.wait().unwrap()
}

async fn open(folder: &Path) -> Store {
    let url = format!("sqlite://{}/data/plumbline.db", folder.display());
    Store::open(&Config { url, ..Config::default() }).await.unwrap()
}

async fn count(tx: &mut Tx, sql: &'static str) -> i64 {
    tx.row(sql, Vec::<Val>::new()).await.unwrap().unwrap().get("n").unwrap()
}

/// How many lines have reached the inbox.
async fn taken_in(folder: &Path) -> usize {
    let store = open(folder).await;
    let lines =
        count(&mut store.reader(), "SELECT COUNT(*) AS n FROM inbox WHERE channel LIKE 'cli:%'").await;
    usize::try_from(lines).unwrap()
}

async fn check(folder: &Path, what: &str) {
    let store = open(folder).await;
    let mut tx = store.reader();
    let expected = [
        ("invoices", 1, "SELECT COUNT(*) AS n FROM invoice"),
        ("jobs", 1, "SELECT COUNT(*) AS n FROM job WHERE state = 'invoiced'"),
        ("questions", 3, "SELECT COUNT(*) AS n FROM question WHERE state = 'answered'"),
        ("questions in all", 3, "SELECT COUNT(*) AS n FROM question"),
        ("settlements", 1, "SELECT COUNT(*) AS n FROM handoff WHERE state = 'completed'"),
        (
            "words with the invoice",
            1,
            "SELECT COUNT(*) AS n FROM outbox WHERE channel = 'cli:technician' AND content LIKE '%RE-2026-0001%'",
        ),
        ("unsent", 0, "SELECT COUNT(*) AS n FROM outbox WHERE state <> 'sent'"),
        ("unsettled arrivals", 0, "SELECT COUNT(*) AS n FROM inbox WHERE state <> 'done'"),
        ("unfinished turns", 0, "SELECT COUNT(*) AS n FROM turn WHERE state <> 'done'"),
        ("unheard", 0, "SELECT COUNT(*) AS n FROM message WHERE unheard = 1"),
        ("people", 2, "SELECT COUNT(*) AS n FROM contact"),
        ("timers", 0, "SELECT COUNT(*) AS n FROM timer"),
    ];
    for (name, expected, sql) in expected {
        assert_eq!(count(&mut tx, sql).await, expected, "{name}, {what}");
    }
    let look = Look { at_rest: Some(SystemClock.now()), ..Look::default() };
    let findings = check::findings(&store, look).await.unwrap();
    assert!(findings.is_empty(), "{what}: {findings:#?}");
}

/// Plays the story with one abort at `crash_at`, going on where it stopped. `false` where it never came to that point.
async fn story(crash_at: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let ports = free_ports();
    let what = format!("aborted at {crash_at}");
    if run(folder.path(), ports, Some(crash_at), &LINES).success() {
        check(folder.path(), &what).await;
        return false;
    }
    for _ in 0..3 {
        let said = taken_in(folder.path()).await;
        let status = run(folder.path(), ports, None, &LINES[said..]);
        assert!(status.success(), "{what}: it did not start again");
        if taken_in(folder.path()).await == LINES.len() {
            break;
        }
    }
    check(folder.path(), &what).await;
    true
}

/// Aborts at each of `at` in turn, until the story has no such point; it has `least` of them.
async fn stories(at: impl Iterator<Item = String>, least: usize) {
    for (aborted, at) in at.enumerate() {
        if !story(&at).await {
            assert!(aborted >= least, "the story has more than {aborted} of them");
            return;
        }
    }
    panic!("the story does not end");
}

#[tokio::test]
async fn aborted_after_every_odd_commit() {
    stories((1..MOST).step_by(2).map(|at| at.to_string()), 10).await;
}

#[tokio::test]
async fn aborted_after_every_even_commit() {
    stories((2..MOST).step_by(2).map(|at| at.to_string()), 10).await;
}

/// Between what a transaction did and its commit, all that can be lost is the transaction: a share of them will do.
#[tokio::test]
async fn aborted_before_a_commit() {
    stories((1..MOST).step_by(4).map(|at| format!("-{at}")), 10).await;
}

#[tokio::test]
async fn aborted_around_each_call_of_the_model() {
    stories((1..MOST).step_by(3).map(|at| format!("ask_model.before:{at}")), 2).await;
    stories((1..MOST).step_by(2).map(|at| format!("ask_model.after:{at}")), 4).await;
}

#[tokio::test]
async fn aborted_around_each_send() {
    stories((1..MOST).step_by(3).map(|at| format!("send.before:{at}")), 2).await;
    stories((1..MOST).step_by(2).map(|at| format!("send.after:{at}")), 4).await;
}
