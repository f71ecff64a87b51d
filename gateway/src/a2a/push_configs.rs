//! Where callers from outside the house want to be told how their job ended: kept in the store, read back by the
//! channel that pushes. Secrets are taken in and never shown again.

use std::net::IpAddr;

use a2a::{
    ErrorKind, ProtocolError,
    push::{Authentication, ListPushConfigs, PushConfig, PushConfigName, PushConfigs},
};
use async_trait::async_trait;
use channels::link::PushTargets;
use domain::id::JobId;
use store::{
    Store,
    office::push_config::{self, PER_JOB, PushTarget},
};
use url::{Host, Url};

use super::{AgentState, is_storable, store_failed, tasks};

/// Characters of an address, a token or credentials.
const LONGEST: usize = 2_048;
const ID: usize = 200;

pub(super) async fn create(state: &AgentState, config: PushConfig) -> Result<PushConfig, ProtocolError> {
    supported(state)?;
    let task = config.task_id.clone().ok_or_else(|| ProtocolError::field("taskId", "is missing"))?;
    let job = tasks::find(state, &task).await?.id;
    let target = target(state, config)?;
    let (kept, now) = (target.clone(), state.gateway.now());
    let stored = state
        .gateway
        .store
        .write(move |tx| Box::pin(async move { push_config::put(tx, &job, &kept, now).await }))
        .await
        .map_err(|error| store_failed(&error))?;
    if stored { Ok(shown(&task, &target)) } else { Err(too_many()) }
}

pub(super) async fn get(state: &AgentState, name: PushConfigName) -> Result<PushConfig, ProtocolError> {
    supported(state)?;
    let job = tasks::find(state, &name.task_id).await?.id;
    let found = if is_storable(&name.id) {
        push_config::get(&mut state.gateway.store.reader(), &job, &name.id).await
    } else {
        Ok(None)
    };
    let found = found.map_err(|error| store_failed(&error))?;
    found.map(|target| shown(&name.task_id, &target)).ok_or_else(|| {
        let message = format!("the task {job} has no such push notification config");
        ProtocolError::new(ErrorKind::TaskNotFound, message)
    })
}

pub(super) async fn list(state: &AgentState, of: ListPushConfigs) -> Result<PushConfigs, ProtocolError> {
    supported(state)?;
    let job = tasks::find(state, &of.task_id).await?.id;
    let targets = push_config::list(&mut state.gateway.store.reader(), &job).await;
    let targets = targets.map_err(|error| store_failed(&error))?;
    let configs = targets.iter().map(|target| shown(&of.task_id, target)).collect();
    Ok(PushConfigs { configs, next_page_token: String::new() })
}

pub(super) async fn delete(state: &AgentState, name: PushConfigName) -> Result<(), ProtocolError> {
    supported(state)?;
    let job = tasks::find(state, &name.task_id).await?.id;
    if !is_storable(&name.id) {
        return Ok(());
    }
    let deleted = state
        .gateway
        .store
        .write(move |tx| Box::pin(async move { push_config::delete(tx, &job, &name.id).await }))
        .await;
    deleted.map_err(|error| store_failed(&error))
}

fn supported(state: &AgentState) -> Result<(), ProtocolError> {
    if state.agent.takes_jobs() {
        return Ok(());
    }
    let message = "this agent has no tasks and pushes nothing";
    Err(ProtocolError::new(ErrorKind::PushNotificationNotSupported, message))
}

pub(super) fn too_many() -> ProtocolError {
    let message = format!("a task may have {PER_JOB} push notification configs: delete one first");
    ProtocolError::new(ErrorKind::InvalidRequest, message)
}

/// Credentials stay where they are.
fn shown(task: &str, target: &PushTarget) -> PushConfig {
    let authentication = target.scheme.clone().map(|scheme| Authentication { scheme, credentials: None });
    PushConfig {
        id: Some(target.id.clone()),
        task_id: Some(task.to_owned()),
        url: target.url.clone(),
        token: None,
        authentication,
    }
}

/// A config as it is kept, once it is plain that we may call that address.
pub(super) fn target(state: &AgentState, config: PushConfig) -> Result<PushTarget, ProtocolError> {
    check_url(&config.url)?;
    let id = config.id.unwrap_or_else(|| state.gateway.ids.uuid());
    let (scheme, credentials) =
        config.authentication.map_or((None, None), |a| (Some(a.scheme), a.credentials));
    let texts = [
        ("id", Some(&id), ID),
        ("token", config.token.as_ref(), LONGEST),
        ("authentication.scheme", scheme.as_ref(), ID),
        ("authentication.credentials", credentials.as_ref(), LONGEST),
    ];
    for (field, text, limit) in texts {
        // They end up in a header.
        if text.is_some_and(|text| text.len() > limit || text.chars().any(char::is_control)) {
            let what = format!("must be at most {limit} bytes, without control characters");
            return Err(ProtocolError::field(field, what));
        }
    }
    let scheme = scheme.filter(|scheme| !scheme.is_empty());
    Ok(PushTarget { id, url: config.url, token: config.token, scheme, credentials })
}

/// A caller may have us call its own machines, also on this host and in this network; not the addresses by which a
/// cloud's metadata is read, nor those of nobody or everybody.
fn check_url(text: &str) -> Result<(), ProtocolError> {
    let wrong = |what: &str| ProtocolError::field("url", what);
    if text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(wrong("is too long, or contains control characters"));
    }
    let url = Url::parse(text).map_err(|_| wrong("must be an http or https address"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("must be an http or https address"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must not hold a user or a password: use authentication"));
    }
    let refused = match url.host() {
        Some(Host::Ipv4(ip)) => is_nobodys(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => is_nobodys(ip.to_ipv4_mapped().map_or(IpAddr::V6(ip), IpAddr::V4)),
        Some(Host::Domain(_)) => false,
        None => true,
    };
    if refused { Err(wrong("must not be a link-local, unspecified or multicast address")) } else { Ok(()) }
}

fn is_nobodys(ip: IpAddr) -> bool {
    let link_local = match ip {
        IpAddr::V4(ip) => ip.is_link_local() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    link_local || ip.is_unspecified() || ip.is_multicast()
}

/// The stored configs, for the channel that pushes.
pub struct StoredTargets {
    store: Store,
}

impl StoredTargets {
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl PushTargets for StoredTargets {
    async fn of(&self, job: &JobId) -> Result<Vec<PushConfig>, String> {
        let targets =
            push_config::list(&mut self.store.reader(), job).await.map_err(|error| error.to_string())?;
        Ok(targets.into_iter().map(|target| whole(job, target)).collect())
    }
}

fn whole(job: &JobId, target: PushTarget) -> PushConfig {
    let credentials = target.credentials;
    PushConfig {
        id: Some(target.id),
        task_id: Some(job.0.clone()),
        url: target.url,
        token: target.token,
        authentication: target.scheme.map(|scheme| Authentication { scheme, credentials }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_a_caller_may_own_are_called() {
        for url in
            ["http://127.0.0.1:9/hook", "https://example.com/a?b=c", "http://10.0.0.4/", "http://[::1]:8/"]
        {
            assert!(check_url(url).is_ok(), "{url}");
        }
        let long = format!("http://example.com/{}", "x".repeat(LONGEST));
        for url in [
            "",
            "hook",
            "ftp://example.com/",
            "file:///etc/passwd",
            "http://",
            "http://169.254.169.254/latest/meta-data",
            "http://[::ffff:169.254.169.254]/",
            "http://[fe80::1]/",
            "http://0.0.0.0/",
            "http://[::]/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://0xa9fea9fe/",
            "http://user:pass@example.com/",
            &long,
        ] {
            assert!(check_url(url).is_err(), "{url}");
        }
    }
}
