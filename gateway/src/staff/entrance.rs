//! The door of everything under `/api`: by a bearer token, or by the cookie of a browser that logged in. Nothing behind it
//! is reached by a stranger, and nothing is done for a browser that another site sent.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::id::UserId;
use store::{session::fingerprint, ticket::Purpose, user};

use super::{
    principal::{Principal, Via, unauthorized},
    same_site, session,
    token::Refused,
};
use crate::{error::Problem, state::Gateway};

/// Lets in who is known, and tells the handlers who it is.
pub(crate) async fn staff_only(State(gateway): State<Gateway>, mut request: Request, next: Next) -> Response {
    match identify(&gateway, request.method(), request.headers()).await {
        Ok(principal) => {
            request.extensions_mut().insert(principal);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

/// Who sends this request.
///
/// # Errors
/// 401 `unauthorized`, 403 `cross_site`.
pub(crate) async fn identify(
    gateway: &Gateway,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Principal, Problem> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let given = value.to_str().ok().and_then(|text| text.split_once(' '));
        return match given {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                by_bearer(gateway, token.trim()).await
            }
            _ => Err(unauthorized("the Authorization header must be `Bearer` and a token")),
        };
    }
    let Some(secret) = session::cookie(headers) else {
        return Err(unauthorized("log in at /console, or send a token as `Authorization: Bearer ...`"));
    };
    // A browser sends its cookie along with whatever another site makes it do.
    if !method.is_safe() {
        same_site::check(headers, gateway.staff.desk().public_url.as_ref())?;
    }
    session::resume(gateway, secret).await
}

/// Who bears `token`: this house's own, or the identity provider's.
///
/// # Errors
/// 401 `unauthorized`; 403 `forbidden` for somebody the provider knows and nobody gave a role; 503.
pub(crate) async fn by_bearer(gateway: &Gateway, token: &str) -> Result<Principal, Problem> {
    let desk = gateway.staff.desk();
    let now = gateway.now();
    if let Some(provider) = &desk.provider
        && provider.vouches_for(token)
    {
        let outsider = provider.read(token, now).await.map_err(refused)?;
        return provider.admit(gateway, outsider, fingerprint(token)).await;
    }
    let claims = desk.tokens.read(token, now).map_err(refused)?;
    let mut tx = gateway.store.reader();
    let hash = fingerprint(token);
    if store::ticket::is_revoked(&mut tx, &hash).await? {
        return Err(unauthorized("the bearer token was given back: get a new one"));
    }
    let Some(user) = user::stands(&mut tx, &claims.sub, claims.ver).await? else {
        return Err(gone(&claims.sub));
    };
    let ends = domain::clock::Millis(claims.exp.saturating_mul(1_000));
    Ok(Principal::new(user, claims.role, Via::Token(hash), ends))
}

/// Who holds the live stream's ticket `secret`. Uses it up.
///
/// # Errors
/// 401 `unauthorized`.
pub(crate) async fn by_ticket(gateway: &Gateway, secret: &str) -> Result<Principal, Problem> {
    let (secret, now) = (secret.to_owned(), gateway.now());
    let redeemed = gateway
        .store
        .write(move |tx| {
            Box::pin(async move { store::ticket::redeem(tx, &secret, Purpose::Live, now).await })
        })
        .await?;
    let Some((ticket, user)) = redeemed else {
        return Err(unauthorized("the ticket was used, has expired, or never was one: ask for a new one"));
    };
    let via = match ticket.session {
        Some(id) => Via::Session(id),
        None => Via::Token(ticket.token.unwrap_or_default()),
    };
    Ok(Principal::new(user, ticket.role, via, ticket.ends))
}

pub(crate) fn refused(why: Refused) -> Problem {
    match why {
        Refused::NoKeys => Problem::unavailable(why.to_string()),
        why => unauthorized(why.to_string()),
    }
}

pub(crate) fn gone(user: &UserId) -> Problem {
    tracing::info!(%user, "somebody who left or was given another role still tries");
    unauthorized("what you show no longer counts: you left, or were given another role. Log in again")
}
