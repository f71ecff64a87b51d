//! Size, names and openings of files, and what stands only in one place.

use std::path::Path;

use crate::tree::{files, is_test, root, rust, text};

/// Lines of a file without its tests.
const WALL: usize = 400;
/// Folders below a crate's root.
const DEEP: usize = 3;
const BANNED: [&str; 6] = ["common", "helpers", "helper", "misc", "types", "utils"];

fn report(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_file_grows_beyond_the_wall() {
    let mut faults = Vec::new();
    for (name, path) in rust().into_iter().filter(|(name, _)| !is_test(name)) {
        let text = text(&path);
        let lines = text.lines().take_while(|line| *line != "#[cfg(test)]").count();
        if lines > WALL {
            faults.push(format!("{name}: {lines} lines, the wall is {WALL}"));
        }
    }
    report(&faults);
}

#[test]
fn every_file_says_what_it_is() {
    let silent = |(name, path): (String, std::path::PathBuf)| {
        let text = text(&path);
        let first = text.lines().next().unwrap_or_default();
        // A file of one word is a place that somebody meant to fill.
        (!first.starts_with("//! ") || first.len() < 20)
            .then_some(format!("{name}: opens with {first:?}, not with what it is"))
    };
    report(&rust().into_iter().filter_map(silent).collect::<Vec<_>>());
}

#[test]
fn no_drawer_and_no_cellar() {
    let mut faults = Vec::new();
    for (name, _) in rust() {
        let path = Path::new(&name);
        let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
        for part in &parts {
            let stem = part.trim_end_matches(".rs");
            if BANNED.contains(&stem) || BANNED.contains(&stem.trim_end_matches("_tests")) {
                faults.push(format!("{name}: {stem} is a drawer, not a name"));
            }
        }
        let folders = parts.len() - 1;
        let below_crate = if ["src", "tests"].contains(&parts[0]) { folders } else { folders - 1 };
        if below_crate > DEEP {
            faults.push(format!("{name}: {below_crate} folders deep, at most {DEEP}"));
        }
    }
    report(&faults);
}

#[test]
fn only_the_store_holds_sql() {
    let faults: Vec<String> = rust()
        .into_iter()
        .filter(|(name, _)| !name.starts_with("store/") && !name.starts_with("tests/house/"))
        // What the store is measured against must not be the store.
        .filter(|(name, _)| !name.starts_with("bench/"))
        .filter(|(_, path)| {
            let text = text(path);
            ["rusqlite::", "tokio_postgres::", "deadpool_postgres::"]
                .iter()
                .any(|driver| text.contains(driver))
        })
        .map(|(name, _)| format!("{name}: speaks SQL; only store does"))
        .filter(|fault| !fault.contains("/tests/"))
        .collect();
    report(&faults);
}

/// A migration that is not in the list never runs, and nobody would notice.
#[test]
fn each_migration_is_in_the_list() {
    let list = text(&root().join("store/src/db/migrate.rs"));
    let files = files(&root().join("store/migrations"), "sql");
    assert!(files.len() > 10, "the walk found only {} migrations", files.len());
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(list.contains(&format!("migrations/{name}\"")), "{name} is not in store/src/db/migrate.rs");
    }
}

/// What makes and drops databases for stories stands in one file: the others take it in.
#[test]
fn databases_for_stories_are_made_in_one_place() {
    let made: Vec<String> = rust()
        .into_iter()
        .filter(|(name, _)| is_test(name) && !name.starts_with("tests/house/"))
        .filter(|(_, path)| text(path).contains("CREATE DATABASE"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(made, ["store/tests/it/databases.rs"]);
}

#[test]
fn only_the_composition_names_concrete_channels_and_models() {
    let named = ["OpenAi::new(", "Link::new(", "WhatsApp::new(", "Terminal::open("];
    let allowed = |name: &str| {
        let commands = ["src/commands/doctor.rs", "src/commands/chat.rs"];
        name.starts_with("src/app/") || commands.contains(&name) || is_test(name)
    };
    let mut faults = Vec::new();
    for (name, path) in rust().into_iter().filter(|(name, _)| !allowed(name)) {
        let text = text(&path);
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        faults.extend(
            named.iter().filter(|made| code.contains(**made)).map(|made| format!("{name}: makes {made}...)")),
        );
    }
    report(&faults);
}

#[test]
fn the_pages_that_people_read_first_are_there() {
    for page in [
        "README.md",
        "ARCHITECTURE.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        ".env.example",
        "config/default.toml",
        ".ci/run",
    ] {
        assert!(text(&root().join(page)).len() > 200, "{page} says nothing");
    }
    let readme = text(&root().join("README.md"));
    for command in ["cargo run --release", "cargo test"] {
        assert!(readme.contains(command), "README.md does not say `{command}`");
    }
}

/// The README's first command names no program, and more than one of the default members has one.
#[test]
fn cargo_run_knows_which_program_is_meant() {
    let manifest = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    assert_eq!(manifest["package"]["default-run"].as_str(), Some("plumbline"));
}
