//! What the agent of those in the field can do: know customers, ask, hand jobs over and take them back.

pub mod ask_technician;
pub mod check_invoice_status;
pub mod correct_job;
pub mod find_customer;
mod handed;
pub mod send_data_to_office_agent;
pub mod withdraw_job;
