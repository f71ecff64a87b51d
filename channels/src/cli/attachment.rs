//! Files and addresses in a typed line that are attachments, as they would be on WhatsApp. Looks only whether a file is
//! there, through a parameter; reads and fetches nothing.

use std::path::{Path, PathBuf};

use domain::message::{Media, MediaKind, MediaSource, Part};
use url::Url;

/// More in one line stay words.
const ATTACHMENTS: usize = 10;

/// The world as far as a path needs it.
pub struct Surroundings<'a> {
    pub is_file: &'a dyn Fn(&Path) -> bool,
    /// What a relative path is relative to.
    pub folder: &'a Path,
    /// What `~` stands for.
    pub home: Option<&'a Path>,
}

/// A line's parts, and the paths in it that look like an attachment and are no file.
#[derive(Debug, PartialEq)]
pub struct Found {
    pub parts: Vec<Part>,
    pub missing: Vec<String>,
}

/// Splits `line` into attachments and the words beside them, which become the first attachment's caption.
#[must_use]
pub fn parts(line: &str, around: &Surroundings<'_>) -> Found {
    let mut media: Vec<Media> = Vec::new();
    let mut missing = Vec::new();
    let mut caption = String::new();
    for word in shell_words(line) {
        let room = media.len() < ATTACHMENTS;
        match recognise(&word.meaning, around) {
            Recognised::Media(found) if room => media.push(found),
            other => {
                if matches!(other, Recognised::Missing) {
                    missing.push(word.meaning);
                }
                caption.push_str(word.as_typed);
            }
        }
    }
    let caption = caption.trim().to_owned();
    let Some(first) = media.first_mut() else {
        return Found { parts: vec![Part::text(line.trim())], missing };
    };
    first.caption = (!caption.is_empty()).then_some(caption);
    Found { parts: media.into_iter().map(Part::Media).collect(), missing }
}

enum Recognised {
    Media(Media),
    /// Written like a path to an attachment, and there is no such file.
    Missing,
    Words,
}

fn recognise(word: &str, around: &Surroundings<'_>) -> Recognised {
    if word.starts_with("http://") || word.starts_with("https://") {
        return by_url(word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']));
    }
    let path = match word.strip_prefix("file://") {
        Some(_) => match Url::parse(word).ok().and_then(|url| url.to_file_path().ok()) {
            Some(path) => path,
            None => return Recognised::Words,
        },
        None => expand(word, around),
    };
    let Some((kind, mime)) = kind_of(&path) else { return Recognised::Words };
    if !(around.is_file)(&path) {
        let written_as_path =
            word.starts_with(['/', '~']) || word.starts_with("./") || word.starts_with("../");
        let named = written_as_path || word.starts_with("file://");
        return if named { Recognised::Missing } else { Recognised::Words };
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let source = MediaSource::File(path.to_string_lossy().into_owned());
    Recognised::Media(Media { name, ..Media::new(kind, mime, source) })
}

fn by_url(address: &str) -> Recognised {
    let Ok(url) = Url::parse(address) else { return Recognised::Words };
    let path = PathBuf::from(url.path());
    let Some((kind, mime)) = kind_of(&path).filter(|_| url.has_host()) else { return Recognised::Words };
    let name = url.path_segments().and_then(|mut parts| parts.next_back()).map(ToOwned::to_owned);
    let source = MediaSource::Url(url.to_string());
    Recognised::Media(Media { name, ..Media::new(kind, mime, source) })
}

fn expand(word: &str, around: &Surroundings<'_>) -> PathBuf {
    match (word.strip_prefix("~/"), around.home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => around.folder.join(word),
    }
}

/// The kind by the file's ending: what a phone would send as an image, audio, video or document.
fn kind_of(path: &Path) -> Option<(MediaKind, String)> {
    let mime = mime_guess::from_path(path).first()?;
    let kind = match (mime.type_().as_str(), mime.subtype().as_str()) {
        ("image", _) => MediaKind::Image,
        ("audio", _) => MediaKind::Audio,
        ("video", _) => MediaKind::Video,
        ("text", "plain" | "csv") => MediaKind::Document,
        ("application", "pdf" | "rtf" | "msword") => MediaKind::Document,
        ("application", sub) if sub.starts_with("vnd.oasis.opendocument") => MediaKind::Document,
        ("application", sub) if sub.starts_with("vnd.openxmlformats-officedocument") => MediaKind::Document,
        ("application", sub) if sub.starts_with("vnd.ms-excel") || sub.starts_with("vnd.ms-powerpoint") => {
            MediaKind::Document
        }
        _ => return None,
    };
    Some((kind, mime.essence_str().to_owned()))
}

struct Word<'a> {
    /// With the blanks before it.
    as_typed: &'a str,
    /// Without quotes and escapes.
    meaning: String,
}

/// Words as a shell splits them, so that a file dragged into the terminal is one word: quotes hold blanks together, a
/// backslash before a blank or a quote is dropped. An apostrophe inside a word is a letter.
fn shell_words(line: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = line;
    while !rest.trim_start().is_empty() {
        let blanks = rest.len() - rest.trim_start().len();
        let (length, meaning) = first_word(&rest[blanks..]);
        words.push(Word { as_typed: &rest[..blanks + length], meaning });
        rest = &rest[blanks + length..];
    }
    words
}

fn first_word(text: &str) -> (usize, String) {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some((quote, inner)) = quote.map(|q| (q, &text[1..])) {
        let closed =
            inner.find(quote).filter(|end| inner[end + 1..].chars().next().is_none_or(char::is_whitespace));
        if let Some(end) = closed {
            return (end + 2, inner[..end].to_owned());
        }
    }
    let mut meaning = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            _ if c.is_whitespace() && !escaped => return (at, meaning),
            _ if escaped && !matches!(c, ' ' | '\'' | '"' | '(' | ')' | '&' | '\\') => meaning.push('\\'),
            _ => {}
        }
        escaped = false;
        meaning.push(c);
    }
    (text.len(), meaning)
}

#[cfg(test)]
#[path = "attachment_tests.rs"]
mod tests;
