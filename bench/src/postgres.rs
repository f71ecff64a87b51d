//! A PostgreSQL cluster of the bench's own, in its folder, with the settings it ships with: `fsync` stays on. Uses the
//! binaries of the machine and stops what it started.

use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};
use tokio_postgres::NoTls;

/// `None` where this is no root and needs no other user.
type Owner = Option<(u32, u32)>;

pub struct Cluster {
    binaries: PathBuf,
    data: PathBuf,
    socket: PathBuf,
    port: u16,
    owner: Owner,
}

impl Cluster {
    /// `None` where no PostgreSQL is installed.
    pub fn start(folder: &Path) -> anyhow::Result<Option<Self>> {
        let Some(binaries) = binaries() else { return Ok(None) };
        let owner = owner()?;
        // The server's user must reach what is its own.
        fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        let (data, socket) = (folder.join("postgres"), folder.join("socket"));
        for made in [&data, &socket] {
            fs::create_dir(made)?;
            if let Some((user, group)) = owner {
                chown(made, Some(user), Some(group))?;
            }
        }
        // A port that is free now; nobody else here asks for one in between.
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let cluster = Self { binaries, data, socket, port, owner };
        cluster.run("initdb", &["-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C"])?;
        cluster.resume()?;
        Ok(Some(cluster))
    }

    /// Starts the server, ready when this returns.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn resume(&self) -> anyhow::Result<()> {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -p {} -k {} -c max_connections=200",
            self.port,
            self.socket.display()
        );
        let log = self.data.join("log").display().to_string();
        self.run("pg_ctl", &["-l", &log, "-s", "-w", "-t", "60", "-o", &options, "start"])
    }

    /// Stops the server as a power cut would: nothing is written out, everybody is cut off.
    ///
    /// # Errors
    /// Where it does not stop.
    pub fn halt(&self) -> anyhow::Result<()> {
        self.run("pg_ctl", &["-m", "immediate", "-s", "stop"])
    }

    /// A new, empty database; its address.
    pub async fn database(&self, name: &str) -> anyhow::Result<String> {
        self.told(&[&format!("CREATE DATABASE {name}")]).await?;
        Ok(format!("{}/{name}", self.address()))
    }

    /// Does away with a database and with the work that it left: whatever is measured next has the server to itself.
    pub async fn forget(&self, name: &str) -> anyhow::Result<()> {
        self.told(&[&format!("DROP DATABASE {name} WITH (FORCE)"), "CHECKPOINT"]).await
    }

    fn address(&self) -> String {
        format!("postgres://bench@127.0.0.1:{}", self.port)
    }

    async fn told(&self, commands: &[&str]) -> anyhow::Result<()> {
        let (client, connection) =
            tokio_postgres::connect(&format!("{}/postgres", self.address()), NoTls).await?;
        let connection = tokio::spawn(connection);
        for command in commands {
            client.batch_execute(command).await?;
        }
        drop(client);
        Ok(connection.await??)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let mut command = Command::new(self.binaries.join(program));
        command.arg("-D").arg(&self.data).args(arguments).current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = self.owner {
            command.gid(group).uid(user);
        }
        let status = command.status().with_context(|| format!("{program} could not be started"))?;
        ensure!(status.success(), "{program} failed with {status}");
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.halt();
    }
}

/// The newest that the system's packages brought.
fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .collect();
    found.sort();
    found.pop().map(|(_, folder)| folder)
}

/// Whom the server runs as: PostgreSQL refuses to run as root.
fn owner() -> anyhow::Result<Owner> {
    let own = fs::read_to_string("/proc/self/status")?;
    let is_root = own.lines().any(|line| line.starts_with("Uid:\t0\t"));
    if !is_root {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let user = users.lines().find(|line| line.starts_with("postgres:"));
    let mut fields = user.context("this is root, and there is no user postgres")?.split(':').skip(2);
    let mut number = || fields.next()?.parse().ok();
    Ok(Some((number().context("no user id")?, number().context("no group id")?)))
}
