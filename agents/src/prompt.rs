//! Prompts: text for models, rendered with today's facts. Whatever a prompt asks for and is not given stops the render:
//! a model never gets a prompt with holes. Reads no file.

use std::collections::BTreeMap;

use minijinja::{Environment, UndefinedBehavior};
use serde_json::Value;

/// A prompt that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("prompts/{name}.md cannot be read: {why}")]
    Template { name: String, why: String },
    #[error("there is no prompt {name:?}; there are: {known}")]
    Unknown { name: String, known: String },
}

/// All prompts of the house, by name.
pub struct Prompts(Environment<'static>);

impl Prompts {
    /// # Errors
    /// [`Error::Template`] with the file and the place.
    pub fn load(texts: &BTreeMap<String, String>) -> Result<Self, Error> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, text) in texts {
            templates
                .add_template_owned(name.clone(), text.clone())
                .map_err(|error| Error::Template { name: name.clone(), why: format!("{error:#}") })?;
        }
        Ok(Self(templates))
    }

    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.get_template(name).is_ok()
    }

    /// # Errors
    /// [`Error`].
    pub fn render(&self, name: &str, facts: &Value) -> Result<String, Error> {
        let known = || self.0.templates().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
        let template = self
            .0
            .get_template(name)
            .map_err(|_| Error::Unknown { name: name.to_owned(), known: known() })?;
        template
            .render(minijinja::value::Serde(facts))
            .map(|text| text.trim().to_owned())
            .map_err(|error| Error::Template { name: name.to_owned(), why: format!("{error:#}") })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn prompts(text: &str) -> Prompts {
        Prompts::load(&BTreeMap::from([("field".to_owned(), text.to_owned())])).unwrap()
    }

    #[test]
    fn a_hole_is_an_error_and_names_the_file() {
        let error = prompts("Hello {{ person.name }}").render("field", &json!({ "person": {} })).unwrap_err();
        assert!(error.to_string().contains("prompts/field.md"), "{error}");
    }

    #[test]
    fn an_unknown_prompt_is_named_with_what_there_is() {
        let error = prompts("").render("feild", &json!({})).unwrap_err();
        assert!(error.to_string().contains("\"feild\"") && error.to_string().contains("field"), "{error}");
    }

    #[test]
    fn the_houses_own_prompts_render_with_and_without_a_person() {
        let texts = [
            ("field", include_str!("../../prompts/field.md")),
            ("office", include_str!("../../prompts/office.md")),
        ];
        let texts = texts.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let prompts = Prompts::load(&BTreeMap::from(texts)).unwrap();
        let job = json!({ "job_id": "JOB-789-001", "customer_id": "789", "work_done": "Sink repaired", "state": "accepted" });
        for person in [json!(null), json!({ "name": "Frank", "roles": ["technician"] })] {
            let facts = json!({
                "agent": { "name": "field", "description": "x" }, "firm": { "name": "Plumb & Line", "city": "Berlin" }, "person": person,
                "language": "de", "today": "2026-11-21", "open_jobs": [job], "variables": {},
            });
            for name in ["field", "office"] {
                let text = prompts.render(name, &facts).unwrap();
                assert!(text.contains("Plumb & Line") && text.contains("2026-11-21"), "{text}");
                assert_eq!(text.contains("Frank"), !person.is_null(), "{text}");
            }
            assert!(prompts.render("field", &facts).unwrap().contains("- JOB-789-001, customer 789"));
        }
    }
}
