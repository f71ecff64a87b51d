//! Where a fleet lives: a folder, a database, ports, and the settings that make leases and waits short enough to be seen.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use bench::{people, postgres::Cluster, webhook};
use store::Store;
use tempfile::TempDir;

use crate::processes::{free_port, free_ports, plumbline};

/// How long a worker may hold what it took. Renewed while it lives.
pub const LEASE_MS: u64 = 2_500;
/// How long a send whose answer was lost waits for its status.
pub const GRACE_MS: u64 = 8_000;

pub struct Site {
    /// Left where it is, for whoever looks, when the test fails.
    folder: TempDir,
    url: String,
    ports: (u16, u16),
    outside: SocketAddr,
    /// What differs from the settings below.
    pub variables: Vec<(String, String)>,
    /// Stopped when the site goes.
    pub cluster: Option<Cluster>,
}

/// Which database a fleet has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Drop for Site {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.folder.disable_cleanup(true);
            eprintln!("what is left: {}", self.folder.path().display());
        }
    }
}

impl Site {
    /// `None`, and said loudly, where the machine has no PostgreSQL.
    pub async fn new(kind: Kind, what: &str, outside: SocketAddr) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (url, cluster) = match kind {
            Kind::Sqlite => (format!("sqlite://{}", folder.path().join("fleet.db").display()), None),
            Kind::Postgres => {
                let Some(cluster) = Cluster::start(folder.path()).unwrap() else {
                    assert!(std::env::var("PLUMBLINE_CI").is_err(), "CI must have PostgreSQL installed");
                    eprintln!("SKIPPED: {what} (PostgreSQL is not installed below /usr/lib/postgresql)");
                    return None;
                };
                (cluster.database("fleet").await.unwrap(), Some(cluster))
            }
        };
        Some(Self { folder, url, ports: free_ports(), outside, variables: Vec::new(), cluster })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn log(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.log"))
    }

    /// The database, beside the processes that work on it.
    pub async fn store(&self) -> Store {
        Store::open(&store::Config { url: self.url.clone(), ..store::Config::default() }).await.unwrap()
    }

    /// `plumbline` with `arguments`; its gateway, if it is one, at `webhook`.
    pub fn command(&self, arguments: &[&str], gateway: u16) -> Command {
        let world = format!("http://{}", self.outside);
        let mut command = plumbline(self.folder.path(), self.ports);
        command.args(arguments).envs([
            ("COMMUNICATION_MODE", "whatsapp"),
            ("WHATSAPP_ACCESS_TOKEN", "fleet"),
            ("WHATSAPP_PHONE_NUMBER_ID", webhook::NUMBER),
            ("WHATSAPP_BUSINESS_ACCOUNT_ID", webhook::ACCOUNT),
            ("WHATSAPP_APP_SECRET", webhook::SECRET),
            ("WHATSAPP_VERIFY_TOKEN", "fleet"),
            ("WHATSAPP_API_BASE_URL", &world),
            ("MODEL_PROVIDER", "openai"),
            ("OPENAI_API_KEY", "fleet"),
            ("OPENAI_BASE_URL", &format!("{world}/v1")),
            ("OPENAI_MODEL", "stub"),
            ("DATABASE_URL", &self.url),
            ("WEBHOOK_PORT", &gateway.to_string()),
            ("AGENT_LINK_SECRET", "a secret that all of the fleet know"),
            ("PLUMBLINE_JWT_SECRET", "another secret that all of the fleet know"),
            ("PLUMBLINE__LOG__FILTER", "info"),
            ("PLUMBLINE__DATABASE__CONNECTIONS", "6"),
            ("PLUMBLINE__GATEWAY__SOURCE_PER_SECOND", "0"),
            ("PLUMBLINE__TURNS__GATHER_MS", "0"),
            // Each message its own turn, so that each has a reply of its own.
            ("PLUMBLINE__TURNS__PENDING", "followup"),
            // Whoever is killed in the middle of a turn has not failed it.
            ("PLUMBLINE__TURNS__ATTEMPTS", "1000"),
            ("PLUMBLINE__TURNS__LEASE_MS", &LEASE_MS.to_string()),
            ("PLUMBLINE__TURNS__RETRY_FIRST_MS", "100"),
            ("PLUMBLINE__TURNS__RETRY_CEILING_MS", "2000"),
            ("PLUMBLINE__INTAKE__LEASE_MS", &LEASE_MS.to_string()),
            ("PLUMBLINE__DELIVERY__LEASE_MS", &LEASE_MS.to_string()),
            ("PLUMBLINE__DELIVERY__RETRY_FIRST_MS", "100"),
            ("PLUMBLINE__DELIVERY__RETRY_CEILING_MS", "2000"),
            ("PLUMBLINE__DELIVERY__ATTEMPTS", "1000"),
            ("PLUMBLINE__DELIVERY__UNKNOWN_GRACE_MS", &GRACE_MS.to_string()),
            ("PLUMBLINE__WHATSAPP__RECEIPTS", "false"),
            // The provider's own pace is another test's.
            ("PLUMBLINE__WHATSAPP__THROUGHPUT_PER_SECOND", "1000000"),
            ("PLUMBLINE__WHATSAPP__PAIR_BURST", "1000000"),
            ("PLUMBLINE__WHATSAPP__PAIR_EVERY_MS", "1"),
            ("PLUMBLINE__WHATSAPP__ORDER_GAP_MS", "0"),
        ]);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Brings the database up and registers whoever writes, and a customer for each job.
    pub fn registers(&self, technicians: u32, customers: u32) {
        std::fs::write(self.folder.path().join("people.csv"), people::list(technicians)).unwrap();
        let mut list = String::from("customer_id,name,street,postal_code,city,phone,email,contract\n");
        for n in 0..customers {
            list.push_str(&format!("{n},Kunde {n},Teststrasse {n},10117,Berlin,,,Plus\n"));
        }
        std::fs::write(self.folder.path().join("customers.csv"), list).unwrap();
        for arguments in [["users", "import", "people.csv"], ["customers", "import", "customers.csv"]] {
            let mut command = self.command(&arguments, free_port());
            let done = command.stdin(Stdio::null()).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
    }
}
