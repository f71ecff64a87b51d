//! The signature of a webhook: HMAC-SHA256 of the exact body, keyed with the app secret.
//! It never sees a parsed body.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The value of `X-Hub-Signature-256`.
pub(crate) fn header(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", digest(secret, body))
}

fn digest(secret: &str, body: &[u8]) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::header;

    #[test]
    fn the_known_vectors_hold() {
        let secret = "test-app-secret";
        assert_eq!(
            header(secret, br#"{"object":"whatsapp_business_account"}"#),
            "sha256=b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e"
        );
        assert_eq!(
            header(secret, br#"{"message":"caf\u00e9"}"#),
            "sha256=5980113abfc4ffe911f1ae78f92dcf41e10b7d6bc792efd48dfe9ee94131aaf4"
        );
    }
}
