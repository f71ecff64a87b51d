//! What the telephone system tells of calls. The signature is checked over the bytes as they came, the call is stored with
//! whom it was with, and 200 is said after the commit. A recording is fetched and heard by the belt, not here.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::{FromRequest as _, Request, State},
    http::StatusCode,
};
use channels::{
    telephony::{NAME, Receiver, Unread},
    whatsapp::signature::{self, Unsigned},
};
use domain::{
    clock::Millis,
    current::Current,
    id::PhoneCallId,
    inbound::{Arrival, Inbound},
    message::{Direction, Media, MediaSource},
    phone_call::CallNews,
};
use store::{
    Tx,
    call::{self, Call, Source},
    inbox,
};
use tokio::sync::Semaphore;

use crate::{api::calls::link, error::Problem, guard, state::Gateway};

/// A call is told in a few hundred bytes.
pub(crate) const BODY: usize = 64 * 1024;
const BODY_WAIT: Duration = Duration::from_secs(10);
/// Bodies under way; one more is told to come again.
const PLACES: usize = 16;

#[derive(Clone)]
pub(crate) struct Telephony {
    gateway: Gateway,
    receiver: Current<Option<Receiver>>,
    places: Arc<Semaphore>,
}

impl Telephony {
    pub(crate) fn new(gateway: Gateway, receiver: Current<Option<Receiver>>) -> Self {
        Self { gateway, receiver, places: Arc::new(Semaphore::new(PLACES)) }
    }
}

/// `POST`: news of one call.
pub(crate) async fn deliver(
    State(telephony): State<Telephony>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let receiver = telephony.receiver.get();
    // Without a secret anybody could speak for the telephone system: there is no such webhook.
    let receiver = receiver.as_ref().as_ref().ok_or_else(|| guard::nothing_at(request.uri()))?;
    let place = Arc::clone(&telephony.places).try_acquire_owned();
    let _place = place.map_err(|_| Problem::unavailable("as many calls as fit are being taken in"))?;
    let given = request.headers().get(signature::HEADER).cloned();
    let body = tokio::time::timeout(BODY_WAIT, Bytes::from_request(request, &())).await;
    let body = body.map_err(|_| Problem::unavailable("the body took too long"))?.map_err(|rejection| {
        let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
        let code = if too_large { "payload_too_large" } else { "broken_body" };
        Problem::new(rejection.status(), code, "the body is over the limit, or broke off")
    })?;
    let news = receiver
        .receive(given.as_ref().map(|value| value.as_bytes()), &body)
        .map_err(|why| refused(why, &body))?;
    store(&telephony.gateway, news).await?;
    Ok(StatusCode::OK)
}

fn refused(why: Unread, body: &Bytes) -> Problem {
    let sha256 = signature::fingerprint(body);
    match why {
        Unread::Unsigned(why) => {
            tracing::warn!(%why, bytes = body.len(), sha256, "news of a call are not believed");
            let http = match why {
                Unsigned::Missing | Unsigned::Malformed => StatusCode::UNAUTHORIZED,
                Unsigned::Wrong => StatusCode::FORBIDDEN,
            };
            Problem::new(http, "signature_refused", why.to_string())
        }
        // Signed, so that whoever is told knows it anyway; the log is not told what it says.
        Unread::Unreadable(why) => {
            tracing::warn!(bytes = body.len(), sha256, "news of a call cannot be read");
            Problem::malformed(why)
        }
    }
}

async fn store(gateway: &Gateway, news: CallNews) -> Result<(), Problem> {
    let (house, now) = (gateway.clone(), gateway.now());
    gateway.store.write(move |tx| Box::pin(async move { take_in(tx, &house, &news, now).await })).await?;
    gateway.waker.wake();
    Ok(())
}

/// A call that is known moves forward; a new one is linked to whom it was with.
async fn take_in(tx: &mut Tx, gateway: &Gateway, news: &CallNews, now: Millis) -> Result<(), store::Error> {
    let new = Call {
        id: PhoneCallId::new(&gateway.ids),
        source: Source::Telephony,
        external: Some(news.external.clone()),
        direction: if news.inbound { Direction::In } else { Direction::Out },
        state: news.state,
        number: news.number.clone(),
        line: news.line.clone(),
        link: link::by_number(tx, gateway, &news.number).await?,
        started: news.started,
        answered: news.answered,
        ended: news.ended,
        note: String::new(),
        recording: news.recording.clone(),
        created_by: None,
        created: now,
    };
    let (id, brought) = if call::put(tx, &new, now).await? {
        (new.id, news.recording.is_some())
    } else {
        match call::told(tx, news, now).await? {
            Some(told) => told,
            None => return Ok(()),
        }
    };
    match &news.recording {
        Some(media) if brought => hear(tx, gateway, id, media, now).await,
        _ => Ok(()),
    }
}

/// Has the belt fetch a recording and hear it, once.
///
/// # Errors
/// [`store::Error::Database`].
pub(crate) async fn hear(
    tx: &mut Tx,
    gateway: &Gateway,
    call: PhoneCallId,
    media: &Media,
    now: Millis,
) -> Result<(), store::Error> {
    if matches!(media.source, MediaSource::Missing(_)) {
        return Ok(());
    }
    let arrival = Arrival {
        channel: NAME.into(),
        external: format!("recording:{call}"),
        lane: format!("call:{call}"),
        body: Inbound::Recording { call, media: media.clone() },
    };
    inbox::put(tx, &gateway.ids, &arrival, now).await?;
    Ok(())
}
