//! A text that tells of several jobs, cut into one text a job. Cuts only where each part has a customer and says
//! something about the work there; otherwise the text stays whole.

use super::{
    hours,
    place::{self, Place},
    report::{self, Expect, Facts},
    words::{self, Token},
};

/// Jobs of one message; more are not looked for.
const MOST: usize = 8;
/// Places between two customers where the text may be cut.
const CANDIDATES: usize = 12;

/// One job's part of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub text: String,
    pub facts: Facts,
}

impl Part {
    fn read(text: &str, expect: Expect) -> Self {
        Self { text: text.to_owned(), facts: report::read(text, expect) }
    }
}

/// The jobs `text` tells of, in order; at least one, perhaps empty.
#[must_use]
pub fn read(text: &str, expect: Expect) -> Vec<Part> {
    let tokens = words::read(text);
    let mut taken = vec![false; tokens.len()];
    for duration in hours::find(&tokens) {
        taken[duration.span.from..duration.span.to].fill(true);
    }
    let places = place::find(text, &tokens, &taken);
    let whole = || Part::read(text, expect);
    if places.len() < 2 {
        return vec![whole()];
    }
    let mut jobs: Vec<Part> = Vec::new();
    let mut start = 0;
    let mut current = &places[0];
    for next in places.iter().skip(1).take(MOST - 1) {
        let Some(cut) = best_cut(text, &tokens, start, current, next) else { continue };
        jobs.push(Part::read(&text[start..cut], Expect::NOTHING));
        start = cut;
        current = next;
    }
    if jobs.is_empty() {
        return vec![whole()];
    }
    jobs.push(Part::read(&text[start..], Expect::NOTHING));
    jobs
}

/// The byte at which the next job begins, where both sides make sense.
fn best_cut(text: &str, tokens: &[Token<'_>], start: usize, current: &Place, next: &Place) -> Option<usize> {
    if current.may_be(next) {
        return None;
    }
    let lowest = current.span.to.min(next.span.from);
    let mut cuts: Vec<(usize, i32)> = Vec::new();
    for at in (lowest..=next.span.from).rev() {
        let token = &tokens[at];
        let before = at.checked_sub(1).map(|b| &tokens[b]);
        let connector = token.one_of(
            "then dann danach anschliessend afterwards ausserdem weiter after second zweite zweiter next \
            additionally",
        );
        let worth = match before {
            _ if connector => 3,
            Some(b) if b.text == "\n" => 4,
            Some(b) if b.ends() => 3,
            Some(b) if b.is(&["und", "and", "+", "sowie"]) => 2,
            Some(b) if b.parts() => 1,
            _ if at == next.span.from => 0,
            _ => continue,
        };
        cuts.push((token.start, worth));
        if cuts.len() == CANDIDATES {
            break;
        }
    }
    // A job's end lies at the next full stop; what follows the next customer is read only so far.
    let end = tokens[next.span.to.min(tokens.len())..]
        .iter()
        .take(60)
        .find(|t| t.text == "\n")
        .map_or(text.len(), |t| t.start);
    let scored = cuts.into_iter().filter_map(|(cut, worth)| {
        let (left, right) = (
            report::read(&text[start..cut], Expect::NOTHING),
            report::read(&text[cut..end], Expect::NOTHING),
        );
        let whole = |f: &Facts| f.has_place() && (f.hours.is_some() || f.has_sure_work());
        (whole(&left) && whole(&right)).then(|| (score(&left) + score(&right) + worth, cut))
    });
    scored.max_by_key(|(score, cut)| (*score, *cut)).map(|(_, cut)| cut)
}

/// Facts count most: a cut that tears the hours off their job is a bad one.
fn score(facts: &Facts) -> i32 {
    let work = if facts.has_sure_work() { 8 } else { 0 };
    let hours = if facts.hours.is_some() { 8 } else { 0 };
    work + hours + if facts.materials.is_some() { 6 } else { 0 } + if facts.address.is_some() { 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(text: &str) -> Vec<String> {
        let tell = |f: Facts| {
            let work = f.work.map(|w| w.text).unwrap_or_default();
            let hours = f.hours.map(|h| h.to_string()).unwrap_or_default();
            format!("{}|{}|{work}|{hours}", f.name.unwrap_or_default(), f.address.unwrap_or_default())
        };
        read(text, Expect::NOTHING).into_iter().map(|part| tell(part.facts)).collect()
    }

    #[test]
    fn two_jobs_are_told_apart() {
        let cases: &[(&str, &[&str])] = &[
            (
                "Meier, Schillerstr. 12: sink repaired, 1.5h, no material. Schmidt, Goethestr. 5: tap replaced, 2h, 1x tap",
                &["Meier|Schillerstr. 12|Sink repaired|1.5", "Schmidt|Goethestr. 5|Tap replaced|2"],
            ),
            (
                "fertig bei meier schillerstr 12 spüle repariert 1 std und dann bei schmidt goethestr 5 hahn getauscht 2 std",
                &["meier|schillerstr 12|Spüle repariert|1", "schmidt|goethestr 5|Hahn getauscht|2"],
            ),
            (
                "Repaired the sink at Meier, 1.5h. Replaced a tap at Schmidt, 2h",
                &["Meier||Repaired the sink|1.5", "Schmidt||Replaced a tap|2"],
            ),
            (
                "1h at Meier fixing the sink, 2h at Schmidt fixing the tap",
                &["Meier||Fixing the sink|1", "Schmidt||Fixing the tap|2"],
            ),
            (
                "Meier 1h Spüle repariert\nSchmidt 2h Hahn getauscht",
                &["Meier||Spüle repariert|1", "Schmidt||Hahn getauscht|2"],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(jobs(text), *expected, "{text}");
        }
    }

    #[test]
    fn one_job_stays_one() {
        for text in [
            "Bei Meier die Spüle repariert, 2h. Herr Meier war zufrieden",
            "Hausverwaltung Schulz, Gartenweg 3, Frau Klein hat aufgemacht, Hahn getauscht 1h",
            "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B",
        ] {
            assert_eq!(jobs(text).len(), 1, "{text}: {:?}", jobs(text));
        }
    }
}
