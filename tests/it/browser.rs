//! The console in a real browser, against the real program and at volume; and the types of the console's modules. Skipped
//! where there is no browser, except in CI.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::{Clock, Millis, SystemClock},
    contact::{Identity, IdentityKind, Role},
    id::{ConversationId, Ids, MessageId},
    language::Language,
    message::{Author, Direction, Message, Part},
};
use store::{Store, contact, conversation, message};

use crate::processes::{Terminal, free_port, free_ports, plumbline};

/// Threads beside those of the demo, and messages of the longest of them.
const THREADS: u32 = 5_000;
const LONG: u32 = 10_000;
/// Changes that are committed together.
const BATCH: u32 = 500;
const DAY_MS: i64 = 86_400_000;

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser")
}

/// A browser and the packages to drive it; `None`, said loudly, where a machine has none.
pub fn chromium(story: &str) -> Option<&'static str> {
    let paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];
    let found = paths.into_iter().find(|path| Path::new(path).exists());
    let found = found.filter(|_| scripts().join("node_modules/playwright-core").exists());
    if found.is_none() {
        let wanted = "chromium, and npm ci in tests/browser";
        assert!(std::env::var_os("PLUMBLINE_CI").is_none(), "CI must have {wanted}");
        eprintln!("SKIPPED: {story} (needs {wanted})");
    }
    found
}

/// Runs a script of `tests/browser`; where its screenshots go is the last resort's `folder`.
pub fn plays(script: &str, before: &[&str], folder: &Path, after: &[String]) {
    let shots =
        std::env::var_os("PLUMBLINE_SCREENSHOTS").map_or_else(|| folder.join("screenshots"), PathBuf::from);
    std::fs::create_dir_all(&shots).unwrap();
    let mut node = Command::new("node");
    let run = node.arg(scripts().join(script)).args(before).arg(&shots).args(after).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[tokio::test]
async fn staff_work_at_the_console_in_a_browser() {
    let Some(browser) = chromium("staff at the console in a browser") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (gateway, sandbox, agents) = (free_port(), free_port(), free_ports());
    // The first start makes the database and puts the demo's people into it.
    let mut command = plumbline(folder.path(), agents);
    command.env("WEBHOOK_PORT", gateway.to_string());
    command.args(["demo", "--sandbox-port", &sandbox.to_string()]);
    let mut first = Terminal::start(command);
    first.shows("Gateway:");
    first.dies();
    fill(folder.path()).await;
    let program = env!("CARGO_BIN_EXE_plumbline");
    let place = folder.path().to_str().unwrap();
    let ports = [gateway, sandbox, agents.0, agents.1].map(|port| port.to_string());
    plays("console.mjs", &[program, place, browser], folder.path(), &ports);
}

#[test]
fn the_modules_of_the_console_are_typed() {
    let tsc = scripts().join("node_modules/.bin/tsc");
    if !tsc.exists() {
        assert!(std::env::var_os("PLUMBLINE_CI").is_none(), "CI must run npm ci in tests/browser");
        eprintln!("SKIPPED: the types of the console (needs npm ci in tests/browser)");
        return;
    }
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("console");
    let run = Command::new(tsc).arg("--project").arg(project).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
}

/// Thousands of conversations of the last years, one of them very long.
async fn fill(folder: &Path) {
    let url = format!("sqlite://{}/data/plumbline.db", folder.display());
    let store = Store::open(&store::Config { url, ..store::Config::default() }).await.unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids = Arc::new(Ids::new(Arc::clone(&clock), [7; 32]));
    let now = clock.now();
    for from in (0..THREADS).step_by(BATCH as usize) {
        let ids = Arc::clone(&ids);
        store
            .write(move |tx| {
                Box::pin(async move {
                    for n in from..from + BATCH {
                        let at = Millis(now.0 - DAY_MS - i64::from(n) * 3_600_000);
                        let name = if n == 0 { "The long thread".to_owned() } else { format!("Person {n}") };
                        let thread = person(tx, &ids, &name, n, at).await?;
                        let said = format!("Hello, this is {name} about the boiler");
                        speaks(tx, &ids, &thread, said, at).await?;
                    }
                    Ok(())
                })
            })
            .await
            .unwrap();
    }
    let at = Address { channel: ChannelName::from("whatsapp"), external: number(0) };
    let mut reader = store.reader();
    let long = conversation::find(&mut reader, &AgentName("field".to_owned()), &at).await.unwrap().unwrap();
    for from in (0..LONG).step_by(BATCH as usize) {
        let (ids, long) = (Arc::clone(&ids), long.id.clone());
        store
            .write(move |tx| {
                Box::pin(async move {
                    for n in from..from + BATCH {
                        let at = Millis(now.0 - DAY_MS - i64::from(LONG - n) * 600_000);
                        let said = format!("message {n} {}", "of a long talk ".repeat((n % 17) as usize));
                        speaks(tx, &ids, &long, said, at).await?;
                    }
                    Ok(())
                })
            })
            .await
            .unwrap();
    }
}

fn number(n: u32) -> String {
    format!("49171900{n:04}")
}

async fn person(
    tx: &mut store::Tx,
    ids: &Ids,
    name: &str,
    n: u32,
    at: Millis,
) -> Result<ConversationId, store::Error> {
    let person = contact::create(tx, ids, name, &[Role::Customer], at).await?;
    contact::learn(tx, &person, [Identity { kind: IdentityKind::Phone, value: number(n) }].iter()).await?;
    let address = Address { channel: ChannelName::from("whatsapp"), external: number(n) };
    let agent = AgentName("field".to_owned());
    let thread = conversation::open(tx, ids, &agent, &address, Some(&person), Language::En, at).await?;
    Ok(thread.id)
}

async fn speaks(
    tx: &mut store::Tx,
    ids: &Ids,
    thread: &ConversationId,
    said: String,
    at: Millis,
) -> Result<(), store::Error> {
    let id = MessageId::new(ids);
    let said = Message::new(id, thread, Direction::In, Author::House, vec![Part::text(said)], at);
    message::put(tx, &said, false).await
}
