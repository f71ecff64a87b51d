//! A built house at work, and how it leaves: not ready first, then no more work taken up, the ports closed last.

use std::sync::Arc;

use gateway::live::Live;
use tokio_util::sync::CancellationToken;

use super::{App, servers};

impl App {
    /// Serves and works until `stop`. Then it is not ready and takes no more work up, running turns may finish within the
    /// grace time, and only then its ports close.
    pub async fn run(self, stop: CancellationToken) {
        let (belt, grace, admission) = (Arc::clone(&self.belt), self.grace, self.admission.clone());
        let (works, closed) = (self.works, CancellationToken::new());
        let leaves = async {
            stop.cancelled().await;
            admission.leave();
        };
        let work = async {
            if works {
                belt.run(stop.clone(), grace).await;
            }
            stop.cancelled().await;
            closed.cancel();
        };
        // A watcher's connection may stay open for as long as it likes.
        let long_closed = async {
            closed.cancelled().await;
            tokio::time::sleep(grace).await;
        };
        let served = async {
            tokio::select! {
                () = self.serve(closed.clone()) => {}
                () = long_closed => {}
            }
        };
        tokio::join!(leaves, work, served);
    }

    /// Serves alone, until `stop`: somebody else moves the belt.
    pub async fn serve(self, stop: CancellationToken) {
        let servers = self.servers.into_iter();
        let served = servers.map(|(listener, router)| servers::serve(listener, router, stop.clone()));
        let live = async {
            if let Some(gateway) = self.live {
                Live::run(gateway, stop.clone()).await;
            }
        };
        let follow = async {
            if let Some(follower) = self.follower {
                follower.run(stop.clone()).await;
            }
        };
        tokio::join!(futures::future::join_all(served), live, follow);
    }
}
