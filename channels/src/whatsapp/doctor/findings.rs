//! What each of Meta's answers means to the operator, and the screen of Meta that mends it. Pure.

use serde_json::Value;
use url::Url;

use crate::{
    transport::{Answer, Failure},
    whatsapp::{errors, wire},
};

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    /// It works, and something should be mended all the same.
    Warn,
    Fail,
    /// Something before it failed, or it was not asked for.
    Skipped,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub name: &'static str,
    pub verdict: Verdict,
    /// What was found.
    pub says: String,
    /// What to do, and on which of Meta's screens; empty where nothing is to be done.
    pub mend: String,
}

pub(super) const NUMBER: &str = "phone number";
pub(super) const HEALTH: &str = "health";
pub(super) const SUBSCRIPTION: &str = "subscription";
pub(super) const CALLBACK: &str = "webhook address";
pub(super) const TOKEN: &str = "access token";
pub(super) const TEMPLATES: &str = "templates";
pub(super) const REACHABLE: &str = "public address";

impl Check {
    pub(super) fn new(
        name: &'static str,
        verdict: Verdict,
        says: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self { name, verdict, says: says.into(), mend: mend.into() }
    }

    pub(super) fn pass(name: &'static str, says: impl Into<String>) -> Self {
        Self::new(name, Verdict::Pass, says, "")
    }

    pub(super) fn skipped(name: &'static str, why: &str) -> Self {
        Self::new(name, Verdict::Skipped, why, "")
    }
}

/// What a refused read says, and what mends it.
pub(super) fn refusal(answer: &Answer) -> (String, String) {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let error: wire::Error = wire::read(body.get("error").unwrap_or(&Value::Null));
    let (says, mend) = match (error.number(), error.error_subcode.str()) {
        (Some(190), "463") => {
            ("the access token is expired", "make a permanent one: Business settings, System users")
        }
        (Some(0 | 190), _) => {
            ("the access token is wrong", "set WHATSAPP_ACCESS_TOKEN: Business settings, System users")
        }
        (Some(33 | 100), _) => (
            "Meta knows no such id for this token",
            "check WHATSAPP_PHONE_NUMBER_ID and WHATSAPP_BUSINESS_ACCOUNT_ID: App dashboard, WhatsApp, API setup; \
             and that the system user is assigned to the account: Business settings, WhatsApp accounts",
        ),
        (Some(3 | 10 | 200..=299), _) => (
            "the access token lacks a permission",
            "grant whatsapp_business_messaging and whatsapp_business_management: Business settings, System users",
        ),
        (None, _) => {
            let says = format!("the server answered {} and is not the Graph API", answer.status);
            return (says, "check WHATSAPP_API_BASE_URL and WHATSAPP_API_VERSION".to_owned());
        }
        _ => return (errors::sentence(&error), "see Meta's page of error codes".to_owned()),
    };
    (says.to_owned(), mend.to_owned())
}

fn word(value: &Value, key: &str) -> String {
    wire::text(value.get(key).unwrap_or(&Value::Null)).0.unwrap_or_default()
}

pub(super) fn of_number(number: &Value) -> Check {
    let shown = format!("{} ({})", word(number, "display_phone_number"), word(number, "verified_name"));
    let platform = word(number, "platform_type");
    if !platform.is_empty() && platform != "CLOUD_API" {
        let mend = "register it for the Cloud API: WhatsApp Manager, Phone numbers";
        return Check::new(
            NUMBER,
            Verdict::Fail,
            format!("{shown} is not on the Cloud API ({platform})"),
            mend,
        );
    }
    let status = word(number, "status");
    if !status.is_empty() && status != "CONNECTED" {
        let mend = "finish its registration: WhatsApp Manager, Phone numbers";
        return Check::new(NUMBER, Verdict::Warn, format!("{shown} is {status}"), mend);
    }
    if word(number, "quality_rating") == "RED" {
        let mend = "send less that people did not ask for: WhatsApp Manager, Insights";
        return Check::new(
            NUMBER,
            Verdict::Warn,
            format!("{shown} is connected, of low quality (RED)"),
            mend,
        );
    }
    Check::pass(NUMBER, format!("{shown} is connected"))
}

pub(super) fn of_health(number: &Value) -> Check {
    let health = number.get("health_status").unwrap_or(&Value::Null);
    let entities = wire::list(health, "entities");
    let first = |verdict: &str| entities.iter().find(|entity| word(entity, "can_send_message") == verdict);
    if let Some(blocked) = first("BLOCKED") {
        let error = wire::list(blocked, "errors").first().cloned().unwrap_or_default();
        let says = format!(
            "sending is blocked by {}: {} ({})",
            word(blocked, "entity_type"),
            word(&error, "error_description"),
            word(&error, "error_code")
        );
        return Check::new(HEALTH, Verdict::Fail, says, word(&error, "possible_solution"));
    }
    if let Some(limited) = first("LIMITED") {
        let why: Vec<String> = wire::list(limited, "additional_info")
            .iter()
            .filter_map(|line| wire::text(line).some())
            .collect();
        let says = format!("sending is limited by {}: {}", word(limited, "entity_type"), why.join(" "));
        let mend = "messages may be taken and never arrive: WhatsApp Manager, Account quality";
        return Check::new(HEALTH, Verdict::Warn, says, mend);
    }
    match word(health, "can_send_message").as_str() {
        "AVAILABLE" => Check::pass(HEALTH, "messages can be sent"),
        "" => Check::skipped(HEALTH, "Meta does not tell"),
        other => Check::new(
            HEALTH,
            Verdict::Warn,
            format!("sending is {other}"),
            "see WhatsApp Manager, Account quality",
        ),
    }
}

pub(super) fn of_subscription(body: &Value) -> Check {
    let apps: Vec<String> = wire::list(body, "data")
        .iter()
        .filter_map(|app| app.get("whatsapp_business_api_data"))
        .map(|app| word(app, "name"))
        .collect();
    if apps.is_empty() {
        let mend = "subscribe the app to the account: App dashboard, WhatsApp, Configuration; or \
                    POST /{WHATSAPP_BUSINESS_ACCOUNT_ID}/subscribed_apps. Without it nothing comes in";
        return Check::new(SUBSCRIPTION, Verdict::Fail, "no app is subscribed to the account", mend);
    }
    Check::pass(SUBSCRIPTION, format!("subscribed: {}", apps.join(", ")))
}

/// Where Meta sends what comes in: the number's own address goes before the account's and the app's.
pub(super) fn of_callback(number: &Value, webhook: Option<&Url>) -> Check {
    let configured = number.get("webhook_configuration").unwrap_or(&Value::Null);
    let order = ["phone_number", "whatsapp_business_account", "application"];
    let address = order.into_iter().map(|key| word(configured, key)).find(|address| !address.is_empty());
    let Some(address) = address else {
        let mend = "set the callback URL and the verify token: App dashboard, WhatsApp, Configuration";
        return Check::new(CALLBACK, Verdict::Warn, "no webhook address is set", mend);
    };
    match webhook {
        Some(own) if Url::parse(&address).ok().as_ref() != Some(own) => {
            let mend = format!("set the callback URL to {own}: App dashboard, WhatsApp, Configuration");
            Check::new(CALLBACK, Verdict::Fail, format!("what comes in goes to {address}"), mend)
        }
        _ => Check::pass(CALLBACK, address),
    }
}

pub(super) fn of_token(body: &Value) -> Check {
    let data = body.get("data").unwrap_or(&Value::Null);
    if data.get("is_valid").and_then(Value::as_bool) == Some(false) {
        let mend = "set WHATSAPP_ACCESS_TOKEN: Business settings, System users";
        return Check::new(TOKEN, Verdict::Fail, "the access token is not valid", mend);
    }
    let scopes: Vec<String> =
        wire::list(data, "scopes").iter().filter_map(|scope| wire::text(scope).some()).collect();
    let needed = ["whatsapp_business_messaging", "whatsapp_business_management"];
    let missing: Vec<&str> =
        needed.into_iter().filter(|need| !scopes.iter().any(|scope| scope == need)).collect();
    if !missing.is_empty() {
        let mend = "grant it and make a new token: Business settings, System users";
        return Check::new(
            TOKEN,
            Verdict::Fail,
            format!("the access token lacks {}", missing.join(" and ")),
            mend,
        );
    }
    match word(data, "expires_at").parse::<i64>() {
        Ok(0) | Err(_) => Check::pass(TOKEN, "the access token does not expire"),
        Ok(seconds) => {
            let at = domain::clock::Millis(seconds.saturating_mul(1000)).timestamp();
            let mend = "make a permanent one: Business settings, System users";
            Check::new(TOKEN, Verdict::Warn, format!("the access token expires at {at}"), mend)
        }
    }
}

pub(super) fn of_templates(body: &Value, names: &[&str], codes: &[&str]) -> Check {
    if names.is_empty() {
        let says = "none is configured: beyond 24 hours every message waits for the person to write";
        return Check::new(TEMPLATES, Verdict::Warn, says, "name them in [whatsapp.templates]");
    }
    let approved = |name: &str, code: &str| {
        wire::list(body, "data").iter().any(|template| {
            word(template, "name") == name
                && word(template, "language") == code
                && word(template, "status") == "APPROVED"
        })
    };
    let missing: Vec<String> = names
        .iter()
        .flat_map(|name| codes.iter().map(move |code| (*name, *code)))
        .filter(|(name, code)| !approved(name, code))
        .map(|(name, code)| format!("{name} ({code})"))
        .collect();
    if missing.is_empty() {
        return Check::pass(TEMPLATES, format!("{} are approved", names.len() * codes.len()));
    }
    let says = format!("not approved: {}", missing.join(", "));
    let mend = "submit config/templates: WhatsApp Manager, Message templates; until then such messages wait";
    Check::new(TEMPLATES, Verdict::Warn, says, mend)
}

pub(super) fn of_handshake(answer: Result<Answer, Failure>) -> Option<Check> {
    let fail = |says: String, mend: &str| Some(Check::new(REACHABLE, Verdict::Fail, says, mend));
    match answer {
        Err(failure) => {
            fail(failure.to_string(), "check PLUMBLINE_PUBLIC_URL, the proxy before it and its certificate")
        }
        Ok(answer) if answer.status == reqwest::StatusCode::OK && answer.body.as_ref() == b"1158201444" => {
            None
        }
        Ok(answer) => fail(
            format!("the handshake was answered with {}", answer.status),
            "the address must lead to /whatsapp/webhook of this gateway, with the same WHATSAPP_VERIFY_TOKEN",
        ),
    }
}

pub(super) fn of_greeting(answer: Result<Answer, Failure>) -> Check {
    match answer {
        Ok(answer) if answer.status == reqwest::StatusCode::OK => {
            Check::pass(REACHABLE, "our webhook answers")
        }
        Ok(answer) => Check::new(
            REACHABLE,
            Verdict::Fail,
            format!("a signed delivery was answered with {}", answer.status),
            "the gateway there must have the same WHATSAPP_APP_SECRET, and nothing before it may change the body",
        ),
        Err(failure) => {
            Check::new(REACHABLE, Verdict::Fail, failure.to_string(), "check PLUMBLINE_PUBLIC_URL")
        }
    }
}

#[cfg(test)]
#[path = "findings_tests.rs"]
mod tests;
