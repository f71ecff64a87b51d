//! The business side: app, WhatsApp Business Account, phone number, tokens, callbacks, subscriptions.
//! It never calls anybody; handshakes are made by `crate::webhook::handshake`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::person::digits_of;
use crate::config::Config;

/// Fields whose webhooks follow overrides; all others go to the app's own callback.
const OVERRIDABLE: &[&str] = &[
    "messages",
    "message_echoes",
    "calls",
    "consumer_profile",
    "messaging_handovers",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "smb_message_echoes",
    "smb_app_state_sync",
    "history",
    "account_settings_update",
];

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Callback {
    pub url: String,
    pub verify_token: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Account {
    pub phone_number_id: String,
    pub display_phone_number: String,
    pub verified_name: String,
    pub waba_id: String,
    pub app_id: String,
    pub app_name: String,
    pub business_id: String,
    pub access_token: String,
    pub token_expires_ms: Option<i64>,
    pub app_secret: String,
    pub registered: bool,
    pub pin: Option<String>,
    pub quality_rating: String,
    pub messaging_limit: String,
    /// A marketing message above this count per person and day fails with 131049.
    pub marketing_cap: Option<u32>,
    /// Messages are refused with this code: 131031 locked, 131042 payment, 368 policy and so on.
    pub blocked_code: Option<i64>,
    pub business_verified: bool,
    pub profile: Value,
    /// Ice breakers, commands and the welcome message.
    #[serde(default)]
    pub automation: Value,
    /// What `settings` holds: calling and where messages are stored.
    #[serde(default)]
    pub settings: Value,
    pub username: Option<String>,
    pub app_callback: Option<Callback>,
    pub waba_callback: Option<Callback>,
    pub phone_callback: Option<Callback>,
    /// None: every field.
    pub fields: Option<BTreeSet<String>>,
    pub subscribed: bool,
    pub allow_list: Vec<String>,
}

impl Account {
    pub(crate) fn new(config: &Config) -> Self {
        let callback = config
            .webhook_url
            .as_ref()
            .map(|url| Callback { url: url.clone(), verify_token: config.verify_token.clone() });
        Self {
            phone_number_id: config.phone_number_id.clone(),
            display_phone_number: config.display_phone_number.clone(),
            verified_name: config.verified_name.clone(),
            waba_id: config.waba_id.clone(),
            app_id: config.app_id.clone(),
            app_name: "Sandbox app".into(),
            business_id: config.business_id.clone(),
            access_token: config.access_token.clone(),
            token_expires_ms: None,
            app_secret: config.app_secret.clone(),
            registered: true,
            pin: None,
            quality_rating: "GREEN".into(),
            messaging_limit: "TIER_2K".into(),
            marketing_cap: None,
            blocked_code: None,
            business_verified: true,
            automation: json!({ "enable_welcome_message": false, "prompts": [], "commands": [] }),
            settings: json!({ "calling": { "status": "DISABLED" }, "storage_configuration": { "status": "DEFAULT" } }),
            profile: json!({ "about": "", "vertical": "PROF_SERVICES", "messaging_product": "whatsapp" }),
            username: None,
            app_callback: callback,
            waba_callback: None,
            phone_callback: None,
            fields: None,
            subscribed: true,
            allow_list: config.allow_list.iter().map(|number| digits_of(number)).collect(),
        }
    }

    pub(crate) fn digits(&self) -> String {
        digits_of(&self.display_phone_number)
    }

    /// Where a webhook of this field goes: phone number, then account, then app.
    pub(crate) fn callback(&self, field: &str) -> Option<&Callback> {
        let overridden = OVERRIDABLE
            .contains(&field)
            .then(|| self.phone_callback.as_ref().or(self.waba_callback.as_ref()));
        overridden.flatten().or(self.app_callback.as_ref())
    }

    /// Whether the app asked for this field at all.
    pub(crate) fn listens_to(&self, field: &str) -> bool {
        self.subscribed && self.fields.as_ref().is_none_or(|fields| fields.contains(field))
    }

    /// How many different people may be written to outside their windows in a day.
    pub(crate) fn reach(&self) -> Option<usize> {
        match self.messaging_limit.as_str() {
            "TIER_50" => Some(50),
            "TIER_250" => Some(250),
            "TIER_1K" => Some(1_000),
            "TIER_2K" => Some(2_000),
            "TIER_10K" => Some(10_000),
            "TIER_100K" => Some(100_000),
            _ => None,
        }
    }

    pub(crate) fn app_token(&self) -> String {
        format!("{}|{}", self.app_id, self.app_secret)
    }
}

#[cfg(test)]
mod tests {
    use super::{Account, Callback};
    use crate::config::Config;

    #[test]
    fn overrides_win_for_messages_but_not_for_templates() {
        let mut account =
            Account::new(&Config { webhook_url: Some("http://app".into()), ..Config::default() });
        let to = |url: &str| Some(Callback { url: url.into(), verify_token: "v".into() });
        assert_eq!(account.callback("messages").unwrap().url, "http://app");
        account.waba_callback = to("http://waba");
        assert_eq!(account.callback("messages").unwrap().url, "http://waba");
        account.phone_callback = to("http://phone");
        assert_eq!(account.callback("messages").unwrap().url, "http://phone");
        assert_eq!(account.callback("message_template_status_update").unwrap().url, "http://app");
    }
}
