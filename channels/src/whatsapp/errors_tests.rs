//! The table, by code; and answers that are none of Meta's.

use bytes::Bytes;
use proptest::prelude::*;
use reqwest::{
    StatusCode,
    header::{HeaderMap, HeaderValue, RETRY_AFTER},
};
use serde_json::json;

use super::*;

const NOW: Millis = Millis(1_800_000_000_000);

fn answer(status: u16, body: impl ToString, retry_after: Option<&str>) -> Answer {
    let mut headers = HeaderMap::new();
    if let Some(wait) = retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from_str(wait).unwrap());
    }
    Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: Bytes::from(body.to_string()) }
}

fn refusal(status: u16, code: i64) -> Answer {
    answer(
        status,
        json!({ "error": { "message": format!("(#{code}) Title"), "type": "OAuthException", "code": code,
        "error_data": { "messaging_product": "whatsapp", "details": "details of it" }, "fbtrace_id": "A" } }),
        None,
    )
}

fn wait_s(outcome: &SendOutcome) -> i64 {
    match outcome {
        SendOutcome::RetryAt { at, .. } => (at.0 - NOW.0) / 1000,
        other => panic!("no repeat: {other:?}"),
    }
}

#[test]
fn a_taken_message_has_an_id() {
    let body = json!({ "messaging_product": "whatsapp", "contacts": [{ "input": "+49", "wa_id": "49" }],
        "messages": [{ "id": "wamid.1", "message_status": "accepted" }] });
    assert_eq!(judge(&answer(200, body, None), 0, NOW), SendOutcome::Sent { external: "wamid.1".into() });
    for nothing in ["", "{}", "<html>", r#"{"messages":[{"id":""}]}"#, r#"{"messages":[]}"#] {
        assert!(
            matches!(judge(&answer(200, nothing, None), 0, NOW), SendOutcome::Unknown { .. }),
            "{nothing}"
        );
    }
}

#[test]
fn the_account_pauses_the_channel() {
    for code in [0, 3, 10, 33, 190, 200, 299, 368, 131_005, 131_031, 131_037, 131_042, 131_045, 133_010] {
        for status in [400, 401, 403, 500] {
            let outcome = judge(&refusal(status, code), 0, NOW);
            assert!(matches!(outcome, SendOutcome::PauseChannel { .. }), "{code}: {outcome:?}");
        }
    }
    let gone = answer(
        400,
        json!({ "error": { "code": 100, "error_subcode": 33, "message": "Unsupported post request" } }),
        None,
    );
    let SendOutcome::PauseChannel { reason } = judge(&gone, 0, NOW) else { panic!() };
    assert!(reason.contains("WHATSAPP_PHONE_NUMBER_ID"), "{reason}");
}

#[test]
fn the_message_stops_and_says_why() {
    for code in [
        100, 131_008, 131_009, 131_021, 131_026, 131_030, 131_047, 131_048, 131_049, 131_050, 131_051,
        131_053, 132_000, 132_001, 132_012, 132_015, 132_016, 132_018, 135_000, 137_000, 130_403, 130_472,
        130_497,
    ] {
        let SendOutcome::Refused { reason } = judge(&refusal(400, code), 0, NOW) else { panic!("{code}") };
        assert!(reason.contains(&code.to_string()), "{reason}");
    }
    let SendOutcome::Refused { reason } = judge(&refusal(400, 131_009), 0, NOW) else { panic!() };
    assert_eq!(reason, "a part of the message is not as WhatsApp wants it (131009: details of it)");
}

#[test]
fn waits_are_the_documented_ones() {
    let pair: Vec<i64> = (0..7).map(|n| wait_s(&judge(&refusal(400, 131_056), n, NOW))).collect();
    assert_eq!(pair, [1, 4, 16, 64, 256, 600, 600]);
    let limited = |wait| wait_s(&judge(&answer(429, json!({ "error": { "code": 130_429 } }), wait), 0, NOW));
    assert_eq!((limited(None), limited(Some("7")), limited(Some("999999"))), (1, 7, 3600));
    for code in [4, 80_007] {
        assert_eq!(wait_s(&judge(&refusal(400, code), 0, NOW)), 300);
    }
    assert_eq!(wait_s(&judge(&refusal(500, 131_057), 0, NOW)), 60);
    let down: Vec<i64> = (0..4).map(|n| wait_s(&judge(&refusal(503, 131_016), n, NOW))).collect();
    assert_eq!(down, [5, 10, 20, 40]);
    assert_eq!(wait_s(&judge(&refusal(503, 2), 50, NOW)), 300, "as long as the delivery stage tries");
}

#[test]
fn some_are_tried_a_few_times_only() {
    for (code, tries) in [(131_000, 3), (1, 3), (131_052, 1)] {
        assert!(matches!(judge(&refusal(500, code), tries - 1, NOW), SendOutcome::RetryAt { .. }), "{code}");
        assert!(matches!(judge(&refusal(500, code), tries, NOW), SendOutcome::Refused { .. }), "{code}");
    }
}

#[test]
fn nobody_repeats_what_may_have_happened() {
    for unclear in [
        answer(500, "", None),
        answer(502, "<html>Bad Gateway", None),
        answer(504, "{}", None),
        refusal(500, 99),
    ] {
        assert!(matches!(judge(&unclear, 0, NOW), SendOutcome::Unknown { .. }));
    }
    assert!(matches!(judge(&refusal(400, 99), 0, NOW), SendOutcome::Refused { .. }));
    assert_eq!(wait_s(&judge(&answer(429, "slow down", Some("3")), 0, NOW)), 3);
    assert!(matches!(judge(&answer(302, "", None), 0, NOW), SendOutcome::PauseChannel { .. }));
    assert!(matches!(judge(&answer(404, "nginx", None), 0, NOW), SendOutcome::PauseChannel { .. }));
    assert!(matches!(judge(&answer(401, "no", None), 0, NOW), SendOutcome::PauseChannel { .. }));
    assert!(matches!(judge(&answer(400, "no", None), 0, NOW), SendOutcome::Refused { .. }));
}

#[test]
fn what_failed_after_all_says_what_to_do() {
    let of = |code: &str| mend(&wire::read(&json!({ "code": code })));
    assert_eq!(of("131047"), Some(Mend::WindowClosed));
    assert_eq!(of("131026"), Some(Mend::Unreachable));
    assert_eq!(of("131042"), Some(Mend::Account));
    assert_eq!(of("130429"), Some(Mend::Again { after_ms: 10_000 }));
    assert_eq!(of("131056"), Some(Mend::Again { after_ms: 64_000 }));
    assert_eq!(of("131049"), None);
    assert_eq!(of("999999"), None);
    assert_eq!(of("x"), None);
    assert_eq!(
        sentence(&wire::read(&json!({ "code": 999_999 }))),
        "WhatsApp refused it with the code 999999"
    );
    assert_eq!(sentence(&wire::read(&json!({ "code": 7, "title": "Odd" }))), "WhatsApp refused it (7: Odd)");
}

#[test]
fn each_code_stands_once_and_in_order() {
    assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
}

proptest! {
    #[test]
    fn no_answer_brings_it_down(status in 100_u16..600, body in ".{0,200}", attempts in any::<u32>()) {
        judge(&answer(status, &body, Some("x")), attempts, NOW);
        judge(&answer(status, json!({ "error": body }), None), attempts, NOW);
    }

    #[test]
    fn any_code_is_judged(code in any::<i64>(), status in 300_u16..600, attempts in any::<u32>()) {
        let judged = judge(&refusal(status, code), attempts, NOW);
        let is_sent = matches!(judged, SendOutcome::Sent { .. });
        prop_assert!(!is_sent);
    }
}
