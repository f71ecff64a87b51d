//! A database copied while it works, and put back.

use std::path::Path;

use crate::processes::{Terminal, free_ports, plumbline};

const REPORT: &str = "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B";

fn runs(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let out = plumbline(folder, free_ports()).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code(), text(out.stdout), text(out.stderr))
}

#[test]
fn a_copy_taken_in_the_middle_of_a_story_goes_on_where_it_was_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = Terminal::start(plumbline(folder.path(), free_ports()));
    one.shows("Model: offline");
    one.types(REPORT);
    one.shows("[1] Confirm");
    let (code, said, why) = runs(folder.path(), &["backup", "copy.db"]);
    assert_eq!((code, said.contains("copy.db holds the database")), (Some(0), true), "{said}{why}");

    let (code, _, why) = runs(folder.path(), &["restore", "copy.db"]);
    assert_eq!((code, why.contains("is in use")), (Some(1), true), "{why}");
    let (code, _, why) = runs(folder.path(), &["backup", "copy.db"]);
    assert_eq!((code, why.contains("is there already")), (Some(1), true), "{why}");

    one.types("1");
    one.shows("Grant goodwill?");
    assert_eq!(one.ends().0, Some(0));

    let (code, said, why) = runs(folder.path(), &["restore", "copy.db"]);
    assert_eq!((code, said.contains("is kept as")), (Some(0), true), "{said}{why}");
    let mut again = Terminal::start(plumbline(folder.path(), free_ports()));
    again.shows("[1] Confirm");
    again.types("1");
    again.shows("Grant goodwill?");
    assert_eq!(again.ends().0, Some(0));
}

#[test]
fn what_is_no_copy_is_refused_and_harms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(runs(folder.path(), &["migrate"]).0, Some(0));
    std::fs::write(folder.path().join("letter.txt"), "Dear Sirs").unwrap();
    for file in ["letter.txt", "missing.db"] {
        let (code, _, why) = runs(folder.path(), &["restore", file]);
        assert_eq!(code, Some(1), "{why}");
        assert!(why.contains(file) || why.contains("copy"), "{why}");
    }
    assert_eq!(runs(folder.path(), &["queue", "status"]).0, Some(0));
    let mut kept: Vec<_> = std::fs::read_dir(folder.path().join("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("restoring") || name.contains("before"))
        .collect();
    kept.sort();
    assert_eq!(kept, Vec::<String>::new());
}
