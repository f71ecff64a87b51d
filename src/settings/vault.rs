//! Secrets as the database keeps them: sealed with a key that is not in the database, each bound to its setting's name.
//! XChaCha20-Poly1305 with a random nonce. Never logs what it opens.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use chacha20poly1305::{
    Key, KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::secret;

/// What a sealed secret begins with; the number tells how it was sealed.
const SEALED: &str = "sealed:";
const FIRST: &str = "sealed:1:";
const NONCE: usize = 24;

/// Opens and seals. The key is read, or made, when it is first needed.
#[derive(Clone)]
pub struct Vault(Arc<Lock>);

struct Lock {
    key: Option<SecretString>,
    folder: PathBuf,
    cipher: OnceLock<Result<XChaCha20Poly1305, String>>,
}

/// Shows nothing.
impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// By `key`, which may be of any length; without one, by the one that is kept in `folder`.
    #[must_use]
    pub fn new(key: Option<&SecretString>, folder: &Path) -> Self {
        Self(Arc::new(Lock { key: key.cloned(), folder: folder.to_owned(), cipher: OnceLock::new() }))
    }

    fn cipher(&self) -> Result<&XChaCha20Poly1305, String> {
        let made = self.0.cipher.get_or_init(|| {
            let key = match &self.0.key {
                Some(key) => key.clone(),
                None => secret::kept(&self.0.folder, secret::SETTINGS, "PLUMBLINE_SETTINGS_KEY")?,
            };
            let digest = Sha256::digest(key.expose_secret().trim().as_bytes());
            let mut key = Key::default();
            key.copy_from_slice(&digest);
            Ok(XChaCha20Poly1305::new(&key))
        });
        made.as_ref().map_err(Clone::clone)
    }

    #[must_use]
    pub fn is_sealed(text: &str) -> bool {
        text.starts_with(SEALED)
    }

    /// `text`, good for the setting `name` alone.
    ///
    /// # Errors
    /// A sentence: there is no key and none can be made, or it is too much text.
    pub fn seal(&self, name: &str, text: &str) -> Result<String, String> {
        let nonce: [u8; NONCE] = rand::random();
        let payload = Payload { msg: text.as_bytes(), aad: name.as_bytes() };
        let sealed = self.cipher()?.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| format!("{name} could not be sealed: it is too long"))?;
        Ok(format!("{FIRST}{}{}", hex::encode(nonce), hex::encode(sealed)))
    }

    /// What was sealed for the setting `name`.
    ///
    /// # Errors
    /// One sentence that names the setting and the mend, and nothing of the secret.
    pub fn open(&self, name: &str, sealed: &str) -> Result<String, String> {
        let Some(coded) = sealed.strip_prefix(FIRST) else {
            return Err(format!(
                "{name} was sealed by a newer plumbline: use that, or set it again at the console"
            ));
        };
        let cipher = self.cipher()?;
        let opened = hex::decode(coded).ok().and_then(|bytes| {
            let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
            let nonce: [u8; NONCE] = nonce.try_into().ok()?;
            let payload = Payload { msg: sealed, aad: name.as_bytes() };
            String::from_utf8(cipher.decrypt(&XNonce::from(nonce), payload).ok()?).ok()
        });
        opened.ok_or_else(|| {
            format!(
                "{name} is sealed in the database with another key: set PLUMBLINE_SETTINGS_KEY to the key it was sealed \
                 with (or bring its file settings-key back), or set {name} again at the console"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(secret: &str) -> Vault {
        Vault::new(Some(&secret.to_owned().into()), Path::new("nowhere"))
    }

    #[test]
    fn what_is_sealed_is_opened_under_its_own_name_alone() {
        let vault = vault("a key of some length");
        let sealed = vault.seal("whatsapp.access_token", "EAAG-very-secret").unwrap();
        assert!(Vault::is_sealed(&sealed) && !sealed.contains("EAAG"), "{sealed}");
        assert_eq!(vault.open("whatsapp.access_token", &sealed).as_deref(), Ok("EAAG-very-secret"));
        assert_ne!(
            sealed,
            vault.seal("whatsapp.access_token", "EAAG-very-secret").unwrap(),
            "each time anew"
        );
        assert!(vault.open("whatsapp.app_secret", &sealed).is_err(), "moved to another name");
    }

    #[test]
    fn another_key_is_told_by_name_with_the_mend() {
        let sealed = vault("one key of some length").seal("comms.api_key", "secret-text").unwrap();
        let error = vault("another key of length").open("comms.api_key", &sealed).unwrap_err();
        assert!(error.contains("comms.api_key") && error.contains("PLUMBLINE_SETTINGS_KEY"), "{error}");
        assert!(!error.contains("secret-text"));
        for broken in ["sealed:1:", "sealed:1:zz", "sealed:1:00ff", &sealed[..sealed.len() - 2]] {
            assert!(vault("one key of some length").open("comms.api_key", broken).is_err(), "{broken}");
        }
        assert!(vault("k").open("comms.api_key", "sealed:9:00").unwrap_err().contains("newer"));
    }
}
