//! What the gateway can answer is said at the console in each of its languages: the codes of problems, and the fields that
//! a refusal names.

use std::collections::BTreeSet;

use gateway::codes;

use crate::tree::{files, is_test, root, rust, text};

/// The keys of the console's dictionary of `language`.
fn keys(language: &str) -> BTreeSet<String> {
    let folder = root().join("console/js/text").join(language);
    let lines: Vec<String> = files(&folder, "js").iter().map(|path| text(path)).collect();
    let named = |line: &str| {
        let (key, rest) = line.trim().split_once(": ")?;
        rest.starts_with('"').then(|| key.trim_matches('"').to_owned())
    };
    let keys: BTreeSet<String> = lines.iter().flat_map(|text| text.lines().filter_map(named)).collect();
    assert!(keys.len() > 300, "the walk found only {} sentences of {language}", keys.len());
    keys
}

#[track_caller]
fn said(wanted: &BTreeSet<String>) {
    for language in ["en", "de"] {
        let keys = keys(language);
        let missing: Vec<&String> = wanted.iter().filter(|key| !keys.contains(*key)).collect();
        assert!(missing.is_empty(), "console/js/text/{language} lacks {missing:?}");
    }
}

/// The literals that follow `before` in `code`.
fn literals<'c>(code: &'c str, before: &'c str) -> impl Iterator<Item = &'c str> {
    code.split(before).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
}

#[test]
fn each_code_that_staff_can_meet_has_words_in_both_languages() {
    let mut wanted: BTreeSet<String> = codes::PEOPLE.iter().map(|code| format!("problem_{code}")).collect();
    // Commands are answered by their stage, or given up.
    let intake = "runtime/src/intake/command.rs";
    let answers = [(intake, "asked, "), (intake, "=> ("), ("store/src/command.rs", "code: ")];
    for (path, before) in answers {
        let code = text(&root().join(path));
        let found: Vec<String> = literals(&code, before).map(|code| format!("problem_{code}")).collect();
        assert!(!found.is_empty(), "{path} answers nothing");
        wanted.extend(found);
    }
    said(&wanted);
}

/// A code that stands in the code alone would be found by whoever meets it.
#[test]
fn each_code_in_the_api_document_and_in_the_code_is_known() {
    let known: BTreeSet<&str> = codes::PEOPLE.into_iter().chain(codes::MACHINES).collect();
    let mut faults = Vec::new();
    let mut seen = 0;
    for (file, path) in
        rust().into_iter().filter(|(file, _)| file.starts_with("gateway/src/") && !is_test(file))
    {
        let code = text(&path);
        // As responses are described: `code` in quotes of the document, or several.
        let described =
            code.lines().filter(|line| line.trim_start().starts_with("(status = ")).flat_map(|line| {
                let failed = ["4", "5"].iter().any(|class| line.contains(&format!("(status = {class}")));
                let words = line.split('`').skip(1).step_by(2);
                words.filter(move |word| {
                    failed && word.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase())
                })
            });
        let made = code.split("Problem::new(").skip(1).filter_map(|rest| {
            let rest = rest.split_once(',')?.1.trim_start();
            rest.strip_prefix('"')?.split('"').next()
        });
        for word in described.chain(made) {
            seen += 1;
            if !known.contains(word) {
                faults.push(format!("{file}: {word} is not in gateway/src/codes.rs"));
            }
        }
    }
    assert!(seen > 100, "the walk found only {seen} codes");
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn each_field_that_a_refusal_names_has_a_name_in_both_languages() {
    let mut wanted = BTreeSet::new();
    for (_, path) in rust().into_iter().filter(|(file, _)| file.starts_with("gateway/src/api/")) {
        let code = text(&path);
        for before in ["invalid(", "field::line(", "field::text(", "field::time("] {
            let leaves = literals(&code, before).filter_map(|field| field.rsplit('.').next());
            // What a query lacks is said as a sentence, and names no field.
            let named = leaves
                .filter(|leaf| !leaf.is_empty() && leaf.bytes().all(|b| b == b'_' || b.is_ascii_lowercase()));
            wanted.extend(named.map(|leaf| format!("field_{leaf}")));
        }
    }
    assert!(wanted.len() > 15, "the walk found only {wanted:?}");
    said(&wanted);
}
