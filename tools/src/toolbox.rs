//! All tools by name, with arguments as JSON: what is not a tool or does not fit is said so that a model can mend it.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use domain::{
    question,
    tool::{Effect, ToolSpec},
};
use serde_json::Value;

use crate::{
    console,
    customers::Customers,
    field, jobs, office, schema,
    tool::{Answer, Context, Found, Gate, Refusal, Tool, ToolError},
};

#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// An unknown name or arguments that do not fit: counts against the limit of malformed replies.
    #[error("{0}")]
    Misused(String),
    /// The model is told and may try otherwise.
    #[error("{0}")]
    Tell(String),
    /// The other side did not answer: the effect may have happened.
    #[error("{0}")]
    Lost(String),
    /// Passing trouble of ours: the call is made again.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<ToolError> for CallError {
    fn from(error: ToolError) -> Self {
        match error {
            ToolError::Tell(why) => Self::Tell(why),
            ToolError::Lost(why) => Self::Lost(why),
            ToolError::Store(error) => Self::Store(error),
        }
    }
}

/// The object-safe twin of [`Tool`].
#[async_trait]
trait Erased: Send + Sync {
    fn spec(&self) -> ToolSpec;
    fn effect(&self) -> Effect;
    fn concurrent(&self) -> bool;
    async fn gate(&self, context: &Context, arguments: &Value) -> Result<Gate, CallError>;
    async fn call(&self, context: &Context, arguments: Value) -> Result<Answer, CallError>;
    async fn find(&self, context: &Context, arguments: Value) -> Result<Found, CallError>;
    async fn refused(
        &self,
        context: &Context,
        arguments: Value,
        refusal: Refusal,
        answer: &question::Answer,
    ) -> Result<Answer, CallError>;
}

#[async_trait]
impl<T: Tool> Erased for T {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: T::NAME.to_owned(),
            description: T::DESCRIPTION.to_owned(),
            parameters: schema::of::<T::Args>(),
        }
    }

    fn effect(&self) -> Effect {
        T::EFFECT
    }

    fn concurrent(&self) -> bool {
        T::CONCURRENT
    }

    async fn gate(&self, context: &Context, arguments: &Value) -> Result<Gate, CallError> {
        let args = read::<T>(arguments.clone())?;
        Ok(Tool::gate(self, context, &args).await?)
    }

    async fn call(&self, context: &Context, arguments: Value) -> Result<Answer, CallError> {
        Ok(Tool::call(self, context, read::<T>(arguments)?).await?)
    }

    async fn find(&self, context: &Context, arguments: Value) -> Result<Found, CallError> {
        Ok(Tool::find(self, context, &read::<T>(arguments)?).await?)
    }

    async fn refused(
        &self,
        context: &Context,
        arguments: Value,
        refusal: Refusal,
        answer: &question::Answer,
    ) -> Result<Answer, CallError> {
        Ok(Tool::refused(self, context, read::<T>(arguments)?, refusal, answer).await?)
    }
}

/// Reads arguments. No arguments at all are an empty object, and an object in quotes is that object: models do both.
fn read<T: Tool>(arguments: Value) -> Result<T::Args, CallError> {
    let arguments = match arguments {
        Value::Null => Value::Object(serde_json::Map::new()),
        Value::String(text) if text.trim().is_empty() => Value::Object(serde_json::Map::new()),
        Value::String(text) => match serde_json::from_str::<Value>(&text) {
            Ok(object @ Value::Object(_)) => object,
            _ => Value::String(text),
        },
        other => other,
    };
    serde_path_to_error::deserialize::<_, T::Args>(arguments).map_err(|error| {
        let place = match error.path().to_string() {
            path if path == "." => String::new(),
            path => format!("{path}: "),
        };
        CallError::Misused(format!(
            "{} was called with arguments that do not fit: {place}{}. It takes {}",
            T::NAME,
            error.inner(),
            fields(&schema::of::<T::Args>())
        ))
    })
}

/// `job_id (required), reason (required), note`.
fn fields(schema: &Value) -> String {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let Some(properties) = schema["properties"].as_object().filter(|properties| !properties.is_empty())
    else {
        return "no arguments".to_owned();
    };
    let named = properties.keys().map(|name| {
        if required.contains(&name.as_str()) { format!("{name} (required)") } else { name.clone() }
    });
    named.collect::<Vec<_>>().join(", ")
}

pub struct Toolbox {
    tools: BTreeMap<&'static str, Box<dyn Erased>>,
    specs: BTreeMap<&'static str, Arc<ToolSpec>>,
}

impl Default for Toolbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Toolbox {
    /// All tools of the house, for one store.
    #[must_use]
    pub fn new() -> Self {
        let mut toolbox = Self { tools: BTreeMap::new(), specs: BTreeMap::new() };
        let customers = Arc::new(Customers::default());
        toolbox.add(field::find_customer::FindCustomer(Arc::clone(&customers)));
        toolbox.add(field::check_invoice_status::CheckInvoiceStatus);
        toolbox.add(field::ask_technician::AskTechnician);
        toolbox.add(field::send_data_to_office_agent::SendDataToOfficeAgent);
        toolbox.add(field::correct_job::CorrectJob);
        toolbox.add(field::withdraw_job::WithdrawJob);
        toolbox.add(office::process_billing_rule::ProcessBillingRule);
        toolbox.add(office::escalate_to_office_human::EscalateToOfficeHuman);
        toolbox.add(office::create_invoice::CreateInvoice);
        toolbox.add(office::reject_job::RejectJob);
        toolbox.add(office::cancel_invoice::CancelInvoice);
        toolbox.add(jobs::get_job_status::GetJobStatus);
        toolbox.add(jobs::list_open_jobs::ListOpenJobs);
        toolbox.add(console::list_tasks::ListTasks);
        toolbox.add(console::create_task::CreateTask);
        toolbox.add(console::complete_task::CompleteTask);
        toolbox.add(console::find_contact::FindContact);
        toolbox.add(console::list_visits::ListVisits);
        toolbox.add(console::plan_visit::PlanVisit(customers));
        toolbox
    }

    /// Adds a tool of the caller's own; an earlier one of its name is replaced.
    pub fn add<T: Tool>(&mut self, tool: T) {
        self.specs.insert(T::NAME, Arc::new(tool.spec()));
        self.tools.insert(T::NAME, Box::new(tool));
    }

    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.tools.keys().copied().collect()
    }

    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.tools.contains_key(name)
    }

    /// The specs of those of `names` that exist, in that order.
    #[must_use]
    pub fn specs(&self, names: &[String]) -> Vec<Arc<ToolSpec>> {
        names.iter().filter_map(|name| self.specs.get(name.as_str()).cloned()).collect()
    }

    /// What repeating a call may do; for an unknown name, nothing.
    #[must_use]
    pub fn effect(&self, name: &str) -> Effect {
        self.tools.get(name).map_or(Effect::Pure, |tool| tool.effect())
    }

    /// Whether calls of `name` may run beside others; an unknown one does nothing, so it may.
    #[must_use]
    pub fn concurrent(&self, name: &str) -> bool {
        self.tools.get(name).is_none_or(|tool| tool.concurrent())
    }

    /// What to tell a model that called `name`, which is none of `allowed`: the nearest and all there are.
    #[must_use]
    pub fn unknown(&self, name: &str, allowed: &[String]) -> String {
        let nearest = allowed
            .iter()
            .map(|known| (strsim::jaro_winkler(&name.to_lowercase(), known), known))
            .filter(|(closeness, _)| *closeness >= 0.75)
            .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
        let shown: String = name.chars().take(80).collect();
        let hint = nearest.map(|(_, known)| format!(" Did you mean {known}?")).unwrap_or_default();
        format!("there is no tool {shown:?}.{hint} There are: {}", allowed.join(", "))
    }

    fn tool(&self, name: &str) -> Result<&dyn Erased, CallError> {
        self.tools.get(name).map(|tool| &**tool).ok_or_else(|| {
            let all: Vec<String> = self.names().into_iter().map(ToOwned::to_owned).collect();
            CallError::Misused(self.unknown(name, &all))
        })
    }

    /// See [`Tool::gate`].
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn gate(&self, name: &str, context: &Context, arguments: &Value) -> Result<Gate, CallError> {
        self.tool(name)?.gate(context, arguments).await
    }

    /// See [`Tool::call`].
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call(&self, name: &str, context: &Context, arguments: Value) -> Result<Answer, CallError> {
        self.tool(name)?.call(context, arguments).await
    }

    /// See [`Tool::find`].
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn find(&self, name: &str, context: &Context, arguments: Value) -> Result<Found, CallError> {
        self.tool(name)?.find(context, arguments).await
    }

    /// See [`Tool::refused`].
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn refused(
        &self,
        name: &str,
        context: &Context,
        arguments: Value,
        refusal: Refusal,
        answer: &question::Answer,
    ) -> Result<Answer, CallError> {
        self.tool(name)?.refused(context, arguments, refusal, answer).await
    }
}
