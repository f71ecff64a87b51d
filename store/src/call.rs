//! Calls by telephone. What is told of one again only moves it forward: a state that comes late changes nothing, a moment
//! that is known stays.

use domain::{
    clock::Millis,
    id::{ContactId, ConversationId, CustomerId, PhoneCallId, UserId},
    message::{Direction, Media, MediaSource},
    phone_call::{CallNews, CallState},
};
use serde_json::json;

use crate::{
    Error, Tx, args,
    db::{Row, Val, among::list as texts},
    event,
    inbox::to_json,
};

/// The kind of the event that a call changed.
pub const EVENT: &str = "call";

/// Who told of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Telephony,
    Staff,
}

impl Source {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Telephony => "telephony",
            Self::Staff => "staff",
        }
    }
}

/// Who a call was with, as far as the house knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    pub customer: Option<CustomerId>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub id: PhoneCallId,
    pub source: Source,
    pub external: Option<String>,
    pub direction: Direction,
    pub state: CallState,
    /// The person's end of it, and ours.
    pub number: String,
    pub line: String,
    pub link: Link,
    pub started: Millis,
    pub answered: Option<Millis>,
    pub ended: Option<Millis>,
    pub note: String,
    pub recording: Option<Media>,
    pub created_by: Option<UserId>,
    pub created: Millis,
}

/// A call with the names of whom it names, as they are called now.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    pub call: Call,
    pub contact: Option<String>,
    pub customer: Option<String>,
    pub user: Option<String>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT k.id, k.source, k.external, k.direction, k.state, k.number, k.line, k.contact_id, k.conversation_id,
                    k.customer_id, k.started_ms, k.answered_ms, k.ended_ms, k.note, k.media, k.created_by, k.created_ms,
                    p.name AS contact_name, c.name AS customer_name, u.name AS user_name
             FROM call k LEFT JOIN contact p ON p.id = k.contact_id LEFT JOIN customer c ON c.id = k.customer_id
                         LEFT JOIN console_user u ON u.id = k.created_by ",
            $rest
        )
    };
}

/// Stores `call`, unless it is known under its external id: `false` then.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, call: &Call, now: Millis) -> Result<bool, Error> {
    let inserted = tx
        .exec(
            "INSERT INTO call (id, source, external, direction, state, number, line, contact_id, conversation_id,
                               customer_id, started_ms, answered_ms, ended_ms, note, media, created_by, created_ms,
                               updated_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)
             ON CONFLICT (external) WHERE external IS NOT NULL DO NOTHING",
            args![
                call.id.as_str(),
                call.source.as_str(),
                call.external.as_deref(),
                call.direction.as_str(),
                call.state.as_str(),
                &call.number,
                &call.line,
                call.link.contact.as_ref().map(ContactId::as_str),
                call.link.conversation.as_ref().map(ConversationId::as_str),
                call.link.customer.as_ref().map(CustomerId::as_str),
                call.started,
                moment(call.answered),
                moment(call.ended),
                &call.note,
                call.recording.as_ref().map(to_json),
                call.created_by.as_ref().map(UserId::as_str),
                now
            ],
        )
        .await?;
    if inserted == 1 {
        tell(tx, &call.id, call.link.conversation.as_ref(), now).await?;
    }
    Ok(inserted == 1)
}

fn moment(at: Option<Millis>) -> Option<i64> {
    at.map(|at| at.0)
}

/// What is told of a call that is known: moves it forward. The call's id and whether `news` brought its recording; `None`
/// where no such call is known, or nothing of it is new.
///
/// # Errors
/// [`Error::Database`].
pub async fn told(tx: &mut Tx, news: &CallNews, now: Millis) -> Result<Option<(PhoneCallId, bool)>, Error> {
    let media = news.recording.as_ref().map(to_json);
    let row = tx
        .row(
            "UPDATE call SET
               state = CASE WHEN CASE state WHEN 'ringing' THEN 0 WHEN 'answered' THEN 1 ELSE 2 END < $3 THEN $2 ELSE state END,
               started_ms = CASE WHEN $4 < started_ms THEN $4 ELSE started_ms END,
               answered_ms = COALESCE(answered_ms, $5), ended_ms = COALESCE(ended_ms, $6),
               media = COALESCE(media, $7), updated_ms = $8
             WHERE external = $1 AND external IS NOT NULL
               AND (CASE state WHEN 'ringing' THEN 0 WHEN 'answered' THEN 1 ELSE 2 END < $3 OR $4 < started_ms
                    OR (answered_ms IS NULL AND $5 IS NOT NULL) OR (ended_ms IS NULL AND $6 IS NOT NULL)
                    OR (media IS NULL AND $7 IS NOT NULL))
             RETURNING id, conversation_id, media",
            args![
                &news.external,
                news.state.as_str(),
                news.state.rank(),
                news.started,
                moment(news.answered),
                moment(news.ended),
                media.as_deref(),
                now
            ],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let id = PhoneCallId(row.get("id")?);
    let conversation = row.get::<Option<String>>("conversation_id")?.map(ConversationId);
    tell(tx, &id, conversation.as_ref(), now).await?;
    let brought = media.is_some() && row.get::<Option<String>>("media")? == media;
    Ok(Some((id, brought)))
}

/// The call's recording as it was fetched and heard, or why it is not there. Words that are there stay.
///
/// # Errors
/// [`Error::Database`].
pub async fn recorded(tx: &mut Tx, id: &PhoneCallId, heard: &Media, now: Millis) -> Result<(), Error> {
    let Some(Named { call, .. }) = get(tx, id).await? else { return Ok(()) };
    let known = call.recording.and_then(|known| known.transcript);
    let media = Media { transcript: known.or_else(|| heard.transcript.clone()), ..heard.clone() };
    keep(tx, id, &media, call.link.conversation.as_ref(), now).await
}

/// Puts the words of its recording beside a call. Nothing for one without.
///
/// # Errors
/// [`Error::Database`].
pub async fn transcribe(tx: &mut Tx, id: &PhoneCallId, words: &str, now: Millis) -> Result<(), Error> {
    let Some(Named { call, .. }) = get(tx, id).await? else { return Ok(()) };
    let Some(media) = call.recording else { return Ok(()) };
    let media = Media { transcript: Some(words.to_owned()), ..media };
    keep(tx, id, &media, call.link.conversation.as_ref(), now).await
}

async fn keep(
    tx: &mut Tx,
    id: &PhoneCallId,
    media: &Media,
    conversation: Option<&ConversationId>,
    now: Millis,
) -> Result<(), Error> {
    tx.run(
        "UPDATE call SET media = $2, updated_ms = $3 WHERE id = $1",
        args![id.as_str(), to_json(media), now],
    )
    .await?;
    tell(tx, id, conversation, now).await
}

/// What staff change of a call.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub note: Option<String>,
    pub link: Option<Link>,
}

/// `false` where there is no such call.
///
/// # Errors
/// [`Error::Database`].
pub async fn change(tx: &mut Tx, id: &PhoneCallId, change: &Change, now: Millis) -> Result<bool, Error> {
    let Some(Named { call, .. }) = get(tx, id).await? else { return Ok(false) };
    let link = change.link.as_ref().unwrap_or(&call.link);
    tx.run(
        "UPDATE call SET note = $2, contact_id = $3, conversation_id = $4, customer_id = $5, updated_ms = $6 WHERE id = $1",
        args![
            id.as_str(),
            change.note.as_deref().unwrap_or(&call.note),
            link.contact.as_ref().map(ContactId::as_str),
            link.conversation.as_ref().map(ConversationId::as_str),
            link.customer.as_ref().map(CustomerId::as_str),
            now
        ],
    )
    .await?;
    tell(tx, id, link.conversation.as_ref(), now).await?;
    Ok(true)
}

async fn tell(
    tx: &mut Tx,
    id: &PhoneCallId,
    conversation: Option<&ConversationId>,
    now: Millis,
) -> Result<(), Error> {
    event::put(tx, EVENT, conversation, &json!({ "call": id }), now).await
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &PhoneCallId) -> Result<Option<Named>, Error> {
    let row = tx.row(select!("WHERE k.id = $1"), args![id.as_str()]).await?;
    row.as_ref().map(read).transpose()
}

/// # Errors
/// [`Error::Database`].
pub async fn known_as(tx: &mut Tx, external: &str) -> Result<Option<Named>, Error> {
    let sql = select!("WHERE k.external = $1 AND k.external IS NOT NULL");
    let row = tx.row(sql, args![external]).await?;
    row.as_ref().map(read).transpose()
}

/// Whose calls; the default is everybody's.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    /// With `contact` or `conversation`: also calls of nobody known with one of these numbers.
    pub numbers: Vec<String>,
}

/// Where a page ends: the last call's beginning and id.
pub type After = (Millis, PhoneCallId);

/// Up to `limit` calls after `after`, newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<Named>, Error> {
    let (at, id) = after.map_or((Millis(i64::MAX), ""), |(at, id)| (*at, id.as_str()));
    let mut values: Vec<Val> = args![at, id, limit];
    let sql = match (&filter.contact, &filter.conversation) {
        (None, None) => select!(
            "WHERE k.started_ms < $1 OR (k.started_ms = $1 AND k.id < $2)
             ORDER BY k.started_ms DESC, k.id DESC LIMIT $3"
        ),
        (contact, conversation) => {
            values.extend(args![
                contact.as_ref().map_or("", ContactId::as_str),
                conversation.as_ref().map_or("", ConversationId::as_str),
                texts(filter.numbers.iter().map(String::as_str))
            ]);
            of_a_person(tx)
        }
    };
    let rows = tx.rows(sql, values).await?;
    rows.iter().map(read).collect()
}

/// Each kind of link has an index of its own; what they find is few.
fn of_a_person(tx: &Tx) -> &'static str {
    if tx.is_postgres() {
        select!(
            "WHERE k.id IN (
               SELECT id FROM call WHERE contact_id = $4 AND contact_id IS NOT NULL
               UNION SELECT id FROM call WHERE conversation_id = $5 AND conversation_id IS NOT NULL
               UNION SELECT id FROM call WHERE contact_id IS NULL
                     AND number IN (SELECT json_array_elements_text(CAST($6 AS json))))
               AND (k.started_ms < $1 OR (k.started_ms = $1 AND k.id < $2))
             ORDER BY k.started_ms DESC, k.id DESC LIMIT $3"
        )
    } else {
        select!(
            "WHERE k.id IN (
               SELECT id FROM call WHERE contact_id = $4 AND contact_id IS NOT NULL
               UNION SELECT id FROM call WHERE conversation_id = $5 AND conversation_id IS NOT NULL
               UNION SELECT id FROM call WHERE contact_id IS NULL AND number IN (SELECT value FROM json_each($6)))
               AND (k.started_ms < $1 OR (k.started_ms = $1 AND k.id < $2))
             ORDER BY k.started_ms DESC, k.id DESC LIMIT $3"
        )
    }
}

/// The thread of a person that moved last.
///
/// # Errors
/// [`Error::Database`].
pub async fn thread_of(tx: &mut Tx, contact: &ContactId) -> Result<Option<ConversationId>, Error> {
    let row = tx
        .row(
            "SELECT c.id FROM conversation c JOIN thread t ON t.conversation_id = c.id
             WHERE c.contact_id = $1 AND t.hidden = 0 ORDER BY t.last_ms DESC, c.id LIMIT 1",
            args![contact.as_str()],
        )
        .await?;
    row.map(|row| row.get("id").map(ConversationId)).transpose()
}

fn read(row: &Row) -> Result<Named, Error> {
    let word = |column| row.get::<String>(column);
    let optional = |column| row.get::<Option<String>>(column);
    let unknown = |column, value| Error::Unknown { column, value };
    let (direction, state) = (word("direction")?, word("state")?);
    let recording: Option<Media> = match optional("media")? {
        Some(_) => Some(row.json("media")?),
        None => None,
    };
    let call = Call {
        id: PhoneCallId(word("id")?),
        source: if word("source")? == "staff" { Source::Staff } else { Source::Telephony },
        external: optional("external")?,
        direction: Direction::parse(&direction).ok_or_else(|| unknown("call.direction", direction))?,
        state: CallState::parse(&state).ok_or_else(|| unknown("call.state", state))?,
        number: word("number")?,
        line: word("line")?,
        link: Link {
            contact: optional("contact_id")?.map(ContactId),
            conversation: optional("conversation_id")?.map(ConversationId),
            customer: optional("customer_id")?.map(CustomerId),
        },
        started: Millis(row.get("started_ms")?),
        answered: row.get::<Option<i64>>("answered_ms")?.map(Millis),
        ended: row.get::<Option<i64>>("ended_ms")?.map(Millis),
        note: word("note")?,
        recording,
        created_by: optional("created_by")?.map(UserId),
        created: Millis(row.get("created_ms")?),
    };
    Ok(Named {
        call,
        contact: optional("contact_name")?,
        customer: optional("customer_name")?,
        user: optional("user_name")?,
    })
}

/// Whether the recording lies with us.
#[must_use]
pub fn is_kept(media: &Media) -> bool {
    matches!(media.source, MediaSource::File(_))
}
