//! `health_status`: can this node send messages, and if not, which entity is the reason.
//! The worst entity decides for the whole.

use serde_json::{Value, json};

use crate::catalogue;
use crate::world::World;
use crate::world::template::Template;

/// Health of phone number, WABA or template; the node asked about comes first.
pub(super) fn of(world: &World, kind: &str, id: &str, template: Option<&Template>) -> Value {
    let account = &world.account;
    let mut entities = vec![phone(world), waba(world), business(world), app(world)];
    if let Some(template) = template {
        entities.insert(0, template_entity(template));
    } else if kind == "WABA" {
        entities.remove(0);
    }
    let rank = |entity: &Value| match entity["can_send_message"].as_str() {
        Some("BLOCKED") => 2,
        Some("LIMITED") => 1,
        _ => 0,
    };
    let worst = entities.iter().map(rank).max().unwrap_or(0);
    let word = ["AVAILABLE", "LIMITED", "BLOCKED"][worst];
    tracing::debug!(kind, id, waba = account.waba_id, word, "health asked");
    json!({ "can_send_message": word, "entities": entities })
}

fn entity(kind: &str, id: &str) -> Value {
    json!({ "entity_type": kind, "id": id, "can_send_message": "AVAILABLE" })
}

fn blocked(mut entity: Value, code: i64, description: &str, solution: &str) -> Value {
    entity["can_send_message"] = json!("BLOCKED");
    entity["errors"] =
        json!([{ "error_code": code, "error_description": description, "possible_solution": solution }]);
    entity
}

fn limited(mut entity: Value, reason: &str) -> Value {
    entity["can_send_message"] = json!("LIMITED");
    entity["additional_info"] = json!([reason]);
    entity
}

fn phone(world: &World) -> Value {
    let phone = entity("PHONE_NUMBER", &world.account.phone_number_id);
    if !world.account.registered {
        return blocked(phone, 133_010, "The phone number is not registered.", "Register the phone number.");
    }
    match world.account.quality_rating.as_str() {
        "RED" => limited(phone, "The quality rating of this phone number is low."),
        _ => phone,
    }
}

fn waba(world: &World) -> Value {
    let waba = entity("WABA", &world.account.waba_id);
    match world.account.blocked_code {
        Some(131_042) => {
            let solution = "Add a valid payment method to the WhatsApp Business Account.";
            blocked(waba, 141_006, "There is an error with the payment method.", solution)
        }
        Some(code) => blocked(waba, code, catalogue::lookup(code).details, "Contact support."),
        None => waba,
    }
}

fn business(world: &World) -> Value {
    let business = entity("BUSINESS", &world.account.business_id);
    if world.account.business_verified {
        return business;
    }
    let mut limited = limited(business, "The business has not passed business verification.");
    limited["errors"] = json!([{
        "error_code": 141_010, "error_description": "The business has not passed business verification.",
        "possible_solution": "Visit business settings and start or resolve the business verification request.",
    }]);
    limited
}

fn app(world: &World) -> Value {
    let app = entity("APP", &world.account.app_id);
    if world.account.listens_to("messages") && world.account.callback("messages").is_some() {
        return app;
    }
    limited(app, "The app is not subscribed to the messages webhook.")
}

fn template_entity(template: &Template) -> Value {
    let entity = entity("MESSAGE_TEMPLATE", &template.id);
    match template.status {
        crate::world::template::Status::Approved => entity,
        _ => blocked(
            entity,
            141_002,
            "The template is not approved.",
            "Wait for approval or submit another one.",
        ),
    }
}
