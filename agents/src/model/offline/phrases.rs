//! The field agent's sentences, in both languages. Renders facts as they are given; decides nothing.

use domain::language::Language;
use rust_decimal::Decimal;

use super::{
    draft::{Customer, Draft, Invoice, Search},
    materials::Item,
    report::Expect,
};

/// Letters of a person's own words that are quoted back.
const QUOTED: usize = 160;

/// The sentence of the language at hand.
#[must_use]
pub fn pick(language: Language, english: &str, german: &str) -> String {
    match language {
        Language::En => english.to_owned(),
        Language::De => german.to_owned(),
    }
}

#[must_use]
pub fn confirm_buttons(language: Language) -> [String; 2] {
    [pick(language, "Confirm", "Bestätigen"), pick(language, "Correct", "Korrigieren")]
}

#[must_use]
pub fn repeat_buttons(language: Language) -> [String; 2] {
    [pick(language, "Another job", "Anderer Auftrag"), pick(language, "Same job", "Derselbe Auftrag")]
}

#[must_use]
pub fn withdraw_buttons(language: Language) -> [String; 2] {
    [pick(language, "Withdraw", "Zurückziehen"), pick(language, "Keep", "Behalten")]
}

#[must_use]
pub fn none_of_these(language: Language) -> String {
    pick(language, "None of these", "Keiner davon")
}

#[must_use]
pub fn stop_button(language: Language) -> String {
    pick(language, "Stop", "Abbrechen")
}

/// `1.5`, `1,5`.
#[must_use]
pub fn figure(language: Language, value: Decimal) -> String {
    let text = value.normalize().to_string();
    match language {
        Language::En => text,
        Language::De => text.replace('.', ","),
    }
}

#[must_use]
pub fn hours(language: Language, value: Decimal) -> String {
    format!("{} {}", figure(language, value), pick(language, "h", "Std."))
}

#[must_use]
pub fn materials(language: Language, items: &[Item]) -> String {
    if items.is_empty() {
        return pick(language, "no material", "kein Material");
    }
    let item = |item: &Item| match &item.unit {
        Some(unit) => format!("{} {unit} {}", figure(language, item.quantity), item.name),
        None => format!("{}x {}", figure(language, item.quantity), item.name),
    };
    items.iter().map(item).collect::<Vec<_>>().join(", ")
}

/// "customer 789 Klaus Meier, Schillerstrasse 12, 10117 Berlin · work · 1.5 h · 1x Gasket 10-B · no open invoice".
#[must_use]
pub fn summary(language: Language, draft: &Draft) -> String {
    let customer = draft
        .customer()
        .map(|c| format!("{} {} {}, {}", pick(language, "customer", "Kunde"), c.id, c.name, c.address));
    let invoice = match &draft.invoice {
        Invoice::Open(what) => format!("{} {what}", pick(language, "still open:", "noch offen:")),
        Invoice::Unknown => {
            pick(language, "open invoices could not be checked", "offene Rechnungen nicht prüfbar")
        }
        Invoice::None | Invoice::Todo => pick(language, "no open invoice", "keine offene Rechnung"),
    };
    let parts = [
        customer,
        draft.work.clone(),
        draft.hours.map(|h| hours(language, h)),
        draft.materials.as_deref().map(|m| materials(language, m)),
        Some(invoice),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[must_use]
pub fn confirm(language: Language, draft: &Draft) -> String {
    let summary = summary(language, draft);
    match language {
        Language::En => format!("I have: {summary}. Is that right?"),
        Language::De => format!("Ich habe: {summary}. Stimmt das?"),
    }
}

/// One question for everything that is missing.
#[must_use]
pub fn missing(language: Language, draft: &Draft, missing: Expect) -> String {
    let mut parts = Vec::new();
    if missing.place {
        parts.push(pick(
            language,
            "which customer it was (name or address)",
            "bei welchem Kunden das war (Name oder Adresse)",
        ));
    }
    if missing.work {
        parts.push(pick(language, "what you did", "was du gemacht hast"));
    }
    if missing.hours {
        parts.push(pick(language, "how long it took", "wie lange es gedauert hat"));
    }
    if missing.materials {
        parts.push(pick(
            language,
            "which material you used (or “no material”)",
            "welches Material du verbraucht hast (oder „kein Material“)",
        ));
    }
    let odd = draft.odd_hours.map(|h| odd_hours(language, h)).unwrap_or_default();
    let list = listed(language, &parts);
    match (language, draft.who()) {
        (Language::En, Some(who)) => format!("{odd}For {who}, please tell me {list}."),
        (Language::En, None) => format!("{odd}Please tell me {list}."),
        (Language::De, Some(who)) => format!("{odd}Zu {who} fehlt mir noch, {list}."),
        (Language::De, None) => format!("{odd}Mir fehlt noch, {list}."),
    }
}

fn odd_hours(language: Language, value: Decimal) -> String {
    let told = hours(language, value);
    match language {
        Language::En => format!("{told} cannot be right: it must be more than 0 and at most 24. "),
        Language::De => format!("{told} kann nicht stimmen: es müssen mehr als 0 und höchstens 24 sein. "),
    }
}

fn listed(language: Language, parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} {} {last}", rest.join(", "), pick(language, "and", "und")),
    }
}

#[must_use]
pub fn which_customer(language: Language, draft: &Draft) -> String {
    let said = [draft.name.as_deref(), draft.address.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ");
    let said = quoted(&said);
    if let Search::Ambiguous(customers) = &draft.search
        && let [only] = customers.as_slice()
    {
        let only = candidate(only);
        return match language {
            Language::En => format!("“{said}” is not quite what I know. Do you mean {only}?"),
            Language::De => format!("„{said}“ kenne ich so nicht. Meinst du {only}?"),
        };
    }
    match language {
        Language::En => format!("Several customers could be “{said}”. Which one is it?"),
        Language::De => format!("„{said}“ könnte mehrere Kunden meinen. Welcher ist es?"),
    }
}

#[must_use]
pub fn candidate(customer: &Customer) -> String {
    let street = customer.address.split(',').next().unwrap_or_default().trim();
    format!("{}, {street}", customer.name).chars().take(60).collect()
}

#[must_use]
pub fn not_found(language: Language, draft: &Draft, again: bool) -> String {
    let said = [draft.name.as_deref(), draft.address.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ");
    let said = quoted(&said);
    match (language, again) {
        (Language::En, false) => format!("I find no customer “{said}”. What are the name and address again?"),
        (Language::De, false) => {
            format!("Ich finde keinen Kunden „{said}“. Wie sind Name und Adresse noch einmal?")
        }
        (Language::En, true) => format!(
            "I find no customer “{said}” either, and without one I cannot hand the job over. Give me \
                another name or address, or stop here; \
             the office can add the customer."
        ),
        (Language::De, true) => format!(
            "Auch „{said}“ finde ich nicht, und ohne Kunden kann ich den Auftrag nicht übergeben. Nenne \
                mir einen anderen Namen oder eine \
             andere Adresse, oder brich hier ab; das Büro kann den Kunden anlegen."
        ),
    }
}

/// A person's words, short enough to be repeated.
#[must_use]
pub fn quoted(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= QUOTED {
        text
    } else {
        text.chars().take(QUOTED).chain("…".chars()).collect()
    }
}

#[must_use]
pub fn what_is_wrong(language: Language, refusal: Option<&str>) -> String {
    match (language, refusal) {
        (Language::En, None) => "What should I correct: customer, work, hours or material?".to_owned(),
        (Language::De, None) => "Was soll ich korrigieren: Kunde, Arbeit, Stunden oder Material?".to_owned(),
        (Language::En, Some(why)) => {
            format!("The job was not taken: {}. What should I correct?", quoted(why))
        }
        (Language::De, Some(why)) => {
            format!("Der Auftrag wurde nicht angenommen: {}. Was soll ich korrigieren?", quoted(why))
        }
    }
}

#[must_use]
pub fn not_understood(language: Language) -> String {
    pick(language, "I did not understand that.", "Das habe ich nicht verstanden.")
}

#[must_use]
pub fn noted_for_later(language: Language, who: Option<&str>) -> String {
    match (language, who) {
        (Language::En, Some(who)) => format!("I have noted the job at {who} and come to it next."),
        (Language::En, None) => "I have noted the other job and come to it next.".to_owned(),
        (Language::De, Some(who)) => format!("Den Auftrag {who} habe ich notiert, er kommt gleich danach."),
        (Language::De, None) => "Den anderen Auftrag habe ich notiert, er kommt gleich danach.".to_owned(),
    }
}

#[must_use]
pub fn repeated(language: Language, job: Option<&str>, draft: &Draft) -> String {
    let who = draft.who().unwrap_or_default();
    match (language, job) {
        (Language::En, Some(job)) => {
            format!("This looks like {job}, which was handed over already. Is it another job at {who}?")
        }
        (Language::En, None) => {
            format!("The same job at {who} was handed over already. Is this another one?")
        }
        (Language::De, Some(job)) => {
            format!("Das sieht aus wie {job}, schon übergeben. Ist es ein anderer Auftrag bei {who}?")
        }
        (Language::De, None) => {
            format!("Derselbe Auftrag bei {who} wurde schon übergeben. Ist das ein anderer?")
        }
    }
}

/// A customer's surname, or the whole name where it is a firm's.
#[must_use]
pub fn short_name(name: &str) -> &str {
    let words: Vec<&str> = name.split_whitespace().collect();
    let person = words.len() == 2
        && words.iter().all(|w| w.chars().all(|c| c.is_alphabetic() || c == '-' || c == '\''));
    let tokens = super::words::read(name);
    let firm = tokens
        .iter()
        .any(|t| t.has(super::lexicon::Class::BUSINESS) || t.is(&["gmbh", "ag", "kg", "ohg", "ltd", "ug"]));
    if person && !firm { words[1] } else { name }
}
