//! The Graph API's one call that counts. What it accepts it accepts for good, whether or not the answer arrives, and says so by
//! statuses that carry the sender's own id. One call in forty is refused, one answer in forty breaks off.

use std::sync::{Arc, Mutex};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::clock::{Clock as _, SystemClock};
use futures::stream;
use serde_json::{Value, json};

use super::{
    mail::{Dice, Mail},
    outside::Hold,
};

/// Something that the provider took for a phone.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The sender's own id of it.
    pub key: String,
    pub to: String,
    pub wamid: String,
    pub text: String,
    /// What can be pressed: id and title.
    pub options: Vec<(String, String)>,
    /// Whether it went as a template, since the person had not written.
    pub is_template: bool,
}

#[derive(Default)]
struct Journal {
    accepted: Vec<Accepted>,
    refused: usize,
    broken: usize,
}

pub struct Graph {
    dice: Dice,
    mail: Mail,
    journal: Mutex<Journal>,
    hold: Mutex<Option<Arc<Hold>>>,
}

impl Graph {
    pub fn new(dice: Dice, mail: Mail) -> Self {
        Self { dice, mail, journal: Mutex::default(), hold: Mutex::default() }
    }

    /// The answer to the first message about the hold's mark waits.
    pub fn holds(&self, hold: &Arc<Hold>) {
        *self.hold.lock().unwrap() = Some(Arc::clone(hold));
    }

    /// All that was accepted, in order, from `first` on.
    pub fn accepted(&self, first: usize) -> Vec<Accepted> {
        self.journal.lock().unwrap().accepted[first..].to_vec()
    }

    /// How many calls were refused, and how many answers broke off.
    pub fn failures(&self) -> (usize, usize) {
        let journal = self.journal.lock().unwrap();
        (journal.refused, journal.broken)
    }

    fn accept(&self, body: &Value) -> Accepted {
        let mut journal = self.journal.lock().unwrap();
        let accepted = read(body, journal.accepted.len());
        journal.accepted.push(accepted.clone());
        accepted
    }

    /// Says by webhooks that it was sent and delivered; both are late, and may come the other way round.
    fn tells(self: &Arc<Self>, accepted: &Accepted) {
        for state in ["sent", "delivered"] {
            let (graph, accepted) = (Arc::clone(self), accepted.clone());
            tokio::spawn(async move {
                tokio::time::sleep(graph.dice.ms(30, 500)).await;
                let status = json!({ "id": accepted.wamid, "status": state, "recipient_id": accepted.to,
                    "timestamp": (SystemClock.now().0 / 1000).to_string(),
                    "biz_opaque_callback_data": accepted.key });
                graph.mail.delivers(vec![json!({ "statuses": [status] })]).await;
            });
        }
    }
}

fn read(body: &Value, number: usize) -> Accepted {
    let is_template = body["type"] == "template";
    let (text, options) = if is_template { template(&body["template"]) } else { free(body) };
    Accepted {
        key: body["biz_opaque_callback_data"].as_str().unwrap_or_default().to_owned(),
        to: body["to"].as_str().unwrap_or_default().trim_start_matches('+').to_owned(),
        wamid: format!("wamid.fleet{number:012}"),
        text,
        options,
        is_template,
    }
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn each(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn free(body: &Value) -> (String, Vec<(String, String)>) {
    let interactive = &body["interactive"];
    let text = body["text"]["body"].as_str().or_else(|| interactive["body"]["text"].as_str());
    let action = &interactive["action"];
    let buttons = each(&action["buttons"]).map(|button| &button["reply"]);
    let rows = each(&action["sections"]).flat_map(|section| each(&section["rows"]));
    let options = buttons.chain(rows).map(|choice| (word(&choice["id"]), word(&choice["title"])));
    (text.unwrap_or_default().to_owned(), options.collect())
}

/// A template's values, a line each, and the payloads of its buttons, which are titled by their numbers.
fn template(template: &Value) -> (String, Vec<(String, String)>) {
    let of = |kind: &'static str| each(&template["components"]).filter(move |part| part["type"] == kind);
    let values = of("body").flat_map(|body| each(&body["parameters"])).map(|value| word(&value["text"]));
    let payloads = of("button").map(|button| word(&button["parameters"][0]["payload"]));
    let options = payloads.enumerate().map(|(at, payload)| (payload, (at + 1).to_string()));
    (values.collect::<Vec<_>>().join("\n"), options.collect())
}

pub async fn messages(State(graph): State<Arc<Graph>>, body: Bytes) -> Response {
    // Once the request is read it is the provider's, even if whoever sent it dies now.
    tokio::spawn(async move {
        let body: Value = serde_json::from_slice(&body).unwrap();
        tokio::time::sleep(graph.dice.ms(1, 20)).await;
        if graph.dice.one_in(40) {
            graph.journal.lock().unwrap().refused += 1;
            let error = json!({ "error": { "code": 130_429, "message": "Rate limit hit" } });
            return (StatusCode::BAD_REQUEST, Json(error)).into_response();
        }
        let accepted = graph.accept(&body);
        graph.tells(&accepted);
        let hold = graph.hold.lock().unwrap().clone();
        if let Some(hold) = hold {
            hold.keeps(&accepted.text).await;
        }
        tokio::time::sleep(graph.dice.ms(1, 20)).await;
        if graph.dice.one_in(40) {
            graph.journal.lock().unwrap().broken += 1;
            let half: [Result<Bytes, std::io::Error>; 2] =
                [Ok(Bytes::from_static(b"{\"messages\":[")), Err(std::io::Error::other("cut"))];
            return Body::from_stream(stream::iter(half)).into_response();
        }
        let contact = json!({ "input": accepted.to, "wa_id": accepted.to });
        Json(json!({ "messaging_product": "whatsapp", "contacts": [contact],
            "messages": [{ "id": accepted.wamid }] }))
        .into_response()
    })
    .await
    .unwrap()
}
