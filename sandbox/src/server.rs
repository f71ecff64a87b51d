//! Starting and stopping: the page, the control API and the Graph API on one listener.
//! The caller owns the socket, the clock and the stop signal, so tests use port 0 and their own time.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::Error;
use crate::hub::Hub;
use crate::{control, graph, page};

/// How long open requests may take to end after the stop signal.
const DRAIN: Duration = Duration::from_secs(3);

/// A running sandbox.
pub struct Sandbox {
    address: SocketAddr,
    hub: Arc<Hub>,
    task: JoinHandle<Result<(), Error>>,
}

impl Sandbox {
    /// Starts serving on `listener` until `shutdown` completes.
    pub fn start(
        config: Config,
        clock: Clock,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Self, Error> {
        let address = listener.local_addr().map_err(Error::Address)?;
        let hub = Hub::new(config, clock, format!("http://{}", reachable(address)))?;
        let router = Router::new()
            .route("/", get(page::index))
            .route("/page/{*path}", get(page::file))
            .nest("/sandbox", control::router())
            .fallback(graph::serve)
            .with_state(Arc::clone(&hub));
        let stop = hub.stop.clone();
        tokio::spawn(async move {
            shutdown.await;
            stop.cancel();
        });
        tokio::spawn(Arc::clone(&hub).drive());
        let stop = hub.stop.clone();
        let task = tokio::spawn(async move {
            let stopped = stop.clone();
            let server = axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned());
            tokio::select! {
                served = server.into_future() => served.map_err(Error::Serve),
                () = async { stop.cancelled().await; tokio::time::sleep(DRAIN).await } => Ok(()),
            }
        });
        tracing::info!(%address, "sandbox listens");
        Ok(Self { address, hub, task })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a Cloud API client takes as its base URL, without version.
    pub fn base_url(&self) -> &str {
        &self.hub.base_url
    }

    pub fn clock(&self) -> &Clock {
        &self.hub.clock
    }

    /// Waits until nothing is due and no webhook is in flight.
    pub async fn settle(&self) {
        self.hub.settle().await;
    }

    /// Moves the clock forward and carries out what lies between, retries included.
    pub async fn advance(&self, by: Duration) {
        self.hub.advance(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)).await;
    }

    /// Everything back to the start.
    pub fn reset(&self) {
        self.hub.reset();
    }

    /// Stops without waiting for the shutdown signal.
    pub fn stop(&self) {
        self.hub.stop.cancel();
    }

    /// Waits until the sandbox has stopped.
    pub async fn stopped(self) -> Result<(), Error> {
        self.task.await.map_err(Error::Task)?
    }
}

/// An address to write into URLs: nobody can call 0.0.0.0.
fn reachable(address: SocketAddr) -> SocketAddr {
    if !address.ip().is_unspecified() {
        return address;
    }
    let loopback = match address {
        SocketAddr::V4(_) => std::net::IpAddr::from(std::net::Ipv4Addr::LOCALHOST),
        SocketAddr::V6(_) => std::net::IpAddr::from(std::net::Ipv6Addr::LOCALHOST),
    };
    SocketAddr::new(loopback, address.port())
}
