//! The messages of a thread, oldest first within a page. Pages hang on a message, so that new ones move nothing.

use axum::{Json, extract::State};
use domain::{
    id::{ConversationId, MessageId},
    staff::Permission,
};
use serde::{Deserialize, Serialize};
use store::{
    event,
    thread::messages::{Where, page},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{self, MessageView};
use crate::{
    api::{
        field::{Id, is_id, nothing},
        page::{self, Query, invalid},
    },
    error::Problem,
    staff::Principal,
    state::Gateway,
};

pub(super) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Messages before this one.
    before: Option<String>,
    /// Messages after this one.
    after: Option<String>,
    /// This message in the middle.
    around: Option<String>,
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A page, oldest first.
#[derive(Serialize, ToSchema)]
struct Messages {
    items: Vec<MessageView>,
    /// What to ask for with `before`; null where there is nothing older.
    older: Option<String>,
    /// What to ask for with `after`; null where there is nothing newer.
    newer: Option<String>,
    /// The same as `older`.
    next_cursor: Option<String>,
    /// The live stream's position before this was read.
    as_of_seq: i64,
}

/// The messages of a thread: the newest, or those beside a message
#[utoipa::path(
    get,
    path = "/threads/{id}/messages",
    tag = "threads",
    params(("id" = String, Path), Asked),
    responses(
        (status = 200, body = Messages),
        (status = 400, description = "`invalid_query`", body = Problem),
        (status = 403, description = "`forbidden`: needs `thread.view`", body = Problem),
        (status = 404, description = "`not_found`: no such thread, or the message is of another", body = Problem),
    )
)]
async fn list(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
    Query(asked): Query<Asked>,
) -> Result<Json<Messages>, Problem> {
    principal.require(Permission::ThreadView)?;
    let limit = page::limit(asked.limit)?;
    let which = which(asked)?;
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    super::find(&mut tx, &id).await?;
    let page = page(&mut tx, &id, &which, limit).await?;
    let page = page.ok_or_else(|| nothing("there is no such message in this thread"))?;
    let items = view::messages(&mut tx, &page.messages).await?;
    let older = items.first().filter(|_| page.older).map(|message| message.id.clone());
    let newer = items.last().filter(|_| page.newer).map(|message| message.id.clone());
    Ok(Json(Messages { items, next_cursor: older.clone(), older, newer, as_of_seq }))
}

fn which(asked: Asked) -> Result<Where, Problem> {
    let id = |id: String| {
        if is_id(&id) {
            Ok(MessageId(id))
        } else {
            Err(invalid("before, after and around are ids of messages"))
        }
    };
    match (asked.before, asked.after, asked.around) {
        (None, None, None) => Ok(Where::Newest),
        (Some(before), None, None) => Ok(Where::Before(id(before)?)),
        (None, Some(after), None) => Ok(Where::After(id(after)?)),
        (None, None, Some(around)) => Ok(Where::Around(id(around)?)),
        _ => Err(invalid("only one of before, after and around")),
    }
}
