//! The connectivity test: what the provider says of our credentials, number and webhook. Sends no message.

use axum::{Json, extract::State, http::StatusCode};
use domain::staff::Permission;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{error::Problem, staff::Principal, state::Gateway};

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(test))
}

#[derive(Serialize, ToSchema)]
struct Report {
    provider: &'static str,
    /// Whether no check failed.
    ok: bool,
    /// In the order in which one thing needs the other.
    checks: Vec<CheckView>,
}

#[derive(Serialize, ToSchema)]
struct CheckView {
    name: &'static str,
    /// `pass`, `warn`, `fail` or `skipped`.
    verdict: &'static str,
    says: String,
    /// What to do, and on which screen of the provider; empty where nothing is to be done.
    mend: String,
}

/// Test the connection to the provider
#[utoipa::path(
    post,
    path = "/provider/test",
    operation_id = "test_provider",
    tag = "settings",
    responses(
        (status = 200, body = Report),
        (status = 403, description = "`forbidden`: needs `channel.manage`", body = Problem),
        (status = 409, description = "`no_provider`: none is configured here", body = Problem),
    )
)]
async fn test(State(gateway): State<Gateway>, principal: Principal) -> Result<Json<Report>, Problem> {
    principal.require(Permission::ChannelManage)?;
    let Some(tester) = &gateway.means.tester else {
        let detail =
            "no provider is configured in this process: set COMMUNICATION_MODE=whatsapp and its credentials";
        return Err(Problem::new(StatusCode::CONFLICT, "no_provider", detail));
    };
    let checks: Vec<CheckView> = tester
        .test()
        .await
        .into_iter()
        .map(|check| CheckView {
            name: check.name,
            verdict: check.verdict,
            says: check.says,
            mend: check.mend,
        })
        .collect();
    let ok = checks.iter().all(|check| check.verdict != "fail");
    Ok(Json(Report { provider: tester.provider(), ok, checks }))
}
