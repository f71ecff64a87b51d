//! The JSON of each kind of send.

use domain::question::Choice;

use super::*;

fn body_to(to: &str, content: &Content) -> Result<Value, Unsayable> {
    let labels =
        BTreeMap::from([("en".to_owned(), "Choose".to_owned()), ("de".to_owned(), "Auswählen".to_owned())]);
    let to = Address::new("whatsapp".into(), to);
    Envelope { to: &to, our_id: "0199-out", list_labels: &labels, language: Language::En }.body(content)
}

fn body(content: &Content) -> Value {
    body_to("491713920017", content).unwrap()
}

fn text(text: &str) -> Content {
    Content::Text { text: text.into() }
}

fn question(asked: &str, titles: &[&str]) -> Content {
    let choices = titles.iter().enumerate().map(|(n, title)| Choice {
        id: format!("token-{n}"),
        title: (*title).to_owned(),
        value: String::new(),
    });
    Content::Question { question: "q".into(), text: asked.into(), choices: choices.collect() }
}

fn media(kind: MediaKind, source: MediaSource) -> Content {
    Content::Media(Media {
        kind,
        mime: "application/pdf".into(),
        name: Some("Angebot.pdf".into()),
        caption: Some("please sign".into()),
        source,
        transcript: None,
        voice: kind == MediaKind::Audio,
        sha256: None,
    })
}

#[test]
fn each_kind_has_its_body() {
    let reply = Content::Reply { quotes: "wamid.theirs".into(), body: Box::new(text("That one.")) };
    let template = Content::Template(Template {
        name: "plumbline_question_2".into(),
        language: "de".into(),
        body: vec!["Sure?".into(), "1 = Yes · 2 = No".into()],
        payloads: vec!["token-0".into(), "token-1".into()],
    });
    let kinds = [
        ("text", text("See https://example.org")),
        ("buttons", question("Create?", &["Create", "Not now"])),
        ("list", question("Welches Teil ist es?", &["a", "b", "c", "a much longer title of a part"])),
        ("numbered", question("Which?", &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"])),
        ("open", question("How long?", &[])),
        ("document", media(MediaKind::Document, MediaSource::Provider("123".into()))),
        ("voice", media(MediaKind::Audio, MediaSource::Provider("123".into()))),
        ("image by link", media(MediaKind::Image, MediaSource::Url("https://example.org/a.png".into()))),
        ("template", template),
        ("reaction", Content::Reaction { to: "wamid.theirs".into(), emoji: Some("👍".into()) }),
        ("reaction taken away", Content::Reaction { to: "wamid.theirs".into(), emoji: None }),
        ("location request", Content::LocationRequest { text: "Where are you?".into() }),
        ("contact request", Content::ContactRequest { text: "Your number?".into() }),
        ("reply", reply),
    ];
    let shown: Vec<String> =
        kinds.iter().map(|(name, content)| format!("{name}: {}", body(content))).collect();
    insta::with_settings!({ snapshot_path => "../../../tests/fixtures/sent", prepend_module_to_snapshot => false,
        omit_expression => true }, {
        insta::assert_snapshot!("each_kind_has_its_body", shown.join("\n"));
    });
}

#[test]
fn an_id_is_never_put_where_a_number_goes() {
    let by_id = body_to("DE.13491208655302741918", &text("Hi")).unwrap();
    assert_eq!((&by_id["recipient"], by_id.get("to")), (&json!("DE.13491208655302741918"), None));
    let by_number = body_to("+49 171 392-0017", &text("Hi")).unwrap();
    assert_eq!((&by_number["to"], by_number.get("recipient")), (&json!("+491713920017"), None));
    assert!(body_to("frank", &text("Hi")).is_err());
    assert!(body_to("", &text("Hi")).is_err());
}

#[test]
fn what_cannot_be_said_says_so() {
    assert!(body_to("49", &text(" \n")).is_err());
    assert!(body_to("49", &media(MediaKind::Image, MediaSource::File("/tmp/x".into()))).is_err());
    let twice = Content::Reply {
        quotes: "a".into(),
        body: Box::new(Content::Reply { quotes: "b".into(), body: Box::new(text("x")) }),
    };
    assert!(body_to("49", &twice).is_err());
}

#[test]
fn receipts_carry_typing_when_asked() {
    assert_eq!(
        receipt("w", false),
        json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "w" })
    );
    assert_eq!(receipt("w", true)["typing_indicator"], json!({ "type": "text" }));
}
