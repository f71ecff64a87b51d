//! Where Meta's pages, captures and practice disagree: one switch each, with the default named here.
//! A switch never changes what is enforced silently; each is listed in the README.

use serde::{Deserialize, Serialize};

/// Behaviour that differs between accounts, versions and sources.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// How long an unanswered webhook is retried: 168 h by WhatsApp's pages, 36 h by the generic Graph page.
    pub retry_hours: u32,
    /// Longest body of a list message: 4096 by its page, 1024 by the OpenAPI file.
    pub list_body_max: usize,
    /// HTTP status of 130429 and 4: 429 in captures, 400 in the table.
    pub rate_limit_http: u16,
    /// HTTP status of 132001: 400 in captures, 404 in the table.
    pub template_missing_http: u16,
    /// `contacts:[{wa_id}]` on failed statuses.
    pub contacts_on_failed: bool,
    /// `profile` inside the contacts of statuses.
    pub profile_in_status: bool,
    /// Refuse free text outside the window at once (131047) instead of by a failed status.
    pub window_sync: bool,
    /// Refuse unknown recipients at once (131026) instead of by a failed status.
    pub undeliverable_sync: bool,
    /// `conversation` objects on statuses, as webhook versions up to v23 have them.
    pub conversation: bool,
    /// `file_size` of media as a string, as the pages show it, instead of a number.
    pub file_size_as_string: bool,
    /// `unsupported:{type}` on unsupported messages.
    pub unsupported_kind: bool,
    /// `url` on inbound media.
    pub media_url: bool,
    pub service_pricing: ServicePricing,
    /// Non-ASCII as `\uXXXX` in webhook bodies.
    pub escape_unicode: bool,
    /// `/` as `\/` in webhook bodies.
    pub escape_slash: bool,
    /// Business-scoped ids in webhooks.
    pub user_ids: bool,
    /// One webhook at a time per person, so order holds unless a fault breaks it. Off: all at once.
    pub ordered: bool,
    /// No `delivered` status for someone whose chat is open.
    pub skip_delivered_when_open: bool,
    /// Download media sent by link, as Meta does; a failing link then fails the message.
    pub fetch_links: bool,
    pub unknown_numbers: UnknownNumbers,
    pub enforce_window: bool,
    pub enforce_pair_limit: bool,
    pub enforce_throughput: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            retry_hours: 168,
            list_body_max: 4096,
            rate_limit_http: 429,
            template_missing_http: 400,
            contacts_on_failed: false,
            profile_in_status: true,
            window_sync: false,
            undeliverable_sync: false,
            conversation: false,
            file_size_as_string: false,
            unsupported_kind: true,
            media_url: true,
            service_pricing: ServicePricing::ByDate,
            escape_unicode: true,
            escape_slash: false,
            user_ids: true,
            ordered: true,
            skip_delivered_when_open: false,
            fetch_links: false,
            unknown_numbers: UnknownNumbers::Undeliverable,
            enforce_window: true,
            enforce_pair_limit: true,
            enforce_throughput: true,
        }
    }
}

/// What a message without a template costs.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ServicePricing {
    /// Free until 2026-10-01, charged from then on.
    ByDate,
    Free,
    Regular,
}

/// What happens to a message for a number nobody here has.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownNumbers {
    /// It fails with 131026, as for a number that is not on WhatsApp.
    Undeliverable,
    /// A new person appears with that number.
    Join,
}
