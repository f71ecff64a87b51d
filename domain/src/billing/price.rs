//! A job's bill, or the conflicts that stand in its way. The same report, rules and decisions make the same bill.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    conflict::{Conflict, ConflictKind, Decision, Decisions},
    labour,
    material::{Known, lookup},
    money::cents,
    rules::Rules,
};
use crate::{
    customer::Customer,
    job::{JobReport, Material},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Hours that the contract pays for.
    LabourIncluded,
    Labour,
    /// Hours over the contract, given as goodwill.
    LabourWaived,
    CallOut,
    CallOutWaived,
    Material,
    /// A material without a price, left out by decision.
    MaterialLeftOut,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub kind: LineKind,
    /// In English, complete; `subject` and `kind` are what another language is made of.
    pub description: String,
    /// The contract's or the material's name; empty where there is none.
    pub subject: String,
    #[serde(with = "rust_decimal::serde::float")]
    pub quantity: Decimal,
    pub unit: String,
    pub unit_price_cents: i64,
    pub net_cents: i64,
    /// What the line would cost without goodwill; 0 where nothing was given.
    pub waived_cents: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    pub lines: Vec<Line>,
    pub net_cents: i64,
    #[serde(with = "rust_decimal::serde::float")]
    pub vat_percent: Decimal,
    pub vat_cents: i64,
    pub gross_cents: i64,
    /// ISO 4217.
    pub currency: String,
    /// Whether anything was given: waived or left out.
    pub goodwill: bool,
    /// Net.
    pub waived_cents: i64,
}

/// Prices `report` for `customer`. `decisions` are what staff decided about conflicts of this job.
///
/// # Errors
/// Every conflict that no decision settles, with its figures; [`ConflictKind::Implausible`] ones alone where there are
/// any, because the other figures would mean nothing.
pub fn price(
    report: &JobReport,
    customer: &Customer,
    rules: &Rules,
    currency: &str,
    decisions: &Decisions,
) -> Result<Bill, Vec<Conflict>> {
    let slips = implausible(report, rules);
    if !slips.is_empty() {
        return Err(slips);
    }
    let too_large = || vec![beyond(report.hours_worked, rules)];
    let mut lines = Vec::new();
    let mut conflicts = Vec::new();
    labour::price(report.hours_worked, &customer.contract, rules, decisions, &mut lines, &mut conflicts)
        .ok_or_else(too_large)?;
    for material in &report.materials_used {
        material_line(material, rules, decisions, &mut lines, &mut conflicts).ok_or_else(too_large)?;
    }
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    total(lines, rules, currency).ok_or_else(too_large)
}

fn total(lines: Vec<Line>, rules: &Rules, currency: &str) -> Option<Bill> {
    let sum = |part: fn(&Line) -> i64| lines.iter().try_fold(0i64, |sum, line| sum.checked_add(part(line)));
    let net_cents = sum(|line| line.net_cents)?;
    let waived_cents = sum(|line| line.waived_cents)?;
    let vat = Decimal::new(net_cents, 2).checked_mul(rules.vat_percent)?.checked_div(Decimal::ONE_HUNDRED)?;
    let vat_cents = cents(vat)?;
    let given =
        |kind| matches!(kind, LineKind::LabourWaived | LineKind::CallOutWaived | LineKind::MaterialLeftOut);
    Some(Bill {
        net_cents,
        vat_percent: rules.vat_percent,
        vat_cents,
        gross_cents: net_cents.checked_add(vat_cents)?,
        currency: currency.to_owned(),
        goodwill: lines.iter().any(|line| given(line.kind)),
        waived_cents,
        lines,
    })
}

/// What of `report` cannot be: hours or quantities out of bounds, each as [`Conflict::Implausible`].
#[must_use]
pub fn implausible(report: &JobReport, rules: &Rules) -> Vec<Conflict> {
    let mut slips = Vec::new();
    if !(rules.minimum_hours..=rules.maximum_hours).contains(&report.hours_worked) {
        slips.push(beyond(report.hours_worked, rules));
    }
    for material in &report.materials_used {
        if material.quantity <= Decimal::ZERO || material.quantity > rules.maximum_quantity {
            slips.push(Conflict::Implausible {
                what: material.name.clone(),
                value: material.quantity,
                minimum: Decimal::ZERO,
                maximum: rules.maximum_quantity,
            });
        }
    }
    slips
}

fn beyond(hours: Decimal, rules: &Rules) -> Conflict {
    Conflict::Implausible {
        what: "hours_worked".to_owned(),
        value: hours,
        minimum: rules.minimum_hours,
        maximum: rules.maximum_hours,
    }
}

fn material_line(
    material: &Material,
    rules: &Rules,
    decisions: &Decisions,
    lines: &mut Vec<Line>,
    conflicts: &mut Vec<Conflict>,
) -> Option<()> {
    match lookup(rules, &material.name) {
        Known::Priced(priced) => lines.push(Line {
            kind: LineKind::Material,
            description: priced.name.clone(),
            subject: priced.name.clone(),
            quantity: material.quantity,
            unit: priced.unit.clone(),
            unit_price_cents: cents(priced.price)?,
            net_cents: cents(priced.price.checked_mul(material.quantity)?)?,
            waived_cents: 0,
        }),
        Known::Unknown(_) if decisions.get(&ConflictKind::UnknownMaterial) == Some(&Decision::Waive) => {
            lines.push(Line {
                kind: LineKind::MaterialLeftOut,
                description: format!("{}, not charged", material.name),
                subject: material.name.clone(),
                quantity: material.quantity,
                unit: "pcs".to_owned(),
                unit_price_cents: 0,
                net_cents: 0,
                waived_cents: 0,
            });
        }
        Known::Unknown(nearest) => conflicts.push(Conflict::UnknownMaterial {
            name: material.name.clone(),
            quantity: material.quantity,
            nearest,
        }),
    }
    Some(())
}
