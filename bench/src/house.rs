//! The real binary as a user starts it: a folder of its own, settings by environment, killed at the end. What is set
//! here is written in docs/performance.md; no special build.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};

use crate::{bare::Limit, ground, people, webhook, wire};

/// How long a start may take before something is wrong.
const PATIENCE: Duration = Duration::from_secs(120);

/// The `plumbline` that is measured.
pub struct Binary {
    plumbline: PathBuf,
    folder: Option<PathBuf>,
}

impl Binary {
    pub fn find(named: Option<PathBuf>, folder: Option<PathBuf>) -> anyhow::Result<Self> {
        let plumbline = match named {
            Some(path) => path,
            None => std::env::current_exe()?.with_file_name("plumbline"),
        };
        ensure!(
            plumbline.is_file(),
            "{} is not there: build it with cargo build --release, or run just bench",
            plumbline.display()
        );
        Ok(Self { plumbline: std::fs::canonicalize(plumbline)?, folder })
    }

    /// A folder that is removed with what it holds.
    pub fn folder(&self) -> anyhow::Result<tempfile::TempDir> {
        let made = match &self.folder {
            Some(folder) => tempfile::tempdir_in(folder),
            None => tempfile::tempdir(),
        };
        made.context("no folder for the database")
    }
}

/// Where a house lives and whom it talks to.
pub struct Site<'a> {
    pub binary: &'a Binary,
    pub folder: &'a Path,
    pub world: SocketAddr,
    /// `None`: a file in the folder.
    pub postgres: Option<Shared>,
}

/// A PostgreSQL that workers share, on the machine that is theirs too.
pub struct Shared {
    pub url: String,
    pub workers: usize,
}

impl Site<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let world = format!("http://{}", self.world);
        let database = match &self.postgres {
            Some(shared) => shared.url.clone(),
            None => format!("sqlite://{}", self.folder.join("plumbline.db").display()),
        };
        let mut command = Command::new(&self.binary.plumbline);
        command.args(arguments).current_dir(self.folder).env_clear().envs([
            ("COMMUNICATION_MODE", "whatsapp"),
            ("WHATSAPP_ACCESS_TOKEN", "bench"),
            ("WHATSAPP_PHONE_NUMBER_ID", webhook::NUMBER),
            ("WHATSAPP_BUSINESS_ACCOUNT_ID", webhook::ACCOUNT),
            ("WHATSAPP_APP_SECRET", webhook::SECRET),
            ("WHATSAPP_VERIFY_TOKEN", "bench"),
            ("WHATSAPP_API_BASE_URL", &world),
            ("MODEL_PROVIDER", "openai"),
            ("OPENAI_API_KEY", "bench"),
            ("OPENAI_BASE_URL", &format!("{world}/v1")),
            ("OPENAI_MODEL", "stub"),
            ("DATABASE_URL", &database),
            ("WEBHOOK_PORT", "0"),
            ("OFFICE_AGENT_PORT", "0"),
            ("FIELD_AGENT_PORT", "0"),
            ("AGENT_LINK_SECRET", "bench-link-secret-of-some-length"),
            ("PLUMBLINE__TURNS__GATHER_MS", "0"),
            ("PLUMBLINE__TURNS__PENDING", "followup"),
            // A gateway alone works nothing off: what it takes in for seconds is more than may wait in earnest.
            ("PLUMBLINE__INTAKE__PENDING", "1000000"),
            ("PLUMBLINE__WHATSAPP__RECEIPTS", "false"),
            // The provider's own limits are no limit of the house's.
            ("PLUMBLINE__WHATSAPP__THROUGHPUT_PER_SECOND", "1000000"),
            ("PLUMBLINE__WHATSAPP__PAIR_BURST", "1000000"),
            ("PLUMBLINE__WHATSAPP__PAIR_EVERY_MS", "1"),
            ("PLUMBLINE__WHATSAPP__ORDER_GAP_MS", "0"),
            ("PLUMBLINE__GATEWAY__DELIVERIES", "256"),
            // All load comes from one address.
            ("PLUMBLINE__GATEWAY__SOURCE_PER_SECOND", "0"),
            ("PLUMBLINE__HTTP__CONCURRENT", "64"),
            ("PLUMBLINE__TURNS__CONCURRENT", "64"),
        ]);
        if let Some(shared) = &self.postgres {
            // The server has the same two processors: two connections for each. And no more threads than processors.
            let processors = std::thread::available_parallelism().map_or(1, usize::from);
            let threads = (processors / shared.workers).max(1).to_string();
            command.env("PLUMBLINE__DATABASE__CONNECTIONS", "4").env("TOKIO_WORKER_THREADS", threads);
        }
        command
    }

    /// Runs a command of the house to its end.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<()> {
        self.said(arguments).map(|_| ())
    }

    /// The same; what it printed.
    pub fn said(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let done = self.command(arguments).stdin(Stdio::null()).output()?;
        let complaint = String::from_utf8_lossy(&done.stderr).into_owned();
        ensure!(done.status.success(), "plumbline {} failed: {complaint}", arguments.join(" "));
        Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
    }

    /// Registers the senders and their customer.
    pub fn people(&self, senders: u32) -> anyhow::Result<()> {
        let (people, customers) = (self.folder.join("people.csv"), self.folder.join("customers.csv"));
        std::fs::write(&people, people::list(senders))?;
        std::fs::write(&customers, people::CUSTOMERS)?;
        self.run(&["users", "import", "people.csv"])?;
        self.run(&["customers", "import", "customers.csv"])
    }

    /// `plumbline serve` with these roles (all, where none is named), ready.
    pub async fn serve(&self, roles: &str) -> anyhow::Result<Running> {
        let mut command = self.command(&["serve"]);
        if !roles.is_empty() {
            command.args(["--roles", roles]);
        }
        let gateway = roles.is_empty() || roles.contains("gateway");
        let began = Instant::now();
        let mut running = Running::start(command, gateway, "health: http://")?;
        if gateway {
            running.ready().await?;
        }
        running.started_in = began.elapsed();
        Ok(running)
    }
}

/// A limit in a process of its own.
pub fn bare(limit: Limit, folder: &Path) -> anyhow::Result<Running> {
    let mut command = Command::new(std::env::current_exe()?);
    let name = match limit {
        Limit::Handler => "handler",
        Limit::Commits => "commits",
    };
    command.args(["--bare", name]).current_dir(folder);
    Running::start(command, true, "http://")
}

/// A process that is killed when it is dropped.
pub struct Running {
    child: Child,
    /// Where it listens: `127.0.0.1:PORT`.
    pub address: String,
    /// From the start of the process to its readiness.
    pub started_in: Duration,
    /// Kept open: a process that prints to nobody ends.
    output: BufReader<ChildStdout>,
}

impl Running {
    fn start(mut command: Command, listens: bool, mark: &str) -> anyhow::Result<Self> {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
        let output = BufReader::new(child.stdout.take().context("no output")?);
        let mut running = Self { child, address: String::new(), started_in: Duration::ZERO, output };
        loop {
            let mut line = String::new();
            ensure!(running.output.read_line(&mut line)? > 0, "it ended before it was ready");
            if !listens {
                return Ok(running);
            }
            if let Some((_, after)) = line.split_once(mark) {
                running.address = after.split('/').next().unwrap_or_default().trim().to_owned();
                return Ok(running);
            }
        }
    }

    async fn ready(&self) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Ok((200, _)) = wire::get(&self.address, "/health/ready").await {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bail!("it was not ready within {} s", PATIENCE.as_secs())
    }

    pub fn used(&self) -> ground::Used {
        ground::used(self.child.id())
    }

    pub fn forget_peak(&self) {
        ground::forget_peak(self.child.id());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
