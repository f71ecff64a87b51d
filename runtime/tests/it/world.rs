//! A house without a door: one store, the shipped agents, texts and customers, and as many workers as a test wants.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU8, AtomicUsize, Ordering},
    },
    time::Duration,
};

use agents::{
    definition,
    model::{Model, offline::Offline},
    prompt::Prompts,
    texts::{Source, Texts},
};
use channels::channel::{Channel, Fetch};
use domain::{
    address::{Address, ChannelName},
    agent::{AgentDefinition, AgentName},
    clock::{Clock as _, ManualClock, Millis},
    contact::{Identity, Role},
    current::Current,
    firm::Firm,
    id::Ids,
    import,
    inbound::{Arrival, Inbound, InboundMessage},
    language::Language,
    message::{Media, MediaKind, MediaSource, Part},
};
use plumbline_runtime::{Agent, Belt, Config, bell::Bell, delivery, intake, stage::Found, turn, wakeup};
use store::{
    Store,
    check::{self, Look},
    contact, office,
};
use tokio::sync::{Semaphore, broadcast};
use tokio_util::task::TaskTracker;
use tools::toolbox::Toolbox;

use crate::outside::{Files, Gates, Net, PHONES, Phones, Thinker, Wire};

/// 2026-11-20T09:00:00Z.
pub const NOW: Millis = Millis(1_795_165_200_000);
pub const FRANK: &str = "4930231251";
pub const PAUL: &str = "4930231252";
pub const SABINE: &str = "4930231259";

#[derive(serde::Deserialize)]
struct Layer {
    firm: Firm,
}

pub type Tools = Box<dyn Fn(&Arc<Gates>) -> Toolbox>;

pub struct World {
    pub store: Store,
    pub clock: Arc<ManualClock>,
    pub net: Arc<Mutex<Net>>,
    pub config: Config,
    pub firm: Arc<Firm>,
    pub definitions: Vec<AgentDefinition>,
    /// The tools of a worker, given its gates.
    pub tools: Tools,
    pub model: Arc<dyn Model>,
    /// One of its own for each worker's ids.
    seed: AtomicU8,
    _folder: tempfile::TempDir,
}

fn firm() -> Firm {
    let text = format!(
        "{}\n{}",
        include_str!("../../../config/firm.toml"),
        include_str!("../../../config/billing.toml")
    );
    toml::from_str::<Layer>(&text).unwrap().firm
}

fn data(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn definitions() -> Vec<AgentDefinition> {
    let field = include_str!("../../../agents/field.toml");
    let office = include_str!("../../../agents/office.toml");
    definition::read(&data(&[("field", field), ("office", office)])).unwrap()
}

fn prompts() -> Prompts {
    let field = include_str!("../../../prompts/field.md");
    let office = include_str!("../../../prompts/office.md");
    Prompts::load(&data(&[("field", field), ("office", office)])).unwrap()
}

fn texts() -> Texts {
    let source = |name, language, toml| Source { name, language, toml };
    let en = source("en", Language::En, include_str!("../../../texts/en.toml"));
    let de = source("de", Language::De, include_str!("../../../texts/de.toml"));
    Texts::load(&[en, de], &[]).unwrap()
}

impl World {
    /// Frank and Paul in the field, Sabine in the office; nothing is gathered, nothing is given up.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/world.db", folder.path().display());
        let store = Store::open(&store::Config { url, ..store::Config::default() }).await.unwrap();
        let clock = Arc::new(ManualClock::at(NOW));
        let firm = firm();
        let list = include_bytes!("../../../config/demo/customers.csv");
        let customers = import::customers(list, &firm.rules.contract_names()).unwrap();
        let ids = Ids::new(clock.clone(), [0; 32]);
        let people = [
            ("Frank", Role::Technician, FRANK),
            ("Paul", Role::Technician, PAUL),
            ("Sabine", Role::Office, SABINE),
        ];
        let moved = store.write(move |tx| {
            Box::pin(async move {
                office::customer::import(tx, &customers).await?;
                for (name, role, phone) in people {
                    contact::register(tx, &ids, name, role, &[Identity::phone(phone)], NOW).await?;
                }
                Ok(())
            })
        });
        moved.await.unwrap();
        let mut config = Config::default();
        config.intake.attempts = 1_000;
        config.turns.gather_ms = 0;
        config.turns.attempts = 1_000;
        config.turns.retry_first_ms = 1;
        config.turns.retry_ceiling_ms = 1_000;
        config.delivery.attempts = 1_000;
        config.delivery.retry_ceiling_ms = 1_000;
        Self {
            store,
            clock,
            net: Arc::default(),
            config,
            firm: Arc::new(firm),
            definitions: definitions(),
            tools: Box::new(|_| Toolbox::new()),
            model: Arc::new(Offline),
            seed: AtomicU8::new(1),
            _folder: folder,
        }
    }

    /// Another process over the same store.
    pub fn worker(&self) -> Worker {
        self.worker_on(self.store.clone())
    }

    /// The same, with a store of its own making over the same database.
    pub fn worker_on(&self, store: Store) -> Worker {
        let gates = Arc::new(Gates::default());
        let ids = Arc::new(Ids::new(self.clock.clone(), [self.seed.fetch_add(1, Ordering::SeqCst); 32]));
        let model: Arc<dyn Model> =
            Arc::new(Thinker { gates: Arc::clone(&gates), model: Arc::clone(&self.model) });
        let wire = |from: &str, to: &str| -> Arc<dyn Channel> {
            Arc::new(Wire {
                gates: Arc::clone(&gates),
                from: from.into(),
                to: to.into(),
                store: self.store.clone(),
                ids: Arc::clone(&ids),
            })
        };
        let phones = Arc::new(Phones { gates: Arc::clone(&gates), net: Arc::clone(&self.net) });
        let agents: BTreeMap<AgentName, Agent> = self
            .definitions
            .iter()
            .map(|d| (d.name.clone(), Agent { definition: d.clone(), model: Arc::clone(&model) }))
            .collect();
        let belt = Belt {
            store,
            clock: self.clock.clone(),
            ids: Arc::clone(&ids),
            config: Current::new(self.config.clone()),
            firm: Arc::clone(&self.firm),
            texts: Arc::new(texts()),
            prompts: Arc::new(prompts()),
            toolbox: Arc::new((self.tools)(&gates)),
            hosted: agents.keys().cloned().collect(),
            agents,
            channels: vec![phones, wire("field", "office"), wire("office", "field")],
            fetch: BTreeMap::from([(
                ChannelName::from(PHONES),
                Arc::new(Files(Arc::clone(&gates))) as Arc<dyn Fetch>,
            )]),
            transcriber: Current::default(),
            people: vec![ChannelName::from(PHONES)],
            bell: Bell::default(),
            progress: broadcast::channel(64).0,
            stream: false,
            thoughts: Semaphore::new(self.config.turns.model_calls as usize),
            busy: AtomicUsize::new(0),
        };
        Worker { belt: Arc::new(belt), gates, tasks: TaskTracker::new() }
    }

    pub fn arrival(&self, phone: &str, parts: Vec<Part>, external: &str) -> Arrival {
        let from = Address::new(ChannelName::from(PHONES), phone);
        Arrival {
            channel: from.channel.clone(),
            external: external.to_owned(),
            lane: phone.to_owned(),
            body: Inbound::Message(InboundMessage {
                id: None,
                from,
                identities: vec![Identity::phone(phone)],
                profile_name: None,
                parts,
                quotes: None,
                sent_at: self.clock.now(),
            }),
        }
    }

    /// `phone` writes `text`, and the provider has said so.
    pub async fn writes(&self, phone: &str, text: &str, external: &str) {
        self.sends(phone, vec![Part::text(text)], external).await;
    }

    /// `phone` sends a message of these parts.
    pub async fn sends(&self, phone: &str, parts: Vec<Part>, external: &str) {
        let (arrival, now) = (self.arrival(phone, parts, external), self.clock.now());
        let ids = Ids::new(self.clock.clone(), [self.seed.fetch_add(1, Ordering::SeqCst); 32]);
        let put = self
            .store
            .write(move |tx| Box::pin(async move { store::inbox::put(tx, &ids, &arrival, now).await }));
        put.await.unwrap();
    }

    /// `phone` presses the newest option with that value.
    pub async fn presses(&self, phone: &str, value: &str) {
        let choice = {
            let net = self.net.lock().unwrap();
            let shown = net.accepted.iter().rev().filter(|accepted| accepted.to == phone);
            shown.flat_map(|accepted| accepted.choices.clone()).find(|choice| choice.value == value).unwrap()
        };
        let external = format!("press:{}", choice.id);
        self.sends(phone, vec![Part::Choice { id: choice.id, title: choice.title }], &external).await;
    }

    /// What `phone` was sent, in order.
    pub fn heard(&self, phone: &str) -> Vec<String> {
        let net = self.net.lock().unwrap();
        net.accepted.iter().filter(|a| a.to == phone).map(|a| a.text.clone()).collect()
    }

    /// Nothing may be wrong, and nothing left to do.
    pub async fn sound(&self, what: &str) {
        let look = Look { at_rest: Some(self.clock.now()), ..Look::default() };
        let findings = check::findings(&self.store, look).await.unwrap();
        assert!(findings.is_empty(), "{what}: {findings:#?}");
    }
}

/// A picture that is still with the provider.
pub fn picture(caption: Option<&str>) -> Part {
    Part::Media(Media {
        kind: MediaKind::Image,
        mime: "image/jpeg".into(),
        source: MediaSource::Provider("file-1".into()),
        caption: caption.map(ToOwned::to_owned),
        name: None,
        sha256: None,
        transcript: None,
        voice: false,
    })
}

/// One process: a belt, what it has started, and where its calls to the outside wait.
pub struct Worker {
    pub belt: Arc<Belt>,
    pub gates: Arc<Gates>,
    pub tasks: TaskTracker,
}

/// The stages by number.
pub const STAGES: usize = 4;

impl Worker {
    /// One tick of a stage; what it starts runs until it is done or waits at a gate.
    pub async fn tick(&self, stage: usize) -> Result<Found, store::Error> {
        let found = match stage {
            0 => intake::tick(&self.belt, &self.tasks).await,
            1 => turn::tick(&self.belt, &self.tasks).await,
            2 => delivery::tick(&self.belt, &self.tasks).await,
            _ => wakeup::tick(&self.belt).await,
        };
        self.settles().await;
        found
    }

    /// Waits until all that runs waits at a gate.
    pub async fn settles(&self) {
        while self.tasks.len() > self.gates.waiting().len() {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    }

    /// Works with open gates until nothing is due.
    pub async fn rests(&self) {
        self.gates.open();
        for _ in 0..2_000 {
            let mut found = false;
            for stage in 0..STAGES {
                found |= self.tick(stage).await.unwrap() == Found::Work;
            }
            if !found {
                return;
            }
        }
        panic!("the belt goes in circles");
    }
}
