//! Lines in: taken one at a time, each made into an arrival, or answered here where it is a command of the terminal's own.

use std::io::{self, BufRead};
use std::path::Path;

use domain::{
    address::{Address, ChannelName},
    contact::{Identity, Role},
    inbound::{Arrival, Inbound, InboundMessage},
    message::Part,
};
use tokio::sync::mpsc;

use super::{
    Terminal, attachment,
    line::{self, What},
    tty,
};

/// What a line asks of the program.
#[derive(Debug)]
pub enum Input {
    /// Something was said: a row for the inbox.
    Said(Box<Arrival>),
    /// `/jobs`: tell what is open, as the person who plays this role may see it.
    Jobs(Role),
    /// `/quit`: end the session.
    Quit,
}

/// Where lines come from. Taking one is the sign that the next may be read: piped input is taken once the house is
/// quiet, so that a script plays the same story every time.
pub struct Lines {
    terminal: Terminal,
    source: Source,
}

enum Source {
    Piped { lines: mpsc::Receiver<RawLine>, echo: bool },
    Typed(Typed),
}

/// Lines of the editor, understood when Enter was pressed.
pub(super) struct Typed {
    pub lines: mpsc::Receiver<Input>,
    /// Begins the editing; taken when the first line is asked for, so that what is said before stands above the prompt.
    pub begin: Option<Box<dyn FnOnce() + Send>>,
    /// The terminal as it was before, for the end.
    #[expect(dead_code, reason = "put back when dropped")]
    pub session: tty::Session,
}

impl Lines {
    pub(super) fn typed(terminal: Terminal, typed: Typed) -> Self {
        Self { terminal, source: Source::Typed(typed) }
    }

    /// Whether a person types here. If not, take a line only once no model or tool call runs and nothing is due.
    #[must_use]
    pub fn interactive(&self) -> bool {
        matches!(self.source, Source::Typed(..))
    }

    /// The next line that asks something of the program; `None` at the end of input. Dropping the future loses no line.
    pub async fn next(&mut self) -> Option<Input> {
        match &mut self.source {
            Source::Typed(typed) => {
                if let Some(begin) = typed.begin.take() {
                    std::thread::spawn(begin);
                }
                typed.lines.recv().await
            }
            Source::Piped { lines, echo } => loop {
                let raw = lines.recv().await?;
                if *echo {
                    self.terminal.echo(&raw);
                }
                if self.terminal.state().screen.broken {
                    return None;
                }
                if let Some(input) = self.terminal.understand(&raw) {
                    return Some(input);
                }
            },
        }
    }
}

/// One line as it came. What is over the limit is counted and dropped.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RawLine {
    Text { text: String, lossy: bool },
    TooLong { bytes: u64 },
    Unreadable { why: String },
}

impl RawLine {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let text = String::from_utf8_lossy(bytes);
        // Not every database keeps a NUL in text.
        let clean = text.replace('\0', "\u{fffd}");
        let lossy = std::str::from_utf8(bytes).is_err() || clean.len() != text.len();
        Self::Text { text: clean, lossy }
    }
}

pub(super) fn piped(terminal: Terminal, mut input: impl BufRead + Send + 'static, echo: bool) -> Lines {
    let limit = terminal.0.setup.config.line_bytes;
    let (sender, lines) = mpsc::channel(1);
    // A thread of its own: a read that waits for ever must not hold up the end of the program.
    std::thread::spawn(move || {
        loop {
            let (line, goes_on) = match read_line(&mut input, limit) {
                Ok(None) => return,
                Ok(Some(line)) => (line, true),
                Err(error) => (RawLine::Unreadable { why: error.to_string() }, false),
            };
            if sender.blocking_send(line).is_err() || !goes_on {
                return;
            }
        }
    });
    Lines { terminal, source: Source::Piped { lines, echo } }
}

/// The next line of `input`, holding at most `limit` bytes of it in memory; `None` at the end.
fn read_line(input: &mut impl BufRead, limit: usize) -> io::Result<Option<RawLine>> {
    let mut kept = Vec::new();
    let mut length: u64 = 0;
    loop {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let ended = buffer.is_empty();
        let newline = buffer.iter().position(|byte| *byte == b'\n');
        let taken = newline.map_or(buffer.len(), |at| at + 1);
        let content = newline.unwrap_or(buffer.len());
        length += content as u64;
        if kept.len() <= limit {
            kept.extend_from_slice(&buffer[..content.min(limit + 1 - kept.len())]);
        }
        input.consume(taken);
        if ended && length == 0 {
            return Ok(None);
        }
        if ended || newline.is_some() {
            let fits = length <= limit as u64;
            return Ok(Some(if fits { RawLine::new(&kept) } else { RawLine::TooLong { bytes: length } }));
        }
    }
}

impl Terminal {
    /// Prints the line as if it had been typed, so that a log reads like a session.
    fn echo(&self, raw: &RawLine) {
        if let RawLine::Text { text, .. } = raw
            && !text.trim().is_empty()
        {
            let prompt = self.prompt();
            self.state().screen.echo(&prompt, text);
        }
    }

    /// `technician> `, by who speaks now.
    pub(super) fn prompt(&self) -> String {
        format!("{}> ", self.state().speaker)
    }

    /// What the program has to do about a line; `None` where it was answered here or says nothing.
    pub(super) fn understand(&self, raw: &RawLine) -> Option<Input> {
        let text = match raw {
            RawLine::Text { text, lossy } => {
                if *lossy {
                    self.note("That line is not UTF-8 text: what could not be read became \u{fffd}.");
                }
                text
            }
            RawLine::TooLong { bytes } => {
                let limit = self.0.setup.config.line_bytes;
                self.note(&format!(
                    "That line has {bytes} bytes and was not sent: a line may have {limit} (PLUMBLINE__TERMINAL__LINE_BYTES)."
                ));
                return None;
            }
            RawLine::Unreadable { why } => {
                self.note(&format!("The input cannot be read any further ({why}): the session ends."));
                return None;
            }
        };
        if text.len() > self.0.setup.config.line_bytes {
            return self.understand(&RawLine::TooLong { bytes: text.len() as u64 });
        }
        let line = line::parse(text);
        if let Some(role) = line.speaker {
            self.switch(role)?;
        }
        self.answer(&line.what)
    }

    /// `None` where nobody plays `role` here.
    fn switch(&self, role: Role) -> Option<()> {
        if self.roles().contains(&role) {
            self.state().speaker = role;
            return Some(());
        }
        let here: Vec<&str> = self.roles().iter().map(|role| role.as_str()).collect();
        self.note(&format!(
            "Nobody plays the {role} in this terminal, so that line was not sent: it plays {}.",
            here.join(" and ")
        ));
        None
    }

    fn answer(&self, what: &What<'_>) -> Option<Input> {
        match what {
            What::Empty => {}
            What::Help => self.note(&self.help()),
            What::Jobs => return Some(Input::Jobs(self.state().speaker)),
            What::Quit => return Some(Input::Quit),
            What::Trace(on) => {
                self.state().screen.tracing = *on;
                self.note(if *on {
                    "Trace is on: model rounds and tool calls are shown."
                } else {
                    "Trace is off."
                });
            }
            What::WhichTrace => self.note("Say /trace on or /trace off."),
            What::Unknown(command) => self.note(&format!(
                "There is no command {}: the commands are /help, /jobs, /trace on|off and /quit.",
                super::layout::cut(command, 40)
            )),
            What::Words(text) => return Some(self.said(text)),
        }
        None
    }

    fn said(&self, text: &str) -> Input {
        let speaker = self.state().speaker;
        let parts = self.parts(speaker, text);
        let setup = &self.0.setup;
        let channel = ChannelName::terminal(speaker.as_str());
        let message = InboundMessage {
            id: None,
            from: Address::new(channel.clone(), speaker.as_str()),
            identities: vec![Identity::terminal(speaker)],
            profile_name: None,
            parts,
            quotes: None,
            sent_at: setup.clock.now(),
        };
        Input::Said(Box::new(Arrival {
            lane: channel.as_str().to_owned(),
            channel,
            external: setup.ids.uuid(),
            body: Inbound::Message(message),
        }))
    }

    fn parts(&self, speaker: Role, text: &str) -> Vec<Part> {
        let picked = self.state().boards.get(speaker.as_str()).and_then(|board| board.pick(text).cloned());
        if let Some(choice) = picked {
            return vec![Part::Choice { id: choice.id, title: choice.title }];
        }
        let setup = &self.0.setup;
        let is_file = |path: &Path| path.is_file();
        let around = attachment::Surroundings {
            is_file: &is_file,
            folder: &setup.folder,
            home: setup.home.as_deref(),
        };
        let found = attachment::parts(text, &around);
        for path in &found.missing {
            self.note(&format!("There is no file {path:?}: it was sent as words."));
        }
        found.parts
    }

    fn help(&self) -> String {
        let who = match self.roles() {
            [_, _, ..] => {
                "A line is said by the name before the prompt; @technician TEXT and @office TEXT say who speaks and switch."
            }
            _ => "A line is said by the name before the prompt.",
        };
        format!(
            "{who}\n\
             A number, a title or an id chooses an option.\n\
             A path or an http(s) address of an image, an audio file or a document is an attachment; words beside it are its caption.\n\
             /jobs shows what is open, /trace on|off what agents do, /quit ends; so does the end of input."
        )
    }
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod tests;
