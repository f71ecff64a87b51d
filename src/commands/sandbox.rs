//! `plumbline sandbox`: the WhatsApp Cloud API emulator alone, for any client.

use std::io::Write;

use sandbox::{Clock, Config, Sandbox};
use tokio::net::TcpListener;

use super::Failure;
use crate::{cli::SandboxArgs, settings::Settings, shutdown::Shutdown};

/// # Errors
/// [`Failure`]: a port in use.
pub async fn run(settings: &Settings, arguments: SandboxArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let shutdown = Shutdown::on_signals()?;
    let config = Config {
        port: arguments.port,
        bind: settings.bind,
        webhook_url: arguments.webhook,
        ..Config::default()
    };
    let (token, secret, verify) =
        (config.access_token.clone(), config.app_secret.clone(), config.verify_token.clone());
    let (phone, account) = (config.phone_number_id.clone(), config.waba_id.clone());
    let sandbox = start(config, &shutdown).await?;
    let base = sandbox.base_url();
    writeln!(out, "The sandbox is at {base} (phones, deliveries and faults: open it in a browser).")?;
    writeln!(
        out,
        "Point a Cloud API client there instead of https://graph.facebook.com; any /vNN.N will do."
    )?;
    writeln!(out, "phone number id {phone} · business account {account} · access token {token}")?;
    writeln!(out, "app secret {secret} · verify token {verify}")?;
    out.flush()?;
    sandbox.stopped().await.map_err(|error| Failure::Failed(error.to_string()))
}

/// Starts the emulator; it ends with the process's own end.
///
/// # Errors
/// [`Failure`]: a port in use.
pub async fn start(config: Config, shutdown: &Shutdown) -> Result<Sandbox, Failure> {
    let (bind, port) = (config.bind, config.port);
    let listener = TcpListener::bind((bind, port)).await.map_err(|error| {
        Failure::Failed(format!(
            "port {port} for the sandbox cannot be used: {error}; choose another with --port"
        ))
    })?;
    let stop = shutdown.soft.clone();
    Sandbox::start(config, Clock::system(), listener, stop.cancelled_owned())
        .map_err(|error| Failure::Failed(format!("the sandbox cannot start: {error}")))
}
