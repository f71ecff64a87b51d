//! Sentences that code says to people, in each language, from `texts/*.toml`. Reads no file and decides nothing: the
//! texts are handed in, the facts come from code, and what is approved is rendered from figures alone.

mod filters;

use std::collections::{BTreeMap, BTreeSet};

use domain::language::Language;
use minijinja::{Environment, UndefinedBehavior};
use serde::Deserialize;
use serde_json::Value;

/// Bytes of one language's file; more is no file of sentences.
const FILE_BYTES: usize = 256 * 1024;

/// An option of a question that code asks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionText {
    /// What choosing it means to code: `approve`, `decline` or `defer`.
    pub value: String,
    pub title: String,
}

/// One file of sentences: which language it is in and what it holds.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// For messages: `texts/de.toml`.
    pub name: &'a str,
    pub language: Language,
    pub toml: &'a str,
}

/// Why the texts cannot be used. Found at the start, never while somebody waits for a sentence.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{file} is no file of texts: {why}")]
    Unreadable { file: String, why: String },
    #[error(
        "{file} has the text {key:?}, which nothing in this program says; see the keys of the built-in texts"
    )]
    UnknownKey { file: String, key: String },
    #[error("the text {key:?} of {file} cannot be rendered: {why}")]
    Template { file: String, key: String, why: String },
    #[error(
        "the text {key:?} of {file} uses {{{{ {variable} }}}}, which it is not given; it may use: {known}"
    )]
    UnknownVariable { file: String, key: String, variable: String, known: String },
    #[error("the text {key:?} of {file} must offer the options {expected}, in this order")]
    Options { file: String, key: String, expected: String },
    #[error("the text {key:?} is missing in {language}")]
    Missing { language: &'static str, key: String },
}

pub struct Texts(BTreeMap<&'static str, Voice>);

/// The sentences of one language.
struct Voice {
    templates: Environment<'static>,
    options: BTreeMap<String, Vec<OptionText>>,
}

impl Texts {
    /// Reads `built_in`, the complete texts of each language, then `overrides`, which may replace some of them.
    ///
    /// # Errors
    /// [`Error`], with the file and the key.
    pub fn load(built_in: &[Source<'_>], overrides: &[Source<'_>]) -> Result<Self, Error> {
        let mut files = Vec::new();
        for source in built_in.iter().chain(overrides) {
            files.push((*source, entries(source)?));
        }
        let built_in_files = &files[..built_in.len()];
        check_alike(built_in_files)?;
        let known = variables(built_in_files)?;
        let mut voices: BTreeMap<&'static str, Voice> = BTreeMap::new();
        for (source, entries) in &files {
            let voice = voices.entry(source.language.as_str()).or_insert_with(|| Voice::new(source.language));
            for (key, entry) in entries {
                let allowed = known.get(key).ok_or_else(|| unknown_key(source, key))?;
                check_variables(source, key, entry, allowed)?;
                check_options(source, key, entry, built_in_files)?;
                voice.put(source, key, entry)?;
            }
        }
        Ok(Self(voices))
    }

    /// The sentence `key` in `language`, about `facts`. A sentence that cannot be made is a fault of the texts or of the
    /// code that calls: it is logged, and the person is shown the bare figures rather than nothing.
    #[must_use]
    pub fn sentence(&self, language: Language, key: &str, facts: &Value) -> String {
        match self.render(language, key, facts) {
            Ok(sentence) => sentence,
            Err(why) => {
                tracing::error!(text.key = key, text.language = language.as_str(), %why, "a text could not be rendered");
                if facts.is_null() { key.to_owned() } else { format!("{key}: {facts}") }
            }
        }
    }

    fn render(&self, language: Language, key: &str, facts: &Value) -> Result<String, String> {
        let voice = self.0.get(language.as_str()).ok_or("no texts in this language")?;
        let template = voice.templates.get_template(key).map_err(|e| e.to_string())?;
        template
            .render(minijinja::value::Serde(facts))
            .map(|text| text.trim().to_owned())
            .map_err(|e| e.to_string())
    }

    /// The options that the question `key` offers in `language`, in order; none for a sentence that asks nothing.
    #[must_use]
    pub fn options(&self, language: Language, key: &str) -> Vec<OptionText> {
        self.0.get(language.as_str()).and_then(|voice| voice.options.get(key)).cloned().unwrap_or_default()
    }

    /// Whether there is a text `key`: for the check at the start of what tools ask for.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        !self.0.is_empty() && self.0.values().all(|voice| voice.templates.get_template(key).is_ok())
    }
}

impl Voice {
    fn new(language: Language) -> Self {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        filters::add(&mut templates, language);
        Self { templates, options: BTreeMap::new() }
    }

    fn put(&mut self, source: &Source<'_>, key: &str, entry: &Entry) -> Result<(), Error> {
        self.templates
            .add_template_owned(key.to_owned(), entry.text.clone())
            .map_err(|error| template_error(source, key, &error))?;
        if !entry.options.is_empty() {
            self.options.insert(key.to_owned(), entry.options.clone());
        }
        Ok(())
    }
}

/// One text of a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    text: String,
    #[serde(default)]
    options: Vec<OptionText>,
}

type Entries = BTreeMap<String, Entry>;
type File<'a> = (Source<'a>, Entries);

/// The texts of a file by their dotted keys. A string is a text; a table with `text` is one with options.
fn entries(source: &Source<'_>) -> Result<Entries, Error> {
    let unreadable = |why: String| Error::Unreadable { file: source.name.to_owned(), why };
    if source.toml.len() > FILE_BYTES {
        return Err(unreadable(format!("it has {} bytes, more than {FILE_BYTES}", source.toml.len())));
    }
    let table: toml::Table = source.toml.parse().map_err(|e: toml::de::Error| unreadable(e.to_string()))?;
    let mut found = Entries::new();
    gather("", table, &mut found).map_err(unreadable)?;
    Ok(found)
}

fn gather(prefix: &str, table: toml::Table, found: &mut Entries) -> Result<(), String> {
    for (name, value) in table {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::String(text) => {
                found.insert(key, Entry { text, options: Vec::new() });
            }
            toml::Value::Table(inner) if inner.get("text").is_some_and(toml::Value::is_str) => {
                let entry = inner.try_into().map_err(|e: toml::de::Error| format!("{key}: {e}"))?;
                found.insert(key, entry);
            }
            toml::Value::Table(inner) => gather(&key, inner, found)?,
            other => return Err(format!("{key} is {}, not a text", other.type_str())),
        }
    }
    Ok(())
}

/// Every language says the same things.
fn check_alike(files: &[File<'_>]) -> Result<(), Error> {
    for (source, _) in files {
        for key in files.iter().flat_map(|(_, entries)| entries.keys()) {
            let present = files
                .iter()
                .any(|(other, entries)| other.language == source.language && entries.contains_key(key));
            if !present {
                return Err(Error::Missing { language: source.language.as_str(), key: key.clone() });
            }
        }
    }
    Ok(())
}

/// What each text may speak of: everything that any of the built-in languages speaks of there.
fn variables(files: &[File<'_>]) -> Result<BTreeMap<String, BTreeSet<String>>, Error> {
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (source, entries) in files {
        for (key, entry) in entries {
            known.entry(key.clone()).or_default().extend(used(source, key, entry)?);
        }
    }
    Ok(known)
}

fn used(source: &Source<'_>, key: &str, entry: &Entry) -> Result<Vec<String>, Error> {
    let environment = Environment::new();
    let template =
        environment.template_from_str(&entry.text).map_err(|error| template_error(source, key, &error))?;
    Ok(template.undeclared_variables(false).into_iter().collect())
}

fn check_variables(
    source: &Source<'_>,
    key: &str,
    entry: &Entry,
    allowed: &BTreeSet<String>,
) -> Result<(), Error> {
    match used(source, key, entry)?.into_iter().find(|variable| !allowed.contains(variable)) {
        None => Ok(()),
        Some(variable) => Err(Error::UnknownVariable {
            file: source.name.to_owned(),
            key: key.to_owned(),
            variable,
            known: allowed.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
        }),
    }
}

/// The values of the options are code's: a file may change their titles, not what they are.
fn check_options(source: &Source<'_>, key: &str, entry: &Entry, built_in: &[File<'_>]) -> Result<(), Error> {
    let values = |entry: &Entry| entry.options.iter().map(|o| o.value.clone()).collect::<Vec<_>>();
    let expected = built_in.iter().find_map(|(_, entries)| entries.get(key)).map(values).unwrap_or_default();
    if values(entry) == expected && entry.options.iter().all(|option| !option.title.trim().is_empty()) {
        return Ok(());
    }
    let expected = if expected.is_empty() { "none".to_owned() } else { expected.join(", ") };
    Err(Error::Options { file: source.name.to_owned(), key: key.to_owned(), expected })
}

fn unknown_key(source: &Source<'_>, key: &str) -> Error {
    Error::UnknownKey { file: source.name.to_owned(), key: key.to_owned() }
}

fn template_error(source: &Source<'_>, key: &str, error: &minijinja::Error) -> Error {
    Error::Template { file: source.name.to_owned(), key: key.to_owned(), why: error.to_string() }
}

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;
