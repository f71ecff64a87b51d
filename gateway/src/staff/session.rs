//! Browsers that are logged in: the cookie, how long it is good, and which of one's own to end. The cookie is never shown
//! again and never logged.

use axum::http::{HeaderMap, HeaderValue, header};
use domain::clock::Millis;
use store::session;

use super::principal::{Principal, Via, unauthorized};
use crate::{error::Problem, state::Gateway};

/// The prefix makes the browser insist: over TLS or on this machine, for this host alone, for every path.
const COOKIE: &str = "__Host-plumbline";
/// How often a session's use is noted at most.
const NOTED_EVERY_MS: i64 = 60_000;

/// The session's secret that a browser sends.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let sent = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = sent.flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| name.trim() == COOKIE).map(|(_, secret)| secret.trim())
}

/// Gives `secret` to the browser, until `ends`.
pub(crate) fn set(secret: &str, now: Millis, ends: Millis) -> HeaderValue {
    let seconds = now.until(ends).as_secs();
    let text = format!("{COOKIE}={secret}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax");
    // A secret is hex.
    HeaderValue::try_from(text).unwrap_or_else(|_| clear())
}

/// Takes the cookie from the browser.
pub(crate) fn clear() -> HeaderValue {
    HeaderValue::from_static("__Host-plumbline=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax")
}

/// Sessions unseen since then are over.
pub(crate) fn idle_since(gateway: &Gateway, now: Millis) -> Millis {
    let idle = i64::try_from(gateway.staff.desk().config.idle().as_millis()).unwrap_or(i64::MAX);
    Millis(now.0.saturating_sub(idle))
}

/// Whose session `secret` proves.
///
/// # Errors
/// 401 `unauthorized`.
pub(crate) async fn resume(gateway: &Gateway, secret: &str) -> Result<Principal, Problem> {
    let now = gateway.now();
    let found = session::find(&mut gateway.store.reader(), secret, idle_since(gateway, now), now).await?;
    let Some((session, user)) = found else {
        return Err(unauthorized("the session is over: log in again"));
    };
    if now.0.saturating_sub(session.seen.0) >= NOTED_EVERY_MS {
        let id = session.id.clone();
        gateway.store.write(move |tx| Box::pin(async move { session::seen(tx, &id, now).await })).await?;
    }
    Ok(Principal::new(user, session.role, Via::Session(session.id), session.ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others_and_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=b; x__Host-plumbline=no; plumbline=no".parse().unwrap());
        assert_eq!(cookie(&headers), None);
        headers.append(header::COOKIE, "theme=dark;__Host-plumbline=0af3".parse().unwrap());
        assert_eq!(cookie(&headers), Some("0af3"));
    }

    #[test]
    fn the_cookie_is_for_this_host_alone() {
        let value = set("0af3", Millis(0), Millis(60_000));
        assert_eq!(
            value.to_str().unwrap(),
            "__Host-plumbline=0af3; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax"
        );
    }
}
