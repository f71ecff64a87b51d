//! The load: so many kept connections, each with one delivery under way. What is refused is counted, never sent again
//! here: a provider would come again, a measurement says so.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::ensure;
use tokio::task::JoinSet;

use crate::{
    figures::Latencies,
    ground,
    webhook::{self, Run},
    wire::Connection,
};

/// What a load came to.
#[derive(Debug, Default)]
pub struct Loaded {
    pub taken: Latencies,
    pub refused: u64,
    pub elapsed: Duration,
    /// The load generator's own processor time.
    pub cpu: Duration,
}

impl Loaded {
    pub fn per_second(&self) -> f64 {
        count(self.taken.len()) / self.elapsed.as_secs_f64()
    }
}

pub fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

/// What is sent, by its number; `None` ends the connection.
type Next = Arc<dyn Fn(u64) -> Option<Vec<u8>> + Send + Sync>;

/// Deliveries of all `senders` in turn, as fast as they are taken, for `seconds`.
pub async fn flood(
    address: &str,
    connections: usize,
    seconds: u64,
    run: Run,
    senders: u32,
) -> anyhow::Result<Loaded> {
    let until = Instant::now() + Duration::from_secs(seconds);
    let next = move |n: u64| {
        let (sender, message) = (n % u64::from(senders), n / u64::from(senders));
        (Instant::now() < until).then(|| webhook::delivery(run, clip(sender), clip(message), now()))
    };
    send(address, connections, Arc::new(next)).await
}

/// `messages` of each sender, the first of all before the second of any.
pub async fn story(
    address: &str,
    connections: usize,
    run: Run,
    senders: u32,
    messages: u32,
) -> anyhow::Result<Loaded> {
    let all = u64::from(senders) * u64::from(messages);
    let next = move |n: u64| {
        let (sender, message) = (n % u64::from(senders), n / u64::from(senders));
        (n < all).then(|| webhook::delivery(run, clip(sender), clip(message), now()))
    };
    let loaded = send(address, connections, Arc::new(next)).await?;
    ensure!(loaded.refused == 0, "{} deliveries were refused: raise gateway.deliveries", loaded.refused);
    Ok(loaded)
}

async fn send(address: &str, connections: usize, next: Next) -> anyhow::Result<Loaded> {
    let number = Arc::new(AtomicU64::new(0));
    let before = ground::used(std::process::id()).cpu;
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (number, next) = (Arc::clone(&number), Arc::clone(&next));
        let mut connection = Connection::open(address).await?;
        tasks.spawn(async move {
            let (mut taken, mut refused) = (Latencies::default(), 0);
            while let Some(request) = next(number.fetch_add(1, Ordering::Relaxed)) {
                let began = Instant::now();
                match connection.send(&request).await? {
                    200 => taken.note(began.elapsed()),
                    _ => refused += 1,
                }
            }
            anyhow::Ok((taken, refused))
        });
    }
    let mut loaded = Loaded::default();
    while let Some(done) = tasks.join_next().await {
        let (taken, refused) = done??;
        loaded.taken.merge(taken);
        loaded.refused += refused;
    }
    loaded.elapsed = began.elapsed();
    loaded.cpu = ground::used(std::process::id()).cpu.saturating_sub(before);
    Ok(loaded)
}

fn clip(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Now, by the clock that the house has too.
#[expect(clippy::disallowed_methods, reason = "a frame's age is measured by the machine's own clock")]
pub fn instant() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Seconds since the epoch, as Meta stamps its messages.
#[expect(clippy::disallowed_methods, reason = "the load plays the world outside, which has its own clock")]
pub fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
