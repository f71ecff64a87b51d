//! An invoice as people and programs receive it: [`html`], [`pdf`] and [`xml`] say the same. Each is made of the stored invoice
//! alone and the firm's configuration; the same two make the same bytes.

mod e_invoice;
mod error;
mod html;
mod pdf;
mod sheet;
mod words;

use domain::{firm::Firm, invoice::Invoice, language::Language};

pub use error::{DocumentError, Fault};
pub use html::{html, style_source};

/// An invoice as it is stored, and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct InvoiceDocument<'a> {
    pub invoice: &'a Invoice,
    pub firm: &'a Firm,
}

/// The e-invoice alone: UN/CEFACT CII in the EN 16931 profile, as it lies in the PDF under the name `factur-x.xml`.
///
/// # Errors
/// [`DocumentError::Rejected`] names what the rules of EN 16931 miss.
pub fn xml(document: &InvoiceDocument<'_>, language: Language) -> Result<String, DocumentError> {
    let proof = e_invoice::prove(document, language)?;
    let written = en16931_formats::write(&proof, en16931_formats::Syntax::Cii);
    match written.entries.first() {
        None => Ok(written.xml),
        Some(lost) => Err(DocumentError::unwritten(document, lost)),
    }
}

/// PDF/A-3b with the e-invoice embedded (ZUGFeRD / Factur-X, profile EN 16931).
///
/// # Errors
/// [`DocumentError::Rejected`] names what the rules of EN 16931 miss; nothing is written then.
pub fn pdf(document: &InvoiceDocument<'_>, language: Language) -> Result<Vec<u8>, DocumentError> {
    let proof = e_invoice::prove(document, language)?;
    pdf::write(document, language, &proof)
}

#[cfg(test)]
mod e_invoice_tests;
#[cfg(test)]
mod html_tests;
#[cfg(test)]
mod outside_tests;
#[cfg(test)]
mod pdf_tests;
#[cfg(test)]
#[path = "sample_tests.rs"]
mod sample;
