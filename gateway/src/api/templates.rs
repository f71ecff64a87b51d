//! The templates that staff may send once WhatsApp's window is closed.

use axum::{Json, extract::State};
use domain::staff::Permission;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{error::Problem, staff::Principal, state::Gateway};

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Serialize, ToSchema)]
struct TemplateView {
    name: String,
    language: String,
    category: String,
    header: Option<String>,
    /// With `{{1}}`, `{{2}}` where values go.
    body: String,
    footer: Option<String>,
    /// How many values the body wants.
    values: usize,
    /// The titles of its buttons.
    buttons: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct TemplateList {
    items: Vec<TemplateView>,
}

/// The templates there are
#[utoipa::path(
    get,
    path = "/templates",
    tag = "threads",
    responses(
        (status = 200, body = TemplateList),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
    )
)]
async fn list(State(gateway): State<Gateway>, principal: Principal) -> Result<Json<TemplateList>, Problem> {
    principal.require(Permission::ThreadView)?;
    let view = |offer: &channels::whatsapp::Offer| TemplateView {
        name: offer.name.clone(),
        language: offer.language.clone(),
        category: offer.category.clone(),
        header: offer.header.clone(),
        body: offer.body.clone(),
        footer: offer.footer.clone(),
        values: offer.values(),
        buttons: offer.replies.clone(),
    };
    Ok(Json(TemplateList { items: gateway.config.templates.iter().map(view).collect() }))
}
