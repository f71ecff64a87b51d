//! Every kind of message out, as it stands on the phone; and the answer that comes back from it.

use domain::{
    message::{Media, MediaKind, MediaSource, Part},
    outbound::{Content, Template},
    question::{self, Choice},
};
use serde_json::json;

use crate::stage::{Stage, question, text};

async fn open() -> Stage {
    let stage = Stage::new().await;
    stage.frank("text", json!({ "body": "Hello" })).await;
    stage.take();
    stage
}

#[tokio::test]
async fn text_and_replies_stand_on_the_phone() {
    let stage = open().await;
    let first = stage.said("a", text("Is that right?")).await;
    let quoted = Content::Reply { quotes: first[0].clone(), body: Box::new(text("This one.")) };
    stage.said("b", quoted).await;
    let phone = stage.on_the_phone().await;
    assert_eq!(phone[0]["content"]["body"], "Is that right?");
    assert_eq!(phone[1]["reply_to"], first[0].as_str());
}

#[tokio::test]
async fn a_button_comes_back_as_the_option_it_carries() {
    let stage = open().await;
    let asked = stage.said("q", question("Create the invoice?", &["Create", "Not now"])).await;
    stage.advance(1_000).await;
    stage.frank("press", json!({ "title": "Not now" })).await;
    let pressed = stage.messages().remove(0);
    assert_eq!(pressed.parts, [Part::Choice { id: "token-1".into(), title: "Not now".into() }]);
    assert_eq!(pressed.quotes.as_deref(), Some(asked[0].as_str()));
}

#[tokio::test]
async fn a_list_comes_back_as_the_row_it_carries() {
    let stage = open().await;
    let titles = ["Gasket 10-B", "Gasket 12-A, made of rubber", "Tap", "Pipe", "Valve"];
    stage.said("q", question("Which part?", &titles)).await;
    stage.advance(1_000).await;
    stage.frank("pick", json!({ "id": "token-1" })).await;
    let picked = stage.messages().remove(0);
    assert!(matches!(&picked.parts[0], Part::Choice { id, .. } if id == "token-1"));
}

#[tokio::test]
async fn a_number_answers_what_has_too_many_options_for_a_list() {
    let stage = open().await;
    let titles: Vec<String> = (1..=14).map(|n| format!("Part {n}")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let asked = question("Which part?", &titles);
    stage.said("q", asked.clone()).await;
    assert_eq!(stage.on_the_phone().await[0]["kind"], "text");
    stage.frank("text", json!({ "body": "12" })).await;
    let said = domain::message::words(&stage.messages()[0].parts);
    let Content::Question { choices, .. } = asked else { panic!() };
    assert_eq!(question::matching(&choices, &said).map(|choice| choice.id.as_str()), Some("token-11"));
}

#[tokio::test]
async fn nothing_that_a_limit_forbids_is_lost() {
    let stage = open().await;
    let long = format!("{}The end 🔧.", "A sentence about the pipe. ".repeat(400));
    let ids = stage.said("long", text(&long)).await;
    assert_eq!(ids.len(), 3);
    let shown: Vec<String> = stage
        .on_the_phone()
        .await
        .iter()
        .map(|message| message["content"]["body"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(shown.join(" "), long);
    let wordy: Vec<String> =
        (0..3).map(|n| format!("Option {n} {}", "with very many words ".repeat(12))).collect();
    let wordy: Vec<&str> = wordy.iter().map(String::as_str).collect();
    for titles in [vec!["Same", "same", ""], wordy] {
        stage.said("odd", question(&"Why? ".repeat(300), &titles)).await;
    }
}

#[tokio::test]
async fn requests_reactions_and_media_by_link_are_taken() {
    let stage = open().await;
    let theirs =
        stage.frank("text", json!({ "body": "done" })).await["message_id"].as_str().unwrap().to_owned();
    stage.said("loc", Content::LocationRequest { text: "Where are you?".into() }).await;
    stage.said("card", Content::ContactRequest { text: "What is your number?".into() }).await;
    stage.said("thumb", Content::Reaction { to: theirs.clone(), emoji: Some("👍".into()) }).await;
    stage.said("no thumb", Content::Reaction { to: theirs, emoji: None }).await;
    for (kind, mime) in [
        (MediaKind::Image, "image/png"),
        (MediaKind::Audio, "audio/mpeg"),
        (MediaKind::Video, "video/mp4"),
        (MediaKind::Document, "application/pdf"),
        (MediaKind::Sticker, "image/webp"),
    ] {
        let media = Media {
            kind,
            mime: mime.into(),
            name: Some("Angebot.pdf".into()),
            caption: Some("as you asked".into()),
            source: MediaSource::Url("https://example.org/file".into()),
            transcript: None,
            voice: false,
            sha256: None,
        };
        stage.said(kind.as_str(), Content::Media(media)).await;
    }
}

#[tokio::test]
async fn what_was_read_is_marked_and_an_answer_announced() {
    use plumbline_channels::channel::Channel as _;
    let stage = open().await;
    let theirs =
        stage.frank("text", json!({ "body": "done" })).await["message_id"].as_str().unwrap().to_owned();
    stage.channel.seen(&theirs, true).await;
    let frank = stage.control(reqwest::Method::GET, "/people/technician", json!({})).await;
    assert_eq!(frank["typing"], true);
    stage.said("answer", text("Good.")).await;
    let frank = stage.control(reqwest::Method::GET, "/people/technician", json!({})).await;
    assert_eq!(frank["typing"], false);
    stage.channel.seen("wamid.nobody", false).await;
}

#[tokio::test]
async fn somebody_without_a_number_is_answered_by_id() {
    let stage = Stage::new().await;
    stage.post("/people", json!({ "id": "mia", "name": "Mia", "user_id": "DE.4711", "phone": null })).await;
    stage.post("/people/mia/text", json!({ "body": "Hallo" })).await;
    stage.sandbox.settle().await;
    let heard = stage.messages().remove(0);
    assert_eq!(heard.from.external, "DE.4711");
    let outbound = crate::stage::outbound("o1", &heard.from.external, text("Guten Tag"));
    let outcome = stage.send_as(&outbound, stage.now()).await;
    assert!(matches!(outcome, domain::outbound::SendOutcome::Sent { .. }), "{outcome:?}");
    stage.advance(1_000).await;
    let states: Vec<&str> = stage.statuses().iter().map(|status| status.state.as_str()).collect();
    assert_eq!(states, ["sent", "delivered"], "in `to` it would be taken and never arrive");
}

#[tokio::test]
async fn each_shipped_template_is_accepted_and_its_buttons_answer() {
    let stage = Stage::new().await;
    submit_templates(&stage).await;
    for (options, name) in
        [(2, "plumbline_question_2"), (3, "plumbline_question_3"), (4, "plumbline_question_4")]
    {
        let payloads: Vec<String> = (0..options).map(|n| format!("token-{n}")).collect();
        let template = Template {
            name: name.into(),
            language: "de".into(),
            body: vec!["Rechnung anlegen?".into(), "1 = Ja · 2 = Nein".into()],
            payloads: payloads.clone(),
        };
        stage.said(name, Content::Template(template)).await;
        stage.advance(1_000).await;
        stage.take();
        stage.frank("press", json!({ "title": options.to_string() })).await;
        let pressed = stage.messages().remove(0);
        let last = Part::Choice { id: payloads[options - 1].clone(), title: options.to_string() };
        assert_eq!(pressed.parts, [last]);
    }
}

/// Submits every definition that the repository ships, and waits for the approval.
pub async fn submit_templates(stage: &Stage) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/templates");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for file in std::fs::read_dir(folder).unwrap() {
        let body = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let url = format!("{}/v26.0/102290129340398/message_templates", stage.sandbox.base_url());
        let request =
            client.post(url).bearer_auth("sandbox-token").header("content-type", "application/json");
        let answer = request.body(body).send().await.unwrap();
        let status = answer.status();
        assert!(status.is_success(), "{status} {}", answer.text().await.unwrap());
    }
    stage.advance(10_000).await;
    stage.take();
}

#[test]
fn a_choice_is_a_token_and_a_title() {
    let Content::Question { choices, .. } = question("?", &["Yes"]) else { panic!() };
    assert_eq!(choices, [Choice { id: "token-0".into(), title: "Yes".into(), value: String::new() }]);
}
