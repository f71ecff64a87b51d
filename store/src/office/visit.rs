//! The calendar of visits: who is to be where, and when. A visit that was called off stays, for the record.

use domain::{
    clock::Millis,
    id::{ContactId, CustomerId, UserId, VisitId},
};

use crate::{Error, Tx, args, db::Row};

/// Most visits listed at once.
const LIST: i64 = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    pub id: VisitId,
    pub title: String,
    pub customer: Option<CustomerId>,
    /// Who goes.
    pub technician: Option<ContactId>,
    pub starts: Millis,
    pub ends: Millis,
    pub created_by: UserId,
}

/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, visit: &Visit, now: Millis) -> Result<(), Error> {
    tx.run(
        "INSERT INTO visit (id, title, customer_id, contact_id, starts_ms, ends_ms, state, created_by, created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, 'planned', $7, $8)",
        args![
            visit.id.as_str(),
            &visit.title,
            visit.customer.as_ref().map(CustomerId::as_str),
            visit.technician.as_ref().map(ContactId::as_str),
            visit.starts,
            visit.ends,
            visit.created_by.as_str(),
            now
        ],
    )
    .await?;
    Ok(())
}

/// The planned visits that begin from `from` until before `to`, in order.
///
/// # Errors
/// [`Error::Database`].
pub async fn between(tx: &mut Tx, from: Millis, to: Millis) -> Result<Vec<Visit>, Error> {
    let rows = tx
        .rows(
            "SELECT id, title, customer_id, contact_id, starts_ms, ends_ms, created_by FROM visit
             WHERE state = 'planned' AND starts_ms >= $1 AND starts_ms < $2 ORDER BY starts_ms, id LIMIT $3",
            args![from, to, LIST],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// The planned visits of `technician` that overlap with that time.
///
/// # Errors
/// [`Error::Database`].
pub async fn clashing(
    tx: &mut Tx,
    technician: &ContactId,
    starts: Millis,
    ends: Millis,
) -> Result<Vec<Visit>, Error> {
    let rows = tx
        .rows(
            "SELECT id, title, customer_id, contact_id, starts_ms, ends_ms, created_by FROM visit
             WHERE state = 'planned' AND contact_id = $1 AND starts_ms < $3 AND ends_ms > $2
             ORDER BY starts_ms, id LIMIT $4",
            args![technician.as_str(), starts, ends, LIST],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Calls a planned visit off; false where there is none.
///
/// # Errors
/// [`Error::Database`].
pub async fn call_off(tx: &mut Tx, id: &VisitId) -> Result<bool, Error> {
    let changed = tx
        .exec("UPDATE visit SET state = 'called_off' WHERE id = $1 AND state = 'planned'", args![id.as_str()])
        .await?;
    Ok(changed == 1)
}

fn read(row: &Row) -> Result<Visit, Error> {
    Ok(Visit {
        id: VisitId(row.get("id")?),
        title: row.get("title")?,
        customer: row.get::<Option<String>>("customer_id")?.map(CustomerId),
        technician: row.get::<Option<String>>("contact_id")?.map(ContactId),
        starts: Millis(row.get("starts_ms")?),
        ends: Millis(row.get("ends_ms")?),
        created_by: UserId(row.get("created_by")?),
    })
}
