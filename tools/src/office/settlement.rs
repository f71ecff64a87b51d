//! How a job ended, told to whoever handed it over, in the transaction that ended it.

use domain::{
    id::InvoiceId,
    job::{JobNotice, Settlement, SettlementStatus},
};
use serde_json::json;
use store::{Tx, office::job::Job, outbox, question};

use crate::tool::Context;

/// Closes what is still asked about `job` and queues the news for its peer, if it came from one.
pub(super) async fn tell(
    tx: &mut Tx,
    context: &Context,
    job: &Job,
    status: SettlementStatus,
    note: &str,
    invoice: Option<&InvoiceId>,
) -> Result<(), store::Error> {
    let ended = json!({ "status": status, "job_id": job.id, "invoice_id": invoice, "note": note });
    question::cancel_for_job(tx, &job.id, &ended, context.now).await?;
    let Some(peer) = &job.peer else { return Ok(()) };
    let conversation = job.conversation.as_ref().unwrap_or(&context.conversation.id);
    // A job that was opened again after a cancellation ends anew.
    let key = format!("settled:{}:{}:{}", job.id, job.revision, invoice.map_or("", InvoiceId::as_str));
    let notice = JobNotice::Settled(Settlement {
        job_id: job.id.clone(),
        status,
        note: note.to_owned(),
        invoice_id: invoice.cloned(),
    });
    outbox::notify_peer(tx, &context.ids, conversation, peer, &key, &notice, context.now).await?;
    Ok(())
}
