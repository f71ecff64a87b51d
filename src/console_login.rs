//! Login links: how somebody gets into the console without a password. A link is good once and for a short while, and its
//! secret stands behind the `#`, which no server and no log ever sees.

use std::{net::SocketAddr, sync::Arc};

use domain::{
    clock::Millis,
    id::{ContactId, Ids},
    staff::ConsoleRole,
};
use gateway::staff::login;
use store::{
    Store,
    user::{self, Person, User},
};

use crate::{commands::Failure, settings::Settings};

/// Who gets a link.
#[derive(Clone, Debug)]
pub struct Guest {
    pub person: Person,
    /// The same person where they write to the agents.
    pub contact: Option<ContactId>,
}

impl Guest {
    #[must_use]
    pub fn named(name: &str, role: ConsoleRole) -> Self {
        Self { person: Person::local(name, role), contact: None }
    }
}

/// Registers `guest` where nobody of that name works here yet, and makes a login link at `place`.
///
/// # Errors
/// Where the store does not answer.
pub async fn link(
    settings: &Settings,
    store: &Store,
    ids: &Arc<Ids>,
    guest: Guest,
    place: &str,
    now: Millis,
) -> Result<(User, String), Failure> {
    let (ids, config) = (Arc::clone(ids), settings.staff.clone());
    let (user, secret) = store
        .write(move |tx| {
            Box::pin(async move {
                let (user, secret) = login::invite(tx, &ids, &config, &guest.person, "house", now).await?;
                if let Some(contact) = guest.contact.filter(|_| user.contact.is_none()) {
                    user::link(tx, &user.id, Some(&contact)).await?;
                }
                Ok((user, secret))
            })
        })
        .await?;
    Ok((user, format!("{place}/console/login#{secret}")))
}

/// Where the gateway is reached: what the world calls us, or `bound` as this machine reaches it.
#[must_use]
pub fn place(settings: &Settings, bound: Option<SocketAddr>) -> String {
    if let Some(url) = &settings.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let port = bound.map_or(settings.gateway.port, |bound| bound.port());
    match settings.bind {
        ip if ip.is_unspecified() => format!("http://127.0.0.1:{port}"),
        ip => format!("http://{}", SocketAddr::new(ip, port)),
    }
}
