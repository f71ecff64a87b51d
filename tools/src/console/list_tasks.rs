//! `list_tasks`: what is still to be done, by whom and until when. Reads only.

use async_trait::async_trait;
use domain::{clock::Millis, staff::Permission};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::todo::{self, Filter, Todo};

use super::{at, moment, now, operator, shown};
use crate::{
    argument::optional_text,
    tool::{Answer, Context, Tool, ToolError},
};

/// Tasks in one answer.
const SHOWN: usize = 20;
/// Tasks that are read.
const READ: i64 = 200;

pub struct ListTasks;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// `me` for the tasks of whoever asks, `all` for everybody's; left out for `me`.
    #[serde(default, deserialize_with = "optional_text")]
    pub whose: Option<String>,
    /// Only those due by the end of that day: `today`, `tomorrow`, `2026-11-22`.
    #[serde(default, deserialize_with = "optional_text")]
    pub due: Option<String>,
}

#[async_trait]
impl Tool for ListTasks {
    const NAME: &'static str = "list_tasks";
    const DESCRIPTION: &'static str = "Lists tasks of staff that are not done: of whoever asks, or everybody's. Returns \
        status ok with tasks (task_id, title, due in the asker's time, assignee) and the number of more.";
    const CONCURRENT: bool = true;
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        let by = operator(context, Permission::ThreadView)?;
        let everybody = args.whose.is_some_and(|whose| {
            ["all", "everybody", "alle"].iter().any(|word| whose.eq_ignore_ascii_case(word))
        });
        let due_before = match &args.due {
            Some(due) => Some(end_of(context, due)?),
            None => None,
        };
        let filter = Filter {
            assignee: (!everybody).then(|| by.user.clone()),
            done: Some(false),
            due_before,
            ..Filter::default()
        };
        let mut found = todo::list(&mut context.store.reader(), &filter, None, READ).await?;
        found.sort_by_key(|todo| todo.due.unwrap_or(Millis(i64::MAX)));
        let more = found.len().saturating_sub(SHOWN);
        found.truncate(SHOWN);
        let tasks: Vec<Value> = found.iter().map(|todo| task(context, todo)).collect();
        Ok(Answer::Value(json!({ "status": "ok", "tasks": tasks, "more": more })))
    }
}

/// The end of the day that `text` names.
fn end_of(context: &Context, text: &str) -> Result<Millis, ToolError> {
    let day = moment("due", text)?.day.and_then(|day| day.date(&now(context)));
    let next = day.and_then(|day| day.tomorrow().ok());
    let next = next.ok_or_else(|| ToolError::tell(format!("due is {text:?}: name a day")))?;
    at(context, next.at(0, 0, 0, 0))
}

pub(super) fn task(context: &Context, todo: &Todo) -> Value {
    json!({
        "task_id": todo.id,
        "title": todo.title,
        "due": todo.due.map(|due| shown(context, due)),
        "overdue": todo.due.is_some_and(|due| due < context.now),
        "assignee": (!todo.assignee_name.is_empty()).then_some(&todo.assignee_name),
    })
}
