//! What staff say: stored, queued and told in one transaction, once however often it is sent. The live stream's
//! `send_message` is the same piece.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode},
};
use channels::{plan::plan, whatsapp::window};
use domain::{
    clock::Millis,
    conversation::Conversation,
    id::{ConversationId, Ids, MessageId},
    message::{Author, Part},
    outbound::Content,
    question::fingerprint,
    staff::Permission,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Error, Tx, conversation,
    conversation::Given,
    speech::{self, Speech},
    submission::{self, Submission},
    thread,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    content,
    owner::{owner_of, taken_over},
    refusal::{self, Refusal},
    view::{self, MessageView},
};
use crate::{
    api::field::{Id, invalid, nothing},
    error::Problem,
    guard::Read,
    staff::Principal,
    state::Gateway,
};

/// The longest idempotency key.
const KEY: usize = 64;
/// Tries of a send that met another change of the same thread.
const TRIES: u32 = 3;

pub(super) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(post))
}

/// One thing to say: a text (perhaps with buttons), a template, or a file that was uploaded.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SendBody {
    #[schema(max_length = 16000)]
    pub text: Option<String>,
    /// Up to ten titles under the text; the person presses one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10)]
    pub buttons: Vec<String>,
    pub template: Option<TemplateBody>,
    pub upload_id: Option<String>,
    /// Under the file.
    #[schema(max_length = 4000)]
    pub caption: Option<String>,
    /// A message of this thread that is quoted.
    pub reply_to: Option<String>,
    /// A key of the sender's own, 1 to 64 characters: a repeat is answered alike. The header `Idempotency-Key` is the same.
    #[serde(skip_serializing)]
    #[schema(max_length = 64)]
    pub client_msg_id: Option<String>,
    /// As the thread was seen: 409 `owner_changed` where it changed hands since.
    #[serde(skip_serializing)]
    pub expect_owner_version: Option<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateBody {
    pub name: String,
    pub language: String,
    /// The values of its body, in order.
    #[serde(default)]
    pub values: Vec<String>,
}

/// What was said, and whether it had been before.
pub(crate) struct Sent {
    pub message: MessageView,
    pub repeat: bool,
}

/// Say something
///
/// A thread that its agent holds becomes the sender's. On WhatsApp only a template goes out once the person has not written
/// for 24 hours.
#[utoipa::path(
    post,
    path = "/threads/{id}/messages",
    tag = "threads",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = SendBody,
    responses(
        (
            status = 201,
            body = MessageView,
            headers(("Idempotent-Replayed" = String, description = "`true` where the same had been sent before"))
        ),
        (status = 400, description = "`invalid_key`", body = Problem),
        (status = 403, description = "`forbidden`: needs `thread.reply`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (
            status = 409,
            description = "`window_closed`, `owner_changed`, `key_reused`, `not_a_person`, `not_quotable`",
            body = Problem
        ),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn post(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
    headers: HeaderMap,
    Read(mut body): Read<SendBody>,
) -> Result<(StatusCode, HeaderMap, Json<MessageView>), Problem> {
    if let Some(key) = headers.get("idempotency-key") {
        let key = key.to_str().map_err(|_| bad_key())?;
        if body.client_msg_id.as_deref().is_some_and(|own| own != key) {
            return Err(bad_key());
        }
        body.client_msg_id = Some(key.to_owned());
    }
    let sent = send(&gateway, &principal, &id, body).await?;
    let mut told = HeaderMap::new();
    if sent.repeat {
        told.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    Ok((StatusCode::CREATED, told, Json(sent.message)))
}

fn bad_key() -> Problem {
    let detail =
        "Idempotency-Key and client_msg_id are 1 to 64 visible characters, and the same where both are there";
    Problem::new(StatusCode::BAD_REQUEST, "invalid_key", detail)
}

/// Says it as `principal`.
///
/// # Errors
/// As the route's.
pub(crate) async fn send(
    gateway: &Gateway,
    principal: &Principal,
    id: &ConversationId,
    body: SendBody,
) -> Result<Sent, Problem> {
    principal.require(Permission::ThreadReply)?;
    let key = body.client_msg_id.clone();
    if key
        .as_ref()
        .is_some_and(|key| !(1..=KEY).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_graphic()))
    {
        return Err(bad_key());
    }
    let digest = fingerprint("send", &json!(id), &json!(body));
    for _ in 0..TRIES {
        let outcome = attempt(gateway, principal, id, &body, key.as_deref(), &digest).await;
        match outcome {
            // Another change of the same thread, or the same key, was faster: what stands now decides.
            Err(Trouble::Raced) => {}
            Err(Trouble::Problem(problem)) => return Err(problem),
            Ok((message, repeat)) => return Ok(Sent { message: shown(gateway, &message).await?, repeat }),
        }
    }
    Err(Problem::unavailable("the thread changes all the time; try again"))
}

enum Trouble {
    Raced,
    Problem(Problem),
}

impl<P: Into<Problem>> From<P> for Trouble {
    fn from(problem: P) -> Self {
        Self::Problem(problem.into())
    }
}

async fn attempt(
    gateway: &Gateway,
    principal: &Principal,
    id: &ConversationId,
    body: &SendBody,
    key: Option<&str>,
    digest: &str,
) -> Result<(MessageId, bool), Trouble> {
    let mut tx = gateway.store.reader();
    if let Some(key) = key
        && let Some(earlier) = submission::get(&mut tx, &principal.user, key).await?
    {
        return if earlier.digest == digest {
            Ok((earlier.message, true))
        } else {
            Err(Refusal::KeyReused.into())
        };
    }
    let thread = super::find(&mut tx, id).await?;
    refusal::is_with_a_person(&thread.conversation)?;
    let said = content::read(gateway, &mut tx, principal, &thread, body).await?;
    let now = gateway.now();
    if is_shut(&said.content, &thread, now) {
        return Err(Refusal::WindowClosed.into());
    }
    let version = thread.conversation.owner_version;
    if body.expect_owner_version.is_some_and(|expected| expected != version) {
        return Err(Refusal::OwnerChanged(version).into());
    }
    let message = MessageId::new(&gateway.ids);
    let take = Take {
        key: key
            .map(|key| (key.to_owned(), Submission { digest: digest.to_owned(), message: message.clone() })),
        free: refusal::is_free(&thread.owner()),
        held: thread.conversation,
        said,
        message: message.clone(),
        principal: principal.clone(),
    };
    let ids = gateway.ids.clone();
    match gateway.store.write(move |tx| Box::pin(async move { take.say(tx, &ids, now).await })).await {
        Ok(()) => {}
        Err(Error::Fenced) => return Err(Trouble::Raced),
        Err(error) => return Err(error.into()),
    }
    gateway.waker.wake();
    Ok((message, false))
}

pub(super) fn is_shut(content: &Content, thread: &store::thread::Thread, now: Millis) -> bool {
    let whatsapp = thread.conversation.address.channel.as_str() == channels::whatsapp::NAME;
    whatsapp && window::binds(content) && window::closes_at(thread.heard).is_none_or(|closes| closes <= now)
}

/// What is said, and as what it stands in the conversation.
pub(super) struct Words {
    pub content: Content,
    pub parts: Vec<Part>,
    /// The file that it carries.
    pub upload: Option<domain::id::UploadId>,
}

struct Take {
    key: Option<(String, Submission)>,
    held: Conversation,
    /// Nobody of staff holds it yet.
    free: bool,
    said: Words,
    message: MessageId,
    principal: Principal,
}

impl Take {
    async fn say(self, tx: &mut Tx, ids: &Ids, now: Millis) -> Result<(), Error> {
        let (held, principal) = (&self.held, &self.principal);
        if let Some((key, submission)) = &self.key {
            submission::take(tx, &principal.user, key, submission, now).await?;
        }
        let given = match self.free {
            true => conversation::give(tx, &held.id, &owner_of(principal), Some(held.owner_version)).await?,
            false => Given::Theirs(held.owner_version),
        };
        if let Given::Stale(_) = given {
            return Err(Error::Fenced);
        }
        let speech = Speech {
            key: format!("staff:{}", self.message),
            id: self.message.clone(),
            author: Author::Staff(principal.user.clone()),
            quotes: self.said.content.quotes().map(str::to_owned),
            parts: self.said.parts,
            plan: plan(&held.address.channel, self.said.content),
            turn: None,
            owner_version: None,
        };
        let said = speech::say(tx, ids, held, speech, now).await?;
        if let Some((key, _)) = &self.key {
            thread::messages::name(tx, &said.message, key).await?;
        }
        if let Some(upload) = &self.said.upload {
            store::upload::used(tx, upload).await?;
        }
        if let Given::Changed(_) = given {
            taken_over(tx, principal, &held.id, now).await?;
        }
        refusal::note(tx, principal, "sent", said.message.as_str(), now).await
    }
}

/// # Errors
/// 404 `not_found`.
pub(super) async fn shown(gateway: &Gateway, id: &MessageId) -> Result<MessageView, Problem> {
    let mut tx = gateway.store.reader();
    let said =
        thread::messages::get(&mut tx, id).await?.ok_or_else(|| nothing("there is no such message"))?;
    Ok(view::messages(&mut tx, &[said]).await?.remove(0))
}

/// A field of the body that cannot be used together with the others.
pub(super) fn not_with(field: &str, other: &str) -> Problem {
    invalid(field, format!("not together with {other}"))
}
