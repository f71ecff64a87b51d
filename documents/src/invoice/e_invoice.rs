//! The invoice as the semantic model of EN 16931-1, proven against its business rules. Invents nothing that the stored invoice
//! and the firm's configuration do not hold, and takes the stored totals over instead of computing them.

use domain::{customer::Customer, firm::Firm, invoice::Invoice, language::Language};
use en16931::{
    Date, DocumentReference, En16931, Identifier, InvoiceAmount, InvoiceLine, Percentage, Quantity,
    UnitPriceAmount, Validated,
    invoice::{
        Code, Contact, Delivery, DocumentTotals, Invoice as Model, InvoiceNote, Party, PaymentInstructions,
        PaymentMeans, PostalAddress, PrecedingInvoice, PriceDetails, VatBreakdown,
    },
};
use rust_decimal::Decimal;

use super::{
    InvoiceDocument,
    error::{DocumentError, Fault},
    sheet::{self, Sheet},
};
use crate::text::clean;

/// BT-24: the core invoice model, without any country's additions.
const SPECIFICATION: &str = "urn:cen.eu:en16931:2017";
/// UNTDID 1001: a commercial invoice; a corrected invoice, which is how a cancellation with negated lines is sent in Germany.
const INVOICE: &str = "380";
const CORRECTION: &str = "384";
/// UNTDID 5305: the standard rate; exempt.
const STANDARD: &str = "S";
const EXEMPT: &str = "E";
/// UN/ECE recommendation 20: one of whatever it is.
const ONE: &str = "C62";
/// UNTDID 4461: a transfer that is no SEPA transfer.
const CREDIT_TRANSFER: &str = "30";
/// The scheme of electronic addresses that are mail addresses.
const MAIL: &str = "EM";

/// The model, which the rules of EN 16931 hold for.
pub(super) fn prove(
    document: &InvoiceDocument<'_>,
    language: Language,
) -> Result<Validated<En16931>, DocumentError> {
    let model = model(document, language)?;
    Validated::new(model).map_err(|rejected| DocumentError::Rejected {
        invoice: document.invoice.id.clone(),
        faults: rejected.report().fatal().map(|found| Fault::new(&found.rule, &found.message)).collect(),
    })
}

fn model(document: &InvoiceDocument<'_>, language: Language) -> Result<Model, DocumentError> {
    let (invoice, firm) = (document.invoice, document.firm);
    let sheet = Sheet::new(document, language);
    let type_code = if invoice.cancels.is_some() { CORRECTION } else { INVOICE };
    let issued = date(document, firm.day(invoice.created))?;
    let mut model = Model::builder(
        SPECIFICATION,
        clean(invoice.id.as_str()),
        issued,
        type_code,
        clean(&invoice.bill.currency),
    )
    .seller(seller(firm))
    .buyer(buyer(firm, &invoice.customer))
    .build();
    model.lines = lines(document, &sheet);
    model.buyer_reference = sheet::buyer_reference(document);
    model.sales_order_reference = Some(DocumentReference::new(clean(invoice.job.as_str())));
    model.preceding_invoices = invoice.cancels.iter().map(preceding).collect();
    let supplied = date(document, firm.day(invoice.work.reported))?;
    model.delivery = Some(Delivery { date: Some(supplied), ..Delivery::default() });
    model.notes = sheet
        .subject
        .iter()
        .map(|part| format!("{}: {}", part.name, part.value))
        .chain(sheet.notes)
        .map(InvoiceNote::new)
        .collect();
    if let Some(due) = sheet::due(document) {
        model.due_date = Some(date(document, due)?);
        model.payment = payment(firm, &invoice.bill.currency);
    }
    model.vat_breakdown = vec![vat(document)];
    model.totals = totals(invoice);
    Ok(model)
}

fn seller(firm: &Firm) -> Party {
    let address = address(&firm.street, &firm.city, &firm.postal_code, &firm.country);
    let mut party = Party::new(clean(&firm.name), address);
    party.vat_identifier = filled(&firm.vat_id);
    party.tax_registration = filled(&firm.tax_number);
    if party.vat_identifier.is_none() {
        // BR-CO-26: a buyer's program must be able to tell the seller by some id.
        party.identifiers = party.tax_registration.clone().map(Identifier::new).into_iter().collect();
    }
    party.additional_legal_information = filled(&firm.legal_information);
    party.electronic_address = mail(&firm.email);
    let contact = filled(&firm.contact).or_else(|| filled(&firm.name));
    party.contact = Contact { name: contact, phone: filled(&firm.phone), email: filled(&firm.email) };
    party
}

/// Customers have no country of their own: they are where the firm is.
fn buyer(firm: &Firm, customer: &Customer) -> Party {
    let address = address(&customer.street, &customer.city, &customer.postal_code, &firm.country);
    let mut party = Party::new(clean(&customer.name), address);
    party.identifiers = filled(customer.id.as_str()).map(Identifier::new).into_iter().collect();
    party.electronic_address = mail(&customer.email);
    party.contact = Contact { name: None, phone: filled(&customer.phone), email: filled(&customer.email) };
    party
}

fn address(street: &str, city: &str, postal_code: &str, country: &str) -> PostalAddress {
    PostalAddress {
        line1: filled(street),
        city: filled(city),
        post_code: filled(postal_code),
        country: filled(country).map(Code::new),
        ..PostalAddress::default()
    }
}

fn mail(address: &str) -> Option<Identifier> {
    filled(address).map(|address| Identifier::schemed(address, MAIL))
}

fn filled(text: &str) -> Option<String> {
    let text = clean(text);
    (!text.is_empty()).then_some(text)
}

fn preceding(id: &domain::id::InvoiceId) -> PrecedingInvoice {
    PrecedingInvoice { reference: DocumentReference::new(clean(id.as_str())), issue_date: None }
}

fn lines(document: &InvoiceDocument<'_>, sheet: &Sheet) -> Vec<InvoiceLine> {
    let bill = &document.invoice.bill;
    let rate = Percentage::new(bill.vat_percent);
    let shown = bill.lines.iter().zip(&sheet.rows);
    shown
        .map(|(line, row)| {
            let unit = document.firm.units.get(&line.unit);
            let unit = unit.map_or(ONE, |unit| unit.code.as_str());
            let net = InvoiceAmount::from_minor_units(line.net_cents);
            let price = Decimal::new(line.unit_price_cents, 2);
            let mut made = InvoiceLine::new(
                row.position.as_str(),
                row.text.as_str(),
                Quantity::new(line.quantity.normalize()),
                unit,
                net,
                category(bill.vat_percent),
                Some(rate),
            )
            .with_price(PriceDetails { net_price: UnitPriceAmount::new(price), ..PriceDetails::default() });
            made.note = filled(&row.note);
            made
        })
        .collect()
}

fn category(percent: Decimal) -> &'static str {
    if percent.is_zero() { EXEMPT } else { STANDARD }
}

fn vat(document: &InvoiceDocument<'_>) -> VatBreakdown {
    let bill = &document.invoice.bill;
    VatBreakdown {
        taxable_amount: InvoiceAmount::from_minor_units(bill.net_cents),
        tax_amount: InvoiceAmount::from_minor_units(bill.vat_cents),
        category: Code::new(category(bill.vat_percent)),
        rate: Some(Percentage::new(bill.vat_percent)),
        exemption_reason: filled(&sheet::exemption(document)),
        exemption_reason_code: None,
    }
}

fn totals(invoice: &Invoice) -> DocumentTotals {
    let bill = &invoice.bill;
    let net = InvoiceAmount::from_minor_units(bill.net_cents);
    let gross = InvoiceAmount::from_minor_units(bill.gross_cents);
    DocumentTotals {
        line_total: net,
        taxable_total: net,
        vat_total: Some(InvoiceAmount::from_minor_units(bill.vat_cents)),
        gross_total: gross,
        due: gross,
        ..DocumentTotals::default()
    }
}

fn payment(firm: &Firm, currency: &str) -> Option<PaymentInstructions> {
    let iban: String = firm.iban.split_whitespace().collect();
    if iban.is_empty() {
        return None;
    }
    let mut payment = PaymentInstructions::sepa_credit_transfer(iban, filled(&firm.bic).as_deref());
    if currency != "EUR" {
        payment.means_code = Some(Code::new(CREDIT_TRANSFER));
    }
    if let Some(PaymentMeans::CreditTransfer(accounts)) = &mut payment.means {
        for account in accounts {
            account.account_name = filled(&firm.name);
        }
    }
    Some(payment)
}

fn date(document: &InvoiceDocument<'_>, day: jiff::civil::Date) -> Result<Date, DocumentError> {
    let part = |part: i8| u8::try_from(part).unwrap_or_default();
    Date::new(day.year().into(), part(day.month()), part(day.day()))
        .map_err(|error| DocumentError::unwritten(document, error))
}
