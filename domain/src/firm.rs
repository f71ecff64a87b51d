//! The firm itself, as configuration.

#[derive(Clone, Debug, Default)]
pub struct Firm;
