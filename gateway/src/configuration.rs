//! What the gateway is told of the program's configuration, and may ask of its provider. Whoever composes the program
//! brings both; nothing here knows a file, a variable or a provider.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use serde_json::Value;

/// What was set at the console, as text by dotted key: it stands over the configuration files and under the environment.
pub type Stored = BTreeMap<String, String>;

/// One setting that staff may see.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: &'static str,
    /// Never shown: at most its end is.
    pub secret: bool,
    /// What holds, what is stored included.
    pub value: Value,
    /// `default`, a file, a variable, or `console`.
    pub origin: String,
    /// Set by the environment, which is stronger than the console: the variable's name.
    pub fixed: Option<String>,
    /// Whether a change takes effect while the house runs.
    pub now: bool,
}

/// The settings that staff may change.
pub trait Configuration: Send + Sync {
    /// Each of them, with `stored` on top of the files.
    fn entries(&self, stored: &Stored) -> Vec<Entry>;

    /// Whether the program would start with `stored`.
    ///
    /// # Errors
    /// The sentence that it would refuse to start with.
    fn check(&self, stored: &Stored) -> Result<(), String>;

    /// `text` as the database may keep it: a secret is sealed.
    ///
    /// # Errors
    /// One sentence.
    fn seal(&self, key: &str, text: &str) -> Result<String, String>;

    /// What [`Configuration::seal`] made of a text.
    ///
    /// # Errors
    /// One sentence that names the setting and the mend.
    fn open(&self, key: &str, kept: &str) -> Result<String, String>;

    /// Settings were changed: whoever goes by them should look.
    fn changed(&self);
}

/// One line of a connectivity test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    pub name: &'static str,
    /// `pass`, `warn`, `fail` or `skipped`.
    pub verdict: &'static str,
    pub says: String,
    /// What to do, and where; empty where nothing is to be done.
    pub mend: String,
}

/// Asks the provider of messages whether everything is in order.
#[async_trait]
pub trait Tester: Send + Sync {
    /// The provider's name, as in `COMMS_PROVIDER`.
    fn provider(&self) -> &'static str;

    async fn test(&self) -> Vec<Tested>;
}

/// What a composition brings of both; a house without them refuses the routes.
#[derive(Clone, Default)]
pub struct Means {
    pub configuration: Option<Arc<dyn Configuration>>,
    pub tester: Option<Arc<dyn Tester>>,
}
