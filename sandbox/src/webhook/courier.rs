//! Carries one webhook to its receiver and reports what came back.
//! It never retries: the world decides whether and when.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::CONTENT_TYPE;

use super::sign;
use crate::hub::Hub;
use crate::world::delivery::{Attempt, Job};

/// A key nobody has: signatures made with it must be refused.
const WRONG_SECRET: &str = "not-the-app-secret";

pub(crate) async fn carry(hub: Arc<Hub>, job: Job) {
    let started = Instant::now();
    let outcome = if job.lost {
        Err("lost on the way (fault)".to_owned())
    } else {
        tokio::select! {
            () = hub.stop.cancelled() => return,
            outcome = post(&hub, &job) => outcome,
        }
    };
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    hub.act(|world| {
        let attempt = Attempt {
            at_ms: world.now,
            took_ms,
            http: outcome.as_ref().ok().copied(),
            error: outcome.err(),
            wrong_signature: job.wrong_signature,
        };
        world.settle(job.delivery, attempt);
    });
}

async fn post(hub: &Hub, job: &Job) -> Result<u16, String> {
    let secret = if job.wrong_signature { WRONG_SECRET } else { &job.secret };
    let timeout = hub.read(|world| world.delays.webhook_timeout_ms);
    let response = hub
        .http
        .post(&job.url)
        .timeout(Duration::from_millis(timeout))
        .header(CONTENT_TYPE, "application/json")
        .header("X-Hub-Signature-256", sign::header(secret, job.body.as_bytes()))
        .body(job.body.clone())
        .send()
        .await
        .map_err(|error| reason(&error))?;
    Ok(response.status().as_u16())
}

/// One plain sentence about a failed request, without its URL.
pub(crate) fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "no answer in time".into()
    } else if error.is_connect() {
        "could not connect".into()
    } else {
        "the connection broke".into()
    }
}
