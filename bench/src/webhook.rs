//! Signed webhooks as Meta sends them (Meta's pages "Webhooks payload reference" and "Validating payloads"): one text
//! message each, about a thousand bytes, as bytes for the wire.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::people;

pub const SECRET: &str = "bench-app-secret";
pub const NUMBER: &str = "106540352242922";
pub const ACCOUNT: &str = "102290129340398";
const PATH: &str = "/whatsapp/webhook";

/// What a message says: whose it is and which of theirs. The reply says it again, so that order can be checked.
pub fn words(sender: u32, message: u32) -> String {
    format!("Finished at Meier, Schillerstrasse 12, message {}", mark(sender, message))
}

pub fn mark(sender: u32, message: u32) -> String {
    format!("#{sender}-{message}#")
}

/// Sender and message of the last mark in `text`.
pub fn marked(text: &str) -> Option<(u32, u32)> {
    let (before, _) = text.rsplit_once('#')?;
    let (_, mark) = before.rsplit_once('#')?;
    let (sender, message) = mark.split_once('-')?;
    Some((sender.parse().ok()?, message.parse().ok()?))
}

/// What keeps several runs on one store apart: their ids, and who writes.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub name: char,
    /// The number of its first sender.
    pub first: u32,
}

impl Run {
    pub const fn alone(name: char) -> Self {
        Self { name, first: 0 }
    }
}

/// One delivery, sent `seconds` after the epoch.
pub fn delivery(run: Run, sender: u32, message: u32, seconds: u64) -> Vec<u8> {
    let phone = people::phone(run.first + sender);
    let run = run.name;
    let text = words(sender, message);
    // Meta's ids are some sixty characters long.
    let id = format!("wamid.HBgNNDkxNTExMjM0NTY3OBUCABIYFjNFQjBDMUQ4{run}{sender:08}{message:08}");
    let body = format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"{ACCOUNT}","changes":[{{"field":"messages","value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"15550783881","phone_number_id":"{NUMBER}"}},"contacts":[{{"profile":{{"name":"Technician {sender}"}},"wa_id":"{phone}"}}],"messages":[{{"from":"{phone}","id":"{id}","timestamp":"{seconds}","type":"text","text":{{"body":"{text}"}}}}]}}}}]}}]}}"#
    );
    request(&body)
}

fn request(body: &str) -> Vec<u8> {
    let signature = sign(body.as_bytes());
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nUser-Agent: facebookexternalua\r\n\
         X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    (head + body).into_bytes()
}

pub fn sign(body: &[u8]) -> String {
    hex::encode(keyed(body).finalize().into_bytes())
}

/// Whether `signature` (`sha256=...`) is ours over `body`.
pub fn fits(signature: &[u8], body: &[u8]) -> bool {
    let given = signature.strip_prefix(b"sha256=").and_then(|digits| hex::decode(digits).ok());
    given.is_some_and(|given| keyed(body).verify_slice(&given).is_ok())
}

#[expect(clippy::expect_used, reason = "a key of any length is a key for HMAC")]
fn keyed(body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_signed_over_its_body() {
        let bytes = delivery(Run::alone('1'), 7, 3, 1_700_000_000);
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let signature = head.split("X-Hub-Signature-256: ").nth(1).unwrap().split("\r\n").next().unwrap();
        assert!(fits(signature.as_bytes(), body.as_bytes()));
        assert!(!fits(signature.as_bytes(), b"{}"));
        let value: serde_json::Value = serde_json::from_str(body).unwrap();
        let said = &value["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"];
        assert_eq!(marked(said.as_str().unwrap()), Some((7, 3)));
    }

    #[test]
    fn the_last_mark_counts() {
        assert_eq!(marked("#1-2# and then #3-4#"), Some((3, 4)));
        assert_eq!(marked("none"), None);
    }
}
