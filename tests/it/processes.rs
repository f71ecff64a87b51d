//! The real binary, as its users start it: piped, in one process and in two, stopped and started again.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

/// How long a loaded machine may take for what takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// The command in `folder`, with nothing of this process's environment that it would read.
pub fn plumbline(folder: &Path, ports: (u16, u16)) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plumbline"));
    command
        .current_dir(folder)
        .env_clear()
        .env("OFFICE_AGENT_PORT", ports.0.to_string())
        .env("FIELD_AGENT_PORT", ports.1.to_string());
    command
}

/// Two ports that no other test gets: below those that the system gives to clients, each given out once.
pub fn free_ports() -> (u16, u16) {
    (free_port(), free_port())
}

pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 12_000 + u16::try_from(std::process::id() % 100).unwrap() * 200;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::SeqCst);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A running `plumbline` whose terminal is played line by line.
pub struct Terminal {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<String>,
    seen: String,
}

impl Terminal {
    pub fn start(mut command: Command) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (sender, output) = channel();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { input: child.stdin.take(), child, output, seen: String::new() }
    }

    pub fn types(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Waits until `words` have been printed since the last wait.
    pub fn shows(&mut self, words: &str) {
        self.shows_all(&[words]);
    }

    /// Waits until all of `words` have been printed since the last wait, in whatever order: two agents speak when they
    /// are ready.
    pub fn shows_all(&mut self, words: &[&str]) {
        let until = Instant::now() + PATIENCE;
        while let Some(missing) = words.iter().find(|words| !self.seen.contains(**words)) {
            match self.output.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => self.seen.push_str(&(line + "\n")),
                Err(RecvTimeoutError::Timeout) => panic!("{missing:?} was never shown, but:\n{}", self.seen),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended before {missing:?}:\n{}", self.seen),
            }
        }
        let ends = words.iter().filter_map(|words| self.seen.find(words).map(|at| at + words.len()));
        let end = ends.max().unwrap_or_default();
        self.seen.drain(..end);
    }

    /// The end of input; the exit code and everything printed since the last wait.
    pub fn ends(mut self) -> (Option<i32>, String) {
        drop(self.input.take());
        while let Ok(line) = self.output.recv_timeout(PATIENCE) {
            self.seen.push_str(&(line + "\n"));
        }
        (self.child.wait().unwrap().code(), std::mem::take(&mut self.seen))
    }

    /// `kill -9`.
    pub fn dies(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const REPORT: &str = "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B";

#[test]
fn the_story_in_one_process_by_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = Terminal::start(plumbline(folder.path(), free_ports()));
    one.shows("Model: offline");
    one.types(REPORT);
    one.shows("[1] Confirm  [2] Correct");
    one.types("1");
    let asked = "0.5 h over the Plus contract (1 h included), 47.50 EUR. Grant goodwill?";
    one.shows_all(&["with the office", asked, "[1] Grant"]);
    one.types("@office 1");
    one.shows("[1] Create");
    one.types("1");
    one.shows("RE-2026-0001");
    let (code, _) = one.ends();
    assert_eq!(code, Some(0));
}

#[test]
fn the_story_in_german() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = Terminal::start(plumbline(folder.path(), free_ports()));
    one.types(
        "Fertig bei Meier, Schillerstr. 12. Anderthalb Stunden, Abflussrohr repariert, eine Dichtung 10-B",
    );
    one.shows("Bestätigen");
    one.types("Bestätigen");
    one.shows_all(&["Büro", "47,50", "[1] Gewähren"]);
    one.types("@office 1");
    one.shows("[1] Anlegen");
    one.types("1");
    one.shows("RE-2026-0001");
    assert_eq!(one.ends().0, Some(0));
}

/// Both agents in processes of their own over `databases`, joined by the link alone.
fn two_processes(office_database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let ports = free_ports();
    let start = |person: &str| {
        let mut command = plumbline(folder.path(), ports);
        command.args(["chat", "--as", person]);
        if office_database.is_some() {
            command.env("AGENT_LINK_SECRET", "a secret that both of them know");
        }
        if let (Some(url), "office") = (office_database, person) {
            command.env("DATABASE_URL", url);
        }
        command
    };
    if let Some(url) = office_database {
        let customers = folder.path().join("customers.csv");
        let line = "789,Klaus Meier,Schillerstrasse 12,10117,Berlin,,,Plus";
        let text = format!("customer_id,name,street,postal_code,city,phone,email,contract\n{line}\n");
        std::fs::write(&customers, text).unwrap();
        let mut import = plumbline(folder.path(), ports);
        import.env("DATABASE_URL", url).args(["customers", "import", "customers.csv"]);
        assert!(import.status().unwrap().success());
    }
    let mut technician = Terminal::start(start("technician"));
    technician.types(REPORT);
    technician.shows("[1] Confirm");
    technician.types("1");
    // Nobody is at the office yet: the job is safe here.
    technician.shows("safe");
    let mut office = Terminal::start(start("office"));
    office.shows("47.50");
    office.dies();
    let mut office = Terminal::start(start("office"));
    office.shows("47.50");
    office.types("Grant");
    office.shows("Create the invoice?");
    technician.dies();
    office.types("Create");
    office.shows("Create");
    let mut technician = Terminal::start(start("technician"));
    technician.shows("RE-2026-0001");
    assert_eq!(technician.ends().0, Some(0));
    assert_eq!(office.ends().0, Some(0));
}

#[test]
fn two_processes_over_one_database() {
    two_processes(None);
}

#[test]
fn two_processes_over_two_databases() {
    two_processes(Some("sqlite://office/office.db"));
}

#[test]
fn a_port_in_use_is_one_sentence_and_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let (_, free) = free_ports();
    let port = taken.local_addr().unwrap().port();
    let out = plumbline(folder.path(), (port, free)).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert!(said.contains(&port.to_string()) && said.contains("OFFICE_AGENT_PORT"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}
