//! A client of the live stream that nobody here wrote: the Python library `websockets`, pinned in `tests/clients`. It is
//! cut off ten times while much happens, and must have seen everything once and in order.

use std::process::Stdio;

use domain::staff::ConsoleRole;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::Command,
};

use crate::{
    app::{self, on_each},
    live::{happens, talk, writes},
};

const CLIENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/clients/live_resume.py");
const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/live.schema.json");
const CUTS: i64 = 10;
const EVENTS: i64 = 600;

/// The interpreter of the environment that holds the library: `PLUMBLINE_TEST_PYTHON`, or the path's.
async fn python() -> Option<String> {
    let python = std::env::var("PLUMBLINE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(&python);
    let command = command.args(["-c", "import websockets, jsonschema"]).stderr(Stdio::null());
    if command.status().await.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    assert!(std::env::var("PLUMBLINE_CI").is_err(), "CI must have tests/clients/requirements.txt");
    eprintln!("SKIPPED: the Python websockets library (pip install -r tests/clients/requirements.txt)");
    None
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_client_that_is_cut_off_ten_times_misses_nothing() {
    let Some(python) = python().await else { return };
    on_each("live_outside", |db| {
        let python = python.clone();
        async move {
            let app = app::house(&db).await;
            let ana = app.as_user(ConsoleRole::Staff).await;
            let url = format!("{}/api/live", app.url.replace("http", "ws"));
            let mut command = Command::new(python);
            command.args([CLIENT, &url, &ana.token, SCHEMA, &CUTS.to_string(), &(EVENTS - 1).to_string()]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
            let mut client = command.spawn().unwrap();
            let mut lines = BufReader::new(client.stdout.take().unwrap()).lines();
            assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("ready"));

            // Numbered events in order, and messages between them from several sides.
            let numbered = async {
                for n in 0..EVENTS {
                    happens(&app, n).await;
                }
            };
            let people = futures::future::join_all((0..3).map(|person| {
                let app = &app;
                async move {
                    let of = talk(app, &format!("49151{person}")).await;
                    for n in 0..60 {
                        writes(app, &of, &format!("message {n}")).await;
                    }
                }
            }));
            tokio::join!(numbered, people);

            let mut complaint = String::new();
            let told = lines.next_line().await.unwrap();
            client.stderr.take().unwrap().read_to_string(&mut complaint).await.unwrap();
            assert!(client.wait().await.unwrap().success(), "{complaint}");
            let told: Value = serde_json::from_str(&told.unwrap()).unwrap();
            assert_eq!(told["resumed"], CUTS);
            let seen: Vec<i64> =
                told["seen"].as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).collect();
            assert_eq!(seen, (0..EVENTS).collect::<Vec<_>>());
        }
    })
    .await;
}
