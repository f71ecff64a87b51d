//! What a person wants with a message that is no report: confirm, refuse, take back, ask, greet. Decides by the whole
//! message: a "yes" with facts in it is no bare yes.

use super::{
    wishes as w,
    words::{Kind, fold, read},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    Confirm,
    /// "no", "wrong", and nothing more.
    Refuse,
    /// Stop it, take it back.
    Withdraw,
    Status,
    List,
    Resume,
    Greeting,
    Thanks,
    Help,
    /// "Who are you?"
    Identity,
    /// A request or a question that is none of these.
    Question,
    Other,
}

/// A message reduced to its folded words.
struct Said {
    words: Vec<String>,
    /// The words with one space between and around them.
    joined: String,
    asks: bool,
}

impl Said {
    fn new(text: &str) -> Self {
        let tokens = read(text);
        let asks = tokens.iter().any(|t| t.kind == Kind::Question);
        let words: Vec<String> = tokens.into_iter().filter(|t| t.is_word()).map(|t| t.folded).collect();
        let joined = format!(" {} ", words.join(" "));
        Self { words, joined, asks }
    }

    fn says(&self, phrases: &str) -> bool {
        phrases.split('|').any(|phrase| self.joined.contains(&format!(" {phrase} ")))
    }

    fn first(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// Short, of words of `core` and `around` alone, with one of `core` at least.
    fn is_all(&self, core: &str, around: &str) -> bool {
        self.words.len() <= 10
            && self.words.iter().any(|word| one_of(core, word))
            && self.words.iter().all(|word| one_of(core, word) || one_of(around, word))
    }
}

fn one_of(list: &str, word: &str) -> bool {
    list.split('|').any(|known| known == word)
}

/// What `text` wants, taken as a whole.
#[must_use]
pub fn of(text: &str) -> Intent {
    let said = Said::new(text);
    if said.words.is_empty() {
        return of_signs(text);
    }
    if said.says(w::IDENTITY) {
        return Intent::Identity;
    }
    if said.is_all("go|weiter|continue", "on|bitte|please|mach") {
        return Intent::Resume;
    }
    if said.is_all(w::CONFIRMS, w::AROUND_CONFIRM) {
        return Intent::Confirm;
    }
    if said.is_all(w::REFUSES, w::AROUND_REFUSE) && !said.is_all("stop|stopp", "please|bitte") {
        return Intent::Refuse;
    }
    if withdraws(&said) {
        return Intent::Withdraw;
    }
    talk(&said).unwrap_or_else(|| if asks_else(&said) { Intent::Question } else { Intent::Other })
}

/// No words at all: thumbs and ticks.
fn of_signs(text: &str) -> Intent {
    if text.contains(['👍', '✅', '👌', '🆗', '✔', '☑', '💯']) {
        Intent::Confirm
    } else if text.contains(['👎', '❌', '🚫', '✖']) {
        Intent::Refuse
    } else {
        Intent::Other
    }
}

fn talk(said: &Said) -> Option<Intent> {
    if said.says(w::LIST) && said.words.len() <= 14 {
        return Some(Intent::List);
    }
    if said.says(w::STATUS) && (said.asks || said.words.len() <= 6) {
        return Some(Intent::Status);
    }
    if said.says(w::HELP) && said.words.len() <= 10 {
        return Some(Intent::Help);
    }
    if said.is_all(w::RESUMES, w::AROUND_RESUME) {
        return Some(Intent::Resume);
    }
    if said.is_all(w::THANKS, w::AROUND_THANKS) {
        return Some(Intent::Thanks);
    }
    said.is_all(w::GREETS, w::AROUND_GREETING).then_some(Intent::Greeting)
}

/// A question or a request that a report could be mistaken for.
fn asks_else(said: &Said) -> bool {
    let ahead = said.says(w::AHEAD);
    let planned = ahead && said.words.len() <= 12 && said.says("can|kommen|come|brauchen|need|will");
    said.says(w::REQUESTS) || said.asks && (one_of(w::OPENS_QUESTION, said.first()) || ahead) || planned
}

fn withdraws(said: &Said) -> bool {
    let stops = one_of("stop|stopp|halt|abbruch|storno|cancel|abort", said.first()) && said.words.len() <= 12;
    let verb = |word: &String| {
        let stems =
            ["stornier", "withdraw", "zurueckzieh", "zuruecknehm", "abbrech", "verwerf", "zurueckgezogen"];
        let whole = "storno|cancel|discard|loeschen|loesche|delete|scrap|annullieren|undo";
        stems.iter().any(|stem| word.starts_with(stem)) || one_of(whole, word)
    };
    let takes = |word: &String| one_of("zieh|ziehe|nimm|nehme|hol|ziehen|nehmen|zog", word);
    let taken_back = said.words.iter().any(takes) && said.says("zurueck");
    stops || taken_back || said.words.iter().any(verb) || said.says(w::WITHDRAWS)
}

/// The job id (`JOB-...`) or invoice id (`RE-...`) that `text` names, in upper case.
#[must_use]
pub fn id_in(text: &str, prefix: &str) -> Option<String> {
    let folded = fold(text);
    let start = folded.find(&prefix.to_lowercase())?;
    let boundary = folded[..start].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
    let id: String =
        folded[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
    let id = id.trim_end_matches('-').to_uppercase();
    (boundary && id.len() > prefix.len()).then_some(id)
}

#[cfg(test)]
#[path = "intent_tests.rs"]
mod tests;
