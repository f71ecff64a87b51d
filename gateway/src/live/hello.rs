//! The first frame a stream is told: who the house takes it for, where the log stands, and every limit it is held to.

use axum::extract::ws::Utf8Bytes;
use domain::clock::Millis;
use serde_json::{Value, json};

use super::{
    config::Config,
    frame::{About, Close, Trouble, frame},
    hub::Entry,
    session::Session,
};
use crate::{api::at, error::Problem, state::Gateway};

/// The `authenticated` frame.
pub(crate) fn authenticated(
    gateway: &Gateway,
    session: &Session,
    entry: &Entry,
    of: Option<&str>,
) -> Utf8Bytes {
    let mut data = who(gateway, session);
    data["epoch"] = json!(entry.epoch);
    data["head_seq"] = json!(entry.head);
    data["resumed"] = json!(entry.missed.is_some());
    data["replayed"] = json!(entry.missed.as_ref().map_or(0, Vec::len));
    frame("authenticated", About { of, ..About::default() }, &data, gateway.now())
}

/// The same for a stream that showed a newer token: it goes on where it is.
pub(crate) fn renewed(gateway: &Gateway, session: &Session, of: Option<&str>) -> Utf8Bytes {
    let mut data = who(gateway, session);
    data["renewed"] = json!(true);
    frame("authenticated", About { of, ..About::default() }, &data, gateway.now())
}

fn who(gateway: &Gateway, session: &Session) -> Value {
    let (principal, config) = (session.principal(), &gateway.live.config);
    json!({
        "session_id": session.id,
        "user": { "id": principal.user, "name": principal.name },
        "role": principal.role,
        "permissions": principal.role.permissions(),
        "heartbeat_ms": config.heartbeat_ms,
        "limits": limits(config),
        "server_time": at(gateway.now()),
        "token_expires_at": (principal.ends < Millis(i64::MAX)).then(|| at(principal.ends)),
    })
}

fn limits(config: &Config) -> Value {
    json!({
        "frame_bytes": config.frame_bytes,
        "frames_per_minute": config.frames_per_minute,
        "sends_burst": config.sends_burst,
        "joined": config.joined,
        "queue_frames": config.queue_frames,
        "replay": config.replay,
    })
}

/// What a refusal by the door means for a stream.
pub(crate) fn refused(problem: &Problem) -> (Trouble, Close) {
    let close = match problem.http.as_u16() {
        401 => Close::Unauthenticated,
        403 => Close::Forbidden,
        _ => Close::TryLater,
    };
    (Trouble::fatal(problem.code(), problem.detail()), close)
}
