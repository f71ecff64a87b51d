//! Clients that nobody here wrote, against a running office agent: the official Python and JavaScript SDKs, pinned in
//! `tests/clients`. Where one is not installed its test says so loudly, and fails where everything has to be there.

use std::{process::Stdio, time::Duration};

use channels::link::report;
use domain::{
    job::{JobNotice, SettlementStatus},
    outbound::SendOutcome,
    staff::ConsoleRole,
};
use tokio::process::Command;

use crate::{
    app::{self, SECRET, job, on_each},
    link::{link_to, try_again},
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/clients");

/// Whether `program` runs with `arguments` to a good end.
async fn works(program: &str, arguments: &[&str], folder: &str) -> bool {
    let mut command = Command::new(program);
    let command = command.args(arguments).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().await.is_ok_and(|status| status.success())
}

fn skipped(client: &str, how: &str) {
    assert!(std::env::var("PLUMBLINE_CI").is_err(), "CI must have {client}: {how}");
    eprintln!("SKIPPED: {client} is not installed ({how})");
}

async fn drive(db: &app::Db, program: &str, script: &str, folder: &str, checks: usize) {
    let office = app::office(db).await;
    let mut command = Command::new(program);
    let command = command.args([script, &office.url, "JOB"]).current_dir(folder).env("A2A_SECRET", SECRET);
    let run = command.output().await.unwrap();
    let (said, complained) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}\n{complained}");
    assert_eq!(said.lines().filter(|line| line.starts_with("ok")).count(), checks, "{said}");
}

/// The interpreter of the environment that holds the SDK: `PLUMBLINE_TEST_PYTHON`, or the path's.
async fn python() -> Option<String> {
    let python = std::env::var("PLUMBLINE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if works(&python, &["-c", "import a2a.client, httpx, uvicorn, starlette"], FOLDER).await {
        return Some(python);
    }
    skipped("the Python a2a-sdk", "pip install -r tests/clients/requirements.txt");
    None
}

#[tokio::test]
async fn the_python_sdk_is_served_in_both_bindings() {
    let Some(python) = python().await else { return };
    on_each("python", |db| {
        let python = python.clone();
        async move { drive(&db, &python, "a2a_smoke.py", FOLDER, 25).await }
    })
    .await;
}

#[tokio::test]
async fn the_javascript_sdk_is_served_in_both_bindings() {
    let folder = format!("{FOLDER}/js");
    if !works("node", &["-e", "import('@a2a-js/sdk/client').catch(() => process.exit(1))"], &folder).await {
        return skipped("the JavaScript @a2a-js/sdk", "npm install in tests/clients/js");
    }
    on_each("javascript", |db| {
        let folder = folder.clone();
        async move { drive(&db, "node", "a2a_smoke.mjs", &folder, 16).await }
    })
    .await;
}

/// An office that nobody here wrote: jobs go there, are withdrawn there, and their end comes back by its pushes.
#[tokio::test]
async fn the_link_works_with_an_office_of_the_python_sdk() {
    let Some(python) = python().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let port_file = folder.path().join("port");
    let mut command = Command::new(python);
    let command = command.arg("a2a_server.py").arg(&port_file).current_dir(FOLDER).kill_on_drop(true);
    let _server = command.spawn().unwrap();
    let mut waited = 0;
    let port = loop {
        match std::fs::read_to_string(&port_file) {
            Ok(port) => break port,
            Err(_) if waited < 300 => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(error) => panic!("the server did not start: {error}"),
        }
        waited += 1;
    };
    let url = format!("http://127.0.0.1:{port}");
    on_each("python_office", |db| {
        let url = url.clone();
        async move {
            let field = app::field(&db).await;
            let link = link_to(&field, "field", &url, "office", SECRET);
            let id = |name: &str| format!("JOB-{}-{name}", db.store.kind());
            let reported = |id: &str| JobNotice::Reported { report: report::read(&job(id), "").unwrap() };

            let settled = reported(&id("now"));
            let SendOutcome::Sent { external } = try_again(&link, "out-1", &settled, 0).await else {
                panic!("not sent")
            };
            assert_ne!(external, id("now"), "a foreign office has its own names");
            // The SDK itself makes a second task of a repeated message.
            let again = try_again(&link, "out-1", &settled, 1).await;
            assert_eq!(again, SendOutcome::Sent { external });
            let notice = app::eventually(|| async { field.arrivals().await.pop().map(|row| row.4) }).await;
            let JobNotice::Settled(settlement) = notice else { panic!("{notice:?}") };
            assert_eq!(
                (settlement.job_id.0.as_str(), settlement.status),
                (id("now").as_str(), SettlementStatus::Completed)
            );
            assert_eq!(settlement.invoice_id, Some("X-1".into()));

            let held = id("hold");
            assert!(matches!(try_again(&link, "out-2", &reported(&held), 0).await, SendOutcome::Sent { .. }));
            let withdrawn =
                JobNotice::Withdrawn { job_id: held.as_str().into(), reason: "wrong customer".to_owned() };
            // The second time as after a lost answer: it is cancelled already.
            for attempts in 0..2 {
                let outcome = try_again(&link, "out-3", &withdrawn, attempts).await;
                assert!(matches!(outcome, SendOutcome::Sent { .. }), "{outcome:?}");
            }
        }
    })
    .await;
}

/// How many requests of each kind are made up: few in every run, more where somebody asks for more.
fn examples() -> u32 {
    std::env::var("PLUMBLINE_API_EXAMPLES").ok().and_then(|many| many.parse().ok()).unwrap_or(5)
}

/// Whatever the API's description allows and forbids is sent, by who may do everything and by who may change nothing. Not
/// checked: that generated data is accepted (most of it names what there is not), and wrong credentials (their test is
/// `every_route_of_the_document_is_there_and_shut_to_strangers`). Logging out would end the run.
#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_as_it_is_described() {
    let python = std::env::var("PLUMBLINE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if !works(&python, &["-c", "import schemathesis"], FOLDER).await {
        return skipped("schemathesis", "pip install -r tests/clients/schemathesis_requirements.txt");
    }
    let (_folder, db) = app::sqlite().await;
    let house = app::house(&db).await;
    for role in [ConsoleRole::Owner, ConsoleRole::Auditor] {
        let console = house.as_user(role).await;
        let scratch = tempfile::tempdir().unwrap();
        let mut command = Command::new(&python);
        command.args(["-m", "schemathesis.cli", "run"]).arg(format!("{}/openapi.json", house.url));
        command.args(["--header", &format!("Authorization: Bearer {}", console.token)]);
        command.args(["--checks", "all", "--exclude-checks", "positive_data_acceptance,ignored_auth"]);
        command.args(["--exclude-path", "/api/comms/logout", "--phases", "coverage,fuzzing"]);
        let (examples, seconds) = (examples().to_string(), (examples() * 6).to_string());
        command.args(["--max-examples", &examples, "--max-time", &seconds, "--seed", "1", "--no-shrink"]);
        command.args(["--workers", "1"]);
        command.args(["--continue-on-failure", "--no-color", "--warnings", "off"]);
        let run = command.current_dir(scratch.path()).output().await.unwrap();
        let (said, complained) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        assert!(run.status.success(), "as {role}: {said}\n{complained}");
        assert!(said.contains("generated"), "nothing was sent as {role}: {said}");
    }
}
