//! The files of the house, as they stand in the working tree.

use std::path::{Path, PathBuf};

pub const CRATES: [&str; 11] = [
    "a2a",
    "agents",
    "bench",
    "channels",
    "documents",
    "domain",
    "gateway",
    "runtime",
    "sandbox",
    "store",
    "tools",
];

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below `folder` with that ending, without what builds and package managers leave there.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                let built =
                    ["target", "node_modules", "data"].contains(&name.as_str()) || name.starts_with('.');
                if !built {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// All Rust files, with their path from the root.
pub fn rust() -> Vec<(String, PathBuf)> {
    let named = |path: PathBuf| (path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), path);
    let files: Vec<(String, PathBuf)> = files(root(), "rs").into_iter().map(named).collect();
    assert!(files.len() > 50, "the walk found only {} files", files.len());
    files
}

/// Whether a file holds nothing but tests.
pub fn is_test(path: &str) -> bool {
    path.ends_with("_tests.rs")
        || path.starts_with("tests/")
        || path.contains("/tests/")
        || path.contains("/examples/")
}
