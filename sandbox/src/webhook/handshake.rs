//! The GET that proves a callback is the app's: the challenge must come back with 200.
//! It carries no signature, and the answer is compared byte by byte.

use std::time::Duration;

use super::courier::reason;
use crate::graph::refusal::Refusal;
use crate::hub::Hub;

/// Callback URLs longer than this are refused.
const LONGEST: usize = 200;

/// Asks the callback; the error says what was wrong.
pub(crate) async fn verify(hub: &Hub, url: &str, token: &str) -> Result<(), String> {
    let parsed = url::Url::parse(url).map_err(|_| "the callback is not a URL".to_owned())?;
    if !matches!(parsed.scheme(), "http" | "https") || url.len() > LONGEST {
        return Err(format!("the callback must be an http(s) URL of at most {LONGEST} characters"));
    }
    let challenge = hub.act(|world| world.chance.digits(10));
    let query = [("hub.mode", "subscribe"), ("hub.challenge", &challenge), ("hub.verify_token", token)];
    let mut with_query = parsed;
    with_query.query_pairs_mut().extend_pairs(query);
    let mut response = hub
        .http
        .get(with_query)
        .timeout(Duration::from_secs(10))
        .send()
        .await
        .map_err(|error| reason(&error))?;
    let status = response.status();
    if status.as_u16() != 200 {
        let name = status.canonical_reason().unwrap_or_default();
        return Err(format!("HTTP Status Code = {}; HTTP Message = {name}", status.as_u16()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| reason(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > challenge.len() {
            break;
        }
    }
    if body == challenge.as_bytes() { Ok(()) } else { Err("the challenge did not come back as sent".into()) }
}

/// How the Graph API words a failed handshake.
pub(crate) fn refusal(reason: &str) -> Refusal {
    Refusal {
        message: format!("(#2200) Callback verification failed with the following errors: {reason}"),
        details: None,
        http: 400,
        ..Refusal::code(2_200)
    }
}
