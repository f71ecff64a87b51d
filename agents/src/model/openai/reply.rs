//! The house's reply from a server's message: ids that are unique in the turn, arguments read, a cut reply's calls
//! dropped. Never runs a call and never mends arguments beyond what the schema itself allows.

use std::collections::HashSet;

use domain::{
    id::{CallId, Ids},
    tool::{Arguments, ToolCall},
};
use serde_json::{Value, json};

use super::{
    arguments,
    assemble::{Draft, DraftCall},
    failure::Failure,
    schema, thinking,
};
use crate::model::{Entry, ModelReply, ModelRequest};

/// # Errors
/// [`Failure::Empty`] for a message that says and asks nothing.
pub(super) fn read(draft: Draft, request: &ModelRequest, ids: &Ids) -> Result<ModelReply, Failure> {
    let Draft { mut raw, text, calls, finish, cut, usage } = draft;
    let text = thinking::without(&text).to_owned();
    let calls = if cut { Vec::new() } else { named_calls(calls, request, ids) };
    if text.trim().is_empty() && calls.is_empty() && !cut {
        return Err(Failure::Empty { finish });
    }
    if cut {
        raw.remove("tool_calls");
    } else if let Some(said) = raw.get_mut("tool_calls").and_then(Value::as_array_mut) {
        for (said, call) in said.iter_mut().filter_map(Value::as_object_mut).zip(&calls) {
            said.insert("id".to_owned(), json!(call.id));
        }
    }
    Ok(ModelReply { text, calls, usage, raw: Some(Value::Object(raw)), truncated: cut })
}

fn named_calls(calls: Vec<DraftCall>, request: &ModelRequest, ids: &Ids) -> Vec<ToolCall> {
    // A result is looked up by its call's id: an id that the turn has seen would find another call's result.
    let mut taken: HashSet<String> = request.entries.iter().flat_map(ids_of).collect();
    let named = calls.into_iter().map(|call| {
        let mut id = call.id;
        while id.is_empty() || taken.contains(&id) {
            id = nine(ids);
        }
        taken.insert(id.clone());
        let name = known_name(&call.name, request);
        let mut arguments = arguments::read(&call.arguments);
        let spec = request.tools.iter().find(|tool| tool.name == name);
        if let (Arguments::Json(value), Some(spec)) = (&mut arguments, spec) {
            arguments::prune(value, schema::plain(&spec.parameters).as_value());
        }
        ToolCall { id: CallId(id), name, arguments }
    });
    named.collect()
}

fn ids_of(entry: &Entry) -> Vec<String> {
    match entry {
        Entry::Said { calls, .. } => calls.iter().map(|call| call.id.0.clone()).collect(),
        Entry::Heard { .. } | Entry::Returned { .. } => Vec::new(),
    }
}

/// Nine letters and digits: what the strictest server takes as a call's id.
fn nine(ids: &Ids) -> String {
    ids.token().chars().take(9).collect()
}

/// The tool's own name where the model put a namespace before it (`functions.find_customer`, `default_api:...`).
fn known_name(name: &str, request: &ModelRequest) -> String {
    let known = |name: &str| request.tools.iter().any(|tool| tool.name == name);
    let bare = name.rsplit(['.', ':', '/']).next().unwrap_or_default();
    if !known(name) && known(bare) { bare.to_owned() } else { name.to_owned() }
}
