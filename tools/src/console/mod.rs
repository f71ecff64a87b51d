//! What staff can have done by words at the console: tasks, people, the calendar. Whoever asks was proved by the gateway;
//! what their role may not do, no words do. Approvals are not here and never will be.

pub mod complete_task;
pub mod create_task;
pub mod find_contact;
pub mod list_tasks;
pub mod list_visits;
pub mod plan_visit;

use domain::{
    clock::Millis,
    command::Operator,
    moment::{self, Moment},
    staff::Permission,
};
use jiff::{
    Zoned,
    civil::{DateTime, Time},
    tz::TimeZone,
};
use store::{Error, Tx, audit};

use crate::tool::{Context, ToolError};

/// Letters of a title.
const TITLE: usize = 300;
/// The time of day of something that is due on a day.
const MORNING: Time = Time::constant(9, 0, 0, 0);

/// Who asks.
///
/// # Errors
/// [`ToolError::Tell`] outside the console, or where their role does not allow it.
fn operator(context: &Context, permission: Permission) -> Result<&Operator, ToolError> {
    let Some(operator) = &context.operator else {
        return Err(ToolError::tell("this is done at the console only"));
    };
    if operator.role.may(permission) {
        return Ok(operator);
    }
    Err(ToolError::tell(format!("the role {} may not {permission}", operator.role)))
}

/// What a task or a visit is called.
///
/// # Errors
/// [`ToolError::Tell`] where it has no letter, or too many.
fn title(text: &str) -> Result<String, ToolError> {
    let title = text.trim();
    if title.is_empty() || title.chars().count() > TITLE {
        return Err(ToolError::tell(format!("title must have 1 to {TITLE} letters")));
    }
    Ok(title.to_owned())
}

/// The zone of whoever asks.
fn zone(context: &Context) -> TimeZone {
    let own = context.operator.as_ref().and_then(|operator| operator.zone.as_deref());
    own.and_then(|zone| TimeZone::get(zone).ok()).unwrap_or_else(|| context.firm.time_zone.clone())
}

fn now(context: &Context) -> Zoned {
    context.now.timestamp().to_zoned(zone(context))
}

/// `2026-11-22 09:00`, where whoever asks is.
fn shown(context: &Context, at: Millis) -> String {
    at.timestamp().to_zoned(zone(context)).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The moment in `text`.
///
/// # Errors
/// [`ToolError::Tell`] with how to say it.
fn moment(what: &str, text: &str) -> Result<Moment, ToolError> {
    moment::read(text).ok_or_else(|| {
        ToolError::tell(format!(
            "{what} is {text:?}, which names no day or time: say it like 2026-11-22T09:00 or tomorrow 09:00"
        ))
    })
}

/// When that is.
///
/// # Errors
/// [`ToolError::Tell`] for a day that there is not.
fn instant(context: &Context, what: &str, text: &str) -> Result<Millis, ToolError> {
    let local = moment(what, text)?.local(&now(context), MORNING);
    let local = local.ok_or_else(|| ToolError::tell(format!("{what} is {text:?}: there is no such day")))?;
    at(context, local)
}

fn at(context: &Context, local: DateTime) -> Result<Millis, ToolError> {
    let zoned = local.to_zoned(zone(context));
    zoned
        .map(|zoned| Millis(zoned.timestamp().as_millisecond()))
        .map_err(|_| ToolError::tell(format!("{local} is out of range")))
}

/// What staff had done stands in the audit log as if they had done it by hand.
async fn note(
    tx: &mut Tx,
    by: &Operator,
    action: &'static str,
    subject: &str,
    at: Millis,
) -> Result<(), Error> {
    let entry = audit::Entry {
        actor: format!("user:{}", by.user),
        action,
        subject: subject.to_owned(),
        digest: String::new(),
    };
    audit::append(tx, &entry, at).await
}
