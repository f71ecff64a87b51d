//! Everything that stands on an invoice, in words and in order, in one language: what the page and the PDF both show. Lays
//! nothing out, computes no figure but the sum of the labour lines.

use domain::{
    billing::{Line, LineKind, cents},
    customer::Customer,
    firm::Firm,
    language::Language,
    written,
};
use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    InvoiceDocument,
    words::{self, COLUMNS, Words},
};
use crate::text::clean;

/// A name with its value: `Rechnungsnummer`, `RE-2026-0001`.
#[derive(Debug, Serialize)]
pub(super) struct Named {
    pub name: String,
    pub value: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub position: String,
    pub text: String,
    /// Below the text, smaller; mostly empty.
    pub note: String,
    pub quantity: String,
    pub unit: String,
    pub price: String,
    pub amount: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Sheet {
    /// `de`, `en`.
    pub language: &'static str,
    /// `Rechnung`, `Stornorechnung`.
    pub heading: &'static str,
    pub number: String,
    pub firm: String,
    /// The firm's address on one line, as it shows in the window of an envelope.
    pub sender: String,
    pub recipient: Vec<String>,
    pub facts: Vec<Named>,
    /// What was done where, and for a cancellation what it undoes.
    pub subject: Vec<Named>,
    pub columns: [&'static str; COLUMNS],
    pub rows: Vec<Row>,
    /// Net, VAT, total.
    pub totals: Vec<Named>,
    pub notes: Vec<String>,
    /// Three blocks for the foot of the page: the firm, how to reach it, its bank and tax ids.
    pub foot: [Vec<String>; 3],
    pub page: &'static str,
    pub of: &'static str,
}

impl Sheet {
    pub fn new(document: &InvoiceDocument<'_>, language: Language) -> Self {
        let words = Words::of(language);
        let (invoice, firm) = (document.invoice, document.firm);
        let bill = &invoice.bill;
        let cancellation = invoice.cancels.is_some();
        let money = |cents| written::money(language, cents, &clean(&bill.currency));
        Self {
            language: language.as_str(),
            heading: if cancellation { words.cancellation } else { words.invoice },
            number: clean(invoice.id.as_str()),
            firm: clean(&firm.name),
            sender: clean(&format!("{}, {}", firm.name, firm.full_address())),
            recipient: recipient(&invoice.customer),
            facts: facts(document, language),
            subject: subject(document, words),
            columns: words.columns,
            rows: rows(document, language),
            totals: vec![
                Named { name: words.net.to_owned(), value: money(bill.net_cents) },
                Named {
                    name: format!("{} {}", words.vat, percent(language, bill.vat_percent)),
                    value: money(bill.vat_cents),
                },
                Named { name: words.gross.to_owned(), value: money(bill.gross_cents) },
            ],
            notes: notes(document, language),
            foot: foot(firm, words),
            page: words.page,
            of: words.of,
        }
    }
}

/// The day by which the invoice is to be paid; none where nothing is owed.
pub(super) fn due(document: &InvoiceDocument<'_>) -> Option<jiff::civil::Date> {
    let (invoice, firm) = (document.invoice, document.firm);
    let days = jiff::Span::new().days(firm.payment_days);
    let owed = invoice.cancels.is_none() && invoice.bill.gross_cents > 0;
    owed.then(|| firm.day(invoice.created).saturating_add(days))
}

/// Why no VAT is charged; empty where it is.
pub(super) fn exemption(document: &InvoiceDocument<'_>) -> String {
    if document.invoice.bill.vat_percent.is_zero() {
        clean(&document.firm.vat_exemption)
    } else {
        String::new()
    }
}

/// What stands below a line's text.
pub(super) fn line_note(language: Language, line: &Line, currency: &str) -> String {
    match line.waived_cents {
        0 => String::new(),
        cents => words::worth(language, &written::money(language, cents, currency)),
    }
}

/// What a public buyer wants quoted.
pub(super) fn buyer_reference(document: &InvoiceDocument<'_>) -> Option<String> {
    let reference = clean(document.firm.buyer_references.get(&document.invoice.customer.id)?);
    (!reference.is_empty()).then_some(reference)
}

pub(super) fn percent(language: Language, percent: Decimal) -> String {
    let number = written::number(language, percent);
    match language {
        Language::De => format!("{number} %"),
        Language::En => format!("{number}%"),
    }
}

fn recipient(customer: &Customer) -> Vec<String> {
    let city = format!("{} {}", customer.postal_code, customer.city);
    filled([&customer.name, &customer.street, &city])
}

fn filled<'a>(lines: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    lines.into_iter().map(|line| clean(line)).filter(|line| !line.is_empty()).collect()
}

fn facts(document: &InvoiceDocument<'_>, language: Language) -> Vec<Named> {
    let words = Words::of(language);
    let (invoice, firm) = (document.invoice, document.firm);
    let day = |date| written::date(language, date);
    let mut facts = vec![
        (words.number, clean(invoice.id.as_str())),
        (words.date, day(firm.day(invoice.created))),
        (words.supply, day(firm.day(invoice.work.reported))),
    ];
    facts.extend(due(document).map(|due| (words.due, day(due))));
    facts.push((words.customer, clean(invoice.customer.id.as_str())));
    facts.extend(buyer_reference(document).map(|reference| (words.reference, reference)));
    facts.push((words.job, clean(invoice.job.as_str())));
    facts.into_iter().map(|(name, value)| Named { name: name.to_owned(), value }).collect()
}

fn subject(document: &InvoiceDocument<'_>, words: &Words) -> Vec<Named> {
    let invoice = document.invoice;
    let cancels = invoice.cancels.as_ref().map(|id| clean(id.as_str())).unwrap_or_default();
    let parts = [
        (words.cancels, cancels),
        (words.reason, clean(&invoice.work.reason)),
        (words.work, clean(&invoice.work.done)),
        (words.location, clean(&invoice.work.location)),
    ];
    let parts = parts.into_iter().filter(|(_, value)| !value.is_empty());
    parts.map(|(name, value)| Named { name: name.to_owned(), value }).collect()
}

fn rows(document: &InvoiceDocument<'_>, language: Language) -> Vec<Row> {
    let bill = &document.invoice.bill;
    let currency = clean(&bill.currency);
    let row = |(at, line): (usize, &Line)| Row {
        position: (at + 1).to_string(),
        text: words::line(language, line, &clean(&line.subject)),
        note: line_note(language, line, &currency),
        quantity: written::number(language, line.quantity),
        unit: match document.firm.units.get(&line.unit) {
            Some(unit) => clean(unit.name(language)),
            None => clean(&line.unit),
        },
        price: written::money(language, line.unit_price_cents, &currency),
        amount: written::money(language, line.net_cents, &currency),
    };
    bill.lines.iter().enumerate().map(row).collect()
}

fn notes(document: &InvoiceDocument<'_>, language: Language) -> Vec<String> {
    let (invoice, firm) = (document.invoice, document.firm);
    let money = |cents| written::money(language, cents, &clean(&invoice.bill.currency));
    let mut notes = vec![exemption(document)];
    if let Some(cancelled) = &invoice.cancels {
        notes.push(words::undone(language, &clean(cancelled.as_str())));
    }
    if let Some(due) = due(document) {
        notes.push(words::payable(language, &money(invoice.bill.gross_cents), &written::date(language, due)));
        if !firm.iban.trim().is_empty() {
            notes.push(words::transfer(language, &clean(invoice.id.as_str())));
        }
    }
    if firm.country == "DE" {
        notes.extend(
            labour_share(document).map(|[net, vat, gross]| {
                words::labour_share(language, &money(net), &money(vat), &money(gross))
            }),
        );
        notes.push(words::retention(language).to_owned());
    }
    notes.retain(|note| !note.is_empty());
    notes
}

/// Net, VAT and gross of the labour and the way there; none where nothing was charged for them.
fn labour_share(document: &InvoiceDocument<'_>) -> Option<[i64; 3]> {
    let bill = &document.invoice.bill;
    let labour = |line: &&Line| matches!(line.kind, LineKind::Labour | LineKind::CallOut);
    let net = bill.lines.iter().filter(labour).try_fold(0i64, |sum, line| sum.checked_add(line.net_cents))?;
    let vat = cents(Decimal::new(net, 2).checked_mul(bill.vat_percent)?.checked_div(Decimal::ONE_HUNDRED)?)?;
    (net > 0).then_some([net, vat, net.checked_add(vat)?])
}

fn foot(firm: &Firm, words: &Words) -> [Vec<String>; 3] {
    let named = |name: &str, value: &str| match value.trim() {
        "" => String::new(),
        value => format!("{name} {value}"),
    };
    [
        filled([
            &firm.name,
            &firm.street,
            &format!("{} {}", firm.postal_code, firm.city),
            &firm.legal_information,
        ]),
        filled([&firm.contact, &firm.phone, &firm.email]),
        filled([
            &named(words.iban, &firm.iban),
            &named(words.bic, &firm.bic),
            &named(words.vat_id, &firm.vat_id),
            &named(words.tax_number, &firm.tax_number),
        ]),
    ]
}
