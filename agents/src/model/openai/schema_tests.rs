//! One schema with everything schemars writes, in each dialect; and what each dialect cannot say.

use schemars::{JsonSchema, generate::SchemaSettings};

use super::*;
use crate::model::openai::arguments;

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Report {
    /// Who it was for.
    customer: String,
    /// Hours on site.
    #[schemars(range(min = 0.25, max = 24.0))]
    hours: f64,
    #[serde(default)]
    urgent: bool,
    visits: Option<u32>,
    #[schemars(length(min = 1, max = 40), regex(pattern = "^[A-Z]"))]
    code: Option<String>,
    materials: Vec<Material>,
    how: Payment,
    kind: Option<Kind>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Material {
    name: String,
    #[schemars(extend("exclusiveMinimum" = 0))]
    quantity: f64,
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used")]
enum Kind {
    /// Something is broken.
    Repair,
    /// Nothing is broken yet.
    Service,
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case", tag = "by")]
#[expect(dead_code, reason = "only its schema is used")]
enum Payment {
    Cash,
    Card { last_digits: String },
}

fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

fn in_dialect(schema: Value, dialect: Dialect) -> Parameters {
    parameters(&ToolSpec { name: "t".to_owned(), description: String::new(), parameters: schema }, dialect)
}

fn golden(name: &str, parameters: &Parameters) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../tests/golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let text = serde_json::to_string_pretty(&parameters.schema).unwrap();
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn openai_strict() {
    let strict = in_dialect(schema_of::<Report>(), Dialect::Strict);
    assert!(strict.strict);
    golden("schema_openai_strict", &strict);
}

#[test]
fn gemini() {
    golden("schema_gemini", &in_dialect(schema_of::<Report>(), Dialect::Gemini));
}

#[test]
fn plain_keeps_what_the_generator_said() {
    golden("schema_plain", &in_dialect(schema_of::<Report>(), Dialect::Plain));
}

#[test]
fn what_strict_cannot_say_is_sent_without_it() {
    let property = |schema: Value| json!({"type": "object", "required": ["x"], "properties": {"x": schema}});
    let mut deep = json!({"type": "string"});
    for _ in 0..12 {
        deep = property(deep);
    }
    for schema in [
        property(json!(true)),
        property(json!({})),
        property(json!({"type": "object", "additionalProperties": {"type": "string"}})),
        property(json!({"type": "object"})),
        property(json!({"type": "array", "prefixItems": [{"type": "string"}]})),
        property(json!({"type": "array"})),
        property(json!({"not": {"type": "string"}})),
        property(
            json!({"type": "object", "properties": {}, "patternProperties": {"^x": {"type": "string"}}}),
        ),
        deep,
    ] {
        let sent = in_dialect(schema.clone(), Dialect::Strict);
        assert!(!sent.strict, "{schema}");
        assert_eq!(sent.schema, in_dialect(schema, Dialect::Plain).schema);
    }
}

#[test]
fn references_are_followed_and_circles_are_cut() {
    let schema = json!({"$defs": {"node": {"type": "object", "properties": {
            "name": {"type": "string"}, "next": {"$ref": "#/$defs/node", "description": "the next"}}}},
        "type": "object", "properties": {"definitions": {"$ref": "#/$defs/node"}, "gone": {"$ref": "#/$defs/gone"}}});
    assert_eq!(
        in_dialect(schema, Dialect::Plain).schema.unwrap(),
        json!({"type": "object", "properties": {
            "definitions": {"type": "object", "properties": {
                "name": {"type": "string"}, "next": {"type": "object", "description": "the next"}}},
            "gone": {"type": "object"}}})
    );
}

#[test]
fn a_schema_that_unfolds_without_end_stays_small() {
    let mut defs = json!({"d0": {"type": "string"}});
    for level in 1..=30 {
        let below = json!({"$ref": format!("#/$defs/d{}", level - 1)});
        defs[format!("d{level}")] = json!({"type": "object", "properties": {"a": below.clone(), "b": below}});
    }
    let schema = json!({"$defs": defs, "type": "object", "properties": {"x": {"$ref": "#/$defs/d30"}}});
    for dialect in [Dialect::Plain, Dialect::Strict, Dialect::Gemini] {
        let size = in_dialect(schema.clone(), dialect).schema.unwrap().to_string().len();
        assert!(size < 4_000_000, "{size}");
    }
}

#[test]
fn a_union_at_the_root_becomes_one_object() {
    let schema = json!({"oneOf": [
        {"type": "object", "required": ["by", "n"], "properties": {"by": {"const": "a"}, "n": {"type": "integer"}}},
        {"type": "object", "required": ["by"], "properties": {"by": {"const": "b"}}}]});
    let strict = in_dialect(schema, Dialect::Strict).schema.unwrap();
    assert_eq!(strict["type"], "object");
    assert_eq!(strict["required"], json!(["by", "n"]));
    assert_eq!(strict["properties"]["n"], json!({"type": ["integer", "null"]}));
    assert_eq!(strict["properties"]["by"]["enum"], json!(["a", "b"]));
    assert!(strict.get("oneOf").is_none() && strict.get("anyOf").is_none());
}

#[test]
fn gemini_sees_one_type_everywhere_and_text_lists_only() {
    let schema = json!({"type": "object", "required": ["a", "gone"], "properties": {
        "a": {"enum": [1, 2]},
        "b": {"type": ["object", "null"], "properties": {"c": {"const": ""}}},
        "c": {"type": ["string", "integer", "null"], "description": "either"},
        "d": {"type": "array"},
        "e": true,
        "f": {"type": "string", "properties": {"x": {}}, "format": "uuid"}}});
    assert_eq!(
        in_dialect(schema, Dialect::Gemini).schema.unwrap(),
        json!({"type": "object", "required": ["a"], "properties": {
            "a": {"type": "integer", "description": "one of 1, 2"},
            "b": {"type": "object", "nullable": true, "properties": {"c": {"type": "string", "description": "one of \"\""}}},
            "c": {"anyOf": [{"type": "string", "nullable": true, "description": "either"},
                {"type": "integer", "nullable": true, "description": "either"}]},
            "d": {"type": "array", "items": {"type": "string"}},
            "e": {"type": "string"},
            "f": {"type": "string"}}})
    );
}

#[test]
fn null_for_what_may_be_left_out_is_taken_back_out() {
    let schema = plain(&schema_of::<Report>());
    let mut value = json!({"customer": "x", "hours": null, "urgent": null, "visits": null, "materials": []});
    arguments::prune(&mut value, schema.as_value());
    assert_eq!(value, json!({"customer": "x", "hours": null, "materials": []}));
}
