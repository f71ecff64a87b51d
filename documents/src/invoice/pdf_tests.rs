//! The PDF: it carries the e-invoice, over as many pages as the lines need, also where people wrote what no font draws.

use domain::{billing::Decision, language::Language};
use en16931_formats::zugferd::{Limits, Profile, extract};
use rust_decimal::Decimal;

use super::{InvoiceDocument, pdf, sample, xml};

#[test]
fn it_carries_the_e_invoice() {
    let firm = sample::firm();
    let invoice = sample::everyday(&firm);
    let document = InvoiceDocument { invoice: &invoice, firm: &firm };
    let file = pdf(&document, Language::De).unwrap();
    let inside = extract(&file, &Limits::default()).unwrap();
    assert_eq!(inside.filename, "factur-x.xml");
    assert_eq!(inside.profile, Profile::En16931);
    assert_eq!(inside.relationship.as_deref(), Some("Alternative"));
    assert_eq!(inside.divergence, []);
    let claimed = (inside.xmp.pdfa_part.as_deref(), inside.xmp.pdfa_conformance.as_deref());
    assert_eq!(claimed, (Some("3"), Some("B")));
    assert_eq!(String::from_utf8(inside.xml).unwrap(), xml(&document, Language::De).unwrap());
}

#[test]
fn the_same_invoice_is_the_same_file() {
    let firm = sample::firm();
    let invoice = sample::everyday(&firm);
    let document = InvoiceDocument { invoice: &invoice, firm: &firm };
    assert_eq!(pdf(&document, Language::En).unwrap(), pdf(&document, Language::En).unwrap());
}

/// The number of pages: `/Count` of the page tree.
fn pages(file: &[u8]) -> usize {
    let text = String::from_utf8_lossy(file);
    let counts = text.split("/Count ").skip(1);
    let number = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
    counts.filter_map(number).max().unwrap_or(0)
}

#[test]
fn a_hundred_lines_are_several_pages() {
    let firm = sample::firm();
    let materials: Vec<(&str, Decimal)> = (1..=100).map(|at| ("Siphon", Decimal::from(at))).collect();
    let report = sample::report(2.into(), &materials);
    let invoice = sample::invoice(&firm, &report, "Plus", Decision::Charge);
    let file = pdf(&InvoiceDocument { invoice: &invoice, firm: &firm }, Language::De).unwrap();
    assert!((4..=6).contains(&pages(&file)), "{}", pages(&file));
    assert_eq!(
        pages(
            &pdf(&InvoiceDocument { invoice: &sample::everyday(&firm), firm: &firm }, Language::De).unwrap()
        ),
        1
    );
}

#[test]
fn whatever_people_wrote_it_is_a_file() {
    let mut firm = sample::firm();
    let mut invoice = sample::everyday(&firm);
    let strange = format!("中文 😀 عربى \u{1}\u{202e}<b>&\"\\()\n{}", "W".repeat(3_000));
    invoice.customer.name.clone_from(&strange);
    invoice.customer.street.clone_from(&strange);
    invoice.work.done = strange.repeat(3);
    invoice.bill.lines[0].subject.clone_from(&strange);
    invoice.bill.lines[1].subject.clone_from(&strange);
    firm.legal_information.clone_from(&strange);
    firm.units.clear();
    let cancellation = sample::cancellation(&invoice);
    for invoice in [&invoice, &cancellation] {
        let document = InvoiceDocument { invoice, firm: &firm };
        let file = pdf(&document, Language::De).unwrap();
        assert!(extract(&file, &Limits::default()).unwrap().divergence.is_empty());
    }
}
