//! The way out to callers that gave a job without being an agent of this house: each gets the end of the job pushed to
//! the places it named. Who named none is told nothing and asks by itself.

use std::sync::Arc;

use a2a::push::{PushConfig, TOKEN_HEADER};
use async_trait::async_trait;
use domain::{
    address::ChannelName,
    agent::AgentName,
    id::JobId,
    outbound::{Content, Outbound, SendOutcome},
};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde_json::json;
use url::Url;

use super::{answer::Attempt, event, request, wire::Envelope};
use crate::{
    channel::{Channel, Facts, LostAnswer},
    transport::Transport,
};

/// Tries, over some hours: a receiver that is away for longer asks by itself when it is back.
const TRIES: u32 = 20;

/// Where a job's callers want to be told. The gateway keeps them in the store.
#[async_trait]
pub trait PushTargets: Send + Sync {
    /// # Errors
    /// Why they cannot be read just now.
    async fn of(&self, job: &JobId) -> Result<Vec<PushConfig>, String>;
}

pub struct Subscribers {
    from: AgentName,
    targets: Arc<dyn PushTargets>,
    transport: Transport,
}

impl Subscribers {
    /// The peer's name that stands for all callers from outside the house.
    pub const PEER: &str = "a2a";

    #[must_use]
    pub fn new(from: AgentName, targets: Arc<dyn PushTargets>, transport: Transport) -> Self {
        Self { from, targets, transport }
    }

    async fn push(
        &self,
        attempt: &Attempt<'_>,
        target: &PushConfig,
        body: &serde_json::Value,
    ) -> Option<SendOutcome> {
        let Ok(url) = Url::parse(&target.url) else {
            return Some(SendOutcome::Refused { reason: "the push address is no URL".to_owned() });
        };
        let mut request = request(&url, body);
        let headers = request.headers_mut();
        if let Some(token) = target.token.as_deref().and_then(sensitive) {
            headers.insert(TOKEN_HEADER, token);
        }
        let authentication = target.authentication.as_ref();
        let credentials =
            authentication.and_then(|a| Some(format!("{} {}", a.scheme, a.credentials.as_deref()?)));
        if let Some(value) = credentials.as_deref().and_then(sensitive) {
            headers.insert(AUTHORIZATION, value);
        }
        match self.transport.call(request).await {
            Err(failure) => Some(attempt.failed(&failure)),
            Ok(answer) => attempt.refused_by_status(&answer),
        }
    }
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[async_trait]
impl Channel for Subscribers {
    fn name(&self) -> ChannelName {
        ChannelName::link(Self::PEER)
    }

    /// A receiver of push notifications has to bear repeats.
    fn lost_answer(&self) -> LostAnswer {
        LostAnswer::Repeat
    }

    async fn send(&self, outbound: &Outbound, facts: &Facts) -> SendOutcome {
        let attempt = Attempt {
            outbound,
            now: facts.now,
            url_setting: "the push notification config",
            secret_setting: "the push notification config's credentials",
        };
        let Content::Job(notice) = &outbound.content else {
            return SendOutcome::Refused {
                reason: "push notifications carry news of jobs, not talk".to_owned(),
            };
        };
        let targets = match self.targets.of(notice.job()).await {
            Ok(targets) => targets,
            Err(why) => return attempt.later(why),
        };
        let body = json!(event(notice, &Envelope::new(notice, &self.from, outbound.id.as_str()), facts.now));
        let mut outcome = SendOutcome::Sent { external: outbound.id.0.clone() };
        for target in &targets {
            // One that has to be tried again means that all are told again.
            outcome = match (outcome, self.push(&attempt, target, &body).await) {
                (outcome, None) => outcome,
                (SendOutcome::RetryAt { at, reason }, _) => SendOutcome::RetryAt { at, reason },
                (_, Some(worse)) => worse,
            };
        }
        match outcome {
            SendOutcome::RetryAt { reason, .. } if outbound.attempts + 1 >= TRIES => {
                SendOutcome::Refused { reason }
            }
            outcome => outcome,
        }
    }
}
