//! What can go wrong with one call of a model, and the one decision about it: ask again, or have a person mend it.
//! Never holds a key, nor more than a line of a server's own words.

use std::time::Duration;

use async_openai::error::OpenAIError;

use super::{complaint::Complaint, endpoint::Endpoint};
use crate::model::ModelError;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("no connection: {0}")]
    Connect(String),
    #[error("nothing came for {} s", .0.as_secs())]
    Silent(Duration),
    #[error("not done after {} s", .0.as_secs())]
    Slow(Duration),
    /// The connection, the stream or the body broke off or made no sense.
    #[error("{0}")]
    Broken(String),
    #[error("the reply is larger than {0} bytes")]
    TooLarge(usize),
    #[error("a web page instead of a reply")]
    WebPage,
    #[error("status {status}: {}", complaint.message)]
    Status { status: u16, after: Option<Duration>, request: Option<String>, complaint: Complaint },
    /// An error inside a reply that began well.
    #[error("{}", .0.message)]
    Refused(Complaint),
    #[error("an empty reply")]
    Empty { finish: Option<String> },
    /// A request that cannot be sent to any server.
    #[error("{0}")]
    Unsendable(String),
}

impl From<Failure> for OpenAIError {
    fn from(failure: Failure) -> Self {
        Self::Boxed(Box::new(failure))
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_builder() {
            return Self::Unsendable(root(&error));
        }
        if error.is_connect() { Self::Connect(root(&error)) } else { Self::Broken(root(&error)) }
    }
}

impl From<OpenAIError> for Failure {
    fn from(error: OpenAIError) -> Self {
        match error {
            OpenAIError::Boxed(inner) => match inner.downcast::<Self>() {
                Ok(failure) => *failure,
                Err(other) => Self::Broken(other.to_string()),
            },
            OpenAIError::Reqwest(error) => error.into(),
            OpenAIError::InvalidArgument(why) => Self::Unsendable(why),
            OpenAIError::JSONDeserialize(error, _) => Self::Broken(format!("the reply is no JSON: {error}")),
            other => Self::Broken(other.to_string()),
        }
    }
}

/// The innermost reason: the outer ones only say that there is one.
fn root(error: &dyn std::error::Error) -> String {
    let mut reason = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}

/// Turns a failure into a decision and a sentence that names the setting to mend.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judge<'a> {
    pub endpoint: &'a Endpoint,
    pub model: &'a str,
}

impl Judge<'_> {
    pub fn decide(self, failure: Failure) -> ModelError {
        let host = &self.endpoint.host;
        let base = self.endpoint.provider.base_setting();
        let retry = |reason: String| ModelError::Retry { reason, after: None };
        let decision = match failure {
            Failure::Connect(why) => retry(format!("{host} cannot be reached ({why}); is {base} right?")),
            Failure::Silent(wait) => retry(format!("{host} sent nothing for {} s", wait.as_secs())),
            Failure::Slow(wait) => retry(format!("{host} was not done after {} s", wait.as_secs())),
            Failure::Broken(why) => retry(format!("the reply of {host} cannot be used: {why}")),
            Failure::TooLarge(limit) => retry(format!("the reply of {host} is larger than {limit} bytes")),
            Failure::Empty { finish: Some(finish) } => {
                retry(format!("{host} gave an empty reply (finish_reason {finish:?})"))
            }
            Failure::Empty { finish: None } => retry(format!("{host} gave an empty reply")),
            Failure::WebPage => ModelError::Stop {
                reason: format!("{host} answers with a web page: check {base}, which usually ends in /v1"),
            },
            Failure::Unsendable(why) => ModelError::Stop { reason: format!("no request can be made: {why}") },
            Failure::Refused(complaint) => self.refused(None, None, &complaint, ""),
            Failure::Status { status, after, request, complaint } => {
                let request = request.map(|id| format!(" [request {id}]")).unwrap_or_default();
                self.refused(Some(status), after, &complaint, &request)
            }
        };
        match decision {
            ModelError::Retry { reason, after } => {
                ModelError::Retry { reason: self.endpoint.redacted(&reason), after }
            }
            ModelError::Stop { reason } => ModelError::Stop { reason: self.endpoint.redacted(&reason) },
        }
    }

    fn refused(
        self,
        status: Option<u16>,
        after: Option<Duration>,
        complaint: &Complaint,
        request: &str,
    ) -> ModelError {
        let after = after.or(complaint.after);
        // The header's status counts, unless it says that all is well.
        let status = status.or(complaint.status);
        let code = status.map(|status| format!(" ({status})")).unwrap_or_default();
        let words =
            if complaint.message.is_empty() { String::new() } else { format!(": {}", complaint.message) };
        let said = format!("{code}{words}{request}");
        match self.mend(status, complaint) {
            Some(mend) => {
                let Mend { what, then } = mend;
                ModelError::Stop { reason: format!("{what}{said}; {then}") }
            }
            None => {
                let host = &self.endpoint.host;
                let busy = status == Some(429) || complaint.is("rate_limit_exceeded");
                let what = if busy { "takes no more requests for now" } else { "has trouble of its own" };
                ModelError::Retry { reason: format!("{host} {what}{said}"), after }
            }
        }
    }

    /// What a person has to mend; `None` where asking again may help.
    fn mend(self, status: Option<u16>, complaint: &Complaint) -> Option<Mend> {
        let provider = self.endpoint.provider;
        let (key, base, setting) =
            (provider.key_setting(), provider.base_setting(), provider.model_setting());
        let (host, model) = (&self.endpoint.host, self.model);
        let mend = |what: String, then: String| Some(Mend { what, then });
        match Cause::of(status, complaint) {
            Cause::Passing => None,
            Cause::Credit => mend(
                format!("the account behind {key} has no credit left at {host}"),
                format!("add credit there or put another key in {key}"),
            ),
            Cause::Key if self.endpoint.has_key() => {
                mend(format!("the key in {key} was refused by {host}"), format!("put a valid key in {key}"))
            }
            Cause::Key => mend(format!("{host} wants a key"), format!("set {key}")),
            Cause::Permission => mend(
                format!("{host} does not allow {model:?} to be used with the key in {key}"),
                format!("use another key or name another model in {setting}"),
            ),
            Cause::Model => mend(
                format!("{host} does not know the model {model:?}"),
                format!("name another one in {setting}"),
            ),
            Cause::Path => mend(
                format!("{host} has no chat completions at this address"),
                format!("check {base}, which usually ends in /v1, and {setting}, which is {model:?}"),
            ),
            Cause::Length => mend(
                format!("the conversation is longer than {model:?} at {host} can take"),
                format!(
                    "lower history_tokens of the agent or name a model with a longer context in {setting}"
                ),
            ),
            Cause::Redirect => {
                mend(format!("{host} sends requests elsewhere"), format!("put that address in {base}"))
            }
            Cause::Request => mend(
                format!("{host} refused the request to {model:?}"),
                format!("check {setting} and {base}, or set the server's habits in the configuration"),
            ),
        }
    }
}

struct Mend {
    what: String,
    then: String,
}

/// What kind of trouble a complaint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Passing,
    Credit,
    Key,
    Permission,
    Model,
    Path,
    Length,
    Redirect,
    Request,
}

impl Cause {
    fn of(status: Option<u16>, complaint: &Complaint) -> Self {
        let any = |marks: &[&str]| marks.iter().any(|mark| complaint.is(mark));
        let bad = matches!(status, None | Some(400 | 413 | 422));
        let long = [
            "context length",
            "maximum context",
            "context window",
            "input token count",
            "exceeds the available context",
        ];
        if any(&["insufficient_quota", "billing_hard_limit_reached", "billing_not_active"])
            || status == Some(402)
        {
            Self::Credit
        } else if matches!(status, Some(408 | 409 | 425 | 429 | 500..)) {
            Self::Passing
        } else if status == Some(401)
            || any(&["invalid_api_key", "api_key_invalid", "authentication_error", "unauthenticated"])
            // Gemini answers a wrong key with 400.
            || bad && complaint.says(&["api key not valid", "api key expired", "invalid api key", "incorrect api key"])
        {
            Self::Key
        } else if status == Some(403) || any(&["permission_denied"]) {
            Self::Permission
        } else if any(&["context_length_exceeded"]) || bad && complaint.says(&long) {
            Self::Length
        } else if any(&["model_not_found"]) || status == Some(404) && complaint.says(&["model"]) {
            Self::Model
        } else if matches!(status, Some(404 | 405)) || any(&["not_found", "not_found_error"]) {
            Self::Path
        } else if matches!(status, Some(300..400)) {
            Self::Redirect
        } else if status.is_some()
            || any(&["invalid_request_error", "invalid_argument", "failed_precondition"])
        {
            Self::Request
        } else {
            Self::Passing
        }
    }
}

#[cfg(test)]
#[path = "failure_tests.rs"]
mod tests;
