//! The languages people write in here, and a guess from a few words. Guesses only when the words tell.

use std::{collections::HashSet, sync::LazyLock};

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
const GERMAN: &str = "und der die das ist nicht ein eine einen einem einer bei beim mit für fuer auf ich habe hab haben hat wir \
    du er sie es ihr mir mich dir war waren wurde bin sind fertig erledigt stunde stunden std minuten ja nein doch bitte danke \
    kunde kunden rechnung auftrag aufträge auftraege repariert getauscht ausgetauscht gewechselt erneuert montiert eingebaut \
    gereinigt entlüftet verstopft undicht dichtung dichtungen rohr hahn wasserhahn abfluss heizung heizkörper spüle spuele \
    waschbecken frau herr herrn familie wie was wo wer wann warum noch auch schon nur aber oder wenn weil dann danach korrektur \
    falsch richtig stimmt passt anderthalb eineinhalb halbe halben eins zwei zwo drei vier fünf fuenf sechs sieben acht neun zehn \
    uhr heute gestern von bis zum zur im den dem des kein keine keins keinen nichts ohne stück stueck stand moin servus hallo guten \
    morgen tag abend bestätigen bestaetigen korrigieren ablehnen anlegen \
    gewähren gewaehren freigeben freigabe genehmigen genehmigt jetzt weiter storno storniere stornieren stornier lehne ab abrechnen zurückziehen \
    zurück zurueck offen offene welche welcher welches bist kannst hilfe mach mache macht gemacht gebraucht verbaut straße strasse \
    zieh vergiss abbrechen behalten derselbe anderer keiner davon statt sondern sind gut alles klar genau wieder hier";
const ENGLISH: &str = "the and is not an at with for on i have has had we was were did done does do finished hour hours hrs yes \
    please thanks thank customer invoice jobs repaired replaced fixed installed changed fitted cleaned swapped gasket gaskets pipe \
    tap faucet drain heating sink toilet leak leaking blocked mrs mr ms how what where when who why which still wrong right correct \
    half two three four five six seven eight nine ten minutes today yesterday of to from by it its it's my me you your he she they \
    them there here piece hello hi hey good morning confirm reject create now that this those tell can could would will should \
    about also another other one but or if then after used using needed took take no none nothing material's hours' i'm i've we've \
    don't didn't wasn't isn't that's withdraw cancel keep continue stop forget open sure fine okay go is are am been job's parts \
    street just only first second same help reject resume";
/// Used by both languages, or too short to tell anything.
const SHARED: &str = "a in was material status job no an am im so hat die also man gut bin des war will wo elf stand is tag \
    ok stop open hier";

/// The lists, to be looked up by word.
struct Lists {
    german: HashSet<&'static str>,
    english: HashSet<&'static str>,
    shared: HashSet<&'static str>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let set = |list: &'static str| list.split_whitespace().collect();
    Lists { german: set(GERMAN), english: set(ENGLISH), shared: set(SHARED) }
});

/// What a word outside the lists tells by its letters alone. Streets and names are German in any language.
fn looks_german(word: &str) -> bool {
    let tail = ["ung", "ungen", "iert", "lich", "keit", "heit", "stunden", "ventil", "ventile"];
    let name = word.starts_with(char::is_uppercase) || word.ends_with("straße") || word.ends_with("strasse");
    let by_tail = word.chars().count() > 5 && tail.iter().any(|t| word.ends_with(t));
    by_tail || !name && word.contains(['ä', 'ö', 'ü', 'ß'])
}

/// The language of `text`, or `None` where its words tell nothing ("1", "Meier", "ok"). Reads the first 200 words.
#[must_use]
pub fn detect(text: &str) -> Option<Language> {
    const READ: usize = 200;
    let text: String = text.chars().take(READ * 20).collect::<String>().replace('’', "'");
    let words = text.split(|c: char| !c.is_alphabetic() && c != '\'').filter(|w| !w.is_empty()).take(READ);
    let (mut german, mut english) = (0usize, 0usize);
    for word in words {
        let lower = word.to_lowercase();
        let lower = lower.as_str();
        if !LISTS.shared.contains(lower) {
            german += 2 * usize::from(LISTS.german.contains(lower)) + usize::from(looks_german(word));
            english += 2 * usize::from(LISTS.english.contains(lower));
        }
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
            ("tell me a joke", Some(Language::En)),
            ("storno", Some(Language::De)),
            ("was ist mit Meier", Some(Language::De)),
            ("it's Meier", Some(Language::En)),
            ("Verstopfung beseitigt", Some(Language::De)),
            ("who are you?", Some(Language::En)),
            ("Sink at Müller, Königstraße 5, fixed", Some(Language::En)),
            ("müller, abflüsse", Some(Language::De)),
            ("status?", None),
            ("1", None),
            ("Meier 12", None),
            ("ok", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(detect(text), expected, "{text}");
        }
    }
}
