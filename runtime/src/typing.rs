//! While an agent works or staff write, the person sees that their message was read and that an answer is being written, on channels
//! that show it. Progress: it may be lost, is never tried again, and holds up no turn.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{
    address::ChannelName,
    clock::Millis,
    id::ConversationId,
    live::{Progress, ProgressStep},
};
use store::message;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::belt::Belt;

/// An indicator vanishes by itself after 25 seconds (Meta's page "Typing indicators").
const REFRESH: Duration = Duration::from_secs(20);
/// What happens within this time is looked at together: each step of each turn would otherwise wake this task by itself.
const PACE: Duration = Duration::from_millis(10);
/// Conversations whose last indicator is remembered.
const REMEMBERED: usize = 1_000;

/// Follows the turns of this process until `stop`.
pub async fn run(belt: Arc<Belt>, stop: CancellationToken) {
    let mut progress = belt.progress.subscribe();
    let mut shown: HashMap<ConversationId, Millis> = HashMap::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            told = progress.recv() => match told {
                Ok(told) => follow(&belt, &mut shown, &told).await,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
        }
        while let Ok(told) = progress.try_recv() {
            follow(&belt, &mut shown, &told).await;
        }
        tokio::time::sleep(PACE).await;
    }
}

async fn follow(belt: &Belt, shown: &mut HashMap<ConversationId, Millis>, told: &Progress) {
    let now = belt.now();
    if is_at_work(&told.step) {
        if shown.get(&told.conversation).is_some_and(|at| at.plus(REFRESH) > now) {
            return;
        }
        if shown.len() >= REMEMBERED {
            shown.clear();
        }
        shown.insert(told.conversation.clone(), now);
        show(belt, told).await;
    } else if is_over(&told.step) {
        shown.remove(&told.conversation);
    }
}

fn is_over(step: &ProgressStep) -> bool {
    matches!(step, ProgressStep::Parked { .. } | ProgressStep::Finished | ProgressStep::Failed { .. })
}

fn is_at_work(step: &ProgressStep) -> bool {
    matches!(
        step,
        ProgressStep::Started
            | ProgressStep::ModelCalled { .. }
            | ProgressStep::ToolCalled { .. }
            | ProgressStep::StaffType
    )
}

/// Tells the person that their message was read, where nobody is at work on it.
pub(crate) fn read(belt: &Belt, channel: &ChannelName, external: String) {
    let found = belt.channels.iter().find(|found| found.name() == *channel && found.shows_typing()).cloned();
    if let Some(channel) = found {
        tokio::spawn(async move { channel.seen(&external, false).await });
    }
}

async fn show(belt: &Belt, told: &Progress) {
    let Some(channel) = belt.channels.iter().find(|channel| channel.name() == told.to.channel).cloned()
    else {
        return;
    };
    if !channel.shows_typing() {
        return;
    }
    match message::last_heard(&mut belt.store.reader(), &told.conversation).await {
        Ok(Some(external)) => {
            // Not awaited: a provider that answers slowly must not make the others wait.
            tokio::spawn(async move { channel.seen(&external, true).await });
        }
        Ok(None) => {}
        Err(error) => tracing::debug!(%error, "no typing is shown"),
    }
}
