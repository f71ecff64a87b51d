//! What the tools' results mean for a job. Trusts no field to be there.

use serde_json::Value;

use super::{
    draft::{Customer, Draft, Invoice, Outcome, Search},
    transcript::{Content, text},
};

/// Takes in what a call of the job at hand came to.
pub fn returned(draft: &mut Draft, name: &str, content: &Content) {
    match (name, content) {
        ("find_customer", Content::Value(value)) => found(draft, value),
        ("check_invoice_status", Content::Value(value)) => draft.invoice = invoice(value),
        ("check_invoice_status", Content::Error(_)) => draft.invoice = Invoice::Unknown,
        ("send_data_to_office_agent", Content::Value(value)) if text(value, "status") == "accepted" => {
            let delivered = value.get("delivered").and_then(Value::as_bool).unwrap_or(true);
            draft.outcome = Some(Outcome::HandedOver { delivered });
        }
        ("send_data_to_office_agent", Content::Value(value)) => {
            let why = [text(value, "reason"), text(value, "status")].into_iter().find(|t| !t.is_empty());
            refused(draft, why.unwrap_or("?"));
        }
        ("send_data_to_office_agent", Content::Error(error)) if is_repeat(error) && !draft.another_job => {
            draft.repeat = Some(error.clone());
        }
        ("send_data_to_office_agent", Content::Error(error)) => refused(draft, error),
        (_, Content::Error(error)) => draft.outcome = Some(Outcome::Failed(error.clone())),
        _ => {}
    }
}

/// The tool would not take it: the person is asked what to mend.
fn refused(draft: &mut Draft, why: &str) {
    draft.confirmed = false;
    draft.refusal = Some(why.to_owned());
}

fn is_repeat(error: &str) -> bool {
    error.contains("another_job")
        || error.contains("already handed over")
        || error.contains("handed over already")
}

pub fn found(draft: &mut Draft, value: &Value) {
    let candidates = value.get("candidates").and_then(Value::as_array);
    draft.search = match text(value, "status") {
        "found" => Search::Found(customer(value)),
        "ambiguous" if candidates.is_some_and(|c| !c.is_empty()) => {
            Search::Ambiguous(candidates.into_iter().flatten().map(customer).collect())
        }
        _ => {
            draft.searches = draft.searches.saturating_add(1);
            Search::NotFound
        }
    };
}

fn customer(value: &Value) -> Customer {
    Customer {
        id: text(value, "customer_id").to_owned(),
        name: text(value, "full_name").to_owned(),
        address: text(value, "full_address").to_owned(),
    }
}

fn invoice(value: &Value) -> Invoice {
    match text(value, "status") {
        "no_open_invoice" => Invoice::None,
        "invoice_open" => {
            let named = [text(value, "existing_invoice_id"), text(value, "open_job_id")];
            Invoice::Open(named.into_iter().find(|id| !id.is_empty()).unwrap_or("?").to_owned())
        }
        _ => Invoice::Unknown,
    }
}
