//! The life cycle of templates: made, reviewed, paused, changed, deleted, each told by webhook.
//! A review approves by itself after a while; any other verdict comes from the control API.

use serde_json::{Map, Value, json};

use super::World;
use super::template::{Status, Template};
use super::template_rules;
use super::timers::Due;
use crate::graph::refusal::Refusal;

const HOUR_MS: i64 = 3_600_000;

impl World {
    pub(crate) fn create_template(&mut self, body: &Map<String, Value>) -> Result<Value, Refusal> {
        template_rules::creation(body)?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (name, language) = (text("name"), text("language"));
        if self.templates.find(&name, &language).is_some() {
            return Err(Refusal::invalid("Invalid parameter").subcode(2_388_024).user(
                "Content in this language already exists",
                &format!("There is already {language} content for this template. You can create a new template and try again."),
            ));
        }
        let now = self.now;
        self.templates.created_ms.retain(|at| *at > now - HOUR_MS);
        let (most, hourly) = (self.limits.templates, self.limits.template_creations_per_hour);
        if self.templates.all.len() >= most || self.templates.created_ms.len() >= hourly {
            return Err(Refusal::code(80_007).subcode(2_388_019).retry_after(3_600));
        }
        self.templates.created_ms.push(now);
        let id = self.chance.digits(16);
        let named = text("parameter_format").eq_ignore_ascii_case("named");
        let template = Template {
            id: id.clone(),
            name,
            language,
            category: text("category").to_ascii_uppercase(),
            status: Status::Pending,
            components: body.get("components").and_then(Value::as_array).cloned().unwrap_or_default(),
            parameter_format: if named { "NAMED" } else { "POSITIONAL" }.into(),
            quality: "UNKNOWN".into(),
            rejected_reason: "NONE".into(),
            created_ms: now,
            changed_ms: now,
        };
        let answer = json!({ "id": template.id, "status": template.status, "category": template.category });
        self.templates.all.push(template);
        self.later(self.delays.template_review_ms, Due::Review(id));
        self.tell(json!({ "type": "account" }));
        Ok(answer)
    }

    pub(super) fn review(&mut self, id: &str) {
        if self.templates.by_id(id).is_some_and(|template| template.status == Status::Pending) {
            self.set_template_status(id, "APPROVED", None);
        }
    }

    /// Edits category or components; an approved one goes back to review.
    pub(crate) fn edit_template(&mut self, id: &str, body: &Map<String, Value>) -> Result<(), Refusal> {
        let now = self.now;
        let template = self.templates.by_id_mut(id).ok_or_else(|| Refusal::no_object(id, "post"))?;
        if let Some(components) = body.get("components").and_then(Value::as_array) {
            let authentication = template.category == "AUTHENTICATION";
            template_rules::check_components(components, template.named(), authentication)?;
            template.components.clone_from(components);
        }
        if let Some(category) = body.get("category").and_then(Value::as_str) {
            template.category = category.to_ascii_uppercase();
        }
        template.status = Status::Pending;
        template.changed_ms = now;
        self.later(self.delays.template_review_ms, Due::Review(id.to_owned()));
        self.tell(json!({ "type": "account" }));
        Ok(())
    }

    /// Deletes by name (every language) or one by id.
    pub(crate) fn delete_templates(&mut self, name: Option<&str>, ids: &[String]) -> Result<(), Refusal> {
        let doomed: Vec<String> = self
            .templates
            .all
            .iter()
            .filter(|template| name.is_none_or(|name| name == template.name))
            .filter(|template| ids.is_empty() || ids.contains(&template.id))
            .map(|template| template.id.clone())
            .collect();
        if doomed.is_empty() || (name.is_none() && ids.is_empty()) {
            return Err(Refusal::invalid("Message template not found").http(404).subcode(2_593_002).user(
                "Message Template Not Found",
                "Message template you are trying to delete does not exist.",
            ));
        }
        for id in doomed {
            self.emit_template(&id, "DELETED", None);
            self.templates.all.retain(|template| template.id != id);
        }
        Ok(())
    }

    /// What the reviewer, or quality, did. False when there is no such template or no such event.
    pub(crate) fn set_template_status(&mut self, id: &str, event: &str, reason: Option<&str>) -> bool {
        let Some(present) = self.templates.by_id(id).map(|template| template.status) else { return false };
        let status = match event {
            "APPROVED" | "REINSTATED" | "UNARCHIVED" => Status::Approved,
            // Warnings: the template can still be sent.
            "FLAGGED" | "LOCKED" => present,
            other => match serde_json::from_value(json!(other)) {
                Ok(status) => status,
                Err(_) => return false,
            },
        };
        let now = self.now;
        let Some(template) = self.templates.by_id_mut(id) else { return false };
        template.status = status;
        template.changed_ms = now;
        template.rejected_reason = reason.unwrap_or("NONE").to_owned();
        self.emit_template(id, event, reason);
        true
    }

    fn emit_template(&mut self, id: &str, event: &str, reason: Option<&str>) {
        let Some(template) = self.templates.by_id(id) else { return };
        // Here, and only here, Meta writes the id as a number.
        let number: Value = template.id.parse::<u64>().map_or_else(|_| json!(template.id), |id| json!(id));
        let mut value = json!({
            "event": event, "message_template_id": number, "message_template_name": template.name,
            "message_template_language": template.language, "message_template_category": template.category,
            "reason": reason.unwrap_or("NONE"),
        });
        match event {
            "PAUSED" => {
                value["other_info"] = json!({ "title": "FIRST_PAUSE", "description":
                    "Your WhatsApp message template has been paused for 3 hours until its quality improves." });
            }
            "DISABLED" => value["disable_info"] = json!({ "disable_date": (self.now / 1_000).to_string() }),
            "REJECTED" => {
                value["rejection_info"] =
                    json!({ "reason": reason.unwrap_or("INVALID_FORMAT"), "recommendation": "" });
            }
            _ => {}
        }
        let summary = format!("template {} {event}", template.name);
        self.emit_account("message_template_status_update", &summary, value);
    }

    /// A new quality score of a template.
    pub(crate) fn set_template_quality(&mut self, id: &str, score: &str) -> bool {
        let Some(template) = self.templates.by_id_mut(id) else { return false };
        let before = std::mem::replace(&mut template.quality, score.to_owned());
        let number: Value = template.id.parse::<u64>().map_or_else(|_| json!(template.id), |id| json!(id));
        let value = json!({
            "previous_quality_score": before, "new_quality_score": score, "message_template_id": number,
            "message_template_name": template.name, "message_template_language": template.language,
        });
        self.emit_account("message_template_quality_update", &format!("template quality {score}"), value);
        true
    }
}
