//! Hours and the call-out fee: what a contract includes, what goes beyond it, what costs without one.

use rust_decimal::Decimal;

use super::{
    conflict::{Conflict, ConflictKind, Decision, Decisions},
    money::cents,
    price::{Line, LineKind},
    rules::{Contract, Rules},
};

const HOUR: &str = "h";
/// A price for the visit, whatever its length.
const FLAT: &str = "flat";

/// Adds the lines or conflicts of `hours` under the contract named `contract`. `None` where a figure is beyond counting.
pub(super) fn price(
    hours: Decimal,
    contract: &str,
    rules: &Rules,
    decisions: &Decisions,
    lines: &mut Vec<Line>,
    conflicts: &mut Vec<Conflict>,
) -> Option<()> {
    match rules.contract(contract) {
        Some(contract) => under_contract(hours, contract, rules, decisions, lines, conflicts),
        None => without_contract(hours, contract, rules, decisions, lines, conflicts),
    }
}

fn under_contract(
    hours: Decimal,
    contract: &Contract,
    rules: &Rules,
    decisions: &Decisions,
    lines: &mut Vec<Line>,
    conflicts: &mut Vec<Conflict>,
) -> Option<()> {
    let included = hours.min(contract.included_hours);
    let over = hours.checked_sub(included)?;
    if included > Decimal::ZERO {
        let text = format!("Labour, included in the {} contract", contract.name);
        lines.push(free(LineKind::LabourIncluded, text, &contract.name, included, HOUR, 0));
    }
    if over > Decimal::ZERO {
        let amount = cents(over.checked_mul(contract.hourly_rate)?)?;
        match decisions.get(&ConflictKind::HoursOverContract) {
            Some(Decision::Charge) => {
                let text = format!("Labour beyond the {} contract", contract.name);
                lines.push(charged(text, &contract.name, over, contract.hourly_rate, amount)?);
            }
            Some(Decision::Waive) => {
                let text = format!("Labour beyond the {} contract, goodwill", contract.name);
                lines.push(free(LineKind::LabourWaived, text, &contract.name, over, HOUR, amount));
            }
            None => conflicts.push(Conflict::HoursOverContract {
                contract: contract.name.clone(),
                hours,
                included_hours: contract.included_hours,
                over_hours: over,
                rate_cents: cents(contract.hourly_rate)?,
                amount_cents: amount,
            }),
        }
    }
    if !contract.call_out_free {
        lines.push(call_out(cents(rules.call_out_fee)?));
    }
    Some(())
}

fn without_contract(
    hours: Decimal,
    named: &str,
    rules: &Rules,
    decisions: &Decisions,
    lines: &mut Vec<Line>,
    conflicts: &mut Vec<Conflict>,
) -> Option<()> {
    let rate = rules.standard_hourly_rate;
    let labour_cents = cents(hours.checked_mul(rate)?)?;
    let call_out_cents = cents(rules.call_out_fee)?;
    let Some(decision) = decisions.get(&ConflictKind::NoContract) else {
        conflicts.push(Conflict::NoContract {
            contract: named.to_owned(),
            hours,
            rate_cents: cents(rate)?,
            labour_cents,
            call_out_cents,
            amount_cents: labour_cents.checked_add(call_out_cents)?,
        });
        return Some(());
    };
    lines.push(charged("Labour".to_owned(), "", hours, rate, labour_cents)?);
    lines.push(match decision {
        Decision::Charge => call_out(call_out_cents),
        Decision::Waive => {
            let text = "Call-out, goodwill".to_owned();
            free(LineKind::CallOutWaived, text, "", Decimal::ONE, FLAT, call_out_cents)
        }
    });
    Some(())
}

fn charged(
    description: String,
    subject: &str,
    hours: Decimal,
    rate: Decimal,
    net_cents: i64,
) -> Option<Line> {
    Some(Line {
        kind: LineKind::Labour,
        description,
        subject: subject.to_owned(),
        quantity: hours,
        unit: HOUR.to_owned(),
        unit_price_cents: cents(rate)?,
        net_cents,
        waived_cents: 0,
    })
}

fn call_out(fee_cents: i64) -> Line {
    Line {
        kind: LineKind::CallOut,
        description: "Call-out".to_owned(),
        subject: String::new(),
        quantity: Decimal::ONE,
        unit: FLAT.to_owned(),
        unit_price_cents: fee_cents,
        net_cents: fee_cents,
        waived_cents: 0,
    }
}

fn free(
    kind: LineKind,
    description: String,
    subject: &str,
    quantity: Decimal,
    unit: &str,
    waived_cents: i64,
) -> Line {
    Line {
        kind,
        description,
        subject: subject.to_owned(),
        quantity,
        unit: unit.to_owned(),
        unit_price_cents: 0,
        net_cents: 0,
        waived_cents,
    }
}
