//! The webhook's side of the channel: the handshake, and a delivery that becomes rows for the inbox once its signature
//! fits. Pure but for the settings; stores nothing and answers nobody.

use domain::{address::ChannelName, clock::Millis};
use secrecy::SecretString;

use super::{
    NAME,
    config::{Config, Incomplete},
    parse::{self, Read, Reading},
    signature::{self, NoHandshake, Unsigned},
};

pub struct Receiver {
    secrets: Vec<SecretString>,
    verify_token: SecretString,
    phone_number_id: String,
    channel: ChannelName,
}

impl Receiver {
    /// # Errors
    /// [`Incomplete`]: without an app secret anybody could speak for Meta, so nothing is received at all.
    pub fn new(config: &Config) -> Result<Self, Incomplete> {
        config.check()?;
        Ok(Self {
            secrets: config.secrets(),
            verify_token: config.verify_token.clone(),
            phone_number_id: config.phone_number_id.clone(),
            channel: ChannelName::from(NAME),
        })
    }

    /// The bytes to answer a handshake with.
    ///
    /// # Errors
    /// [`NoHandshake`].
    pub fn handshake(&self, query: &str) -> Result<Vec<u8>, NoHandshake> {
        signature::handshake(query, &self.verify_token)
    }

    /// Checks the signature over the bytes as they came, and only then reads them.
    ///
    /// # Errors
    /// [`Unsigned`].
    pub fn receive(&self, signature: Option<&[u8]>, body: &[u8], received: Millis) -> Result<Read, Unsigned> {
        signature::verify(&self.secrets, signature, body)?;
        let reading = Reading { channel: &self.channel, phone_number_id: &self.phone_number_id, received };
        Ok(parse::read(body, &reading))
    }
}
