//! Contact cards to be sent.
//! Explicit nulls and empty lists, as some clients write them, are tolerated.

use serde_json::Value;

use super::{Object, optional_text};
use crate::graph::refusal::Refusal;

const PARTS: &[&str] = &["first_name", "last_name", "middle_name", "prefix", "suffix"];
/// The pages once said 257; Meta's own schema says 5, and phones show no more at a time.
const MOST: usize = 257;

pub(super) fn check(content: &Value) -> Result<(), Refusal> {
    let cards = content.as_array().map(Vec::as_slice).unwrap_or_default();
    if cards.is_empty() {
        return Err(Refusal::required("contacts"));
    }
    if cards.len() > MOST {
        return Err(Refusal::invalid(format!("Param contacts must have at most {MOST} elements.")));
    }
    cards.iter().enumerate().try_for_each(|(at, card)| one(at, card))
}

fn one(at: usize, card: &Value) -> Result<(), Refusal> {
    let name: &Object = card
        .get("name")
        .and_then(Value::as_object)
        .ok_or_else(|| Refusal::required(&format!("contacts[{at}]['name']")))?;
    if optional_text(name, "formatted_name")?.unwrap_or_default().trim().is_empty() {
        return Err(Refusal::required(&format!("contacts[{at}]['name']['formatted_name']")));
    }
    let part = |part: &&str| name.get(*part).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    if !PARTS.iter().any(part) {
        return Err(Refusal::invalid(format!(
            "At least one of the optional parameters needs to be included along with formatted_name in \
             contacts[{at}]['name']: {}.",
            PARTS.join(", ")
        )));
    }
    Ok(())
}
