//! Who holds a thread: staff take it over, and give it back to its agent. From a take-over on the agent says nothing more
//! there, and with the hand-back it goes on with what waited.

use axum::{Json, extract::State};
use domain::{
    clock::Millis,
    conversation::{Conversation, Owner},
    id::{ConversationId, Ids},
    staff::Permission,
};
use serde::Deserialize;
use serde_json::json;
use store::{
    Error, Tx, audit,
    conversation::{self, Given},
    event, thread,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    refusal::{self, Refusal},
    view::{self, ThreadView},
};
use crate::{
    api::field::{self, Id},
    error::Problem,
    guard::Read,
    staff::Principal,
    state::Gateway,
};

/// Characters of a note to the agent.
const NOTE: usize = 2_000;

pub(super) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(take_over)).routes(routes!(hand_back))
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct TakeOver {
    /// As the thread was seen: 409 where it changed hands since.
    expect_owner_version: Option<i64>,
}

/// Take a thread over
///
/// What its agent is about to say is not said. An unassigned thread becomes the user's.
#[utoipa::path(
    post,
    path = "/threads/{id}/take-over",
    tag = "threads",
    params(("id" = String, Path)),
    request_body = TakeOver,
    responses(
        (status = 200, body = ThreadView),
        (status = 403, description = "`forbidden`: needs `thread.take_over`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`owner_changed`, `not_a_person`", body = Problem),
        (status = 422, description = "`malformed_json`", body = Problem),
    )
)]
async fn take_over(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
    Read(asked): Read<TakeOver>,
) -> Result<Json<ThreadView>, Problem> {
    principal.require(Permission::ThreadTakeOver)?;
    let thread = super::find(&mut gateway.store.reader(), &id).await?;
    refusal::is_with_a_person(&thread.conversation)?;
    let (now, free, taken) = (gateway.now(), thread.assignee.is_none(), id.clone());
    let given = gateway.store.write(move |tx| {
        Box::pin(async move {
            let given =
                conversation::give(tx, &taken, &owner_of(&principal), asked.expect_owner_version).await?;
            if let Given::Changed(_) = given {
                if free {
                    thread::change::assign(tx, &taken, Some(&principal.user)).await?;
                }
                taken_over(tx, &principal, &taken, now).await?;
            }
            Ok(given)
        })
    });
    if let Given::Stale(version) = given.await? {
        return Err(Refusal::OwnerChanged(version).into());
    }
    shown(&gateway, &id).await
}

pub(super) fn owner_of(principal: &Principal) -> Owner {
    Owner::Staff(principal.user.clone())
}

/// The event and the audit entry of a take-over: last in its transaction.
pub(super) async fn taken_over(
    tx: &mut Tx,
    principal: &Principal,
    id: &ConversationId,
    now: Millis,
) -> Result<(), Error> {
    event::put(tx, "conversation", Some(id), &json!({ "changed": "owner" }), now).await?;
    refusal::note(tx, principal, "taken_over", id.as_str(), now).await
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct HandBack {
    /// For the agent: what was agreed.
    #[schema(max_length = 2000)]
    note: Option<String>,
}

/// Give a thread back to its agent
///
/// The agent goes on with what waited: messages that nobody answered, answers that came. A stranger's thread is nobody's
/// again.
#[utoipa::path(
    post,
    path = "/threads/{id}/hand-back",
    tag = "threads",
    params(("id" = String, Path)),
    request_body = HandBack,
    responses(
        (status = 200, body = ThreadView),
        (status = 403, description = "`forbidden`: needs `thread.take_over`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn hand_back(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
    Read(asked): Read<HandBack>,
) -> Result<Json<ThreadView>, Problem> {
    principal.require(Permission::ThreadTakeOver)?;
    let note = asked.note.filter(|note| !note.trim().is_empty());
    let note = note.map(|note| field::text("note", &note, NOTE)).transpose()?;
    let thread = super::find(&mut gateway.store.reader(), &id).await?;
    if !matches!(thread.owner(), Owner::Agent | Owner::Nobody) {
        let (ids, now) = (gateway.ids.clone(), gateway.now());
        gateway
            .store
            .write(move |tx| {
                Box::pin(
                    async move { give_back(tx, &ids, &principal, &thread.conversation, note, now).await },
                )
            })
            .await?;
        gateway.waker.wake();
    }
    shown(&gateway, &id).await
}

async fn give_back(
    tx: &mut Tx,
    ids: &Ids,
    principal: &Principal,
    held: &Conversation,
    note: Option<String>,
    now: Millis,
) -> Result<(), Error> {
    let said = (principal.name.as_str(), note.as_deref());
    let given = conversation::hand_back(tx, ids, &held.id, said, now).await?;
    if !matches!(given, Given::Changed(_)) {
        return Ok(());
    }
    event::put(tx, "conversation", Some(&held.id), &json!({ "changed": "owner" }), now).await?;
    let entry = audit::Entry {
        actor: principal.actor(),
        action: "handed_back",
        subject: held.id.0.clone(),
        digest: String::new(),
    };
    audit::append(tx, &entry, now).await
}

pub(super) async fn shown(gateway: &Gateway, id: &ConversationId) -> Result<Json<ThreadView>, Problem> {
    let mut tx = gateway.store.reader();
    let thread = super::find(&mut tx, id).await?;
    Ok(Json(view::threads(&mut tx, &[thread], gateway.now()).await?.remove(0)))
}
