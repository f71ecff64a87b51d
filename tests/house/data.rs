//! What agents, prompts and texts ask of each other, checked before anybody runs them.

use std::collections::BTreeSet;

use agents::{definition, prompt::Prompts};
use domain::{agent::AgentDefinition, language::Language};
use plumbline::assets::{self, Folder};
use tools::toolbox::Toolbox;

use crate::tree::{files, is_test, root, rust, text};

#[test]
fn each_prompt_and_tool_that_an_agent_names_exists() {
    let definitions = definition::read(&Folder::Agents.built_in()).unwrap();
    let names: Vec<&str> = definitions.iter().map(|agent| agent.name.as_str()).collect();
    assert_eq!(names, ["field", "office"]);
    let prompts = Prompts::load(&Folder::Prompts.built_in()).unwrap();
    definition::check(&definitions, &prompts, &Toolbox::new().names()).unwrap();
}

#[test]
fn each_tool_belongs_to_an_agent() {
    let definitions = definition::read(&Folder::Agents.built_in()).unwrap();
    let asked: BTreeSet<&str> = definitions.iter().flat_map(AgentDefinition::every_tool).collect();
    let toolbox = Toolbox::new();
    let idle: Vec<&str> = toolbox.names().into_iter().filter(|name| !asked.contains(name)).collect();
    assert!(idle.is_empty(), "no agent uses {idle:?}");
}

/// Keys of texts in the code look like `"question.late"`.
fn keys_in(code: &str) -> impl Iterator<Item = &str> {
    let groups = ["approve.", "choice.", "model.", "question.", "turn."];
    // A column of the database is written alike.
    let lines = code.lines().filter(|line| !line.contains("column"));
    lines.flat_map(|line| line.split('"').skip(1).step_by(2)).filter(move |literal| {
        let named = |group: &&str| literal.strip_prefix(*group).is_some_and(|rest| !rest.is_empty());
        groups.iter().any(named) && literal.bytes().all(|b| b.is_ascii_lowercase() || b"._".contains(&b))
    })
}

#[test]
fn each_text_that_code_says_is_there_and_in_both_languages() {
    let texts = assets::texts(None).unwrap();
    let mut said = BTreeSet::new();
    for (_, path) in rust().into_iter().filter(|(name, _)| {
        (name.starts_with("runtime/src") || name.starts_with("tools/src")) && !is_test(name)
    }) {
        said.extend(keys_in(&text(&path)).map(ToOwned::to_owned).collect::<Vec<_>>());
    }
    let missing: Vec<&String> = said.iter().filter(|key| !texts.has(key)).collect();
    assert!(missing.is_empty(), "code says {missing:?}, and texts/ has none of it");
    assert!(
        said.contains("approve.invoice") && said.contains("question.late"),
        "the search found only {said:?}"
    );
    for key in said.iter().filter(|key| key.starts_with("approve.")) {
        for language in [Language::En, Language::De] {
            let values: Vec<String> =
                texts.options(language, key).into_iter().map(|option| option.value).collect();
            assert!(values.contains(&"approve".to_owned()) && values.len() == 2, "{key} offers {values:?}");
        }
    }
}

#[test]
fn every_prompt_is_some_agents_and_no_file_is_left_over() {
    let definitions = definition::read(&Folder::Agents.built_in()).unwrap();
    let asked: BTreeSet<String> =
        definitions.iter().flat_map(AgentDefinition::prompts).map(ToOwned::to_owned).collect();
    let there: BTreeSet<String> = files(&root().join("prompts"), "md")
        .iter()
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(asked, there);
}

/// The API's document keeps schemas by their names alone: of two that are called alike it would describe one.
#[test]
fn no_two_schemas_of_the_api_have_one_name() {
    let mut seen = std::collections::BTreeMap::<String, String>::new();
    let mut faults = Vec::new();
    for (file, path) in rust().into_iter().filter(|(file, _)| file.starts_with("gateway/src/")) {
        let text = text(&path);
        let mut described = false;
        for line in text.lines().map(str::trim) {
            described |= line.starts_with("#[derive(") && line.contains("ToSchema");
            let declared = ["struct ", "enum "].iter().find_map(|kind| line.split_once(kind));
            let Some((_, rest)) = declared.filter(|_| described && !line.starts_with("//")) else { continue };
            described = false;
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
            if let Some(other) = seen.insert(name.clone(), file.clone()) {
                faults.push(format!("{name} is a schema in {other} and in {file}"));
            }
        }
    }
    assert!(seen.len() > 50, "the walk found only {} schemas", seen.len());
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
