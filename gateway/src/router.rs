//! Every route on one page (those of the API in `api`), and what each request passes before it gets there. No handler stands here.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get, post},
};
use channels::whatsapp::Receiver;
use domain::current::Current;
use tower::{ServiceBuilder, limit::GlobalConcurrencyLimitLayer};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_swagger_ui::SwaggerUi;

use crate::{
    a2a::{self, AgentState, card, http, push_receiver, rpc},
    api, auth, guard, health, live, metrics, process_job, source,
    staff::{entrance, headers, login},
    state::{Duty, Gateway, HostedAgent},
    telephony,
    webhooks::{self, Room},
};

/// The gateway's own port.
pub fn house(gateway: &Gateway) -> Router {
    house_with(gateway, Router::new())
}

/// The gateway's own port, with the webhooks of the providers that are configured.
pub fn house_with(gateway: &Gateway, webhooks: Router) -> Router {
    let routes = Router::new()
        .route("/health", get(health::health))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/queue/status", get(health::queue_status))
        .route("/metrics", get(metrics::scrape))
        .with_state(gateway.clone())
        .merge(console(gateway));
    guarded(source::limited(routes, &gateway.config).merge(webhooks), gateway)
}

/// What staff and other programs use: the API, the door to it, and the page to read it.
fn console(gateway: &Gateway) -> Router {
    let (api, document) = api::routes().split_for_parts();
    let data = api
        // Nobody gets past who is not known.
        .route_layer(from_fn_with_state(gateway.clone(), entrance::staff_only))
        .route("/console/login", post(login::login))
        .route("/api/{*rest}", any(api::nowhere))
        .merge(live::socket())
        .method_not_allowed_fallback(guard::no_such_method)
        .layer(from_fn_with_state(gateway.clone(), headers::data))
        .with_state(gateway.clone());
    let docs = Router::<()>::from(SwaggerUi::new("/docs").url("/openapi.json", document))
        .layer(from_fn_with_state(gateway.clone(), headers::docs));
    data.merge(docs)
}

/// Meta's webhook, under both of its names; for [`house_with`].
pub fn meta_cloud(gateway: &Gateway, receiver: Current<Receiver>, room: Room) -> Router {
    let webhook = || get(webhooks::handshake).post(webhooks::deliver);
    Router::new()
        .route("/whatsapp/webhook", webhook())
        .route("/api/comms/webhooks/meta_cloud", webhook())
        .method_not_allowed_fallback(guard::no_such_method)
        .layer(from_fn_with_state(source::Strangers::new(&gateway.config), source::strangers))
        // Up to a thousand updates come in one body.
        .layer(DefaultBodyLimit::max(room.body_bytes))
        .with_state(webhooks::MetaCloud::new(gateway.clone(), receiver, room))
}

/// The telephone system's webhook, for as long as there is who believes it; for [`house_with`].
pub fn telephony(gateway: &Gateway, receiver: Current<Option<channels::telephony::Receiver>>) -> Router {
    Router::new()
        .route("/api/comms/webhooks/telephony", post(telephony::deliver))
        .method_not_allowed_fallback(guard::no_such_method)
        .layer(from_fn_with_state(source::Strangers::new(&gateway.config), source::strangers))
        .layer(DefaultBodyLimit::max(telephony::BODY))
        .with_state(telephony::Telephony::new(gateway.clone(), receiver))
}

/// The port of one hosted agent.
pub fn agent(gateway: &Gateway, agent: HostedAgent) -> Router {
    let duty = agent.duty.clone();
    let state = AgentState::new(gateway.clone(), agent);
    let mut closed = Router::new()
        // JSON-RPC, and the same methods as HTTP+JSON.
        .route("/", post(rpc::serve))
        .route("/message:send", post(http::send))
        .route("/message:stream", post(http::stream))
        .route("/tasks", get(http::list))
        // `/tasks/{id}`, `/tasks/{id}:cancel` and `/tasks/{id}:subscribe`
        .route("/tasks/{id}", get(http::get_task).post(http::act_on_task))
        .route("/tasks/{id}/pushNotificationConfigs", get(http::list_configs).post(http::create_config))
        .route(
            "/tasks/{id}/pushNotificationConfigs/{config}",
            get(http::get_config).delete(http::delete_config),
        )
        .route("/extendedAgentCard", get(http::extended_card));
    match duty {
        Duty::TakesJobs { .. } => closed = closed.route("/process_job", post(process_job::serve)),
        Duty::HandsOver { .. } => {
            closed = closed.route(channels::link::PUSH_PATH, post(push_receiver::serve))
        }
        Duty::Alone => {}
    }
    let open = Router::new().route(::a2a::CARD_PATH, get(card::serve));
    let health = Router::new()
        .route("/health", get(health::health))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(gateway.clone());
    let closed = closed
        .method_not_allowed_fallback(guard::no_such_method)
        .layer(from_fn(a2a::version::check))
        // Outside the version check: a stranger learns nothing but the card.
        .layer(from_fn_with_state(state.clone(), auth::bearer))
        .layer(from_fn_with_state(source::Strangers::new(&gateway.config), source::strangers))
        .with_state(state.clone());
    let open = source::limited(open.with_state(state).merge(health), &gateway.config);
    guarded(open.merge(closed), gateway)
}

fn guarded(routes: Router, gateway: &Gateway) -> Router {
    let config = &gateway.config;
    routes.fallback(guard::no_such_route).method_not_allowed_fallback(guard::no_such_method).layer(
        ServiceBuilder::new()
            // Outermost, so that its time limit covers the wait for a place and its id stands in every answer.
            .layer(from_fn_with_state(gateway.clone(), guard::watch))
            // A bug in one handler is that request's, not the process's.
            .layer(CatchPanicLayer::custom(guard::panicked))
            // One place for all routes: a flood on one must not take the memory of the others.
            .layer(GlobalConcurrencyLimitLayer::new(config.concurrent.max(1)))
            // Read by the extractors; no handler sees a longer body.
            .layer(DefaultBodyLimit::max(config.body_kib.saturating_mul(1024))),
    )
}

#[cfg(test)]
#[path = "router_tests.rs"]
mod tests;
