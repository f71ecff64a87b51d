//! Threads with all that a list or a head shows of them, read in a handful of statements however many they are.

use std::collections::BTreeMap;

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::Millis,
    contact::{Identity, IdentityKind, Role},
    conversation::{Conversation, Owner},
    id::{ContactId, ConversationId, CustomerId, MessageId, UserId},
    language::Language,
    message::{Author, Direction, Part},
    thread::{Priority, Status},
};

use crate::{
    Error, Tx, among, args,
    db::{Row, among::list},
    delivered::{self, Delivery},
};

/// One conversation as staff see it.
#[derive(Clone, Debug)]
pub struct Thread {
    pub conversation: Conversation,
    pub person: Option<Person>,
    pub customer: Option<(CustomerId, String)>,
    /// The name of the user who holds it.
    pub holder: Option<String>,
    pub status: Status,
    pub snoozed_until: Option<Millis>,
    pub assignee: Option<(UserId, String)>,
    pub priority: Priority,
    pub labels: Vec<String>,
    pub unread: i64,
    pub waiting_since: Option<Millis>,
    pub open_approvals: i64,
    pub open_questions: i64,
    /// When the person last wrote at this address, to whichever agent; zero for never.
    pub heard: Millis,
    pub last: Option<Last>,
    /// By what a list is sorted.
    pub last_ms: Millis,
    pub created: Millis,
}

impl Thread {
    #[must_use]
    pub fn id(&self) -> &ConversationId {
        &self.conversation.id
    }

    #[must_use]
    pub fn owner(&self) -> Owner {
        self.conversation.held_by()
    }
}

/// Whom one talks with.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: ContactId,
    pub name: String,
    pub roles: Vec<Role>,
    pub language: Option<Language>,
    pub identities: Vec<Identity>,
}

/// The last message.
#[derive(Clone, Debug)]
pub struct Last {
    pub id: MessageId,
    pub direction: Direction,
    pub author: Author,
    pub parts: Vec<Part>,
    pub at: Millis,
    pub delivery: Option<Delivery>,
}

/// The columns that `read` takes, and where they come from. What is joined to `thread t` is one row at most.
#[macro_export]
macro_rules! thread_columns {
    () => {
        "SELECT c.id, c.contact_id, c.agent, c.channel, c.external, c.owner, c.owner_version, c.language, t.status,
                t.snoozed_ms, t.assignee, t.priority, t.unread, t.waiting_ms, t.customer_id, t.last_ms, t.created_ms,
                p.id AS person_id, p.name AS person_name, p.roles, p.language AS person_language,
                k.name AS customer_name, u.name AS assignee_name, h.name AS holder_name, m.id AS message_id,
                m.direction AS message_direction, m.author, m.parts, m.at_ms,
                (SELECT MAX(o.last_inbound_ms) FROM conversation o
                 WHERE o.channel = c.channel AND o.external = c.external) AS heard_ms
         FROM thread t JOIN conversation c ON c.id = t.conversation_id
              LEFT JOIN contact p ON p.id = c.contact_id
              LEFT JOIN customer k ON k.id = t.customer_id
              LEFT JOIN console_user u ON u.id = t.assignee
              LEFT JOIN console_user h ON c.owner LIKE 'staff:%' AND h.id = substr(c.owner, 7)
              LEFT JOIN message m ON m.id = t.last_id "
    };
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &ConversationId) -> Result<Option<Thread>, Error> {
    Ok(by_ids(tx, &[id]).await?.pop())
}

/// Those of `ids` that there are, in no order.
///
/// # Errors
/// [`Error::Database`].
pub async fn by_ids(tx: &mut Tx, ids: &[&ConversationId]) -> Result<Vec<Thread>, Error> {
    let rows = match ids {
        [] => return Ok(Vec::new()),
        [one] => {
            tx.rows(concat!(thread_columns!(), "WHERE t.conversation_id = $1"), args![one.as_str()]).await?
        }
        many => {
            let sql = if tx.is_postgres() {
                concat!(
                    thread_columns!(),
                    "WHERE t.conversation_id IN (SELECT json_array_elements_text(CAST($1 AS json)))"
                )
            } else {
                concat!(thread_columns!(), "WHERE t.conversation_id IN (SELECT value FROM json_each($1))")
            };
            tx.rows(sql, args![list(many.iter().map(|id| id.as_str()))]).await?
        }
    };
    whole(tx, &rows).await
}

/// The threads of `rows`, in their order, with what stands in other tables.
pub(super) async fn whole(tx: &mut Tx, rows: &[Row]) -> Result<Vec<Thread>, Error> {
    let mut threads: Vec<Thread> = rows.iter().map(read).collect::<Result<_, _>>()?;
    if threads.is_empty() {
        return Ok(threads);
    }
    let ids = list(threads.iter().map(|thread| thread.id().as_str()));
    let people = list(threads.iter().filter_map(|t| t.person.as_ref()).map(|person| person.id.as_str()));
    let identities = identities(tx, people).await?;
    let mut labels = labels(tx, ids.clone()).await?;
    let open = open_questions(tx, ids).await?;
    let said: Vec<&MessageId> = threads.iter().filter_map(|t| t.last.as_ref()).map(|last| &last.id).collect();
    let mut deliveries = delivered::of(tx, &said).await?;
    for thread in &mut threads {
        let id = thread.conversation.id.0.clone();
        if let Some(person) = &mut thread.person {
            person.identities = identities.get(person.id.as_str()).cloned().unwrap_or_default();
        }
        thread.labels = labels.remove(&id).unwrap_or_default();
        (thread.open_approvals, thread.open_questions) = open.get(&id).copied().unwrap_or_default();
        if let Some(last) = &mut thread.last {
            last.delivery = deliveries.remove(&last.id);
        }
    }
    Ok(threads)
}

async fn identities(tx: &mut Tx, people: String) -> Result<BTreeMap<String, Vec<Identity>>, Error> {
    let sql = among!(
        tx,
        "SELECT contact_id, kind, value FROM identity WHERE contact_id",
        "$1",
        " ORDER BY contact_id, kind, value"
    );
    let mut found: BTreeMap<String, Vec<Identity>> = BTreeMap::new();
    for row in tx.rows(sql, args![people]).await? {
        let kind: String = row.get("kind")?;
        let known = IdentityKind::ALL.into_iter().find(|known| known.as_str() == kind);
        let kind = known.ok_or(Error::Unknown { column: "identity.kind", value: kind })?;
        found.entry(row.get("contact_id")?).or_default().push(Identity { kind, value: row.get("value")? });
    }
    Ok(found)
}

async fn labels(tx: &mut Tx, ids: String) -> Result<BTreeMap<String, Vec<String>>, Error> {
    let sql = among!(
        tx,
        "SELECT conversation_id, name FROM label WHERE conversation_id",
        "$1",
        " ORDER BY conversation_id, name"
    );
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in tx.rows(sql, args![ids]).await? {
        found.entry(row.get("conversation_id")?).or_default().push(row.get("name")?);
    }
    Ok(found)
}

/// Open approvals and other open questions that were put in each conversation.
async fn open_questions(tx: &mut Tx, ids: String) -> Result<BTreeMap<String, (i64, i64)>, Error> {
    let sql = among!(
        tx,
        "SELECT a.conversation_id,
                CAST(SUM(CASE WHEN q.fingerprint IS NULL THEN 0 ELSE 1 END) AS BIGINT) AS approvals,
                CAST(SUM(CASE WHEN q.fingerprint IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS others
         FROM asked a JOIN question q ON q.id = a.question_id WHERE q.state = 'open' AND a.conversation_id",
        "$1",
        " GROUP BY a.conversation_id"
    );
    let rows = tx.rows(sql, args![ids]).await?;
    rows.iter()
        .map(|row| Ok((row.get("conversation_id")?, (row.get("approvals")?, row.get("others")?))))
        .collect()
}

fn read(row: &Row) -> Result<Thread, Error> {
    let (status, priority): (String, String) = (row.get("status")?, row.get("priority")?);
    let language: String = row.get("language")?;
    let conversation = Conversation {
        id: ConversationId(row.get("id")?),
        contact: row.get::<Option<String>>("contact_id")?.map(ContactId),
        agent: AgentName(row.get("agent")?),
        address: Address::new(ChannelName(row.get("channel")?), row.get::<String>("external")?),
        owner: row.get("owner")?,
        owner_version: row.get("owner_version")?,
        language: Language::parse(&language).unwrap_or_default(),
    };
    let customer: Option<String> = row.get("customer_id")?;
    let assignee: Option<String> = row.get("assignee")?;
    Ok(Thread {
        conversation,
        person: person(row)?,
        customer: customer
            .map(|id| {
                Ok::<_, Error>((
                    CustomerId(id),
                    row.get::<Option<String>>("customer_name")?.unwrap_or_default(),
                ))
            })
            .transpose()?,
        holder: row.get("holder_name")?,
        status: Status::parse(&status).ok_or(Error::Unknown { column: "thread.status", value: status })?,
        snoozed_until: row.get::<Option<i64>>("snoozed_ms")?.map(Millis),
        assignee: assignee
            .map(|id| {
                Ok::<_, Error>((UserId(id), row.get::<Option<String>>("assignee_name")?.unwrap_or_default()))
            })
            .transpose()?,
        priority: Priority::parse(&priority)
            .ok_or(Error::Unknown { column: "thread.priority", value: priority })?,
        labels: Vec::new(),
        unread: row.get("unread")?,
        waiting_since: row.get::<Option<i64>>("waiting_ms")?.map(Millis),
        open_approvals: 0,
        open_questions: 0,
        heard: Millis(row.get::<Option<i64>>("heard_ms")?.unwrap_or(0)),
        last: last(row)?,
        last_ms: Millis(row.get("last_ms")?),
        created: Millis(row.get("created_ms")?),
    })
}

fn person(row: &Row) -> Result<Option<Person>, Error> {
    let Some(id) = row.get::<Option<String>>("person_id")? else { return Ok(None) };
    let roles: Option<String> = row.get("roles")?;
    let language: Option<String> = row.get("person_language")?;
    Ok(Some(Person {
        id: ContactId(id),
        name: row.get::<Option<String>>("person_name")?.unwrap_or_default(),
        roles: roles.unwrap_or_default().split(',').filter_map(Role::parse).collect(),
        language: language.as_deref().and_then(Language::parse),
        identities: Vec::new(),
    }))
}

fn last(row: &Row) -> Result<Option<Last>, Error> {
    let Some(id) = row.get::<Option<String>>("message_id")? else { return Ok(None) };
    let direction: String = row.get("message_direction")?;
    Ok(Some(Last {
        id: MessageId(id),
        direction: Direction::parse(&direction)
            .ok_or(Error::Unknown { column: "message.direction", value: direction })?,
        author: row.json("author")?,
        parts: row.json("parts")?,
        at: Millis(row.get("at_ms")?),
        delivery: None,
    }))
}
