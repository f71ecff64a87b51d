//! The turn machine. It owns every decision of a turn (what comes next, what is too much, which reply is usable) and
//! performs none of them. Its saved form is a file format with a version.

use std::sync::Arc;

use domain::{
    agent::Limits,
    id::CallId,
    tool::{Arguments, ToolCall},
};
use serde::{Deserialize, Serialize};

use super::version;
use crate::model::{Entry, Image, ModelReply};

/// The same call with the same arguments more often than this is a loop.
const SAME_CALL: usize = 5;
/// Characters of one tool result that the model is given.
const RESULT_CHARS: usize = 16_000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    version: u32,
    /// Shared with the request that is under way; nobody else has it when it is written to.
    entries: Arc<Vec<Entry>>,
    /// The calls of the last reply, until each has returned.
    batch: Vec<Pending>,
    /// What was said while the batch was open; a transcript may not part a call from its result.
    waiting_room: Vec<Heard>,
    rounds: u32,
    tool_calls: u32,
    tokens: u64,
    /// Unusable replies in a row.
    malformed: u32,
    ending: Option<Ending>,
}

/// What a person or a peer said, rendered for a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    pub text: String,
    pub images: Vec<Image>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pending {
    call: ToolCall,
    state: Progress,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Progress {
    Ready,
    Waiting,
    Returned(String),
}

/// What the driver does next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    CallModel,
    CallTools(Vec<ToolCall>),
    /// Every call that has not returned waits for a wake.
    Park,
    Finish(Ending),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Reply(String),
    GaveUp(Exhausted),
}

/// Which limit ended the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exhausted {
    ModelRounds,
    ToolCalls,
    Tokens,
    MalformedReplies,
}

/// A saved state that this version cannot go on with.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("a turn was saved in version {0}, newer than this program's {current}", current = version::current())]
    Newer(u32),
    #[error("a turn's saved state cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            version: version::current(),
            entries: Arc::default(),
            batch: Vec::new(),
            waiting_room: Vec::new(),
            rounds: 0,
            tool_calls: 0,
            tokens: 0,
            malformed: 0,
            ending: None,
        }
    }
}

impl Machine {
    /// # Errors
    /// [`LoadError`].
    pub fn load(saved: &str) -> Result<Self, LoadError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let Version { version } = serde_json::from_str(saved)?;
        if version > version::current() {
            return Err(LoadError::Newer(version));
        }
        let loaded: Self = serde_json::from_str(saved)?;
        Ok(Self { version: version::current(), ..loaded })
    }

    /// # Errors
    /// None in practice: every part has string keys.
    pub fn save(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    #[must_use]
    pub fn entries(&self) -> &Arc<Vec<Entry>> {
        &self.entries
    }

    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.rounds
    }

    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// The waiting or ready call with that id.
    #[must_use]
    pub fn call(&self, id: &CallId) -> Option<&ToolCall> {
        self.batch.iter().map(|pending| &pending.call).find(|call| call.id == *id)
    }

    #[must_use]
    pub fn next(&self, limits: &Limits) -> Step {
        if let Some(ending) = &self.ending {
            return Step::Finish(ending.clone());
        }
        let ready: Vec<ToolCall> =
            self.batch.iter().filter(|p| p.state == Progress::Ready).map(|p| p.call.clone()).collect();
        if !ready.is_empty() {
            return Step::CallTools(ready);
        }
        if self.batch.iter().any(|p| p.state == Progress::Waiting) {
            return Step::Park;
        }
        match self.exhausted(limits) {
            Some(limit) => Step::Finish(Ending::GaveUp(limit)),
            None => Step::CallModel,
        }
    }

    fn exhausted(&self, limits: &Limits) -> Option<Exhausted> {
        if self.malformed >= limits.malformed_replies {
            Some(Exhausted::MalformedReplies)
        } else if self.rounds >= limits.model_rounds {
            Some(Exhausted::ModelRounds)
        } else if self.tool_calls > limits.tool_calls {
            Some(Exhausted::ToolCalls)
        } else if self.tokens >= limits.turn_tokens {
            Some(Exhausted::Tokens)
        } else {
            None
        }
    }

    /// Takes in what was said. Between a call and its result it waits until the result is there.
    pub fn heard(&mut self, heard: Heard) {
        if self.batch.is_empty() { self.append(heard) } else { self.waiting_room.push(heard) }
    }

    fn put(&mut self, entry: Entry) {
        Arc::make_mut(&mut self.entries).push(entry);
    }

    fn append(&mut self, heard: Heard) {
        self.put(Entry::Heard { text: heard.text, images: heard.images });
    }

    /// Takes in a model's reply.
    pub fn replied(&mut self, reply: ModelReply) {
        self.rounds += 1;
        self.tokens += reply.usage.input + reply.usage.output;
        let text = reply.text.trim().to_owned();
        if reply.truncated {
            return self.unusable(
                text,
                "[house] Your reply was cut off by the output limit. Answer again, shorter.",
            );
        }
        if reply.calls.is_empty() && text.is_empty() {
            return self.unusable(text, "[house] Your reply was empty. Answer the person or call a tool.");
        }
        if reply.calls.is_empty() {
            self.put(Entry::Said { text: text.clone(), calls: Vec::new(), raw: reply.raw });
            self.ending = Some(Ending::Reply(text));
            return;
        }
        let calls = self.with_own_ids(reply.calls);
        self.tool_calls += u32::try_from(calls.len()).unwrap_or(u32::MAX);
        self.batch = calls.iter().map(|call| self.pending(call)).collect();
        self.put(Entry::Said { text, calls, raw: reply.raw });
        self.close_batch();
    }

    fn unusable(&mut self, text: String, note: &str) {
        self.malformed += 1;
        if !text.is_empty() {
            self.put(Entry::Said { text, calls: Vec::new(), raw: None });
        }
        self.append(Heard { text: note.to_owned(), images: Vec::new() });
    }

    /// A model may repeat an id; the journal may not.
    fn with_own_ids(&self, calls: Vec<ToolCall>) -> Vec<ToolCall> {
        let mut seen: Vec<CallId> = self.all_calls().map(|call| call.id.clone()).collect();
        calls
            .into_iter()
            .enumerate()
            .map(|(index, mut call)| {
                if call.id.0.is_empty() || seen.contains(&call.id) {
                    call.id = CallId(format!("r{}c{index}", self.rounds));
                }
                seen.push(call.id.clone());
                call
            })
            .collect()
    }

    fn all_calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.entries.iter().flat_map(|entry| match entry {
            Entry::Said { calls, .. } => calls.as_slice(),
            Entry::Heard { .. } | Entry::Returned { .. } => &[],
        })
    }

    /// A call that need not be run to know its result is returned at once.
    fn pending(&mut self, call: &ToolCall) -> Pending {
        let state = match &call.arguments {
            Arguments::Malformed { error, .. } => Some(format!(
                "the arguments are no JSON: {error}. Call {} again with valid arguments",
                call.name
            )),
            Arguments::Json(_) if self.same_calls(call) >= SAME_CALL => Some(format!(
                "{} was called with these arguments {SAME_CALL} times; calling it again changes nothing",
                call.name
            )),
            Arguments::Json(_) => None,
        };
        match state {
            None => Pending { call: call.clone(), state: Progress::Ready },
            Some(error) => {
                self.malformed += 1;
                Pending { call: call.clone(), state: Progress::Returned(error_content(&error)) }
            }
        }
    }

    fn same_calls(&self, call: &ToolCall) -> usize {
        self.all_calls().filter(|made| made.name == call.name && made.arguments == call.arguments).count()
    }

    /// Takes in what a call came to.
    pub fn returned(&mut self, id: &CallId, content: &str) {
        self.malformed = 0;
        self.set(id, Progress::Returned(clip(content, RESULT_CHARS)));
    }

    /// Takes in that a call could not be run as it was made: an unknown tool, arguments that do not fit.
    pub fn misused(&mut self, id: &CallId, error: &str) {
        self.malformed += 1;
        self.set(id, Progress::Returned(error_content(error)));
    }

    /// The call waits for a wake.
    pub fn waits(&mut self, id: &CallId) {
        self.set(id, Progress::Waiting);
    }

    /// The tools whose calls wait for a wake.
    #[must_use]
    pub fn waiting(&self) -> Vec<&str> {
        let waits = |pending: &&Pending| matches!(pending.state, Progress::Waiting);
        self.batch.iter().filter(waits).map(|pending| pending.call.name.as_str()).collect()
    }

    /// What the call waited for has come: it is to be run again with it.
    pub fn woken(&mut self, id: &CallId) {
        self.set(id, Progress::Ready);
    }

    fn set(&mut self, id: &CallId, state: Progress) {
        if let Some(pending) = self.batch.iter_mut().find(|pending| pending.call.id == *id) {
            pending.state = state;
        }
        self.close_batch();
    }

    fn close_batch(&mut self) {
        if !self.batch.iter().all(|pending| matches!(pending.state, Progress::Returned(_))) {
            return;
        }
        for Pending { call, state } in std::mem::take(&mut self.batch) {
            if let Progress::Returned(content) = state {
                self.put(Entry::Returned { call: call.id, name: call.name, content });
            }
        }
        for heard in std::mem::take(&mut self.waiting_room) {
            self.append(heard);
        }
    }
}

fn error_content(error: &str) -> String {
    serde_json::json!({ "error": error }).to_string()
}

/// `text`, or its first `limit` characters and a word about the rest.
fn clip(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}... [cut: {} bytes in all]", &text[..end], text.len()),
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
