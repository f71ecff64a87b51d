//! The Graph API under any version prefix: finding the endpoint of a call. The match below is its map.
//! It never checks a message or changes state itself; each endpoint has its file.

mod app;
mod auth;
mod call;
mod fetch;
mod fields;
mod health;
mod media;
mod messages;
mod phone;
pub(crate) mod refusal;
mod strike;
mod templates;
mod waba;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::hub::Hub;
use call::{Call, Node};
use refusal::Refusal;

pub(crate) use call::UPLOAD_MOST;
pub(crate) use media::file;

/// What an endpoint gives back: a body for a 200, a ready response, or a refusal.
pub(crate) enum Answer {
    Body(Value),
    Ready(Response),
}

pub(crate) type Outcome = Result<Answer, Refusal>;

/// Every call that is not the control API or the page ends here.
pub(crate) async fn serve(State(hub): State<Arc<Hub>>, request: Request) -> Response {
    let outcome = match Call::read(request).await {
        Ok(call) => route(&hub, call).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(Answer::Body(body)) => Json(body).into_response(),
        Ok(Answer::Ready(response)) => response,
        Err(refusal) => {
            let (trace, waba) = hub.act(|world| (world.chance.trace_id(), world.account.waba_id.clone()));
            refusal.respond(&trace, &waba)
        }
    }
}

async fn route(hub: &Arc<Hub>, call: Call) -> Outcome {
    let path: Vec<String> = call.path.clone();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let node = call::node(hub, path.first().copied().unwrap_or_default());
    match (&call.method, node, path.as_slice()) {
        (&Method::POST, Node::Phone, [_, "messages"]) => messages::send(hub, &call).await,
        (&Method::POST, Node::Phone, [_, "media"]) => media::upload(hub, &call).await,
        (&Method::GET, _, ["whatsapp_business", "attachments"]) => media::download(hub, &call).await,
        _ => match strike::before(hub, &call, strike::target(&call, node)).await? {
            Some(response) => Ok(Answer::Ready(response)),
            None => calm(hub, &call, node, &path).await,
        },
    }
}

/// Endpoints whose faults are all struck before anything is done.
async fn calm(hub: &Arc<Hub>, call: &Call, node: Node, path: &[&str]) -> Outcome {
    match (&call.method, path) {
        (&Method::GET, ["oauth", "access_token"]) => return app::access_token(hub, call),
        (&Method::GET, ["debug_token"]) => return app::debug_token(hub, call),
        _ => auth::check(hub, call)?,
    }
    let edge = path.get(1..).unwrap_or_default();
    match (node, edge) {
        (Node::Phone, []) => phone::node(hub, call).await,
        (Node::Phone, ["register" | "deregister"]) => phone::register(hub, call),
        (Node::Phone, ["whatsapp_business_profile"]) => phone::profile(hub, call),
        (Node::Phone, ["username"]) => phone::username(hub, call),
        (Node::Phone, ["block_users"]) => phone::block_users(hub, call),
        (Node::Phone, ["conversational_automation"]) => phone::automation(hub, call),
        (Node::Phone, ["settings"]) => phone::settings(hub, call),
        (Node::Phone, ["request_code" | "verify_code"]) => phone::code(call),
        (Node::Waba, []) => waba::node(hub, call),
        (Node::Waba, ["phone_numbers"]) => waba::phone_numbers(hub, call),
        (Node::Waba, ["subscribed_apps"]) => waba::subscribed_apps(hub, call).await,
        (Node::Waba, ["message_templates"]) => templates::edge(hub, call),
        (Node::Template, []) => templates::node(hub, call),
        (Node::App, ["subscriptions"]) => app::subscriptions(hub, call).await,
        (Node::App, ["uploads"]) => app::open_upload(hub, call),
        (Node::App, []) => app::node(hub, call),
        (Node::Upload, []) => app::upload(hub, call),
        (Node::Media, []) => media::node(hub, call),
        (Node::Me, []) => Ok(Answer::Body(json!({ "id": call::ME, "name": "Sandbox system user" }))),
        (Node::Unknown, _) => {
            Err(Refusal::no_object(path.first().copied().unwrap_or_default(), call.method.as_str()))
        }
        _ => Err(Refusal {
            message: format!("Unknown path components: /{}", edge.join("/")),
            details: None,
            ..Refusal::code(2_500)
        }),
    }
}

fn success() -> Outcome {
    Ok(Answer::Body(json!({ "success": true })))
}

fn wrong_method(call: &Call) -> Outcome {
    Err(Refusal::no_object(call.path.first().map_or("", String::as_str), call.method.as_str()))
}
