//! What may be typed after `plumbline`. Parses; does nothing.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::{contact::Role, staff::ConsoleRole};

/// Field and office agents for a plumbing firm.
///
/// A technician reports a job in their own words; the field agent works out what was done, the office agent bills it by
/// the firm's rules, a person approves, and the technician hears of it. Without a command, and without a key, a server
/// or a set-up, it plays both agents in this terminal.
#[derive(Debug, Parser)]
#[command(name = "plumbline", version, about, long_about, after_long_help = ENVIRONMENT)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
}

const ENVIRONMENT: &str = "\
Settings come from config/local.toml, from PLUMBLINE__SECTION__KEY, and from the variables that .env.example lists, each
stronger than the one before; .env is read too. The defaults are in config/default.toml.

Exit codes: 0 done, 1 it failed, 2 wrong usage or configuration.";

#[derive(Debug, Subcommand)]
pub enum Command {
    Chat(ChatArgs),
    Demo(DemoArgs),
    Serve(ServeArgs),
    Sandbox(SandboxArgs),
    /// Check configuration, database, model and agents; one line a check
    ///
    /// Says for each failure what to do about it. Changes nothing. Exit code 1 if any check failed.
    Doctor,
    /// Bring the database to the current schema
    ///
    /// Every command does this at its start; here it is done alone, for example before several processes start. A
    /// database that is newer than this program is refused.
    Migrate,
    /// People: who may write to the agents, and in which role
    #[command(subcommand)]
    Users(UsersCommand),
    /// Customers: whom the office bills
    #[command(subcommand)]
    Customers(CustomersCommand),
    /// What is kept about one person: a copy of it, and its end
    Contact(ContactArgs),
    /// Forget what was kept for long enough, as the settings under `retention` say
    ///
    /// A running worker does the same every ten minutes, a part at a time. Nothing goes of whoever is on hold.
    Retention {
        /// Count what would go, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    Token(TokenArgs),
    /// Print the OpenAPI 3.1 document of the API
    ///
    /// A running gateway serves the same at /openapi.json, and a page to read it at /docs.
    Openapi,
    /// Copy the SQLite database to a file, while it is in use
    ///
    /// The copy is consistent: it holds what was committed at one moment. Received files (COMMS_MEDIA_STORAGE_DIR) and
    /// the secrets beside the database are not in it: copy those folders too. PostgreSQL has its own `pg_dump`.
    Backup {
        /// A new file
        file: PathBuf,
    },
    /// Put a copy made by `backup` in the database's place
    ///
    /// Every plumbline that has the database must be stopped. The database that stood there is kept beside it.
    Restore {
        /// A file that `backup` wrote
        file: PathBuf,
    },
    /// Play conversations kept as data against the configured model
    ///
    /// Each file, or each .toml file of a folder, is played in a house of its own with the demo customers, a database of
    /// its own and a clock of its own. Prints a table; exit code 1 if one of them fails.
    Eval {
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// The inbox and the outbox: what waits, what failed for good
    #[command(subcommand)]
    Queue(QueueCommand),
}

/// Play the humans in this terminal: both agents in one process
///
/// A line is what a person says. With both people here, `@technician TEXT` and `@office TEXT` say who speaks and switch;
/// a bare line comes from the one in the prompt. A number, a title or an id chooses an option. A path or an http(s)
/// address of an image, an audio file or a document is an attachment. /help, /jobs, /trace on|off and /quit are the
/// commands, and the end of input ends the session. Input may be piped: the next line is taken once the agents rest.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct ChatArgs {
    /// Play only this person, and run only this person's agent here; the other is reached over the agents' HTTP link
    #[arg(long = "as", value_name = "PERSON")]
    pub person: Option<Person>,
}

/// Everything in one process with the WhatsApp sandbox: two phones in a web page
///
/// The gateway, both agents and the Cloud API emulator on their ports, the demo people and customers in the program's own
/// database, no key and no set-up. Prints the addresses to open.
#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// Where the sandbox and its phones are; 0 for any free port
    #[arg(long, value_name = "PORT", default_value_t = 8020)]
    pub sandbox_port: u16,
}

/// Serve WhatsApp: all in one process, or the roles you name
///
/// Several processes share one database. Needs COMMUNICATION_MODE=whatsapp and Meta's credentials; README.md tells the
/// set-up. SIGTERM stops taking work and lets running turns finish; a second one ends at once.
#[derive(Clone, Debug, Default, Args)]
pub struct ServeArgs {
    /// Comma-separated; all of them when left out
    #[arg(long, value_name = "ROLE", value_delimiter = ',')]
    pub roles: Vec<ServeRole>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum ServeRole {
    /// Webhooks and the API, on WEBHOOK_PORT
    Gateway,
    /// The field agent's port and its turns
    Field,
    /// The office agent's port and its turns
    Office,
    /// Intake, delivery, wake-ups, and turns of any agent
    Worker,
}

impl ServeRole {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Field => "field",
            Self::Office => "office",
            Self::Worker => "worker",
        }
    }
}

/// Mint a bearer token for the API, the live stream and the console
///
/// Prints the token alone to stdout, and to stderr a login link that opens the console in a browser, once. Registers the
/// user if nobody of that name works here; somebody who was removed is taken back. The token ends by itself, by logging
/// out, or with `plumbline users remove`.
#[derive(Clone, Debug, Args)]
pub struct TokenArgs {
    /// Who it is; a name is one person, in any case
    #[arg(long, value_name = "NAME")]
    pub user: String,
    /// owner, admin, dispatcher, staff or auditor; all but the last may approve jobs
    #[arg(long, value_parser = crate::commands::token::role)]
    pub role: ConsoleRole,
    /// How long it is good: a number with s, m, h or d
    #[arg(long, value_name = "TIME", default_value = "12h", value_parser = crate::commands::token::duration)]
    pub expires: Duration,
}

/// Run the WhatsApp Cloud API emulator alone, for any client
///
/// Speaks the Graph API under any /vNN.N, sends signed webhooks, enforces the limits, makes faults on demand, and shows
/// the phones in a web page at its address.
#[derive(Clone, Debug, Args)]
pub struct SandboxArgs {
    /// 0 for any free one
    #[arg(long, default_value_t = 8020)]
    pub port: u16,
    /// Where webhooks go; a client may set its own later
    #[arg(long, value_name = "URL")]
    pub webhook: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Person {
    Technician,
    Office,
}

impl Person {
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Technician => Role::Technician,
            Self::Office => Role::Office,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum UsersCommand {
    /// Import people from a CSV file with the columns phone,name,role
    ///
    /// Roles are technician, office and customer; a person may have two, in two rows or as technician+office. Somebody
    /// whose phone is known already gets the name, and the role added. Every bad row is named by its line, and then
    /// nothing is imported.
    Import { file: PathBuf },
    /// List everybody, with roles and phone numbers
    List,
    /// Somebody has left: nothing they were given counts any more
    ///
    /// Ends their console sessions, tokens and open pages at once, and takes the roles technician and office from the
    /// person who is reached under that name or phone number, so that they can approve nothing by message either. What
    /// they did stays in the records.
    Remove {
        /// A name as `plumbline users list` or the console shows it, or a phone number
        who: String,
    },
    /// Register one person
    Add {
        /// Digits with country code, or without one: then COMMS_DEFAULT_COUNTRY_CODE is put before them
        #[arg(long)]
        phone: String,
        #[arg(long)]
        name: String,
        /// technician, office or customer; may be given twice
        #[arg(long, required = true, value_parser = role)]
        role: Vec<Role>,
    },
}

#[derive(Debug, Subcommand)]
pub enum CustomersCommand {
    /// Import customers from a CSV file
    ///
    /// The columns are customer_id,name,street,postal_code,city,phone,email,contract; contract is a name from the
    /// billing rules, or empty. A known customer_id is replaced. Every bad row is named by its line, and then nothing is
    /// imported.
    Import { file: PathBuf },
    /// List all customers
    List,
}

#[derive(Debug, Args)]
pub struct ContactArgs {
    #[command(subcommand)]
    pub command: ContactCommand,
    /// With erase: count what would go, and change nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
}

#[derive(Debug, Subcommand)]
pub enum ContactCommand {
    /// Write everything kept about a person to a zip archive
    ///
    /// JSON documents (identities, messages, notes, tasks, approvals, jobs, invoices, audit entries) and the files of
    /// their messages. The file must be new; it is readable by you alone. A customer who never wrote has a record too.
    Export {
        /// The contact's id, a customer's id, or a phone number of theirs
        id: String,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Erase a person: words, files, names and numbers, for good
    ///
    /// Ids, times and invoices stay: tax law wants invoices kept unaltered. Refused while a job of theirs is open or they
    /// work at the console. An old import file does not bring them back. May be repeated. A customer of the list who never
    /// wrote is erased by the customer's id.
    Erase {
        /// The contact's id, a customer's id, or a phone number of theirs
        id: String,
        /// Also while something of theirs is open; what the bill of an open job needs stays with it
        #[arg(long)]
        despite_open: bool,
    },
    /// Put a person on legal hold: nothing of them is erased, and nothing forgotten by age
    Hold {
        /// The contact's id, or a phone number of theirs
        id: String,
    },
    /// Lift a person's hold
    Release {
        /// The contact's id, or a phone number of theirs
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum QueueCommand {
    /// How much waits, is being worked on, and failed for good
    Status,
    /// What failed for good, with the reason
    Dead,
    /// Try one of them again
    Retry {
        /// As `plumbline queue dead` shows it
        id: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "there are technician, office and customer".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_sound_and_every_command_says_what_it_does() {
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        fn check(command: &clap::Command) {
            assert!(
                command.get_about().is_some_and(|about| about.to_string().len() > 10),
                "{}",
                command.get_name()
            );
            command.get_subcommands().for_each(check);
        }
        check(&command);
    }

    #[test]
    fn without_a_command_nothing_is_asked_for() {
        assert!(Cli::try_parse_from(["plumbline"]).unwrap().command.is_none());
        let as_office = Cli::try_parse_from(["plumbline", "chat", "--as", "office"]).unwrap();
        assert!(matches!(as_office.command, Some(Command::Chat(ChatArgs { person: Some(Person::Office) }))));
    }

    #[test]
    fn wrong_usage_is_refused_with_code_two() {
        for line in [
            "plumbline chat --as customer",
            "plumbline nonsense",
            "plumbline queue retry",
            "plumbline users add --phone 1 --name x --role boss",
        ] {
            let error = Cli::try_parse_from(line.split(' ')).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }
}
