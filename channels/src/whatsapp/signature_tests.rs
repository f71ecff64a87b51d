//! Signatures over exact bytes, and the handshake.

use super::*;

fn secrets(all: &[&str]) -> Vec<SecretString> {
    all.iter().map(|secret| SecretString::from(*secret)).collect()
}

fn check(secret: &str, header: &str, body: &[u8]) -> Result<(), Unsigned> {
    verify(&secrets(&[secret]), Some(header.as_bytes()), body)
}

/// Made with openssl: `printf %s BODY | openssl dgst -sha256 -hmac test-app-secret`.
const PLAIN: &str = "sha256=b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e";
const ESCAPED: &str = "sha256=5980113abfc4ffe911f1ae78f92dcf41e10b7d6bc792efd48dfe9ee94131aaf4";

#[test]
fn known_signatures_fit_exactly_their_bytes() {
    let body = br#"{"object":"whatsapp_business_account"}"#;
    let accent = br#"{"message":"caf\u00e9"}"#;
    assert_eq!(check("test-app-secret", PLAIN, body), Ok(()));
    assert_eq!(check("test-app-secret", ESCAPED, accent), Ok(()));
    assert_eq!(check("test-app-secret", ESCAPED, "{\"message\":\"café\"}".as_bytes()), Err(Unsigned::Wrong));
    assert_eq!(check("other", PLAIN, body), Err(Unsigned::Wrong));
    assert_eq!(sign(&"test-app-secret".into(), body), PLAIN);
    assert_eq!(check("test-app-secret", &PLAIN.to_uppercase().replace("SHA", "sha"), body), Ok(()));
}

#[test]
fn what_is_no_signature_is_told_apart() {
    let body = b"{}";
    assert_eq!(verify(&secrets(&["s"]), None, body), Err(Unsigned::Missing));
    let long = format!("{PLAIN}00");
    for header in ["", "sha256=", "sha1=00", "sha256=zz", &PLAIN[..70], long.as_str(), "sha256"] {
        assert_eq!(check("s", header, body), Err(Unsigned::Malformed), "{header}");
    }
    assert_eq!(verify(&[], Some(PLAIN.as_bytes()), body), Err(Unsigned::Wrong));
    let with_nothing = sign(&"".into(), body);
    assert_eq!(check("", &with_nothing, body), Err(Unsigned::Wrong), "an empty secret opens nothing");
}

#[test]
fn several_secrets_serve_during_a_rotation() {
    let body = b"{\"a\":1}";
    let old = sign(&"old".into(), body);
    for order in [["old", "new"], ["new", "old"]] {
        assert_eq!(verify(&secrets(&order), Some(old.as_bytes()), body), Ok(()));
    }
    assert_eq!(verify(&secrets(&["new"]), Some(old.as_bytes()), body), Err(Unsigned::Wrong));
}

#[test]
fn the_challenge_comes_back_byte_for_byte() {
    let token = SecretString::from("t0k en");
    let ask = |query: &str| handshake(query, &token);
    let good = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=t0k%20en";
    assert_eq!(ask(good), Ok(b"1158201444".to_vec()));
    assert_eq!(
        ask("hub.mode=subscribe&hub.verify_token=t0k+en&hub.challenge=00%2B%ff%zz"),
        Ok(b"00+\xff%zz".to_vec())
    );
    assert_eq!(ask("hub%2Emode=subscribe&hub.verify_token=t0k+en&hub.challenge=a"), Ok(b"a".to_vec()));
    assert_eq!(ask(""), Err(NoHandshake::Mode));
    assert_eq!(ask("hub.mode=unsubscribe&hub.verify_token=t0k+en&hub.challenge=a"), Err(NoHandshake::Mode));
    assert_eq!(ask("hub.mode=subscribe&hub.verify_token=t0k&hub.challenge=a"), Err(NoHandshake::Token));
    assert_eq!(ask("hub.mode=subscribe&hub.challenge=a"), Err(NoHandshake::Token));
    assert_eq!(ask("hub.mode=subscribe&hub.verify_token=t0k+en"), Err(NoHandshake::Challenge));
    let unset = handshake("hub.mode=subscribe&hub.verify_token=&hub.challenge=a", &SecretString::from(""));
    assert_eq!(unset, Err(NoHandshake::Token), "no token, no handshake");
}
