//! Where a peer pushes how a job ended. A push is stored before it is answered; a repeat stores nothing. What tells no
//! end is answered all the same, so that nobody sends it again.

use a2a::stream::StreamResponse;
use axum::{extract::State, http::StatusCode};
use channels::link::news;
use domain::{
    address::ChannelName,
    inbound::{Arrival, Inbound},
};
use serde_json::Value;
use store::inbox;

use super::{AgentState, is_storable};
use crate::{
    error::{FieldProblem, Problem},
    guard::Body,
    state::Duty,
};

pub(crate) async fn serve(State(state): State<AgentState>, Body(body): Body) -> Result<StatusCode, Problem> {
    let Duty::HandsOver { to: peer } = &state.agent.duty else { return Err(Problem::internal()) };
    let value: Value = serde_json::from_slice(&body)
        .map_err(|error| Problem::malformed(format!("the body is not JSON: {error}")))?;
    if !value.is_object() {
        return Err(Problem::malformed("the body must be an A2A StreamResponse object"));
    }
    let event: StreamResponse = serde_path_to_error::deserialize(value).map_err(|error| {
        let field = FieldProblem { field: error.path().to_string(), detail: error.inner().to_string() };
        Problem::malformed("the body is no A2A StreamResponse").with_fields(vec![field])
    })?;
    let Some(ended) = news::read(&event) else { return Ok(StatusCode::NO_CONTENT) };
    let job = ended.notice.job().clone();
    if ![job.as_str(), &ended.key].into_iter().all(is_storable) {
        return Err(Problem::malformed("the task's ids are too long or contain NUL"));
    }
    let arrival = Arrival {
        channel: ChannelName::link(peer.as_str()),
        external: ended.key,
        lane: job.0.clone(),
        body: Inbound::Job { to: state.agent.name.clone(), peer: peer.clone(), job, notice: ended.notice },
    };
    let (ids, now) = (state.gateway.ids.clone(), state.gateway.now());
    state
        .gateway
        .store
        .write(move |tx| Box::pin(async move { inbox::put(tx, &ids, &arrival, now).await }))
        .await?;
    state.gateway.waker.wake();
    Ok(StatusCode::NO_CONTENT)
}
