//! The firm's prices and contracts, as configuration. Checked once at the start; a fault there is named, never guessed away.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::material::{Key, slip_apart};
use crate::spelling::fold;

/// Money is in the firm's currency, net of VAT, with at most two decimals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub vat_percent: Decimal,
    /// An hour's work for a customer without a contract.
    pub standard_hourly_rate: Decimal,
    /// Once a visit, unless the contract waives it.
    pub call_out_fee: Decimal,
    /// Hours and quantities outside these bounds are a slip of the pen: never billed, always corrected.
    pub minimum_hours: Decimal,
    pub maximum_hours: Decimal,
    pub maximum_quantity: Decimal,
    #[serde(default)]
    pub contracts: Vec<Contract>,
    #[serde(default)]
    pub materials: Vec<MaterialPrice>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    pub name: String,
    /// Each visit's hours that the contract pays for.
    pub included_hours: Decimal,
    /// Each hour beyond them.
    pub hourly_rate: Decimal,
    #[serde(default)]
    pub call_out_free: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaterialPrice {
    pub name: String,
    /// What one is: `pcs`, `m`, `set`.
    pub unit: String,
    pub price: Decimal,
    /// What people also call it, in any language.
    #[serde(default)]
    pub aliases: Vec<String>,
}

impl MaterialPrice {
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

/// What is wrong with the rules, all of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the billing rules cannot be used: {}", .0.join("; "))]
pub struct BadRules(pub Vec<String>);

impl Rules {
    #[must_use]
    pub fn contract(&self, name: &str) -> Option<&Contract> {
        let wanted = fold(name.trim());
        self.contracts.iter().find(|contract| !wanted.is_empty() && fold(contract.name.trim()) == wanted)
    }

    #[must_use]
    pub fn contract_names(&self) -> Vec<&str> {
        self.contracts.iter().map(|contract| contract.name.as_str()).collect()
    }

    /// # Errors
    /// [`BadRules`] with a sentence a fault.
    pub fn check(&self) -> Result<(), BadRules> {
        let mut faults = Vec::new();
        self.check_figures(&mut faults);
        self.check_contracts(&mut faults);
        self.check_materials(&mut faults);
        if faults.is_empty() { Ok(()) } else { Err(BadRules(faults)) }
    }

    fn check_figures(&self, faults: &mut Vec<String>) {
        if !(Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&self.vat_percent) {
            faults.push(format!("vat_percent is {}: it must be from 0 to 100", self.vat_percent));
        }
        money(faults, "standard_hourly_rate", self.standard_hourly_rate);
        money(faults, "call_out_fee", self.call_out_fee);
        if self.minimum_hours <= Decimal::ZERO || self.maximum_hours <= self.minimum_hours {
            faults.push(format!(
                "minimum_hours is {} and maximum_hours {}: the first must be above 0 and below the second",
                self.minimum_hours, self.maximum_hours
            ));
        }
        if self.maximum_hours > Decimal::ONE_THOUSAND {
            faults.push(format!("maximum_hours is {}: it must be at most 1000", self.maximum_hours));
        }
        if self.maximum_quantity <= Decimal::ZERO || self.maximum_quantity > Decimal::from(1_000_000) {
            faults.push(format!(
                "maximum_quantity is {}: it must be above 0, at most 1000000",
                self.maximum_quantity
            ));
        }
    }

    fn check_contracts(&self, faults: &mut Vec<String>) {
        for (place, contract) in self.contracts.iter().enumerate() {
            let name = fold(contract.name.trim());
            if name.is_empty() {
                faults.push(format!("contract number {} has no name", place + 1));
            }
            if self.contracts[..place].iter().any(|other| fold(other.name.trim()) == name) {
                faults.push(format!("the contract {:?} stands there twice", contract.name));
            }
            money(faults, &format!("hourly_rate of the contract {:?}", contract.name), contract.hourly_rate);
            if contract.included_hours < Decimal::ZERO {
                faults.push(format!("included_hours of the contract {:?} is negative", contract.name));
            }
        }
    }

    /// Two materials under one name would make every job with it a guess.
    fn check_materials(&self, faults: &mut Vec<String>) {
        let mut taken: Vec<(usize, &str, Key)> = Vec::new();
        for (place, material) in self.materials.iter().enumerate() {
            money(faults, &format!("price of the material {:?}", material.name), material.price);
            if material.unit.trim().is_empty() {
                faults.push(format!("the material {:?} has no unit", material.name));
            }
            for name in material.names() {
                let key = Key::of(name);
                if key.is_empty() {
                    faults.push(format!("the material {:?} has an empty name or alias", material.name));
                }
                if let Some((_, other, _)) =
                    taken.iter().find(|(at, _, held)| *at != place && slip_apart(held, &key))
                {
                    faults.push(format!(
                        "the material name {name:?} is too close to {other:?} of another material to tell them apart"
                    ));
                }
                taken.push((place, name, key));
            }
        }
    }
}

fn money(faults: &mut Vec<String>, what: &str, value: Decimal) {
    if value < Decimal::ZERO || value > Decimal::from(1_000_000) || value.normalize().scale() > 2 {
        faults.push(format!("{what} is {value}: it must be from 0 to 1000000 with at most two decimals"));
    }
}
