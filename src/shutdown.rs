//! How the program is told to stop: the first signal lets running turns finish, the second does not wait. Stops nothing
//! itself, and nothing is lost either way: what is not settled is a row.

use std::io;

use tokio_util::sync::CancellationToken;

/// Two tokens, the second after the first.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    /// Take nothing new.
    pub soft: CancellationToken,
    /// Wait for nothing.
    pub hard: CancellationToken,
}

impl Shutdown {
    /// Listens to SIGINT, SIGTERM and SIGHUP (Ctrl-C elsewhere than on Unix) from now on.
    ///
    /// # Errors
    /// Where signals cannot be listened to.
    pub fn on_signals() -> io::Result<Self> {
        let shutdown = Self::default();
        let told = shutdown.clone();
        let mut signals = Signals::new()?;
        tokio::spawn(async move {
            signals.next().await;
            tracing::info!("stopping: running turns may finish; a second signal ends at once");
            told.soft.cancel();
            signals.next().await;
            told.hard.cancel();
        });
        Ok(shutdown)
    }

    /// Asks for the end from inside: the session was quit.
    pub fn stop(&self) {
        self.soft.cancel();
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        // Where Ctrl-C cannot be listened to, the system ends the program itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_signal_is_soft_and_the_second_hard() {
        let shutdown = Shutdown::on_signals().unwrap();
        let signal = || {
            let pid = std::process::id().to_string();
            std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        };
        signal();
        shutdown.soft.cancelled().await;
        assert!(!shutdown.hard.is_cancelled());
        signal();
        shutdown.hard.cancelled().await;
    }

    #[tokio::test]
    async fn a_session_that_was_quit_is_soft() {
        let shutdown = Shutdown::default();
        shutdown.stop();
        assert!(shutdown.soft.is_cancelled() && !shutdown.hard.is_cancelled());
    }
}
