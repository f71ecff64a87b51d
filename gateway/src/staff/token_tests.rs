//! Tokens that must not count, and the one that does.

use domain::{clock::Millis, id::UserId, staff::ConsoleRole};
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};

use super::*;

const SECRET: &str = "a-secret-of-a-test-0123456789";
const NOW: Millis = Millis(1_763_640_000_500);

fn tokens() -> Tokens {
    Tokens::new(&SECRET.into())
}

fn user() -> User {
    User {
        id: UserId::from("u-1"),
        name: "Ana".to_owned(),
        role: ConsoleRole::Dispatcher,
        contact: None,
        issuer: String::new(),
        version: 3,
        created: Millis(0),
        removed: None,
    }
}

fn good() -> Value {
    json!({
        "iss": "plumbline", "aud": "plumbline", "sub": "u-1", "name": "Ana", "role": "dispatcher", "ver": 3,
        "jti": "j-1", "iat": 1_763_640_000, "exp": 1_763_640_060
    })
}

fn signed(header: &Header, claims: &Value, secret: &str) -> String {
    encode(header, claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

fn hs256(claims: &Value) -> String {
    signed(&Header::new(Algorithm::HS256), claims, SECRET)
}

fn refused(token: &str) -> Refused {
    tokens().read(token, NOW).unwrap_err()
}

/// `text` as a part of a token.
fn part(text: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(char::from(LETTERS[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
    out
}

#[test]
fn what_was_minted_is_read_until_it_ends() {
    let user = user();
    let grant = Grant {
        user: &user,
        role: ConsoleRole::Staff,
        jti: "j-1".to_owned(),
        ends: Millis(1_763_640_060_999),
    };
    let token = tokens().mint(grant, NOW).unwrap();
    let claims = tokens().read(&token, NOW).unwrap();
    assert_eq!((claims.sub.as_str(), claims.role, claims.ver), ("u-1", ConsoleRole::Staff, 3));
    assert!(tokens().read(&token, Millis(1_763_640_059_999)).is_ok());
    assert_eq!(tokens().read(&token, Millis(1_763_640_060_000)).unwrap_err(), Refused::Expired);
}

#[test]
fn another_secret_and_another_method_are_refused() {
    assert!(tokens().read(&hs256(&good()), NOW).is_ok(), "the rest of this page builds on it");
    let other = signed(&Header::new(Algorithm::HS256), &good(), "another-secret-0123456789");
    assert_eq!(refused(&other), Refused::Signature);
    for method in [Algorithm::HS384, Algorithm::HS512] {
        assert_eq!(refused(&signed(&Header::new(method), &good(), SECRET)), Refused::Algorithm, "{method:?}");
    }
    let payload = part(&good().to_string());
    for alg in ["none", "None", "NONE", "nOnE", "", "HS255", "../HS256"] {
        let head = part(&json!({"alg": alg, "typ": "JWT"}).to_string());
        for signature in ["", "AAAA"] {
            let token = format!("{head}.{payload}.{signature}");
            assert_eq!(refused(&token), Refused::Malformed, "{alg}");
        }
    }
    for alg in ["RS256", "ES256", "EdDSA", "PS256"] {
        let head = part(&json!({"alg": alg}).to_string());
        assert_eq!(refused(&format!("{head}.{payload}.AAAA")), Refused::Algorithm, "{alg}");
    }
}

#[test]
fn a_changed_token_is_refused() {
    let token = hs256(&good());
    let [head, _, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let mut raised = good();
    raised["role"] = json!("owner");
    let forged = format!("{head}.{}.{signature}", part(&raised.to_string()));
    assert_eq!(refused(&forged), Refused::Signature);
    let mut header = Header::new(Algorithm::HS256);
    header.crit = Some(vec!["exp".to_owned()]);
    assert_eq!(refused(&signed(&header, &good(), SECRET)), Refused::Malformed);
}

#[test]
fn claims_that_do_not_fit_are_refused() {
    let no_exp = Refused::Lacks("the claim `exp`".to_owned());
    let cases = [
        ("aud", json!("authenticated"), Refused::Audience),
        ("aud", json!(["x", "y"]), Refused::Malformed),
        ("iss", json!("https://idp.example"), Refused::Issuer),
        ("exp", json!(1_763_640_000), Refused::Expired),
        ("exp", json!(-1), no_exp.clone()),
        ("exp", json!("soon"), Refused::Malformed),
        ("role", json!("boss"), Refused::Malformed),
        ("sub", json!(7), Refused::Malformed),
    ];
    for (claim, value, why) in cases {
        let mut claims = good();
        claims[claim] = value.clone();
        assert_eq!(refused(&hs256(&claims)), why, "{claim} {value}");
    }
    for claim in ["aud", "iss", "exp", "sub", "role", "ver"] {
        let mut claims = good();
        claims.as_object_mut().unwrap().remove(claim);
        let got = refused(&hs256(&claims));
        assert!(matches!(got, Refused::Malformed | Refused::Lacks(_)), "{claim}: {got:?}");
    }
}

#[test]
fn garbage_is_refused() {
    for token in ["", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d", "\u{1F600}.b.c", "=.=.="] {
        assert_eq!(refused(token), Refused::Malformed, "{token:?}");
    }
    assert_eq!(refused(&"a".repeat(9_000)), Refused::TooLong);
    let mut claims = good();
    claims["name"] = json!("x".repeat(9_000));
    assert_eq!(refused(&hs256(&claims)), Refused::TooLong);
}
