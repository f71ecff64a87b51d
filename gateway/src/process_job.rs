//! `POST /process_job`: a job from a caller that speaks nothing but JSON. 202 with the job's id and state; the same job
//! again is the same answer, the same id with other data is a conflict.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use channels::link::report;
use domain::agent::AgentName;
use serde_json::json;

use crate::{
    a2a::AgentState,
    error::{FieldProblem, Problem},
    guard::Body,
    reception::{self, Kind, Order, Verdict},
};

pub(crate) async fn serve(State(state): State<AgentState>, Body(body): Body) -> Result<Response, Problem> {
    let value = serde_json::from_slice(&body)
        .map_err(|error| Problem::malformed(format!("the body is not JSON: {error}")))?;
    let report = report::read(&value, "").map_err(|faults| {
        let fields: Vec<FieldProblem> = faults
            .into_iter()
            .map(|fault| FieldProblem { field: fault.field, detail: fault.description })
            .collect();
        let detail =
            fields.iter().map(|f| format!("{} {}", f.field, f.detail)).collect::<Vec<_>>().join("; ");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_job", detail.trim()).with_fields(fields)
    })?;
    let order = Order {
        // Nobody to be told how it ends.
        peer: AgentName(String::new()),
        message: None,
        kind: Kind::Reported,
        report,
        context: None,
        push: None,
    };
    let job = order.report.job_id.clone();
    match reception::receive(&state, order).await? {
        Verdict::Taken(job) => {
            Ok((StatusCode::ACCEPTED, Json(json!({ "job_id": job.id, "state": job.state }))).into_response())
        }
        Verdict::Differs | Verdict::Over(_) => {
            let detail =
                format!("{job} is here already with other data; a correction goes over the agent link");
            Err(Problem::new(StatusCode::CONFLICT, "job_conflict", detail))
        }
        // It names no place to push to.
        Verdict::TooManyTargets => Err(Problem::internal()),
    }
}
