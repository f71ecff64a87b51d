//! The HTTP+JSON binding: each route gathers its method's parameters from path, query and body. The methods themselves
//! are the same as JSON-RPC's.

use std::collections::HashMap;

use a2a::{ErrorKind, MEDIA_TYPE, Method, ProtocolError};
use axum::{
    Extension, Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{AgentState, methods, version::Asked};
use crate::{error::Problem, guard::Body};

/// An answer in this binding's form.
pub(crate) struct Answer(Result<Value, ProtocolError>);

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let (status, body) = match self.0 {
            Ok(value) => (StatusCode::OK, value),
            Err(error) => {
                let status =
                    StatusCode::from_u16(error.kind.http()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                (status, error.to_http())
            }
        };
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response
    }
}

type Params = Result<Map<String, Value>, ProtocolError>;
type Asking = Result<Query<HashMap<String, String>>, QueryRejection>;

async fn run(state: &AgentState, asked: &Asked, method: Method, params: Params) -> Answer {
    let outcome = match asked.accepted().and(params) {
        Ok(params) => methods::call(state, method, params).await,
        Err(error) => Err(error),
    };
    Answer(outcome)
}

pub(crate) async fn send(
    State(state): State<AgentState>,
    Extension(asked): Extension<Asked>,
    body: Result<Body, Problem>,
) -> Result<Answer, Problem> {
    Ok(run(&state, &asked, Method::SendMessage, object(&body?.0)).await)
}

pub(crate) async fn stream(
    State(state): State<AgentState>,
    Extension(asked): Extension<Asked>,
    body: Result<Body, Problem>,
) -> Result<Answer, Problem> {
    Ok(run(&state, &asked, Method::SendStreamingMessage, object(&body?.0)).await)
}

pub(crate) async fn list(
    State(state): State<AgentState>,
    Extension(asked): Extension<Asked>,
    query: Asking,
) -> Answer {
    run(&state, &asked, Method::ListTasks, from_query(query)).await
}

/// `GET /tasks/{id}`, and `GET /tasks/{id}:subscribe`, which the `.proto` has beside the POST.
pub(crate) async fn get_task(
    State(state): State<AgentState>,
    Extension(asked): Extension<Asked>,
    Path(id): Path<String>,
    query: Asking,
) -> Answer {
    let (id, method) = match id.strip_suffix(":subscribe") {
        Some(id) => (id, Method::SubscribeToTask),
        None => (id.as_str(), Method::GetTask),
    };
    run(&state, &asked, method, with(from_query(query), &[("id", id)])).await
}

/// `POST /tasks/{id}:cancel` and `POST /tasks/{id}:subscribe`.
pub(crate) async fn act_on_task(
    State(state): State<AgentState>,
    Extension(asked): Extension<Asked>,
    Path(id): Path<String>,
    body: Result<Body, Problem>,
) -> Result<Answer, Problem> {
    let params = object(&body?.0);
    Ok(match id.rsplit_once(':') {
        Some((id, "cancel")) => run(&state, &asked, Method::CancelTask, with(params, &[("id", id)])).await,
        Some((id, "subscribe")) => {
            run(&state, &asked, Method::SubscribeToTask, with(params, &[("id", id)])).await
        }
        _ => {
            let message = "POST /tasks/{id} takes `:cancel` or `:subscribe` after the id";
            Answer(Err(ProtocolError::new(ErrorKind::MethodNotFound, message)))
        }
    })
}

pub(crate) async fn create_config(
    State(state): State<AgentState>,
    Extension(asked): Extension<Asked>,
    Path(task): Path<String>,
    body: Result<Body, Problem>,
) -> Result<Answer, Problem> {
    let params = with(object(&body?.0), &[("taskId", &task)]);
    Ok(run(&state, &asked, Method::CreateTaskPushNotificationConfig, params).await)
}

pub(crate) async fn list_configs(
    State(state): State<AgentState>,
    Extension(asked): Extension<Asked>,
    Path(task): Path<String>,
) -> Answer {
    run(&state, &asked, Method::ListTaskPushNotificationConfigs, with(Ok(Map::new()), &[("taskId", &task)]))
        .await
}

pub(crate) async fn get_config(
    State(state): State<AgentState>,
    Extension(asked): Extension<Asked>,
    Path((task, id)): Path<(String, String)>,
) -> Answer {
    let params = with(Ok(Map::new()), &[("taskId", &task), ("id", &id)]);
    run(&state, &asked, Method::GetTaskPushNotificationConfig, params).await
}

pub(crate) async fn delete_config(
    State(state): State<AgentState>,
    Extension(asked): Extension<Asked>,
    Path((task, id)): Path<(String, String)>,
) -> Answer {
    let params = with(Ok(Map::new()), &[("taskId", &task), ("id", &id)]);
    run(&state, &asked, Method::DeleteTaskPushNotificationConfig, params).await
}

pub(crate) async fn extended_card(
    State(state): State<AgentState>,
    Extension(asked): Extension<Asked>,
) -> Answer {
    run(&state, &asked, Method::GetExtendedAgentCard, Ok(Map::new())).await
}

/// A body that is an object; none at all is an empty one.
fn object(body: &Bytes) -> Params {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(ProtocolError::new(ErrorKind::InvalidRequest, "the body must be an object")),
        Err(error) => {
            Err(ProtocolError::new(ErrorKind::ParseError, format!("the body is not JSON: {error}")))
        }
    }
}

/// The path's fields count before the body's.
fn with(params: Params, fields: &[(&str, &str)]) -> Params {
    let mut params = params?;
    for (name, value) in fields {
        params.insert((*name).to_owned(), json!(value));
    }
    Ok(params)
}

/// A query's texts as the JSON that their fields take.
fn from_query(query: Asking) -> Params {
    let Query(pairs) =
        query.map_err(|error| ProtocolError::new(ErrorKind::InvalidParams, error.body_text()))?;
    let mut params = Map::new();
    for (name, text) in pairs {
        let value = match name.as_str() {
            "pageSize" | "historyLength" => {
                let number: i64 =
                    text.parse().map_err(|_| ProtocolError::field(&name, "must be a whole number"))?;
                json!(number)
            }
            "includeArtifacts" => {
                let flag: bool =
                    text.parse().map_err(|_| ProtocolError::field(&name, "must be true or false"))?;
                json!(flag)
            }
            _ => json!(text),
        };
        params.insert(name, value);
    }
    Ok(params)
}
