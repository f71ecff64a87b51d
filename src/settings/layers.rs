//! The layers of the configuration, put one on the other, each value with where it came from. Knows no section by name.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::error::Error;

pub const PREFIX: &str = "PLUMBLINE__";

/// A merged table. The first layers are complete: they say which keys there are and of which type.
#[derive(Debug, Default)]
pub struct Layers {
    table: Table,
    /// By dotted key, the file or variable that set it last; a key of the built-in layers has none.
    origins: BTreeMap<String, String>,
}

impl Layers {
    /// # Errors
    /// [`Error::File`].
    pub fn built_in(files: &[(&str, &str)]) -> Result<Self, Error> {
        let mut layers = Self::default();
        for (name, text) in files {
            layers.file(name, text)?;
        }
        layers.origins.clear();
        Ok(layers)
    }

    /// Puts a file on top.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Bad`] where a value stands for a section or the reverse.
    pub fn file(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let new: Table = text.parse().map_err(|e: toml::de::Error| Error::File {
            file: name.to_owned(),
            why: e.to_string().trim().to_owned(),
        })?;
        merge(&mut self.table, new, name, "", &mut self.origins)
    }

    /// Puts one variable on top: `PLUMBLINE__SECTION__KEY`. Its text becomes what the key holds by default.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a key that no layer below has, [`Error::Bad`] for text of another type.
    pub fn variable(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let path: Vec<String> =
            name.trim_start_matches(PREFIX).split("__").map(str::to_ascii_lowercase).collect();
        self.set(name, &path.join("."), text)
    }

    /// Sets `key` from the variable `name`.
    ///
    /// # Errors
    /// As [`Layers::variable`].
    pub fn set(&mut self, name: &str, key: &str, text: &str) -> Result<(), Error> {
        let Some(place) = place(&mut self.table, key) else {
            return Err(Error::Unknown {
                setting: name.to_owned(),
                nearest: self.nearest(key).map(|k| variable_of(&k)),
            });
        };
        *place = read(name, text, place)?;
        self.origins.insert(key.to_owned(), name.to_owned());
        Ok(())
    }

    /// Whether the user set `key`, and where.
    #[must_use]
    pub fn origin(&self, key: &str) -> Option<&str> {
        self.origins.get(key).map(String::as_str)
    }

    /// What `key` holds.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<Value> {
        let mut table = self.table.clone();
        place(&mut table, key).map(|value| value.clone())
    }

    /// The merged table as `T`.
    ///
    /// # Errors
    /// [`Error::Bad`] and [`Error::Unknown`] with the key as the user wrote it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_path_to_error::deserialize(Value::Table(self.table.clone())).map_err(|error| {
            let key = error.path().to_string();
            let why = error.inner().message().trim().to_owned();
            self.complaint(&key, &why)
        })
    }

    fn complaint(&self, key: &str, why: &str) -> Error {
        let mut table = self.table.clone();
        let value = place(&mut table, key).map(|value| value.to_string()).unwrap_or_default();
        let setting = match self.origin(key) {
            Some(file) if file.ends_with(".toml") => format!("{key} in {file}"),
            Some(variable) => variable.to_owned(),
            None => key.to_owned(),
        };
        if why.starts_with("unknown field") {
            return Error::Unknown { setting, nearest: self.nearest(key) };
        }
        let shown =
            if is_secret(key) { "(not shown)".to_owned() } else { value.trim_matches('"').to_owned() };
        Error::bad(setting, shown, mend(why))
    }

    /// The known key most like `key`, if one is close.
    fn nearest(&self, key: &str) -> Option<String> {
        let mut known = Vec::new();
        leaves(&self.table, "", &mut known);
        known
            .into_iter()
            .filter(|other| other != key)
            .map(|other| (strsim::damerau_levenshtein(&other, key), other))
            .filter(|(distance, _)| *distance <= 4)
            .min()
            .map(|(_, other)| other)
    }
}

/// `turns.gather_ms` as `PLUMBLINE__TURNS__GATHER_MS`.
#[must_use]
pub fn variable_of(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase().replace('.', "__"))
}

fn is_secret(key: &str) -> bool {
    ["secret", "token", "api_key", "url"].iter().any(|part| key.contains(part))
}

/// What a value should have been, from what the deserialiser expected.
fn mend(why: &str) -> String {
    let Some((_, expected)) = why.rsplit_once("expected ") else { return why.to_owned() };
    match expected {
        "u16" => "it must be a whole number from 0 to 65535".to_owned(),
        "u32" | "u64" | "usize" => "it must be a whole number, not below zero".to_owned(),
        "i32" | "i64" => "it must be a whole number".to_owned(),
        "f32" | "f64" => "it must be a number".to_owned(),
        "a boolean" => "it must be true or false, without quotes".to_owned(),
        "a string" => "it must be a text in quotes".to_owned(),
        "a sequence" => "it must be a list in square brackets".to_owned(),
        choices if why.starts_with("unknown variant") => {
            let choices = choices.trim_start_matches("one of ").replace('`', "");
            match choices.rsplit_once(", ") {
                Some((others, last)) => format!("it must be {others} or {last}"),
                None => format!("it must be {choices}"),
            }
        }
        _ => why.to_owned(),
    }
}

fn merge(
    below: &mut Table,
    above: Table,
    file: &str,
    prefix: &str,
    origins: &mut BTreeMap<String, String>,
) -> Result<(), Error> {
    for (name, value) in above {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match (below.get_mut(&name), value) {
            (Some(Value::Table(inner)), Value::Table(new)) => merge(inner, new, file, &key, origins)?,
            (Some(Value::Table(_)), _) => {
                return Err(Error::Clash(format!(
                    "{key} in {file} is a section, not a value: write [{key}] above its keys"
                )));
            }
            (_, value) => {
                origins.insert(key, file.to_owned());
                below.insert(name, value);
            }
        }
    }
    Ok(())
}

fn place<'t>(table: &'t mut Table, key: &str) -> Option<&'t mut Value> {
    match key.split_once('.') {
        None => table.get_mut(key),
        Some((section, rest)) => place(table.get_mut(section)?.as_table_mut()?, rest),
    }
}

fn leaves(table: &Table, prefix: &str, found: &mut Vec<String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            Value::Table(inner) => leaves(inner, &key, found),
            _ => found.push(key),
        }
    }
}

/// `text` as a value of the type that `sample` has.
fn read(name: &str, text: &str, sample: &Value) -> Result<Value, Error> {
    let text = text.trim();
    let bad = |mend: &str| Error::bad(name, text, mend);
    Ok(match sample {
        Value::String(_) => Value::String(text.to_owned()),
        Value::Integer(_) => {
            Value::Integer(text.replace('_', "").parse().map_err(|_| bad("it must be a whole number"))?)
        }
        Value::Float(_) => Value::Float(text.parse().map_err(|_| bad("it must be a number"))?),
        Value::Boolean(_) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Value::Boolean(true),
            "false" | "0" | "no" | "off" => Value::Boolean(false),
            _ => return Err(bad("it must be true or false")),
        },
        Value::Array(old) if old.iter().all(Value::is_str) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
        }
        Value::Array(_) => {
            return Err(bad("this list has parts of its own: write it into config/local.toml"));
        }
        Value::Table(_) => {
            return Err(bad("this is a section: name one of its keys, or use config/local.toml"));
        }
        Value::Datetime(_) => return Err(bad("write it into config/local.toml")),
    })
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
