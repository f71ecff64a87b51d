//! The terminal with a person before it: rustyline on a thread of its own, messages printed above the prompt, and between
//! a line and its answer a spinner instead of the prompt. A key pressed meanwhile brings the prompt back at once.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::time::{Duration, Instant};

use rustyline::{Config, DefaultEditor, ExternalPrinter, error::ReadlineError};
use tokio::sync::mpsc;

use super::{
    Input, Lines, Paper, Setup, Terminal,
    input::{RawLine, Typed},
    tty,
};

const TICK: Duration = Duration::from_millis(80);
const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/// How long the prompt waits for the house to begin, and for the last message after it ended.
const GRACE: Duration = Duration::from_millis(250);
/// However long it takes, the prompt comes back after this.
const PATIENCE: Duration = Duration::from_secs(120);
/// Lines understood and not yet taken by the program.
const AHEAD: usize = 16;

/// A line editor, and the way to print above it.
pub(super) struct Editing {
    editor: DefaultEditor,
    printer: Box<dyn ExternalPrinter + Send>,
    history: Option<PathBuf>,
}

impl Editing {
    /// # Errors
    /// Where the terminal cannot do it (`TERM=dumb`).
    pub(super) fn begin(config: &super::Config, history: Option<PathBuf>) -> io::Result<Self> {
        let builder = Config::builder().max_history_size(config.history_lines).map_err(io::Error::other)?;
        let mut editor =
            DefaultEditor::with_config(builder.auto_add_history(false).build()).map_err(io::Error::other)?;
        if let Some(file) = &history {
            // A history that cannot be read is no reason not to work; there is none at the first start.
            let _ = editor.load_history(file);
        }
        let printer = Box::new(editor.create_external_printer().map_err(io::Error::other)?);
        Ok(Self { editor, printer, history })
    }
}

pub(super) fn open(setup: Setup, editing: Editing, colour: bool) -> (Terminal, Lines) {
    let Editing { editor, printer, history } = editing;
    let waiting = Arc::new(AtomicBool::new(false));
    let at_prompt = Arc::new(AtomicBool::new(false));
    let paper = Tty { printer, waiting: Arc::clone(&waiting), passing: false, colour };
    let terminal = Terminal::on(setup, Box::new(paper));
    let (sender, lines) = mpsc::channel(AHEAD);
    let session = tty::Session::begin(Arc::clone(&at_prompt));
    let person = PersonAtKeys { terminal: terminal.clone(), editor, history, waiting, at_prompt, sender };
    let typed = Typed { lines, begin: Some(Box::new(move || person.work())), session };
    (terminal.clone(), Lines::typed(terminal, typed))
}

struct PersonAtKeys {
    terminal: Terminal,
    editor: DefaultEditor,
    history: Option<PathBuf>,
    waiting: Arc<AtomicBool>,
    at_prompt: Arc<AtomicBool>,
    sender: mpsc::Sender<Input>,
}

impl PersonAtKeys {
    /// Reads lines until the end of input, which closes the channel.
    fn work(mut self) {
        let (mut interrupted, mut asked) = (false, false);
        loop {
            // Nothing is waited for before the first line: the prompt is there at once.
            if std::mem::take(&mut asked) {
                self.wait();
            }
            self.at_prompt.store(true, Ordering::SeqCst);
            let read = self.editor.readline(&self.terminal.prompt());
            self.at_prompt.store(false, Ordering::SeqCst);
            let line = match read {
                Ok(line) => line,
                Err(ReadlineError::Interrupted) if !interrupted => {
                    interrupted = true;
                    self.terminal.note("Ctrl-C once more, Ctrl-D or /quit ends the session.");
                    continue;
                }
                Err(ReadlineError::Signal(_)) => continue,
                Err(_) => return,
            };
            interrupted = false;
            if !line.trim().is_empty() {
                self.remember(&line);
            }
            if let Some(input) = self.terminal.understand(&RawLine::new(line.as_bytes())) {
                asked = true;
                if self.sender.blocking_send(input).is_err() {
                    return;
                }
            }
        }
    }

    fn remember(&mut self, line: &str) {
        let new = self.editor.add_history_entry(line).unwrap_or(false);
        if let (true, Some(file)) = (new, &self.history) {
            append(&mut self.editor, file);
        }
    }

    /// Spins while agents work. Ends when they are done, when a key is pressed, or when patience runs out.
    fn wait(&self) {
        let _quiet = tty::Kept::without_echo();
        self.waiting.store(true, Ordering::SeqCst);
        let begun = Instant::now();
        let mut idle_since = begun;
        let mut frame = 0;
        while begun.elapsed() < PATIENCE && !self.sender.is_closed() {
            let doing = {
                let mut state = self.terminal.state();
                let doing = state.screen.working().map(ToOwned::to_owned);
                if let (Some(doing), false) = (&doing, state.screen.is_streaming()) {
                    state.screen.passing(Some(&format!("{} {doing}", FRAMES[frame % FRAMES.len()])));
                }
                doing
            };
            if doing.is_some() {
                idle_since = Instant::now();
            } else if idle_since.elapsed() >= GRACE {
                break;
            }
            frame += 1;
            if tty::key_within(TICK) {
                break;
            }
        }
        self.terminal.state().screen.passing(None);
        self.waiting.store(false, Ordering::SeqCst);
    }
}

/// A history that cannot be written (a full or read-only disk) is no reason to stop.
fn append(editor: &mut DefaultEditor, file: &Path) {
    if editor.append_history(file).is_err() {
        let _ = editor.save_history(file);
    }
}

/// The screen of a terminal. Lines go through rustyline's printer, which puts them above a prompt that is being edited.
struct Tty {
    printer: Box<dyn ExternalPrinter + Send>,
    /// Whether the prompt is away and the bottom line is free.
    waiting: Arc<AtomicBool>,
    passing: bool,
    colour: bool,
}

impl Paper for Tty {
    fn lines(&mut self, lines: &[String]) -> io::Result<()> {
        self.passing(None)?;
        let mut text = lines.join("\n");
        text.push('\n');
        self.printer.print(text).map_err(io::Error::other)
    }

    fn passing(&mut self, line: Option<&str>) -> io::Result<()> {
        let free = self.waiting.load(Ordering::SeqCst);
        if !(free && (line.is_some() || self.passing)) {
            return Ok(());
        }
        self.passing = line.is_some();
        let mut out = io::stdout().lock();
        write!(out, "\r\u{1b}[K{}", line.unwrap_or_default())?;
        out.flush()
    }

    fn width(&self) -> Option<usize> {
        Some(tty::width().unwrap_or(80))
    }

    fn colour(&self) -> bool {
        self.colour
    }

    fn streams(&self) -> bool {
        true
    }
}
