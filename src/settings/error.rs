//! What is wrong with the configuration: one sentence that names the setting, the value and the mend. Never a secret.

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("{setting} is {value:?}: {mend}")]
    Bad { setting: String, value: String, mend: String },
    #[error("{setting} is required {why}")]
    Required { setting: String, why: String },
    #[error("{setting} names no setting{}; config/default.toml lists them all", hint(.nearest.as_deref()))]
    Unknown { setting: String, nearest: Option<String> },
    #[error("{file} cannot be read: {why}")]
    File { file: String, why: String },
    /// Two settings that cannot stand together.
    #[error("{0}")]
    Clash(String),
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(", perhaps you mean {name}")).unwrap_or_default()
}

impl Error {
    pub fn bad(setting: impl Into<String>, value: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Bad { setting: setting.into(), value: value.into(), mend: mend.into() }
    }
}
