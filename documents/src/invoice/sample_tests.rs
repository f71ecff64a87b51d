//! Invoices for the tests: the shipped firm's, priced by the shipped rules.

use domain::{
    billing::{ConflictKind, Decision, Decisions, price},
    clock::Millis,
    customer::Customer,
    firm::Firm,
    id::{CustomerId, InvoiceId, JobId},
    invoice::{Invoice, InvoiceState, Work, invoice_id},
    job::{JobReport, Material},
};
use rust_decimal::Decimal;

#[derive(serde::Deserialize)]
struct Layer {
    firm: Firm,
}

pub fn firm() -> Firm {
    let text =
        concat!(include_str!("../../../config/firm.toml"), include_str!("../../../config/billing.toml"));
    let layer: Layer = toml::from_str(text).unwrap();
    layer.firm
}

pub fn report(hours: Decimal, materials: &[(&str, Decimal)]) -> JobReport {
    let material =
        |(name, quantity): &(&str, Decimal)| Material { name: (*name).to_owned(), quantity: *quantity };
    JobReport {
        job_id: JobId("JOB-789-001".to_owned()),
        technician: "Frank".to_owned(),
        customer_id: CustomerId("789".to_owned()),
        location: "Schillerstrasse 12, 10117 Berlin".to_owned(),
        work_done: "Siphon am Waschbecken erneuert, Eckventil getauscht".to_owned(),
        hours_worked: hours,
        materials_used: materials.iter().map(material).collect(),
        status: "validated_by_technician".to_owned(),
    }
}

pub fn customer(contract: &str) -> Customer {
    Customer {
        id: CustomerId("789".to_owned()),
        name: "Jürgen Großmann".to_owned(),
        street: "Schillerstraße 12".to_owned(),
        postal_code: "10117".to_owned(),
        city: "Berlin".to_owned(),
        phone: "+49 30 23125 101".to_owned(),
        email: "j.grossmann@example.com".to_owned(),
        contract: contract.to_owned(),
    }
}

/// 2026-11-20T23:30:00Z, which is the next day in Berlin already.
pub const CREATED: Millis = Millis(1_795_217_400_000);

/// What `report` costs; `decision` settles every conflict.
pub fn invoice(firm: &Firm, report: &JobReport, contract: &str, decision: Decision) -> Invoice {
    let customer = customer(contract);
    let kinds = [ConflictKind::HoursOverContract, ConflictKind::UnknownMaterial, ConflictKind::NoContract];
    let mut decisions: Decisions = kinds.into_iter().map(|kind| (kind, decision)).collect();
    // There is no price to charge.
    decisions.insert(ConflictKind::UnknownMaterial, Decision::Waive);
    let bill = price(report, &customer, &firm.rules, &firm.currency, &decisions).unwrap();
    Invoice {
        id: invoice_id(2026, 42),
        year: 2026,
        number: 42,
        cancels: None,
        job: report.job_id.clone(),
        customer,
        work: Work {
            technician: report.technician.clone(),
            location: report.location.clone(),
            done: report.work_done.clone(),
            reported: Millis(CREATED.0 - 26 * 3_600_000),
            reason: String::new(),
        },
        bill,
        approved_by: "Sabine".to_owned(),
        state: InvoiceState::Open,
        created: CREATED,
    }
}

/// A Plus contract, an hour over it, three materials.
pub fn everyday(firm: &Firm) -> Invoice {
    let materials =
        [("Siphon", 1.into()), ("Eckventil", 2.into()), ("Kupferrohr 15 mm", Decimal::new(25, 1))];
    invoice(firm, &report(2.into(), &materials), "Plus", Decision::Charge)
}

pub fn cancellation(of: &Invoice) -> Invoice {
    let id: InvoiceId = invoice_id(2026, 43);
    Invoice {
        id,
        number: 43,
        cancels: Some(of.id.clone()),
        work: Work { reason: "Falscher Kunde".to_owned(), ..of.work.clone() },
        bill: of.bill.negated(),
        state: InvoiceState::Settled,
        ..of.clone()
    }
}
