//! A piece of plumbing work from report to invoice, and the news of it that travels between the agents.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::id::{CustomerId, InvoiceId, JobId};

/// The job data on the link, as the contract writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobReport {
    pub job_id: JobId,
    pub technician: String,
    pub customer_id: CustomerId,
    #[serde(default)]
    pub location: String,
    pub work_done: String,
    #[serde(with = "rust_decimal::serde::float")]
    pub hours_worked: Decimal,
    #[serde(default)]
    pub materials_used: Vec<Material>,
    #[serde(default = "validated_by_technician")]
    pub status: String,
}

fn validated_by_technician() -> String {
    "validated_by_technician".to_owned()
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    pub name: String,
    #[serde(with = "rust_decimal::serde::float")]
    pub quantity: Decimal,
}

/// Where the office is with a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Taken in; the billing rules have not run or have a question.
    Received,
    /// Staff said "not now": listed and reminded.
    Deferred,
    Invoiced,
    /// Refused by staff, with a reason.
    Rejected,
    /// Stopped by the technician before it was invoiced.
    Withdrawn,
}

impl JobState {
    pub const ALL: [Self; 5] =
        [Self::Received, Self::Deferred, Self::Invoiced, Self::Rejected, Self::Withdrawn];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Deferred => "deferred",
            Self::Invoiced => "invoiced",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether it may still be corrected, withdrawn, billed or refused.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Received | Self::Deferred)
    }
}

/// Where a handed-over job is, as the side that handed it over knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffState {
    /// Safe here, not yet taken by the peer.
    Queued,
    /// The peer has it.
    Accepted,
    Completed,
    Rejected,
    Withdrawn,
}

impl HandoffState {
    pub const ALL: [Self; 5] =
        [Self::Queued, Self::Accepted, Self::Completed, Self::Rejected, Self::Withdrawn];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Accepted => "accepted",
            Self::Completed => "completed",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// News of a job on the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "notice")]
pub enum JobNotice {
    /// Field to office: a job to bill.
    Reported { report: JobReport },
    /// Field to office: the same job with other data; good until it is invoiced.
    Corrected { report: JobReport },
    /// Field to office: stop it.
    Withdrawn { job_id: JobId, reason: String },
    /// Office to field: how it ended.
    Settled(Settlement),
    /// Our delivery to field's own conversation: the peer would not take the last notice.
    Refused { job_id: JobId, reason: String },
}

impl JobNotice {
    #[must_use]
    pub fn job(&self) -> &JobId {
        match self {
            Self::Reported { report } | Self::Corrected { report } => &report.job_id,
            Self::Withdrawn { job_id, .. } | Self::Refused { job_id, .. } => job_id,
            Self::Settled(settlement) => &settlement.job_id,
        }
    }
}

/// `{"job_id","status":"completed","note","invoice_id"}` or `"status":"rejected"` with the reason as `note`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    pub job_id: JobId,
    pub status: SettlementStatus,
    #[serde(default)]
    pub note: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_id: Option<InvoiceId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettlementStatus {
    Completed,
    Rejected,
    /// The technician's own withdrawal took effect.
    Withdrawn,
}
