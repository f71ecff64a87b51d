//! What a text takes back: "not 2 hours but 3", "3 statt 2 Stunden", "Mayer, nicht Meier". The part that is taken
//! back is silenced, so that whoever reads on hears only what holds.

use super::{
    hours,
    lexicon::{self, Class},
    number,
    words::{Kind, Span, Token},
};

/// How far "but" may stand from its "not".
const REACH: usize = 14;
/// Words that are taken back at most.
const TAKEN_BACK: usize = 5;

/// What was taken back tells what a bare number beside it means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenBack {
    pub hours: bool,
    pub part: Option<usize>,
    pub any: bool,
}

/// Silences what is taken back in place.
pub fn silence(tokens: &mut [Token<'_>]) -> TakenBack {
    let mut told = TakenBack::default();
    let mut i = 0;
    while i < tokens.len() {
        let Some(span) = taken_back(tokens, i) else {
            i += 1;
            continue;
        };
        for token in &mut tokens[span.from..span.to] {
            told.any = true;
            told.hours |= token.has(Class::HOUR.and(Class::MINUTE))
                || token.is(&["viertelstunde", "dreiviertelstunde"]);
            told.part = told.part.or_else(|| lexicon::concept(&token.folded));
            token.kind = Kind::Comma;
            token.class = Class::NONE;
            token.folded = String::new();
        }
        i = span.to.max(i + 1);
    }
    told
}

fn taken_back(tokens: &[Token<'_>], i: usize) -> Option<Span> {
    let token = &tokens[i];
    let denies = token.one_of("not nicht wasn't weren't isn't kein keine keinen");
    if denies {
        let contrast = (i + 1..tokens.len().min(i + REACH))
            .take_while(|at| !tokens[*at].ends())
            .find(|at| tokens[*at].is(&["but", "sondern"]));
        if let Some(at) = contrast {
            return Some(Span::new(i, at + 1));
        }
    }
    // "nicht getauscht, nur repariert"
    let verb_at = i + 1;
    let other_verb =
        tokens[verb_at..].iter().take(REACH).take_while(|t| !t.ends()).filter(|t| t.class.is_work()).count()
            > 1;
    if token.is(&["not", "nicht"]) && other_verb && tokens[verb_at].class.is_work() {
        return Some(Span::new(i, verb_at + 1));
    }
    let instead = token.is(&["statt", "anstatt", "stattdessen"]);
    let instead_of =
        token.is(&["instead", "rather"]) && tokens.get(i + 1).is_some_and(|t| t.is(&["of", "than"]));
    let plain_denial = token.is(&["not", "nicht", "wasn't"]);
    if !(instead || instead_of || plain_denial) {
        return None;
    }
    let from = i + 1 + usize::from(instead_of);
    let to = thing(tokens, from, plain_denial)?;
    Some(Span::new(i, to))
}

/// The end of the one thing that begins at `from`: a duration, an item, a number, a name.
fn thing(tokens: &[Token<'_>], from: usize, plain: bool) -> Option<usize> {
    let first = tokens.get(from)?;
    if let Some(duration) =
        hours::find(&tokens[from..tokens.len().min(from + REACH)]).first().filter(|d| d.span.from == 0)
    {
        return Some(from + duration.span.to);
    }
    let mut at = match number::at(tokens, from) {
        Some(num) if !num.article || tokens.get(num.next).is_some_and(|t| t.has(Class::PART)) => num.next,
        Some(_) if plain => return None,
        _ => from,
    };
    let numbered = at > from;
    let named = first.unknown()
        || first.class.is_name()
        || first.has(Class::TITLE.and(Class::PART).and(Class::ARTICLE).and(Class::PREPOSITION));
    if !numbered
        && (!named
            || plain && first.has(Class::ARTICLE.and(Class::PREPOSITION)) && !tokens.get(from + 1)?.is_word())
    {
        return None;
    }
    let stops = |t: &Token<'_>| t.parts() || t.has(Class::JOIN) || t.number().is_some() && numbered;
    let verb_ahead =
        tokens[at..].iter().take(TAKEN_BACK).take_while(|t| !stops(t)).any(|t| t.class.is_work());
    if plain && verb_ahead {
        return None;
    }
    let limit = tokens.len().min(at + TAKEN_BACK);
    while at < limit && !stops(&tokens[at]) && !(numbered && tokens[at].has(Class::FILLER)) {
        at += 1;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::offline::words::read;

    fn rest(text: &str) -> String {
        let mut tokens = read(text);
        silence(&mut tokens);
        tokens
            .into_iter()
            .filter(|t| !t.folded.is_empty())
            .map(|t| t.text.to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn what_is_taken_back_is_silent() {
        let cases = [
            ("not 2 hours but 3", "3"),
            ("nicht 2 sondern 3 Stunden", "3 Stunden"),
            ("3 statt 2 Stunden", "3"),
            ("statt 2 Stunden 3 Stunden", "3 Stunden"),
            ("3 hours instead of 2", "3 hours"),
            ("Mayer, nicht Meier", "Mayer ,"),
            ("not Meier but Mayer", "Mayer"),
            ("3 hours, not 2 hours", "3 hours ,"),
            ("es waren nicht zwei dichtungen sondern drei", "es waren drei"),
            ("no, two hours", "no , two hours"),
            ("no two hours", "no two hours"),
            ("not finished yet", "not finished yet"),
            ("konnte nicht repariert werden", "konnte nicht repariert werden"),
            ("nicht die Spüle repariert", "nicht die Spüle repariert"),
        ];
        for (text, expected) in cases {
            assert_eq!(rest(text), expected, "{text}");
        }
    }
}
