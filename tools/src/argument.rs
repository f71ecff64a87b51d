//! How arguments are read from models that are not exact: an id as a number, a number as text. What they mean is the
//! tool's.

use domain::{
    billing::{self, Conflict, Rules},
    job::{JobReport, Material},
};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::tool::ToolError;

/// Letters of one text a tool takes.
const LETTERS: usize = 4_000;
/// Materials of one job.
const MATERIALS: usize = 50;
const NAME_LETTERS: usize = 200;

/// Text, or a whole number that was meant as one: `"789"` and `789` are one customer.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a text")]
    enum Written {
        Text(String),
        Number(i64),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::Text(text) => text.trim().to_owned(),
        Written::Number(number) => number.to_string(),
    })
}

/// The same where it may be missing, `null` or empty.
pub(crate) fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct Given(#[serde(deserialize_with = "text")] String);
    let given = Option::<Given>::deserialize(deserializer)?;
    Ok(given.map(|Given(text)| text).filter(|text| !text.is_empty()))
}

/// Refuses an empty or endless text, naming it.
pub(crate) fn bounded(what: &str, text: &str) -> Result<(), ToolError> {
    if text.trim().is_empty() {
        return Err(ToolError::tell(format!("{what} is empty")));
    }
    if text.chars().count() > LETTERS {
        return Err(ToolError::tell(format!("{what} is longer than {LETTERS} letters: shorten it")));
    }
    Ok(())
}

/// One material as a model gives it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MaterialUsed {
    /// As the technician called it.
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub name: String,
    /// How many, or how much in the material's unit.
    #[serde(serialize_with = "rust_decimal::serde::float::serialize")]
    #[schemars(with = "f64")]
    pub quantity: Decimal,
}

pub(crate) fn materials(used: Vec<MaterialUsed>) -> Vec<Material> {
    used.into_iter().map(|material| Material { name: material.name, quantity: material.quantity }).collect()
}

/// Refuses a report that cannot be true, each slip named with its bounds, before anybody else hears of it.
pub(crate) fn plausible(report: &JobReport, rules: &Rules) -> Result<(), ToolError> {
    bounded("work_done", &report.work_done)?;
    if report.materials_used.len() > MATERIALS {
        return Err(ToolError::tell(format!("materials_used has more than {MATERIALS} entries")));
    }
    for material in &report.materials_used {
        bounded("a material's name", &material.name)?;
        if material.name.chars().count() > NAME_LETTERS {
            return Err(ToolError::tell(format!("a material's name is longer than {NAME_LETTERS} letters")));
        }
    }
    let slips: Vec<String> = billing::implausible(report, rules)
        .iter()
        .filter_map(|slip| match slip {
            Conflict::Implausible { what, value, minimum, maximum } if what == "hours_worked" => {
                Some(format!("hours_worked is {value}: it must be from {minimum} to {maximum}"))
            }
            Conflict::Implausible { what, value, maximum, .. } => {
                Some(format!("the quantity of {what} is {value}: it must be above 0, at most {maximum}"))
            }
            _ => None,
        })
        .collect();
    if slips.is_empty() {
        return Ok(());
    }
    Err(ToolError::tell(format!("{}; ask the technician", slips.join("; "))))
}
