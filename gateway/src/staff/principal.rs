//! Who asks, as every handler is given them: who they are, as what, and proved by what. Handlers ask it for a permission
//! before anything else; it holds no data of its own.

use axum::{extract::FromRequestParts, http::StatusCode, http::request::Parts};
use domain::{
    clock::Millis,
    id::{ContactId, UserId},
    staff::{ConsoleRole, Permission},
};
use store::user::User;

use super::entrance;
use crate::{error::Problem, state::Gateway};

/// What proved who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// The cookie of a browser that logged in: the session's id.
    Session(String),
    /// A bearer token: its fingerprint.
    Token(String),
}

/// Somebody of the console, proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub user: UserId,
    pub name: String,
    pub role: ConsoleRole,
    /// The same person where they write to the agents.
    pub contact: Option<ContactId>,
    pub via: Via,
    /// When the proof ends.
    pub ends: Millis,
    /// The user's version that the proof was given for.
    pub(crate) version: i64,
}

impl Principal {
    pub(crate) fn new(user: User, role: ConsoleRole, via: Via, ends: Millis) -> Self {
        // What was given out may say less than the person is by now, never more.
        let role = role.max(user.role);
        Self { user: user.id, name: user.name, role, contact: user.contact, via, ends, version: user.version }
    }

    /// # Errors
    /// 403 `forbidden` that names the verb.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.role.may(permission) {
            return Ok(());
        }
        Err(Problem::forbidden(format!("the role {} may not {permission}", self.role)))
    }

    /// As the audit log names them.
    #[must_use]
    pub fn actor(&self) -> String {
        format!("user:{}", self.user)
    }

    /// Whether the proof still counts, for what outlasts a request: asked again while a socket is open, and at each event
    /// of the kind [`store::user::EVENT`].
    ///
    /// # Errors
    /// [`store::Error`].
    pub async fn stands(&self, gateway: &Gateway) -> Result<bool, store::Error> {
        let now = gateway.now();
        if self.ends <= now {
            return Ok(false);
        }
        let mut tx = gateway.store.reader();
        let user = store::user::stands(&mut tx, &self.user, self.version).await?;
        // Whoever is less by now comes in anew as what they are.
        if user.is_none_or(|user| user.role > self.role) {
            return Ok(false);
        }
        match &self.via {
            Via::Session(id) => {
                let idle_since = super::session::idle_since(gateway, now);
                store::session::is_open(&mut tx, id, idle_since, now).await
            }
            Via::Token(hash) => Ok(!store::ticket::is_revoked(&mut tx, hash).await?),
        }
    }
}

impl FromRequestParts<Gateway> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Problem> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let principal = entrance::identify(gateway, &parts.method, &parts.headers).await?;
        parts.extensions.insert(principal.clone());
        Ok(principal)
    }
}

pub(crate) fn unauthorized(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
}
