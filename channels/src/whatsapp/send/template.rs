//! What goes out when the window is closed: the configured template, filled in. A question's quick replies carry the
//! tokens of its options, so that a press is an answer like any other. Pure; sends and approves nothing.

use std::collections::BTreeMap;

use domain::{
    language::{self, Language},
    outbound::{Content, Template},
    question::Choice,
};
use serde::Deserialize;

use super::split::units;

/// The templates to use, by name; the repository's `config/templates` holds what to submit to Meta under these names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Templates {
    /// Carries any text: one variable in its body. Empty: a text waits until the person writes.
    pub notice: String,
    /// By the number of options: a body of two variables, the question and the options, and as many quick replies.
    pub questions: BTreeMap<String, String>,
    /// The code that each language was approved under.
    pub codes: BTreeMap<String, String>,
    /// The longest text that goes into a variable, in UTF-16 units; the template's own words take the rest of 1024.
    pub variable_units: usize,
}

impl Default for Templates {
    fn default() -> Self {
        let map = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect::<BTreeMap<_, _>>()
        };
        Self {
            notice: "plumbline_notice".to_owned(),
            questions: map(&[
                ("2", "plumbline_question_2"),
                ("3", "plumbline_question_3"),
                ("4", "plumbline_question_4"),
            ]),
            codes: map(&[("en", "en"), ("de", "de")]),
            variable_units: 800,
        }
    }
}

impl Templates {
    /// `content` as a template, or why there is none for it: a sentence for staff.
    ///
    /// # Errors
    /// The sentence.
    pub(super) fn fit(&self, content: &Content, fallback: Language) -> Result<Template, String> {
        match content {
            Content::Text { text } => self.notice(text, fallback),
            Content::Question { text, choices, .. } => self.question(text, choices, fallback),
            Content::Reply { body, .. } => self.fit(body, fallback),
            Content::Template(template) => Ok(template.clone()),
            Content::Media(_) => Err("a file fits into no template".to_owned()),
            Content::LocationRequest { .. } | Content::ContactRequest { .. } => {
                Err("a request for the place or the number fits into no template".to_owned())
            }
            Content::Reaction { .. } | Content::Job(_) => Err("it fits into no template".to_owned()),
        }
    }

    fn question(&self, text: &str, choices: &[Choice], fallback: Language) -> Result<Template, String> {
        let own = self.questions.get(&choices.len().to_string()).filter(|name| !name.is_empty());
        let (asked, options) = (one_line(text), numbered(choices));
        match own {
            Some(name) if units(&asked) + units(&options) <= self.variable_units => Ok(Template {
                name: name.clone(),
                language: self.code(text, fallback)?,
                body: vec![asked, options],
                payloads: choices.iter().map(|choice| choice.id.clone()).collect(),
            }),
            _ if choices.is_empty() => self.notice(text, fallback),
            // The number that comes back is understood without a button too.
            _ => self.notice(&format!("{text}\n{options}"), fallback),
        }
    }

    fn notice(&self, text: &str, fallback: Language) -> Result<Template, String> {
        if self.notice.is_empty() {
            return Err("no template for texts is configured (whatsapp.templates.notice)".to_owned());
        }
        let line = one_line(text);
        if units(&line) > self.variable_units {
            return Err(format!("the text is too long for the template {}", self.notice));
        }
        let language = self.code(text, fallback)?;
        Ok(Template { name: self.notice.clone(), language, body: vec![line], payloads: Vec::new() })
    }

    fn code(&self, text: &str, fallback: Language) -> Result<String, String> {
        let spoken = language::detect(text).unwrap_or(fallback);
        let code = self.codes.get(spoken.as_str()).or_else(|| self.codes.get(fallback.as_str()));
        code.cloned().ok_or_else(|| format!("no template language is configured for {}", spoken.as_str()))
    }
}

/// A variable takes no line feeds, no tabs, and no run of spaces (Meta's error 132018).
fn one_line(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn numbered(choices: &[Choice]) -> String {
    let lines: Vec<String> = choices
        .iter()
        .enumerate()
        .map(|(n, choice)| format!("{} = {}", n + 1, one_line(&choice.title)))
        .collect();
    lines.join(" · ")
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
