//! Why a thread does not take what staff want of it, one variant a reason; and the audit entry of what it took.

use axum::http::StatusCode;
use domain::{
    clock::Millis,
    conversation::{Conversation, Owner},
};
use store::{Error, Tx, audit};

use crate::{error::Problem, staff::Principal};

/// The variant is the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The key stands for something else already.
    KeyReused,
    /// Somebody else took the thread meanwhile; its version now.
    OwnerChanged(i64),
    WindowClosed,
    /// Agents talk here about a job: nobody would read it.
    NotAPerson,
    /// The message that is to be quoted or sent again cannot be.
    Unquotable,
    NotFailed,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (code, detail) = match refusal {
            Refusal::KeyReused => (
                "key_reused",
                "the idempotency key was used for another message: take a new key for a new message"
                    .to_owned(),
            ),
            Refusal::OwnerChanged(version) => (
                "owner_changed",
                format!(
                    "the thread changed hands since it was seen (owner_version is {version}): read it again"
                ),
            ),
            Refusal::WindowClosed => (
                "window_closed",
                "the person has not written for 24 hours, so that WhatsApp takes only a template".to_owned(),
            ),
            Refusal::NotAPerson => (
                "not_a_person",
                "agents talk here about a job: write to the technician's or the office's thread".to_owned(),
            ),
            Refusal::Unquotable => (
                "not_quotable",
                "reply_to must be a message of this thread that the channel knows".to_owned(),
            ),
            Refusal::NotFailed => ("not_failed", "only a message that failed is sent again".to_owned()),
        };
        Self::new(StatusCode::CONFLICT, code, detail)
    }
}

/// # Errors
/// 409 `not_a_person`.
pub(super) fn is_with_a_person(conversation: &Conversation) -> Result<(), Refusal> {
    let channel = &conversation.address.channel;
    if channel.is_link() || channel.as_str() == "console" { Err(Refusal::NotAPerson) } else { Ok(()) }
}

/// Whether what staff say makes the thread theirs: a colleague's stays the colleague's.
pub(super) fn is_free(owner: &Owner) -> bool {
    !matches!(owner, Owner::Staff(_))
}

/// The audit entry of what somebody did; last in its transaction.
pub(crate) async fn note(
    tx: &mut Tx,
    principal: &Principal,
    action: &'static str,
    subject: &str,
    now: Millis,
) -> Result<(), Error> {
    let entry =
        audit::Entry { actor: principal.actor(), action, subject: subject.to_owned(), digest: String::new() };
    audit::append(tx, &entry, now).await
}
