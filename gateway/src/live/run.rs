//! Keeps the streams of a process going until it stops: follows the log, looks who may still watch, passes on who types.

use std::{sync::Arc, time::Duration};

use domain::live::Progress;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{MissedTickBehavior, interval, sleep},
};
use tokio_util::sync::CancellationToken;

use super::{
    frame::{Close, Trouble},
    hub::Live,
};
use crate::state::Gateway;

/// How often what has an end is looked at.
const SWEEP: Duration = Duration::from_secs(1);
/// Every so many sweeps the store is asked who still works here, though no event said that somebody left.
const ASK_EVERY: u32 = 30;
/// The wait after a database that did not answer.
const TROUBLE: Duration = Duration::from_secs(1);
/// What agents do within this time is passed on together: each step would otherwise wake the task by itself.
const PROGRESS_PACE: Duration = Duration::from_millis(10);
/// Clients come back within this after a restart, each at a moment of its own.
const BACK_WITHIN_MS: f64 = 5_000.0;
/// How long streams may take to hear that the server stops.
const FAREWELL: Duration = Duration::from_secs(2);

impl Live {
    /// Runs until `stop`, then ends every stream.
    pub async fn run(gateway: Gateway, stop: CancellationToken) {
        let follow = follow(&gateway);
        let sweep = sweep(&gateway);
        let pass = pass_on(&gateway);
        tokio::select! {
            () = stop.cancelled() => {}
            () = async { tokio::join!(follow, sweep, pass); } => {}
        }
        farewell(&gateway).await;
    }
}

/// Looks at the log after each commit of this process, when others say that they committed, and now and then because they may
/// not have been heard.
async fn follow(gateway: &Gateway) {
    let live = &gateway.live;
    let (mut commits, mut others) = (gateway.store.commits(), gateway.store.others());
    let (glance, gather) =
        (Duration::from_millis(live.config.glance_ms), Duration::from_millis(live.config.gather_ms));
    loop {
        // What is committed from here on is seen by the next look.
        commits.borrow_and_update();
        others.borrow_and_update();
        match live.tick(gateway).await {
            Ok(true) => sleep(gather).await,
            Ok(false) if !live.is_watched().await => live.opened().await,
            Ok(false) => {
                tokio::select! {
                    _ = commits.changed() => {}
                    _ = others.changed() => {}
                    () = sleep(glance) => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the live stream could not read the log");
                sleep(TROUBLE).await;
            }
        }
    }
}

async fn sweep(gateway: &Gateway) {
    let live = &gateway.live;
    let (mut ticks, mut sweeps) = (interval(SWEEP), 0_u32);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        sweeps = sweeps.wrapping_add(1);
        live.expire_typing(gateway).await;
        live.sends.retain_recent();
        live.posts.retain_recent();
        let now = gateway.now();
        for session in live.sessions().await {
            if session.queue.closing().is_some() {
                continue;
            }
            if session.principal().ends <= now {
                let trouble = Trouble::fatal("token_expired", "what you showed has expired: show a new one");
                session.end(&trouble, Close::Unauthenticated, now);
            } else if sweeps.is_multiple_of(ASK_EVERY)
                && let Err(error) = session.stands(gateway).await
            {
                tracing::warn!(%error, "nobody could be asked who may still watch");
            }
        }
    }
}

/// What agents of this process do, told to those who look on.
async fn pass_on(gateway: &Gateway) {
    let Some(progress) = &gateway.live.progress else { return };
    let mut progress: Receiver<Arc<Progress>> = progress.subscribe();
    loop {
        match progress.recv().await {
            Ok(told) => gateway.live.agent_does(gateway, &told).await,
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
        while let Ok(told) = progress.try_recv() {
            gateway.live.agent_does(gateway, &told).await;
        }
        sleep(PROGRESS_PACE).await;
    }
}

async fn farewell(gateway: &Gateway) {
    for session in gateway.live.close().await {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 5000")]
        let wait = (gateway.ids.fraction() * BACK_WITHIN_MS) as u64;
        let going = Trouble {
            retry_after_ms: Some(wait),
            ..Trouble::fatal("going_away", "the server restarts; connect again")
        };
        session.end(&going, Close::Restart, gateway.now());
    }
    let gone = async {
        while gateway.live.is_watched().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    if tokio::time::timeout(FAREWELL, gone).await.is_err() {
        tracing::info!("some streams did not hear that the server stops");
    }
}
