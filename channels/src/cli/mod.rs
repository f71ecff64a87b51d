//! The terminal: one or two people played by whoever sits before it, on stdin and stdout. Each is a [`Channel`] out and a
//! source of arrivals in; no table, no model and no turn is known here.

pub mod attachment;
mod board;
mod input;
mod interactive;
mod layout;
mod line;
mod screen;
mod trace;
mod tty;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::{
    address::ChannelName,
    clock::Clock,
    contact::Role,
    id::{Ids, QuestionId},
    live::Progress,
    outbound::{Content, Outbound, SendOutcome},
};
use serde::Deserialize;

use crate::channel::{Channel, Facts, LostAnswer};
use board::Board;
use screen::{Saying, Screen};

pub use input::{Input, Lines};
pub use screen::Paper;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// A longer line is refused with a sentence.
    pub line_bytes: usize,
    /// Lines kept in the history file.
    pub history_lines: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self { line_bytes: 64 * 1024, history_lines: 1_000 }
    }
}

/// What a terminal is built from.
pub struct Setup {
    pub config: Config,
    /// Who is played here, in the order of speaking: the first speaks at the start. Never empty.
    pub roles: Vec<Role>,
    pub ids: Arc<Ids>,
    pub clock: Arc<dyn Clock>,
    /// Where a relative path of an attachment begins, and what `~` stands for.
    pub folder: PathBuf,
    pub home: Option<PathBuf>,
}

/// The one terminal of a process, cheap to clone.
#[derive(Clone)]
pub struct Terminal(Arc<Shared>);

struct Shared {
    setup: Setup,
    state: Mutex<State>,
}

/// Tells which questions are open no longer. Asked before a message is printed, so that numbers are the same every time
/// the same story is played.
#[async_trait]
pub trait Questions: Send + Sync {
    /// Those of `shown` that nobody can answer any more.
    async fn closed(&self, shown: Vec<QuestionId>) -> Vec<QuestionId>;
}

struct State {
    screen: Screen,
    questions: Option<Arc<dyn Questions>>,
    boards: BTreeMap<&'static str, Board>,
    speaker: Role,
}

impl Terminal {
    /// Opens stdin and stdout: with line editing where both are a terminal that can do it, plain otherwise. `history` is
    /// the file of the lines typed before; `colour` is a wish that a pipe ignores.
    #[must_use]
    pub fn open(setup: Setup, history: Option<PathBuf>, colour: bool) -> (Self, Lines) {
        if tty::both_ends()
            && let Ok(editing) = interactive::Editing::begin(&setup.config, history)
        {
            return interactive::open(setup, editing, colour);
        }
        let terminal = Self::plain(setup, io::stdout());
        // A terminal shows what is typed by itself.
        let lines = input::piped(terminal.clone(), io::BufReader::new(io::stdin()), !tty::keys());
        (terminal, lines)
    }

    /// A terminal that prints on `paper`.
    #[must_use]
    pub fn on(setup: Setup, paper: Box<dyn Paper>) -> Self {
        let speaker = setup.roles.first().copied().unwrap_or(Role::Technician);
        let state = State { screen: Screen::new(paper), questions: None, boards: BTreeMap::new(), speaker };
        Self(Arc::new(Shared { setup, state: Mutex::new(state) }))
    }

    /// A terminal that prints plain lines to `out`.
    #[must_use]
    pub fn plain(setup: Setup, out: impl Write + Send + 'static) -> Self {
        Self::on(setup, Box::new(Plain(out)))
    }

    /// The lines of `input`, taken one by one and echoed as they are taken.
    #[must_use]
    pub fn piped(&self, input: impl io::BufRead + Send + 'static) -> Lines {
        input::piped(self.clone(), input, true)
    }

    /// The way out to the person who plays `role`.
    #[must_use]
    pub fn channel(&self, role: Role) -> Arc<dyn Channel> {
        Arc::new(Person { terminal: self.clone(), role })
    }

    /// Who is played here.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.0.setup.roles
    }

    /// Shows what an agent is doing: a spinner, streamed words, and every step with `/trace on`.
    pub fn progress(&self, progress: &Progress) {
        let role =
            self.roles().iter().find(|role| ChannelName::terminal(role.as_str()) == progress.to.channel);
        let label = role.map(|role| label(progress.agent.as_str(), *role));
        self.state().screen.progress(progress, label.as_deref());
    }

    /// Asks `questions` from now on, before each message.
    pub fn ask_about_questions(&self, questions: Arc<dyn Questions>) {
        self.state().questions = Some(questions);
    }

    async fn free_closed(&self) {
        let (questions, shown) = {
            let state = self.state();
            let shown: Vec<QuestionId> = state.boards.values().flat_map(Board::open).cloned().collect();
            (state.questions.clone(), shown)
        };
        if let (Some(questions), false) = (questions, shown.is_empty()) {
            for question in questions.closed(shown).await {
                self.closed(&question);
            }
        }
    }

    /// `question` is open no longer: its numbers are free once none other is open.
    pub fn closed(&self, question: &QuestionId) {
        for board in self.state().boards.values_mut() {
            board.close(question);
        }
    }

    /// Prints a sentence or a list of the house's own: the banner, what `/jobs` found.
    pub fn note(&self, text: &str) {
        self.state().screen.note(text);
    }

    /// Prints `outbound` unless this process already did. Also for a question that is still open from an earlier start.
    ///
    /// # Errors
    /// A sentence: it is no message for a terminal, or nobody reads the terminal any more.
    pub fn show(&self, role: Role, outbound: &Outbound) -> Result<(), Unshown> {
        let mut state = self.state();
        let State { screen, boards, .. } = &mut *state;
        if screen.has(&outbound.id) {
            return Ok(());
        }
        let (text, choices) = outbound.content.shown().ok_or(Unshown::NotForPeople)?;
        let options = match question_of(&outbound.content) {
            Some(question) => boards.entry(role.as_str()).or_default().show(question, choices),
            None => Vec::new(),
        };
        let label = label(&outbound.speaker, role);
        let saying =
            Saying { id: &outbound.id, turn: outbound.turn.as_ref(), label, text: &text, options: &options };
        if screen.say(&saying) { Ok(()) } else { Err(Unshown::NobodyReads) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a message does not stand on the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unshown {
    #[error("a notice between agents is not for a terminal")]
    NotForPeople,
    #[error("nobody reads the terminal any more")]
    NobodyReads,
}

fn question_of(content: &Content) -> Option<&QuestionId> {
    match content {
        Content::Question { question, .. } => Some(question),
        Content::Reply { body, .. } => question_of(body),
        _ => None,
    }
}

fn label(agent: &str, role: Role) -> String {
    format!("{} -> {role}:", layout::one_line(agent))
}

/// One played person.
struct Person {
    terminal: Terminal,
    role: Role,
}

/// How long a message waits for a terminal that nobody reads; the next start prints it.
const UNREAD: Duration = Duration::from_secs(5);

#[async_trait]
impl Channel for Person {
    fn name(&self) -> ChannelName {
        ChannelName::terminal(self.role.as_str())
    }

    /// A repeat is recognised by its id and prints nothing.
    fn lost_answer(&self) -> LostAnswer {
        LostAnswer::Repeat
    }

    async fn send(&self, outbound: &Outbound, facts: &Facts) -> SendOutcome {
        self.terminal.free_closed().await;
        match self.terminal.show(self.role, outbound) {
            Ok(()) => SendOutcome::Sent { external: outbound.id.to_string() },
            Err(why @ Unshown::NotForPeople) => SendOutcome::Refused { reason: why.to_string() },
            Err(why @ Unshown::NobodyReads) => {
                SendOutcome::RetryAt { at: facts.now.plus(UNREAD), reason: why.to_string() }
            }
        }
    }
}

/// A pipe or a file: each line whole, nothing that passes.
struct Plain<W>(W);

impl<W: Write + Send> Paper for Plain<W> {
    fn lines(&mut self, lines: &[String]) -> io::Result<()> {
        let mut text = lines.join("\n");
        text.push('\n');
        self.0.write_all(text.as_bytes())?;
        self.0.flush()
    }
}

#[cfg(test)]
#[path = "cli_tests.rs"]
mod tests;
