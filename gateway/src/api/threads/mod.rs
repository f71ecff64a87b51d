//! Conversations over HTTP: the list, one of them, its messages, and what staff do with it.

pub(crate) mod change;
mod content;
mod link;
mod list;
mod mask;
mod messages;
mod one;
mod owner;
pub(crate) mod part;
pub(crate) mod refusal;
mod retry;
pub(crate) mod send;
mod steps;
pub(crate) mod view;

use domain::id::ConversationId;
use store::{Tx, thread::Thread};
use utoipa_axum::router::OpenApiRouter;

use super::field::nothing;
use crate::{error::Problem, state::Gateway};

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new()
        .merge(list::router())
        .merge(one::router())
        .merge(messages::router())
        .merge(send::router())
        .merge(retry::router())
        .merge(change::router())
        .merge(owner::router())
        .merge(link::router())
        .merge(steps::router())
}

/// # Errors
/// 404 `not_found`.
pub(crate) async fn find(tx: &mut Tx, id: &ConversationId) -> Result<Thread, Problem> {
    store::thread::get(tx, id).await?.ok_or_else(|| nothing("there is no such thread"))
}
