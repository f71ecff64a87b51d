//! The composition: settings in, a house that runs out. The only place that names concrete channels and models.

mod connectivity;
mod follow;
mod knowledge;
mod links;
mod run;
mod servers;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};

use agents::model::{
    Model,
    offline::Offline,
    openai::OpenAi,
    transcribe::{self, Transcriber},
};
use axum::Router;
use channels::{
    channel::{Channel, Fetch},
    telephony::{self, Recordings},
    transport::{self, Transport},
    whatsapp::{self, Offer, Receiver, WhatsApp},
};
use domain::{
    address::ChannelName,
    agent::AgentName,
    clock::{Clock, Millis},
    current::Current,
    id::Ids,
    live::Progress,
};
use gateway::{Admission, Gateway, House, Room, Waker, console::Console, live::Live, staff::Staff};
use runtime::{Agent, Belt, bell::Bell};
use secrecy::SecretString;
use store::{Store, queue};
use tokio::{
    net::TcpListener,
    sync::{Notify, Semaphore, broadcast},
};
use url::Url;

use crate::{
    assets,
    commands::Failure,
    secret,
    settings::{self, AtTheConsole, Settings},
};
use connectivity::ConnectivityTest;
use follow::{Follower, Following, Replaceable};
use knowledge::Knowledge;
use links::Links;
use servers::Ports;

/// Progress that a slow watcher may lag behind before it misses some.
const PROGRESS: usize = 1024;

/// What one process takes on of the house.
#[derive(Default)]
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
    /// WhatsApp, where people are reached by it.
    pub whatsapp: Option<whatsapp::Config>,
    /// What of the settings is followed while the house runs.
    pub follows: Follows,
    /// Whether somebody watches words as they are streamed.
    pub stream: bool,
    /// Takes over at once what an earlier process of the same agents held: they can only be here, for their ports are.
    pub alone: bool,
}

/// Changes of the settings that take effect while a house runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Follows {
    #[default]
    Nothing,
    /// All but the ways to people.
    House,
    /// The credentials of WhatsApp too.
    WithWhatsApp,
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
    /// Where the gateway listens, if it is here.
    pub gateway: Option<SocketAddr>,
    servers: Vec<(TcpListener, Router)>,
    /// Whose live stream runs here.
    live: Option<Gateway>,
    works: bool,
    grace: Duration,
    admission: Admission,
    follower: Option<Follower>,
}

impl App {
    /// Builds the house on an open store.
    ///
    /// # Errors
    /// [`Failure`] with one sentence: a prompt or a tool that an agent asks for and nobody has, a port in use, a model
    /// that cannot be used.
    pub async fn build(
        settings: &Settings,
        store: Store,
        hosting: Hosting,
        means: Means,
    ) -> Result<Self, Failure> {
        let knowledge = Knowledge::read(settings.overrides.as_deref(), &settings.firm)?;
        let hosted = hosting.turns.clone().unwrap_or_else(|| knowledge.names());
        let served = hosting.ports.clone().unwrap_or_else(|| knowledge.names());
        let mut ports = Ports::bind(settings, &knowledge, &served, hosting.gateway).await?;
        let http = http_client(settings)?;
        let secret = link_secret(settings).map_err(Failure::Failed)?;
        let bell = Bell::default();
        let progress = broadcast::channel::<Arc<Progress>>(PROGRESS).0;
        let whatsapp = whatsapp(settings, &hosting, &http)?;
        let receiver = receiver(hosting.whatsapp.as_ref())?;
        let (calls, changed) = (Current::new(told_of_calls(settings)), Arc::new(Notify::new()));
        let gateway =
            door(settings, (&store, &means), (&bell, &progress, &changed), (&http, whatsapp.as_ref()))?;
        let mut servers = ports.agents(&knowledge, &gateway, &secret)?;
        let address = ports.gateway.as_ref().map(TcpListener::local_addr).transpose()?;
        if let Some(listener) = ports.gateway.take() {
            servers.push((listener, webhooks(&gateway, receiver.as_ref(), calls.clone(), settings)?));
        }
        let links = Links { knowledge: &knowledge, ports: &ports, secret: &secret, store: &store };
        let mut channels = hosting.channels.clone();
        channels.extend(links.all(settings, &hosted, http.clone())?);
        channels.extend(whatsapp.iter().map(|channel| Arc::new(channel.clone()) as Arc<dyn Channel>));
        if hosting.alone {
            reclaim(&store, &hosted, &channels, means.clock.now()).await?;
        }
        let recordings = Recordings::new(settings.telephony.clone(), http.clone(), &settings.http);
        let model = thinker(settings, &means, &http)?;
        let follows = whatsapp.clone().zip(receiver).filter(|_| hosting.follows == Follows::WithWhatsApp);
        let (own, house) = (means.model.is_none().then(|| model.clone()), gateway.config.house.clone());
        let replaceable = Replaceable::new(settings, &http, (house, calls), own, follows);
        let following = Following { http, bell: bell.clone(), changed, replaceable: replaceable.clone() };
        let follower = following.follower(settings, hosting.follows, (&store, &means));
        let (name, model): (String, Arc<dyn Model>) = (model.name(), Arc::new(model));
        let thinks = |definition: domain::agent::AgentDefinition| {
            (definition.name.clone(), Agent { definition, model: Arc::clone(&model) })
        };
        let belt = Belt {
            store,
            clock: means.clock,
            ids: means.ids,
            config: replaceable.belt,
            firm: Arc::new(settings.firm.clone()),
            texts: Arc::new(knowledge.texts),
            prompts: Arc::new(knowledge.prompts),
            toolbox: Arc::new(knowledge.toolbox),
            agents: knowledge.definitions.into_iter().map(thinks).collect::<BTreeMap<_, _>>(),
            hosted,
            channels,
            fetch: fetchers(whatsapp, recordings),
            transcriber: replaceable.transcriber,
            people: hosting.people,
            bell,
            progress,
            stream: hosting.stream,
            thoughts: Semaphore::new((settings.belt.turns.model_calls as usize).max(1)),
            busy: AtomicUsize::new(0),
        };
        Ok(Self {
            belt: Arc::new(belt),
            model: name,
            gateway: address,
            servers,
            admission: gateway.admission.clone(),
            live: address.map(|_| gateway),
            works: hosting.belt,
            grace: settings.grace,
            follower,
        })
    }
}

fn http_client(settings: &Settings) -> Result<reqwest::Client, Failure> {
    transport::client(&settings.http).map_err(|error| Failure::Usage(format!("no HTTP client: {error}")))
}

/// The channels whose messages name files that are to be fetched.
fn fetchers(
    whatsapp: Option<Current<WhatsApp>>,
    recordings: Recordings,
) -> BTreeMap<ChannelName, Arc<dyn Fetch>> {
    let whatsapp =
        whatsapp.map(|channel| (ChannelName::from(whatsapp::NAME), Arc::new(channel) as Arc<dyn Fetch>));
    let recordings = (ChannelName::from(telephony::NAME), Arc::new(recordings) as Arc<dyn Fetch>);
    whatsapp.into_iter().chain([recordings]).collect()
}

/// What the gateway's routes are given.
fn door(
    settings: &Settings,
    (store, means): (&Store, &Means),
    (bell, progress, changed): (&Bell, &broadcast::Sender<Arc<Progress>>, &Arc<Notify>),
    (http, whatsapp): (&reqwest::Client, Option<&Current<WhatsApp>>),
) -> Result<Gateway, Failure> {
    Ok(Gateway {
        store: store.clone(),
        clock: Arc::clone(&means.clock),
        ids: Arc::clone(&means.ids),
        waker: waker(bell),
        staff: staff(settings, http).map_err(Failure::Usage)?,
        firm: Arc::new(settings.firm.clone()),
        live: Live::new(settings.live.clone(), Some(progress.clone())),
        means: gateway::configuration::Means {
            configuration: Some(Arc::new(AtTheConsole::of(settings, Arc::clone(changed)))),
            tester: whatsapp.map(|channel| {
                let place = settings.public_url.as_deref();
                Arc::new(ConnectivityTest::new(channel.clone(), place))
                    as Arc<dyn gateway::configuration::Tester>
            }),
        },
        config: gateway_config(settings)?,
        admission: Admission::default(),
    })
}

fn waker(bell: &Bell) -> Waker {
    let bell = bell.clone();
    Waker::new(move || bell.ring_all())
}

/// What the gateway and the belt both go by.
fn house(settings: &Settings) -> House {
    House {
        approve_own_jobs: settings.belt.questions.approve_own_jobs,
        country_code: settings.country_code.clone(),
        price: settings.price,
        silent_hours: settings.silent_hours,
    }
}

/// The gateway's limits, and what it shares with the belt.
fn gateway_config(settings: &Settings) -> Result<gateway::Config, Failure> {
    let templates = assets::Folder::Templates
        .all(settings.overrides.as_deref())
        .map_err(|error| Failure::Failed(error.to_string()))?;
    let templates = templates.values().filter_map(|text| serde_json::from_str(text).ok());
    let offered: Vec<Offer> =
        templates.filter_map(|template: serde_json::Value| Offer::read(&template)).collect();
    Ok(gateway::Config {
        house: Current::new(house(settings)),
        inbox_pending: settings.belt.intake.pending,
        media_folder: settings.media_folder.clone(),
        auto_link_by_phone: settings.belt.linking.auto_link_by_phone,
        templates: Arc::new(offered),
        source_per_second: settings.gateway.source_per_second,
        ..gateway::Config::default()
    })
}

/// The gateway's routes, with the console's page and the webhooks of the providers that are configured.
fn webhooks(
    gateway: &Gateway,
    receiver: Option<&Current<Receiver>>,
    calls: Current<Option<telephony::Receiver>>,
    settings: &Settings,
) -> Result<Router, Failure> {
    let page = Console::new(assets::console()).map_err(|error| Failure::Failed(error.to_string()))?;
    let mut routes = page.routes(gateway).merge(gateway::router::telephony(gateway, calls));
    if let Some(receiver) = receiver {
        let room = Room { deliveries: settings.gateway.deliveries, ..Room::default() };
        routes = routes.merge(gateway::router::meta_cloud(gateway, receiver.clone(), room));
    }
    Ok(gateway::router::house_with(gateway, routes))
}

/// Who believes the telephone system, where it has a secret.
fn told_of_calls(settings: &Settings) -> Option<telephony::Receiver> {
    telephony::Receiver::new(&settings.telephony, &settings.country_code)
}

/// The webhook's side of WhatsApp.
fn receiver(config: Option<&whatsapp::Config>) -> Result<Option<Current<Receiver>>, Failure> {
    let receiver = config.map(Receiver::new).transpose();
    Ok(receiver.map_err(|error| Failure::Usage(error.to_string()))?.map(Current::new))
}

/// The WhatsApp channel, where people are reached by it.
fn whatsapp(
    settings: &Settings,
    hosting: &Hosting,
    http: &reqwest::Client,
) -> Result<Option<Current<WhatsApp>>, Failure> {
    let Some(config) = &hosting.whatsapp else { return Ok(None) };
    let channel = WhatsApp::new(config.clone(), http.clone(), &settings.http)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(Some(Current::new(channel)))
}

/// Who turns recordings into words, if anybody.
fn transcriber(settings: &Settings, http: &reqwest::Client) -> Option<Arc<dyn Transcriber>> {
    let config = settings.transcription.clone()?;
    Some(Arc::new(transcribe::Server::new(config, http.clone())))
}

/// The test's own model, or the configured one.
fn thinker(
    settings: &Settings,
    means: &Means,
    http: &reqwest::Client,
) -> Result<Current<dyn Model>, Failure> {
    Ok(Current::of(match &means.model {
        Some(model) => Arc::clone(model),
        None => model(settings, http.clone(), &means.ids, &means.clock).map_err(Failure::Usage)?,
    }))
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
            OpenAi::new(config, http, Arc::clone(ids), Arc::clone(clock))
                .map_err(|error| error.to_string())?,
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

/// What signs the tokens of this house.
///
/// # Errors
/// A sentence that names the file and the mend.
pub fn token_secret(settings: &Settings) -> Result<SecretString, String> {
    match &settings.gateway.jwt_secret {
        Some(secret) => Ok(secret.clone()),
        None => secret::kept(&settings.data_folder, secret::TOKENS, "PLUMBLINE_JWT_SECRET"),
    }
}

/// Who may come to the console.
fn staff(settings: &Settings, http: &reqwest::Client) -> Result<Staff, String> {
    let public_url = settings.public_url.as_deref().and_then(|url| Url::parse(url).ok());
    let transport = Transport::new(http.clone(), &settings.http);
    Staff::new(settings.staff.clone(), &token_secret(settings)?, public_url, transport)
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
