//! Who decided what, when, as the audit log has it; and whether its chain is whole. Ids and digests, no texts; nothing here
//! writes to it.

use axum::{Json, extract::State};
use domain::staff::Permission;
use serde::{Deserialize, Serialize};
use store::{
    audit::{self, Kept},
    event,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    at,
    page::{self, Page, Query},
};
use crate::{error::Problem, staff::Principal, state::Gateway};

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(verify))
}

#[derive(Serialize, ToSchema)]
struct EntryView {
    seq: i64,
    at: String,
    /// A contact's id, `user:` and an id, `agent:` and a name, or `house`.
    actor: String,
    action: String,
    /// The id of what it was done to.
    subject: String,
    /// A digest of what was decided; empty for none.
    digest: String,
    /// Over this entry and the one before.
    hash: String,
}

impl From<Kept> for EntryView {
    fn from(kept: Kept) -> Self {
        Self {
            seq: kept.seq,
            at: at(kept.at),
            actor: kept.actor,
            action: kept.action,
            subject: kept.subject,
            digest: kept.digest,
            hash: kept.hash,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// 1 to 200; 50 if left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// The audit log, newest first
#[utoipa::path(
    get,
    path = "/audit",
    tag = "audit",
    params(Asked),
    responses(
        (status = 200, body = Page<EntryView>),
        (status = 403, description = "`forbidden`: needs `audit.view`", body = Problem),
    )
)]
async fn list(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(asked): Query<Asked>,
) -> Result<Json<Page<EntryView>>, Problem> {
    principal.require(Permission::AuditView)?;
    let limit = page::limit(asked.limit)?;
    let before: Option<i64> = page::after(asked.cursor.as_deref())?;
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let mut rows = audit::list(&mut tx, before, page::one_more(limit)).await?;
    let next_cursor = page::next(&mut rows, limit, |kept| kept.seq);
    Ok(Json(Page { items: rows.into_iter().map(EntryView::from).collect(), next_cursor, as_of_seq }))
}

#[derive(Serialize, ToSchema)]
struct Verdict {
    /// Whether every entry stands as it was written.
    whole: bool,
    /// Entries that stand, from the first on.
    entries: i64,
    /// The first that was changed or is missing.
    broken_at: Option<i64>,
}

/// Whether the audit log is whole
#[utoipa::path(
    get,
    path = "/audit/verification",
    tag = "audit",
    responses(
        (status = 200, body = Verdict),
        (status = 403, description = "`forbidden`: needs `audit.view`", body = Problem),
    )
)]
async fn verify(State(gateway): State<Gateway>, principal: Principal) -> Result<Json<Verdict>, Problem> {
    principal.require(Permission::AuditView)?;
    Ok(Json(match audit::verify(&mut gateway.store.reader()).await? {
        Ok(entries) => Verdict { whole: true, entries, broken_at: None },
        Err(seq) => Verdict { whole: false, entries: seq - 1, broken_at: Some(seq) },
    }))
}
