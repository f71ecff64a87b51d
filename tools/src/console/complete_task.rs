//! `complete_task`: ticks a task off. One that is named by words must be the only one they fit.

use async_trait::async_trait;
use domain::{id::TodoId, staff::Permission, tool::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{
    event,
    todo::{self, Filter, Todo},
};

use super::{list_tasks::task, note, operator};
use crate::{
    argument::text,
    tool::{Answer, Context, Settled, Tool, ToolError},
};

/// Tasks that words are looked for in.
const READ: i64 = 200;

pub struct CompleteTask;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The task's id, or words of its title.
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub task: String,
}

#[async_trait]
impl Tool for CompleteTask {
    const NAME: &'static str = "complete_task";
    const DESCRIPTION: &'static str = "Ticks off a task of whoever asks, by its id or by words of its title. Returns \
        status done with the task, not_found, or ambiguous with the tasks that fit.";
    const EFFECT: Effect = Effect::Keyed;
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        let by = operator(context, Permission::ThreadNote)?.clone();
        let mut tx = context.store.reader();
        let named = todo::get(&mut tx, &TodoId::from(args.task.as_str())).await?;
        let fits = match named {
            Some(todo) => vec![todo],
            None => {
                let filter =
                    Filter { assignee: Some(by.user.clone()), done: Some(false), ..Filter::default() };
                let open = todo::list(&mut tx, &filter, None, READ).await?;
                open.into_iter().filter(|todo| fits(todo, &args.task)).collect()
            }
        };
        let mut fits = fits.into_iter();
        let (Some(mut todo), None) = (fits.next(), fits.next()) else {
            return Ok(Answer::Value(unclear(context, &by.user, &args.task).await?));
        };
        todo.done = Some(todo.done.unwrap_or(context.now));
        let (shown, now) = (task(context, &todo), context.now);
        Ok(Answer::write(move |tx| {
            Box::pin(async move {
                todo::put(tx, &todo, now).await?;
                let body = json!({ "task": todo.id });
                event::put(tx, "task", todo.conversation.as_ref(), &body, now).await?;
                note(tx, &by, "task_changed", todo.id.as_str(), now).await?;
                Ok(Settled::Value(json!({ "status": "done", "task": shown })))
            })
        }))
    }
}

fn fits(todo: &Todo, words: &str) -> bool {
    let title = todo.title.to_lowercase();
    let words = words.to_lowercase();
    !words.trim().is_empty() && words.split_whitespace().all(|word| title.contains(word))
}

async fn unclear(context: &Context, user: &domain::id::UserId, words: &str) -> Result<Value, ToolError> {
    let filter = Filter { assignee: Some(user.clone()), done: Some(false), ..Filter::default() };
    let open = todo::list(&mut context.store.reader(), &filter, None, READ).await?;
    let fitting: Vec<Value> =
        open.iter().filter(|todo| fits(todo, words)).map(|todo| task(context, todo)).collect();
    let status = if fitting.is_empty() { "not_found" } else { "ambiguous" };
    Ok(json!({ "status": status, "tasks": fitting }))
}
