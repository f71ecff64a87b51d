//! Gemini's function declarations: the OpenAPI 3.0 subset at ai.google.dev/api/caching#Schema. Its endpoint refuses the
//! whole request for one unknown keyword, so this keeps only what every generation of it has taken.

use schemars::{
    Schema,
    transform::{Transform, transform_subschemas},
};
use serde_json::{Map, Value, json};

use super::schema::{MergeAllOf, Refused, Unions, names};

pub(super) fn transform(schema: &mut Schema) {
    let mut refused = Refused {
        described: &[
            "default",
            "pattern",
            "minLength",
            "maxLength",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "uniqueItems",
            "minProperties",
            "maxProperties",
        ],
        dropped: &[],
    };
    let chain: [&mut dyn Transform; 5] = [&mut MergeAllOf, &mut Unions, &mut refused, &mut Shape, &mut Known];
    chain.into_iter().for_each(|step| step.transform(schema));
}

/// One type a schema, `nullable` for null, lists of values as text.
struct Shape;

impl Transform for Shape {
    fn transform(&mut self, schema: &mut Schema) {
        // A schema of `true` or `false`: any value, which has to have a type all the same.
        schema.ensure_object();
        single_type(schema);
        without_null_branch(schema);
        texts_only(schema);
        infer_type(schema);
        let kind = schema.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        if kind != "object" {
            ["properties", "required"].into_iter().for_each(|key| drop(schema.remove(key)));
        }
        if kind != "array" {
            schema.remove("items");
        } else if !schema.get("items").is_some_and(Value::is_object) {
            schema.insert("items".to_owned(), json!({ "type": "string" }));
        }
        transform_subschemas(self, schema);
    }
}

fn single_type(schema: &mut Schema) {
    let Some(Value::Array(kinds)) = schema.get("type").cloned() else { return };
    if kinds.contains(&json!("null")) {
        schema.insert("nullable".to_owned(), json!(true));
    }
    let mut others = kinds.into_iter().filter(|kind| kind != "null");
    match (others.next(), others.next()) {
        (Some(only), None) => drop(schema.insert("type".to_owned(), only)),
        (Some(first), Some(second)) => {
            let branches: Vec<Value> =
                [first, second].into_iter().chain(others).map(|kind| json!({ "type": kind })).collect();
            schema.remove("type");
            schema.insert("anyOf".to_owned(), Value::Array(branches));
        }
        (None, _) => drop(schema.insert("type".to_owned(), json!("string"))),
    }
}

/// `anyOf` without its null branch; a single other branch takes the union's place.
fn without_null_branch(schema: &mut Schema) {
    let Some(Value::Array(mut branches)) = schema.remove("anyOf") else { return };
    let all = branches.len();
    branches.retain(|branch| branch.get("type") != Some(&json!("null")));
    if branches.len() < all {
        schema.insert("nullable".to_owned(), json!(true));
    }
    if let [Value::Object(only)] = branches.as_slice() {
        for (key, value) in only {
            if schema.get(key).is_none() {
                schema.insert(key.clone(), value.clone());
            }
        }
        single_type(schema);
        without_null_branch(schema);
    } else if !branches.is_empty() {
        schema.remove("type");
        schema.insert("anyOf".to_owned(), Value::Array(branches));
    }
}

/// Lists of values are for text alone, and none of them may be blank; other lists move into the description.
fn texts_only(schema: &mut Schema) {
    let Some(Value::Array(mut values)) = schema.remove("enum") else { return };
    values.retain(|value| !value.is_null());
    if values.iter().all(|value| value.as_str().is_some_and(|text| !text.is_empty())) && !values.is_empty() {
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("enum".to_owned(), Value::Array(values));
        return;
    }
    if schema.get("type").is_none() {
        let kind = match values.first() {
            Some(Value::Number(number)) if number.is_f64() => "number",
            Some(Value::Number(_)) => "integer",
            Some(Value::Bool(_)) => "boolean",
            _ => "string",
        };
        schema.insert("type".to_owned(), json!(kind));
    }
    let list: Vec<String> = values.iter().map(Value::to_string).collect();
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let text = format!("{text}\none of {}", list.join(", ")).trim().to_owned();
    schema.insert("description".to_owned(), json!(text));
}

fn infer_type(schema: &mut Schema) {
    if schema.get("type").is_some() || schema.get("anyOf").is_some() {
        return;
    }
    let kind = if schema.get("properties").is_some() {
        "object"
    } else if schema.get("items").is_some() {
        "array"
    } else {
        "string"
    };
    schema.insert("type".to_owned(), json!(kind));
}

/// Keeps what the subset knows and nothing else.
struct Known;

impl Transform for Known {
    fn transform(&mut self, schema: &mut Schema) {
        const KNOWN: [&str; 12] = [
            "type",
            "format",
            "description",
            "nullable",
            "enum",
            "items",
            "properties",
            "required",
            "minItems",
            "maxItems",
            "minimum",
            "maximum",
        ];
        if schema.get("format").and_then(Value::as_str).is_some_and(|format| format != "date-time") {
            schema.remove("format");
        }
        if schema.get("anyOf").is_some() {
            alone(schema);
            return transform_subschemas(self, schema);
        }
        let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut required = names(schema.get("required"));
        required.retain(|name| properties.contains_key(name));
        let fields: Map<String, Value> = std::mem::take(schema.ensure_object());
        let kept = fields.into_iter().filter(|(key, _)| KNOWN.contains(&key.as_str()));
        *schema.ensure_object() = kept.collect();
        if required.is_empty() {
            schema.remove("required");
        } else {
            schema.insert("required".to_owned(), json!(required));
        }
        transform_subschemas(self, schema);
    }
}

/// `anyOf` is refused beside any other field: what stood there moves into each branch.
fn alone(schema: &mut Schema) {
    let mut fields: Map<String, Value> = std::mem::take(schema.ensure_object());
    let Some(Value::Array(mut branches)) = fields.remove("anyOf") else { return };
    for branch in branches.iter_mut().filter_map(Value::as_object_mut) {
        for key in ["description", "nullable"] {
            if let Some(value) = fields.get(key) {
                branch.entry(key).or_insert_with(|| value.clone());
            }
        }
    }
    schema.insert("anyOf".to_owned(), Value::Array(branches));
}
