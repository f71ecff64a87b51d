//! The world outside: a model and a Graph API that answer at once and remember what they were asked. They judge nothing.

mod graph;
mod model;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{Router, routing::post};
use tokio::net::TcpListener;

/// A reply that reached the provider.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    pub sender: u32,
    pub message: u32,
    pub at: Instant,
}

#[derive(Debug, Default)]
pub struct Journal {
    pub sent: Vec<Sent>,
    /// Posts that are no text with a mark: receipts, sentences of the house.
    pub other: u64,
    pub model_calls: u64,
    /// What the stubs themselves took, all together.
    pub inside: Duration,
}

#[derive(Clone, Default)]
pub struct World(Arc<Mutex<Journal>>);

impl World {
    fn note<T>(&self, write: impl FnOnce(&mut Journal) -> T) -> T {
        write(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replies so far.
    pub fn replies(&self) -> usize {
        self.note(|journal| journal.sent.len())
    }

    /// Everything since the last look, forgotten with it.
    pub fn take(&self) -> Journal {
        self.note(std::mem::take)
    }

    /// Serves both on one port of this machine.
    pub async fn serve(&self) -> anyhow::Result<SocketAddr> {
        let routes = Router::new()
            .route("/v1/chat/completions", post(model::complete))
            .route("/v26.0/{number}/messages", post(graph::messages))
            .with_state(self.clone());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(address)
    }
}

/// What `sent` says of a run of `messages` by each of `senders`: duplicates, lost, out of order.
pub fn faults(sent: &[Sent], senders: u32, messages: u32) -> (usize, usize, usize) {
    let mut heard: Vec<Vec<u32>> = vec![Vec::new(); senders as usize];
    for reply in sent {
        if let Some(own) = heard.get_mut(reply.sender as usize) {
            own.push(reply.message);
        }
    }
    let (mut doubled, mut lost, mut disordered) = (0, 0, 0);
    for own in heard {
        let mut unique = own.clone();
        unique.sort_unstable();
        unique.dedup();
        doubled += own.len() - unique.len();
        lost += (messages as usize).saturating_sub(unique.len());
        disordered += own.windows(2).filter(|two| two[1] < two[0]).count();
    }
    (doubled, lost, disordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubled_lost_and_disordered_replies_are_seen() {
        let at = Instant::now();
        let sent = |list: &[(u32, u32)]| -> Vec<Sent> {
            list.iter().map(|(sender, message)| Sent { sender: *sender, message: *message, at }).collect()
        };
        assert_eq!(faults(&sent(&[(0, 0), (1, 0), (0, 1), (1, 1)]), 2, 2), (0, 0, 0));
        assert_eq!(faults(&sent(&[(0, 1), (0, 0), (0, 0)]), 2, 2), (1, 2, 1));
    }
}
