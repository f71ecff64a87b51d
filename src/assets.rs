//! The data folders: built into the program, and replaced or added to by files of the user's own. Reads text; what it
//! means is known where it is handed to.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use agents::texts::{Source, Texts};
use domain::language::Language;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "prompts"]
#[include = "*.md"]
struct Prompts;

#[derive(RustEmbed)]
#[folder = "texts"]
#[include = "*.toml"]
struct TextFiles;

#[derive(RustEmbed)]
#[folder = "agents"]
#[include = "*.toml"]
#[exclude = "Cargo.toml"]
#[exclude = "*/*"]
struct Agents;

#[derive(RustEmbed)]
#[folder = "config/demo"]
#[include = "*.csv"]
struct Demo;

#[derive(RustEmbed)]
#[folder = "config/templates"]
#[include = "*.json"]
struct Templates;

#[derive(RustEmbed)]
#[folder = "console"]
#[include = "*.html"]
#[include = "*.css"]
#[include = "*.js"]
#[include = "*.svg"]
struct ConsoleFiles;

/// One folder of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    Prompts,
    Texts,
    Agents,
    /// People and customers for a first look; never replaced.
    Demo,
    /// Message templates as they are submitted to Meta.
    Templates,
}

/// Bytes of one file of the user's own, and files of one folder.
const FILE_BYTES: u64 = 1024 * 1024;
const FILES: usize = 200;

/// Why a file of the user's own cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{file} cannot be read: {why}")]
    Unreadable { file: String, why: String },
    #[error(transparent)]
    Texts(#[from] agents::texts::Error),
}

impl Folder {
    fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::Prompts => ("prompts", "md"),
            Self::Texts => ("texts", "toml"),
            Self::Agents => ("agents", "toml"),
            Self::Demo => ("demo", "csv"),
            Self::Templates => ("templates", "json"),
        }
    }

    /// The built-in files, by name without ending.
    #[must_use]
    pub fn built_in(self) -> BTreeMap<String, String> {
        match self {
            Self::Prompts => embedded::<Prompts>(),
            Self::Texts => embedded::<TextFiles>(),
            Self::Agents => embedded::<Agents>(),
            Self::Demo => embedded::<Demo>(),
            Self::Templates => embedded::<Templates>(),
        }
    }

    /// The files of this folder below `overrides`, by name without ending; none where there is no such folder.
    ///
    /// # Errors
    /// [`Error::Unreadable`] with the file.
    pub fn own(self, overrides: Option<&Path>) -> Result<BTreeMap<String, String>, Error> {
        let (name, ending) = self.parts();
        let Some(folder) = overrides.map(|folder| folder.join(name)).filter(|folder| folder.is_dir()) else {
            return Ok(BTreeMap::new());
        };
        let unreadable =
            |file: &Path, why: String| Error::Unreadable { file: file.display().to_string(), why };
        let entries = std::fs::read_dir(&folder).map_err(|e| unreadable(&folder, e.to_string()))?;
        let mut files = BTreeMap::new();
        for entry in entries {
            let path = entry.map_err(|e| unreadable(&folder, e.to_string()))?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).map(ToOwned::to_owned);
            let (Some(stem), true) = (stem, path.extension().is_some_and(|found| found == ending)) else {
                continue;
            };
            let length = std::fs::metadata(&path).map_err(|e| unreadable(&path, e.to_string()))?.len();
            if length > FILE_BYTES || files.len() >= FILES {
                return Err(unreadable(&path, format!("there may be {FILES} files of {FILE_BYTES} bytes")));
            }
            let text = std::fs::read_to_string(&path).map_err(|e| unreadable(&path, e.to_string()))?;
            files.insert(stem, text);
        }
        Ok(files)
    }

    /// The built-in files with the user's own in their place or beside them.
    ///
    /// # Errors
    /// As [`Folder::own`].
    pub fn all(self, overrides: Option<&Path>) -> Result<BTreeMap<String, String>, Error> {
        let mut files = self.built_in();
        files.extend(self.own(overrides)?);
        Ok(files)
    }
}

fn embedded<E: RustEmbed>() -> BTreeMap<String, String> {
    let file = |name: Cow<'static, str>| -> Option<(String, String)> {
        let EmbeddedFile { data, .. } = E::get(&name)?;
        let stem = Path::new(name.as_ref()).file_stem()?.to_str()?.to_owned();
        Some((stem, String::from_utf8_lossy(&data).into_owned()))
    };
    E::iter().filter_map(file).collect()
}

/// The console's files, by their path. Never replaced: what runs in the browsers of staff is the program's own.
#[must_use]
pub fn console() -> Vec<(String, axum::body::Bytes)> {
    let file = |name: Cow<'static, str>| {
        Some((name.to_string(), ConsoleFiles::get(&name)?.data.into_owned().into()))
    };
    ConsoleFiles::iter().filter_map(file).collect()
}

/// The sentences of the house, with the user's own in place of some.
///
/// # Errors
/// [`Error`]: a file that cannot be read or used, with the key.
pub fn texts(overrides: Option<&Path>) -> Result<Texts, Error> {
    let place = overrides.map(|folder| folder.join("texts").display().to_string()).unwrap_or_default();
    let built_in = named("texts", Folder::Texts.built_in())?;
    let own = named(&place, Folder::Texts.own(overrides)?)?;
    let sources = [&built_in, &own].map(|files| files.iter().map(Named::source).collect::<Vec<_>>());
    Ok(Texts::load(&sources[0], &sources[1])?)
}

/// A file of sentences with what complaints call it.
struct Named {
    name: String,
    language: Language,
    toml: String,
}

impl Named {
    fn source(&self) -> Source<'_> {
        Source { name: &self.name, language: self.language, toml: &self.toml }
    }
}

fn named(place: &str, files: BTreeMap<String, String>) -> Result<Vec<Named>, Error> {
    let name = |(stem, toml): (String, String)| {
        let name = format!("{place}/{stem}.toml");
        match Language::parse(&stem) {
            Some(language) => Ok(Named { name, language, toml }),
            None => {
                let why = "its name is no language: there are en and de".to_owned();
                Err(Error::Unreadable { file: name, why })
            }
        }
    };
    files.into_iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_folders_are_there() {
        assert_eq!(Folder::Texts.built_in().keys().collect::<Vec<_>>(), ["de", "en"]);
        assert!(!Folder::Agents.built_in().contains_key("Cargo"));
        assert!(Folder::Demo.built_in().contains_key("customers"));
        texts(None).unwrap();
    }

    #[test]
    fn files_of_the_users_own_replace_and_add() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        assert!(Folder::Prompts.own(Some(path)).unwrap().is_empty());
        std::fs::create_dir(path.join("prompts")).unwrap();
        std::fs::write(path.join("prompts/field.md"), "You are ours.").unwrap();
        std::fs::write(path.join("prompts/stock.md"), "You count.").unwrap();
        std::fs::write(path.join("prompts/notes.txt"), "no prompt").unwrap();
        let all = Folder::Prompts.all(Some(path)).unwrap();
        assert_eq!((all["field"].as_str(), all["stock"].as_str()), ("You are ours.", "You count."));
        assert!(!all.contains_key("notes"));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        std::fs::create_dir(path.join("texts")).unwrap();
        std::fs::write(path.join("texts/fr.toml"), "").unwrap();
        assert!(
            texts(Some(path))
                .err()
                .unwrap()
                .to_string()
                .contains("fr.toml cannot be read: its name is no language")
        );
        std::fs::remove_file(path.join("texts/fr.toml")).unwrap();
        std::fs::write(path.join("texts/de.toml"), "[question]\nsoon = \"Bald.\"").unwrap();
        let said = texts(Some(path)).err().unwrap().to_string();
        assert!(said.contains("question.soon") && said.contains(&path.display().to_string()), "{said}");
        std::fs::write(path.join("texts/de.toml"), b"\xff").unwrap();
        assert!(texts(Some(path)).err().unwrap().to_string().contains("de.toml cannot be read"));
    }
}
