//! A small house for tools: the shipped firm and customers, a technician, a member of staff, a fresh database.

use std::sync::Arc;

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::{ManualClock, Millis},
    contact::{Contact, Identity, Role},
    conversation::Conversation,
    firm::Firm,
    id::{CallId, Ids, QuestionId, TurnId},
    import,
    job::JobNotice,
    language::Language,
    outbound::Content,
    question::{Answer as Decision, Proposal},
};
use plumbline_tools::{
    tool::{Answer, Ask, Context, Gate, Grant, Refusal, Settled},
    toolbox::{CallError, Toolbox},
};
use serde_json::{Value, json};
use store::{Config, Store, contact, conversation, office, outbox};

/// 2026-11-20T09:00:00Z.
pub const NOW: Millis = Millis(1_795_165_200_000);

pub struct House {
    pub store: Store,
    pub toolbox: Toolbox,
    pub ids: Arc<Ids>,
    pub firm: Arc<Firm>,
    _folder: tempfile::TempDir,
}

#[derive(serde::Deserialize)]
struct Layer {
    firm: Firm,
}

pub async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/house.db", folder.path().display());
    let store = Store::open(&Config { url, ..Config::default() }).await.unwrap();
    let text = format!(
        "{}\n{}",
        include_str!("../../../config/firm.toml"),
        include_str!("../../../config/billing.toml")
    );
    let firm = toml::from_str::<Layer>(&text).unwrap().firm;
    let list = include_bytes!("../../../config/demo/customers.csv");
    let customers = import::customers(list, &firm.rules.contract_names()).unwrap();
    store
        .write(move |tx| Box::pin(async move { office::customer::import(tx, &customers).await }))
        .await
        .unwrap();
    let ids = Arc::new(Ids::new(Arc::new(ManualClock::at(NOW)), [3; 32]));
    House { store, toolbox: Toolbox::new(), ids, firm: Arc::new(firm), _folder: folder }
}

/// What a call came to, with its transaction run.
#[derive(Debug)]
pub enum Came {
    Value(Value),
    /// The job that is waited for.
    Waits(String),
    Asks(Box<Ask>),
}

impl Came {
    pub fn value(self) -> Value {
        match self {
            Self::Value(value) => value,
            other => panic!("no value: {other:?}"),
        }
    }

    pub fn job(self) -> String {
        match self {
            Self::Waits(job) => job,
            other => panic!("does not wait: {other:?}"),
        }
    }
}

impl House {
    async fn context(&self, agent: &str, peer: Option<&str>, name: &str, role: Role) -> Context {
        let (ids, who) = (Arc::clone(&self.ids), name.to_owned());
        let agent = AgentName::from(agent);
        let own = agent.clone();
        let (contact, held): (Contact, Conversation) = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let identity =
                        Identity { kind: domain::contact::IdentityKind::Username, value: who.clone() };
                    let id = contact::register(tx, &ids, &who, role, &[identity], NOW).await?;
                    let address = Address::new(ChannelName::from("test"), who);
                    let held =
                        conversation::open(tx, &ids, &own, &address, Some(&id), Language::En, NOW).await?;
                    Ok((contact::get(tx, &id).await?.unwrap(), held))
                })
            })
            .await
            .unwrap();
        Context {
            store: self.store.clone(),
            ids: Arc::clone(&self.ids),
            firm: Arc::clone(&self.firm),
            agent,
            peer: peer.map(AgentName::from),
            conversation: held,
            contact: Some(contact),
            operator: None,
            about: None,
            turn: TurnId::new(&self.ids),
            call: CallId::new(&self.ids),
            now: NOW,
            grant: None,
        }
    }

    /// A technician who talks with the field's agent.
    pub async fn technician(&self, name: &str) -> Context {
        self.context("field", Some("office"), name, Role::Technician).await
    }

    /// A member of staff who talks with the office's agent.
    pub async fn staff(&self) -> Context {
        self.context("office", None, "Sabine", Role::Office).await
    }

    pub async fn gate(&self, context: &Context, tool: &str, arguments: Value) -> Result<Gate, CallError> {
        self.toolbox.gate(tool, context, &arguments).await
    }

    /// The proposal that `tool` needs approved.
    pub async fn proposal(&self, context: &Context, tool: &str, arguments: Value) -> Proposal {
        match self.gate(context, tool, arguments).await {
            Ok(Gate::Needs(proposal)) => proposal,
            Ok(Gate::Open) => panic!("{tool} needs no approval"),
            Err(error) => panic!("{tool}: {error}"),
        }
    }

    pub async fn call(&self, context: &Context, tool: &str, arguments: Value) -> Result<Came, CallError> {
        let context = Context { call: CallId::new(&self.ids), ..context.clone() };
        let answer = self.toolbox.call(tool, &context, arguments).await?;
        Ok(self.settle(answer).await)
    }

    /// What a model is told of a call that does not run.
    pub async fn told(&self, context: &Context, tool: &str, arguments: Value) -> String {
        match self.call(context, tool, arguments).await {
            Err(CallError::Tell(why) | CallError::Misused(why)) => why,
            other => panic!("{tool} ran: {other:?}"),
        }
    }

    /// Approves what `tool` proposes and runs it, as the runtime does.
    pub async fn approved(&self, context: &Context, tool: &str, arguments: Value) -> Value {
        let proposal = self.proposal(context, tool, arguments.clone()).await;
        let granted = Context { grant: Some(self.grant(&proposal.fingerprint)), ..context.clone() };
        self.call(&granted, tool, arguments).await.unwrap().value()
    }

    pub fn grant(&self, fingerprint: &str) -> Grant {
        Grant {
            question: QuestionId::new(&self.ids),
            fingerprint: fingerprint.to_owned(),
            by: "Sabine".to_owned(),
        }
    }

    pub async fn refuse(&self, context: &Context, tool: &str, arguments: Value, refusal: Refusal) -> Value {
        let decision = Decision {
            value: Some("decline".to_owned()),
            text: "Reject".to_owned(),
            reason: None,
            by: None,
            by_name: "Sabine".to_owned(),
            at: NOW,
        };
        let answer = self.toolbox.refused(tool, context, arguments, refusal, &decision).await.unwrap();
        self.settle(answer).await.value()
    }

    async fn settle(&self, answer: Answer) -> Came {
        match answer {
            Answer::Value(value) => Came::Value(value),
            Answer::Ask(ask) => Came::Asks(Box::new(ask)),
            Answer::Write(write) => match self.store.write(write).await.unwrap() {
                Settled::Value(value) => Came::Value(value),
                Settled::Wait { wake, .. } => Came::Waits(wake.of().to_owned()),
            },
        }
    }

    /// The notices that wait for `peer`, oldest first of each job; each is taken.
    pub async fn notices(&self, peer: &str) -> Vec<JobNotice> {
        let mut notices = Vec::new();
        loop {
            let channel = ChannelName::link(peer);
            let taken = self
                .store
                .write(move |tx| {
                    Box::pin(async move {
                        let taken = outbox::claim(tx, &channel, NOW, NOW, 10).await?;
                        for row in &taken {
                            let outcome = outbox::Outcome {
                                state: domain::outbound::DeliveryState::Sent,
                                due: NOW,
                                provider_id: None,
                                reason: None,
                            };
                            outbox::settle(tx, row, &outcome, NOW).await?;
                        }
                        Ok(taken)
                    })
                })
                .await
                .unwrap();
            if taken.is_empty() {
                return notices;
            }
            for row in taken {
                let Content::Job(notice) = row.outbound.content else { panic!("not a notice") };
                notices.push(notice);
            }
        }
    }
}

/// The story's job, as a model hands it over.
pub fn story() -> Value {
    json!({
        "customer_id": "789",
        "work_done": "Repaired the sink pipe",
        "hours_worked": 1.5,
        "materials_used": [{ "name": "Gasket 10-B", "quantity": 1 }],
    })
}
