//! The link to another agent, over A2A: one attempt at delivering a notice of a job. The receiver knows our message id,
//! so a repeat is harmless; nothing is repeated here.

mod answer;
pub mod news;
pub mod report;
mod subscribers;
pub mod wire;

use a2a::{
    ErrorKind, Method, TaskState,
    push::{Authentication, PushConfig},
    request::{CancelTask, GetTask, ListTasks, ListTasksResponse, SendConfiguration, SendMessage},
    rpc,
    stream::StreamResponse,
};
use async_trait::async_trait;
use domain::{
    address::ChannelName,
    agent::AgentName,
    id::JobId,
    job::JobNotice,
    outbound::{Content, Outbound, SendOutcome},
};
use reqwest::{
    Request,
    header::{CONTENT_TYPE, HeaderValue},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize as _;
use serde_json::{Value, json};
use url::Url;

use crate::{
    channel::{Channel, Facts, LostAnswer},
    transport::{Answer, Failure, Transport},
};
use answer::{Attempt, Reply};
pub use subscribers::{PushTargets, Subscribers};
use wire::Envelope;

/// Where an agent takes push notifications, below its URL.
pub const PUSH_PATH: &str = "/a2a/push";

/// Both ends of one link.
#[derive(Clone)]
pub struct Ends {
    /// The agent that sends.
    pub from: AgentName,
    pub peer: AgentName,
    /// The peer's URL: its JSON-RPC endpoint.
    pub url: Url,
    /// Where we are reached ourselves, for the peer's push notifications; `None` for an agent that serves nothing.
    pub own_url: Option<Url>,
    pub secret: SecretString,
}

pub struct Link {
    ends: Ends,
    transport: Transport,
    url_setting: String,
}

impl Link {
    #[must_use]
    pub fn new(ends: Ends, transport: Transport) -> Self {
        let url_setting = format!("{}_AGENT_URL", ends.peer.as_str().to_uppercase());
        Self { ends, transport, url_setting }
    }

    async fn report(
        &self,
        attempt: &Attempt<'_>,
        notice: &JobNotice,
        report: &domain::job::JobReport,
    ) -> SendOutcome {
        let anew = matches!(notice, JobNotice::Reported { .. });
        if anew && attempt.outbound.attempts > 0 {
            match self.tasks_of_context(attempt, &report.job_id).await {
                Ok(tasks) => {
                    // A foreign agent may make a second task of a repeated message; ours knows the message again.
                    if let Some(external) = tasks.into_iter().find(|id| *id != report.job_id.0) {
                        return SendOutcome::Sent { external };
                    }
                }
                Err(outcome) => return outcome,
            }
        }
        let envelope = Envelope::new(notice, &self.ends.from, attempt.outbound.id.as_str());
        let params = SendMessage {
            message: Some(wire::message(report, &envelope)),
            configuration: Some(SendConfiguration {
                // The office may take days.
                return_immediately: true,
                accepted_output_modes: vec!["application/json".to_owned(), "text/plain".to_owned()],
                task_push_notification_config: self.callback(),
                ..SendConfiguration::default()
            }),
            metadata: None,
        };
        match self.call(attempt, Method::SendMessage, &json!(params)).await {
            Reply::Result(result) => attempt.sent(&result, report.job_id.as_str()),
            Reply::Error { kind, message } => attempt.refused_by_error(kind, &message),
            Reply::Settled(outcome) => outcome,
        }
    }

    /// Our office names a task by the job. A foreign one has its own names: there the context is the job.
    async fn withdraw(&self, attempt: &Attempt<'_>, notice: &JobNotice, job: &JobId) -> SendOutcome {
        match self.cancel(attempt, notice, job.as_str()).await {
            Reply::Error { kind: Some(ErrorKind::TaskNotFound), message } => {
                let task = match self.tasks_of_context(attempt, job).await {
                    Ok(tasks) => tasks.into_iter().next(),
                    Err(outcome) => return outcome,
                };
                let Some(task) = task else { return SendOutcome::Refused { reason: message } };
                let reply = self.cancel(attempt, notice, &task).await;
                self.cancelled(attempt, reply, &task).await
            }
            reply => self.cancelled(attempt, reply, job.as_str()).await,
        }
    }

    async fn cancel(&self, attempt: &Attempt<'_>, notice: &JobNotice, task: &str) -> Reply {
        let envelope = Envelope::new(notice, &self.ends.from, attempt.outbound.id.as_str());
        let params = CancelTask { id: task.to_owned(), metadata: Some(envelope.metadata()) };
        self.call(attempt, Method::CancelTask, &json!(params)).await
    }

    async fn cancelled(&self, attempt: &Attempt<'_>, reply: Reply, task: &str) -> SendOutcome {
        match reply {
            Reply::Result(_) => SendOutcome::Sent { external: task.to_owned() },
            // A foreign agent that cancelled at our first try, whose answer was lost, says so only by the task's state.
            Reply::Error { kind: Some(ErrorKind::TaskNotCancelable), message } => {
                if self.is_cancelled(attempt, task).await {
                    SendOutcome::Sent { external: task.to_owned() }
                } else {
                    SendOutcome::Refused { reason: message }
                }
            }
            Reply::Error { kind, message } => attempt.refused_by_error(kind, &message),
            Reply::Settled(outcome) => outcome,
        }
    }

    async fn is_cancelled(&self, attempt: &Attempt<'_>, task: &str) -> bool {
        let params = GetTask { id: task.to_owned(), history_length: Some(0) };
        match self.call(attempt, Method::GetTask, &json!(params)).await {
            Reply::Result(result) => {
                a2a::Task::deserialize(result).is_ok_and(|task| task.status.state == TaskState::Canceled)
            }
            _ => false,
        }
    }

    /// The newest tasks of the context that we name by the job. None where the peer cannot list.
    async fn tasks_of_context(&self, attempt: &Attempt<'_>, job: &JobId) -> Result<Vec<String>, SendOutcome> {
        let params =
            ListTasks { context_id: Some(job.0.clone()), page_size: Some(2), ..ListTasks::default() };
        match self.call(attempt, Method::ListTasks, &json!(params)).await {
            Reply::Result(result) => {
                let listed = ListTasksResponse::deserialize(result).unwrap_or_default();
                Ok(listed.tasks.into_iter().map(|task| task.id).filter(|id| !id.is_empty()).collect())
            }
            Reply::Error { .. } => Ok(Vec::new()),
            Reply::Settled(outcome) => Err(outcome),
        }
    }

    async fn push(&self, attempt: &Attempt<'_>, notice: &JobNotice) -> SendOutcome {
        let envelope = Envelope::new(notice, &self.ends.from, attempt.outbound.id.as_str());
        let event = event(notice, &envelope, attempt.now);
        let request = self.request(&below(&self.ends.url, PUSH_PATH), &json!(event));
        match self.transport.call(request).await {
            Err(failure) => attempt.failed(&failure),
            Ok(answer) => attempt
                .refused_by_status(&answer)
                .unwrap_or(SendOutcome::Sent { external: attempt.outbound.id.0.clone() }),
        }
    }

    fn callback(&self) -> Option<PushConfig> {
        let url = below(self.ends.own_url.as_ref()?, PUSH_PATH);
        let credentials = Some(self.ends.secret.expose_secret().to_owned());
        Some(PushConfig {
            id: Some(self.ends.from.0.clone()),
            url: url.into(),
            authentication: Some(Authentication { scheme: "Bearer".to_owned(), credentials }),
            ..PushConfig::default()
        })
    }

    async fn call(&self, attempt: &Attempt<'_>, method: Method, params: &Value) -> Reply {
        let body = rpc::call(attempt.outbound.id.as_str(), method, params);
        attempt.reply(self.exchange(&body).await)
    }

    async fn exchange(&self, body: &Value) -> Result<Answer, Failure> {
        self.transport.call(self.request(&self.ends.url, body)).await
    }

    fn request(&self, url: &Url, body: &Value) -> Request {
        let mut request = request(url, body);
        if let Some(bearer) = bearer(self.ends.secret.expose_secret()) {
            request.headers_mut().insert(reqwest::header::AUTHORIZATION, bearer);
        }
        request
    }
}

#[async_trait]
impl Channel for Link {
    fn name(&self) -> ChannelName {
        ChannelName::link(self.ends.peer.as_str())
    }

    fn lost_answer(&self) -> LostAnswer {
        LostAnswer::Repeat
    }

    async fn send(&self, outbound: &Outbound, facts: &Facts) -> SendOutcome {
        let attempt = Attempt {
            outbound,
            now: facts.now,
            url_setting: &self.url_setting,
            secret_setting: "AGENT_LINK_SECRET",
        };
        let Content::Job(notice) = &outbound.content else {
            return SendOutcome::Refused { reason: "the link carries news of jobs, not talk".to_owned() };
        };
        match notice {
            JobNotice::Reported { report } | JobNotice::Corrected { report } => {
                self.report(&attempt, notice, report).await
            }
            JobNotice::Withdrawn { job_id, .. } => self.withdraw(&attempt, notice, job_id).await,
            JobNotice::Settled(_) | JobNotice::Refused { .. } => self.push(&attempt, notice).await,
        }
    }
}

/// The event that tells the end of a job.
fn event(notice: &JobNotice, envelope: &Envelope, now: domain::clock::Millis) -> StreamResponse {
    let mut task = match notice {
        JobNotice::Settled(settlement) => wire::settled_task(settlement, now),
        other => wire::open_task(other.job(), &envelope.reason, now),
    };
    task.metadata = Some(envelope.metadata());
    StreamResponse { task: Some(task), ..StreamResponse::default() }
}

fn request(url: &Url, body: &Value) -> Request {
    let mut request = Request::new(reqwest::Method::POST, url.clone());
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(a2a::VERSION_HEADER, HeaderValue::from_static(a2a::VERSION));
    headers.insert("a2a-extensions", HeaderValue::from_static(wire::EXTENSION));
    *request.body_mut() = Some(body.to_string().into());
    request
}

/// `None` for a secret that no header can carry; the peer's 401 then names the setting.
fn bearer(secret: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {secret}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// `path` below `base`, whether or not `base` ends in a slash.
#[must_use]
pub fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
