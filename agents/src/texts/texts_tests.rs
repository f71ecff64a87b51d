//! The texts as they are shipped, and what is said about texts that cannot be used.

use serde_json::json;

use super::*;

const SHIPPED: [Source<'static>; 2] = [
    Source { name: "texts/en.toml", language: Language::En, toml: include_str!("../../../texts/en.toml") },
    Source { name: "texts/de.toml", language: Language::De, toml: include_str!("../../../texts/de.toml") },
];

fn english(toml: &str) -> Source<'_> {
    Source { name: "over/en.toml", language: Language::En, toml }
}

fn german(toml: &str) -> Source<'_> {
    Source { name: "over/de.toml", language: Language::De, toml }
}

fn refusal(built_in: &[Source<'_>], overrides: &[Source<'_>]) -> String {
    Texts::load(built_in, overrides).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn both_languages_say_the_same_about_the_same() {
    Texts::load(&SHIPPED, &[]).unwrap();
    let [english, german] = SHIPPED.map(|source| (source, entries(&source).unwrap()));
    assert!(english.1.keys().eq(german.1.keys()));
    for (key, entry) in &english.1 {
        let variables = |source: &Source<'_>, entry: &Entry| {
            used(source, key, entry).unwrap().into_iter().collect::<BTreeSet<String>>()
        };
        assert_eq!(variables(&english.0, entry), variables(&german.0, &german.1[key]), "{key}");
    }
}

#[test]
fn a_sentence_is_rendered_in_the_language_of_its_reader() {
    let texts = Texts::load(&SHIPPED, &[]).unwrap();
    let facts = json!({ "name": "Sabine", "decision": "Grant", "time": "14:05" });
    assert_eq!(
        texts.sentence(Language::En, "question.late", &facts),
        "Sabine already answered that at 14:05: Grant."
    );
    assert_eq!(
        texts.sentence(Language::De, "question.late", &facts),
        "Das hat Sabine schon um 14:05 beantwortet: Grant."
    );
    assert_eq!(texts.sentence(Language::De, "question.none_of_these", &Value::Null), "Keine davon");
    assert!(texts.has("question.late") && !texts.has("question.soon"));
}

#[test]
fn a_person_gets_the_bare_figures_rather_than_nothing() {
    let texts = Texts::load(&SHIPPED, &[]).unwrap();
    let facts = json!({ "name": "Sabine" });
    assert_eq!(texts.sentence(Language::En, "question.late", &facts), r#"question.late: {"name":"Sabine"}"#);
    assert_eq!(texts.sentence(Language::En, "no.such.text", &Value::Null), "no.such.text");
}

#[test]
fn facts_are_never_read_as_a_template() {
    let texts = Texts::load(&SHIPPED, &[]).unwrap();
    let facts = json!({ "text": "{{ name }} <b>{% raw %}" });
    assert_eq!(
        texts.sentence(Language::En, "question.reminder", &facts),
        "Still open: {{ name }} <b>{% raw %}"
    );
}

const ASK_EN: &str = "[approve.it]\ntext = \"Do {{ what }}?\"\noptions = [{ value = \"approve\", title = \"Yes\" }, { value = \"defer\", title = \"Later\" }]";
const ASK_DE: &str = "[approve.it]\ntext = \"{{ what }} tun?\"\noptions = [{ value = \"approve\", title = \"Ja\" }, { value = \"defer\", title = \"Später\" }]";

#[test]
fn a_file_of_the_firm_replaces_single_texts() {
    let over = english(
        "[approve.it]\ntext = \"Shall we do {{ what }}?\"\noptions = [{ value = \"approve\", title = \"Go\" }, { value = \"defer\", title = \"Not yet\" }]",
    );
    let texts = Texts::load(&[english(ASK_EN), german(ASK_DE)], &[over]).unwrap();
    let facts = json!({ "what": "it" });
    assert_eq!(texts.sentence(Language::En, "approve.it", &facts), "Shall we do it?");
    assert_eq!(texts.sentence(Language::De, "approve.it", &facts), "it tun?");
    let titles =
        |language| texts.options(language, "approve.it").into_iter().map(|o| o.title).collect::<Vec<_>>();
    assert_eq!(titles(Language::En), ["Go", "Not yet"]);
    assert_eq!(titles(Language::De), ["Ja", "Später"]);
    assert!(texts.options(Language::De, "nothing").is_empty());
}

#[test]
fn texts_that_cannot_be_used_are_named_at_the_start() {
    let both = [english(ASK_EN), german(ASK_DE)];
    let over = |toml: &'static str| refusal(&both, &[english(toml)]);
    let cases = [
        (refusal(&[english(ASK_EN), german("")], &[]), "the text \"approve.it\" is missing in de"),
        (over("a = 1"), "over/en.toml is no file of texts: a is integer, not a text"),
        (over("a = \"unknown\""), "over/en.toml has the text \"a\", which nothing in this program says"),
        (
            over("[approve.it]\ntext = \"{{ what\""),
            "the text \"approve.it\" of over/en.toml cannot be rendered: syntax error",
        ),
        (
            over("[approve.it]\ntext = \"{{ amount }}?\"\noptions = []"),
            "the text \"approve.it\" of over/en.toml uses {{ amount }}, which it is not given; it may use: what",
        ),
        (
            over("[approve.it]\ntext = \"Go?\"\noptions = [{ value = \"approve\", title = \"Yes\" }]"),
            "the text \"approve.it\" of over/en.toml must offer the options approve, defer, in this order",
        ),
        (
            over(
                "[approve.it]\ntext = \"Go?\"\noptions = [{ value = \"approve\", title = \" \" }, { value = \"defer\", title = \"No\" }]",
            ),
            "the text \"approve.it\" of over/en.toml must offer the options approve, defer, in this order",
        ),
        (
            over("[approve.it]\ntext = \"Go?\"\nchoices = []"),
            "over/en.toml is no file of texts: approve.it: unknown field",
        ),
        (over("not toml"), "over/en.toml is no file of texts: TOML parse error"),
    ];
    for (said, expected) in cases {
        assert!(said.starts_with(expected), "{said}\ninstead of\n{expected}");
    }
    let huge = format!("a = \"{}\"", "x".repeat(FILE_BYTES));
    assert!(refusal(&both, &[english(&huge)]).contains("more than 262144"));
}
