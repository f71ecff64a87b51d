//! The e-invoice: its figures are the invoice's to the cent, and what the rules refuse is told with the setting that mends it.

use domain::{billing::Decision, language::Language};
use en16931::InvoiceAmount;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{DocumentError, InvoiceDocument, sample, xml};

fn document<'a>(invoice: &'a domain::invoice::Invoice, firm: &'a domain::firm::Firm) -> InvoiceDocument<'a> {
    InvoiceDocument { invoice, firm }
}

#[test]
fn an_everyday_invoice() {
    let firm = sample::firm();
    let invoice = sample::everyday(&firm);
    insta::assert_snapshot!(xml(&document(&invoice, &firm), Language::De).unwrap());
}

#[test]
fn a_cancellation_names_what_it_cancels_and_asks_for_no_money() {
    let firm = sample::firm();
    let invoice = sample::cancellation(&sample::everyday(&firm));
    let text = xml(&document(&invoice, &firm), Language::De).unwrap();
    let read = en16931_formats::read(text.as_bytes()).unwrap().invoice;
    assert_eq!(read.type_code.unwrap().as_str(), "384");
    assert_eq!(read.preceding_invoices[0].reference.as_str(), "RE-2026-0042");
    assert_eq!(read.totals.due.to_minor_units(), invoice.bill.gross_cents);
    assert!(read.totals.due.is_negative() && read.due_date.is_none() && read.payment.is_none());
    assert!(read.lines.iter().all(|line| !line.price.net_price.is_negative()));
}

#[test]
fn a_public_buyer_finds_its_reference_and_a_strange_unit_is_one() {
    let mut firm = sample::firm();
    let mut invoice = sample::everyday(&firm);
    firm.buyer_references.insert(invoice.customer.id.clone(), " 04011000-12345-06 ".to_owned());
    invoice.bill.lines[0].unit = "furlong".to_owned();
    firm.iban = String::new();
    let text = xml(&document(&invoice, &firm), Language::En).unwrap();
    let read = en16931_formats::read(text.as_bytes()).unwrap().invoice;
    assert_eq!(read.buyer_reference.as_deref(), Some("04011000-12345-06"));
    assert_eq!(read.lines[0].unit_code.as_str(), "C62");
    assert_eq!(read.payment, None);
}

fn faults(change: impl FnOnce(&mut domain::firm::Firm, &mut domain::invoice::Invoice)) -> String {
    let mut firm = sample::firm();
    let mut invoice = sample::everyday(&firm);
    change(&mut firm, &mut invoice);
    match xml(&document(&invoice, &firm), Language::De) {
        Err(error @ DocumentError::Rejected { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_missing_is_told_with_its_setting() {
    let told = faults(|firm, _| {
        firm.vat_id.clear();
        firm.tax_number.clear();
    });
    assert!(told.starts_with("RE-2026-0042 cannot go out as an e-invoice: "), "{told}");
    assert!(told.contains("BR-S-02") && told.contains("set firm.vat_id or firm.tax_number"), "{told}");
    let told = faults(|_, invoice| {
        invoice.bill.vat_percent = Decimal::ZERO;
        invoice.bill.gross_cents = invoice.bill.net_cents;
        invoice.bill.vat_cents = 0;
    });
    assert!(told.contains("set firm.vat_exemption"), "{told}");
    let told = faults(|firm, _| firm.units.get_mut("m").unwrap().code = "METRE".to_owned());
    assert!(told.contains("firm.units"), "{told}");
    assert!(faults(|firm, _| firm.country = "XX".to_owned()).contains("set firm.country"));
    assert!(faults(|firm, _| firm.name = "\u{1}".to_owned()).contains("set firm.name"));
    assert!(faults(|_, invoice| invoice.bill.currency = "EURO".to_owned()).contains("set firm.currency"));
    assert!(faults(|_, invoice| invoice.customer.name.clear()).contains("give the customer a name"));
}

#[test]
fn totals_that_do_not_add_up_never_leave_the_house() {
    let told = faults(|_, invoice| invoice.bill.gross_cents += 1);
    assert!(told.contains("BR-CO-15"), "{told}");
    let told = faults(|_, invoice| invoice.bill.lines.clear());
    assert!(told.contains("BR-16"), "{told}");
}

#[test]
fn a_firm_without_a_vat_id_is_known_by_its_tax_number() {
    let mut firm = sample::firm();
    firm.vat_id.clear();
    firm.rules.vat_percent = 0.into();
    firm.vat_exemption = "Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.".to_owned();
    let invoice = sample::everyday(&firm);
    let text = xml(&document(&invoice, &firm), Language::De).unwrap();
    let read = en16931_formats::read(text.as_bytes()).unwrap().invoice;
    assert_eq!(read.seller.tax_registration.as_deref(), Some("30/123/45678"));
    assert_eq!(read.vat_breakdown[0].category.as_str(), "E");
    assert_eq!(read.vat_breakdown[0].exemption_reason.as_deref(), Some(firm.vat_exemption.as_str()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the rules bill, in any contract, rate and currency: the file says the same cents, and so does its undoing.
    #[test]
    fn figures_are_the_invoices_to_the_cent(
        hours in 1u32..=160,
        quantities in prop::collection::vec((0usize..27, 1u32..=50_000), 0..12),
        contract in prop::sample::select(vec!["", "Basic", "Plus", "Premium"]),
        vat in prop::sample::select(vec!["19", "7", "20", "8.1", "5.5", "0"]),
        decision in prop::sample::select(vec![Decision::Charge, Decision::Waive]),
        cancelled in any::<bool>(),
    ) {
        let mut firm = sample::firm();
        firm.rules.vat_percent = vat.parse().unwrap();
        firm.vat_exemption = "§ 19 UStG".to_owned();
        let names: Vec<String> = firm.rules.materials.iter().map(|material| material.name.clone()).collect();
        let materials: Vec<(&str, Decimal)> = quantities
            .iter()
            .map(|(at, quantity)| (names[*at].as_str(), Decimal::new((*quantity).into(), 2)))
            .collect();
        let report = sample::report(Decimal::new(hours.into(), 1), &materials);
        let mut invoice = sample::invoice(&firm, &report, contract, decision);
        if cancelled {
            invoice = sample::cancellation(&invoice);
        }
        let text = xml(&document(&invoice, &firm), Language::De).unwrap();
        let read = en16931_formats::read(text.as_bytes()).unwrap().invoice;
        let bill = &invoice.bill;
        prop_assert_eq!(read.totals.taxable_total.to_minor_units(), bill.net_cents);
        prop_assert_eq!(read.totals.vat_total.map(InvoiceAmount::to_minor_units), Some(bill.vat_cents));
        prop_assert_eq!(read.totals.gross_total.to_minor_units(), bill.gross_cents);
        prop_assert_eq!(read.totals.due.to_minor_units(), bill.gross_cents);
        prop_assert_eq!(read.lines.len(), bill.lines.len());
        for (line, billed) in read.lines.iter().zip(&bill.lines) {
            prop_assert_eq!(line.net_amount.to_minor_units(), billed.net_cents);
            prop_assert_eq!(line.quantity.into_decimal(), billed.quantity);
        }
    }
}
