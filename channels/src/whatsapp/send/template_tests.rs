//! Content as templates, and the definitions that the repository ships.

use serde_json::Value;

use super::*;

fn choices(titles: &[&str]) -> Vec<Choice> {
    let choice = |(n, title): (usize, &&str)| Choice {
        id: format!("token-{n}"),
        title: (*title).to_owned(),
        value: String::new(),
    };
    titles.iter().enumerate().map(choice).collect()
}

fn question(text: &str, titles: &[&str]) -> Content {
    Content::Question { question: "q".into(), text: text.into(), choices: choices(titles) }
}

fn fit(content: &Content) -> Result<Template, String> {
    Templates::default().fit(content, Language::En)
}

#[test]
fn quick_replies_carry_the_options() {
    let template =
        fit(&question("Rechnung anlegen?\n\nMeier,\t47,50 EUR", &["Anlegen", "Nicht jetzt"])).unwrap();
    assert_eq!((template.name.as_str(), template.language.as_str()), ("plumbline_question_2", "de"));
    assert_eq!(template.body, ["Rechnung anlegen? · Meier, 47,50 EUR", "1 = Anlegen · 2 = Nicht jetzt"]);
    assert_eq!(template.payloads, ["token-0", "token-1"]);
}

#[test]
fn what_no_template_has_buttons_for_goes_by_number() {
    let many: Vec<String> = (1..=7).map(|n| format!("Part {n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let template = fit(&question("Which part is it?", &many)).unwrap();
    assert_eq!(template.name, "plumbline_notice");
    assert!(template.body[0].starts_with("Which part is it? · 1 = Part 1 · 2 = Part 2"));
    assert!(template.payloads.is_empty());
    let open = fit(&question("How long were you there?", &[])).unwrap();
    assert_eq!(open.body, ["How long were you there?"]);
}

#[test]
fn what_fits_into_none_says_why() {
    let long = Content::Text { text: "word ".repeat(200) };
    assert_eq!(fit(&long).unwrap_err(), "the text is too long for the template plumbline_notice");
    let none = Templates { notice: String::new(), questions: BTreeMap::new(), ..Templates::default() };
    let text = Content::Text { text: "Hello".into() };
    assert!(none.fit(&text, Language::En).unwrap_err().contains("whatsapp.templates.notice"));
    assert!(none.fit(&question("Sure?", &["a", "b"]), Language::En).is_err());
    let nowhere = Templates { codes: BTreeMap::new(), ..Templates::default() };
    assert!(nowhere.fit(&text, Language::En).is_err());
    let english =
        Templates { codes: BTreeMap::from([("en".to_owned(), "en_GB".to_owned())]), ..Templates::default() };
    let german = Content::Text { text: "Die Rechnung ist fertig".into() };
    assert_eq!(english.fit(&german, Language::En).unwrap().language, "en_GB", "better than nothing");
}

fn definitions() -> Vec<Value> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/templates");
    let files =
        std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    files.map(|text| serde_json::from_str(&text).unwrap()).collect()
}

#[test]
fn each_configured_template_is_shipped_with_as_many_buttons_and_room_enough() {
    let templates = Templates::default();
    let shipped = definitions();
    let wanted = templates.questions.iter().map(|(n, name)| (name, n.parse::<usize>().unwrap(), 2));
    let wanted: Vec<(&String, usize, usize)> = wanted.chain([(&templates.notice, 0, 1)]).collect();
    assert_eq!(shipped.len(), wanted.len() * templates.codes.len());
    for (name, buttons, variables) in wanted {
        for code in templates.codes.values() {
            let definition = shipped.iter().find(|d| d["name"] == **name && d["language"] == **code).unwrap();
            let component =
                |kind: &str| definition["components"].as_array().unwrap().iter().find(|c| c["type"] == *kind);
            let shown = component("BUTTONS").map_or(0, |c| c["buttons"].as_array().unwrap().len());
            assert_eq!(shown, buttons, "{name} {code}");
            let text = component("BODY").unwrap()["text"].as_str().unwrap();
            assert_eq!(text.matches("{{").count(), variables, "{name} {code}");
            // Meta refuses a variable at either end.
            assert!(!text.starts_with("{{") && !text.ends_with("}}"), "{name} {code}");
            let own = units(text);
            assert!(own + templates.variable_units <= 1024, "{name} {code}: {own} of its own");
            assert_eq!(definition["category"], "UTILITY");
        }
    }
}
