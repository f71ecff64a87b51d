//! The agent's card: who it is, how it is reached and what may be sent to it. Public; made once, when the port opens.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use a2a::card::{
    AgentCard, Capabilities, Extension, HTTP_JSON, HttpAuth, Interface, JSONRPC, Scopes, SecurityRequirement,
    SecurityScheme, Skill,
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use channels::link::wire::EXTENSION;

use super::AgentState;
use crate::state::{Duty, HostedAgent};

/// How long a client may keep it: a restart with another card is seen within minutes.
const CACHE: &str = "public, max-age=300";

/// The card as bytes, and their tag.
pub(crate) struct Rendered {
    body: Bytes,
    tag: String,
}

impl Rendered {
    pub(super) fn of(agent: &HostedAgent) -> Self {
        // The card is our own type: texts and lists, no map with other keys than text.
        let body = serde_json::to_vec(&card(agent)).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        Self { body: Bytes::from(body), tag: format!("\"{:016x}\"", hasher.finish()) }
    }
}

pub(crate) async fn serve(State(state): State<AgentState>, headers: HeaderMap) -> Response {
    let card = &state.card;
    let caching = [(header::CACHE_CONTROL, CACHE), (header::ETAG, card.tag.as_str())];
    let known =
        headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|tags| {
            tags.split(',')
                .map(|tag| tag.trim().trim_start_matches("W/"))
                .any(|tag| tag == "*" || tag == card.tag)
        });
    if known {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, "application/json")], card.body.clone()).into_response()
}

fn card(agent: &HostedAgent) -> AgentCard {
    let interface = |binding: &str| Interface {
        url: agent.url.to_string(),
        protocol_binding: binding.to_owned(),
        protocol_version: a2a::VERSION.to_owned(),
    };
    let scheme = SecurityScheme {
        http_auth_security_scheme: Some(HttpAuth {
            scheme: "Bearer".to_owned(),
            description: "The secret of the agent link (AGENT_LINK_SECRET).".to_owned(),
        }),
    };
    let modes = || vec!["application/json".to_owned(), "text/plain".to_owned()];
    AgentCard {
        name: agent.name.0.clone(),
        description: agent.description.clone(),
        supported_interfaces: vec![interface(JSONRPC), interface(HTTP_JSON)],
        version: env!("CARGO_PKG_VERSION").to_owned(),
        capabilities: Capabilities {
            push_notifications: agent.takes_jobs(),
            extensions: vec![extension()],
            ..Capabilities::default()
        },
        security_schemes: [("link".to_owned(), scheme)].into(),
        security_requirements: vec![SecurityRequirement {
            schemes: [("link".to_owned(), Scopes::default())].into(),
        }],
        default_input_modes: modes(),
        default_output_modes: modes(),
        skills: vec![skill(agent)],
        provider: None,
    }
}

fn extension() -> Extension {
    Extension {
        uri: EXTENSION.to_owned(),
        description:
            "Metadata by which agents of this house tell reports, corrections and withdrawals apart and \
                      make every repeat harmless. Others can do without it."
                .to_owned(),
        required: false,
        params: None,
    }
}

/// The contract's example, so that a reader of the card can write a job.
pub(super) const EXAMPLE: &str = r#"{"job_id": "JOB-789-001", "technician": "Frank", "customer_id": "789", "location": "Schillerstrasse 12, 10117 Berlin", "work_done": "Repaired the sink pipe", "hours_worked": 1.5, "materials_used": [{"name": "Gasket 10-B", "quantity": 1}], "status": "validated_by_technician"}"#;

fn skill(agent: &HostedAgent) -> Skill {
    match &agent.duty {
        Duty::TakesJobs { .. } => Skill {
            id: "bill_job".to_owned(),
            name: "Bill a plumbing job".to_owned(),
            description: "Takes a finished job as JSON, in a data part or as text, and bills it. The task is named by \
                          the job and answered at once; people approve each invoice, which may take days, so poll \
                          GetTask or register for push notifications. The result is an artifact with job_id, status, \
                          note and invoice_id. The same job sent again is the same task."
                .to_owned(),
            tags: vec!["billing".to_owned(), "plumbing".to_owned(), "invoice".to_owned()],
            examples: vec![EXAMPLE.to_owned()],
        },
        Duty::HandsOver { to } => Skill {
            id: "report_job".to_owned(),
            name: "Work out a job report".to_owned(),
            description: format!(
                "Works out job reports with technicians in a chat and hands them to the agent {to:?}. Takes no tasks \
                 from other agents: a message to it is answered with a rejected task.",
                to = to.as_str()
            ),
            tags: vec!["plumbing".to_owned(), "field".to_owned()],
            examples: vec![],
        },
        Duty::Alone => Skill {
            id: "chat".to_owned(),
            name: "Talk with people".to_owned(),
            description: "Talks with people in a chat. Takes no tasks from other agents.".to_owned(),
            tags: vec!["chat".to_owned()],
            examples: vec![],
        },
    }
}
