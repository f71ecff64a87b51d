//! The one lock around the world, and the loop that runs what is due and sends what is ready.
//! It holds no rule of its own and is never locked across an await.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::Error;
use crate::webhook::courier;
use crate::world::World;

/// Changes a page may lag behind before it has to load everything again.
const NEWS: usize = 1_024;
/// A year: nothing the sandbox keeps lives longer.
const FARTHEST_MS: i64 = 366 * 86_400_000;

pub(crate) struct Hub {
    world: Mutex<World>,
    pub config: Config,
    pub base_url: String,
    pub clock: Clock,
    pub http: reqwest::Client,
    pub news: broadcast::Sender<Arc<Value>>,
    pub stop: CancellationToken,
    /// How many changes have been told; only touched under the lock.
    told: AtomicU64,
    changed: Notify,
    settled: Notify,
}

impl Hub {
    pub(crate) fn new(config: Config, clock: Clock, base_url: String) -> Result<Arc<Self>, Error> {
        // Somebody may have chosen a provider already; any is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent("facebookexternalua")
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .no_proxy()
            .build()
            .map_err(Error::Client)?;
        let world = Mutex::new(World::new(&config, &base_url, clock.now_ms()));
        let (news, _) = broadcast::channel(NEWS);
        Ok(Arc::new(Self {
            world,
            config,
            base_url,
            clock,
            http,
            news,
            stop: CancellationToken::new(),
            told: AtomicU64::new(0),
            changed: Notify::new(),
            settled: Notify::new(),
        }))
    }

    /// Changes the world at the present time and wakes the loop.
    pub(crate) fn act<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        let result = self.quietly(change);
        self.changed.notify_one();
        result
    }

    fn quietly<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.now = world.now.max(self.clock.now_ms());
        let result = change(&mut world);
        for mut news in world.news.drain(..) {
            news["number"] = json!(self.told.fetch_add(1, Ordering::SeqCst) + 1);
            // Nobody may be listening.
            let _ = self.news.send(Arc::new(news));
        }
        result
    }

    /// Looks at the world at the present time.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        self.quietly(|world| look(world))
    }

    /// Number of the last change told. Called inside `read`, it fits what is read there.
    pub(crate) fn told(&self) -> u64 {
        self.told.load(Ordering::SeqCst)
    }

    /// Everything back to the start, at the present time.
    pub(crate) fn reset(&self) {
        self.act(|world| {
            let (now, numbered) = (world.now, world.deliveries.next);
            *world = World::new(&self.config, &self.base_url, now);
            // Numbers go on, so that a webhook still in flight is not taken for a new one.
            world.deliveries.next = numbered;
            world.tell(json!({ "type": "reset" }));
        });
    }

    /// Runs until the sandbox stops.
    pub(crate) async fn drive(self: Arc<Self>) {
        loop {
            let nap = self.pump().and_then(|at| self.clock.nap(at - self.clock.now_ms()));
            let sleep = async {
                match nap {
                    Some(nap) => tokio::time::sleep(nap).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = self.changed.notified() => {}
                () = sleep => {}
            }
        }
    }

    /// Runs what is due, sends what is ready; returns when the next thing is due.
    fn pump(self: &Arc<Self>) -> Option<i64> {
        let (next, jobs, idle) = self.quietly(|world| {
            let next = world.run_due();
            let jobs = world.take_jobs();
            (next, jobs, world.idle())
        });
        for job in jobs {
            tokio::spawn(courier::carry(Arc::clone(self), job));
        }
        if idle {
            self.settled.notify_waiters();
        }
        next
    }

    /// Waits until nothing is due and no webhook is in flight.
    pub(crate) async fn settle(self: &Arc<Self>) {
        loop {
            let settled = self.settled.notified();
            tokio::pin!(settled);
            settled.as_mut().enable();
            self.pump();
            if self.read(World::idle) {
                return;
            }
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = settled => {}
            }
        }
    }

    /// Moves the clock step by step, so that what lies between happens in order and at its time.
    pub(crate) async fn advance(self: &Arc<Self>, ms: i64) {
        let target = self.clock.now_ms() + ms.clamp(0, FARTHEST_MS);
        loop {
            self.settle().await;
            let next = self.quietly(World::run_due);
            match next.filter(|at| *at <= target) {
                Some(at) if !self.stop.is_cancelled() => self.clock.advance_to(at),
                _ => break,
            }
        }
        self.clock.advance_to(target);
        self.settle().await;
        let now = self.clock.now_ms();
        self.act(|world| world.tell(json!({ "type": "clock", "now_ms": now })));
    }
}
