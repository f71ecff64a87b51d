//! The invoice as one page of HTML that passes a strict content security policy: no script, no style but the sheet that the
//! caller serves. Everything that people wrote is escaped by the template engine.

use domain::language::Language;
use minijinja::{Environment, context, value::Serde};

use super::{DocumentError, InvoiceDocument, sheet::Sheet};

/// The style sheet of the page, to be served beside it.
pub const CSS: &str = include_str!("invoice.css");

/// The engine escapes by this ending.
const PAGE: &str = "invoice.html";

/// A whole page. `stylesheet` is the address at which the caller serves [`CSS`].
///
/// # Errors
/// [`DocumentError::Unwritten`]: a fault of this program.
pub fn html(
    document: &InvoiceDocument<'_>,
    language: Language,
    stylesheet: &str,
) -> Result<String, DocumentError> {
    let sheet = Sheet::new(document, language);
    let render = || {
        let mut environment = Environment::new();
        environment.add_template(PAGE, include_str!("invoice.html"))?;
        environment.get_template(PAGE)?.render(context! { sheet => Serde(&sheet), stylesheet })
    };
    render().map_err(|error: minijinja::Error| DocumentError::unwritten(document, error))
}
