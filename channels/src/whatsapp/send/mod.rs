//! One attempt at saying one thing: shape, window, call, judgement. Nothing is repeated here, and what needs
//! several messages was planned as several before it was queued.

mod body;
mod plan;
mod shape;
mod split;
mod template;

use std::borrow::Cow;
use std::time::Duration;

use domain::{
    clock::Millis,
    outbound::{Content, Outbound, SendOutcome},
};

pub use plan::plan;
pub use template::Templates;

use super::{WhatsApp, errors, window};
use crate::{
    channel::Facts,
    transport::{Answer, Failure},
};
use body::Envelope;

/// How long a message sleeps that waits for a person to write; their message wakes it.
const ASLEEP: Duration = Duration::from_secs(3600);
/// Nothing left the house.
const NOT_SENT: Duration = Duration::from_secs(5);

impl WhatsApp {
    pub(super) async fn attempt(&self, outbound: &Outbound, facts: &Facts) -> SendOutcome {
        if plan(&outbound.content).len() > 1 {
            let reason = "it is longer than one message and was not planned as several".to_owned();
            return SendOutcome::Refused { reason };
        }
        let content = match self.for_the_window(&outbound.content, facts) {
            Ok(content) => content,
            Err(outcome) => return outcome,
        };
        if let Err(reason) = self.envelope(outbound).body(&without_files(&content)) {
            return SendOutcome::Refused { reason: reason.to_owned() };
        }
        let is_fallback = matches!(content, Cow::Owned(_));
        let content = match self.uploaded(content.into_owned(), outbound, facts.now).await {
            Ok(content) => content,
            Err(outcome) => return outcome,
        };
        match self.post(outbound, &content).await {
            Err(outcome) => outcome.at(facts.now),
            // Meta's count is the one that counts.
            Ok(answer) if window::binds(&content) && errors::window_is_closed(&answer) => {
                self.as_template(outbound, facts).await
            }
            Ok(answer) => self.judged(&answer, is_fallback, outbound, facts),
        }
    }

    /// What may be said now: the content, or a template in its place.
    fn for_the_window<'c>(
        &self,
        content: &'c Content,
        facts: &Facts,
    ) -> Result<Cow<'c, Content>, SendOutcome> {
        if !window::binds(content) || window::is_open(facts, self.config.margin()) {
            return Ok(Cow::Borrowed(content));
        }
        self.fallback(content, facts).map(Cow::Owned)
    }

    fn fallback(&self, content: &Content, facts: &Facts) -> Result<Content, SendOutcome> {
        if matches!(content, Content::Reaction { .. }) {
            let reason = "the 24-hour window is closed, and a reaction is not worth waiting".to_owned();
            return Err(SendOutcome::Refused { reason });
        }
        let template = self.config.templates.fit(content, self.config.language);
        template.map(Content::Template).map_err(|why| self.asleep(&why, facts))
    }

    /// Until the person writes; not for ever.
    fn asleep(&self, why: &str, facts: &Facts) -> SendOutcome {
        let patience = Duration::from_secs(self.config.wait_hours.saturating_mul(3600));
        let gives_up = facts.queued.plus(patience);
        if facts.now >= gives_up {
            let hours = self.config.wait_hours;
            let reason = format!("the person did not write within {hours} hours, and {why}");
            return SendOutcome::Refused { reason };
        }
        let until = facts.now.plus(ASLEEP).min(gives_up);
        let reason = format!("the 24-hour window is closed and {why}: it waits until the person writes");
        SendOutcome::Wait { until, reason }
    }

    async fn as_template(&self, outbound: &Outbound, facts: &Facts) -> SendOutcome {
        let content = match self.fallback(&outbound.content, facts) {
            Ok(content) => content,
            Err(outcome) => return outcome,
        };
        match self.post(outbound, &content).await {
            Err(outcome) => outcome.at(facts.now),
            Ok(answer) => self.judged(&answer, true, outbound, facts),
        }
    }

    fn judged(&self, answer: &Answer, is_fallback: bool, outbound: &Outbound, facts: &Facts) -> SendOutcome {
        let outcome = errors::judge(answer, outbound.attempts, facts.now);
        if is_fallback && errors::template_is_missing(answer) {
            let (SendOutcome::Refused { reason } | SendOutcome::RetryAt { reason, .. }) = outcome else {
                return outcome;
            };
            return self.asleep(&reason, facts);
        }
        if matches!(outcome, SendOutcome::Refused { .. }) {
            // One of them may have been the reason.
            self.files.forget();
        }
        outcome
    }

    async fn uploaded(
        &self,
        content: Content,
        outbound: &Outbound,
        now: Millis,
    ) -> Result<Content, SendOutcome> {
        Ok(match content {
            Content::Media(media) => {
                Content::Media(self.files.with_meta(&media, outbound.attempts, now).await?)
            }
            Content::Reply { quotes, body } => match *body {
                Content::Media(media) => {
                    let media = self.files.with_meta(&media, outbound.attempts, now).await?;
                    Content::Reply { quotes, body: Box::new(Content::Media(media)) }
                }
                other => Content::Reply { quotes, body: Box::new(other) },
            },
            other => other,
        })
    }

    async fn post(&self, outbound: &Outbound, content: &Content) -> Result<Answer, Unsent> {
        let body =
            self.envelope(outbound).body(content).map_err(|reason| Unsent::Unsayable(reason.to_owned()))?;
        let path = format!("{}/messages", self.config.phone_number_id);
        self.graph.post(&path, &body).await.map_err(Unsent::Failed)
    }

    fn envelope<'a>(&'a self, outbound: &'a Outbound) -> Envelope<'a> {
        Envelope {
            to: &outbound.to,
            our_id: outbound.id.as_str(),
            list_labels: &self.config.list_labels,
            language: self.config.language,
        }
    }

    /// Tells the person that their message was read. Progress: what goes wrong is not told.
    pub(super) async fn receipt(&self, message: &str, typing: bool) {
        let path = format!("{}/messages", self.config.phone_number_id);
        match self.graph.post(&path, &body::receipt(message, typing)).await {
            Ok(answer) if answer.status.is_success() => {}
            Ok(answer) => tracing::debug!(status = answer.status.as_u16(), "a read receipt was not taken"),
            Err(failure) => tracing::debug!(%failure, "a read receipt did not get through"),
        }
    }
}

/// Why there is no answer to a send.
enum Unsent {
    Unsayable(String),
    Failed(Failure),
}

impl Unsent {
    fn at(self, now: Millis) -> SendOutcome {
        match self {
            Self::Unsayable(reason) => SendOutcome::Refused { reason },
            Self::Failed(Failure::NotSent(host)) => {
                SendOutcome::RetryAt { at: now.plus(NOT_SENT), reason: format!("no connection to {host}") }
            }
            Self::Failed(failure @ (Failure::Lost(_) | Failure::TooLong { .. })) => {
                SendOutcome::Unknown { reason: failure.to_string() }
            }
        }
    }
}

/// `content` as if its file were uploaded: whether the rest of it can be said is known before.
fn without_files(content: &Content) -> Content {
    use domain::message::{Media, MediaSource};
    match content {
        Content::Media(media) => {
            Content::Media(Media { source: MediaSource::Provider("0".to_owned()), ..media.clone() })
        }
        Content::Reply { quotes, body } => {
            Content::Reply { quotes: quotes.clone(), body: Box::new(without_files(body)) }
        }
        other => other.clone(),
    }
}
