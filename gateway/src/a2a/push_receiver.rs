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

use super::AgentState;
use crate::{
    error::{FieldProblem, Problem},
    guard::Body,
    state::Duty,
};

/// Characters of a job's id and of a push's own.
const ID: usize = 200;

pub(crate) async fn serve(State(state): State<AgentState>, Body(body): Body) -> Result<StatusCode, Problem> {
    let Duty::HandsOver { to: peer } = &state.agent.duty else { return Err(Problem::internal()) };
    let value: Value = serde_json::from_slice(&body)
        .map_err(|error| Problem::malformed(format!("the body is not JSON: {error}")))?;
    let event: StreamResponse = serde_path_to_error::deserialize(value).map_err(|error| {
        let field = FieldProblem { field: error.path().to_string(), detail: error.inner().to_string() };
        Problem::malformed("the body is no A2A StreamResponse").with_fields(vec![field])
    })?;
    let Some(ended) = news::read(&event) else { return Ok(StatusCode::NO_CONTENT) };
    let job = ended.notice.job().clone();
    if [job.as_str(), &ended.key].iter().any(|id| id.chars().count() > ID || id.contains('\0')) {
        return Err(Problem::malformed(format!(
            "the task's ids must be at most {ID} characters, without NUL"
        )));
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
