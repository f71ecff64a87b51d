//! Invoices: written once, numbered without gaps, cancelled by another invoice. What is billed is decided elsewhere.

use domain::{
    billing::Bill,
    clock::Millis,
    customer::Customer,
    firm::Firm,
    id::{CustomerId, InvoiceId, JobId},
    invoice::{Invoice, InvoiceState, Work, invoice_id},
};

use super::job::{self, Job};
use crate::{
    Error, Tx, args,
    db::{Query, Row},
    inbox::to_json,
};

/// What an invoice is made of, apart from its number.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    pub job: &'a Job,
    pub customer: &'a Customer,
    pub bill: &'a Bill,
    pub approved_by: &'a str,
    /// The firm's calendar year.
    pub year: i16,
}

/// Writes the invoice of an open job and closes the job with it. `None` where the job is no longer open in the draft's
/// revision: nothing is written and no number used.
///
/// # Errors
/// [`Error::Database`], also where another transaction was first: the whole transaction has to be undone then.
pub async fn create(tx: &mut Tx, draft: &Draft<'_>, now: Millis) -> Result<Option<Invoice>, Error> {
    let job = draft.job;
    if !job::hold(tx, &job.id, job.revision).await? {
        return Ok(None);
    }
    let number = next_number(tx, draft.year).await?;
    let invoice = Invoice {
        id: invoice_id(draft.year, number),
        year: draft.year,
        number,
        cancels: None,
        job: job.id.clone(),
        customer: draft.customer.clone(),
        work: Work {
            technician: job.report.technician.clone(),
            location: job.report.location.clone(),
            done: job.report.work_done.clone(),
            reported: job.created,
            reason: String::new(),
        },
        bill: draft.bill.clone(),
        approved_by: draft.approved_by.to_owned(),
        state: InvoiceState::Open,
        created: now,
    };
    insert(tx, &invoice).await?;
    job::mark_invoiced(tx, &job.id, &invoice.id, now).await?;
    Ok(Some(invoice))
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cancellation {
    /// The cancellation invoice.
    Cancelled(Box<Invoice>),
    /// It is cancelled already, or a cancellation itself.
    Not(InvoiceState),
    Unknown,
}

/// Undoes `id` by an invoice with negated lines in the running sequence of `year`, and opens its job again.
///
/// # Errors
/// [`Error::Database`].
pub async fn cancel(
    tx: &mut Tx,
    id: &InvoiceId,
    reason: &str,
    approved_by: &str,
    year: i16,
    now: Millis,
) -> Result<Cancellation, Error> {
    let changed = tx
        .exec(
            "UPDATE invoice SET state = 'cancelled' WHERE id = $1 AND state IN ('open', 'paid')",
            args![&id.0],
        )
        .await?;
    let Some(wrong) = get(tx, id).await? else { return Ok(Cancellation::Unknown) };
    if changed == 0 {
        return Ok(Cancellation::Not(wrong.state));
    }
    let number = next_number(tx, year).await?;
    let cancellation = Invoice {
        id: invoice_id(year, number),
        year,
        number,
        cancels: Some(wrong.id.clone()),
        job: wrong.job.clone(),
        customer: wrong.customer,
        work: Work { reason: reason.to_owned(), ..wrong.work },
        bill: wrong.bill.negated(),
        approved_by: approved_by.to_owned(),
        state: InvoiceState::Settled,
        created: now,
    };
    insert(tx, &cancellation).await?;
    job::reopen(tx, &wrong.job, &format!("{} was cancelled: {reason}", wrong.id), now).await?;
    Ok(Cancellation::Cancelled(Box::new(cancellation)))
}

/// Two transactions that want a number of one year take turns: the second waits for the first one's row.
async fn next_number(tx: &mut Tx, year: i16) -> Result<i64, Error> {
    let row = tx
        .row(
            "INSERT INTO invoice_number (year, last) VALUES ($1, 1)
             ON CONFLICT (year) DO UPDATE SET last = invoice_number.last + 1 RETURNING last",
            args![i64::from(year)],
        )
        .await?;
    row.ok_or(Error::Unknown { column: "invoice_number.last", value: "no row".to_owned() })?.get("last")
}

async fn insert(tx: &mut Tx, invoice: &Invoice) -> Result<(), Error> {
    tx.run(
        "INSERT INTO invoice (id, year, number, cancels, job_id, customer_id, body, net_cents, vat_cents, gross_cents,
                              currency, state, approved_by, created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        args![
            &invoice.id.0,
            i64::from(invoice.year),
            invoice.number,
            invoice.cancels.as_ref().map_or("", InvoiceId::as_str),
            &invoice.job.0,
            &invoice.customer.id.0,
            to_json(invoice),
            invoice.bill.net_cents,
            invoice.bill.vat_cents,
            invoice.bill.gross_cents,
            &invoice.bill.currency,
            invoice.state.as_str(),
            &invoice.approved_by,
            invoice.created
        ],
    )
    .await?;
    Ok(())
}

/// Keeps with the invoice who wrote it, as it stands on it: for the transaction that writes the invoice, once. References of
/// other customers stay out of it.
///
/// # Errors
/// [`Error::Database`].
pub async fn sign(tx: &mut Tx, invoice: &Invoice, firm: &Firm) -> Result<(), Error> {
    let mut shown = firm.clone();
    shown.buyer_references.retain(|customer, _| *customer == invoice.customer.id);
    tx.run(
        "UPDATE invoice SET firm = $2 WHERE id = $1 AND firm IS NULL",
        args![&invoice.id.0, to_json(&shown)],
    )
    .await?;
    Ok(())
}

/// The firm as it stood on the invoice; `None` for one that was written before that was kept.
///
/// # Errors
/// [`Error::Database`].
pub async fn firm(tx: &mut Tx, id: &InvoiceId) -> Result<Option<Firm>, Error> {
    let row = tx.row("SELECT firm FROM invoice WHERE id = $1 AND firm IS NOT NULL", args![&id.0]).await?;
    row.map(|row| row.json("firm")).transpose()
}

/// # Errors
/// [`Error::Database`].
pub async fn get(tx: &mut Tx, id: &InvoiceId) -> Result<Option<Invoice>, Error> {
    let row = tx.row("SELECT body, state FROM invoice WHERE id = $1", args![&id.0]).await?;
    row.as_ref().map(read).transpose()
}

/// A customer's invoices that are still to be paid, oldest first.
#[must_use]
pub fn open_of_customer(customer: &CustomerId, limit: i64) -> Query<Vec<Invoice>> {
    Query::rows(
        "SELECT body, state FROM invoice WHERE customer_id = $1 AND state = 'open'
         ORDER BY created_ms, number LIMIT $2",
        args![&customer.0, limit],
        read,
    )
}

/// A job's invoices and their cancellations, oldest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_job(tx: &mut Tx, job: &JobId) -> Result<Vec<Invoice>, Error> {
    let rows = tx
        .rows(
            "SELECT body, state FROM invoice WHERE job_id = $1 ORDER BY created_ms, year, number LIMIT 100",
            args![&job.0],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// The newest invoices, at most `limit`.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<Invoice>, Error> {
    page(tx, &Filter::default(), None, limit).await
}

/// Which invoices; an empty filter is all of them.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: Option<InvoiceState>,
    pub customer: Option<CustomerId>,
    pub job: Option<JobId>,
}

/// The newest invoices of those that `filter` names, from below the year and number `after` on.
///
/// # Errors
/// [`Error::Database`].
pub async fn page(
    tx: &mut Tx,
    filter: &Filter,
    after: Option<(i16, i64)>,
    limit: i64,
) -> Result<Vec<Invoice>, Error> {
    let (year, number) = after.map_or((i64::MAX, 0), |(year, number)| (year.into(), number));
    let rows = tx
        .rows(
            "SELECT body, state FROM invoice
             WHERE (year < $1 OR (year = $1 AND number < $2))
               AND (CAST($3 AS TEXT) IS NULL OR state = $3)
               AND (CAST($4 AS TEXT) IS NULL OR customer_id = $4)
               AND (CAST($5 AS TEXT) IS NULL OR job_id = $5)
             ORDER BY year DESC, number DESC LIMIT $6",
            args![
                year,
                number,
                filter.state.map(InvoiceState::as_str),
                filter.customer.as_ref().map(CustomerId::as_str),
                filter.job.as_ref().map(JobId::as_str),
                limit
            ],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// The state is the row's: it is all that may change.
fn read(row: &Row) -> Result<Invoice, Error> {
    let state: String = row.get("state")?;
    let invoice: Invoice = row.json("body")?;
    let state =
        InvoiceState::parse(&state).ok_or(Error::Unknown { column: "invoice.state", value: state })?;
    Ok(Invoice { state, ..invoice })
}
