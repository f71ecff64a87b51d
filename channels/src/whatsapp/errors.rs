//! What Meta's error codes mean for a message: try again, say so and stop, or stop everything. One table, decided by
//! code and never by HTTP status or title (Meta's page of error codes, September 2026). Waits for nothing itself.

use std::time::Duration;

use domain::{clock::Millis, inbound::Mend, outbound::SendOutcome, retry::backoff};
use serde_json::Value;

use super::wire;
use crate::transport::Answer;

/// What a code calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    /// The account, the number or the token is the problem: nothing can be sent until somebody mends it.
    Pause,
    /// Meta's trouble or ours with too much at once: again after this, doubling, at most so many times.
    Again {
        first_s: u64,
        tries: u32,
    },
    /// Too much to one person at once: again after 4^n seconds.
    Pair,
    WindowClosed,
    /// This person cannot be reached this way.
    Unreachable,
    /// This message will never go.
    Refuse,
}

use Call::{Again, Pair, Pause, Refuse, Unreachable, WindowClosed};

/// As long as the delivery stage tries at all.
const ALWAYS: u32 = u32::MAX;

struct Known {
    code: i64,
    call: Call,
    /// What happened and what to do, for staff.
    says: &'static str,
}

const fn known(code: i64, call: Call, says: &'static str) -> Known {
    Known { code, call, says }
}

#[rustfmt::skip]
const CODES: &[Known] = &[
    known(0, Pause, "Meta does not know the access token: set WHATSAPP_ACCESS_TOKEN anew (Business settings, System users)"),
    known(1, Again { first_s: 5, tries: 3 }, "Meta could not make sense of the request"),
    known(2, Again { first_s: 5, tries: ALWAYS }, "WhatsApp is down for the moment"),
    known(3, Pause, "the token lacks whatsapp_business_messaging: grant it (App dashboard, WhatsApp, API setup)"),
    known(4, Again { first_s: 300, tries: ALWAYS }, "the app has used up its calls of this hour"),
    known(10, Pause, "the token lacks whatsapp_business_messaging: grant it (Business settings, System users)"),
    known(33, Pause, "the phone number was deleted: check WHATSAPP_PHONE_NUMBER_ID"),
    known(100, Refuse, "WhatsApp does not accept the message as it is"),
    known(190, Pause, "the access token is expired or wrong: set WHATSAPP_ACCESS_TOKEN anew (Business settings, System users)"),
    known(368, Pause, "Meta has blocked the account over a policy: see WhatsApp Manager, Account quality"),
    known(80007, Again { first_s: 300, tries: ALWAYS }, "the WhatsApp account has used up its calls"),
    known(130_403, Unreachable, "we have blocked this person: unblock them first"),
    known(130_429, Again { first_s: 1, tries: ALWAYS }, "our number sends more a second than it may"),
    known(130_472, Unreachable, "Meta withholds messages from this person in an experiment: use another way"),
    known(130_497, Unreachable, "our account may not write to people in this country"),
    known(131_000, Again { first_s: 5, tries: 3 }, "something went wrong at WhatsApp"),
    known(131_005, Pause, "the token may not do this: grant whatsapp_business_messaging (Business settings, System users)"),
    known(131_008, Refuse, "a part of the message is missing"),
    known(131_009, Refuse, "a part of the message is not as WhatsApp wants it"),
    known(131_016, Again { first_s: 5, tries: ALWAYS }, "WhatsApp is overloaded for the moment"),
    known(131_021, Unreachable, "the person's number is our own"),
    known(131_026, Unreachable, "the number is not on WhatsApp, or its app is too old: call instead"),
    known(131_030, Unreachable, "a test number writes only to numbers on its list: add this one (App dashboard, WhatsApp, API setup)"),
    known(131_031, Pause, "the WhatsApp account is locked: see WhatsApp Manager, Account quality"),
    known(131_037, Pause, "the number's display name is not approved yet: see WhatsApp Manager, Phone numbers"),
    known(131_042, Pause, "WhatsApp cannot charge us: mend the payment method (Business settings, Billing)"),
    known(131_045, Pause, "our number is not registered: register it (WhatsApp Manager, Phone numbers)"),
    known(131_047, WindowClosed, "the person has not written for 24 hours, so that only a template may go"),
    known(131_048, Refuse, "too many people blocked our number: WhatsApp limits what we may begin; see Account quality"),
    known(131_049, Refuse, "this person gets no more marketing messages today"),
    known(131_050, Refuse, "this person wants no marketing messages"),
    known(131_051, Refuse, "WhatsApp does not carry messages of this kind"),
    known(131_052, Again { first_s: 5, tries: 1 }, "WhatsApp could not fetch the file"),
    known(131_053, Refuse, "WhatsApp does not take the file"),
    known(131_056, Pair, "too many messages to one person at once"),
    known(131_057, Again { first_s: 60, tries: ALWAYS }, "our number is being moved to a higher throughput"),
    known(131_060, Refuse, "the message is not available"),
    known(131_062, Refuse, "this kind of template needs the person's number, and we only know their id"),
    known(131_063, Refuse, "marketing templates are switched off for this account"),
    known(131_064, Again { first_s: 3_600, tries: ALWAYS }, "our limit is cut for templates in the wrong category"),
    known(132_000, Refuse, "the template wants another number of values: submit config/templates again"),
    known(132_001, Refuse, "the template is not approved in this language: submit config/templates (WhatsApp Manager, Message templates)"),
    known(132_005, Refuse, "the text is too long for the template"),
    known(132_007, Refuse, "the template breaks a policy of WhatsApp"),
    known(132_012, Refuse, "the template wants values of another kind: submit config/templates again"),
    known(132_015, Refuse, "the template is paused for its low quality: see WhatsApp Manager, Message templates"),
    known(132_016, Refuse, "the template is disabled for its low quality: make another (WhatsApp Manager, Message templates)"),
    known(132_018, Refuse, "the template does not take these values"),
    known(132_068, Refuse, "the flow is blocked"),
    known(132_069, Again { first_s: 3_600, tries: ALWAYS }, "the flow is throttled"),
    known(133_004, Again { first_s: 5, tries: ALWAYS }, "WhatsApp is overloaded for the moment"),
    known(133_010, Pause, "our number is not registered: register it (WhatsApp Manager, Phone numbers)"),
    known(133_016, Again { first_s: 3_600, tries: ALWAYS }, "our number was registered too often: wait"),
    known(135_000, Refuse, "WhatsApp does not accept the message as it is"),
    known(137_000, Refuse, "the person's keys have changed"),
    known(141_006, Pause, "WhatsApp cannot charge us: mend the payment method (Business settings, Billing)"),
];

/// Meta's permission errors are a range of their own.
const PERMISSIONS: std::ops::RangeInclusive<i64> = 200..=299;
/// The longest wait that we let Meta ask for.
const PATIENCE: Duration = Duration::from_secs(3_600);
const CEILING: Duration = Duration::from_secs(300);
const PAIR_CEILING_S: u64 = 600;
/// Characters of Meta's own words that are repeated.
const WORDS: usize = 240;

fn lookup(code: i64) -> Option<&'static Known> {
    let code = if PERMISSIONS.contains(&code) { 10 } else { code };
    CODES.iter().find(|known| known.code == code)
}

/// What happened, for staff: our words where we know the code, Meta's beside them.
pub(super) fn sentence(error: &wire::Error) -> String {
    let code = error.code.str();
    let theirs: String = error.words().chars().filter(|c| !c.is_control()).take(WORDS).collect();
    match error.number().and_then(lookup) {
        // Meta's own words name the field; ours say what to do.
        Some(known) if matches!(known.call, Refuse) && !theirs.is_empty() => {
            format!("{} ({code}: {theirs})", known.says)
        }
        Some(known) => format!("{} ({code})", known.says),
        None if theirs.is_empty() => format!("WhatsApp refused it with the code {code}"),
        None => format!("WhatsApp refused it ({code}: {theirs})"),
    }
}

/// What a message that failed after it was accepted calls for; `None`: it is over.
pub(super) fn mend(error: &wire::Error) -> Option<Mend> {
    /// After a refusal by status nobody waits at the screen any more.
    const AT_LEAST_S: u64 = 10;
    Some(match lookup(error.number()?)?.call {
        Pause => Mend::Account,
        Again { first_s, .. } => Mend::Again { after_ms: first_s.max(AT_LEAST_S) * 1000 },
        Pair => Mend::Again { after_ms: 64_000 },
        WindowClosed => Mend::WindowClosed,
        Unreachable => Mend::Unreachable,
        Refuse => return None,
    })
}

/// Whether the template itself cannot be used now, and the message is sound.
pub(super) fn template_is_missing(answer: &Answer) -> bool {
    matches!(error_of(answer).and_then(|error| error.number()), Some(132_001 | 132_015 | 132_016))
}

fn error_of(answer: &Answer) -> Option<wire::Error> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    let error = body.get("error").filter(|error| error.is_object())?;
    Some(wire::read(error))
}

/// What an answer to a send comes to. `attempts` were made before this one.
pub(super) fn judge(answer: &Answer, attempts: u32, now: Millis) -> SendOutcome {
    if answer.status.is_success() {
        return accepted(answer);
    }
    let Some(error) = error_of(answer).filter(|error| error.number().is_some()) else {
        return without_code(answer, now);
    };
    let reason = sentence(&error);
    let Some(known) = error.number().and_then(lookup) else {
        return if answer.status.is_server_error() {
            SendOutcome::Unknown { reason }
        } else {
            SendOutcome::Refused { reason }
        };
    };
    let again = |wait: Duration| {
        let asked = answer.retry_after(now).unwrap_or_default().min(PATIENCE);
        SendOutcome::RetryAt { at: now.plus(wait.max(asked)), reason: reason.clone() }
    };
    match known.call {
        // Our own number is what the address of the request names.
        Refuse if known.code == 100 && error.error_subcode.str() == "33" => SendOutcome::PauseChannel {
            reason: "Meta knows no such phone number for this token: check WHATSAPP_PHONE_NUMBER_ID"
                .to_owned(),
        },
        Pause => SendOutcome::PauseChannel { reason },
        Again { tries, .. } if attempts >= tries => SendOutcome::Refused { reason },
        Again { first_s, .. } => {
            let first = Duration::from_secs(first_s);
            again(backoff(first, CEILING.max(first), attempts.saturating_add(1), 1.0))
        }
        Pair => again(Duration::from_secs(4_u64.saturating_pow(attempts).min(PAIR_CEILING_S))),
        WindowClosed | Unreachable | Refuse => SendOutcome::Refused { reason },
    }
}

/// Whether an answer says that what its address names is gone, or not ours (100 with subcode 33).
pub(super) fn is_no_such_object(answer: &Answer) -> bool {
    error_of(answer).is_some_and(|error| error.number() == Some(33) || error.error_subcode.str() == "33")
}

/// Whether an answer says that the window is closed, whatever we counted.
pub(super) fn window_is_closed(answer: &Answer) -> bool {
    error_of(answer)
        .and_then(|error| error.number())
        .and_then(lookup)
        .is_some_and(|known| known.call == WindowClosed)
}

fn accepted(answer: &Answer) -> SendOutcome {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let id =
        wire::list(&body, "messages").first().and_then(|message| message.get("id")).and_then(Value::as_str);
    match id.filter(|id| !id.is_empty()) {
        Some(id) => SendOutcome::Sent { external: id.to_owned() },
        None => SendOutcome::Unknown { reason: "WhatsApp's answer names no message".to_owned() },
    }
}

/// An answer that is none of the Graph API: a proxy's, or another server's.
fn without_code(answer: &Answer, now: Millis) -> SendOutcome {
    let status = answer.status;
    let reason = format!("WhatsApp answered {status} without a reason");
    match status.as_u16() {
        // Whether it was done before the answer was lost, nobody can tell.
        500..=599 => SendOutcome::Unknown { reason },
        408 | 425 | 429 => {
            let wait = answer.retry_after(now).unwrap_or(Duration::from_secs(60)).min(PATIENCE);
            SendOutcome::RetryAt { at: now.plus(wait), reason }
        }
        401 | 403 => SendOutcome::PauseChannel { reason: format!("{reason}: check WHATSAPP_ACCESS_TOKEN") },
        300..=399 | 404 | 405 | 410 => SendOutcome::PauseChannel {
            reason: format!("{reason}: check WHATSAPP_API_BASE_URL and WHATSAPP_API_VERSION"),
        },
        _ => SendOutcome::Refused { reason },
    }
}

#[cfg(test)]
#[path = "errors_tests.rs"]
mod tests;
