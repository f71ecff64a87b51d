//! Where settings come from in a process: the environment, `.env` and `config/local.toml` of the working directory.
//! The only place that reads them; everything after is given values.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::Error;

/// What was found. Tests write one by hand.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// Variables; the environment's own win over those of `.env`.
    pub variables: BTreeMap<String, String>,
    /// The text of `config/local.toml`.
    pub local: Option<String>,
    /// Whether there is a `.env`, for `doctor`.
    pub dotenv: bool,
    /// What was set at the console, by key: over the files, under the variables.
    pub stored: BTreeMap<String, String>,
    /// Where the files are, to be read again; `None` where there are none.
    pub folder: Option<PathBuf>,
}

/// Names alone: what they are set to may be secret.
impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sources")
            .field("variables", &self.variables.keys())
            .field("stored", &self.stored.keys())
            .finish_non_exhaustive()
    }
}

pub const LOCAL: &str = "config/local.toml";
const DOTENV: &str = ".env";

impl Sources {
    /// Reads this process's environment and the files of `folder`.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Bad`] for a variable of ours that is not UTF-8.
    pub fn of_process(folder: &Path) -> Result<Self, Error> {
        let mut sources = Self {
            local: text_of(&folder.join(LOCAL), LOCAL)?,
            folder: Some(folder.to_owned()),
            ..Self::default()
        };
        if let Some(dotenv) = text_of(&folder.join(DOTENV), DOTENV)? {
            sources.dotenv = true;
            sources.variables = dotenv_variables(&dotenv)?;
        }
        for (name, value) in std::env::vars_os() {
            let Some(name) = name.to_str() else { continue };
            match value.into_string() {
                Ok(value) => {
                    sources.variables.insert(name.to_owned(), value);
                }
                Err(_) if super::variables::is_ours(name) => {
                    return Err(Error::bad(name, "(unreadable)", "it must be UTF-8 text"));
                }
                Err(_) => {}
            }
        }
        Ok(sources)
    }

    /// The same with the files as they are by now, and nothing of the console's.
    ///
    /// # Errors
    /// As [`Sources::of_process`].
    pub fn again(&self) -> Result<Self, Error> {
        match &self.folder {
            Some(folder) => Self::of_process(folder),
            None => Ok(Self { stored: BTreeMap::new(), ..self.clone() }),
        }
    }
}

fn dotenv_variables(text: &str) -> Result<BTreeMap<String, String>, Error> {
    dotenvy::from_read_iter(text.as_bytes())
        .map(|line| line.map_err(|e| Error::File { file: DOTENV.to_owned(), why: e.to_string() }))
        .collect()
}

fn text_of(path: &Path, name: &str) -> Result<Option<String>, Error> {
    match std::fs::read(path) {
        Ok(bytes) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| Error::File { file: name.to_owned(), why: "it is not UTF-8 text".to_owned() }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::File { file: name.to_owned(), why: error.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dotenv_is_read_without_touching_the_environment() {
        let text = "# a comment\nOPENAI_API_KEY=\"sk 1\"\nexport MODEL_PROVIDER=openai\nEMPTY=\n";
        let variables = dotenv_variables(text).unwrap();
        assert_eq!(variables["OPENAI_API_KEY"], "sk 1");
        assert_eq!(variables["MODEL_PROVIDER"], "openai");
        assert_eq!(variables["EMPTY"], "");
        assert!(std::env::var("MODEL_PROVIDER").as_deref() != Ok("openai"));
        let error = dotenv_variables("this is no line").unwrap_err().to_string();
        assert!(error.starts_with(".env cannot be read"), "{error}");
    }
}
