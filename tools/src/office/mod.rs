//! What the office's agent can do. Money leaves here only over a person's approval of exactly the figures shown.

mod assessed;
pub mod cancel_invoice;
pub mod create_invoice;
pub mod escalate_to_office_human;
mod goodwill;
pub mod process_billing_rule;
pub mod reject_job;
mod settlement;
