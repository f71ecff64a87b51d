//! The `fields` parameter: which of a node's fields an answer has.
//! Nested selections and modifiers are accepted and their outer name taken.

use serde_json::{Map, Value};

/// Names in a `fields` list; `a,b{c,d},e.limit(3)` names a, b and e.
pub(crate) fn names(fields: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = String::new();
    let (mut depth, mut skip) = (0_u32, false);
    for c in fields.chars() {
        match c {
            '{' | '(' => {
                depth += 1;
                skip = true;
            }
            '}' | ')' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => skip = true,
            ',' if depth == 0 => {
                names.push(std::mem::take(&mut name));
                skip = false;
            }
            _ if depth == 0 && !skip => name.push(c),
            _ => {}
        }
    }
    names.push(name);
    names.into_iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// The chosen fields of a node, its id always; without a choice, the `default` ones.
pub(crate) fn select(node: &Value, fields: Option<&str>, default: &[&str]) -> Value {
    let wanted = fields.map_or_else(|| default.iter().map(|name| (*name).to_owned()).collect(), names);
    let mut answer = Map::new();
    for name in wanted.iter().map(String::as_str).chain(["id"]) {
        if let Some(value) = node.get(name).filter(|value| !value.is_null()) {
            answer.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(answer)
}

#[cfg(test)]
mod tests {
    use super::{names, select};
    use serde_json::json;

    #[test]
    fn outer_names_are_taken() {
        assert_eq!(names("id, health_status{entities},x.limit(3),y"), ["id", "health_status", "x", "y"]);
        let node = json!({ "id": "1", "a": 2, "b": null, "c": 3 });
        assert_eq!(select(&node, Some("a,b"), &[]), json!({ "id": "1", "a": 2 }));
        assert_eq!(select(&node, None, &["c"]), json!({ "id": "1", "c": 3 }));
    }
}
