//! What can keep the sandbox from running.
//! It never describes a refused API call: those are `graph::Refusal` and speak as Meta does.

/// A failure to start or to keep serving.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the sandbox's listener has no address")]
    Address(#[source] std::io::Error),
    #[error("the sandbox cannot build its HTTP client")]
    Client(#[source] reqwest::Error),
    #[error("the sandbox stopped serving")]
    Serve(#[source] std::io::Error),
    #[error("the sandbox's task ended abnormally")]
    Task(#[source] tokio::task::JoinError),
}
