//! The ports of a process: one for each agent that lives here, and the gateway's. Bound before anything else is done, so
//! that a port in use is known before a turn runs.

use std::{collections::BTreeMap, net::SocketAddr};

use axum::Router;
use domain::agent::AgentName;
use gateway::{Duty, Gateway, HostedAgent};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::knowledge::Knowledge;
use crate::{commands::Failure, settings::Settings};

/// Bound ports, and where every agent is reached.
pub(super) struct Ports {
    agents: Vec<(AgentName, TcpListener)>,
    pub gateway: Option<TcpListener>,
    urls: BTreeMap<AgentName, Url>,
}

impl Ports {
    /// Binds a port for each of `agents` that has one configured or needs one for its link, and the gateway's. A port 0
    /// is any free one, and the agent's URL follows it.
    ///
    /// # Errors
    /// [`Failure::Failed`] for a port in use, [`Failure::Usage`] for a URL that is none.
    pub(super) async fn bind(
        settings: &Settings,
        knowledge: &Knowledge,
        agents: &[AgentName],
        gateway: bool,
    ) -> Result<Self, Failure> {
        let mut urls = BTreeMap::new();
        for (name, endpoint) in &settings.agents {
            let url = Url::parse(&endpoint.url).map_err(|error| {
                Failure::Usage(format!("the URL of the agent {name} is {:?}: {error}", endpoint.url))
            })?;
            urls.insert(name.clone(), url);
        }
        let mut bound = Vec::with_capacity(agents.len());
        for name in agents {
            if knowledge.peers(name).is_empty() && !settings.agents.contains_key(name) {
                continue;
            }
            let port = settings.agents.get(name).ok_or_else(|| no_port(name))?.port;
            let setting = format!("{}_AGENT_PORT", name.as_str().to_uppercase());
            let listener = listen(settings, port, &format!("the agent {name}"), &setting).await?;
            if let (0, Some(url)) = (port, urls.get_mut(name)) {
                // An address that a socket has been bound to is one that a URL can carry.
                let _ = url.set_port(Some(listener.local_addr()?.port()));
            }
            bound.push((name.clone(), listener));
        }
        let gateway = match gateway {
            true => Some(listen(settings, settings.gateway.port, "the gateway", "WEBHOOK_PORT").await?),
            false => None,
        };
        Ok(Self { agents: bound, gateway, urls })
    }

    /// Where an agent is reached.
    ///
    /// # Errors
    /// [`Failure::Usage`]: no port is configured for it.
    pub(super) fn url(&self, agent: &AgentName) -> Result<Url, Failure> {
        self.urls.get(agent).cloned().ok_or_else(|| no_port(agent))
    }

    /// The bound agents with their routers.
    pub(super) fn agents(
        &mut self,
        knowledge: &Knowledge,
        gateway: &Gateway,
        secret: &SecretString,
    ) -> Result<Vec<(TcpListener, Router)>, Failure> {
        let mut servers = Vec::with_capacity(self.agents.len());
        for (name, listener) in std::mem::take(&mut self.agents) {
            let Some(agent) = knowledge.find(&name) else { continue };
            let duty = match (&agent.peer, knowledge.givers(&name).into_iter().next()) {
                (Some(peer), _) => Duty::HandsOver { to: peer.clone() },
                (None, Some(from)) => Duty::TakesJobs { from },
                (None, None) => Duty::Alone,
            };
            let hosted = HostedAgent {
                description: agent.description.clone(),
                url: self.url(&name)?,
                secret: secret.clone(),
                name,
                duty,
            };
            servers.push((listener, gateway::router::agent(gateway, hosted)));
        }
        Ok(servers)
    }
}

fn no_port(agent: &AgentName) -> Failure {
    Failure::Usage(format!("the agent {agent} has no port: add [agents.{agent}] to config/local.toml"))
}

async fn listen(settings: &Settings, port: u16, whose: &str, setting: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind((settings.bind, port)).await.map_err(|error| {
        Failure::Failed(format!(
            "port {port} for {whose} cannot be used: {error}; is another plumbline running? Else set {setting}"
        ))
    })
}

/// Serves until `stop`; requests under way may finish.
pub(super) async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // `serve` ends only by the signal: errors of single connections are its own business.
    let served = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned());
    if let Err(error) = served.await {
        tracing::error!(%error, "a server ended");
    }
}
