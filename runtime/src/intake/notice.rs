//! News of the account and whatever concerns no conversation: an event for staff. Nothing is sent and no turn begins.

use domain::{clock::Millis, id::InboxId, inbound::Notice};
use serde_json::json;
use store::{Error, Tx, event};

pub(super) async fn take_in(tx: &mut Tx, inbox: &InboxId, notice: &Notice, now: Millis) -> Result<(), Error> {
    if notice.urgent {
        tracing::warn!(%inbox, kind = notice.kind, "the provider has urgent news of the account");
    }
    let body = json!({ "kind": notice.kind, "urgent": notice.urgent, "text": notice.text, "inbox": inbox });
    event::put(tx, "channel", None, &body, now).await
}
