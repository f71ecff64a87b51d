//! What the rules cannot settle alone, with the figures, and what staff decided about it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    HoursOverContract,
    UnknownMaterial,
    NoContract,
    Implausible,
}

impl ConflictKind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HoursOverContract => "hours_over_contract",
            Self::UnknownMaterial => "unknown_material",
            Self::NoContract => "no_contract",
            Self::Implausible => "implausible",
        }
    }
}

/// What staff decided about all conflicts of a kind in one job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Goodwill: hours over the contract and the call-out fee are free, an unknown material is left out.
    Waive,
    /// In full. An unknown material has no price, so it stays a conflict.
    Charge,
}

pub type Decisions = BTreeMap<ConflictKind, Decision>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Conflict {
    HoursOverContract {
        contract: String,
        #[serde(with = "rust_decimal::serde::float")]
        hours: Decimal,
        #[serde(with = "rust_decimal::serde::float")]
        included_hours: Decimal,
        #[serde(with = "rust_decimal::serde::float")]
        over_hours: Decimal,
        rate_cents: i64,
        /// What the hours over cost, net: charged, or waived as goodwill.
        amount_cents: i64,
    },
    NoContract {
        /// A contract's name that the rules do not know; empty for none.
        contract: String,
        #[serde(with = "rust_decimal::serde::float")]
        hours: Decimal,
        rate_cents: i64,
        labour_cents: i64,
        /// What goodwill waives; the labour is charged either way.
        call_out_cents: i64,
        /// Labour and call-out, net.
        amount_cents: i64,
    },
    UnknownMaterial {
        name: String,
        #[serde(with = "rust_decimal::serde::float")]
        quantity: Decimal,
        nearest: Vec<String>,
    },
    /// A slip of the pen, or beyond what can be billed: nobody may decide it away, the job has to be corrected.
    Implausible {
        /// `hours_worked`, or the material's name.
        what: String,
        #[serde(with = "rust_decimal::serde::float")]
        value: Decimal,
        #[serde(with = "rust_decimal::serde::float")]
        minimum: Decimal,
        #[serde(with = "rust_decimal::serde::float")]
        maximum: Decimal,
    },
}

impl Conflict {
    #[must_use]
    pub fn kind(&self) -> ConflictKind {
        match self {
            Self::HoursOverContract { .. } => ConflictKind::HoursOverContract,
            Self::NoContract { .. } => ConflictKind::NoContract,
            Self::UnknownMaterial { .. } => ConflictKind::UnknownMaterial,
            Self::Implausible { .. } => ConflictKind::Implausible,
        }
    }

    /// Whether staff may settle it by a decision that `decisions` does not hold yet.
    #[must_use]
    pub fn is_open_to(&self, decisions: &Decisions) -> bool {
        self.kind() != ConflictKind::Implausible && !decisions.contains_key(&self.kind())
    }

    /// What goodwill would give away, net.
    #[must_use]
    pub fn waivable_cents(&self) -> i64 {
        match self {
            Self::HoursOverContract { amount_cents, .. } => *amount_cents,
            Self::NoContract { call_out_cents, .. } => *call_out_cents,
            Self::UnknownMaterial { .. } | Self::Implausible { .. } => 0,
        }
    }
}
