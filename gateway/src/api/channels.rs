//! How each channel does: when something last came in and went out, whether it is paused or silent, and what failed. Counts
//! and times alone; changes nothing.

use std::time::Duration;

use axum::{Json, extract::State};
use domain::{address::ChannelName, clock::Millis, staff::Permission};
use serde::Serialize;
use store::{
    channel_state::{self, Paused, Traffic},
    event, failed,
};
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
    /// `paused`, or `silent`: nothing has come in for `comms.silent_hours`.
    code: &'static str,
    /// A sentence for staff.
    message: String,
}

#[derive(Serialize, ToSchema)]
struct Channels {
    items: Vec<ChannelView>,
    /// Deliveries that failed for good and that nobody sent again: as many as `/deliveries` lists.
    failed_deliveries: i64,
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
    let failed_deliveries = failed::count(&mut tx).await?;
    let mut paused = channel_state::paused(&mut tx, now).await?;
    let silent = gateway.config.house.get().silent_hours;
    let mut items = Vec::new();
    for one in channel_state::traffic(&mut tx, since).await? {
        if one.channel.is_console() {
            continue;
        }
        let pause = paused.iter().position(|pause| pause.channel == one.channel);
        let pause = pause.map(|n| paused.swap_remove(n));
        items.push(shown(one, pause, (silent, now)));
    }
    // Paused before anybody ever wrote on it.
    let nobody =
        |channel: ChannelName| Traffic { channel, last_inbound: None, last_outbound: None, failed: 0 };
    let unheard =
        paused.into_iter().map(|pause| shown(nobody(pause.channel.clone()), Some(pause), (silent, now)));
    items.extend(unheard);
    Ok(Json(Channels { items, failed_deliveries, as_of_seq }))
}

/// A pause is the graver trouble: while nothing goes out, few answer.
fn shown(one: Traffic, pause: Option<Paused>, (hours, now): (u32, Millis)) -> ChannelView {
    let paused_until = pause.as_ref().map(|pause| at(pause.until));
    let paused = pause.map(|pause| TroubleView { code: "paused", message: pause.reason });
    ChannelView {
        trouble: paused.or_else(|| silent(&one, hours, now)),
        name: one.channel.0,
        last_inbound_at: one.last_inbound.map(at),
        last_outbound_at: one.last_outbound.map(at),
        paused_until,
        failed_lately: one.failed,
    }
}

/// Where people write from outside, `hours` without a word may mean that the provider's webhook is lost. A channel on which
/// nobody ever wrote is not in use.
fn silent(one: &Traffic, hours: u32, now: Millis) -> Option<TroubleView> {
    let last = one.last_inbound.filter(|_| hours > 0 && one.channel.is_outside())?;
    let quiet = Duration::from_millis(u64::try_from(now.0 - last.0).unwrap_or(0));
    (quiet >= Duration::from_secs(u64::from(hours) * 3_600)).then(|| TroubleView {
        code: "silent",
        message: format!(
            "nothing has come in for {} hours: check the provider's webhook, or raise comms.silent_hours",
            quiet.as_secs() / 3_600
        ),
    })
}
