//! Invoices as programs receive them: figures in cents, days in the firm's own calendar.

use domain::{
    billing::{Line, LineKind},
    firm::Firm,
    invoice::Invoice,
};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::at;

#[derive(Serialize, ToSchema)]
pub(super) struct Summary {
    /// `RE-2026-0001`.
    id: String,
    /// `open`, `paid`, `cancelled`; `settled` for a cancellation invoice.
    state: &'static str,
    /// The invoice that this one cancels.
    cancels: Option<String>,
    job_id: String,
    customer_id: String,
    /// As it was when the invoice was written.
    customer: String,
    /// The day that stands on it, in the firm's time zone.
    #[schema(format = Date)]
    issued_on: String,
    /// Of a cancellation, negative.
    net_cents: i64,
    vat_cents: i64,
    gross_cents: i64,
    /// Given as goodwill, net.
    waived_cents: i64,
    /// ISO 4217.
    currency: String,
    approved_by: String,
    created_at: String,
}

impl Summary {
    pub fn new(invoice: Invoice, firm: &Firm) -> Self {
        let bill = invoice.bill;
        Self {
            id: invoice.id.0,
            state: invoice.state.as_str(),
            cancels: invoice.cancels.map(|cancelled| cancelled.0),
            job_id: invoice.job.0,
            customer_id: invoice.customer.id.0,
            customer: invoice.customer.name,
            issued_on: firm.day(invoice.created).to_string(),
            net_cents: bill.net_cents,
            vat_cents: bill.vat_cents,
            gross_cents: bill.gross_cents,
            waived_cents: bill.waived_cents,
            currency: bill.currency,
            approved_by: invoice.approved_by,
            created_at: at(invoice.created),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct InvoiceView {
    #[serde(flatten)]
    summary: Summary,
    /// One line; empty where it is not known.
    customer_address: String,
    technician: String,
    location: String,
    work_done: String,
    /// Why it was cancelled, on a cancellation invoice.
    reason: String,
    #[schema(format = Date)]
    supplied_on: String,
    #[serde(with = "rust_decimal::serde::float")]
    #[schema(value_type = f64)]
    vat_percent: Decimal,
    lines: Vec<LineView>,
}

impl InvoiceView {
    pub fn new(invoice: Invoice, firm: &Firm) -> Self {
        let work = invoice.work.clone();
        Self {
            customer_address: invoice.customer.full_address(),
            technician: work.technician,
            location: work.location,
            work_done: work.done,
            reason: work.reason,
            supplied_on: firm.day(work.reported).to_string(),
            vat_percent: invoice.bill.vat_percent,
            lines: invoice.bill.lines.iter().cloned().map(LineView::from).collect(),
            summary: Summary::new(invoice, firm),
        }
    }
}

#[derive(Serialize, ToSchema)]
struct LineView {
    /// `labour_included`, `labour`, `labour_waived`, `call_out`, `call_out_waived`, `material` or `material_left_out`.
    #[schema(value_type = String)]
    kind: LineKind,
    /// In English.
    description: String,
    #[serde(with = "rust_decimal::serde::float")]
    #[schema(value_type = f64)]
    quantity: Decimal,
    unit: String,
    unit_price_cents: i64,
    net_cents: i64,
    /// What it would have cost without goodwill.
    waived_cents: i64,
}

impl From<Line> for LineView {
    fn from(line: Line) -> Self {
        Self {
            kind: line.kind,
            description: line.description,
            quantity: line.quantity,
            unit: line.unit,
            unit_price_cents: line.unit_price_cents,
            net_cents: line.net_cents,
            waived_cents: line.waived_cents,
        }
    }
}
