//! `list_visits`: the calendar of a day, or of some days. Reads only.

use async_trait::async_trait;
use domain::staff::Permission;
use jiff::ToSpan as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    Tx, contact,
    office::{
        customer,
        visit::{self, Visit},
    },
};

use super::{at, moment, now, operator, shown};
use crate::{
    argument::optional_text,
    tool::{Answer, Context, Tool, ToolError},
};

/// The most days of one answer.
const DAYS: u8 = 31;

pub struct ListVisits;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The first day: `today`, `tomorrow`, `Friday`, `2026-11-22`; left out for today.
    #[serde(default, deserialize_with = "optional_text")]
    pub day: Option<String>,
    /// How many days from then; left out for one.
    #[serde(default)]
    pub days: Option<u8>,
}

#[async_trait]
impl Tool for ListVisits {
    const NAME: &'static str = "list_visits";
    const DESCRIPTION: &'static str = "Lists the planned visits of a day or of several, in order. Returns status ok with \
        the first day and visits (visit_id, starts and ends in the asker's time, title, customer, technician).";
    const CONCURRENT: bool = true;
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        operator(context, Permission::ThreadView)?;
        let today = now(context);
        let day = match &args.day {
            Some(text) => moment("day", text)?.day.and_then(|day| day.date(&today)),
            None => Some(today.date()),
        };
        let day =
            day.ok_or_else(|| ToolError::tell("day names no day: say today, tomorrow or 2026-11-22"))?;
        let days = i64::from(args.days.unwrap_or(1).clamp(1, DAYS));
        let end = day.checked_add(days.days()).map_err(|_| ToolError::tell("that is too far away"))?;
        let (from, to) = (at(context, day.at(0, 0, 0, 0))?, at(context, end.at(0, 0, 0, 0))?);
        let mut tx = context.store.reader();
        let mut visits = Vec::new();
        for planned in visit::between(&mut tx, from, to).await? {
            visits.push(told(&mut tx, context, &planned).await?);
        }
        let day = day.to_string();
        Ok(Answer::Value(json!({ "status": "ok", "day": day, "days": days, "visits": visits })))
    }
}

pub(super) async fn told(tx: &mut Tx, context: &Context, visit: &Visit) -> Result<Value, store::Error> {
    let customer = match &visit.customer {
        Some(id) => customer::get(tx, id).await?,
        None => None,
    };
    let technician = match &visit.technician {
        Some(id) => contact::get(tx, id).await?,
        None => None,
    };
    Ok(json!({
        "visit_id": visit.id,
        "title": visit.title,
        "starts": shown(context, visit.starts),
        "ends": shown(context, visit.ends),
        "customer": customer.as_ref().map(|customer| &customer.name),
        "address": customer.as_ref().map(|customer| customer.full_address()),
        "technician": technician.map(|technician| technician.name),
    }))
}
