//! `plumbline openapi`: the API's description, as `/openapi.json` serves it.

use std::io::Write;

use super::Failure;

/// # Errors
/// [`Failure`] where the output is closed.
pub fn run(out: &mut dyn Write) -> Result<(), Failure> {
    let text = gateway::api::document()
        .to_pretty_json()
        .map_err(|error| Failure::Failed(format!("the document could not be written: {error}")))?;
    Ok(writeln!(out, "{text}")?)
}
