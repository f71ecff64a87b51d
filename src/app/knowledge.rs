//! What the agents are made of: definitions, prompts, tools and texts, read and checked once. Whatever an agent asks for
//! and nobody has is named here, at the start, and not while somebody waits.

use std::path::Path;

use agents::{definition, prompt::Prompts, texts::Texts};
use domain::{
    agent::{AgentDefinition, AgentName},
    firm::Firm,
};
use serde_json::json;
use tools::toolbox::Toolbox;

use crate::{
    assets::{self, Folder},
    commands::Failure,
};

pub(super) struct Knowledge {
    pub definitions: Vec<AgentDefinition>,
    pub prompts: Prompts,
    pub toolbox: Toolbox,
    pub texts: Texts,
}

impl Knowledge {
    /// # Errors
    /// [`Failure::Usage`] with the file and what is wrong in it.
    pub(super) fn read(own: Option<&Path>, firm: &Firm) -> Result<Self, Failure> {
        let definitions = definition::read(&Folder::Agents.all(own).map_err(usage)?).map_err(usage)?;
        let prompts = Prompts::load(&Folder::Prompts.all(own).map_err(usage)?).map_err(usage)?;
        let toolbox = Toolbox::new();
        definition::check(&definitions, &prompts, &toolbox.names()).map_err(usage)?;
        for agent in &definitions {
            try_out(agent, &prompts, firm).map_err(usage)?;
        }
        Ok(Self { definitions, prompts, toolbox, texts: assets::texts(own).map_err(usage)? })
    }

    pub(super) fn find(&self, name: &AgentName) -> Option<&AgentDefinition> {
        self.definitions.iter().find(|agent| agent.name == *name)
    }

    /// Whom an agent has a link to: whom it hands jobs to, and who hands jobs to it.
    pub(super) fn peers(&self, name: &AgentName) -> Vec<AgentName> {
        let own = self.find(name).and_then(|agent| agent.peer.clone());
        own.into_iter().chain(self.givers(name)).collect()
    }

    /// Who hands jobs to an agent.
    pub(super) fn givers(&self, name: &AgentName) -> Vec<AgentName> {
        let gives = |agent: &&AgentDefinition| agent.peer.as_ref() == Some(name);
        self.definitions.iter().filter(gives).map(|agent| agent.name.clone()).collect()
    }

    pub(super) fn names(&self) -> Vec<AgentName> {
        self.definitions.iter().map(|agent| agent.name.clone()).collect()
    }
}

fn usage(error: impl ToString) -> Failure {
    Failure::Usage(error.to_string())
}

/// Renders the agent's prompts as for a person and as for a job: what a prompt asks for and is never given shows now.
fn try_out(agent: &AgentDefinition, prompts: &Prompts, firm: &Firm) -> Result<(), agents::prompt::Error> {
    for person in [json!(null), json!({ "name": "N", "roles": ["technician"] })] {
        let job = json!({ "job_id": "J", "customer_id": "C", "work_done": "W", "state": "queued" });
        let facts = json!({
            "agent": { "name": agent.name, "description": agent.description },
            "firm": { "name": firm.name, "city": firm.city },
            "person": person,
            "language": "en",
            "today": "2026-01-31",
            "open_jobs": [job],
            "variables": agent.variables,
            "operator": { "name": "N", "role": "staff" },
            "now": "Saturday, 2026-01-31 12:00",
            "zone": "Europe/Berlin",
        });
        for prompt in agent.prompts() {
            prompts.render(prompt, &facts)?;
        }
    }
    Ok(())
}
