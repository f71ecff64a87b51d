//! A call as JSON. Where its recording lies stays in the house.

use domain::message::{Media, MediaSource};
use serde::Serialize;
use store::call::{self, Named};
use utoipa::ToSchema;

use crate::api::{at, threads::view::UserName};

#[derive(Serialize, ToSchema)]
pub(crate) struct Party {
    id: String,
    name: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RecordingView {
    /// As the recording says of itself: `audio/mpeg`.
    mime: String,
    name: Option<String>,
    /// `kept`, `awaited` while it is fetched, or `missing`.
    state: &'static str,
    /// Where it is heard; null until it is kept.
    url: Option<String>,
    /// Why it is missing: one sentence.
    missing: Option<String>,
    /// Its words; null until it was transcribed.
    transcript: Option<String>,
}

impl RecordingView {
    fn new(media: Media, url: String) -> Self {
        let (state, url, missing) = match media.source {
            MediaSource::File(_) => ("kept", Some(url), None),
            MediaSource::Missing(why) => ("missing", None, Some(why)),
            MediaSource::Url(_) | MediaSource::Provider(_) => ("awaited", None, None),
        };
        Self { mime: media.mime, name: media.name, state, url, missing, transcript: media.transcript }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct CallView {
    id: String,
    /// Who told of it: `telephony` or `staff`.
    source: &'static str,
    /// `in` or `out`.
    direction: &'static str,
    /// `ringing`, `answered`, `ended`, `missed` or `failed`.
    state: &'static str,
    /// The person's number: digits with country code, or what the telephone system said in its place.
    number: String,
    /// Ours.
    line: String,
    contact: Option<Party>,
    customer: Option<Party>,
    thread_id: Option<String>,
    started_at: String,
    answered_at: Option<String>,
    ended_at: Option<String>,
    /// From its answer to its end.
    duration_ms: Option<i64>,
    note: String,
    recording: Option<RecordingView>,
    /// Who wrote it down.
    created_by: Option<UserName>,
    created_at: String,
}

impl From<Named> for CallView {
    fn from(named: Named) -> Self {
        let Named { call, contact, customer, user } = named;
        let url = format!("/api/comms/calls/{}/recording", call.id);
        let party = |id: String, name: Option<String>| Party { id, name: name.unwrap_or_default() };
        let duration = call.answered.zip(call.ended).map(|(from, to)| to.0.saturating_sub(from.0).max(0));
        Self {
            source: call.source.as_str(),
            direction: call.direction.as_str(),
            state: call.state.as_str(),
            number: call.number,
            line: call.line,
            contact: call.link.contact.map(|id| party(id.0, contact)),
            customer: call.link.customer.map(|id| party(id.0, customer)),
            thread_id: call.link.conversation.map(|id| id.0),
            started_at: at(call.started),
            answered_at: call.answered.map(at),
            ended_at: call.ended.map(at),
            duration_ms: duration,
            note: call.note,
            recording: call.recording.map(|media| RecordingView::new(media, url)),
            created_by: call.created_by.map(|id| UserName { user_id: id.0, name: user.unwrap_or_default() }),
            created_at: at(call.created),
            id: call.id.0,
        }
    }
}

/// The call as it is shown, for the live stream.
///
/// # Errors
/// [`store::Error`].
pub(crate) async fn shown(
    tx: &mut store::Tx,
    id: &domain::id::PhoneCallId,
) -> Result<Option<CallView>, store::Error> {
    Ok(call::get(tx, id).await?.map(CallView::from))
}
