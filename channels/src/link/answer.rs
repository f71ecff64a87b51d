//! What an answer on the link means for the delivery: sent, again, or never. One table, no waiting and no sending.

use std::time::Duration;

use a2a::{ErrorKind, Task, TaskState, message::words, rpc};
use domain::{
    clock::Millis,
    outbound::{Outbound, SendOutcome},
    retry::backoff,
};
use reqwest::StatusCode;
use serde::Deserialize as _;
use serde_json::Value;

use crate::transport::{Answer, Failure};

/// The waits between tries, doubling, without jitter: a link has one sender. Short, because a person waits for the office
/// to be back.
const FIRST: Duration = Duration::from_secs(1);
const CEILING: Duration = Duration::from_secs(15);
/// A person has to mend something first.
const MENDING: Duration = Duration::from_secs(300);
/// The longest wait that a peer may ask for.
const PATIENCE: Duration = Duration::from_secs(3_600);
/// Characters of a peer's words that are repeated in a reason.
const WORDS: usize = 300;

/// One attempt, as far as its answer is judged.
pub(super) struct Attempt<'a> {
    pub outbound: &'a Outbound,
    pub now: Millis,
    /// The setting that says where the peer is.
    pub url_setting: &'a str,
    pub secret_setting: &'a str,
}

/// A JSON-RPC answer, once the road itself held.
pub(super) enum Reply {
    Result(Value),
    Error {
        kind: Option<ErrorKind>,
        message: String,
    },
    /// The road did not hold: this is the outcome.
    Settled(SendOutcome),
}

impl Attempt<'_> {
    pub(super) fn again(&self, wait: Duration, reason: impl Into<String>) -> SendOutcome {
        SendOutcome::RetryAt { at: self.now.plus(wait), reason: reason.into() }
    }

    /// Again after the usual wait.
    pub(super) fn later(&self, reason: impl Into<String>) -> SendOutcome {
        self.again(backoff(FIRST, CEILING, self.outbound.attempts.saturating_add(1), 1.0), reason)
    }

    pub(super) fn failed(&self, failure: &Failure) -> SendOutcome {
        self.later(failure.to_string())
    }

    /// What a status other than 2xx means; `None` for 2xx.
    pub(super) fn refused_by_status(&self, answer: &Answer) -> Option<SendOutcome> {
        let status = answer.status;
        if status.is_success() {
            return None;
        }
        let says = || format!("the peer answered {status}: {}", excerpt(&answer.body));
        Some(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let why = format!(
                    "the peer refused our secret ({status}): {} must be the same on both sides",
                    self.secret_setting
                );
                self.again(MENDING, why)
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                match answer.retry_after(self.now) {
                    Some(wait) => self.again(wait.min(PATIENCE), says()),
                    None => self.later(says()),
                }
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => self.later(says()),
            // Something else listens there, or nothing that knows this route: the job is sound, the address is not.
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::GONE => self.again(
                MENDING,
                format!("no agent answers at that address ({status}): check {}", self.url_setting),
            ),
            status if status.is_redirection() => self.again(
                MENDING,
                format!(
                    "the peer's address redirects ({status}): name its new place in {}",
                    self.url_setting
                ),
            ),
            status if status.is_server_error() => self.later(says()),
            _ => SendOutcome::Refused { reason: says() },
        })
    }

    pub(super) fn reply(&self, answer: Result<Answer, Failure>) -> Reply {
        let answer = match answer {
            Ok(answer) => answer,
            Err(failure) => return Reply::Settled(self.failed(&failure)),
        };
        if let Some(outcome) = self.refused_by_status(&answer) {
            return Reply::Settled(outcome);
        }
        match serde_json::from_slice::<rpc::Response>(&answer.body) {
            Ok(rpc::Response { error: Some(error), .. }) => {
                Reply::Error { kind: ErrorKind::of_code(error.code), message: short(&error.message) }
            }
            Ok(rpc::Response { result: Some(result), .. }) => Reply::Result(result),
            Ok(_) | Err(_) => {
                let why = format!("the peer's answer is no JSON-RPC response: {}", excerpt(&answer.body));
                Reply::Settled(self.later(why))
            }
        }
    }

    /// What an error of the protocol means. Faults of the peer pass; a request it understood and refused does not.
    pub(super) fn refused_by_error(&self, kind: Option<ErrorKind>, message: &str) -> SendOutcome {
        match kind {
            Some(ErrorKind::Internal | ErrorKind::Unavailable | ErrorKind::InvalidAgentResponse) | None => {
                self.later(format!("the peer failed: {message}"))
            }
            Some(_) => SendOutcome::Refused { reason: message.to_owned() },
        }
    }

    /// What `SendMessage` came to.
    pub(super) fn sent(&self, result: &Value, job: &str) -> SendOutcome {
        let response = a2a::request::SendMessageResponse::deserialize(result).unwrap_or_default();
        match (response.task, response.message) {
            // A job that was taken carries its own id, whatever became of it since; any other task that is over was
            // never begun.
            (Some(task), _) if task.id != job && refused(&task) => {
                SendOutcome::Refused { reason: says(&task) }
            }
            (Some(task), _) if !task.id.is_empty() => SendOutcome::Sent { external: task.id },
            // An agent that answers with words took note; there is no task to follow.
            (_, Some(message)) => SendOutcome::Sent { external: message.message_id },
            _ => self.later("the peer's answer holds neither a task nor a message"),
        }
    }
}

fn refused(task: &Task) -> bool {
    matches!(task.status.state, TaskState::Rejected | TaskState::Failed)
}

fn says(task: &Task) -> String {
    let said = task.status.message.as_ref().map(|message| words(&message.parts)).unwrap_or_default();
    if said.is_empty() { format!("the peer answered {}", task.status.state.as_str()) } else { short(&said) }
}

fn excerpt(body: &[u8]) -> String {
    let text = short(String::from_utf8_lossy(body).trim());
    if text.is_empty() { "nothing".to_owned() } else { text }
}

fn short(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(WORDS).collect();
    clean.trim().to_owned()
}
