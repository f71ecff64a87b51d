//! The composition: settings in, a house that runs out. The only place that names concrete channels and models.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};

use agents::{
    definition,
    model::{Model, offline::Offline, openai::OpenAi},
    prompt::Prompts,
};
use channels::{
    channel::Channel,
    link::{Ends, Link, Subscribers},
    transport::{self, Transport},
};
use domain::{
    address::ChannelName,
    agent::{AgentDefinition, AgentName},
    clock::{Clock, Millis},
    id::Ids,
    live::Progress,
};
use gateway::{Duty, Gateway, HostedAgent, StoredTargets, Waker};
use runtime::{Agent, Belt, bell::Bell};
use secrecy::SecretString;
use store::{Store, queue};
use tokio::{net::TcpListener, sync::broadcast};
use tokio_util::sync::CancellationToken;
use tools::toolbox::Toolbox;
use url::Url;

use crate::{
    assets::{self, Folder},
    commands::Failure,
    secret,
    settings::{self, Settings},
};

/// Progress that a slow watcher may lag behind before it misses some.
const PROGRESS: usize = 1024;

/// What one process takes on of the house.
pub struct Hosting {
    /// The agents whose turns run here; `None` for all there are.
    pub turns: Option<Vec<AgentName>>,
    /// The agents whose ports are here; `None` for all there are.
    pub ports: Option<Vec<AgentName>>,
    /// Whether the gateway's own port is here.
    pub gateway: bool,
    /// Whether the belt runs here: intake, delivery, wake-ups, and the turns named above.
    pub belt: bool,
    /// Ways out to people that are here.
    pub channels: Vec<Arc<dyn Channel>>,
    /// Ways on which people can be asked, here or in another process.
    pub people: Vec<ChannelName>,
    /// Whether somebody watches words as they are streamed.
    pub stream: bool,
    /// Takes over at once what an earlier process of the same agents held: they can only be here, for their ports are.
    pub alone: bool,
}

/// Clock, ids and model of a house: the real ones, or a test's.
pub struct Means {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<Ids>,
    /// In place of the configured model.
    pub model: Option<Arc<dyn Model>>,
}

/// A built house: it listens already, and works once it is run.
pub struct App {
    pub belt: Arc<Belt>,
    pub model: String,
    servers: Vec<(TcpListener, axum::Router)>,
    works: bool,
    grace: Duration,
}

impl App {
    /// Builds the house on an open store.
    ///
    /// # Errors
    /// [`Failure`] with one sentence: a prompt or a tool that an agent asks for and nobody has, a port in use, a model
    /// that cannot be used.
    pub async fn build(settings: &Settings, store: Store, hosting: Hosting, means: Means) -> Result<Self, Failure> {
        let usage = |error: String| Failure::Usage(error);
        let own = settings.overrides.as_deref();
        let definitions = definition::read(&Folder::Agents.all(own).map_err(|e| usage(e.to_string()))?)
            .map_err(|e| usage(e.to_string()))?;
        let prompts = Prompts::load(&Folder::Prompts.all(own).map_err(|e| usage(e.to_string()))?)
            .map_err(|e| usage(e.to_string()))?;
        let toolbox = Toolbox::new();
        definition::check(&definitions, &prompts, &toolbox.names()).map_err(|e| usage(e.to_string()))?;
        let all = || definitions.iter().map(|agent| agent.name.clone()).collect::<Vec<_>>();
        let hosted = hosting.turns.unwrap_or_else(all);
        let ports = hosting.ports.unwrap_or_else(all);
        let texts = assets::texts(own).map_err(|e| usage(e.to_string()))?;

        let http = transport::client(&settings.http).map_err(|e| usage(format!("no HTTP client: {e}")))?;
        let model = match means.model {
            Some(model) => model,
            None => model(settings, http.clone(), &means.ids, &means.clock).map_err(usage)?,
        };
        let secret = link_secret(settings).map_err(Failure::Failed)?;
        let mut channels = hosting.channels;
        channels.extend(links(settings, &definitions, &hosted, &store, &secret, http)?);
        let bell = Bell::default();
        let gateway = Gateway {
            store: store.clone(),
            clock: Arc::clone(&means.clock),
            ids: Arc::clone(&means.ids),
            waker: waker(&bell),
            config: gateway::Config::default(),
        };
        let mut servers = serve(settings, &definitions, &ports, &gateway, &secret).await?;
        if hosting.gateway {
            let listener = listen(settings, settings.gateway.port, "the gateway", "WEBHOOK_PORT").await?;
            servers.push((listener, gateway::router::house(&gateway)));
        }
        if hosting.alone {
            reclaim(&store, &hosted, &channels, means.clock.now()).await?;
        }
        let name = model.name();
        let belt = Belt {
            store,
            clock: means.clock,
            ids: means.ids,
            config: settings.belt.clone(),
            firm: Arc::new(settings.firm.clone()),
            texts: Arc::new(texts),
            prompts: Arc::new(prompts),
            toolbox: Arc::new(toolbox),
            agents: thinking(definitions, &model),
            hosted,
            channels,
            people: hosting.people,
            bell,
            progress: broadcast::channel::<Progress>(PROGRESS).0,
            stream: hosting.stream,
            busy: AtomicUsize::new(0),
        };
        Ok(Self { belt: Arc::new(belt), model: name, servers, works: hosting.belt, grace: settings.grace })
    }

    /// Serves and works until `stop`; running turns may finish within the grace time.
    pub async fn run(self, stop: CancellationToken) {
        if !self.works {
            return self.serve(stop).await;
        }
        let (belt, grace) = (Arc::clone(&self.belt), self.grace);
        tokio::join!(self.serve(stop.clone()), belt.run(stop, grace));
    }

    /// Serves alone, until `stop`: somebody else moves the belt.
    pub async fn serve(self, stop: CancellationToken) {
        let servers = self.servers.into_iter().map(|(listener, router)| serve_one(listener, router, stop.clone()));
        futures::future::join_all(servers).await;
    }
}

async fn serve_one(listener: TcpListener, router: axum::Router, stop: CancellationToken) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // `serve` ends only by the signal: errors of single connections are its own business.
    let served = axum::serve(listener, service).with_graceful_shutdown(async move { stop.cancelled().await });
    if let Err(error) = served.await {
        tracing::error!(%error, "a server ended");
    }
}

fn thinking(definitions: Vec<AgentDefinition>, model: &Arc<dyn Model>) -> BTreeMap<AgentName, Agent> {
    definitions
        .into_iter()
        .map(|definition| (definition.name.clone(), Agent { definition, model: Arc::clone(model) }))
        .collect()
}

fn waker(bell: &Bell) -> Waker {
    let bell = bell.clone();
    Waker::new(move || bell.ring_all())
}

/// The configured model.
fn model(
    settings: &Settings,
    http: reqwest::Client,
    ids: &Arc<Ids>,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn Model>, String> {
    Ok(match &settings.model {
        settings::Model::Offline { .. } => Arc::new(Offline),
        settings::Model::Remote { config, .. } => Arc::new(
            OpenAi::new(config, http, Arc::clone(ids), Arc::clone(clock)).map_err(|error| error.to_string())?,
        ),
    })
}

/// The secret that both ends of the link know.
///
/// # Errors
/// A sentence that names the file and the mend.
pub fn link_secret(settings: &Settings) -> Result<SecretString, String> {
    match &settings.link_secret {
        Some(secret) => Ok(secret.clone()),
        None => secret::kept(&settings.data_folder, secret::LINK, "AGENT_LINK_SECRET"),
    }
}

/// The links of the agents here: to their peers, and to callers from outside the house.
fn links(
    settings: &Settings,
    definitions: &[AgentDefinition],
    hosted: &[AgentName],
    store: &Store,
    secret: &SecretString,
    http: reqwest::Client,
) -> Result<Vec<Arc<dyn Channel>>, Failure> {
    let transport = Transport::new(http, &settings.http);
    let mut links: Vec<Arc<dyn Channel>> = Vec::new();
    for (from, peer) in hosted.iter().flat_map(|name| peers(definitions, name).map(move |peer| (name, peer))) {
        let ends = Ends {
            from: from.clone(),
            url: address(settings, &peer)?,
            own_url: Some(address(settings, from)?),
            peer,
            secret: secret.clone(),
        };
        links.push(Arc::new(Link::new(ends, transport.clone())));
    }
    if let Some(office) = hosted.iter().find(|name| takes_jobs(definitions, name)) {
        let targets = Arc::new(StoredTargets::new(store.clone()));
        links.push(Arc::new(Subscribers::new(office.clone(), targets, transport)));
    }
    Ok(links)
}

/// Whom an agent has a link to: whom it hands jobs to, and who hands jobs to it.
fn peers<'d>(definitions: &'d [AgentDefinition], name: &'d AgentName) -> impl Iterator<Item = AgentName> + 'd {
    let own = definition::find(definitions, name).and_then(|agent| agent.peer.clone());
    own.into_iter().chain(givers(definitions, name))
}

/// Who hands jobs to an agent.
fn givers<'d>(definitions: &'d [AgentDefinition], name: &'d AgentName) -> impl Iterator<Item = AgentName> + 'd {
    definitions.iter().filter(move |agent| agent.peer.as_ref() == Some(name)).map(|agent| agent.name.clone())
}

/// Whether the agent bills jobs: it has the tool for it.
fn takes_jobs(definitions: &[AgentDefinition], name: &AgentName) -> bool {
    definition::find(definitions, name).is_some_and(|agent| agent.tools.iter().any(|tool| tool == "process_billing_rule"))
}

fn address(settings: &Settings, agent: &AgentName) -> Result<Url, Failure> {
    let endpoint = settings
        .agents
        .get(agent)
        .ok_or_else(|| Failure::Usage(format!("the agent {agent} has no port: add [agents.{agent}] to config/local.toml")))?;
    Url::parse(&endpoint.url)
        .map_err(|error| Failure::Usage(format!("the URL of the agent {agent} is {:?}: {error}", endpoint.url)))
}

/// A port for each agent here that has one configured, or needs one for its link.
async fn serve(
    settings: &Settings,
    definitions: &[AgentDefinition],
    hosted: &[AgentName],
    gateway: &Gateway,
    secret: &SecretString,
) -> Result<Vec<(TcpListener, axum::Router)>, Failure> {
    let mut servers = Vec::with_capacity(hosted.len());
    for name in hosted {
        let Some(agent) = definition::find(definitions, name) else {
            return Err(Failure::Usage(format!("there is no agent {name}: add agents/{name}.toml")));
        };
        let linked = peers(definitions, name).next().is_some();
        if !linked && !settings.agents.contains_key(name) {
            continue;
        }
        let url = address(settings, name)?;
        let port = settings.agents.get(name).map_or(0, |endpoint| endpoint.port);
        let setting = format!("{}_AGENT_PORT", name.as_str().to_uppercase());
        let listener = listen(settings, port, &format!("the agent {name}"), &setting).await?;
        let duty = match (&agent.peer, givers(definitions, name).next()) {
            (Some(peer), _) => Duty::HandsOver { to: peer.clone() },
            (None, Some(from)) => Duty::TakesJobs { from },
            (None, None) => Duty::Alone,
        };
        let hosted = HostedAgent {
            name: name.clone(),
            description: agent.description.clone(),
            url,
            secret: secret.clone(),
            duty,
        };
        servers.push((listener, gateway::router::agent(gateway, hosted)));
    }
    Ok(servers)
}

async fn listen(settings: &Settings, port: u16, whose: &str, setting: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind((settings.bind, port)).await.map_err(|error| {
        Failure::Failed(format!(
            "port {port} for {whose} cannot be used: {error}; is another plumbline running? Else set {setting}"
        ))
    })
}

async fn reclaim(
    store: &Store,
    agents: &[AgentName],
    channels: &[Arc<dyn Channel>],
    now: Millis,
) -> Result<(), store::Error> {
    let agents: Vec<String> = agents.iter().map(|agent| agent.0.clone()).collect();
    let channels: Vec<String> = channels.iter().map(|channel| channel.name().0).collect();
    store.write(move |tx| Box::pin(async move { queue::reclaim(tx, &agents, &channels, now).await })).await
}
