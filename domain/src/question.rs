//! Something asked of a person, and the pure rule of which question an answer belongs to.
//! Never decides: deciding is one compare-and-set in `store::question`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    clock::Millis,
    contact::Role,
    id::{CallId, ContactId, JobId, QuestionId, TurnId},
};

/// What the token of a button begins with that staff put under words of their own: pressing it says its title, and answers
/// no question.
pub const STAFF_CHOICE: &str = "staff:";

/// One option of a question, as it was shown in one conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// An unguessable token: it names the option and its question on every channel.
    pub id: String,
    pub title: String,
    /// What choosing it means to code: `approve`, `decline`, `defer`, or the title for a model's own buttons.
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "purpose")]
pub enum Purpose {
    /// Asked of the person the turn talks with; any words answer it.
    Ask,
    /// Asked of office staff about a job; any words of a holder of the role answer it.
    Escalation { job: JobId, role: Role },
    /// Carries an immutable proposal; only one of its options decides it.
    Approval(Proposal),
    /// Whether a call was done whose outcome was lost; only one of its options decides it. Asked of the person the turn
    /// talks with, or of the holders of `role`.
    Outcome { tool: String, arguments: Value, role: Option<Role> },
}

impl Purpose {
    #[must_use]
    pub fn takes_words(&self) -> bool {
        !matches!(self, Self::Approval(_) | Self::Outcome { .. })
    }

    #[must_use]
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Ask => None,
            Self::Escalation { role, .. } => Some(*role),
            Self::Approval(proposal) => Some(proposal.role),
            Self::Outcome { role, .. } => *role,
        }
    }

    #[must_use]
    pub fn job(&self) -> Option<&JobId> {
        match self {
            Self::Ask | Self::Outcome { .. } => None,
            Self::Escalation { job, .. } => Some(job),
            Self::Approval(proposal) => proposal.job.as_ref(),
        }
    }
}

/// What an approval approves: exactly this call with exactly these figures, once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    pub tool: String,
    pub arguments: Value,
    pub role: Role,
    pub job: Option<JobId>,
    /// SHA-256 over tool, canonical arguments and the figures shown; see [`fingerprint`].
    pub fingerprint: String,
    /// The figures as the code computed them; the texts render them, never the model.
    pub facts: Value,
    /// The key in `texts/` that renders the proposal and its options.
    pub text: String,
}

/// Hex SHA-256 over a tool's name, its arguments and its figures. `serde_json` keeps object keys sorted, so equal
/// values have equal text.
#[must_use]
pub fn fingerprint(tool: &str, arguments: &Value, facts: &Value) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for part in [tool, &arguments.to_string(), &facts.to_string()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionState {
    Open,
    Answered,
    Expired,
    Cancelled,
}

impl QuestionState {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub id: QuestionId,
    pub purpose: Purpose,
    /// What was asked, in the words of the asking turn; each asked conversation has its own rendering.
    pub text: String,
    pub turn: TurnId,
    pub call: CallId,
    pub state: QuestionState,
    pub asked_at: Millis,
    pub expires_at: Millis,
    pub answer: Option<Answer>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The chosen option's `value`; `None` for words of the person's own.
    pub value: Option<String>,
    pub text: String,
    /// Why, where the person said so beside an option.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub by: Option<ContactId>,
    pub by_name: String,
    pub at: Millis,
}

/// A question as one conversation saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub question: QuestionId,
    pub open: bool,
    /// The provider's id of the message that asked, once known.
    pub external: Option<String>,
    pub takes_words: bool,
    pub choices: Vec<Choice>,
}

/// What a person sent, reduced to what can name a question.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    pub choice: Option<&'a str>,
    pub quotes: Option<&'a str>,
    pub text: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    Answers {
        question: QuestionId,
        choice: Option<Choice>,
    },
    /// Answered, expired or cancelled already: say by whom and when.
    Late(QuestionId),
    /// Words on an approval that are none of its options. They decide nothing and go to the agent.
    Comment(QuestionId),
    /// A number that is none of the options of the one question that only options decide.
    NoSuchOption(QuestionId),
    /// Several are open and nothing names one: each with the option the words match, if any.
    Which(Vec<(QuestionId, Option<Choice>)>),
    /// A button of nothing we know.
    UnknownChoice,
    Ordinary,
}

/// Which question `reply` belongs to, by the house's order: the pressed option, the quoted message, the only open
/// question, and with several open none is guessed. `asked` are the questions this conversation saw, newest last.
#[must_use]
pub fn resolve(asked: &[Asked], reply: Reply<'_>) -> Resolution {
    if let Some(id) = reply.choice {
        let pressed = asked.iter().find_map(|a| a.choices.iter().find(|c| c.id == id).map(|c| (a, c)));
        return match pressed {
            Some((asked, choice)) if asked.open => {
                Resolution::Answers { question: asked.question.clone(), choice: Some(choice.clone()) }
            }
            Some((asked, _)) => Resolution::Late(asked.question.clone()),
            None => Resolution::UnknownChoice,
        };
    }
    let quoted = reply.quotes.and_then(|id| asked.iter().find(|a| a.external.as_deref() == Some(id)));
    if let Some(asked) = quoted {
        return if asked.open {
            answer_in_words(asked, reply.text)
        } else {
            Resolution::Late(asked.question.clone())
        };
    }
    let open: Vec<&Asked> = asked.iter().filter(|a| a.open).collect();
    match open.as_slice() {
        [] => Resolution::Ordinary,
        [only] => answer_in_words(only, reply.text),
        several => which(several, reply.text),
    }
}

fn answer_in_words(asked: &Asked, text: &str) -> Resolution {
    let question = asked.question.clone();
    match matching(&asked.choices, text) {
        Some(choice) => Resolution::Answers { question, choice: Some(choice.clone()) },
        None if asked.takes_words => Resolution::Answers { question, choice: None },
        None if number(text).is_some() => Resolution::NoSuchOption(question),
        None => Resolution::Comment(question),
    }
}

fn which(open: &[&Asked], text: &str) -> Resolution {
    let fits: Vec<(QuestionId, Option<Choice>)> = open
        .iter()
        .filter_map(|a| match matching(&a.choices, text) {
            Some(choice) => Some((a.question.clone(), Some(choice.clone()))),
            None => (a.takes_words || is_assent(text)).then(|| (a.question.clone(), None)),
        })
        .collect();
    if fits.is_empty() { Resolution::Ordinary } else { Resolution::Which(fits) }
}

/// A bare yes or no: with several questions open it is surely meant for one of them.
fn is_assent(text: &str) -> bool {
    const WORDS: [&str; 13] =
        ["yes", "no", "ok", "okay", "ja", "nein", "y", "n", "sure", "jo", "yep", "nope", "passt"];
    WORDS.contains(&plain(text).as_str())
}

/// The option that `text` names whole: by its number, its title or its id.
#[must_use]
pub fn matching<'a>(choices: &'a [Choice], text: &str) -> Option<&'a Choice> {
    let by_number = number(text).and_then(|n| choices.get(n.checked_sub(1)?));
    by_number.or_else(|| {
        let said = plain(text);
        choices
            .iter()
            .find(|choice| choice.id == text.trim() || (!said.is_empty() && plain(&choice.title) == said))
    })
}

/// The number that `text` is, as people write the number of an option: `1`, `[1]`, `1.`, `1)`.
#[must_use]
pub fn number(text: &str) -> Option<usize> {
    let digits = text.trim().trim_start_matches('[').trim_end_matches(['.', ')', ']']);
    digits.parse().ok()
}

fn plain(text: &str) -> String {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
    trimmed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
#[path = "question_tests.rs"]
mod tests;
