//! The console's sentences, in both languages, and the words around a wish that are no part of it. Every fact is a tool's.

use domain::language::Language;
use serde_json::Value;

use super::{
    console::Reply,
    phrases::pick,
    talk,
    transcript::text,
    words::{Token, fold},
};

/// What a task is asked for with; the rest is the task.
const ASKING: &str = "please bitte can could you kannst du koennen sie remind me erinner erinnere mich daran dran create \
    add a an new neue eine task tasks aufgabe todo to-do lege leg an anlegen notier notiere mir merk merke that dass to \
    make mach schreib auf for fuer i have want need should";
/// What a task is ticked off with.
const TICKING: &str = "please bitte mark tick check off as the my task aufgabe die meine ist is done erledigt abhaken hake ab \
    finish finished complete completed fertig todo it und and i have ich habe";
/// What a person is asked for with.
const SEEKING: &str = "please bitte find suche finde search for look up nach the a an contact kontakt customer kunde kunden \
    kundin number nummer phone telefon telefonnummer telephone who who's whos is wer ist what what's was wie lautet lauten \
    die der das den dem von of zu to me mir gib give show zeig zeige details address adresse how can i reach wie erreiche \
    ich call anrufen person people in du hast have do we has number's his her their s und and mal doch unser unsere our mr \
    mrs ms herr herrn frau";

/// The words of a task.
#[must_use]
pub fn task_title(text: &str) -> String {
    let title = shorn(text, ASKING);
    let mut letters = title.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

/// The words that name a task that is done.
#[must_use]
pub fn done_title(text: &str) -> String {
    let words = text.split_whitespace().map(bare).filter(|word| !listed(TICKING, word));
    words.collect::<Vec<_>>().join(" ")
}

/// The name or number that is looked for.
#[must_use]
pub fn name_in(text: &str, tokens: &[Token<'_>]) -> String {
    let _ = tokens;
    let words = text.split_whitespace().map(|word| {
        let word = bare(word);
        word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
    });
    words.filter(|word| !word.is_empty() && !listed(SEEKING, word)).collect::<Vec<_>>().join(" ")
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '+')
}

fn listed(list: &str, word: &str) -> bool {
    let folded = fold(word);
    list.split_whitespace().any(|known| known == folded)
}

/// `text` without the words of `list` at its beginning, and without loose signs at its ends.
fn shorn(text: &str, list: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let start = words.iter().take_while(|word| listed(list, bare(word))).count();
    let polite = |word: &&&str| matches!(fold(bare(word)).as_str(), "please" | "bitte" | "");
    let end = words.len() - words[start..].iter().rev().take_while(polite).count();
    let kept = words[start..end.max(start)].join(" ");
    kept.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, ')' | '(')).to_owned()
}

#[must_use]
pub fn visit_title(language: Language) -> String {
    pick(language, "Visit", "Besuch")
}

#[must_use]
pub fn refused(language: Language, why: &str) -> String {
    match language {
        Language::En => format!("That did not work: {why}."),
        Language::De => format!("Das ging nicht: {why}."),
    }
}

fn list(value: &Value, field: &str) -> Vec<Value> {
    value.get(field).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn task(language: Language, task: &Value) -> String {
    let due = match (task["due"].as_str(), task["overdue"] == true) {
        (Some(due), true) => format!(" ({due}, {})", pick(language, "overdue", "überfällig")),
        (Some(due), false) => format!(" ({due})"),
        (None, _) => String::new(),
    };
    format!("{}{due}", text(task, "title"))
}

#[must_use]
pub fn tasks(language: Language, value: &Value) -> String {
    let tasks = list(value, "tasks");
    if tasks.is_empty() {
        return pick(language, "There is no open task.", "Es ist keine Aufgabe offen.");
    }
    let mut lines: Vec<String> = tasks
        .iter()
        .map(|it| match it["assignee"].as_str() {
            Some(who) => format!("– {} · {who}", task(language, it)),
            None => format!("– {}", task(language, it)),
        })
        .collect();
    if let Some(more) = value["more"].as_u64().filter(|more| *more > 0) {
        lines.push(match language {
            Language::En => format!("And {more} more."),
            Language::De => format!("Und {more} weitere."),
        });
    }
    lines.join("\n")
}

#[must_use]
pub fn task_created(language: Language, value: &Value) -> String {
    let shown = task(language, &value["task"]);
    pick(language, &format!("Noted: {shown}."), &format!("Notiert: {shown}."))
}

#[must_use]
pub fn task_done(language: Language, value: &Value) -> String {
    match text(value, "status") {
        "done" => {
            let title = text(&value["task"], "title");
            pick(language, &format!("Done: {title}."), &format!("Erledigt: {title}."))
        }
        "ambiguous" => {
            let which: Vec<String> =
                list(value, "tasks").iter().map(|it| format!("– {}", task(language, it))).collect();
            format!("{}\n{}", pick(language, "Which one?", "Welche?"), which.join("\n"))
        }
        _ => pick(language, "You have no such open task.", "Eine solche offene Aufgabe hast du nicht."),
    }
}

#[must_use]
pub fn people(language: Language, value: &Value) -> String {
    let person = |person: &Value| {
        let phone = person["phone"].as_str().unwrap_or_default();
        join(&[text(person, "name"), phone])
    };
    let customer = |customer: &Value| {
        let id = text(customer, "customer_id");
        let name = format!("{} ({} {id})", text(customer, "name"), pick(language, "customer", "Kunde"));
        join(&[&name, text(customer, "address"), text(customer, "phone"), text(customer, "email")])
    };
    let mut lines: Vec<String> = list(value, "people").iter().map(person).collect();
    lines.extend(list(value, "customers").iter().map(customer));
    if lines.is_empty() {
        return pick(
            language,
            "I know nobody of that name or number.",
            "Unter dem Namen oder der Nummer kenne ich niemanden.",
        );
    }
    lines.join("\n")
}

fn join(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

fn visit(visit: &Value) -> String {
    let (starts, ends) = (text(visit, "starts"), text(visit, "ends"));
    let until = ends.rsplit(' ').next().unwrap_or_default();
    let time = format!("{starts}–{until}");
    join(&[
        &time,
        text(visit, "title"),
        text(visit, "customer"),
        text(visit, "address"),
        text(visit, "technician"),
    ])
}

#[must_use]
pub fn visits(language: Language, value: &Value) -> String {
    let visits = list(value, "visits");
    if visits.is_empty() {
        let day = text(value, "day");
        return match (value["days"].as_u64().unwrap_or(1), language) {
            (1, Language::En) => format!("No visit is planned on {day}."),
            (1, Language::De) => format!("Am {day} ist kein Besuch geplant."),
            (days, Language::En) => format!("No visit is planned in the {days} days from {day}."),
            (days, Language::De) => format!("In den {days} Tagen ab {day} ist kein Besuch geplant."),
        };
    }
    visits.iter().map(visit).collect::<Vec<_>>().join("\n")
}

#[must_use]
pub fn planned(language: Language, value: &Value) -> String {
    if text(value, "status") == "clash" {
        let others: Vec<String> = list(value, "visits").iter().map(visit).collect();
        let already = pick(
            language,
            "Not planned, there is a visit then already:",
            "Nicht geplant, da ist schon ein Besuch:",
        );
        return format!("{already}\n{}", others.join("\n"));
    }
    let shown = visit(&value["visit"]);
    pick(language, &format!("Planned: {shown}."), &format!("Geplant: {shown}."))
}

#[must_use]
pub fn reply(language: Language, reply: Reply) -> String {
    match reply {
        Reply::Help => pick(
            language,
            "I look up jobs (“what is open?”, “status JOB-…”), tasks (“my tasks”, “remind me tomorrow at 9 to …”), people \
                (“find Meier”) and the calendar (“today's visits”).",
            "Ich sehe nach: Aufträge („Was ist offen?“, „Status JOB-…“), Aufgaben („meine Aufgaben“, „erinnere mich morgen um \
                9 an …“), Leute („suche Meier“) und den Kalender („Termine heute“).",
        ),
        Reply::Identity => talk::identity(language),
        Reply::Greeting => pick(language, "Hello! Ask me what is open.", "Hallo! Frag mich, was offen ist."),
        Reply::Thanks => talk::thanks(language),
        Reply::OnTheCard => pick(
            language,
            "Approvals and bills are decided on their card or on WhatsApp, by a person, never by words here.",
            "Freigaben und Rechnungen entscheidet ein Mensch auf der Karte oder bei WhatsApp, nie mit Worten hier.",
        ),
        Reply::WriteYourself => pick(
            language,
            "I send nothing to anybody: write it in the conversation's reply box.",
            "Ich schicke niemandem etwas: Schreib es im Antwortfeld des Gesprächs.",
        ),
        Reply::When => pick(
            language,
            "When? Say it with a time: “plan a visit at Meier tomorrow at 10”.",
            "Wann? Sag es mit einer Uhrzeit: „Termin bei Meier morgen um 10 Uhr eintragen“.",
        ),
        Reply::Whom => {
            pick(language, "Whom? Say a name or a number.", "Wen? Nenne einen Namen oder eine Nummer.")
        }
        Reply::What => pick(
            language,
            "What is it about? Say it in a few words.",
            "Worum geht es? Sag es in ein paar Worten.",
        ),
        Reply::NotUnderstood => pick(
            language,
            "I did not understand that. I look up jobs, tasks, people and the calendar; ask “help” for examples.",
            "Das habe ich nicht verstanden. Ich sehe Aufträge, Aufgaben, Leute und den Kalender nach; „Hilfe“ zeigt Beispiele.",
        ),
    }
}
