//! Secrets that nobody set: generated once, kept in the data folder, readable by the owner alone. Never logged.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    path::Path,
};

use secrecy::SecretString;

/// The link's secret beside the database.
pub const LINK: &str = "agent-link-secret";

/// What signs tokens, beside the database.
pub const TOKENS: &str = "token-secret";

/// What seals the console's secrets in the database, beside it.
pub const SETTINGS: &str = "settings-key";

/// Longer files are no secret of ours.
const MOST_BYTES: u64 = 4 * 1024;

/// The secret in `folder/name`, generated now if there is none. Processes that start together get the same one.
///
/// # Errors
/// A sentence that names the file and the mend.
pub fn kept(folder: &Path, name: &str, setting: &str) -> Result<SecretString, String> {
    let file = folder.join(name);
    let failed = |what: &str, why: std::io::Error| {
        format!("the secret {} could not be {what}: {why}; mend the folder or set {setting}", file.display())
    };
    std::fs::create_dir_all(folder).map_err(|e| failed("written", e))?;
    match write_new(&file) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed("written", error)),
    }
    let mut text = String::new();
    let opened = std::fs::File::open(&file).map_err(|e| failed("read", e))?;
    opened.take(MOST_BYTES).read_to_string(&mut text).map_err(|e| failed("read", e))?;
    match text.trim() {
        "" => Err(format!("the secret {} is empty: delete the file, or set {setting}", file.display())),
        secret => Ok(secret.to_owned().into()),
    }
}

/// Writes beside the name and links it there: nobody ever reads half a secret, and the first one stays.
fn write_new(file: &Path) -> std::io::Result<()> {
    if file.exists() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let secret: [u8; 32] = rand::random();
    let text: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let beside = file.with_extension(format!("new-{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&beside)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    let linked = std::fs::hard_link(&beside, file);
    std::fs::remove_file(&beside)?;
    linked
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn is_made_once_and_belongs_to_the_owner() {
        let folder = tempfile::tempdir().unwrap();
        let first = kept(folder.path(), LINK, "AGENT_LINK_SECRET").unwrap();
        let second = kept(folder.path(), LINK, "AGENT_LINK_SECRET").unwrap();
        assert_eq!(first.expose_secret(), second.expose_secret());
        assert_eq!(first.expose_secret().len(), 64);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join(LINK)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_empty_one_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(LINK), "\n").unwrap();
        let error = kept(folder.path(), LINK, "AGENT_LINK_SECRET").unwrap_err();
        assert!(error.contains(LINK) && error.contains("AGENT_LINK_SECRET"), "{error}");
    }
}
