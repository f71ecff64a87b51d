//! JSON Schemas of arguments: 2020-12, inlined, without meta schema or titles. Dialects of providers are the model's.

use schemars::{JsonSchema, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::Value;

/// The schema of `T`: an object with its properties, their descriptions and what is required.
#[must_use]
pub fn of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let generator = settings.with_transform(RecursiveTransform(plain)).into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    if let Some(root) = schema.as_object_mut() {
        // The tool has a description of its own.
        root.remove("description");
        root.entry("properties").or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
    schema
}

/// Titles are Rust names and formats are widths of Rust numbers: they tell a model nothing.
fn plain(schema: &mut schemars::Schema) {
    schema.remove("title");
    schema.remove("format");
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::field::send_data_to_office_agent::Args;

    #[test]
    fn a_schema_is_plain_and_whole() {
        let schema = of::<Args>();
        assert_eq!(schema["type"], "object");
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["required"], json!(["customer_id", "work_done", "hours_worked"]));
        assert_eq!(schema["properties"]["hours_worked"]["type"], "number");
        let material = &schema["properties"]["materials_used"]["items"];
        assert_eq!(material["required"], json!(["name", "quantity"]));
        let text = schema.to_string();
        for absent in ["$ref", "$defs", "$schema", "\"title\"", "\"format\"", "\"default\""] {
            assert!(!text.contains(absent), "{absent} in {text}");
        }
    }
}
