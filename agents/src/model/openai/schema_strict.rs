//! OpenAI's strict subset: every object closed, every property required, what may be left out nullable.
//! Source: platform.openai.com/docs/guides/structured-outputs#supported-schemas. Never forces a schema into it that
//! cannot be said there; such a tool is sent without `strict`.

use schemars::{
    Schema,
    transform::{Transform, transform_subschemas},
};
use serde_json::{Value, json};

use super::schema::{MergeAllOf, Refused, Unions, names};

const LEVELS: usize = 10;
const PROPERTIES: usize = 5_000;

pub(super) fn transform(schema: &mut Schema) {
    let mut refused = Refused {
        described: &[
            "default",
            "minLength",
            "maxLength",
            "minProperties",
            "maxProperties",
            "uniqueItems",
            "minContains",
            "maxContains",
        ],
        dropped: &["unevaluatedProperties", "unevaluatedItems", "readOnly", "writeOnly", "deprecated"],
    };
    let chain: [&mut dyn Transform; 5] =
        [&mut MergeAllOf, &mut Unions, &mut refused, &mut Lookaround, &mut Close];
    chain.into_iter().for_each(|step| step.transform(schema));
}

/// Takes out patterns with lookaround, which strict's regular expressions have not.
struct Lookaround;

impl Transform for Lookaround {
    fn transform(&mut self, schema: &mut Schema) {
        let looks = |pattern: &str| ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| pattern.contains(look));
        if schema.get("pattern").and_then(Value::as_str).is_some_and(looks) {
            schema.remove("pattern");
        }
        transform_subschemas(self, schema);
    }
}

struct Close;

impl Transform for Close {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let required = names(schema.get("required"));
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
        for (name, property) in properties.iter_mut() {
            if !required.contains(name) {
                nullable(property);
            }
        }
        let all: Vec<&String> = properties.keys().collect();
        let all = json!(all);
        schema.insert("required".to_owned(), all);
        // A map stays open, and `fits` finds it.
        if schema.get("additionalProperties").is_none() {
            schema.insert("additionalProperties".to_owned(), json!(false));
        }
    }
}

fn nullable(property: &mut Value) {
    let Some(fields) = property.as_object_mut() else { return };
    if let Some(Value::Array(branches)) = fields.get_mut("anyOf") {
        let null = json!({ "type": "null" });
        if !branches.contains(&null) {
            branches.push(null);
        }
        return;
    }
    match fields.get_mut("type") {
        Some(Value::Array(kinds)) if !kinds.contains(&json!("null")) => kinds.push(json!("null")),
        Some(kind @ Value::String(_)) if *kind != "null" => *kind = json!([kind.take(), "null"]),
        _ => {}
    }
    if let Some(Value::Array(values)) = fields.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

/// Whether a closed schema says everything in strict's words.
pub(super) fn fits(schema: &Value) -> bool {
    let mut properties = 0;
    level_fits(schema, LEVELS, &mut properties) && properties <= PROPERTIES
}

fn level_fits(schema: &Value, levels: usize, count: &mut usize) -> bool {
    let Some(fields) = schema.as_object() else { return false };
    const SAYABLE: [&str; 17] = [
        "type",
        "description",
        "enum",
        "anyOf",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "pattern",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
    ];
    if levels == 0 || !fields.keys().all(|key| SAYABLE.contains(&key.as_str())) {
        return false;
    }
    let mut inner = |schema: &Value, levels| level_fits(schema, levels, count);
    if let Some(branches) = fields.get("anyOf").and_then(Value::as_array) {
        return branches.iter().all(|branch| inner(branch, levels));
    }
    let kinds = match fields.get("type") {
        Some(Value::String(kind)) => vec![kind.clone()],
        kinds => names(kinds),
    };
    if kinds.iter().any(|kind| kind == "object") {
        let Some(properties) = fields.get("properties").and_then(Value::as_object) else { return false };
        let closed = fields.get("additionalProperties") == Some(&Value::Bool(false));
        let fit = closed && properties.values().all(|property| inner(property, levels - 1));
        *count += properties.len();
        return fit;
    }
    if kinds.iter().any(|kind| kind == "array") {
        return fields.get("items").is_some_and(|items| inner(items, levels - 1));
    }
    !kinds.is_empty()
}
