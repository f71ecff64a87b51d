//! The invoice as one page of HTML that needs nothing else, also when it is saved or sent on. No script; its one style sheet
//! is inside and named by [`style_source`], so that a strict content security policy lets it through and nothing beside it.
//! Everything that people wrote is escaped by the template engine.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::language::Language;
use minijinja::{Environment, Value, context, value::Serde};
use sha2::{Digest as _, Sha256};

use super::{DocumentError, InvoiceDocument, sheet::Sheet};

/// The engine escapes by this ending.
const PAGE: &str = "invoice.html";
pub(super) const CSS: &str = include_str!("invoice.css");

/// What `style-src` of the policy must name: the page's style by its digest, as `'sha256-...'`.
#[must_use]
pub fn style_source() -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(CSS)))
}

/// A whole page.
///
/// # Errors
/// [`DocumentError::Unwritten`]: a fault of this program.
pub fn html(document: &InvoiceDocument<'_>, language: Language) -> Result<String, DocumentError> {
    let sheet = Sheet::new(document, language);
    let style = Value::from_safe_string(CSS.to_owned());
    let render = || {
        let mut environment = Environment::new();
        environment.add_template(PAGE, include_str!("invoice.html"))?;
        environment.get_template(PAGE)?.render(context! { sheet => Serde(&sheet), style })
    };
    render().map_err(|error: minijinja::Error| DocumentError::unwritten(document, error))
}
