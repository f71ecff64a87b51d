//! A provider's word on a delivery: it moves the delivery forward, or queues it again where the failure calls for that.
//! Never asks the provider anything.

use std::time::Duration;

use domain::{
    address::ChannelName,
    clock::Millis,
    id::InboxId,
    inbound::{Mend, Status},
};
use serde_json::json;
use store::{Error, Tx, event, heard, outbox};

use crate::{belt::Belt, delivery};

pub(super) async fn take_in(
    tx: &mut Tx,
    belt: &Belt,
    (inbox, channel): (&InboxId, &ChannelName),
    told: &Status,
    now: Millis,
) -> Result<(), Error> {
    let wait = match told.mend {
        Some(Mend::Again { after_ms }) => Some(Duration::from_millis(after_ms)),
        Some(Mend::WindowClosed) => Some(Duration::ZERO),
        Some(Mend::Unreachable | Mend::Account) | None => None,
    };
    if let Some(wait) = wait {
        let attempts = i64::from(belt.config().delivery.attempts);
        if let Some((to, sent)) = outbox::resend(tx, told, now.plus(wait), attempts, now).await? {
            if told.mend == Some(Mend::WindowClosed) {
                heard::unheard_since(tx, &to, sent).await?;
            }
            return Ok(());
        }
    }
    if !outbox::status(tx, told, now).await? {
        tracing::info!(%inbox, "a status of a message that is not ours");
    }
    if let (Some(mend), Some(reason)) = (told.mend, &told.reason) {
        if mend == Mend::Account {
            delivery::pause(tx, belt, channel, reason, now).await?;
        }
        let body =
            json!({ "kind": "delivery_failed", "outbox": told.outbox, "reason": reason, "mend": mend });
        event::put(tx, "channel", None, &body, now).await?;
    }
    Ok(())
}
