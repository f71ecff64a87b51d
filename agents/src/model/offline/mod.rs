//! The offline model: a deterministic stand-in that reads reports, confirmations, corrections and questions in English
//! and German and drives the same tools through the same protocol as a language model would. A pure function of the
//! request: no clock, no chance, no network. It never invents a customer, a price or an id, and says what it is.

mod address;
mod clock;
mod console;
mod console_phrases;
mod correction;
mod draft;
mod errand;
mod errand_phrases;
mod field;
mod hours;
mod intent;
mod item;
mod jobs;
mod lexicon;
mod listen;
mod materials;
mod name;
mod negation;
mod news;
mod number;
mod office;
mod office_phrases;
mod phrases;
mod place;
#[cfg(test)]
mod play;
mod report;
mod results;
mod signals;
mod split;
mod staff;
mod suggest;
mod talk;
mod transcript;
mod vocabulary;
mod wishes;
mod words;
mod work;

use async_trait::async_trait;
use domain::{
    id::CallId,
    tool::{Arguments, ToolCall},
};

use self::field::Move;
use super::{Entry, Listener, Model, ModelError, ModelReply, ModelRequest, Usage};

/// A token is about four bytes; there is no tokenizer to ask.
const BYTES_PER_TOKEN: usize = 4;

/// The model itself. It has no settings and no state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offline;

#[async_trait]
impl Model for Offline {
    fn name(&self) -> String {
        "offline".to_owned()
    }

    async fn reply(
        &self,
        request: &ModelRequest,
        listener: Option<&dyn Listener>,
    ) -> Result<ModelReply, ModelError> {
        let reply = answer(request);
        if let Some(listener) = listener.filter(|_| !reply.text.is_empty()) {
            listener.delta(&reply.text);
        }
        Ok(reply)
    }
}

/// The reply to `request`. Which agent is played follows from the tools that are offered.
#[must_use]
pub fn answer(request: &ModelRequest) -> ModelReply {
    let next = match role(request) {
        Role::Field => field::next(request),
        Role::Office => office::next(request),
        Role::Console => console::next(request),
        Role::Drafter => Move::Say(suggest::draft(request)),
        Role::Bystander => Move::Say(talk::bystander(request)),
    };
    let reply = match next {
        Move::Call { name, arguments } => {
            ModelReply { calls: vec![call(request, name, arguments)], ..ModelReply::default() }
        }
        Move::Say(text) => ModelReply { text, ..ModelReply::default() },
    };
    ModelReply { usage: usage(request, &reply), ..reply }
}

/// Which agent is played.
enum Role {
    Field,
    Office,
    /// The office's agent as staff at the console have it.
    Console,
    /// Asked for a draft of the next message.
    Drafter,
    /// An agent it has no rules for, or one without tools.
    Bystander,
}

fn role(request: &ModelRequest) -> Role {
    let offers = |names: &[&str]| request.tools.iter().any(|tool| names.contains(&tool.name.as_str()));
    if suggest::is_asked(request) {
        Role::Drafter
    } else if offers(&["find_contact", "list_tasks", "list_visits"]) {
        Role::Console
    } else if offers(&["process_billing_rule", "create_invoice", "escalate_to_office_human"]) {
        Role::Office
    } else if offers(&["ask_technician", "send_data_to_office_agent"]) {
        Role::Field
    } else {
        Role::Bystander
    }
}

fn call(request: &ModelRequest, name: &str, arguments: serde_json::Value) -> ToolCall {
    let round = request.entries.iter().filter(|entry| matches!(entry, Entry::Said { .. })).count() + 1;
    let id = CallId(format!("call_{round}_{}", request.entries.len()));
    ToolCall { id, name: name.to_owned(), arguments: Arguments::Json(arguments) }
}

fn usage(request: &ModelRequest, reply: &ModelReply) -> Usage {
    let heard = |entry: &Entry| match entry {
        Entry::Heard { text, .. } => text.len(),
        Entry::Said { text, calls, .. } => text.len() + calls.iter().map(call_bytes).sum::<usize>(),
        Entry::Returned { content, .. } => content.len(),
    };
    let input = request.system.len()
        + request.history.iter().map(|s| s.text.len()).sum::<usize>()
        + request.entries.iter().map(heard).sum::<usize>();
    let output = reply.text.len() + reply.calls.iter().map(call_bytes).sum::<usize>();
    Usage { input: tokens(input), output: tokens(output) }
}

fn call_bytes(call: &ToolCall) -> usize {
    let arguments = match &call.arguments {
        Arguments::Json(value) => value.to_string().len(),
        Arguments::Malformed { text, .. } => text.len(),
    };
    call.name.len() + arguments
}

fn tokens(bytes: usize) -> u64 {
    u64::try_from(bytes.div_ceil(BYTES_PER_TOKEN)).unwrap_or(u64::MAX)
}
