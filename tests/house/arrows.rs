//! Who may depend on whom. `ARCHITECTURE.md` draws the same arrows.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{CRATES, root, text};

/// Every arrow there may be; a crate that is not listed may depend on none of ours. Tests may look further.
const ARROWS: &[(&str, &[&str])] = &[
    ("a2a", &[]),
    ("agents", &["domain"]),
    ("bench", &[]),
    ("channels", &["a2a", "domain"]),
    ("documents", &["domain"]),
    ("domain", &[]),
    ("gateway", &["a2a", "channels", "documents", "domain", "store"]),
    ("runtime", &["agents", "channels", "domain", "store", "tools"]),
    ("sandbox", &[]),
    ("store", &["domain"]),
    ("tools", &["domain", "store"]),
];

fn dependencies(folder: &str, section: &str) -> BTreeSet<String> {
    let manifest: toml::Table = text(&root().join(folder).join("Cargo.toml")).parse().unwrap();
    let mut names: BTreeSet<String> = manifest
        .get(section)
        .and_then(toml::Value::as_table)
        .map(|table| table.keys().cloned().collect())
        .unwrap_or_default();
    for target in
        manifest.get("target").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::values)
    {
        names.extend(
            target.get(section).and_then(toml::Value::as_table).into_iter().flat_map(|t| t.keys().cloned()),
        );
    }
    names
}

fn members() -> BTreeSet<String> {
    let manifest: toml::Table = text(&root().join("Cargo.toml")).parse().unwrap();
    let members = manifest["workspace"]["members"].as_array().unwrap();
    members.iter().map(|member| member.as_str().unwrap().to_owned()).collect()
}

#[test]
fn no_arrow_but_those_that_are_drawn() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let ours: BTreeSet<&str> = CRATES.into_iter().collect();
    let mut faults = Vec::new();
    for member in members() {
        let Some(allowed) = allowed.get(member.as_str()) else {
            faults.push(format!("{member} is a crate that nobody drew"));
            continue;
        };
        for name in dependencies(&member, "dependencies") {
            if ours.contains(name.as_str()) && !allowed.contains(&name.as_str()) {
                faults.push(format!("{member} -> {name} is not drawn"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_emulator_shares_nothing_with_the_house_also_in_its_tests() {
    let ours: BTreeSet<&str> = CRATES.into_iter().collect();
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let shared: Vec<String> = dependencies("sandbox", section)
            .into_iter()
            .filter(|name| ours.contains(name.as_str()))
            .collect();
        assert!(shared.is_empty(), "sandbox {section}: {shared:?}");
    }
}

#[test]
fn the_domain_knows_no_io() {
    let banned = [
        "async-trait",
        "axum",
        "futures",
        "reqwest",
        "rusqlite",
        "tokio",
        "tokio-postgres",
        "tower",
        "tracing",
    ];
    let found: Vec<String> = dependencies("domain", "dependencies")
        .into_iter()
        .filter(|name| banned.contains(&name.as_str()))
        .collect();
    assert!(found.is_empty(), "domain depends on {found:?}");
}

#[test]
fn the_architecture_draws_the_same_arrows() {
    let page = text(&root().join("ARCHITECTURE.md"));
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for member in members() {
        let to = ARROWS.iter().find(|(name, _)| *name == member).map_or(&[][..], |(_, to)| *to);
        let built: Vec<&str> = to.iter().copied().filter(|name| members().contains(*name)).collect();
        let drawn = match built.as_slice() {
            [] => format!("`{member}` -> nothing"),
            some => format!("`{member}` -> {}", some.join(", ")),
        };
        assert!(page.contains(&drawn), "ARCHITECTURE.md does not say {drawn:?}");
    }
}
