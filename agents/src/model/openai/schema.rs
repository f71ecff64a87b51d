//! A tool's schema in a server's dialect, as a chain of transforms. What a dialect cannot say moves into descriptions;
//! the arguments are checked again by whoever runs the tool. Never changes what a tool accepts.

use domain::tool::ToolSpec;
use schemars::{
    Schema,
    transform::{Transform, transform_subschemas},
};
use serde_json::{Map, Value, json};

use super::{profile::Dialect, schema_gemini as gemini, schema_strict as strict};

/// Pieces of schema that references may unfold to; beyond, and for what refers to itself, any object will do.
const PIECES: usize = 20_000;

/// A tool's parameters as they are sent. `None` for Gemini's tools without arguments, which it wants left out.
#[derive(Debug, PartialEq)]
pub(super) struct Parameters {
    pub schema: Option<Value>,
    pub strict: bool,
}

pub(super) fn parameters(spec: &ToolSpec, dialect: Dialect) -> Parameters {
    let mut schema = plain(&spec.parameters);
    match dialect {
        Dialect::Plain => Parameters { schema: Some(schema.to_value()), strict: false },
        Dialect::Strict => {
            let mut closed = schema.clone();
            strict::transform(&mut closed);
            match strict::fits(closed.as_value()) {
                true => Parameters { schema: Some(closed.to_value()), strict: true },
                false => Parameters { schema: Some(schema.to_value()), strict: false },
            }
        }
        Dialect::Gemini => {
            gemini::transform(&mut schema);
            let empty = schema.get("properties").and_then(Value::as_object).is_none_or(Map::is_empty);
            Parameters { schema: (!empty).then(|| schema.to_value()), strict: false }
        }
    }
}

/// What every server takes: one object, self-contained, without what only validators read.
pub(super) fn plain(parameters: &Value) -> Schema {
    let mut inliner = Inliner { root: parameters, path: Vec::new(), left: PIECES };
    let mut schema = Schema::try_from(inliner.schema(parameters)).unwrap_or_default();
    schema.ensure_object();
    FlattenRoot.transform(&mut schema);
    Tidy.transform(&mut schema);
    schema.insert("type".to_owned(), json!("object"));
    if schema.get("properties").is_none() {
        schema.insert("properties".to_owned(), json!({}));
    }
    schema
}

/// Replaces every local reference by what it names; siblings of the reference win.
struct Inliner<'a> {
    root: &'a Value,
    /// The references being followed.
    path: Vec<&'a str>,
    left: usize,
}

impl<'a> Inliner<'a> {
    fn schema(&mut self, value: &'a Value) -> Value {
        let Value::Object(fields) = value else { return value.clone() };
        self.left = self.left.saturating_sub(1);
        let mut own = Map::new();
        for (key, field) in fields {
            let read = match (key.as_str(), field) {
                ("$ref" | "$defs" | "definitions", _) => continue,
                ("properties" | "patternProperties" | "dependentSchemas", Value::Object(named)) => {
                    named.iter().map(|(name, schema)| (name.clone(), self.schema(schema))).collect()
                }
                ("enum" | "const" | "default" | "examples" | "required", data) => data.clone(),
                (_, Value::Array(items)) => items.iter().map(|item| self.schema(item)).collect(),
                (_, field) => self.schema(field),
            };
            own.insert(key.clone(), read);
        }
        if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
            for (key, field) in self.named(reference) {
                own.entry(key).or_insert(field);
            }
        }
        Value::Object(own)
    }

    fn named(&mut self, reference: &'a str) -> Map<String, Value> {
        let target = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
        let target = target.filter(|_| self.left > 0 && !self.path.contains(&reference));
        let Some(target) = target else { return object(Some(&json!({ "type": "object" }))) };
        self.path.push(reference);
        let named = self.schema(target);
        self.path.pop();
        object(Some(&named))
    }
}

/// A union at the root becomes one object with every branch's properties, required where all branches require them:
/// servers take nothing but an object there.
struct FlattenRoot;

impl Transform for FlattenRoot {
    fn transform(&mut self, schema: &mut Schema) {
        MergeAllOf.transform(schema);
        let unions: Vec<Value> =
            ["oneOf", "anyOf"].into_iter().filter_map(|key| schema.remove(key)).collect();
        for union in unions {
            let branches: Vec<&Map<String, Value>> =
                union.as_array().into_iter().flatten().filter_map(Value::as_object).collect();
            let mut properties = object(schema.get("properties"));
            let mut required = names(schema.get("required"));
            for property in branches.iter().flat_map(|branch| object(branch.get("properties"))) {
                alternative(&mut properties, property);
            }
            if let Some(first) = branches.first() {
                let everywhere =
                    |name: &String| branches.iter().all(|b| names(b.get("required")).contains(name));
                required.extend(names(first.get("required")).into_iter().filter(everywhere));
            }
            required.dedup();
            schema.insert("properties".to_owned(), Value::Object(properties));
            schema.insert("required".to_owned(), json!(required));
        }
    }
}

/// Adds a property that may be there already, in another shape: then either shape will do.
fn alternative(properties: &mut Map<String, Value>, (name, shape): (String, Value)) {
    let Some(known) = properties.get_mut(&name) else {
        properties.insert(name, shape);
        return;
    };
    if *known == shape {
        return;
    }
    match known.get_mut("anyOf").and_then(Value::as_array_mut) {
        Some(shapes) if !shapes.contains(&shape) => shapes.push(shape),
        Some(_) => {}
        None => *known = json!({ "anyOf": [known.take(), shape] }),
    }
}

fn object(value: Option<&Value>) -> Map<String, Value> {
    value.and_then(Value::as_object).cloned().unwrap_or_default()
}

pub(super) fn names(value: Option<&Value>) -> Vec<String> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Folds `allOf` into the schema that holds it.
pub(super) struct MergeAllOf;

impl Transform for MergeAllOf {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(Value::Array(parts)) = schema.remove("allOf") else { return };
        let merged = schema.ensure_object();
        for (key, value) in parts.iter().filter_map(Value::as_object).flatten() {
            match (key.as_str(), merged.entry(key).or_insert_with(|| value.clone()), value) {
                ("properties", Value::Object(have), Value::Object(more)) => have.extend(more.clone()),
                ("required", Value::Array(have), Value::Array(more)) => {
                    have.extend(more.clone());
                    have.dedup();
                }
                _ => {}
            }
        }
    }
}

/// Drops what only validators and generators read, and formats that no specification knows.
struct Tidy;

impl Transform for Tidy {
    fn transform(&mut self, schema: &mut Schema) {
        for key in ["$schema", "$id", "$comment", "$anchor", "title", "examples"] {
            schema.remove(key);
        }
        const FORMATS: [&str; 9] =
            ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];
        if schema.get("format").and_then(Value::as_str).is_some_and(|format| !FORMATS.contains(&format)) {
            schema.remove("format");
        }
        transform_subschemas(self, schema);
    }
}

/// `oneOf` as `anyOf`; a single value as a list of one; branches that are all single texts as one list, described.
pub(super) struct Unions;

impl Transform for Unions {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if let Some(Value::Array(branches)) = schema.remove("oneOf") {
            match schema.get_mut("anyOf") {
                Some(Value::Array(have)) => have.extend(branches),
                _ => {
                    schema.insert("anyOf".to_owned(), Value::Array(branches));
                }
            }
        }
        if let Some(value) = schema.remove("const") {
            schema.insert("enum".to_owned(), json!([value]));
        }
        fold(schema);
    }
}

fn fold(schema: &mut Schema) {
    let Some(branches) = schema.get("anyOf").and_then(Value::as_array) else { return };
    let (mut values, mut lines, mut nullable) = (Vec::new(), Vec::new(), false);
    for branch in branches {
        let texts =
            branch.get("enum").and_then(Value::as_array).filter(|all| all.iter().all(Value::is_string));
        match texts {
            Some(texts) => {
                if let Some(text) = branch.get("description").and_then(Value::as_str) {
                    let single = texts.first().and_then(Value::as_str).filter(|_| texts.len() == 1);
                    lines.push(single.map_or_else(|| text.to_owned(), |value| format!("{value}: {text}")));
                }
                values.extend(texts.iter().cloned());
            }
            None if branch.get("type").and_then(Value::as_str) == Some("null") => nullable = true,
            None => return,
        }
    }
    if values.is_empty() {
        return;
    }
    if nullable {
        values.push(Value::Null);
    }
    schema.remove("anyOf");
    schema.insert("type".to_owned(), if nullable { json!(["string", "null"]) } else { json!("string") });
    schema.insert("enum".to_owned(), Value::Array(values));
    lines.into_iter().for_each(|line| describe(schema, &line));
}

/// Moves keywords that a dialect refuses into the description, and drops those in `dropped`.
pub(super) struct Refused {
    pub described: &'static [&'static str],
    pub dropped: &'static [&'static str],
}

impl Transform for Refused {
    fn transform(&mut self, schema: &mut Schema) {
        self.dropped.iter().for_each(|key| drop(schema.remove(*key)));
        for key in self.described {
            let silent = |value: &Value| value.is_null() || *key != "default" && *value == json!(false);
            if let Some(value) = schema.remove(*key).filter(|value| !silent(value)) {
                describe(schema, &format!("{key}: {value}"));
            }
        }
        transform_subschemas(self, schema);
    }
}

fn describe(schema: &mut Schema, line: &str) {
    let so_far = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let text = if so_far.is_empty() { line.to_owned() } else { format!("{so_far}\n{line}") };
    schema.insert("description".to_owned(), json!(text));
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
