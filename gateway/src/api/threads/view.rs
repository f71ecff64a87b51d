//! A thread and a message as JSON. The live stream shows them by the same functions.

use domain::{
    clock::Millis,
    conversation::Owner,
    id::UserId,
    message::{Author, Direction},
    outbound::DeliveryState,
};
use serde::Serialize;
use serde_json::Value;
use store::{
    Tx,
    delivered::Delivery,
    names::{self, Names},
    thread::{Last, Person, Thread, messages::Said},
};
use utoipa::ToSchema;

use super::part;
use crate::api::at;

#[derive(Serialize, ToSchema)]
pub(crate) struct ThreadView {
    pub id: String,
    /// The agent that people talk with here; `nobody` for strangers.
    pub agent: String,
    pub channel: String,
    /// Where the person is on the channel.
    pub address: String,
    pub contact: Option<ContactView>,
    pub customer: Option<Named>,
    pub owner: OwnerView,
    /// Raised by each change of owner: what a send may name in `expect_owner_version`.
    pub owner_version: i64,
    /// `open`, `snoozed` or `resolved`.
    pub status: &'static str,
    pub snoozed_until: Option<String>,
    pub assignee: Option<UserName>,
    /// `none`, `low`, `medium`, `high` or `urgent`.
    pub priority: &'static str,
    pub labels: Vec<String>,
    /// Messages of the person since staff last marked it read.
    pub unread: i64,
    /// Since when the person waits for an answer.
    pub waiting_since: Option<String>,
    pub open_approvals: i64,
    pub open_questions: i64,
    /// WhatsApp's 24 hours; null on channels without.
    pub window: Option<WindowView>,
    pub last: Option<LastView>,
    pub created_at: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ContactView {
    pub id: String,
    pub name: String,
    /// `technician`, `office`, `customer`; empty for a stranger.
    pub roles: Vec<&'static str>,
    pub language: Option<&'static str>,
    pub identities: Vec<IdentityView>,
}

impl From<&Person> for ContactView {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id.0.clone(),
            name: person.name.clone(),
            roles: person.roles.iter().map(|role| role.as_str()).collect(),
            language: person.language.map(|language| language.as_str()),
            identities: person.identities.iter().map(IdentityView::from).collect(),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct IdentityView {
    /// `phone`, `user_id`, `lid`, `username` or `terminal`.
    pub kind: &'static str,
    pub value: String,
}

impl From<&domain::contact::Identity> for IdentityView {
    fn from(identity: &domain::contact::Identity) -> Self {
        Self { kind: identity.kind.as_str(), value: identity.value.clone() }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Named {
    pub id: String,
    pub name: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct UserName {
    pub user_id: String,
    pub name: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct OwnerView {
    /// `agent`, `staff`, `phone` (whoever answers on the business phone) or `none` (a stranger's).
    pub kind: &'static str,
    pub name: Option<String>,
    pub user_id: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct WindowView {
    pub open: bool,
    /// When it closes, or closed; null where the person never wrote.
    pub until: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct LastView {
    pub message_id: String,
    pub author: AuthorView,
    /// The first words, on one line.
    pub preview: String,
    /// What the message mostly is: `text`, `image`, `audio`, `job` and so on.
    pub kind: String,
    pub at: String,
    pub status: Option<StatusView>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AuthorView {
    /// `contact`, `agent`, `staff`, `house`, `peer` or `phone`.
    pub r#type: &'static str,
    pub id: Option<String>,
    pub name: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct StatusView {
    /// `queued`, `sending`, `unknown` (its answer was lost), `sent`, `delivered`, `read`, `played`, `failed`, or `dropped`:
    /// not sent, because somebody took the thread over before, which is no failure.
    pub state: &'static str,
    pub at: String,
    /// Why it failed, or waits.
    pub reason: Option<String>,
    /// Whether `POST /messages/{id}/retry` sends it once more.
    pub retryable: bool,
}

impl From<&Delivery> for StatusView {
    fn from(delivery: &Delivery) -> Self {
        let Delivery { dropped, state, .. } = *delivery;
        Self {
            state: if dropped { "dropped" } else { state.as_str() },
            at: at(delivery.at),
            reason: delivery.reason.clone().filter(|_| !dropped),
            retryable: state == DeliveryState::Failed && !dropped,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct MessageView {
    pub id: String,
    /// Counts up in the order of arrival.
    pub seq: i64,
    pub thread_id: String,
    pub client_msg_id: Option<String>,
    /// `in`, `out`, or `internal`: kept here and sent to nobody.
    pub direction: &'static str,
    pub author: AuthorView,
    /// What it consists of, each an object with a `type`: `text`, `options`, `media`, `location`, `contacts`, `reaction`,
    /// `form`, `order`, `edited`, `deleted`, `referral`, `choice`, `job`, `handed_back`, `erased`, `unsupported`.
    #[schema(value_type = Vec<Object>)]
    pub parts: Vec<Value>,
    /// The message that it quotes.
    pub reply_to: Option<String>,
    /// Where it stands in the thread: messages are ordered by this, then by `seq`.
    pub at: String,
    pub received_at: String,
    /// How it was delivered; null for what came in or is internal.
    pub status: Option<StatusView>,
    pub turn_id: Option<String>,
    /// It arrived long after it was written.
    pub late: bool,
}

/// Threads as JSON, in their order.
///
/// # Errors
/// [`store::Error`].
pub(crate) async fn threads(
    tx: &mut Tx,
    threads: &[Thread],
    now: Millis,
) -> Result<Vec<ThreadView>, store::Error> {
    let authors = threads.iter().filter_map(|thread| thread.last.as_ref()).map(|last| &last.author);
    let names = names::of_authors(tx, authors).await?;
    Ok(threads.iter().map(|thread| one(thread, &names, now)).collect())
}

fn one(thread: &Thread, names: &Names, now: Millis) -> ThreadView {
    let conversation = &thread.conversation;
    let owner = thread.owner();
    ThreadView {
        id: conversation.id.0.clone(),
        agent: conversation.agent.0.clone(),
        channel: conversation.address.channel.0.clone(),
        address: conversation.address.external.clone(),
        contact: thread.person.as_ref().map(ContactView::from),
        customer: thread.customer.as_ref().map(|(id, name)| Named { id: id.0.clone(), name: name.clone() }),
        owner: OwnerView {
            kind: owner.kind(),
            name: match &owner {
                Owner::Agent => Some(conversation.agent.0.clone()),
                Owner::Staff(_) => thread.holder.clone(),
                Owner::Phone | Owner::Nobody => None,
            },
            user_id: match owner {
                Owner::Staff(UserId(id)) => Some(id),
                Owner::Agent | Owner::Phone | Owner::Nobody => None,
            },
        },
        owner_version: conversation.owner_version,
        status: thread.status.as_str(),
        snoozed_until: thread.snoozed_until.map(at),
        assignee: thread
            .assignee
            .as_ref()
            .map(|(id, name)| UserName { user_id: id.0.clone(), name: name.clone() }),
        priority: thread.priority.as_str(),
        labels: thread.labels.clone(),
        unread: thread.unread,
        waiting_since: thread.waiting_since.map(at),
        open_approvals: thread.open_approvals,
        open_questions: thread.open_questions,
        window: window(thread, now),
        last: thread.last.as_ref().map(|said| last(said, names)),
        created_at: at(thread.created),
    }
}

fn window(thread: &Thread, now: Millis) -> Option<WindowView> {
    if thread.conversation.address.channel.as_str() != channels::whatsapp::NAME {
        return None;
    }
    let closes = channels::whatsapp::window::closes_at(thread.heard);
    Some(WindowView { open: closes.is_some_and(|closes| now < closes), until: closes.map(at) })
}

fn last(said: &Last, names: &Names) -> LastView {
    LastView {
        message_id: said.id.0.clone(),
        author: author(&said.author, said.direction, names),
        preview: part::preview(&said.parts),
        kind: part::kind(&said.parts).to_owned(),
        at: at(said.at),
        status: said.delivery.as_ref().map(StatusView::from),
    }
}

/// Messages as JSON, in their order.
///
/// # Errors
/// [`store::Error`].
pub(crate) async fn messages(tx: &mut Tx, said: &[Said]) -> Result<Vec<MessageView>, store::Error> {
    let names = names::of_authors(tx, said.iter().map(|said| &said.message.author)).await?;
    Ok(said.iter().map(|said| message(said, &names)).collect())
}

fn message(said: &Said, names: &Names) -> MessageView {
    let message = &said.message;
    MessageView {
        id: message.id.0.clone(),
        seq: said.seq,
        thread_id: message.conversation.0.clone(),
        client_msg_id: said.client_id.clone(),
        direction: message.direction.as_str(),
        author: author(&message.author, message.direction, names),
        parts: part::all(said),
        reply_to: said.reply_to().map(|id| id.0.clone()),
        at: at(message.at),
        received_at: at(message.received),
        status: said.delivery.as_ref().map(StatusView::from),
        turn_id: message.turn.as_ref().map(|turn| turn.0.clone()),
        late: message.is_late(),
    }
}

fn author(author: &Author, direction: Direction, names: &Names) -> AuthorView {
    let (r#type, id, name) = match author {
        Author::Contact(id) => ("contact", Some(id.0.clone()), names.contact(id).to_owned()),
        Author::Agent(name) => ("agent", Some(name.0.clone()), name.0.clone()),
        Author::Staff(id) => ("staff", Some(id.0.clone()), names.user(id).to_owned()),
        // A stranger of whom nothing is kept but the address.
        Author::House if direction == Direction::In => ("contact", None, String::new()),
        Author::House => ("house", None, String::new()),
        Author::Peer(name) => ("peer", Some(name.0.clone()), name.0.clone()),
        Author::Phone => ("phone", None, String::new()),
    };
    AuthorView { r#type, id, name }
}
