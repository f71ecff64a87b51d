//! Runs the sandbox alone: `cargo run -p plumbline-sandbox --example serve -- [port] [webhook URL]`.
//! It reads no configuration; whoever needs more starts the library.

use plumbline_sandbox::{Clock, Config, Error, Sandbox};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().map_or(Ok(8020), |port| port.parse())?;
    let config = Config { port, webhook_url: arguments.next(), ..Config::default() };
    let listener = TcpListener::bind((config.bind, config.port)).await?;
    let sandbox = Sandbox::start(config, Clock::system(), listener, std::future::pending())?;
    eprintln!("sandbox at {}", sandbox.base_url());
    sandbox.stopped().await.map_err(|error: Error| error.into())
}
