//! The outside of the house: gates at which its calls wait, a model behind one, the phones and the link between the agents.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use agents::model::{Listener, Model, ModelError, ModelReply, ModelRequest};
use async_trait::async_trait;
use channels::channel::{Channel, Facts, Fetch, Fetched, LostAnswer, NotFetched};
use domain::{
    address::ChannelName,
    agent::AgentName,
    clock::Millis,
    id::{Ids, OutboxId},
    inbound::{Arrival, Inbound, Status},
    job::JobNotice,
    message::Media,
    outbound::{Content, DeliveryState, Outbound, SendOutcome},
    question::Choice,
};
use store::{Store, inbox, office::job};
use tokio::sync::oneshot;

/// What becomes of a call that waits at a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Go,
    /// It fails, and the other side did nothing.
    Fail,
    /// The other side did it, and its answer is lost.
    AnswerLost,
}

struct Gate {
    call: &'static str,
    open: oneshot::Sender<Verdict>,
}

/// The calls of one worker that wait. Where it is open, nothing waits.
#[derive(Default)]
pub struct Gates {
    waiting: Mutex<Vec<Gate>>,
    open: Mutex<bool>,
}

impl Gates {
    pub fn open(&self) {
        *self.open.lock().unwrap() = true;
        for gate in self.waiting.lock().unwrap().drain(..) {
            let _ = gate.open.send(Verdict::Go);
        }
    }

    pub fn waiting(&self) -> Vec<&'static str> {
        let mut waiting = self.waiting.lock().unwrap();
        waiting.retain(|gate| !gate.open.is_closed());
        waiting.iter().map(|gate| gate.call).collect()
    }

    /// Lets the call number `index` of [`Gates::waiting`] go on.
    pub fn release(&self, index: usize, verdict: Verdict) {
        let gate = self.waiting.lock().unwrap().remove(index);
        let _ = gate.open.send(verdict);
    }

    pub async fn pass(&self, call: &'static str) -> Verdict {
        if *self.open.lock().unwrap() {
            return Verdict::Go;
        }
        let (open, opened) = oneshot::channel();
        self.waiting.lock().unwrap().push(Gate { call, open });
        match opened.await {
            Ok(verdict) => verdict,
            // The worker was cut off for ever.
            Err(_) => std::future::pending().await,
        }
    }
}

/// A model behind the gates.
pub struct Thinker {
    pub gates: Arc<Gates>,
    pub model: Arc<dyn Model>,
}

#[async_trait]
impl Model for Thinker {
    fn name(&self) -> String {
        self.model.name()
    }

    async fn reply(
        &self,
        request: &ModelRequest,
        listener: Option<&dyn Listener>,
    ) -> Result<ModelReply, ModelError> {
        let lost = || ModelError::Retry { reason: "no answer".to_owned(), after: None };
        match self.gates.pass("model").await {
            Verdict::Go => self.model.reply(request, listener).await,
            Verdict::Fail => Err(lost()),
            Verdict::AnswerLost => self.model.reply(request, listener).await.and_then(|_| Err(lost())),
        }
    }
}

/// Something that the provider accepted for a phone.
#[derive(Clone, Debug)]
pub struct Accepted {
    pub outbox: OutboxId,
    pub to: String,
    pub text: String,
    pub choices: Vec<Choice>,
    pub is_question: bool,
}

/// What the provider did and still has to tell.
#[derive(Default)]
pub struct Net {
    pub accepted: Vec<Accepted>,
    pub statuses: VecDeque<Arrival>,
}

/// The provider of the phones: no idempotency key, but statuses that carry our id.
#[derive(Clone)]
pub struct Phones {
    pub gates: Arc<Gates>,
    pub net: Arc<Mutex<Net>>,
}

pub const PHONES: &str = "whatsapp";

impl Phones {
    fn accept(&self, outbound: &Outbound, now: Millis) -> String {
        let mut net: MutexGuard<'_, Net> = self.net.lock().unwrap();
        let external = format!("p{}", net.accepted.len());
        let (text, choices) = outbound.content.shown().unwrap();
        let choices = choices.to_vec();
        net.accepted.push(Accepted {
            outbox: outbound.id.clone(),
            to: outbound.to.external.clone(),
            text,
            choices,
            is_question: matches!(outbound.content, Content::Question { .. }),
        });
        for state in [DeliveryState::Sent, DeliveryState::Delivered] {
            let told = Status {
                outbox: Some(outbound.id.clone()),
                external: external.clone(),
                state,
                reason: None,
                at: now,
                mend: None,
                price: None,
            };
            net.statuses.push_back(Arrival {
                channel: ChannelName::from(PHONES),
                external: format!("{external}:{}", state.as_str()),
                lane: format!("status:{external}"),
                body: Inbound::Status(told),
            });
        }
        external
    }
}

#[async_trait]
impl Channel for Phones {
    fn name(&self) -> ChannelName {
        ChannelName::from(PHONES)
    }

    fn lost_answer(&self) -> LostAnswer {
        LostAnswer::WaitForStatus
    }

    async fn send(&self, outbound: &Outbound, facts: &Facts) -> SendOutcome {
        match self.gates.pass("send").await {
            Verdict::Go => SendOutcome::Sent { external: self.accept(outbound, facts.now) },
            Verdict::Fail => SendOutcome::RetryAt { at: facts.now, reason: "overloaded".to_owned() },
            Verdict::AnswerLost => {
                self.accept(outbound, facts.now);
                SendOutcome::Unknown { reason: "no answer".to_owned() }
            }
        }
    }
}

/// The link from one agent to the other, without the wire: what the receiving door does with a notice.
pub struct Wire {
    pub gates: Arc<Gates>,
    pub from: AgentName,
    pub to: AgentName,
    pub store: Store,
    pub ids: Arc<Ids>,
}

impl Wire {
    async fn arrive(&self, outbound: &Outbound, now: Millis) -> Result<String, store::Error> {
        let Content::Job(notice) = outbound.content.clone() else { panic!("only news of jobs") };
        let (from, to, ids) = (self.from.clone(), self.to.clone(), Arc::clone(&self.ids));
        let (job, external) = (notice.job().clone(), outbound.id.0.clone());
        let id = job.0.clone();
        let taken = self.store.write(move |tx| {
            Box::pin(async move {
                if let JobNotice::Reported { report } = &notice {
                    job::accept(tx, &from, report, now).await?;
                }
                let arrival = Arrival {
                    channel: ChannelName::link(from.as_str()),
                    external,
                    lane: job.0.clone(),
                    body: Inbound::Job { to, peer: from, job, notice },
                };
                inbox::put(tx, &ids, &arrival, now).await
            })
        });
        taken.await.map(|_| id)
    }
}

#[async_trait]
impl Channel for Wire {
    fn name(&self) -> ChannelName {
        ChannelName::link(self.to.as_str())
    }

    fn lost_answer(&self) -> LostAnswer {
        LostAnswer::Repeat
    }

    async fn send(&self, outbound: &Outbound, facts: &Facts) -> SendOutcome {
        let retry = |reason: &str| SendOutcome::RetryAt { at: facts.now, reason: reason.to_owned() };
        let verdict = self.gates.pass("link").await;
        if verdict == Verdict::Fail {
            return retry("nobody there");
        }
        match self.arrive(outbound, facts.now).await {
            Ok(external) if verdict == Verdict::Go => SendOutcome::Sent { external },
            Ok(_) => retry("no answer"),
            Err(error) => retry(&error.to_string()),
        }
    }
}

/// Where the files of messages come from.
pub struct Files(pub Arc<Gates>);

#[async_trait]
impl Fetch for Files {
    async fn fetch(&self, media: &Media) -> Result<Fetched, NotFetched> {
        match self.0.pass("fetch").await {
            Verdict::Go => Ok(Fetched {
                path: "none.jpg".to_owned(),
                mime: media.mime.clone(),
                bytes: 0,
                sha256: String::new(),
            }),
            Verdict::Fail | Verdict::AnswerLost => Err(NotFetched::Later("no answer".to_owned())),
        }
    }
}

/// How often the provider accepted each outbox row.
pub fn times(net: &Net) -> BTreeMap<OutboxId, usize> {
    let mut times = BTreeMap::new();
    for accepted in &net.accepted {
        *times.entry(accepted.outbox.clone()).or_insert(0) += 1;
    }
    times
}
