//! What was done: the words that remain when time, place and materials are taken out. Words with a verb of work in
//! them count first; a noun of the trade alone counts where nothing better was said.

use super::{
    lexicon::{self, Class},
    words::{Token, source},
};

/// Characters of the work that are kept.
const LONGEST: usize = 400;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    pub text: String,
    /// A verb or noun of work is in it, or a label announced it.
    pub sure: bool,
}

struct Piece {
    from: usize,
    to: usize,
    text: String,
    verb: bool,
    listed_verb: bool,
    noun: bool,
    labelled: bool,
}

/// The work among the tokens that are not `taken`. `asked`: the whole text answers "what did you do?".
#[must_use]
pub fn find(text: &str, tokens: &[Token<'_>], taken: &[bool], asked: bool) -> Option<Work> {
    let pieces = halves_joined(tokens, pieces(text, tokens, taken));
    let labelled: Vec<&Piece> = pieces.iter().filter(|p| p.labelled).collect();
    if !labelled.is_empty() {
        return Some(joined(&labelled, true));
    }
    let with_verb: Vec<&Piece> = pieces.iter().filter(|p| p.verb).collect();
    let whole = with_verb.iter().any(|p| p.noun);
    let says_much = |p: &&Piece| p.noun || p.listed_verb && (!whole || p.text.contains(' '));
    let by_trade: Vec<&Piece> = with_verb.iter().copied().filter(says_much).collect();
    if !by_trade.is_empty() {
        return Some(joined(&by_trade, true));
    }
    if !with_verb.is_empty() {
        return Some(joined(&with_verb, true));
    }
    let nouns: Vec<&Piece> = pieces.iter().filter(|p| p.noun).collect();
    if !nouns.is_empty() {
        return Some(joined(&nouns, asked));
    }
    (asked && !pieces.is_empty()).then(|| joined(&pieces.iter().collect::<Vec<_>>(), true))
}

fn joined(pieces: &[&Piece], sure: bool) -> Work {
    let text = pieces.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(", ");
    let mut chars = text.chars();
    let capital: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    Work { text: capital.chars().chain(chars).take(LONGEST).collect(), sure }
}

fn pieces(text: &str, tokens: &[Token<'_>], taken: &[bool]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in 0..=tokens.len() {
        let ends = at == tokens.len() || taken[at] || tokens[at].parts() || begins_clause(&tokens[at]);
        if !ends {
            continue;
        }
        pieces.extend(piece(text, tokens, taken, start, at));
        start = at + 1;
    }
    pieces
}

/// "... ich hab", "... then": spoken sentences have no full stops.
fn begins_clause(token: &Token<'_>) -> bool {
    token.one_of("ich wir i we i've we've dann then danach afterwards anschliessend weil because so")
}

/// "The tap at Anna's is fixed": a thing and its verb, parted only by name or time, are one piece.
fn halves_joined(tokens: &[Token<'_>], pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        let halves = joined.last().is_some_and(|last| {
            let one_sentence = !tokens[last.to..piece.from].iter().any(Token::ends);
            let other_half = last.verb && !last.noun && piece.noun && !piece.verb && !last.named()
                || piece.verb && !piece.noun && !piece.named() && last.noun && !last.verb;
            one_sentence && other_half && !last.labelled && !piece.labelled
        });
        match joined.last_mut().filter(|_| halves) {
            Some(last) => {
                last.text = format!("{} {}", last.text, piece.text);
                last.to = piece.to;
                last.verb = true;
                last.noun = true;
                last.listed_verb |= piece.listed_verb;
            }
            None => joined.push(piece),
        }
    }
    joined
}

impl Piece {
    /// Says by itself what was worked on, in words nobody taught us.
    fn named(&self) -> bool {
        self.text.split(' ').count() > 3
    }
}

fn piece(text: &str, tokens: &[Token<'_>], taken: &[bool], mut from: usize, mut to: usize) -> Option<Piece> {
    let labels = "arbeit arbeiten taetigkeit taetigkeiten leistung work task erledigt gemacht done job was";
    let labelled = from >= 2
        && tokens[from - 1].kind == super::words::Kind::Colon
        && tokens[from - 2].one_of(labels)
        && !taken[from - 2];
    let passive = tokens[from..to].iter().any(|t| t.class.is_work());
    while from < to && leads(&tokens[from], tokens.get(from + 1)) && !(passive && keeps(&tokens[from..to])) {
        from += 1;
    }
    let object = |at: usize| tokens[at].is(&["it", "them"]) && at > from && tokens[at - 1].class.is_work();
    while to > from && trails(&tokens[to - 1]) && !object(to - 1) {
        to -= 1;
    }
    let words = &tokens[from..to];
    let content = words.iter().any(|t| {
        t.is_word()
            && t.folded.len() > 1
            && (t.class.is_empty() || t.class.is_work() || t.has(Class::PART.and(Class::ABSTRACT)))
    });
    if !content {
        return None;
    }
    let only_noise = words.iter().filter(|t| t.is_word()).all(|t| t.has(Class::FILLER.and(Class::ORDINARY)));
    if only_noise && !labelled {
        return None;
    }
    Some(Piece {
        from,
        to,
        text: source(text, tokens, from, to),
        verb: words.iter().any(|t| t.class.is_work()),
        listed_verb: words.iter().any(|t| t.class.is_work() && lexicon::listed(&t.folded)),
        noun: words.iter().any(|t| t.has(Class::PART.and(Class::ROOM)) || t.has(Class::ABSTRACT)),
        labelled,
    })
}

/// "is fixed": the verb keeps its auxiliary.
fn keeps(tokens: &[Token<'_>]) -> bool {
    tokens[0].is(&["is", "was", "are", "were", "ist", "wurde"])
        && tokens.get(1).is_some_and(|t| t.class.is_work())
}

/// Says nothing at the beginning of a piece of work.
fn leads(token: &Token<'_>, next: Option<&Token<'_>>) -> bool {
    let place = next.is_some_and(|n| n.has(Class::ROOM.and(Class::PART).and(Class::ARTICLE)));
    let empty = Class::FILLER
        .and(Class::JOIN)
        .and(Class::ARTICLE)
        .and(Class::USE)
        .and(Class::NEGATION)
        .and(Class::TITLE);
    if token.class.is_work() {
        return false;
    }
    let counts = token.number().is_some() && next.is_some_and(|n| n.has(Class::PART));
    !token.is_word() && !counts
        || token.has(empty)
        || token.has(Class::PREPOSITION) && !place
        || is_talk(token)
}

fn trails(token: &Token<'_>) -> bool {
    let empty = Class::FILLER
        .and(Class::JOIN)
        .and(Class::ARTICLE)
        .and(Class::USE)
        .and(Class::PREPOSITION)
        .and(Class::TITLE)
        .and(Class::NEGATION);
    if token.is(&["neu", "ok"]) || token.class.is_work() {
        return false;
    }
    !token.is_word() && token.number().is_none() && token.text != "\"" || token.has(empty) || is_talk(token)
}

fn is_talk(token: &Token<'_>) -> bool {
    token.one_of(
        "leider yes ja nein ausserdem additionally first second zweite erste falsch wrong korrektur \
            correction sondern statt pls weil dass rest dritte third nope wartet hilfe",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::offline::words::read;

    fn work(text: &str) -> Option<(String, bool)> {
        let tokens = read(text);
        find(text, &tokens, &vec![false; tokens.len()], false).map(|w| (w.text, w.sure))
    }

    #[test]
    fn work_is_what_remains() {
        let cases = [
            ("I have repaired the sink pipe.", Some(("Repaired the sink pipe", true))),
            ("hab die Spüle repariert", Some(("Spüle repariert", true))),
            ("alles gut, Wasserhahn getauscht, schönen Feierabend", Some(("Wasserhahn getauscht", true))),
            ("Heizungswartung gemacht", Some(("Heizungswartung gemacht", true))),
            ("Verstopfung im Bad beseitigt", Some(("Verstopfung im Bad beseitigt", true))),
            ("Arbeit: Spüle", Some(("Spüle", true))),
            ("sink pipe", Some(("Sink pipe", false))),
            ("ok super danke", None),
            ("cleaned the trap and tested it", Some(("Cleaned the trap and tested it", true))),
            ("im Bad Hahn getauscht", Some(("Im Bad Hahn getauscht", true))),
        ];
        for (text, expected) in cases {
            assert_eq!(work(text), expected.map(|(w, s)| (w.to_owned(), s)), "{text}");
        }
    }
}
