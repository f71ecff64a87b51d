//! The body of one request. Everything a server may dislike is settled here and in what this calls; nothing is sent.

use std::sync::{Arc, Mutex, PoisonError};

use domain::tool::ToolSpec;
use serde::Serialize;
use serde_json::{
    Map, Value, json,
    value::{RawValue, to_raw_value},
};

use super::{
    profile::{Dialect, Profile},
    schema, transcript,
};
use crate::model::{ModelError, ModelRequest};

/// Tools in one request, as OpenAI limits them.
const TOOLS: usize = 128;
/// Characters of a tool's description, as OpenAI limits them.
const DESCRIPTION: usize = 1_024;

pub(super) struct Draft<'a> {
    pub request: &'a ModelRequest,
    pub profile: &'a Profile,
    pub model: &'a str,
    pub reasoning_effort: Option<&'a str>,
    pub images: &'a [Vec<Value>],
    pub stream: bool,
}

/// One request's body. Tools are written once for many requests.
#[derive(Serialize)]
pub(super) struct Body<'r> {
    #[serde(flatten)]
    head: Map<String, Value>,
    messages: Vec<transcript::Message<'r>>,
    #[serde(skip_serializing_if = "Shared::is_none")]
    tools: Shared,
}

/// Tools as a server takes them, if there are any.
#[derive(Clone)]
struct Shared(Option<Arc<RawValue>>);

impl Shared {
    fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

impl Serialize for Shared {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_deref().serialize(serializer)
    }
}

/// The tools of one agent, and how they are written.
type Tools = (Vec<Arc<ToolSpec>>, Dialect, Arc<RawValue>);

/// The tools of each agent as they were last written.
#[derive(Default)]
pub(super) struct Written(Mutex<Vec<Tools>>);

impl Written {
    /// Lists of tools that are remembered: there are as many as agents.
    const LISTS: usize = 32;

    fn find(&self, draft: &Draft<'_>) -> Result<Shared, ModelError> {
        let (tools, dialect) = (&draft.request.tools, draft.profile.dialect);
        if tools.is_empty() {
            return Ok(Shared(None));
        }
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lists.iter().find(|(known, of, _)| *of == dialect && known == tools);
        if let Some((.., written)) = known {
            return Ok(Shared(Some(Arc::clone(written))));
        }
        let written = draft.tools()?;
        let text = to_raw_value(&written).map_err(|error| ModelError::Stop { reason: error.to_string() })?;
        let written: Arc<RawValue> = text.into();
        if lists.len() >= Self::LISTS {
            lists.clear();
        }
        lists.push((tools.clone(), dialect, Arc::clone(&written)));
        Ok(Shared(Some(written)))
    }
}

impl<'r> Draft<'r> {
    /// # Errors
    /// [`ModelError::Stop`] for tools that no server would take.
    pub fn body(&self, written: &Written) -> Result<Body<'r>, ModelError> {
        let messages = transcript::messages(self.request, self.profile, self.model, self.images);
        Ok(Body { tools: written.find(self)?, head: self.head(), messages })
    }

    /// All but the talk and the tools.
    fn head(&self) -> Map<String, Value> {
        let Self { request, profile, model, .. } = self;
        let limit = request.max_tokens.saturating_add(profile.thinking_tokens);
        let mut body = Map::from_iter([
            ("model".to_owned(), json!(model)),
            (profile.token_limit.as_str().to_owned(), json!(limit)),
            ("stream".to_owned(), json!(self.stream)),
        ]);
        if let Some(temperature) = request.temperature.filter(|_| profile.takes_temperature(model)) {
            // Two decimals: 0.2_f32 would travel as 0.20000000298.
            body.insert("temperature".to_owned(), json!((f64::from(temperature) * 100.0).round() / 100.0));
        }
        if let Some(effort) = self.reasoning_effort {
            body.insert("reasoning_effort".to_owned(), json!(effort));
        }
        if self.stream && profile.stream_usage {
            body.insert("stream_options".to_owned(), json!({ "include_usage": true }));
        }
        body
    }

    fn tools(&self) -> Result<Value, ModelError> {
        let tools = &self.request.tools;
        if tools.len() > TOOLS {
            let reason = format!("the agent has {} tools, a model takes {TOOLS}: give it fewer", tools.len());
            return Err(ModelError::Stop { reason });
        }
        let mut names: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(ModelError::Stop {
                reason: format!("the tool {:?} is given twice: rename one", twice[0]),
            });
        }
        tools.iter().map(|tool| self.tool(tool)).collect()
    }

    fn tool(&self, tool: &domain::tool::ToolSpec) -> Result<Value, ModelError> {
        if !is_name(&tool.name) {
            let reason = format!(
                "the tool {:?} cannot be given to a model: a name has 1 to 64 letters, digits, _ or -, and begins with \
                 a letter or _",
                tool.name
            );
            return Err(ModelError::Stop { reason });
        }
        let strict = self.profile.dialect == Dialect::Strict;
        let shown = if strict { DESCRIPTION } else { usize::MAX };
        let description: String = tool.description.chars().take(shown).collect();
        let mut function = Map::from_iter([
            ("name".to_owned(), json!(tool.name)),
            ("description".to_owned(), json!(description)),
        ]);
        let parameters = schema::parameters(tool, self.profile.dialect);
        if let Some(schema) = parameters.schema {
            function.insert("parameters".to_owned(), schema);
        }
        if strict {
            function.insert("strict".to_owned(), json!(parameters.strict));
        }
        Ok(json!({ "type": "function", "function": function }))
    }
}

/// A name that OpenAI and Gemini both take.
fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    begins && name.len() <= 64 && name.bytes().all(fits)
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
