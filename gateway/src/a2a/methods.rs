//! The protocol's methods, whichever binding they came by: parameters in, a result or an error out.

use a2a::{
    ErrorKind, Method, ProtocolError,
    push::{ListPushConfigs, PushConfig, PushConfigName},
    request::{CancelTask, GetTask, ListTasks, SendMessage},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{AgentState, push_configs, send, tasks};

pub(super) async fn call(
    state: &AgentState,
    method: Method,
    params: Map<String, Value>,
) -> Result<Value, ProtocolError> {
    match method {
        Method::SendMessage => Ok(json!(send::send(state, read::<SendMessage>(params)?).await?)),
        Method::GetTask => Ok(json!(tasks::get(state, read::<GetTask>(params)?).await?)),
        Method::ListTasks => tasks::list(state, read::<ListTasks>(params)?).await,
        Method::CancelTask => Ok(json!(tasks::cancel(state, read::<CancelTask>(params)?).await?)),
        Method::SendStreamingMessage | Method::SubscribeToTask => {
            let message = "this agent does not stream: poll GetTask, or register for push notifications";
            Err(ProtocolError::new(ErrorKind::UnsupportedOperation, message))
        }
        Method::GetExtendedAgentCard => {
            let message = "this agent has no extended card: the public one says all";
            Err(ProtocolError::new(ErrorKind::UnsupportedOperation, message))
        }
        Method::CreateTaskPushNotificationConfig => {
            Ok(json!(push_configs::create(state, read::<PushConfig>(params)?).await?))
        }
        Method::GetTaskPushNotificationConfig => {
            Ok(json!(push_configs::get(state, read::<PushConfigName>(params)?).await?))
        }
        Method::ListTaskPushNotificationConfigs => {
            Ok(json!(push_configs::list(state, read::<ListPushConfigs>(params)?).await?))
        }
        Method::DeleteTaskPushNotificationConfig => {
            push_configs::delete(state, read::<PushConfigName>(params)?).await?;
            Ok(json!({}))
        }
    }
}

/// The parameters as their method takes them; a wrong one is named by its path.
fn read<T: DeserializeOwned>(params: Map<String, Value>) -> Result<T, ProtocolError> {
    serde_path_to_error::deserialize(Value::Object(params))
        .map_err(|error| ProtocolError::field(error.path().to_string(), error.inner().to_string()))
}
