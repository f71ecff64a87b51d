//! What the settings say of the telephone system. Calls nobody.

use std::path::PathBuf;

use secrecy::ExposeSecret as _;

use super::error::Error;

pub(super) fn checked(
    raw: channels::telephony::Config,
    media_folder: &str,
) -> Result<channels::telephony::Config, Error> {
    super::secret(raw.secret.expose_secret(), "telephony.secret")?;
    Ok(channels::telephony::Config { folder: PathBuf::from(media_folder), ..raw })
}
