//! The page: what the law asks for is on it, in both languages, and nothing that people wrote becomes markup.

use domain::{billing::Decision, language::Language};

use super::{InvoiceDocument, html::CSS, html::html, html::style_source, sample};

fn page(invoice: &domain::invoice::Invoice, language: Language) -> String {
    let firm = sample::firm();
    let page = html(&InvoiceDocument { invoice, firm: &firm }, language).unwrap();
    assert_eq!(page.matches(CSS).count(), 1);
    page.replace(CSS, "")
}

#[test]
fn an_everyday_invoice_in_german() {
    let firm = sample::firm();
    insta::assert_snapshot!(page(&sample::everyday(&firm), Language::De));
}

#[test]
fn goodwill_in_english() {
    let firm = sample::firm();
    let report = sample::report(2.into(), &[("Unobtainium flange", 1.into())]);
    insta::assert_snapshot!(page(&sample::invoice(&firm, &report, "Basic", Decision::Waive), Language::En));
}

#[test]
fn a_cancellation_in_german() {
    let firm = sample::firm();
    insta::assert_snapshot!(page(&sample::cancellation(&sample::everyday(&firm)), Language::De));
}

#[test]
fn hostile_words_stay_words() {
    let firm = sample::firm();
    let mut invoice = sample::everyday(&firm);
    let hostile = "\"><script>alert('x')</script><img src=x onerror=y>&amp;\u{202e}\n";
    invoice.customer.name = hostile.to_owned();
    invoice.customer.street = hostile.to_owned();
    invoice.work.done = hostile.to_owned();
    invoice.work.location = hostile.to_owned();
    invoice.bill.lines[0].subject = hostile.to_owned();
    invoice.bill.lines[1].unit = hostile.to_owned();
    let text = page(&invoice, Language::De);
    assert!(text.contains("&lt;script&gt;") && text.contains("&amp;amp;"), "{text}");
    for markup in ["<script", "<img", "\u{202e}", "style="] {
        assert!(!text.contains(markup), "{markup} in {text}");
    }
}

#[test]
fn a_firm_that_charges_no_vat_says_why() {
    let mut firm = sample::firm();
    firm.rules.vat_percent = 0.into();
    firm.vat_exemption = "Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.".to_owned();
    firm.country = "AT".to_owned();
    let invoice = sample::everyday(&firm);
    let document = InvoiceDocument { invoice: &invoice, firm: &firm };
    let text = html(&document, Language::De).unwrap();
    assert!(text.contains("Gemäß § 19 UStG wird keine Umsatzsteuer berechnet."), "{text}");
    // German law is for German firms.
    assert!(!text.contains("§ 14b") && !text.contains("§ 35a"), "{text}");
}

#[test]
fn the_style_is_named_by_what_a_browser_computes_of_it() {
    let firm = sample::firm();
    let invoice = sample::everyday(&firm);
    let page = html(&InvoiceDocument { invoice: &invoice, firm: &firm }, Language::De).unwrap();
    let inside = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    assert_eq!(inside, CSS);
    assert!(!CSS.contains("url(") && !CSS.contains("@import") && !CSS.contains('<'));
    let source = style_source();
    assert!(source.starts_with("'sha256-") && source.ends_with("='") && source.len() == 53, "{source}");
}
