//! The provider's webhooks: signed, sent again until 200 is said and sometimes after it, several updates in one delivery.
//! As Meta does it, with waits of milliseconds where Meta's are minutes.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use bench::webhook;
use domain::clock::{Clock as _, SystemClock};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

/// A random source that the whole world outside shares; the seed of a run.
#[derive(Clone)]
pub struct Dice(Arc<Mutex<StdRng>>);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    pub fn roll(&self, sides: u64) -> u64 {
        self.0.lock().unwrap().random_range(0..sides)
    }

    pub fn one_in(&self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    /// So many milliseconds, from `least` to less than `most`.
    pub fn ms(&self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.0.lock().unwrap().random_range(least..most))
    }
}

/// What the deliveries came to.
#[derive(Debug, Default)]
pub struct Counts {
    pub taken: AtomicU64,
    /// Answers other than 200, and no answer at all; each was sent again.
    pub refused: AtomicU64,
    /// Refusals of a house that was there and said so.
    pub unavailable: AtomicU64,
    /// Deliveries sent again although they had been taken.
    pub repeated: AtomicU64,
}

#[derive(Clone)]
pub struct Mail(Arc<Post>);

struct Post {
    http: reqwest::Client,
    gateways: Mutex<Vec<u16>>,
    dice: Dice,
    counts: Counts,
    /// Deliveries that were not taken yet.
    open: AtomicUsize,
}

impl Mail {
    pub fn new(dice: Dice) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = channels::transport::client(&channels::transport::Config::default()).unwrap();
        let (gateways, counts) = (Mutex::default(), Counts::default());
        Self(Arc::new(Post { http, gateways, dice, counts, open: AtomicUsize::new(0) }))
    }

    /// Webhooks go to any of `gateways` from now on.
    pub fn goes_to(&self, gateways: &[u16]) {
        *self.0.gateways.lock().unwrap() = gateways.to_vec();
    }

    pub fn counts(&self) -> &Counts {
        &self.0.counts
    }

    pub fn open(&self) -> usize {
        self.0.open.load(Ordering::SeqCst)
    }

    /// One delivery with these updates; done once it is taken. One in six comes again later.
    pub async fn delivers(&self, updates: Vec<Value>) {
        let post = Arc::clone(&self.0);
        post.open.fetch_add(1, Ordering::SeqCst);
        // Whoever waits for it may be gone: the provider goes on.
        let carried = tokio::spawn(async move {
            let body = envelope(&updates);
            post.carry(&body).await;
            if post.dice.one_in(6) {
                post.open.fetch_add(1, Ordering::SeqCst);
                let again = Arc::clone(&post);
                tokio::spawn(async move {
                    tokio::time::sleep(again.dice.ms(0, 1_500)).await;
                    again.carry(&body).await;
                    again.counts.repeated.fetch_add(1, Ordering::SeqCst);
                    again.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
            post.open.fetch_sub(1, Ordering::SeqCst);
        });
        carried.await.unwrap();
    }
}

impl Post {
    async fn carry(&self, body: &str) {
        loop {
            match self.attempt(body).await {
                Some(200) => break,
                Some(status) => {
                    assert!([503, 408].contains(&status), "a delivery was answered {status}");
                    self.counts.unavailable.fetch_add(1, Ordering::SeqCst);
                }
                None => {}
            }
            self.counts.refused.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(self.dice.ms(50, 500)).await;
        }
        self.counts.taken.fetch_add(1, Ordering::SeqCst);
    }

    /// The status; `None` where nobody answered.
    async fn attempt(&self, body: &str) -> Option<u16> {
        let port = {
            let gateways = self.gateways.lock().unwrap();
            gateways[usize::try_from(self.dice.roll(gateways.len() as u64)).unwrap()]
        };
        let request = self
            .http
            .post(format!("http://127.0.0.1:{port}/whatsapp/webhook"))
            .timeout(Duration::from_secs(5))
            .header("content-type", "application/json")
            .header("X-Hub-Signature-256", format!("sha256={}", webhook::sign(body.as_bytes())))
            .body(body.to_owned());
        request.send().await.ok().map(|answer| answer.status().as_u16())
    }
}

/// The body that carries `updates`: each a `value` of the field `messages`.
fn envelope(updates: &[Value]) -> String {
    let changes = updates.iter().map(|value| {
        let mut value = value.clone();
        value["messaging_product"] = json!("whatsapp");
        value["metadata"] =
            json!({ "display_phone_number": "15550783881", "phone_number_id": webhook::NUMBER });
        json!({ "field": "messages", "value": value })
    });
    let changes: Vec<Value> = changes.collect();
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": webhook::ACCOUNT, "changes": changes }] })
        .to_string()
}

/// A message of `phone`, as one update.
pub fn message(phone: &str, id: &str, mut content: Value) -> Value {
    content["from"] = json!(phone);
    content["id"] = json!(id);
    content["timestamp"] = json!((SystemClock.now().0 / 1000).to_string());
    json!({ "contacts": [{ "profile": { "name": "Somebody" }, "wa_id": phone }], "messages": [content] })
}

pub fn text(words: &str) -> Value {
    json!({ "type": "text", "text": { "body": words } })
}
