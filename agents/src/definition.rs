//! Agents as data: read from `agents/*.toml` and checked at the start, so that a missing prompt or tool is named then
//! and not while somebody waits.

use std::collections::BTreeMap;

use domain::agent::{AgentDefinition, AgentName};

use crate::prompt::Prompts;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("agents/{file}.toml cannot be read: {why}")]
    Unreadable { file: String, why: String },
    #[error("agents/{file}.toml calls the agent {name:?}: name it {file:?}, or rename the file")]
    Misnamed { file: String, name: String },
    #[error("agents/{agent}.toml asks for the prompt {prompt:?}: there is no prompts/{prompt}.md")]
    NoPrompt { agent: String, prompt: String },
    #[error("agents/{agent}.toml asks for the tool {tool:?}, which nobody has; there are: {known}")]
    NoTool { agent: String, tool: String, known: String },
    #[error("agents/{agent}.toml names the peer {peer:?}: there is no agents/{peer}.toml")]
    NoPeer { agent: String, peer: String },
    #[error("agents/{first}.toml and agents/{second}.toml both serve the role {role}: one agent a role")]
    SameRole { first: String, second: String, role: String },
}

/// Reads the definitions, each from the file of its name.
///
/// # Errors
/// [`Error::Unreadable`], [`Error::Misnamed`].
pub fn read(files: &BTreeMap<String, String>) -> Result<Vec<AgentDefinition>, Error> {
    files
        .iter()
        .map(|(file, text)| {
            let definition: AgentDefinition = toml::from_str(text)
                .map_err(|error| Error::Unreadable { file: file.clone(), why: error.message().to_owned() })?;
            if definition.name.as_str() == file {
                Ok(definition)
            } else {
                Err(Error::Misnamed { file: file.clone(), name: definition.name.0 })
            }
        })
        .collect()
}

/// Checks that everything the agents ask for is there.
///
/// # Errors
/// The first thing that an agent asks for and nobody has.
pub fn check(agents: &[AgentDefinition], prompts: &Prompts, tools: &[&str]) -> Result<(), Error> {
    for agent in agents {
        let name = || agent.name.0.clone();
        if let Some(prompt) = agent.prompts().find(|prompt| !prompts.has(prompt)) {
            return Err(Error::NoPrompt { agent: name(), prompt: prompt.to_owned() });
        }
        if let Some(tool) = agent.every_tool().find(|tool| !tools.contains(tool)) {
            return Err(Error::NoTool { agent: name(), tool: tool.to_owned(), known: tools.join(", ") });
        }
        if let Some(peer) =
            agent.peer.as_ref().filter(|peer| !agents.iter().any(|other| other.name == **peer))
        {
            return Err(Error::NoPeer { agent: name(), peer: peer.0.clone() });
        }
        one_a_role(agent, agents)?;
    }
    Ok(())
}

fn one_a_role(agent: &AgentDefinition, agents: &[AgentDefinition]) -> Result<(), Error> {
    let Some(role) = agent.serves else { return Ok(()) };
    let same = |other: &&AgentDefinition| other.serves == Some(role) && other.name != agent.name;
    match agents.iter().find(same) {
        None => Ok(()),
        Some(other) => Err(Error::SameRole {
            first: agent.name.0.clone(),
            second: other.name.0.clone(),
            role: role.to_string(),
        }),
    }
}

/// The agent of that name.
#[must_use]
pub fn find<'a>(agents: &'a [AgentDefinition], name: &AgentName) -> Option<&'a AgentDefinition> {
    agents.iter().find(|agent| agent.name == *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    const FIELD: &str = "name = 'field'\ndescription = 'x'\nprompt = 'field'\ntools = ['find_customer']\n";

    fn complaint(text: &str, prompts: &[(&str, &str)], tools: &[&str]) -> String {
        let agents = read(&files(&[("field", text)])).unwrap();
        let prompts = Prompts::load(&files(prompts)).unwrap();
        check(&agents, &prompts, tools).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_nobody_has_is_named() {
        assert_eq!(complaint(FIELD, &[("field", "")], &["find_customer"]), "");
        assert!(complaint(FIELD, &[], &["find_customer"]).contains("prompts/field.md"));
        assert!(complaint(FIELD, &[("field", "")], &["other"]).contains("\"find_customer\""));
        let peer = format!("{FIELD}peer = 'ofice'\n");
        assert!(complaint(&peer, &[("field", "")], &["find_customer"]).contains("agents/ofice.toml"));
    }

    #[test]
    fn a_misspelt_key_and_a_misnamed_file_are_refused() {
        let misspelt = read(&files(&[("field", &format!("{FIELD}promt = 'x'\n"))])).unwrap_err();
        assert!(misspelt.to_string().contains("promt"), "{misspelt}");
        let misnamed = read(&files(&[("office", FIELD)])).unwrap_err();
        assert!(misnamed.to_string().contains("agents/office.toml"), "{misnamed}");
    }
}
