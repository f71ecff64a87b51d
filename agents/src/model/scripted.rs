//! A model for tests: gives the replies it was handed, in order, and refuses a request that no real provider would take.
//! Thinks nothing.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use domain::{
    id::CallId,
    tool::{Arguments, ToolCall},
};
use serde_json::Value;

use super::{Entry, Listener, Model, ModelError, ModelReply, ModelRequest};

#[derive(Default)]
pub struct Scripted {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    replies: VecDeque<Result<ModelReply, ModelError>>,
    requests: Vec<ModelRequest>,
}

impl Scripted {
    #[must_use]
    pub fn new(replies: impl IntoIterator<Item = Result<ModelReply, ModelError>>) -> Self {
        let scripted = Self::default();
        scripted.state().replies.extend(replies);
        scripted
    }

    /// Adds a reply behind the others.
    pub fn push(&self, reply: Result<ModelReply, ModelError>) {
        self.state().replies.push_back(reply);
    }

    /// Every request so far.
    #[must_use]
    pub fn requests(&self) -> Vec<ModelRequest> {
        self.state().requests.clone()
    }

    /// Replies nobody asked for yet.
    #[must_use]
    pub fn left(&self) -> usize {
        self.state().replies.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reply that says `text`.
pub fn says(text: &str) -> Result<ModelReply, ModelError> {
    Ok(ModelReply { text: text.to_owned(), ..ModelReply::default() })
}

/// A reply that makes `calls`, each a tool's name and its arguments.
pub fn calls(calls: &[(&str, Value)]) -> Result<ModelReply, ModelError> {
    let calls = calls
        .iter()
        .map(|(name, arguments)| ToolCall {
            id: CallId(String::new()),
            name: (*name).to_owned(),
            arguments: Arguments::Json(arguments.clone()),
        })
        .collect();
    Ok(ModelReply { calls, ..ModelReply::default() })
}

#[async_trait]
impl Model for Scripted {
    fn name(&self) -> String {
        "scripted".to_owned()
    }

    async fn reply(
        &self,
        request: &ModelRequest,
        _listener: Option<&dyn Listener>,
    ) -> Result<ModelReply, ModelError> {
        let mut state = self.state();
        state.requests.push(request.clone());
        if let Some(fault) = unpaired(&request.entries) {
            return Err(ModelError::Stop { reason: fault });
        }
        let none_left = || Err(ModelError::Stop { reason: "the script has no more replies".to_owned() });
        state.replies.pop_front().unwrap_or_else(none_left)
    }
}

/// A call without its one result, or a result without its call.
fn unpaired(entries: &[Entry]) -> Option<String> {
    let mut open: Vec<&CallId> = Vec::new();
    for entry in entries {
        match entry {
            Entry::Returned { call, .. } => match open.iter().position(|id| *id == call) {
                Some(at) => {
                    open.remove(at);
                }
                None => return Some(format!("the result of {call} has no call")),
            },
            Entry::Heard { .. } | Entry::Said { .. } => {
                if let Some(id) = open.first() {
                    return Some(format!("the call {id} has no result"));
                }
                if let Entry::Said { calls, .. } = entry {
                    open = calls.iter().map(|call| &call.id).collect();
                }
            }
        }
    }
    open.first().map(|id| format!("the call {id} has no result"))
}

#[cfg(test)]
#[path = "scripted_tests.rs"]
mod tests;
