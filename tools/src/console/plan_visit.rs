//! `plan_visit`: puts a visit into the calendar. It promises nothing to anybody: nobody is told.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    clock::Millis,
    contact::{Contact, Role},
    customer::{Customer, Directory, Match, Query},
    id::VisitId,
    staff::Permission,
    tool::Effect,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    contact, event,
    office::visit::{self, Visit},
};

use super::{instant, list_visits::told, note, operator, title};
use crate::{
    argument::{optional_text, text},
    customers::Customers,
    tool::{Answer, Context, Settled, Tool, ToolError},
};

/// A visit of which nobody said how long it takes, and the longest.
const MINUTES: u16 = 60;
const LONGEST: u16 = 12 * 60;

pub struct PlanVisit(pub(crate) Arc<Customers>);

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// What it is for, in a few words.
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub title: String,
    /// When it begins, in the asker's time: `tomorrow 10:00`, `2026-11-22T10:00`.
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub starts: String,
    /// How long it takes, in minutes; left out for an hour.
    #[serde(default)]
    pub minutes: Option<u16>,
    /// The customer's name or id.
    #[serde(default, deserialize_with = "optional_text")]
    pub customer: Option<String>,
    /// The name of the technician who goes.
    #[serde(default, deserialize_with = "optional_text")]
    pub technician: Option<String>,
}

#[async_trait]
impl Tool for PlanVisit {
    const NAME: &'static str = "plan_visit";
    const DESCRIPTION: &'static str = "Puts a visit into the calendar. Returns status planned with the visit, or clash \
        with the visits that the technician has at that time already; nothing is written then.";
    const EFFECT: Effect = Effect::Keyed;
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        let by = operator(context, Permission::ThreadNote)?.clone();
        let title = title(&args.title)?;
        let minutes = args.minutes.unwrap_or(MINUTES).clamp(5, LONGEST);
        let starts = instant(context, "starts", &args.starts)?;
        let visit = Visit {
            id: VisitId::new(&context.ids),
            title,
            customer: match &args.customer {
                Some(name) => {
                    let name = name.clone();
                    let found = self.0.ask(&context.store, move |all| the_customer(all, &name)).await?;
                    Some(found.map_err(ToolError::tell)?.id)
                }
                None => None,
            },
            technician: match &args.technician {
                Some(name) => Some(technician(context, name).await?.id),
                None => None,
            },
            starts,
            ends: Millis(starts.0 + i64::from(minutes) * 60_000),
            created_by: by.user.clone(),
        };
        let shown = told(&mut context.store.reader(), context, &visit).await?;
        let (context, now) = (context.clone(), context.now);
        Ok(Answer::write(move |tx| {
            Box::pin(async move {
                if let Some(technician) = &visit.technician {
                    let clashing = visit::clashing(tx, technician, visit.starts, visit.ends).await?;
                    if !clashing.is_empty() {
                        let mut visits = Vec::with_capacity(clashing.len());
                        for other in &clashing {
                            visits.push(told(tx, &context, other).await?);
                        }
                        return Ok(Settled::Value(json!({ "status": "clash", "visits": visits })));
                    }
                }
                visit::put(tx, &visit, now).await?;
                event::put(tx, "visit", None, &json!({ "visit": visit.id }), now).await?;
                note(tx, &by, "visit_planned", visit.id.as_str(), now).await?;
                Ok(Settled::Value(json!({ "status": "planned", "visit": shown })))
            })
        }))
    }
}

/// The customer whom `name` means, or why it is none.
fn the_customer(all: &Directory, name: &str) -> Result<Customer, String> {
    match all.find(Query { name, address: "" }) {
        Match::Found(customer) => Ok(customer.clone()),
        Match::Ambiguous(several) => {
            let names: Vec<String> =
                several.iter().map(|it| format!("{} ({}), {}", it.name, it.id, it.full_address())).collect();
            Err(format!("{name:?} may be several customers: {}", names.join("; ")))
        }
        Match::NotFound => Err(format!("there is no customer {name:?}")),
    }
}

async fn technician(context: &Context, name: &str) -> Result<Contact, ToolError> {
    let all = contact::holders(&mut context.store.reader(), Role::Technician).await?;
    let wanted = name.trim().to_lowercase();
    let mut found = all.into_iter().filter(|person| {
        let name = person.name.to_lowercase();
        name == wanted || name.split_whitespace().any(|word| word == wanted)
    });
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(ToolError::tell(format!("there is no technician {name:?}"))),
        _ => Err(ToolError::tell(format!("several technicians are called {name:?}: say the whole name"))),
    }
}
