//! The environment variables that have names of their own, and the keys they set. Stronger than every other layer.

use super::{
    error::Error,
    layers::{Layers, PREFIX},
};
use std::collections::BTreeMap;

/// `(variable, key)`, as in `.env.example`.
pub const NAMED: &[(&str, &str)] = &[
    ("COMMUNICATION_MODE", "communication.mode"),
    ("WHATSAPP_ACCESS_TOKEN", "whatsapp.access_token"),
    ("WHATSAPP_PHONE_NUMBER_ID", "whatsapp.phone_number_id"),
    ("WHATSAPP_BUSINESS_ACCOUNT_ID", "whatsapp.business_account_id"),
    ("WHATSAPP_APP_SECRET", "whatsapp.app_secret"),
    ("WHATSAPP_VERIFY_TOKEN", "whatsapp.verify_token"),
    ("WHATSAPP_API_BASE_URL", "whatsapp.api_base_url"),
    ("WHATSAPP_API_VERSION", "whatsapp.api_version"),
    ("FIELD_TECHNICIAN_PHONE", "people.technician_phone"),
    ("OFFICE_STAFF_PHONE", "people.office_phone"),
    ("MODEL_PROVIDER", "model.provider"),
    ("OPENAI_API_KEY", "model.openai.api_key"),
    ("OPENAI_BASE_URL", "model.openai.base_url"),
    ("OPENAI_MODEL", "model.openai.model"),
    ("GEMINI_API_KEY", "model.gemini.api_key"),
    ("GEMINI_MODEL", "model.gemini.model"),
    ("DATABASE_URL", "database.url"),
    ("WEBHOOK_PORT", "gateway.port"),
    ("OFFICE_AGENT_PORT", "agents.office.port"),
    ("FIELD_AGENT_PORT", "agents.field.port"),
    ("OFFICE_AGENT_URL", "agents.office.url"),
    ("FIELD_AGENT_URL", "agents.field.url"),
    ("AGENT_LINK_SECRET", "link.secret"),
    ("PLUMBLINE_SETTINGS_KEY", "settings.key"),
    ("PLUMBLINE_BIND", "server.bind"),
    ("PLUMBLINE_PUBLIC_URL", "server.public_url"),
    ("PLUMBLINE_JWT_SECRET", "gateway.jwt_secret"),
    ("TELEPHONY_WEBHOOK_SECRET", "telephony.secret"),
    ("COMMS_PROVIDER", "comms.provider"),
    ("COMMS_PROVIDER_BASE_URL", "comms.base_url"),
    ("COMMS_PROVIDER_API_KEY", "comms.api_key"),
    ("COMMS_INSTANCE_ID", "comms.instance_id"),
    ("COMMS_WEBHOOK_SECRET", "comms.webhook_secret"),
    ("COMMS_DEFAULT_COUNTRY_CODE", "comms.country_code"),
    ("COMMS_MEDIA_STORAGE_DIR", "comms.media_folder"),
    ("COMMS_TRANSCRIPTION_PROVIDER", "comms.transcription"),
];

/// Whether a variable means something here.
#[must_use]
pub fn is_ours(name: &str) -> bool {
    name.starts_with(PREFIX) || NAMED.iter().any(|(named, _)| *named == name)
}

/// The name under which people know `key`: its own variable, or `PLUMBLINE__...`.
#[must_use]
pub fn name_of(key: &str) -> String {
    let named = NAMED.iter().find(|(_, of)| *of == key).map(|(name, _)| (*name).to_owned());
    named.unwrap_or_else(|| super::layers::variable_of(key))
}

/// Puts `variables` on `layers`: first the general ones, then those with names of their own. One that is set to nothing
/// counts as not set.
///
/// # Errors
/// As [`Layers::variable`].
pub fn apply(layers: &mut Layers, variables: &BTreeMap<String, String>) -> Result<(), Error> {
    let set = variables.iter().filter(|(_, value)| !value.trim().is_empty());
    for (name, value) in set.filter(|(name, _)| name.starts_with(PREFIX)) {
        layers.variable(name, value)?;
    }
    for (name, key) in NAMED {
        if let Some(value) = variables.get(*name).filter(|value| !value.trim().is_empty()) {
            layers.set(name, key, value)?;
        }
    }
    Ok(())
}
