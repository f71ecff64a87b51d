//! Message templates: the shelf, their states, and what may be listed of them.
//! Rules for making one are in `template_rules`, filling one in is in `template_fill`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::chance::Chance;
use crate::graph::refusal::Refusal;

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    Approved,
    Archived,
    Deleted,
    Disabled,
    InAppeal,
    LimitExceeded,
    Paused,
    Pending,
    PendingDeletion,
    Rejected,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Template {
    pub id: String,
    pub name: String,
    pub language: String,
    pub category: String,
    pub status: Status,
    pub components: Vec<Value>,
    pub parameter_format: String,
    pub quality: String,
    pub rejected_reason: String,
    pub created_ms: i64,
    pub changed_ms: i64,
}

impl Template {
    pub(crate) fn component(&self, kind: &str) -> Option<&Value> {
        self.components
            .iter()
            .find(|component| component["type"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(kind)))
    }

    pub(crate) fn named(&self) -> bool {
        self.parameter_format.eq_ignore_ascii_case("named")
    }

    pub(crate) fn buttons(&self) -> &[Value] {
        self.component("BUTTONS").and_then(|buttons| buttons["buttons"].as_array()).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn view(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "language": self.language, "category": self.category,
            "status": self.status, "components": self.components, "parameter_format": self.parameter_format,
            "quality_score": { "score": self.quality, "date": self.changed_ms / 1_000 },
            "rejected_reason": self.rejected_reason, "sub_category": "CUSTOM", "previous_category": null,
            "cta_url_link_tracking_opted_out": false, "message_send_ttl_seconds": null,
            "last_updated_time": self.changed_ms / 1_000,
        })
    }
}

/// All templates of the account, in the order they were made.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Templates {
    pub all: Vec<Template>,
    /// When templates were made lately, for the hourly limit.
    pub created_ms: Vec<i64>,
}

impl Templates {
    /// The one template every new account has.
    pub(crate) fn seeded(chance: &mut Chance, now: i64) -> Self {
        let components = vec![
            json!({ "type": "HEADER", "format": "TEXT", "text": "Hello World" }),
            json!({ "type": "BODY", "text": "Welcome and congratulations!! This message demonstrates your ability to \
                    send a WhatsApp message notification from the Cloud API, hosted by Meta. Thank you for taking the \
                    time to test with us." }),
            json!({ "type": "FOOTER", "text": "WhatsApp Business Platform sample message" }),
        ];
        let hello = Template {
            id: chance.digits(16),
            name: "hello_world".into(),
            language: "en_US".into(),
            category: "UTILITY".into(),
            status: Status::Approved,
            components,
            parameter_format: "POSITIONAL".into(),
            quality: "UNKNOWN".into(),
            rejected_reason: "NONE".into(),
            created_ms: now,
            changed_ms: now,
        };
        Self { all: vec![hello], created_ms: Vec::new() }
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Template> {
        self.all.iter().find(|template| template.id == id)
    }

    pub(crate) fn by_id_mut(&mut self, id: &str) -> Option<&mut Template> {
        self.all.iter_mut().find(|template| template.id == id)
    }

    pub(crate) fn find(&self, name: &str, language: &str) -> Option<&Template> {
        self.all.iter().find(|template| template.name == name && template.language == language)
    }

    /// The template of a send, if its state lets it be sent.
    pub(crate) fn sendable(
        &self,
        name: &str,
        language: &str,
        missing_http: u16,
    ) -> Result<&Template, Refusal> {
        let missing = || {
            Refusal::code(132_001)
                .http(missing_http)
                .details(format!("template name ({name}) does not exist in {language}"))
        };
        let template = self.find(name, language).ok_or_else(missing)?;
        match template.status {
            Status::Approved => Ok(template),
            Status::Paused => Err(Refusal::code(132_015)),
            Status::Disabled => Err(Refusal::code(132_016)),
            _ => Err(missing()),
        }
    }
}
