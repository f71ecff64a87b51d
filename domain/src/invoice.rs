//! An invoice: immutable once written. A wrong one is cancelled by a cancellation invoice, never edited.

use serde::{Deserialize, Serialize};

use crate::{
    billing::Bill,
    clock::Millis,
    customer::Customer,
    id::{InvoiceId, JobId},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceState {
    Open,
    Paid,
    /// Undone by a cancellation invoice.
    Cancelled,
    /// A cancellation invoice: nothing is to be paid for it.
    Settled,
}

impl InvoiceState {
    pub const ALL: [Self; 4] = [Self::Open, Self::Paid, Self::Cancelled, Self::Settled];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Cancelled => "cancelled",
            Self::Settled => "settled",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// `RE-<year>-<nnnn>`.
    pub id: InvoiceId,
    pub year: i16,
    /// Gapless within the year, cancellations included.
    pub number: i64,
    /// The invoice that this one cancels.
    pub cancels: Option<InvoiceId>,
    pub job: JobId,
    /// As they were when the invoice was written.
    pub customer: Customer,
    pub work: Work,
    pub bill: Bill,
    pub approved_by: String,
    pub state: InvoiceState,
    pub created: Millis,
}

/// What the invoice is for: kept with it, because a job may be corrected after a cancellation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    pub technician: String,
    pub location: String,
    pub done: String,
    /// When the work was reported: the day of supply.
    pub reported: Millis,
    /// Why it was cancelled, on a cancellation.
    #[serde(default)]
    pub reason: String,
}

/// The name of invoice `number` of `year`.
#[must_use]
pub fn invoice_id(year: i16, number: i64) -> InvoiceId {
    InvoiceId(format!("RE-{year:04}-{number:04}"))
}

impl Bill {
    /// The bill that undoes this one: the same lines with quantities and amounts negated.
    #[must_use]
    pub fn negated(&self) -> Self {
        let mut bill = self.clone();
        for line in &mut bill.lines {
            line.quantity = -line.quantity;
            line.net_cents = -line.net_cents;
            line.waived_cents = -line.waived_cents;
        }
        bill.net_cents = -bill.net_cents;
        bill.vat_cents = -bill.vat_cents;
        bill.gross_cents = -bill.gross_cents;
        bill.waived_cents = -bill.waived_cents;
        bill
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_invoices_as_the_contract_does() {
        assert_eq!(invoice_id(2026, 1).as_str(), "RE-2026-0001");
        assert_eq!(invoice_id(2026, 12345).as_str(), "RE-2026-12345");
    }
}
