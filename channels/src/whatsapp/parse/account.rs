//! News of the account, its number and its templates, of people's consents, and errors that concern no message: one
//! sentence each for staff, with the whole of it kept. A field that is not known is kept all the same.

use domain::inbound::Notice;
use serde_json::Value;

use super::{Change, Read};
use crate::whatsapp::{errors, wire};

/// Keeps the whole change.
pub(super) fn read(read: &mut Read, change: &Change<'_>) {
    let name = format!("{}:{}", change.field, change.name_of(change.whole));
    let Some((urgent, text)) = sentence(change.field, change.value) else {
        let kind = if change.field.is_empty() { "change" } else { change.field };
        return read.keep(kind, name, change.whole.clone(), change.reading);
    };
    let time = change.entry.get("time").map(wire::text).unwrap_or_default();
    let raw = change.value.clone();
    let notice = Notice { kind: change.field.to_owned(), urgent, text, raw, at: change.at(&time) };
    read.note(name, notice, change.reading);
}

/// Whether somebody has to act, and what happened.
fn sentence(field: &str, value: &Value) -> Option<(bool, String)> {
    let word = |key: &str| word(value, key);
    let template =
        || format!("the template {} ({})", word("message_template_name"), word("message_template_language"));
    let event = word("event");
    Some(match field {
        "message_template_status_update" => {
            const BAD: [&str; 7] =
                ["DISABLED", "PAUSED", "REJECTED", "FLAGGED", "LOCKED", "DELETED", "PENDING_DELETION"];
            let reason = word("reason");
            let why =
                if matches!(reason.as_str(), "NONE" | "?") { String::new() } else { format!(": {reason}") };
            (BAD.contains(&event.as_str()), format!("{} is now {event}{why}", template()))
        }
        "message_template_quality_update" => {
            let now = word("new_quality_score");
            (
                now == "RED",
                format!(
                    "the quality of {} went from {} to {now}",
                    template(),
                    word("previous_quality_score")
                ),
            )
        }
        "template_category_update" => {
            (true, format!("{} is now charged as {}", template(), word("new_category")))
        }
        "phone_number_quality_update" => {
            (matches!(event.as_str(), "FLAGGED" | "DOWNGRADE"), format!("the quality of our number: {event}"))
        }
        "account_update" => {
            const BAD: [&str; 7] = [
                "ACCOUNT_RESTRICTION",
                "ACCOUNT_VIOLATION",
                "DISABLED_UPDATE",
                "ACCOUNT_DELETED",
                "ACCOUNT_OFFBOARDED",
                "PARTNER_REMOVED",
                "PARTNER_APP_UNINSTALLED",
            ];
            (
                BAD.contains(&event.as_str()),
                format!("the WhatsApp account: {event}{}", detail_of_account(value)),
            )
        }
        "account_alerts" => {
            // Beside the alert in older versions, within it now.
            let info = value.get("alert_info").unwrap_or(value);
            let (kind, words) = (self::word(info, "alert_type"), self::word(info, "alert_description"));
            let urgent = self::word(info, "alert_severity") != "INFORMATIONAL";
            (urgent, format!("an alert on the WhatsApp account: {kind} ({words})"))
        }
        "account_review_update" => {
            (true, format!("the review of the WhatsApp account: {}", word("decision")))
        }
        "business_capability_update" => (false, "the limits of the WhatsApp account changed".to_owned()),
        "phone_number_name_update" => {
            (false, format!("the display name of our number: {}", word("decision")))
        }
        "security" => (true, format!("the security of our number: {event}")),
        "message_template_components_update" => (false, format!("the words of {} were changed", template())),
        other => return quiet(other).map(|(urgent, text)| (urgent, text.to_owned())),
    })
}

/// Fields that are told without looking into them.
fn quiet(field: &str) -> Option<(bool, &'static str)> {
    Some(match field {
        "account_settings_update" => (false, "the settings of the WhatsApp account changed"),
        "history" => {
            (false, "earlier talk of the business phone was handed over; it is kept, and answered by nobody")
        }
        "smb_app_state_sync" => (false, "the address book of the business phone changed"),
        "standby" | "messaging_handovers" => (
            true,
            "another app, or Meta's own agent, leads talks on our number: while it does, our agents stay silent",
        ),
        "group_lifecycle_update"
        | "group_participants_update"
        | "group_settings_update"
        | "group_status_update" => (false, "news of a group, where nobody of us answers"),
        "flows" => (false, "news of a WhatsApp flow"),
        "business_username_updates" => (false, "the username of our number changed"),
        "payment_configuration_update" => (false, "the set-up of WhatsApp payments changed"),
        "partner_solutions" => (false, "news of a partner's access to the WhatsApp account"),
        _ => return None,
    })
}

/// What an `account_update` says of it: for what, or how far it went.
fn detail_of_account(value: &Value) -> String {
    let found = ["/ban_info/waba_ban_state", "/violation_info/violation_type", "/disconnection_info/reason"]
        .iter()
        .find_map(|at| wire::text(value.pointer(at)?).some());
    let restrictions = wire::list(value, "restriction_info").iter().map(|one| word(one, "restriction_type"));
    let all: Vec<String> = found.into_iter().chain(restrictions).collect();
    if all.is_empty() { String::new() } else { format!(" ({})", all.join(", ")) }
}

/// The text at `key`; a question mark where there is none.
fn word(value: &Value, key: &str) -> String {
    wire::text(value.get(key).unwrap_or(&Value::Null)).some().unwrap_or_else(|| "?".to_owned())
}

/// The field `user_preferences`: somebody wants marketing messages, or none.
pub(super) fn preferences(read: &mut Read, change: &Change<'_>) {
    for item in wire::list(change.value, "user_preferences") {
        let preference: wire::Preference = wire::read(item);
        let (category, value) = (preference.category.str(), preference.value.str());
        let text = match preference.detail.clone().some() {
            Some(detail) => detail,
            None => format!("a person chose {value} for {category}"),
        };
        let at = change.at(&preference.timestamp);
        let notice = Notice { kind: change.field.to_owned(), urgent: false, text, raw: item.clone(), at };
        read.note(format!("{}:{}", change.field, change.name_of(item)), notice, change.reading);
    }
}

/// Errors beside the messages, or alone: trouble of the system or the account.
pub(super) fn errors(read: &mut Read, change: &Change<'_>) {
    for item in wire::list(change.value, "errors") {
        let error: wire::Error = wire::read(item);
        // The same error beside other messages is another one.
        let name = format!("{}{}", change.name_of(change.whole), change.name_of(item));
        let notice = Notice {
            kind: "error".to_owned(),
            urgent: matches!(errors::mend(&error), Some(domain::inbound::Mend::Account)),
            text: errors::sentence(&error),
            raw: item.clone(),
            at: change.reading.received,
        };
        read.note(format!("error:{name}"), notice, change.reading);
    }
}
