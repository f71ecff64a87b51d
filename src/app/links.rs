//! The agents' links, as a process composes them.

use std::sync::Arc;

use channels::{
    channel::Channel,
    link::{Ends, Link, Subscribers},
    transport::Transport,
};
use domain::agent::AgentName;
use gateway::StoredTargets;
use secrecy::SecretString;
use store::Store;

use super::{knowledge::Knowledge, servers::Ports};
use crate::{commands::Failure, settings::Settings};

/// What the agents' links are made of.
pub(super) struct Links<'a> {
    pub knowledge: &'a Knowledge,
    pub ports: &'a Ports,
    pub secret: &'a SecretString,
    pub store: &'a Store,
}

impl Links<'_> {
    /// The links of `agents`: to their peers, and to callers from outside the house.
    pub(super) fn all(
        &self,
        settings: &Settings,
        agents: &[AgentName],
        http: reqwest::Client,
    ) -> Result<Vec<Arc<dyn Channel>>, Failure> {
        let transport = Transport::new(http, &settings.http);
        let mut links: Vec<Arc<dyn Channel>> = Vec::new();
        for from in agents {
            for peer in self.knowledge.peers(from) {
                let ends = Ends {
                    from: from.clone(),
                    url: self.ports.url(&peer)?,
                    own_url: Some(self.ports.url(from)?),
                    peer,
                    secret: self.secret.clone(),
                };
                links.push(Arc::new(Link::new(ends, transport.clone())));
            }
        }
        if let Some(taker) = agents.iter().find(|name| !self.knowledge.givers(name).is_empty()) {
            let targets = Arc::new(StoredTargets::new(self.store.clone()));
            links.push(Arc::new(Subscribers::new(taker.clone(), targets, transport)));
        }
        Ok(links)
    }
}
