//! `POST /console/login`: a login link's token, or a bearer token, becomes a session of this browser. The token comes in
//! the body: an address would land in logs and histories.

use std::net::SocketAddr;

use axum::{
    Json,
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{clock::Millis, id::Ids, staff::ConsoleRole};
use serde::Deserialize;
use store::{
    Tx, audit, session as sessions,
    ticket::{self, Purpose, Ticket},
    user::{self, Person, User},
};

use super::{
    Config, entrance,
    principal::{Principal, Via, unauthorized},
    same_site, session,
};
use crate::{api::me::Me, error::Problem, guard::Body, state::Gateway};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    token: String,
}

/// What a token opens.
struct Opened {
    user: User,
    role: ConsoleRole,
    /// A session does not outlive the bearer token that opened it.
    ends: Option<Millis>,
}

/// The session goes into a cookie; who is in it, into the body.
pub(crate) async fn login(
    State(gateway): State<Gateway>,
    ConnectInfo(source): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, Problem> {
    let (desk, now) = (gateway.staff.desk(), gateway.now());
    same_site::check_stranger(&headers, desk.public_url.as_ref())?;
    if same_site::is_open_line(&headers) {
        let detail = "a browser keeps a login only over https, or on the machine itself: put TLS before this \
                      program and set PLUMBLINE_PUBLIC_URL, or open the console at 127.0.0.1";
        return Err(Problem::new(StatusCode::FORBIDDEN, "insecure_line", detail));
    }
    if let Some(wait) = desk.attempts.wait(source.ip(), now) {
        return Ok(too_many(wait.as_secs().max(1)));
    }
    let credentials: Credentials = serde_json::from_slice(&body)
        .map_err(|error| Problem::malformed(format!("the body must be {{\"token\": \"...\"}}: {error}")))?;
    let opened = match open(&gateway, credentials.token.trim()).await {
        Ok(opened) => opened,
        Err(problem) => {
            if problem.http.is_client_error() {
                tracing::warn!(source = %source.ip(), "a login failed");
                desk.attempts.failed(source.ip(), now);
            }
            return Err(problem);
        }
    };
    start(&gateway, opened, &headers).await
}

fn too_many(seconds: u64) -> Response {
    let detail = format!("too many logins from this address failed; come again in {seconds} s");
    let mut response =
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Whom `token` lets in.
async fn open(gateway: &Gateway, token: &str) -> Result<Opened, Problem> {
    if token.contains('.') {
        let principal = entrance::by_bearer(gateway, token).await?;
        let user = user::stands(&mut gateway.store.reader(), &principal.user, principal.version).await?;
        let user = user.ok_or_else(|| entrance::gone(&principal.user))?;
        return Ok(Opened { user, role: principal.role, ends: Some(principal.ends) });
    }
    let (secret, now) = (token.to_owned(), gateway.now());
    let redeemed = gateway
        .store
        .write(move |tx| Box::pin(async move { ticket::redeem(tx, &secret, Purpose::Login, now).await }))
        .await?;
    let Some((ticket, user)) = redeemed else {
        let mend = "get a new one with `plumbline token`, or from somebody who manages the users";
        return Err(unauthorized(format!("the login link was used, has expired, or never was one: {mend}")));
    };
    Ok(Opened { user, role: ticket.role, ends: None })
}

/// Opens a session and ends the one that this browser had.
async fn start(gateway: &Gateway, opened: Opened, headers: &HeaderMap) -> Result<Response, Problem> {
    let now = gateway.now();
    let most = now.plus(gateway.staff.desk().config.session());
    let ends = opened.ends.map_or(most, |ends| Millis(ends.0.min(most.0)));
    let browser = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (browser, old) = (browser.to_owned(), session::cookie(headers).map(ToOwned::to_owned));
    let idle_since = session::idle_since(gateway, now);
    let (ids, secret) = (gateway.ids.clone(), gateway.ids.token());
    let kept = secret.clone();
    let Opened { user, role, .. } = opened;
    let principal = gateway
        .store
        .write(move |tx| {
            Box::pin(async move {
                if let Some(old) = old
                    && let Some((before, whose)) = sessions::find(tx, &old, idle_since, now).await?
                {
                    sessions::close(tx, &whose.id, &before.id, now).await?;
                }
                let login = sessions::Login { user: &user, role, browser: &browser, ends };
                let session = sessions::open(tx, &ids, &kept, &login, now).await?;
                let principal = Principal::new(user, role, Via::Session(session.id.clone()), ends);
                note(tx, &principal, "login", session.id, now).await?;
                Ok(principal)
            })
        })
        .await?;
    let mut response = Json(Me::of(&principal, &gateway.firm)).into_response();
    response.headers_mut().insert(header::SET_COOKIE, session::set(&secret, now, ends));
    Ok(response)
}

/// Writes into the audit log what `principal` did.
pub(crate) async fn note(
    tx: &mut Tx,
    principal: &Principal,
    action: &'static str,
    subject: String,
    now: Millis,
) -> Result<(), store::Error> {
    let entry = audit::Entry { actor: principal.actor(), action, subject, digest: String::new() };
    audit::append(tx, &entry, now).await
}

/// Makes a login link's token for somebody of this house, whom it registers where nobody is: put it behind
/// `/console/login#`. Somebody who left is taken back. `actor` is who says so, as the audit log names them.
///
/// # Errors
/// [`store::Error`].
pub async fn invite(
    tx: &mut Tx,
    ids: &Ids,
    config: &Config,
    person: &Person,
    actor: &str,
    now: Millis,
) -> Result<(User, String), store::Error> {
    let user = register(tx, ids, person, actor, now).await?;
    let secret = ids.token();
    let expires = now.plus(config.link());
    let ticket = Ticket {
        purpose: Purpose::Login,
        user: user.id.clone(),
        role: user.role,
        version: user.version,
        session: None,
        token: None,
        ends: expires,
        expires,
    };
    ticket::put(tx, &secret, &ticket, now).await?;
    Ok((user, secret))
}

async fn register(
    tx: &mut Tx,
    ids: &Ids,
    person: &Person,
    actor: &str,
    now: Millis,
) -> Result<User, store::Error> {
    let mut user = user::put(tx, ids, person, now).await?;
    if user.removed.is_some() {
        user::take_back(tx, &user.id, person.role).await?;
        user = user::put(tx, ids, person, now).await?;
    }
    let entry = audit::Entry {
        actor: actor.to_owned(),
        action: "token_minted",
        subject: user.id.0.clone(),
        digest: user.role.as_str().to_owned(),
    };
    audit::append(tx, &entry, now).await?;
    Ok(user)
}
