//! Takes due rows for a worker, and gives back what it did not send. Of each address one row at a time, the oldest.

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::Millis,
    id::{ConversationId, MessageId, OutboxId, TurnId},
    outbound::{DeliveryState, Outbound},
};

use crate::{
    Error, Tx, among, args,
    db::{Row, among::list},
    locking, must,
};

/// Whoever counts what a channel sent lately and then claims does both alone; see `Tx::one_at_a_time`.
const PACE: i64 = 1006;
/// What this version cannot read is looked at again after this.
const UNREADABLE_WAIT: std::time::Duration = std::time::Duration::from_secs(30);

/// A row that this worker holds until its lease ends.
#[derive(Clone, Debug)]
pub struct Taken {
    pub outbound: Outbound,
    /// The agent whose conversation it is.
    pub agent: AgentName,
    /// What it carries; news of a job are no message.
    pub message: Option<MessageId>,
    pub fence: i64,
    /// The state before this taking: `Sending` means that an earlier attempt's answer was lost.
    pub was: DeliveryState,
    /// The conversation changed hands since the turn that said it began.
    pub stale: bool,
    /// When the person last wrote at this address, to whichever agent.
    pub last_inbound: Millis,
    pub queued: Millis,
}

/// Makes what follows in this transaction take turns with every claim: for whoever reads what a claim will change.
///
/// # Errors
/// [`Error::Database`].
pub async fn claims_take_turns(tx: &mut Tx) -> Result<(), Error> {
    tx.one_at_a_time(PACE).await
}

/// What a taking did to a row, for giving it back.
#[derive(Clone, Debug)]
pub struct Claim {
    id: OutboxId,
    fence: i64,
    was: DeliveryState,
}

impl Taken {
    #[must_use]
    pub fn claim(&self) -> Claim {
        Claim { id: self.outbound.id.clone(), fence: self.fence, was: self.was }
    }
}

/// Takes up to `limit` due rows of `channel`: of each address only the oldest unsettled one, so order is kept.
///
/// # Errors
/// [`Error::Database`].
pub async fn claim(
    tx: &mut Tx,
    channel: &ChannelName,
    now: Millis,
    lease: Millis,
    limit: i64,
) -> Result<Vec<Taken>, Error> {
    tx.walk_indexes().await?;
    let text = locking!(
        tx,
        "o",
            "SELECT o.seq, o.id, o.state, o.fence, o.attempts, o.conversation_id, o.channel, o.external, o.content,
                    o.speaker, o.turn_id, o.message_id, c.agent,
                    (SELECT MAX(h.last_inbound_ms) FROM conversation h
                     WHERE h.channel = o.channel AND h.external = o.external) AS heard_ms,
                    o.created_ms,
                    CAST(CASE WHEN o.owner_version IS NULL OR o.owner_version = c.owner_version THEN 0 ELSE 1 END
                         AS BIGINT) AS stale
             FROM outbox o JOIN conversation c ON c.id = o.conversation_id
             WHERE o.channel = $1 AND (o.state = 'queued' OR o.state = 'sending' OR o.state = 'unknown') AND o.due_ms <= $2
               AND (SELECT b.seq FROM outbox b
                    WHERE b.channel = o.channel AND b.external = o.external AND b.seq < o.seq
                      AND b.state NOT IN ('sent', 'delivered') AND b.state NOT IN ('read', 'played') AND b.state <> 'failed' LIMIT 1) IS NULL
             ORDER BY o.due_ms, o.seq LIMIT $3"
    );
    let rows = tx.rows(text, args![channel.as_str(), now, limit]).await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        match read_taken(&row) {
            // Written by a newer program: left to one of those, and its address waits.
            Err(why @ Error::Stored { .. }) => leave(tx, &row, now.plus(UNREADABLE_WAIT), &why).await?,
            read => taken.push(read?),
        }
    }
    if taken.is_empty() {
        return Ok(taken);
    }
    let text = among!(
        tx,
        "UPDATE outbox SET state = 'sending', due_ms = $2, fence = fence + 1, attempts = attempts + 1, updated_ms = $3
         WHERE id",
        "$1",
        ""
    );
    let ids = list(taken.iter().map(|row| row.outbound.id.as_str()));
    tx.run(text, args![ids, lease, now]).await?;
    Ok(taken)
}

async fn leave(tx: &mut Tx, row: &Row, due: Millis, why: &Error) -> Result<(), Error> {
    let args = args![row.get::<String>("id")?, due, why.to_string()];
    tx.run("UPDATE outbox SET due_ms = $2, reason = $3 WHERE id = $1", args).await?;
    Ok(())
}

fn read_taken(row: &Row) -> Result<Taken, Error> {
    let state: String = row.get("state")?;
    let attempts: i64 = row.get("attempts")?;
    let stale: i64 = row.get("stale")?;
    let fence: i64 = row.get("fence")?;
    Ok(Taken {
        outbound: Outbound {
            id: OutboxId(row.get("id")?),
            to: Address::new(ChannelName(row.get("channel")?), row.get::<String>("external")?),
            conversation: ConversationId(row.get("conversation_id")?),
            content: row.json("content")?,
            turn: row.get::<Option<String>>("turn_id")?.map(TurnId),
            speaker: row.get("speaker")?,
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        },
        agent: AgentName(row.get("agent")?),
        message: row.get::<Option<String>>("message_id")?.map(MessageId),
        fence: fence + 1,
        was: DeliveryState::parse(&state).ok_or(Error::Unknown { column: "outbox.state", value: state })?,
        stale: stale == 1,
        last_inbound: Millis(row.get::<Option<i64>>("heard_ms")?.unwrap_or(0)),
        queued: Millis(row.get("created_ms")?),
    })
}

/// Puts a held row back until `due` without counting the taking: nothing was tried.
///
/// # Errors
/// [`Error::Fenced`] where another worker took the row over.
pub async fn hold(tx: &mut Tx, taken: &Taken, due: Millis, reason: &str, now: Millis) -> Result<(), Error> {
    let fence = must!(changed: "UPDATE outbox SET state = 'queued', due_ms = $3, attempts = attempts - 1, reason = $4, updated_ms = $5
         WHERE id = $1 AND fence = $2 AND state = 'sending'");
    tx.must(fence, args![&taken.outbound.id.0, taken.fence, due, reason, now]).await
}

/// Undoes the takings `claims` as far as they were committed, for whoever cannot tell; nothing was sent.
///
/// # Errors
/// [`Error::Database`].
pub async fn give_back(tx: &mut Tx, claims: &[Claim], now: Millis) -> Result<(), Error> {
    // The locks first: a commit that is under way is then waited for, and seen.
    let text = if tx.is_postgres() {
        among!(tx, "SELECT id FROM outbox WHERE id", "$1", " ORDER BY seq FOR UPDATE")
    } else {
        among!(tx, "SELECT id FROM outbox WHERE id", "$1", " ORDER BY seq")
    };
    tx.rows(text, args![list(claims.iter().map(|claim| claim.id.as_str()))]).await?;
    for claim in claims {
        tx.run(
            "UPDATE outbox SET state = $3, due_ms = $4, attempts = attempts - 1, updated_ms = $4
             WHERE id = $1 AND fence = $2 AND state = 'sending'",
            args![&claim.id.0, claim.fence, claim.was.as_str(), now],
        )
        .await?;
    }
    Ok(())
}
