//! `POST /api/live/frames`: a client's frame, where there is no WebSocket to send it on. The same JSON, the same ids, the
//! same answers.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    act::{self, Actor},
    frame::Incoming,
    queue::Out,
};
use crate::{api::page::Query, error::Problem, staff::Principal, state::Gateway};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Of {
    /// The stream that the frame belongs to: the `session_id` of its first frame.
    session: Option<String>,
}

/// Send a frame
///
/// One client frame of the live protocol (`/api/live/schema.json`); `frames` are its answers.
#[utoipa::path(
    post,
    path = "/frames",
    tag = "live",
    params(Of),
    request_body(content = serde_json::Value, description = "A client frame.", content_type = "application/json"),
    responses(
        (status = 200, description = "The frames that answer it.", content_type = "application/json"),
        (status = 400, description = "`bad_frame`, `invalid_query`", body = Problem),
        (status = 403, description = "`cross_site`", body = Problem),
        (status = 404, description = "`not_found`: you have no such stream here", body = Problem),
        (status = 413, description = "`too_big`", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    )
)]
pub(crate) async fn take(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(of): Query<Of>,
    body: String,
) -> Result<Response, Problem> {
    let live = &gateway.live;
    if body.len() > live.config.frame_bytes {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_big", "a frame is too long"));
    }
    if live.posts.check_key(&principal.user.0).is_err() {
        let detail = format!("at most {} frames a minute", live.config.frames_per_minute);
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail));
    }
    let Some(frame) = Incoming::read(&body) else {
        let detail = "the body is no frame: see /api/live/schema.json";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad_frame", detail));
    };
    let session = match &of.session {
        Some(id) => match live.find(id, &principal.user).await {
            Some(session) => Some(session),
            None => {
                let detail = "you have no such stream here";
                return Err(Problem::new(StatusCode::NOT_FOUND, "not_found", detail));
            }
        },
        None => None,
    };
    let actor = Actor { principal, session };
    let mut answers: Vec<String> = Vec::new();
    for out in act::act(&gateway, &actor, frame).await {
        match (out, &actor.session) {
            (Out::Answer(text) | Out::Passing(text), _) => answers.push(text.as_str().to_owned()),
            (event, Some(session)) => session.queue.push([event]),
            (_, None) => {}
        }
    }
    let body = format!("{{\"frames\":[{}]}}", answers.join(","));
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}
