//! Meta's error codes: HTTP status, title and usual details of each.
//! It decides nothing; who refuses names the code and may put better details in place.

/// What is known of a code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub code: i64,
    pub http: u16,
    pub title: &'static str,
    pub details: &'static str,
}

const fn known(code: i64, http: u16, title: &'static str, details: &'static str) -> Known {
    Known { code, http, title, details }
}

/// The entry of a code; an unknown one is a generic 400.
pub(crate) fn lookup(code: i64) -> Known {
    CODES.iter().find(|known| known.code == code).copied().unwrap_or_else(|| {
        known(code, 400, "Generic user error", "Message failed to send because of an unknown error.")
    })
}

/// Page that error objects in webhooks point to.
pub(crate) const HREF: &str = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/";

const CODES: &[Known] = &[
    known(0, 401, "AuthException", "We were unable to authenticate the app user."),
    known(1, 400, "API Unknown", "Invalid request or possible server error."),
    known(2, 503, "API Service", "Temporary due to downtime or due to being overloaded."),
    known(3, 500, "API Method", "Capability or permissions issue."),
    known(4, 429, "Application request limit reached", "The app has reached its API call rate limit."),
    known(10, 403, "Permission denied", "Permission is either not granted or has been removed."),
    known(33, 400, "Parameter value is not valid", "The business phone number has been deleted."),
    known(
        100,
        400,
        "Invalid parameter",
        "The request included one or more unsupported or misspelled parameters.",
    ),
    known(190, 401, "Access token has expired", "Your access token has expired."),
    known(200, 403, "API Permission", "Permission is either not granted or has been removed."),
    known(
        368,
        403,
        "Temporarily blocked for policies violations",
        "The WhatsApp Business Account has been restricted or disabled for violating a platform policy.",
    ),
    known(80007, 400, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit."),
    known(130_403, 403, "User is blocked", "The business has blocked this user."),
    known(
        130_429,
        429,
        "Rate limit hit",
        "Message failed to send because there were too many messages sent from this phone number in a short period of time",
    ),
    known(
        130_472,
        400,
        "User's number is part of an experiment",
        "Failed to send message because this user's phone number is part of an experiment",
    ),
    known(
        130_497,
        403,
        "Business account is restricted from messaging users in this country.",
        "The WhatsApp Business Account is restricted from messaging users in certain countries.",
    ),
    known(131_000, 500, "Something went wrong", "Message failed to send because of an unknown error."),
    known(131_005, 403, "Access denied", "Permission is either not granted or has been removed."),
    known(131_008, 400, "Required parameter is missing", "The request is missing a required parameter."),
    known(131_009, 400, "Parameter value is not valid", "One or more parameter values are invalid."),
    known(131_016, 503, "Service unavailable", "A service is temporarily unavailable."),
    known(131_021, 400, "Recipient cannot be sender", "Sender and recipient phone number is the same."),
    known(
        131_026,
        400,
        "Message undeliverable",
        "Message Undeliverable. The recipient phone number is not a WhatsApp phone number, has not accepted the \
         terms of service, or uses an old WhatsApp version.",
    ),
    known(
        131_030,
        400,
        "Recipient phone number not in allowed list",
        "Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again.",
    ),
    known(
        131_031,
        403,
        "Account has been locked",
        "The WhatsApp Business Account has been restricted or disabled.",
    ),
    known(
        131_037,
        400,
        "WhatsApp provided number needs display name approval before message can be sent.",
        "The 555 business phone number used to send the request does not have an approved display name.",
    ),
    known(
        131_042,
        400,
        "Business eligibility payment issue",
        "Message failed to send because there were one or more errors related to your payment method.",
    ),
    known(
        131_045,
        500,
        "Incorrect certificate",
        "Message failed to send due to a phone number registration error.",
    ),
    known(
        131_047,
        400,
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    ),
    known(
        131_048,
        400,
        "Spam rate limit hit",
        "Message failed to send because there are restrictions on how many messages can be sent from this phone \
         number. This may be because too many previous messages were blocked or flagged as spam.",
    ),
    known(
        131_049,
        400,
        "This message was not delivered to maintain healthy ecosystem engagement.",
        "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    ),
    known(
        131_050,
        400,
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp \
         from your business",
        "The user has stopped marketing messages from your business.",
    ),
    known(131_051, 400, "Unsupported message type", "Message type is not currently supported."),
    known(131_052, 400, "Media download error", "Unable to download the media sent by the user."),
    known(131_053, 400, "Media upload error", "Unable to upload the media used in the message."),
    known(
        131_056,
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Message failed to send because there were too many messages sent from this phone number to the same phone \
         number in a short period of time",
    ),
    known(131_057, 500, "Account in maintenance mode", "Business Account is in maintenance mode."),
    known(131_060, 400, "This message is currently unavailable.", "This message is currently unavailable."),
    known(
        131_062,
        400,
        "Business-scoped User ID (BSUID) recipients are not supported for this message.",
        "One-tap, zero-tap and copy code authentication templates need a phone number.",
    ),
    known(131_063, 400, "Marketing messages are disabled", "Marketing templates are disabled on Cloud API."),
    known(
        131_064,
        400,
        "Messaging limit reduced",
        "The messaging limit was cut for template misclassification.",
    ),
    known(132_000, 400, "Number of parameters does not match the expected number of params", ""),
    known(132_001, 400, "Template name does not exist in the translation", ""),
    known(132_005, 400, "Translated text too long", "Translated text is too long."),
    known(
        132_007,
        400,
        "Template format character policy violated",
        "Template content violates a WhatsApp policy.",
    ),
    known(132_012, 400, "Parameter format does not match format in the created template", ""),
    known(132_015, 400, "Template is paused", "Template is paused due to low quality so it cannot be sent."),
    known(
        132_016,
        400,
        "Template is disabled",
        "Template has been paused too many times due to low quality and is now permanently disabled.",
    ),
    known(132_018, 400, "There's an issue with the parameters in your template", ""),
    known(133_005, 400, "Two step verification PIN mismatch", "Two-step verification PIN incorrect."),
    known(
        133_010,
        400,
        "Phone number not registered",
        "Account does not exist in Cloud API, please register it first.",
    ),
    known(
        133_016,
        400,
        "Account register/deregister rate limit exceeded",
        "Too many attempts for this number.",
    ),
    known(
        135_000,
        400,
        "Generic user error",
        "Message failed to send because of an unknown error with the parameters.",
    ),
    known(
        137_000,
        400,
        "Recipient identity key hash mismatch",
        "The identity key hash does not match the user's.",
    ),
];

#[cfg(test)]
mod tests {
    use super::{CODES, lookup};

    #[test]
    fn every_code_is_listed_once_and_unknown_ones_still_answer() {
        let mut codes: Vec<i64> = CODES.iter().map(|known| known.code).collect();
        let before = codes.len();
        codes.dedup();
        assert_eq!(before, codes.len());
        assert!(codes.is_sorted(), "keep the table in order");
        assert_eq!(lookup(131_047).title, "Re-engagement message");
        assert_eq!(lookup(999_999).http, 400);
    }
}
