//! Why a document could not be written, and which setting mends it.

use domain::id::InvoiceId;

use super::InvoiceDocument;

#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The invoice breaks rules of EN 16931. Most often the firm's configuration misses something.
    #[error("{invoice} cannot go out as an e-invoice: {}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Rejected { invoice: InvoiceId, faults: Vec<Fault> },
    /// A fault of this program or of a library it writes with.
    #[error("{invoice} could not be written: {reason}")]
    Unwritten { invoice: InvoiceId, reason: String },
}

impl DocumentError {
    pub(super) fn unwritten(document: &InvoiceDocument<'_>, reason: impl ToString) -> Self {
        Self::Unwritten { invoice: document.invoice.id.clone(), reason: reason.to_string() }
    }
}

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({rule}){}", .mend.map(|mend| format!(": {mend}")).unwrap_or_default())]
pub struct Fault {
    /// `BR-S-02`.
    pub rule: String,
    pub message: String,
    /// What to do about it, where that is known.
    pub mend: Option<&'static str>,
}

/// Which setting a rule asks for, by the beginning of its name; the first that fits.
const MENDS: &[(&[&str], &str)] = &[
    (&["BR-S-02", "BR-E-02", "BR-Z-02", "BR-CO-26", "BR-CO-09"], "set firm.vat_id or firm.tax_number"),
    (&["BR-E-10"], "set firm.vat_exemption"),
    (&["BR-06"], "set firm.name"),
    (&["BR-08", "BR-09", "BR-CL-14"], "set firm.country, two capital letters like DE"),
    (&["BR-05", "BR-CL-03", "BR-CL-04", "BR-CL-05"], "set firm.currency, three capital letters like EUR"),
    (&["BR-CL-23", "BR-23"], "set the code of the unit in firm.units, of UN/ECE recommendation 20 or 21"),
    (&["BR-50", "BR-61"], "set firm.iban"),
    (&["BR-07"], "give the customer a name"),
];

impl Fault {
    pub(super) fn new(rule: &str, message: &str) -> Self {
        let mend = MENDS.iter().find(|(rules, _)| rules.contains(&rule)).map(|(_, mend)| *mend);
        Self { rule: rule.to_owned(), message: message.to_owned(), mend }
    }
}
