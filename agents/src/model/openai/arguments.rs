//! The arguments of a tool call, however a server writes them. Never guesses: what is no JSON object stays malformed,
//! with the reason, and goes back to the model.

use domain::tool::Arguments;
use serde_json::{Map, Value};

/// Characters of malformed text that are kept: enough to see what went wrong.
const KEPT: usize = 2_000;

/// Reads text, an object, or nothing at all (a call without arguments).
pub(super) fn read(raw: &Value) -> Arguments {
    match raw {
        Value::Null => Arguments::Json(Value::Object(Map::new())),
        Value::Object(_) => Arguments::Json(raw.clone()),
        Value::String(text) => read_text(text),
        other => malformed(&other.to_string(), &not_an_object(other)),
    }
}

fn read_text(text: &str) -> Arguments {
    if text.trim().is_empty() {
        return Arguments::Json(Value::Object(Map::new()));
    }
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Null) => Arguments::Json(Value::Object(Map::new())),
        Ok(object @ Value::Object(_)) => Arguments::Json(object),
        // Some models encode twice.
        Ok(Value::String(inner)) => match serde_json::from_str::<Value>(&inner) {
            Ok(object @ Value::Object(_)) => Arguments::Json(object),
            _ => malformed(text, "arguments must be a JSON object, not a string"),
        },
        Ok(other) => malformed(text, &not_an_object(&other)),
        Err(error) => malformed(text, &error.to_string()),
    }
}

fn not_an_object(value: &Value) -> String {
    let kind = match value {
        Value::Array(_) => "an array",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        _ => "another value",
    };
    format!("arguments must be a JSON object, not {kind}")
}

fn malformed(text: &str, error: &str) -> Arguments {
    Arguments::Malformed { text: text.chars().take(KEPT).collect(), error: error.to_owned() }
}

/// The text form that a server is given back. What is malformed becomes `{}`: servers parse the history too, and one
/// bad call would have every later request refused. The model reads what was wrong in the call's result.
pub(super) fn written(arguments: &Arguments) -> String {
    match arguments {
        Arguments::Json(object @ Value::Object(_)) => object.to_string(),
        Arguments::Json(_) | Arguments::Malformed { .. } => "{}".to_owned(),
    }
}

/// Takes out `null` where `schema` lets a property be left out: a strict schema has the model write every property.
pub(super) fn prune(value: &mut Value, schema: &Value) {
    match value {
        Value::Object(fields) => {
            let Some(properties) = schema_of_object(schema) else { return };
            let required: Vec<&str> = properties.1;
            let known = properties.0;
            fields.retain(|name, field| {
                !(field.is_null() && known.contains_key(name) && !required.contains(&name.as_str()))
            });
            for (name, field) in fields.iter_mut() {
                if let Some(schema) = known.get(name) {
                    prune(field, schema);
                }
            }
        }
        Value::Array(items) => {
            let Some(schema) = branch(schema, "items").and_then(|schema| schema.get("items")) else { return };
            items.iter_mut().for_each(|item| prune(item, schema));
        }
        _ => {}
    }
}

fn schema_of_object(schema: &Value) -> Option<(&Map<String, Value>, Vec<&str>)> {
    let schema = branch(schema, "properties")?;
    let required = schema.get("required").and_then(Value::as_array);
    let required = required.map(|names| names.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
    Some((schema.get("properties")?.as_object()?, required))
}

/// `schema`, or the only branch of its union that has `keyword`; with several nobody can tell which one is meant.
fn branch<'a>(schema: &'a Value, keyword: &str) -> Option<&'a Value> {
    if schema.get(keyword).is_some() {
        return Some(schema);
    }
    let branches = schema.get("anyOf").or_else(|| schema.get("oneOf"))?.as_array()?;
    let mut with = branches.iter().filter(|branch| branch.get(keyword).is_some());
    with.next().filter(|_| with.next().is_none())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_in_any_dress_is_read() {
        for raw in [json!({"a": 1}), json!("{\"a\":1}"), json!(" {\"a\": 1}\n"), json!("\"{\\\"a\\\":1}\"")] {
            assert_eq!(read(&raw), Arguments::Json(json!({"a": 1})), "{raw}");
        }
        for raw in [json!(null), json!(""), json!(" "), json!("null"), json!("{}"), json!({})] {
            assert_eq!(read(&raw), Arguments::Json(json!({})), "{raw}");
        }
    }

    #[test]
    fn anything_else_is_malformed_with_a_reason() {
        let cases = [
            (json!("{\"a\":1"), "EOF while parsing an object at line 1 column 6"),
            (json!("{\"a\":1}{\"a\":2}"), "trailing characters at line 1 column 8"),
            (json!("[1]"), "arguments must be a JSON object, not an array"),
            (json!("\"x\""), "arguments must be a JSON object, not a string"),
            (json!(3), "arguments must be a JSON object, not a number"),
            (json!("find it"), "expected ident at line 1 column 3"),
        ];
        for (raw, reason) in cases {
            let Arguments::Malformed { error, .. } = read(&raw) else { panic!("{raw}") };
            assert!(
                error.starts_with(reason.split(" at ").next().unwrap()) || error == reason,
                "{raw}: {error}"
            );
            assert_eq!(written(&read(&raw)), "{}");
        }
        let Arguments::Malformed { text, .. } = read(&json!("ä".repeat(9_000))) else { panic!() };
        assert_eq!(text.chars().count(), KEPT);
    }

    #[test]
    fn null_goes_only_where_it_may() {
        let schema = json!({"type": "object", "required": ["a"], "properties": {
            "a": {"type": ["string", "null"]}, "b": {"type": "string"},
            "items": {"type": "array", "items": {"anyOf": [{"type": "null"},
                {"type": "object", "required": ["n"], "properties": {"n": {}, "q": {"type": "number"}}}]}}
        }});
        let mut value = json!({"a": null, "b": null, "odd": null, "items": [{"n": null, "q": null}, null, {"n": 1, "q": 2}]});
        prune(&mut value, &schema);
        assert_eq!(value, json!({"a": null, "odd": null, "items": [{"n": null}, null, {"n": 1, "q": 2}]}));
    }
}
