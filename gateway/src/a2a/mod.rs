//! An agent as an A2A server: its card, its methods in both bindings, and where its peers push. Decides nothing about a
//! job beyond taking it in.

pub(crate) mod card;
pub(crate) mod http;
mod methods;
pub(crate) mod push_configs;
pub(crate) mod push_receiver;
pub(crate) mod rpc;
mod send;
mod tasks;
pub(crate) mod version;

use std::sync::Arc;

use a2a::{ErrorKind, ProtocolError};

use crate::state::{Gateway, HostedAgent};

/// What the handlers of one agent's port are given.
#[derive(Clone)]
pub(crate) struct AgentState {
    pub gateway: Gateway,
    pub agent: Arc<HostedAgent>,
    pub card: Arc<card::Rendered>,
}

impl AgentState {
    pub(crate) fn new(gateway: Gateway, agent: HostedAgent) -> Self {
        let card = Arc::new(card::Rendered::of(&agent));
        Self { gateway, agent: Arc::new(agent), card }
    }
}

/// Logged here, once.
fn store_failed(error: &store::Error) -> ProtocolError {
    if error.is_passing() {
        tracing::warn!(%error, "a request met a database that did not answer");
        return ProtocolError::new(
            ErrorKind::Unavailable,
            "the database does not answer just now; try again",
        );
    }
    tracing::error!(%error, "a request failed");
    ProtocolError::new(ErrorKind::Internal, "something broke on our side; it is in the log")
}

fn task_not_found(id: &str) -> ProtocolError {
    let id: String = id.chars().take(100).collect();
    ProtocolError::new(ErrorKind::TaskNotFound, format!("there is no task {id:?}"))
}

/// Characters of an id that a caller gives.
const LONGEST_ID: usize = 200;

/// Whether both databases can hold `id`: NUL is the one character that a Postgres text cannot.
pub(crate) fn is_storable(id: &str) -> bool {
    !id.contains('\0') && id.chars().count() <= LONGEST_ID
}

/// The fault of an id that is not storable.
fn unstorable(field: &str) -> ProtocolError {
    ProtocolError::field(field, format!("must be at most {LONGEST_ID} characters, without NUL"))
}
