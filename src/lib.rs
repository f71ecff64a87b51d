//! The program: its settings, its commands and their composition. A library so that tests build the same program; the
//! binary does nothing but call [`main`].

pub mod app;
pub mod assets;
pub mod cli;
pub mod commands;
pub mod console_login;
pub mod open_questions;
pub mod people;
pub mod play;
pub mod scenario;
pub mod secret;
pub mod settings;
pub mod shutdown;
pub mod telemetry;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use cli::{Cli, Command};
use commands::Failure;
use settings::Settings;

/// Parses `arguments`, runs the command, and says on stderr in one sentence what went wrong.
/// Exit codes: 0 done, 1 it failed, 2 wrong usage or configuration.
#[must_use]
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // `--help` and `--version` come this way too, with code 0 and for stdout; a closed pipe is nobody's fault.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !matches!(failure, Failure::Told) {
                let _ = writeln!(io::stderr(), "plumbline: {failure}");
            }
            ExitCode::from(failure.code())
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    // Every TLS client of the program uses this provider; a second installation (tests) changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new()?;
    let done = runtime.block_on(command(cli));
    // A blocking read of a terminal or a slow disk must not hold up the end.
    runtime.shutdown_background();
    done
}

async fn command(cli: Cli) -> Result<(), Failure> {
    let settings = Settings::of_process()?;
    #[cfg(debug_assertions)]
    stand_for_another_version();
    let command = cli.command.unwrap_or_else(|| Command::Chat(cli::ChatArgs::default()));
    if !matches!(command, Command::Chat(_)) {
        telemetry::to_stderr(&settings.log)?;
    }
    let out = &mut io::stdout();
    match command {
        Command::Chat(arguments) => commands::chat::run(settings, arguments).await,
        Command::Demo(arguments) => commands::demo::run(&settings, &arguments, out).await,
        Command::Serve(arguments) => commands::serve::run(&settings, &arguments, out).await,
        Command::Sandbox(arguments) => commands::sandbox::run(&settings, arguments, out).await,
        Command::Doctor => commands::doctor::run(&settings, out).await,
        Command::Migrate => commands::migrate::run(&settings, out).await,
        Command::Users(command) => commands::users::run(&settings, command, out).await,
        Command::Customers(command) => commands::customers::run(&settings, command, out).await,
        Command::Retention { dry_run } => commands::retention::run(&settings, dry_run, out).await,
        Command::Contact(asked) => commands::contact::asked(&settings, asked, out).await,
        Command::Token(arguments) => {
            commands::token::run(&settings, &arguments, out, &mut io::stderr()).await
        }
        Command::Backup { file } => commands::backup::save(&settings, &file, out).await,
        Command::Restore { file } => commands::backup::restore(&settings, &file, out).await,
        Command::Openapi => commands::openapi::run(out),
        Command::Eval { paths } => commands::eval::run(&settings, &paths, out).await,
        Command::Queue(command) => commands::queue::run(&settings, command, out).await,
    }
}

/// Upgrade tests run processes of two versions side by side: `PLUMBLINE_STATE_VERSION=n` makes a debug build one that saves
/// turns in that version.
#[cfg(debug_assertions)]
fn stand_for_another_version() {
    let version = std::env::var("PLUMBLINE_STATE_VERSION").ok().and_then(|text| text.parse().ok());
    if let Some(version) = version {
        agents::turn::version::stand_for(version);
    }
}
