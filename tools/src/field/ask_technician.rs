//! `ask_technician`: a question to the person of the conversation. The turn parks; nobody waits in memory.

use async_trait::async_trait;
use domain::question::Purpose;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    argument::bounded,
    tool::{Answer, Ask, Context, Tool, ToolError},
};

/// Options of one question: what a list on WhatsApp holds.
pub(crate) const OPTIONS: usize = 10;
const OPTION_LETTERS: usize = 60;

pub struct AskTechnician;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// What to ask, in the technician's language, complete in itself.
    pub question: String,
    /// Short answers to choose from, at most ten; leave out where any words will do.
    #[serde(default)]
    pub buttons: Option<Vec<String>>,
}

#[async_trait]
impl Tool for AskTechnician {
    const NAME: &'static str = "ask_technician";
    const DESCRIPTION: &'static str = "Asks the technician and waits for the answer, however long it takes. Returns the \
        answer's words and, where a button was chosen, its title as choice; status expired where nobody answered.";
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        if context.contact.is_none() {
            return Err(ToolError::tell("there is no person in this conversation to ask"));
        }
        bounded("question", &args.question)?;
        let options = options("buttons", args.buttons.unwrap_or_default())?;
        Ok(Answer::Ask(Ask { purpose: Purpose::Ask, text: args.question, options }))
    }
}

/// Titles of options: short, different, not too many.
pub(crate) fn options(what: &str, titles: Vec<String>) -> Result<Vec<String>, ToolError> {
    let titles: Vec<String> = titles.iter().map(|title| title.trim().to_owned()).collect();
    if titles.len() > OPTIONS {
        return Err(ToolError::tell(format!(
            "{what} has {} entries: at most {OPTIONS} can be shown",
            titles.len()
        )));
    }
    for (place, title) in titles.iter().enumerate() {
        if title.is_empty() || title.chars().count() > OPTION_LETTERS {
            return Err(ToolError::tell(format!(
                "{what} has the entry {title:?}: 1 to {OPTION_LETTERS} letters fit"
            )));
        }
        if titles[..place].iter().any(|other| other.to_lowercase() == title.to_lowercase()) {
            return Err(ToolError::tell(format!("{what} has the entry {title:?} twice")));
        }
    }
    Ok(titles)
}
