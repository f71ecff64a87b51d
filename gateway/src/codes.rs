//! The codes of all problems that are answered here. The console has words for each that its users can meet, in every
//! language; a test of the house compares them.

/// What somebody at the console can be answered.
pub const PEOPLE: [&str; 49] = [
    "already_decided",
    "already_merged",
    "bad_frame",
    "broken_body",
    "cross_site",
    "forbidden",
    "has_a_person",
    "id_used",
    "insecure_line",
    "internal",
    "invalid",
    "invalid_cursor",
    "invalid_key",
    "invalid_query",
    "is_contact",
    "key_reused",
    "malformed_json",
    "method_not_allowed",
    "no_provider",
    "no_such_option",
    "not_a_person",
    "not_a_recording",
    "not_an_e_invoice",
    "not_failed",
    "not_found",
    "not_linked",
    "not_open",
    "not_quotable",
    "number_taken",
    "on_hold",
    "oneself",
    "other_role",
    "own_job",
    "owner_changed",
    "payload_too_large",
    "rate_limited",
    "role_from_provider",
    "set_by_environment",
    "still_open",
    "subprotocol",
    "too_big",
    "too_many_commands",
    "too_many_requests",
    "too_many_uploads",
    "type_not_allowed",
    "unauthorized",
    "unavailable",
    "unsupported_media_type",
    "window_closed",
];

/// What only agents, providers and telephone systems are answered.
pub const MACHINES: [&str; 5] =
    ["handshake_refused", "invalid_job", "job_conflict", "signature_refused", "wrong_secret"];

/// Whether `code` is one of them.
pub(crate) fn known(code: &str) -> bool {
    PEOPLE.contains(&code) || MACHINES.contains(&code)
}
