//! Deciding at the console: the same compare-and-set as a press of the button on WhatsApp (`store::decision`). The first
//! one wins, and everybody who was asked is told by the runtime; nothing is said from here.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use domain::{
    address::ChannelName,
    contact::Role,
    id::QuestionId,
    inbound::{Arrival, Inbound},
    question::{Question, QuestionState, matching},
    staff::Permission,
};
use serde::Deserialize;
use store::{
    approval::Approval,
    decision::{self, Decider, Decision, Words},
    inbox,
};
use utoipa::ToSchema;

use super::{
    for_staff, not_found,
    view::{self, ApprovalView, choices, options},
};
use crate::{api::at, error::Problem, guard::Read, staff::Principal, state::Gateway};

/// The longest choice or reason, in characters.
const REASON: usize = 2_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Choosing {
    /// The value or the title of one of the options; for an escalation, any words.
    #[schema(min_length = 1, max_length = 2000)]
    choice: String,
    /// Told to the agent, and through it to the technician.
    #[schema(max_length = 2000)]
    reason: Option<String>,
}

/// Decide
///
/// The first decision wins, here or on WhatsApp; repeating one's own is no error.
#[utoipa::path(
    post,
    path = "/approvals/{id}/decision",
    tag = "approvals",
    params(("id" = String, Path)),
    request_body = Choosing,
    responses(
        (status = 200, body = ApprovalView),
        (status = 403, description = "`forbidden`: needs `job.approve`; `own_job`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`already_decided` by whom and when; `not_open`", body = Problem),
        (status = 422, description = "`malformed_json`; `no_such_option`; `invalid`", body = Problem),
    )
)]
pub(super) async fn decide(
    State(gateway): State<Gateway>,
    principal: Principal,
    Path(id): Path<String>,
    Read(asked): Read<Choosing>,
) -> Result<Json<ApprovalView>, Problem> {
    principal.require(Permission::JobApprove)?;
    let id = QuestionId(id);
    let found = for_staff(&mut gateway.store.reader(), &id).await?;
    let words = words(&found, asked)?;
    let chosen = words.choice.as_ref().map(|choice| choice.value.clone());
    let decider = Decider {
        actor: principal.actor(),
        contact: principal.contact.clone(),
        name: principal.name.clone(),
        roles: vec![Role::Office],
    };
    let (ids, now, own_jobs) =
        (gateway.ids.clone(), gateway.now(), gateway.config.house.get().approve_own_jobs);
    let question = id.clone();
    let came_to = gateway.store.write(move |tx| {
        Box::pin(async move {
            let decision = decision::decide(tx, &question, &decider, words, own_jobs, now).await?;
            if let Decision::Decided(asked, _) = &decision {
                inbox::put(tx, &ids, &to_tell(asked), now).await?;
            }
            Ok(decision)
        })
    });
    match came_to.await? {
        Decision::Decided(..) => gateway.waker.wake(),
        Decision::Late(question) => repeated(&question, &principal, chosen.as_deref())?,
        Decision::OwnJob(_) => {
            let detail = "it is about your own job: somebody else of the office decides it";
            return Err(Problem::new(StatusCode::FORBIDDEN, "own_job", detail));
        }
        Decision::NotTheirRole(_) => return Err(Problem::forbidden("it is not for the office to decide")),
        Decision::Unknown => return Err(not_found(&id)),
    }
    let mut tx = gateway.store.reader();
    let decided = for_staff(&mut tx, &id).await?;
    Ok(Json(view::of(&mut tx, decided).await?))
}

/// The row that makes the intake tell everybody who was asked; in their lane, one a question.
fn to_tell(asked: &Question) -> Arrival {
    let channel = ChannelName::from("console");
    let external = format!("decided:{}", asked.id);
    Arrival {
        channel,
        lane: external.clone(),
        external,
        body: Inbound::Decided { question: asked.id.clone() },
    }
}

/// The same decision by the same person is what a lost answer looks like to whoever asks again.
fn repeated(question: &Question, principal: &Principal, chosen: Option<&str>) -> Result<(), Problem> {
    let conflict = |code, detail: String| Problem::new(StatusCode::CONFLICT, code, detail);
    match (&question.state, &question.answer) {
        (QuestionState::Answered, Some(answer)) => {
            let own = answer.by_name == principal.name && answer.by == principal.contact;
            if own && chosen.is_some() && answer.value.as_deref() == chosen {
                return Ok(());
            }
            let detail =
                format!("already decided by {} at {}: {}", answer.by_name, at(answer.at), answer.text);
            Err(conflict("already_decided", detail))
        }
        (state, _) => {
            Err(conflict("not_open", format!("it is {} and can not be decided any more", state.as_str())))
        }
    }
}

fn words(found: &Approval, asked: Choosing) -> Result<Words, Problem> {
    let reason = asked.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    let too_long = |text: &str| text.chars().count() > REASON;
    if reason.as_deref().is_some_and(too_long) || too_long(&asked.choice) {
        return Err(unprocessable(
            "invalid",
            format!("a choice and a reason have at most {REASON} characters"),
        ));
    }
    let said = asked.choice.trim();
    let choice = choices(found).into_iter().find_map(|(choice, all)| {
        (choice.value == said).then(|| choice.clone()).or_else(|| matching(&all, said).cloned())
    });
    if choice.is_none() && (!found.question.purpose.takes_words() || said.is_empty()) {
        let titles: Vec<String> = options(found).into_iter().map(|option| option.value).collect();
        return Err(unprocessable("no_such_option", format!("choose one of: {}", titles.join(", "))));
    }
    Ok(Words { choice, text: said.to_owned(), reason })
}

fn unprocessable(code: &'static str, detail: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
}
