//! How each channel does: when something last came in and went out, whether it is paused, and what failed lately. Counts
//! and times alone; changes nothing.

use std::time::Duration;

use axum::{Json, extract::State};
use domain::{clock::Millis, staff::Permission};
use serde::Serialize;
use store::{channel_state, event};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::at;
use crate::{error::Problem, staff::Principal, state::Gateway};

/// What counts as lately.
const LATELY: Duration = Duration::from_secs(24 * 3_600);

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(health))
}

#[derive(Serialize, ToSchema)]
struct ChannelView {
    name: String,
    last_inbound_at: Option<String>,
    last_outbound_at: Option<String>,
    /// Nothing is sent until then; null while all is well.
    paused_until: Option<String>,
    /// Deliveries that failed for good in the last 24 hours.
    failed_lately: i64,
    /// What somebody should see to.
    trouble: Option<TroubleView>,
}

#[derive(Serialize, ToSchema)]
struct TroubleView {
    /// `paused`
    code: &'static str,
    /// A sentence for staff.
    message: String,
}

#[derive(Serialize, ToSchema)]
struct Channels {
    items: Vec<ChannelView>,
    as_of_seq: i64,
}

/// How each channel does
#[utoipa::path(
    get,
    path = "/channels/health",
    tag = "channels",
    responses(
        (status = 200, body = Channels),
        (status = 401, description = "`unauthorized`", body = Problem),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
    )
)]
async fn health(State(gateway): State<Gateway>, principal: Principal) -> Result<Json<Channels>, Problem> {
    principal.require(Permission::ThreadView)?;
    let now = gateway.now();
    let since = Millis(now.0 - i64::try_from(LATELY.as_millis()).unwrap_or(0));
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let mut paused = channel_state::paused(&mut tx, now).await?;
    let mut items = Vec::new();
    for one in channel_state::traffic(&mut tx, since).await? {
        if one.channel.is_console() {
            continue;
        }
        let pause = paused.iter().position(|pause| pause.channel == one.channel);
        let pause = pause.map(|n| paused.swap_remove(n));
        items.push(ChannelView {
            name: one.channel.0,
            last_inbound_at: one.last_inbound.map(at),
            last_outbound_at: one.last_outbound.map(at),
            paused_until: pause.as_ref().map(|pause| at(pause.until)),
            failed_lately: one.failed,
            trouble: pause.map(|pause| TroubleView { code: "paused", message: pause.reason }),
        });
    }
    // Paused before anybody ever wrote on it.
    items.extend(paused.into_iter().map(|pause| ChannelView {
        name: pause.channel.0,
        last_inbound_at: None,
        last_outbound_at: None,
        paused_until: Some(at(pause.until)),
        failed_lately: 0,
        trouble: Some(TroubleView { code: "paused", message: pause.reason }),
    }));
    Ok(Json(Channels { items, as_of_seq }))
}
