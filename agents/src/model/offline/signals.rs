//! Words that tell how the facts of a message relate to what is known: corrected, added, taken out, or only named as
//! wrong. Reads no fact itself.

use super::words::{Token, read};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    /// "no", "actually", "wrong", "es waren", "not ... but".
    pub corrects: bool,
    /// The same without "not ... but" and "instead": those stand in first reports too.
    pub objects: bool,
    /// "and also", "noch".
    pub adds: bool,
    /// "without the", "remove", "streich".
    pub removes: bool,
    pub wrong_customer: bool,
    pub about_place: bool,
    pub about_hours: bool,
    pub about_materials: bool,
    pub about_work: bool,
}

const WRONG: &str = "wrong falsch falsche falscher falschen falsches verwechselt incorrect vertan";
const CUSTOMER: &str = "kunde kunden kundin customer client name namen person";
const ADDRESS: &str = "adresse address strasse street hausnummer anschrift ort location";
const OPENS_CORRECTION: &str =
    "no nein nope nee ne doch oops ups sorry aeh korrektur correction moment wait halt actually";
const CORRECTS: &str = "actually korrektur correction vielmehr meant meinte oops ups versehen mistake \
    fehler vertan \
     verschrieben verlesen aendere aendern korrigiere korrigieren eigentlich wasn't weren't quatsch typo \
     verschaetzt verzaehlt verrechnet verhoert";
const CONTRASTS: &str = "not nicht sondern statt instead anstatt";
const CORRECTING_PHRASES: &str = "es waren|es war|it was|they were|should be|should have|make it|make \
    that|mach daraus|change \
     it|change the|i mean|muss heissen|soll heissen|there were|must be|waren es|war es|sollten|das \
     waren|das war|that was|those \
     were|richtig ist|richtig sind|correct is|it is|es ist|es sind|set the|setz die";
const ADDS: &str = "also auch noch zusaetzlich additionally dazu ausserdem forgot vergessen extra another \
    weitere weiterer fehlt \
     fehlen missing add ergaenze ergaenzen too hinzu nachtrag plus";
const REMOVES: &str = "remove streich streiche streichen delete loesche entferne entfernen weglassen raus \
    weg drop ohne without \
     kein keine keinen no minus abziehen";
const HOURS: &str = "zeit stunden hours time dauer arbeitszeit stundenzahl uhrzeit duration";
const MATERIALS: &str = "material materials materialien teile parts teil menge quantity stueckzahl";
const WORK: &str = "arbeit taetigkeit work task beschreibung description leistung";

/// The signals in `text`.
#[must_use]
pub fn of(text: &str) -> Signals {
    let tokens = read(text);
    let words: Vec<&Token<'_>> = tokens.iter().filter(|t| t.is_word()).collect();
    let any = |list: &str| words.iter().any(|t| one_of(list, t));
    let first = |list: &str| words.first().is_some_and(|t| one_of(list, t));
    let joined = format!(" {} ", words.iter().map(|t| t.folded.as_str()).collect::<Vec<_>>().join(" "));
    let phrase = CORRECTING_PHRASES.split('|').any(|p| joined.contains(&format!(" {p} ")));
    let wrong = any(WRONG);
    let objects = wrong || first(OPENS_CORRECTION) || any(CORRECTS) || phrase;
    Signals {
        corrects: objects || any(CONTRASTS),
        objects,
        adds: any(ADDS) || first("and und + as"),
        removes: any(REMOVES),
        wrong_customer: wrong && any(CUSTOMER),
        about_place: any(CUSTOMER) || any(ADDRESS),
        about_hours: any(HOURS),
        about_materials: any(MATERIALS),
        about_work: any(WORK),
    }
}

fn one_of(list: &str, token: &Token<'_>) -> bool {
    list.split_whitespace().any(|word| word == token.folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_relate_facts_to_what_is_known() {
        assert!(of("no, two hours").corrects);
        assert!(of("nein, doch 2 Stunden").corrects);
        assert!(of("es waren zwei Dichtungen").corrects);
        assert!(of("and also 1 siphon").adds);
        assert!(of("noch eine Dichtung").adds);
        assert!(of("wrong customer, it was Mayer").wrong_customer);
        assert!(of("the hours are wrong").about_hours);
        assert!(!of("Done at Meier, 1.5h, repaired the sink pipe").corrects);
    }
}
