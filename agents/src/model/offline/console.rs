//! What staff ask at the console, in words: jobs, tasks, people, the calendar. One message is one wish; what it needs is
//! looked up by one call, and said. Nothing is approved, rejected or billed here, whatever the words say.

use domain::{
    language::{self, Language},
    moment,
};
use serde_json::{Value, json};

use super::{
    console_phrases as say,
    field::Move,
    intent::{self, Intent},
    jobs, office_phrases,
    staff::{self, Order},
    talk,
    transcript::{self, Content, Line},
    words::{self, Token, read},
};
use crate::model::{Entry, ModelRequest};

/// What is wished for, and the call that does it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wish {
    /// Jobs, as staff ask for them anywhere.
    Jobs(Order),
    Call(&'static str, Value),
    Answer(Reply),
}

/// What is answered without looking anything up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    Help,
    Identity,
    Greeting,
    Thanks,
    /// Approvals are not decided by words.
    OnTheCard,
    /// Nothing is sent from here.
    WriteYourself,
    /// A visit of which no time was said.
    When,
    Whom,
    What,
    NotUnderstood,
}

/// The next move at the console.
#[must_use]
pub fn next(request: &ModelRequest) -> Move {
    let heard = request.entries.iter().rev().find_map(|entry| match entry {
        Entry::Heard { text, .. } => Some(text.as_str()),
        Entry::Said { .. } | Entry::Returned { .. } => None,
    });
    let said = transcript::lines(heard.unwrap_or_default()).into_iter().find_map(|line| match line {
        Line::Words(words) => Some(words),
        Line::News { .. } | Line::Wordless => None,
    });
    let Some(said) = said else { return Move::Say(talk::wordless(transcript::language(&request.history))) };
    let language = language::detect(&said).unwrap_or_else(|| transcript::language(&request.history));
    let wish = wish(&said);
    if let Some(Entry::Returned { name, content, .. }) = request.entries.last() {
        return Move::Say(told(language, &wish, name, &Content::read(content)));
    }
    let (name, arguments) = match wish {
        Wish::Answer(reply) => return Move::Say(say::reply(language, reply)),
        Wish::Jobs(order) => order.call(),
        Wish::Call(name, arguments) => (name, arguments),
    };
    if request.tools.iter().any(|tool| tool.name == name) {
        return Move::Call { name, arguments };
    }
    Move::Say(say::reply(language, Reply::NotUnderstood))
}

fn told(language: Language, wish: &Wish, tool: &str, content: &Content) -> String {
    let value = match content {
        Content::Error(why) => return say::refused(language, why),
        Content::Value(value) => value,
    };
    match (wish, tool) {
        (Wish::Jobs(order), _) => office_phrases::listed(language, order, &jobs::read_all(value)),
        (_, "list_tasks") => say::tasks(language, value),
        (_, "create_task") => say::task_created(language, value),
        (_, "complete_task") => say::task_done(language, value),
        (_, "find_contact") => say::people(language, value),
        (_, "list_visits") => say::visits(language, value),
        (_, "plan_visit") => say::planned(language, value),
        _ => say::reply(language, Reply::NotUnderstood),
    }
}

/// What `text` wishes for.
pub(super) fn wish(text: &str) -> Wish {
    let tokens = read(text);
    let stem =
        |stems: &str| tokens.iter().any(|token| stems.split(' ').any(|stem| token.folded.starts_with(stem)));
    let any = |words: &str| tokens.iter().any(|token| token.one_of(words));
    let wanted = intent::of(text);
    if stem("approv genehmig freigab freigeb freizugeb bewillig deny reject ablehn stornier")
        || any("decline lehne")
    {
        return Wish::Answer(Reply::OnTheCard);
    }
    if stem("appointment termin visit besuch kalender calendar einsatz einsaetz") {
        return calendar(
            text,
            &tokens,
            stem("plan schedul book eintrag vereinbar leg add new neue mach buch"),
        );
    }
    let task = stem("task aufgab todo to-do");
    if stem("remind erinner") || task && stem("creat add new neue anleg leg make mach notier schreib") {
        return new_task(text);
    }
    if stem("merk notier") && wanted != Intent::Status {
        return new_task(text);
    }
    if task && (stem("done erledigt abhak finish complet fertig tick") || any("hake check")) {
        return task_named(text);
    }
    if task || any("todo todos") || on_my_list(text) {
        return tasks(text, any("all alle everybody everyone's team everyone allen"));
    }
    if stem("telefon phone nummer number kontakt contact anruf erreich")
        || asks_who(&tokens, any("who's whos"))
    {
        return person(text, &tokens);
    }
    if stem("schreib antwort reply send schick write") && !task {
        return Wish::Answer(Reply::WriteYourself);
    }
    match (staff::order(text), wanted) {
        (
            Ok(
                order @ (Order::List
                | Order::Find { .. }
                | Order::Status { .. }
                | Order::InvoiceStatus { .. }),
            ),
            _,
        ) => Wish::Jobs(order),
        (Ok(_), _) => Wish::Answer(Reply::OnTheCard),
        (Err(_), Intent::Identity) => Wish::Answer(Reply::Identity),
        (Err(_), Intent::Help) => Wish::Answer(Reply::Help),
        (Err(_), Intent::Greeting) => Wish::Answer(Reply::Greeting),
        (Err(_), Intent::Thanks) => Wish::Answer(Reply::Thanks),
        (Err(_), _) if any("find suche finde search such look") => person(text, &tokens),
        (Err(_), _) => Wish::Answer(Reply::NotUnderstood),
    }
}

fn on_my_list(text: &str) -> bool {
    let folded = words::fold(text);
    [
        "what do i have to do",
        "what do i need to do",
        "was muss ich",
        "was habe ich zu tun",
        "was steht bei mir an",
        "on my list",
        "auf meiner liste",
    ]
    .iter()
    .any(|phrase| folded.contains(phrase))
}

fn asks_who(tokens: &[Token<'_>], short: bool) -> bool {
    let mut words = tokens.iter().filter(|token| token.is_word());
    let first = words.next().map_or("", |token| token.folded.as_str());
    let second = words.next().map_or("", |token| token.folded.as_str());
    short || matches!((first, second), ("who" | "wer", "is" | "ist"))
}

/// The calendar: looked at, or a visit put into it.
fn calendar(text: &str, tokens: &[Token<'_>], plans: bool) -> Wish {
    let found = moment::find(text);
    let asks =
        tokens.iter().any(|t| t.one_of("which what show list welche was zeig zeige when wann gibt are any"));
    if !plans || asks {
        let day = found.and_then(|(range, moment)| moment.day.map(|_| text[range].to_owned()));
        let week = tokens.iter().any(|token| token.one_of("week woche"));
        let mut arguments = json!({});
        if let Some(day) = day {
            arguments["day"] = json!(only_the_day(&day));
        }
        if week {
            arguments["days"] = json!(7);
        }
        return Wish::Call("list_visits", arguments);
    }
    let Some((range, moment)) = found.filter(|(_, moment)| moment.time.is_some()) else {
        return Wish::Answer(Reply::When);
    };
    let _ = moment;
    let rest = without(text, &range);
    let (customer, technician) = (after(&rest, "bei at for fuer für"), after(&rest, "with mit durch by"));
    let title = say::visit_title(language::detect(text).unwrap_or_default());
    let mut arguments = json!({ "title": title, "starts": text[range].trim() });
    if let Some(customer) = customer {
        arguments["customer"] = json!(customer);
    }
    if let Some(technician) = technician {
        arguments["technician"] = json!(technician);
    }
    Wish::Call("plan_visit", arguments)
}

/// "tomorrow at 9" as a day: "tomorrow".
fn only_the_day(found: &str) -> String {
    let words: Vec<&str> = found.split_whitespace().collect();
    (1..=words.len())
        .flat_map(|length| words.windows(length).map(|window| window.join(" ")))
        .find(|part| moment::read(part).is_some_and(|moment| moment.day.is_some() && moment.time.is_none()))
        .unwrap_or_else(|| found.to_owned())
}

fn without(text: &str, range: &std::ops::Range<usize>) -> String {
    format!("{} , {}", &text[..range.start], &text[range.end..])
}

/// The capitalised or numbered words after one of `leads`: a name as people write it.
fn after(text: &str, leads: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|word| leads.split(' ').any(|lead| word.eq_ignore_ascii_case(lead)))?;
    let named = |word: &&&str| word.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit());
    let polite =
        |word: &str| matches!(word, "Herrn" | "Herr" | "Frau" | "Mr" | "Mrs" | "Ms" | "Mr." | "Mrs." | "Ms.");
    let name: Vec<&str> = words[at + 1..]
        .iter()
        .skip_while(|word| {
            matches!(**word, "der" | "dem" | "den" | "the" | "customer" | "Kunde" | "Kunden" | "Kundin")
        })
        .take_while(named)
        .copied()
        .filter(|word| !polite(word))
        .collect();
    let name = name.join(" ").trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned();
    (!name.is_empty()).then_some(name)
}

/// A task: its words without what asks for it, and until when.
fn new_task(text: &str) -> Wish {
    let found = moment::find(text);
    let rest = match &found {
        Some((range, _)) => format!("{} {}", &text[..range.start], &text[range.end..]),
        None => text.to_owned(),
    };
    let title = say::task_title(&rest);
    if title.is_empty() {
        return Wish::Answer(Reply::What);
    }
    let mut arguments = json!({ "title": title });
    if let Some((range, _)) = found {
        arguments["due"] = json!(text[range].trim());
    }
    Wish::Call("create_task", arguments)
}

fn task_named(text: &str) -> Wish {
    let words = say::done_title(text);
    if words.is_empty() {
        return Wish::Answer(Reply::What);
    }
    Wish::Call("complete_task", json!({ "task": words }))
}

fn tasks(text: &str, everybody: bool) -> Wish {
    let mut arguments = json!({ "whose": if everybody { "all" } else { "me" } });
    if let Some((range, _)) = moment::find(text).filter(|(_, moment)| moment.day.is_some()) {
        arguments["due"] = json!(only_the_day(&text[range]));
    }
    Wish::Call("list_tasks", arguments)
}

fn person(text: &str, tokens: &[Token<'_>]) -> Wish {
    let name = say::name_in(text, tokens);
    if name.is_empty() {
        return Wish::Answer(Reply::Whom);
    }
    Wish::Call("find_contact", json!({ "query": name }))
}

#[cfg(test)]
#[path = "console_tests.rs"]
mod tests;
