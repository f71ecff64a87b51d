//! What a question looks like on WhatsApp: up to three options are buttons, up to ten a list, more a numbered text. What
//! is too long for its place is shortened there and stands in full in the body. Limits: Meta's pages "Interactive reply
//! buttons" and "Interactive lists"; the body of a list is kept to the stricter of the two figures Meta gives.

use domain::question::Choice;

use super::split::{shortened, units};

pub(super) const TEXT: usize = 4096;
pub(super) const BODY: usize = 1024;
const BUTTONS: usize = 3;
const BUTTON_TITLE: usize = 20;
const ROWS: usize = 10;
const ROW_TITLE: usize = 24;
const ROW_DESCRIPTION: usize = 72;
/// Of the body, what the full titles may take; the question itself needs the rest.
const LEGEND: usize = 600;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text(String),
    Buttons { body: String, buttons: Vec<Button> },
    List { body: String, rows: Vec<Row> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Button {
    pub id: String,
    pub title: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub id: String,
    pub title: String,
    pub description: Option<String>,
}

impl Shape {
    pub(super) fn body(&self) -> &str {
        match self {
            Self::Text(body) | Self::Buttons { body, .. } | Self::List { body, .. } => body,
        }
    }

    /// The longest body that this shape may have.
    pub(super) fn limit(&self) -> usize {
        match self {
            Self::Text(_) => TEXT,
            Self::Buttons { .. } | Self::List { .. } => BODY,
        }
    }
}

/// Gives a question its shape. Its body may still be too long: see [`super::plan`].
pub(super) fn question(text: &str, choices: &[Choice]) -> Shape {
    let text = text.trim();
    match choices.len() {
        0 => Shape::Text(text.to_owned()),
        1..=BUTTONS => buttons(text, choices),
        4..=ROWS => list(text, choices),
        _ => Shape::Text(numbered(text, choices)),
    }
}

fn buttons(text: &str, choices: &[Choice]) -> Shape {
    let titles = titles(choices, BUTTON_TITLE);
    let Some(body) = body(text, choices, titles.numbered) else {
        return Shape::Text(numbered(text, choices));
    };
    let buttons =
        choices.iter().zip(titles.shown).map(|(choice, title)| Button { id: choice.id.clone(), title });
    Shape::Buttons { body, buttons: buttons.collect() }
}

fn list(text: &str, choices: &[Choice]) -> Shape {
    let titles = titles(choices, ROW_TITLE);
    let whole: Vec<String> = choices.iter().map(|choice| one_line(&choice.title)).collect();
    let described = whole.iter().all(|title| units(title) <= ROW_DESCRIPTION);
    let Some(body) = body(text, choices, titles.numbered && !described) else {
        return Shape::Text(numbered(text, choices));
    };
    let rows = choices.iter().zip(titles.shown).zip(whole).map(|((choice, title), whole)| Row {
        id: choice.id.clone(),
        description: (described && title.ends_with('…') && !whole.ends_with('…')).then_some(whole),
        title,
    });
    Shape::List { body, rows: rows.collect() }
}

/// Titles as they are shown.
struct Titles {
    shown: Vec<String>,
    /// They carry their numbers, since some did not fit, were empty or the same.
    numbered: bool,
}

fn titles(choices: &[Choice], limit: usize) -> Titles {
    let plain: Vec<String> = choices.iter().map(|choice| one_line(&choice.title)).collect();
    let differ = |title: &String| {
        plain.iter().filter(|other| other.to_lowercase() == title.to_lowercase()).count() == 1
    };
    if plain.iter().all(|title| !title.is_empty() && units(title) <= limit && differ(title)) {
        return Titles { shown: plain, numbered: false };
    }
    let shown =
        plain.iter().enumerate().map(|(n, title)| shortened(format!("{}. {title}", n + 1).trim(), limit));
    Titles { shown: shown.collect(), numbered: true }
}

/// The question, and under it the whole titles where the buttons could not show them; `None` where they are too long.
fn body(text: &str, choices: &[Choice], legend: bool) -> Option<String> {
    if !legend {
        // An interactive message must have a body.
        return Some(if text.is_empty() { "…".to_owned() } else { text.to_owned() });
    }
    let body = numbered(text, choices);
    (units(&body) - units(text) <= LEGEND).then_some(body)
}

/// The question with its options under it. A number that comes back is understood as the option.
pub(super) fn numbered(text: &str, choices: &[Choice]) -> String {
    let lines: Vec<String> = choices
        .iter()
        .enumerate()
        .map(|(n, choice)| format!("{}. {}", n + 1, one_line(&choice.title)))
        .collect();
    format!("{text}\n\n{}", lines.join("\n")).trim().to_owned()
}

fn one_line(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
