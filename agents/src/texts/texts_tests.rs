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

/// The facts of each approval, in the shape that the office's tools give them.
fn approvals() -> Vec<(&'static str, Value)> {
    let job = json!({
        "job_id": "JOB-789-001", "revision": 1, "customer_id": "789", "customer": "Klaus Meier",
        "customer_address": "Schillerstrasse 12, 10117 Berlin", "contract": "Plus", "technician": "Frank",
        "location": "", "work_done": "Repaired the sink pipe\n- call-out: 0.00 EUR", "hours": 1.5, "materials": [], "currency": "EUR",
        "reason": "wrong customer", "invoice_id": "RE-2026-0001", "date": "2026-11-21",
        "gross_cents": 464, "net_cents": 390, "vat_cents": 74, "vat_percent": 19.0,
    });
    let with = |more: Value| {
        let mut facts = job.clone();
        facts.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        facts
    };
    let over = json!({ "kind": "hours_over_contract", "contract": "Plus", "hours": 1.5, "included_hours": 1.0,
        "over_hours": 0.5, "rate_cents": 9500, "amount_cents": 4750 });
    let no_contract = json!({ "kind": "no_contract", "contract": "", "hours": 2.0, "rate_cents": 9800,
        "labour_cents": 19600, "call_out_cents": 4900, "amount_cents": 24500 });
    let unknown = json!({ "kind": "unknown_material", "name": "Flux compensator", "quantity": 2.0, "nearest": ["Gasket 10-B"] });
    let line = |kind: &str, subject: &str, quantity: f64, net: i64, waived: i64| {
        json!({ "kind": kind, "description": "In English", "subject": subject, "quantity": quantity, "unit": "h",
            "unit_price_cents": 9500, "net_cents": net, "waived_cents": waived })
    };
    let lines = json!([
        line("labour_included", "Plus", 1.0, 0, 0),
        line("labour", "Plus", 0.5, 4750, 0),
        line("labour", "", 2.0, 19000, 0),
        line("labour_waived", "Plus", 0.5, 0, 4750),
        line("call_out", "", 1.0, 4900, 0),
        line("call_out_waived", "", 1.0, 0, 4900),
        line("material", "Gasket 10-B", 1.0, 390, 0),
        line("material_left_out", "Flux compensator", 2.0, 0, 0),
    ]);
    vec![
        ("approve.goodwill", with(json!({ "conflicts": [over.clone()] }))),
        ("approve.goodwill", with(json!({ "conflicts": [over, no_contract, unknown] }))),
        ("approve.invoice", with(json!({ "lines": lines, "goodwill": true, "waived_cents": 9650 }))),
        ("approve.rejection", job.clone()),
        ("approve.cancellation", job),
    ]
}

#[test]
fn what_staff_approve_is_rendered_from_the_figures() {
    let texts = Texts::load(&SHIPPED, &[]).unwrap();
    let mut shown = String::new();
    for language in [Language::En, Language::De] {
        for (key, facts) in approvals() {
            let titles: Vec<String> = texts
                .options(language, key)
                .into_iter()
                .map(|o| format!("[{} = {}]", o.title, o.value))
                .collect();
            shown.push_str(&format!("{}\n{}\n\n", texts.sentence(language, key, &facts), titles.join(" ")));
        }
    }
    insta::assert_snapshot!(shown);
}
