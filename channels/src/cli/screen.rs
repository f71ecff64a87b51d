//! What stands on the terminal, in order: messages, streamed words, notes, traces. Writes to one [`Paper`] and decides
//! nothing about the conversation.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io;

use domain::{
    id::{OutboxId, TurnId},
    live::{Progress, ProgressStep},
};

use super::{layout, trace};

/// What is written on: a pipe, or a terminal on which somebody may be typing at this moment.
pub trait Paper: Send {
    /// Writes whole lines.
    ///
    /// # Errors
    /// Where nobody reads any more.
    fn lines(&mut self, lines: &[String]) -> io::Result<()>;

    /// Replaces the passing line at the bottom: a spinner, or words that are still being written.
    ///
    /// # Errors
    /// Where nobody reads any more.
    fn passing(&mut self, _line: Option<&str>) -> io::Result<()> {
        Ok(())
    }

    /// Columns to wrap to; `None` writes each line whole.
    fn width(&self) -> Option<usize> {
        None
    }

    fn colour(&self) -> bool {
        false
    }

    /// Whether words are shown while a model writes them.
    fn streams(&self) -> bool {
        false
    }
}

/// The room for `field -> technician: `, so that what is said stands in one column.
const LABEL: usize = 21;
/// Ids of messages printed by this process that are remembered.
const PRINTED: usize = 10_000;
/// Turns whose words or work are followed at the same time.
const TURNS: usize = 500;
/// Words of one turn that are streamed; the rest comes with the message.
const STREAMED_BYTES: usize = 64 * 1024;

pub struct Screen {
    paper: Box<dyn Paper>,
    pub tracing: bool,
    /// Nobody reads any more: nothing else will be printed.
    pub broken: bool,
    printed: HashSet<OutboxId>,
    printed_order: VecDeque<OutboxId>,
    streams: HashMap<TurnId, Stream>,
    working: HashMap<TurnId, String>,
    /// The turn whose words stand last.
    last: Option<TurnId>,
}

#[derive(Default)]
struct Stream {
    label: String,
    text: String,
    shown: Vec<String>,
}

/// One message as it is printed.
pub struct Saying<'a> {
    pub id: &'a OutboxId,
    pub turn: Option<&'a TurnId>,
    pub label: String,
    pub text: &'a str,
    pub options: &'a [(usize, String)],
}

#[derive(Clone, Copy)]
enum Style {
    Label,
    Number,
    Quiet,
}

impl Screen {
    pub fn new(paper: Box<dyn Paper>) -> Self {
        Self {
            paper,
            tracing: false,
            broken: false,
            printed: HashSet::new(),
            printed_order: VecDeque::new(),
            streams: HashMap::new(),
            working: HashMap::new(),
            last: None,
        }
    }

    /// Whether this process printed that message already.
    pub fn has(&self, id: &OutboxId) -> bool {
        self.printed.contains(id)
    }

    /// Prints a message, and says whether it stands there. Lines that were streamed already are not printed again.
    pub fn say(&mut self, saying: &Saying<'_>) -> bool {
        let options: Vec<String> = saying
            .options
            .iter()
            .map(|(number, title)| format!("[{number}] {}", layout::one_line(title)))
            .collect();
        let lines = layout::body(saying.text.trim_start(), &options, self.room(&saying.label));
        let stream = saying.turn.and_then(|turn| self.streams.remove(turn)).unwrap_or_default();
        let known = stream.label == saying.label
            && lines.len() > stream.shown.len()
            && lines.starts_with(&stream.shown);
        let skip = if known { stream.shown.len() } else { 0 };
        let goes_on = skip > 0 && self.last.as_ref() == saying.turn;
        let painted: Vec<String> = lines[skip..].iter().map(|line| self.numbers(line, &options)).collect();
        self.block(&saying.label, &painted, goes_on);
        self.last = None;
        if !self.broken {
            self.remember(saying.id.clone());
        }
        !self.broken
    }

    fn remember(&mut self, id: OutboxId) {
        if self.printed_order.len() >= PRINTED
            && let Some(oldest) = self.printed_order.pop_front()
        {
            self.printed.remove(&oldest);
        }
        self.printed_order.push_back(id.clone());
        self.printed.insert(id);
    }

    /// A sentence of the terminal's own; may hold several lines.
    pub fn note(&mut self, text: &str) {
        let lines = layout::body(text, &[], self.paper.width());
        let lines: Vec<String> = lines.iter().map(|line| self.paint(line, Style::Quiet)).collect();
        self.put(&lines);
    }

    /// What was typed, for a transcript in which nobody typed.
    pub fn echo(&mut self, prompt: &str, line: &str) {
        self.put(&[format!("{prompt}{}", layout::harmless(line).replace('\n', "␊"))]);
    }

    pub fn progress(&mut self, progress: &Progress, label: Option<&str>) {
        self.follow(progress);
        if self.tracing
            && let Some(line) = trace::line(progress)
        {
            self.note(&line);
        }
        match &progress.step {
            ProgressStep::Said { delta } if self.paper.streams() => {
                if let Some(label) = label {
                    self.stream(&progress.turn, label, delta);
                }
            }
            // Words said beside calls may never become a message.
            ProgressStep::ModelCalled { .. } | ProgressStep::Failed { .. } => {
                self.streams.remove(&progress.turn);
            }
            _ => {}
        }
    }

    fn follow(&mut self, progress: &Progress) {
        let doing = match &progress.step {
            ProgressStep::Started | ProgressStep::ModelCalled { .. } => {
                format!("{} is thinking", progress.agent)
            }
            ProgressStep::ToolCalled { name, .. } => {
                format!("{} calls {}", progress.agent, layout::one_line(name))
            }
            ProgressStep::Parked { .. } | ProgressStep::Finished | ProgressStep::Failed { .. } => {
                self.working.remove(&progress.turn);
                return;
            }
            _ => return,
        };
        if self.working.len() < TURNS || self.working.contains_key(&progress.turn) {
            self.working.insert(progress.turn.clone(), doing);
        }
    }

    fn stream(&mut self, turn: &TurnId, label: &str, delta: &str) {
        let room = self.room(label);
        if self.streams.len() >= TURNS && !self.streams.contains_key(turn) {
            return;
        }
        let stream = self.streams.entry(turn.clone()).or_default();
        if stream.text.len() + delta.len() > STREAMED_BYTES {
            return;
        }
        label.clone_into(&mut stream.label);
        stream.text.push_str(delta);
        let mut lines = layout::body(stream.text.trim_start(), &[], room);
        let unfinished = lines.pop().unwrap_or_default();
        let new = lines.split_off(stream.shown.len().min(lines.len()));
        let goes_on = !stream.shown.is_empty() && self.last.as_ref() == Some(turn);
        let labelled = stream.shown.is_empty() && new.is_empty();
        stream.shown.extend(new.iter().cloned());
        if !new.is_empty() {
            self.block(label, &new, goes_on);
            self.last = Some(turn.clone());
        }
        let margin = if labelled { layout::padded(label, LABEL) } else { " ".repeat(LABEL) };
        self.passing(Some(&format!("{margin}{unfinished}")));
    }

    /// What is being worked on, if anything: for the spinner.
    pub fn working(&self) -> Option<&str> {
        self.working.values().next().map(String::as_str)
    }

    /// Whether words of a model are being written at this moment.
    pub fn is_streaming(&self) -> bool {
        !self.streams.is_empty()
    }

    pub fn passing(&mut self, line: Option<&str>) {
        let line = match (line, self.paper.width()) {
            (Some(line), Some(width)) => Some(layout::cut(line, width.saturating_sub(1))),
            (line, _) => line.map(ToOwned::to_owned),
        };
        if self.paper.passing(line.as_deref()).is_err() {
            self.broken = true;
        }
    }

    fn room(&self, label: &str) -> Option<usize> {
        let margin = LABEL.max(label.chars().count() + 1);
        self.paper.width().map(|width| width.saturating_sub(margin))
    }

    /// `lines` under `label`; a block that goes on has its label above.
    fn block(&mut self, label: &str, lines: &[String], goes_on: bool) {
        let margin = LABEL.max(label.chars().count() + 1);
        let block: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(number, line)| match number {
                0 if !goes_on => {
                    let gap = " ".repeat(margin.saturating_sub(label.chars().count()));
                    format!("{}{gap}{line}", self.paint(label, Style::Label))
                }
                _ if line.is_empty() => String::new(),
                _ => format!("{}{line}", " ".repeat(margin)),
            })
            .collect();
        self.put(&block);
    }

    /// `line` with the numbers of its options picked out in colour.
    fn numbers(&self, line: &str, options: &[String]) -> String {
        if !self.paper.colour() {
            return line.to_owned();
        }
        let mut painted = line.to_owned();
        for option in options {
            let Some(number) = option.split_once(' ').map(|(number, _)| number) else { continue };
            if let Some(at) = painted.find(option.as_str()) {
                painted.replace_range(at..at + number.len(), &self.paint(number, Style::Number));
            }
        }
        painted
    }

    fn put(&mut self, lines: &[String]) {
        if !self.broken && self.paper.lines(lines).is_err() {
            self.broken = true;
        }
        self.last = None;
    }

    fn paint(&self, text: &str, style: Style) -> String {
        let code = match style {
            Style::Label => "1",
            Style::Number => "36",
            Style::Quiet => "2",
        };
        if self.paper.colour() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
#[path = "screen_tests.rs"]
mod tests;
