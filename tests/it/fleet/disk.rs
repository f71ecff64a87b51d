//! The disk of the real binary is full: it says so to whoever brings something, keeps all it said yes to, and goes on by itself
//! when there is room.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    Fleet, Kind, crew,
    people::{PATIENCE, TALKERS},
};

/// Files may grow to so many KiB; the database's log of changes comes there soon.
const ROOM_KIB: u64 = 2_048;

/// A limit on the size of files, as a full disk would set it: what is beyond is not written, and nobody is killed for it.
fn limited(fleet: &mut Fleet) {
    let post = fleet.crew.post("all");
    let inner = fleet.site.command(&["serve"], post.gateway);
    let mut command = Command::new("bash");
    let script = format!("trap '' XFSZ; ulimit -S -f {ROOM_KIB}; exec \"$0\" \"$@\"");
    command.arg("-c").arg(script).arg(inner.get_program()).args(inner.get_args());
    command.env_clear().current_dir(fleet.site.folder());
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    post.process = Some(super::process::Process::start(command, &fleet.site.log("all")));
}

/// More room for the running process.
fn made_room(pid: u32) {
    let done = Command::new("prlimit")
        .args(["--pid", &pid.to_string(), "--fsize=unlimited:unlimited"])
        .stdin(Stdio::null())
        .status();
    assert!(done.is_ok_and(|status| status.success()), "prlimit of util-linux gives the room back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_503_and_what_was_taken_is_answered_once_there_is_room() {
    if Command::new("prlimit").arg("--version").stdout(Stdio::null()).status().is_err() {
        assert!(std::env::var("PLUMBLINE_CI").is_err(), "CI must have prlimit (util-linux)");
        eprintln!("SKIPPED: a full disk (prlimit of util-linux is not installed)");
        return;
    }
    let Some(mut fleet) = Fleet::new(Kind::Sqlite, "full disk on SQLite", &crew::ONE).await else { return };
    limited(&mut fleet);
    let unavailable = || fleet.outside.mail.counts().unavailable.load(std::sync::atomic::Ordering::SeqCst);
    let writing = fleet.people_begin();
    // Somebody with much to say fills what room there is.
    let (mail, filling) = (fleet.outside.mail.clone(), "words ".repeat(600));
    let until = Instant::now() + PATIENCE;
    let mut sent = 0;
    while unavailable() < 5 {
        let talk = json!({ "type": "text", "text": { "body": format!("{filling} {sent}") } });
        let update = super::mail::message("4915999999999", &format!("wamid.filler{sent:06}"), talk);
        let mail = mail.clone();
        tokio::spawn(async move { mail.delivers(vec![update]).await });
        sent += 1;
        assert!(Instant::now() < until, "the disk is not full after {sent} messages");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(fleet.crew.post("all").running().has_ended().is_none(), "it lives on");
    let pid = fleet.crew.post("all").running().id();
    made_room(pid);
    fleet.people.shown(&bench::people::phone(TALKERS), "is that right?").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(fleet.crew.post("all").running().id(), pid, "nobody started it again");
    fleet.comes_to_rest(writing, 0).await;
}
