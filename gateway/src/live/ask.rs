//! `command` frames: what staff ask of the office's agent in words or in a recording. Stored before anybody is told
//! "processing"; the runtime runs it, and the one answer comes by the log. Nothing is decided here, and no approval ever
//! by a command.

use domain::{
    command::{Command, Operator, Request},
    id::UploadId,
    inbound::{Arrival, Inbound},
    language::Language,
    staff::Permission,
};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{
    command::{self, Answer, Put},
    inbox,
};

use super::{
    act::{Actor, Answers, refusal, response, unfit},
    frame::{Incoming, Trouble},
    submit::recording,
};
use crate::{error::Problem, staff::Principal, state::Gateway};

/// The longest text of a command, in characters.
const TEXT: usize = 4_000;

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Wish {
    TextCommand {
        text: String,
        #[serde(flatten)]
        place: Place,
    },
    VoiceCommand {
        upload_id: String,
        #[serde(flatten)]
        place: Place,
    },
}

/// Where whoever asks is.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Place {
    /// An IANA time zone: `Europe/Berlin`.
    pub zone: Option<String>,
    pub language: Option<String>,
}

pub(crate) async fn ask(gateway: &Gateway, actor: &Actor, incoming: &Incoming) -> Result<Answers, Trouble> {
    let id = incoming.id.as_deref().ok_or_else(|| unfit("a command needs an id".to_owned()))?;
    let wish: Wish = incoming.data().map_err(unfit)?;
    let principal = actor.principal();
    let stored = match understood(gateway, &principal, id, wish).await {
        Ok((request, place)) => {
            let about = incoming.conversation_id.as_deref().map(Into::into);
            let command = Command {
                id: id.to_owned(),
                by: operator(&principal, place),
                request,
                about,
                at: gateway.now(),
            };
            submit(gateway, command).await
        }
        Err(problem) => Err(problem),
    };
    Ok(vec![match stored {
        Ok(None) => response(gateway, id, &json!({ "status": "processing" })),
        Ok(Some(answer)) => response(gateway, id, &shown(&answer)),
        Err(problem) => refusal(gateway, id, &problem),
    }])
}

async fn understood(
    gateway: &Gateway,
    principal: &Principal,
    id: &str,
    wish: Wish,
) -> Result<(Request, Place), Problem> {
    principal.require(Permission::ThreadView)?;
    match wish {
        Wish::TextCommand { text, place } => {
            let text = text.trim().to_owned();
            if text.is_empty() || text.chars().count() > TEXT {
                return Err(Problem::malformed(format!("text: it must have 1 to {TEXT} characters")));
            }
            Ok((Request::Words { text }, place))
        }
        Wish::VoiceCommand { upload_id, place } => {
            let upload = UploadId(upload_id);
            let known = command::get(&mut gateway.store.reader(), &principal.user, id).await?;
            if let Some(known) = known.filter(|known| known.command.request.upload() == Some(&upload)) {
                // A repeat: the file is the command's since.
                return Ok((known.command.request, place));
            }
            let media = recording(gateway, principal, &upload).await?;
            Ok((Request::Recording { media, upload }, place))
        }
    }
}

pub(crate) fn operator(principal: &Principal, place: Place) -> Operator {
    // A zone that nobody knows is the firm's own.
    let zone = place.zone.filter(|zone| jiff::tz::TimeZone::get(zone).is_ok());
    Operator {
        user: principal.user.clone(),
        name: principal.name.clone(),
        role: principal.role,
        contact: principal.contact.clone(),
        zone,
        language: place.language.as_deref().and_then(Language::parse),
    }
}

/// Stores `command` for the runtime, once. The answer, where it has been answered before.
///
/// # Errors
/// 409 `id_used` for an id that was used for something else, 429 `too_many_commands`.
pub(crate) async fn submit(gateway: &Gateway, command: Command) -> Result<Option<Answer>, Problem> {
    let (ids, now) = (std::sync::Arc::clone(&gateway.ids), gateway.now());
    let put = gateway.store.write(move |tx| {
        Box::pin(async move {
            let put = command::put(tx, &command, now).await?;
            if put == Put::New {
                let address = command.address();
                let upload = command.request.upload().cloned();
                let arrival = Arrival {
                    channel: address.channel,
                    external: format!("{}:{}", command.by.user, command.id),
                    lane: format!("console:{}", address.external),
                    body: Inbound::Command(command),
                };
                inbox::put(tx, &ids, &arrival, now).await?;
                if let Some(upload) = upload {
                    store::upload::used(tx, &upload).await?;
                }
            }
            Ok(put)
        })
    });
    match put.await? {
        Put::New => {
            gateway.waker.wake();
            Ok(None)
        }
        Put::Known(stored) => Ok(stored.answer),
        Put::Other => {
            let detail = "this id was used for something else: give each command an id of its own";
            Err(Problem::new(axum::http::StatusCode::CONFLICT, "id_used", detail))
        }
        Put::TooMany => {
            let detail = "too many of your commands wait for their answer: let them finish first";
            Err(Problem::new(axum::http::StatusCode::TOO_MANY_REQUESTS, "too_many_commands", detail))
        }
    }
}

/// The data of a `response` frame.
pub(crate) fn shown(answer: &Answer) -> Value {
    match answer {
        Answer::Success { text } => json!({ "status": "success", "message": text }),
        Answer::Error { code, message, retryable } => json!({
            "status": "error",
            "error": { "code": code, "message": message, "retryable": retryable },
        }),
    }
}
