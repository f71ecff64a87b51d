//! The shape of a tool: a name, typed arguments, how far it may be trusted, and what a call comes to.
//! A tool never talks to a person and never waits: it answers, or says what the turn has to wait for.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    agent::AgentName,
    clock::Millis,
    command::Operator,
    contact::{Contact, Role},
    conversation::Conversation,
    firm::Firm,
    id::{CallId, ConversationId, Ids, JobId, QuestionId, TurnId},
    question::{self, Proposal, Purpose},
    tool::Effect,
    turn::Wake,
};
use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use store::{Store, Tx};

/// What a call knows of where it runs. Identity comes from here, never from arguments.
#[derive(Clone)]
pub struct Context {
    pub store: Store,
    pub ids: Arc<Ids>,
    pub firm: Arc<Firm>,
    pub agent: AgentName,
    /// The agent that jobs are handed to.
    pub peer: Option<AgentName>,
    pub conversation: Conversation,
    /// The verified person of the conversation; `None` on the link.
    pub contact: Option<Contact>,
    /// Who asks at the console; `None` everywhere else.
    pub operator: Option<Operator>,
    /// The conversation that was on their screen.
    pub about: Option<ConversationId>,
    pub turn: TurnId,
    pub call: CallId,
    pub now: Millis,
    /// The approval under which this call runs, once a person granted it.
    pub grant: Option<Grant>,
}

impl Context {
    /// What names this call in all the world, the same however often it is repeated: the key that a tool of
    /// [`Effect::Keyed`] hands to the other side, and by which one of [`Effect::Lookup`] finds it there.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}", self.turn, self.call)
    }
}

/// A person's approval of exactly one run of exactly one proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    pub question: QuestionId,
    pub fingerprint: String,
    pub by: String,
}

/// Whether a call may run.
pub enum Gate {
    Open,
    /// A holder of the proposal's role must approve exactly this first.
    Needs(Proposal),
}

/// What a call comes to.
pub enum Answer {
    Value(Value),
    /// Statements for the transaction that settles the journal: the effect and the record of it commit together.
    Write(Write),
    /// The turn waits for a person.
    Ask(Ask),
}

impl Answer {
    /// Statements for the settling transaction; see [`Write`].
    pub fn write<F>(change: F) -> Self
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<Settled, store::Error>> + Send + 'static,
    {
        Self::Write(Box::new(change))
    }
}

/// Runs in the settling transaction. May be run again from the start if that transaction fails.
pub type Write = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<Settled, store::Error>> + Send>;

/// What an effect in our own database came to.
pub enum Settled {
    Value(Value),
    /// The effect stands; its result comes later, or `patience_ms` runs out.
    Wait {
        wake: Wake,
        patience_ms: i64,
    },
}

impl Settled {
    /// What a transaction came to whose checks may refuse it: nothing was written then, and the model is told why.
    ///
    /// # Errors
    /// [`ToolError::Store`]'s.
    pub fn checked(result: Result<Self, ToolError>) -> Result<Self, store::Error> {
        match result {
            Ok(settled) => Ok(settled),
            Err(ToolError::Tell(why) | ToolError::Lost(why)) => {
                Ok(Self::Value(serde_json::json!({ "error": why })))
            }
            Err(ToolError::Store(error)) => Err(error),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Ask {
    pub purpose: Purpose,
    /// The model's words for [`Purpose::Ask`] and [`Purpose::Escalation`]; a proposal is rendered from its figures.
    pub text: String,
    /// Titles of the options; none for a question that takes any words.
    pub options: Vec<String>,
}

/// What looking for the effect of an interrupted call found.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// It happened, and this is its result.
    Done(Value),
    /// It did not happen, and will not any more.
    Nothing,
    /// It cannot be known: a person is asked.
    Unknown,
}

/// What a person decided about a proposal without approving it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Decline,
    Defer,
}

#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The model is told and may try otherwise.
    #[error("{0}")]
    Tell(String),
    /// The other side did not answer: its effect may have happened. What is done about it is the class's.
    #[error("{0}")]
    Lost(String),
    /// Passing trouble of ours: the call is made again.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl ToolError {
    pub fn tell(why: impl Into<String>) -> Self {
        Self::Tell(why.into())
    }
}

#[async_trait]
pub trait Tool: Send + Sync + 'static {
    const NAME: &'static str;
    /// For the model: when to use it and what comes back.
    const DESCRIPTION: &'static str;
    /// What [`Tool::call`] does outside our own database, and so what becomes of a call that was interrupted: its row in
    /// the journal is written before, and settled after. Leave it for a tool whose effects are all in [`Answer::Write`].
    const EFFECT: Effect = Effect::Pure;
    /// Whether calls of one reply may run at the same time.
    const CONCURRENT: bool = false;
    type Args: DeserializeOwned + Serialize + JsonSchema + Send + Sync + 'static;

    /// Whether `args` may run now. Asked before each run, also of an approved call: a proposal whose figures changed
    /// has another fingerprint and needs another approval.
    async fn gate(&self, _context: &Context, _args: &Self::Args) -> Result<Gate, ToolError> {
        Ok(Gate::Open)
    }

    async fn call(&self, context: &Context, args: Self::Args) -> Result<Answer, ToolError>;

    /// Looks for the effect of an interrupted call by its [`Context::key`]; asked of tools of [`Effect::Lookup`] only.
    async fn find(&self, _context: &Context, _args: &Self::Args) -> Result<Found, ToolError> {
        Ok(Found::Unknown)
    }

    /// What a refusal of this tool's own proposal does, and what the model hears of it.
    async fn refused(
        &self,
        _context: &Context,
        _args: Self::Args,
        refusal: Refusal,
        answer: &question::Answer,
    ) -> Result<Answer, ToolError> {
        let status = if refusal == Refusal::Decline { "declined" } else { "deferred" };
        Ok(Answer::Value(serde_json::json!({ "status": status, "by": answer.by_name })))
    }
}

/// A proposal for office staff, fingerprinted over tool, arguments and figures.
#[must_use]
pub fn proposal(tool: &str, arguments: Value, job: Option<JobId>, text: &str, facts: Value) -> Proposal {
    Proposal {
        fingerprint: question::fingerprint(tool, &arguments, &facts),
        tool: tool.to_owned(),
        arguments,
        role: Role::Office,
        job,
        facts,
        text: text.to_owned(),
    }
}
