//! The languages people write in here, and a guess from a few words. Guesses only when the words tell.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    En,
    De,
}

impl Language {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "en" => Some(Self::En),
            "de" => Some(Self::De),
            _ => None,
        }
    }
}

/// Words that occur in everyday messages of one language and not of the other, in lower case.
const GERMAN: &[&str] = &[
    "und",
    "der",
    "die",
    "das",
    "ist",
    "nicht",
    "ein",
    "eine",
    "einen",
    "bei",
    "beim",
    "mit",
    "für",
    "fuer",
    "auf",
    "ich",
    "habe",
    "hab",
    "wir",
    "war",
    "fertig",
    "erledigt",
    "stunde",
    "stunden",
    "std",
    "ja",
    "nein",
    "bitte",
    "danke",
    "kunde",
    "rechnung",
    "auftrag",
    "repariert",
    "getauscht",
    "ausgetauscht",
    "gewechselt",
    "erneuert",
    "montiert",
    "eingebaut",
    "dichtung",
    "rohr",
    "hahn",
    "wasserhahn",
    "abfluss",
    "heizung",
    "spüle",
    "waschbecken",
    "frau",
    "herr",
    "herrn",
    "wie",
    "was",
    "wo",
    "wann",
    "noch",
    "doch",
    "korrektur",
    "falsch",
    "richtig",
    "stimmt",
    "passt",
    "anderthalb",
    "eineinhalb",
    "halbe",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "minuten",
    "uhr",
    "heute",
    "gestern",
    "von",
    "zum",
    "zur",
    "im",
    "den",
    "dem",
    "des",
    "kein",
    "keine",
    "material",
    "stück",
    "status",
    "stand",
    "moin",
    "servus",
    "hallo",
    "morgen",
    "bestätigen",
    "korrigieren",
    "ablehnen",
    "anlegen",
    "jetzt",
];
const ENGLISH: &[&str] = &[
    "the",
    "and",
    "is",
    "not",
    "a",
    "an",
    "at",
    "with",
    "for",
    "on",
    "i",
    "have",
    "we",
    "was",
    "done",
    "finished",
    "hour",
    "hours",
    "hrs",
    "yes",
    "no",
    "please",
    "thanks",
    "thank",
    "customer",
    "invoice",
    "job",
    "repaired",
    "replaced",
    "fixed",
    "installed",
    "changed",
    "fitted",
    "gasket",
    "pipe",
    "tap",
    "faucet",
    "drain",
    "heating",
    "sink",
    "mrs",
    "mr",
    "ms",
    "how",
    "what",
    "where",
    "when",
    "still",
    "wrong",
    "right",
    "correct",
    "half",
    "two",
    "three",
    "four",
    "five",
    "minutes",
    "today",
    "yesterday",
    "of",
    "to",
    "from",
    "in",
    "no",
    "material",
    "piece",
    "hello",
    "hi",
    "hey",
    "morning",
    "confirm",
    "reject",
    "create",
    "now",
    "it",
    "my",
    "that",
    "this",
];
/// In both lists because both languages use them; they tell nothing.
const SHARED: &[&str] = &["a", "in", "was", "material", "status", "job", "no", "an", "im", "so"];

/// The language of `text`, or `None` where its words tell nothing ("1", "Meier", "ok").
#[must_use]
pub fn detect(text: &str) -> Option<Language> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty() && !SHARED.contains(w));
    let (mut german, mut english) = (0usize, 0usize);
    for word in words {
        german += usize::from(GERMAN.contains(&word)) + usize::from(word.contains(['ä', 'ö', 'ü', 'ß']));
        english += usize::from(ENGLISH.contains(&word));
    }
    match german.cmp(&english) {
        std::cmp::Ordering::Greater => Some(Language::De),
        std::cmp::Ordering::Less => Some(Language::En),
        std::cmp::Ordering::Equal => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_german_from_english_and_keeps_quiet_otherwise() {
        let cases = [
            ("Fertig bei Meier, Schillerstr. 12, anderthalb Stunden", Some(Language::De)),
            ("Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe", Some(Language::En)),
            ("nein, zwei Stunden", Some(Language::De)),
            ("no, two hours", Some(Language::En)),
            ("Was done in 2 hours", Some(Language::En)),
            ("1", None),
            ("Meier 12", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(detect(text), expected, "{text}");
        }
    }
}
