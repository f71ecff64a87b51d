//! `create_task`: writes down what is to be done. It reminds nobody; it stands in the list and on the screen.

use async_trait::async_trait;
use domain::{
    id::{TodoId, UserId},
    staff::Permission,
    tool::Effect,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    event,
    todo::{self, Todo},
    user,
};

use super::{instant, list_tasks::task, note, operator, title};
use crate::{
    argument::{optional_text, text},
    tool::{Answer, Context, Settled, Tool, ToolError},
};

pub struct CreateTask;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// What is to be done, in a few words.
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub title: String,
    /// Until when, in the asker's time: `tomorrow 09:00`, `2026-11-22T09:00`.
    #[serde(default, deserialize_with = "optional_text")]
    pub due: Option<String>,
    /// The name of a colleague at the console who is to do it; left out for whoever asks.
    #[serde(default, deserialize_with = "optional_text")]
    pub assignee: Option<String>,
}

#[async_trait]
impl Tool for CreateTask {
    const NAME: &'static str = "create_task";
    const DESCRIPTION: &'static str = "Writes down a task for whoever asks, or for a colleague by name, with a time by \
        which it is due where one was said. Returns status created with the task.";
    const EFFECT: Effect = Effect::Keyed;
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        let by = operator(context, Permission::ThreadNote)?.clone();
        let title = title(&args.title)?;
        let due = args.due.as_deref().map(|due| instant(context, "due", due)).transpose()?;
        let (assignee, assignee_name) = match args.assignee.filter(|name| !is_oneself(name)) {
            Some(name) => colleague(context, &name).await?,
            None => (by.user.clone(), by.name.clone()),
        };
        let todo = Todo {
            id: TodoId::new(&context.ids),
            conversation: context.about.clone(),
            title,
            due,
            assignee: Some(assignee),
            assignee_name,
            done: None,
            created_by: by.user.clone(),
            created: context.now,
        };
        let (shown, now) = (task(context, &todo), context.now);
        Ok(Answer::write(move |tx| {
            Box::pin(async move {
                todo::put(tx, &todo, now).await?;
                let body = json!({ "task": todo.id });
                event::put(tx, "task", todo.conversation.as_ref(), &body, now).await?;
                note(tx, &by, "task_created", todo.id.as_str(), now).await?;
                Ok(Settled::Value(json!({ "status": "created", "task": shown })))
            })
        }))
    }
}

fn is_oneself(name: &str) -> bool {
    ["me", "myself", "mich", "mir", "ich"].iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// The one colleague of that name, or of that first name.
async fn colleague(context: &Context, name: &str) -> Result<(UserId, String), ToolError> {
    let users = user::list(&mut context.store.reader()).await?;
    let wanted = name.trim().to_lowercase();
    let exact = users.iter().filter(|user| user.name.to_lowercase() == wanted);
    let by_first =
        users.iter().filter(|user| user.name.to_lowercase().split_whitespace().any(|word| word == wanted));
    let mut found: Vec<_> = exact.collect();
    if found.is_empty() {
        found = by_first.collect();
    }
    match found.as_slice() {
        [one] => Ok((one.id.clone(), one.name.clone())),
        [] => Err(ToolError::tell(format!("nobody at the console is called {name:?}"))),
        _ => Err(ToolError::tell(format!("several colleagues are called {name:?}: say the whole name"))),
    }
}
