//! How alike two words are, as people hear and mistype them: folded spelling, Cologne phonetics, edit distance.
//! Knows nothing of customers or materials, and decides nothing.

use rphonetic::{Cologne, Encoder as _};

/// Words of one text that are looked at, and letters of one word: what is longer is no name, street or material.
const WORDS: usize = 24;
const LETTERS: usize = 48;

const VOWELS: [char; 6] = ['a', 'e', 'i', 'o', 'u', 'y'];

/// Lower case without diacritics: `ä` is `ae`, `ß` is `ss`, `é` is `e`, also where they came decomposed.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' | 'æ' => folded.push_str("ae"),
            'ö' | 'ø' | 'œ' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            // A combining diaeresis follows its vowel (text from some phones and file systems).
            '\u{308}' if folded.ends_with(['a', 'o', 'u']) => folded.push('e'),
            '\u{300}'..='\u{36f}' => {}
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' | 'ă' => folded.push('a'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'ď' | 'đ' => folded.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => folded.push('e'),
            'ğ' => folded.push('g'),
            'ì' | 'í' | 'î' | 'ï' | 'ı' => folded.push('i'),
            'ł' => folded.push('l'),
            'ñ' | 'ń' | 'ň' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ő' => folded.push('o'),
            'ř' => folded.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => folded.push('s'),
            'ť' | 'ţ' | 'ț' => folded.push('t'),
            'ù' | 'ú' | 'û' | 'ů' | 'ű' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            other => folded.push(other),
        }
    }
    folded
}

/// The folded words of `text`: runs of letters and digits.
pub(crate) fn words(text: &str) -> Vec<String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(WORDS)
        .map(|word| word.chars().take(LETTERS).collect())
        .collect()
}

/// How two spellings of perhaps the same word agree, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// A typing slip or two apart, fewer in short words.
    Slip,
    /// Spelled as one may hear it: Meier, Mayer, Maier; Schmidt, Schmitt.
    Sound,
    Same,
}

/// A folded word with what comparing it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub text: String,
    /// Umlauts as the bare vowel, so that `Muller` is heard as `Müller`.
    bare: String,
    sound: String,
    vowel: String,
}

impl Word {
    pub(crate) fn new(folded: String) -> Self {
        let bare = folded.replace("ae", "a").replace("oe", "o").replace("ue", "u");
        Self { sound: Cologne.encode(&folded), vowel: first_vowel(&folded), bare, text: folded }
    }

    /// How alike this and `other` are, if they are at all. Digits are never mistaken for others.
    pub(crate) fn alike(&self, other: &Self) -> Option<Likeness> {
        if self.text == other.text {
            return Some(Likeness::Same);
        }
        if digits(&self.text).ne(digits(&other.text)) {
            return None;
        }
        if self.bare == other.bare || self.sounds_like(other) {
            return Some(Likeness::Sound);
        }
        within_slips(&self.text, &other.text).then_some(Likeness::Slip)
    }

    /// Cologne phonetics drop all vowels but a first one and take M for N, so the first vowel's sound, an initial
    /// nasal and a closing vowel must agree too, and the spellings may not be far apart: Meier is Mayr, but neither Moor
    /// nor Neier; Ott is not Otto.
    fn sounds_like(&self, other: &Self) -> bool {
        !self.sound.is_empty()
            && self.sound == other.sound
            && self.vowel == other.vowel
            && nasal(&self.text) == nasal(&other.text)
            && self.text.ends_with(VOWELS) == other.text.ends_with(VOWELS)
            && strsim::jaro_winkler(&self.text, &other.text) >= 0.6
    }
}

fn nasal(word: &str) -> Option<char> {
    word.chars().next().filter(|first| matches!(first, 'm' | 'n'))
}

pub(crate) fn digits(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(char::is_ascii_digit)
}

/// The sound of a folded word's first vowels, in German ears.
fn first_vowel(word: &str) -> String {
    let vowel = |c: &char| VOWELS.contains(c);
    let run: String = word.chars().skip_while(|c| !vowel(c)).take_while(vowel).take(3).collect();
    let sound = match run.get(..2).unwrap_or(&run) {
        "ei" | "ai" | "ey" | "ay" => "ai",
        "eu" | "oi" | "oy" => "oi",
        "ae" if run.ends_with("eu") => "oi",
        "ae" | "ee" | "e" => "e",
        "ie" | "ii" | "i" | "y" => "i",
        "aa" | "a" => "a",
        "oo" | "o" => "o",
        "uu" | "ou" | "u" => "u",
        other => other,
    };
    sound.to_owned()
}

/// Whether two folded words are as few typing slips apart as their length allows: none up to three letters, one up to
/// seven, then two. Swapped neighbours are one slip.
pub(crate) fn within_slips(one: &str, other: &str) -> bool {
    slips(one, other).is_some()
}

/// How many slips apart they are, where that is few enough.
pub(crate) fn slips(one: &str, other: &str) -> Option<usize> {
    let (a, b) = (one.chars().count(), other.chars().count());
    let allowed = match a.min(b) {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    if a.abs_diff(b) > allowed {
        return None;
    }
    let distance = strsim::osa_distance(one, other);
    (distance <= allowed).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(one: &str, other: &str) -> Option<Likeness> {
        Word::new(fold(one)).alike(&Word::new(fold(other)))
    }

    #[test]
    fn hears_german_names_and_forgives_slips() {
        let sound = [
            ("Meier", "Mayer"),
            ("Meyer", "Maier"),
            ("Meier", "Mayr"),
            ("Schmidt", "Schmitt"),
            ("Schmid", "Schmitt"),
            ("Schmidt", "Schmied"),
            ("Müller", "Muller"),
            ("Hoffmann", "Hofmann"),
            ("Becker", "Bäcker"),
            ("Stefan", "Stephan"),
            ("Klaus", "Claus"),
            ("Walter", "Walther"),
        ];
        for (one, other) in sound {
            assert_eq!(alike(one, other), Some(Likeness::Sound), "{one} {other}");
            assert_eq!(alike(other, one), Some(Likeness::Sound), "{other} {one}");
        }
        for (one, other) in [("Müller", "Mueller"), ("MÜLLER", "Mu\u{308}ller"), ("Strauß", "Strauss")] {
            assert_eq!(alike(one, other), Some(Likeness::Same), "{one} {other}");
        }
        for (one, other) in
            [("Weber", "Webre"), ("Weber", "Wbeer"), ("Schneider", "Schnedier"), ("Wagner", "Wagne")]
        {
            assert!(alike(one, other).is_some(), "{one} {other}");
        }
        let different = [
            ("Meier", "Mohr"),
            ("Meier", "Moor"),
            ("Meier", "Müller"),
            ("Ott", "Otto"),
            ("Bau", "Bär"),
            ("Schmidt", "Schulz"),
            ("10b", "11b"),
            ("", "a"),
            ("Weber", "Wagner"),
        ];
        for (one, other) in different {
            assert_eq!(alike(one, other), None, "{one} {other}");
        }
    }
}
