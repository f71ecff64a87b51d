//! The sections and rows of a list message.
//! It never checks body, header or footer, which every interactive kind shares.

use serde_json::Value;

use super::{Object, length, optional_text, sized};
use crate::graph::refusal::Refusal;

const ROWS: usize = 10;

pub(super) fn check(action: &Object) -> Result<(), Refusal> {
    sized(action, "button", "Button text", 20)?;
    let sections = action.get("sections").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if sections.is_empty() || sections.len() > 10 {
        return Err(Refusal::value(
            "Invalid sections count. Min allowed sections: 1, Max allowed sections: 10",
        ));
    }
    let count: usize =
        sections.iter().filter_map(|section| section.get("rows")?.as_array()).map(Vec::len).sum();
    if count > ROWS {
        return Err(Refusal::value(format!("Total row count exceed max allowed count: {ROWS}")));
    }
    let mut ids = Vec::new();
    for section in sections {
        let section = section.as_object().ok_or_else(|| Refusal::value("Section must be a JSON object"))?;
        match optional_text(section, "title")?.filter(|title| !title.trim().is_empty()) {
            Some(title) if length(&title) > 24 => {
                return Err(Refusal::value("Section title is too long. Max length is 24"));
            }
            None if sections.len() > 1 => {
                return Err(Refusal::value("Section title is required when there is more than one section"));
            }
            _ => {}
        }
        let rows = section.get("rows").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if rows.is_empty() {
            return Err(Refusal::value("Section must have at least one row"));
        }
        for row in rows {
            let id = row_id(row)?;
            if ids.contains(&id) {
                return Err(Refusal::value(format!("Duplicated row id: {id}")));
            }
            ids.push(id);
        }
    }
    Ok(())
}

fn row_id(row: &Value) -> Result<String, Refusal> {
    let row = row.as_object().ok_or_else(|| Refusal::value("Row must be a JSON object"))?;
    let mut id = String::new();
    for (name, label, max, needed) in [
        ("id", "Row id", 200, true),
        ("title", "Row title", 24, true),
        ("description", "Row description", 72, false),
    ] {
        let text = optional_text(row, name)?.unwrap_or_default();
        if needed && text.trim().is_empty() {
            return Err(Refusal::value(format!("{label} is required")));
        }
        if length(&text) > max {
            return Err(Refusal::value(format!("{label} is too long. Max length is {max}")));
        }
        if name == "id" {
            id = text;
        }
    }
    Ok(id)
}
