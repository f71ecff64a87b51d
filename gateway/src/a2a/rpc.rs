//! The JSON-RPC binding: one POST, one method. Every error of the protocol is an answer with status 200.

use a2a::{ErrorKind, Method, ProtocolError, method::is_of_0_3, rpc};
use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse as _, Response},
};

use super::{
    AgentState, methods,
    version::{self, Asked},
};
use crate::{error::Problem, guard::Body};

pub(crate) async fn serve(
    State(state): State<AgentState>,
    Extension(asked): Extension<Asked>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let request = match rpc::Request::read(&body) {
        Ok(request) => request,
        Err(refused) => return Ok(Json(rpc::answer(&refused.id, Err(refused.error))).into_response()),
    };
    let outcome = match method(&request.method, &asked) {
        Ok(method) => methods::call(&state, method, request.params).await,
        Err(error) => Err(error),
    };
    Ok(Json(rpc::answer(&request.id, outcome)).into_response())
}

fn method(name: &str, asked: &Asked) -> Result<Method, ProtocolError> {
    asked.accepted()?;
    Method::parse(name).ok_or_else(|| {
        if is_of_0_3(name) {
            return version::refusal("0.3");
        }
        let name: String = name.chars().take(60).collect();
        ProtocolError::new(
            ErrorKind::MethodNotFound,
            format!("there is no method {name:?} in A2A {}", a2a::VERSION),
        )
    })
}
