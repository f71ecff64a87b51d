//! The outer shape of a delivery: object, entries, changes; one update or several in one POST.
//! It never looks inside a value beyond joining lists of messages and statuses.

use serde_json::{Value, json};

use crate::world::delivery::Update;
use crate::world::faults::Shape;

pub(crate) fn wrap(waba_id: &str, updates: &[Update], shape: Shape) -> Value {
    let changes: Vec<(Value, i64)> = match shape {
        Shape::Items => joined(updates),
        Shape::Changes | Shape::Entries => {
            updates.iter().map(|update| (change(&update.field, update.value.clone()), update.at_s)).collect()
        }
    };
    let entries: Vec<Value> = if shape == Shape::Entries {
        changes.into_iter().map(|(change, at)| entry(waba_id, vec![change], at)).collect()
    } else {
        let at = changes.last().map_or(0, |(_, at)| *at);
        vec![entry(waba_id, changes.into_iter().map(|(change, _)| change).collect(), at)]
    };
    json!({ "object": "whatsapp_business_account", "entry": entries })
}

fn change(field: &str, value: Value) -> Value {
    json!({ "field": field, "value": value })
}

fn entry(waba_id: &str, changes: Vec<Value>, at_s: i64) -> Value {
    let timed = changes.iter().any(|change| change["field"] != "messages");
    let mut entry = json!({ "id": waba_id, "changes": changes });
    if timed {
        entry["time"] = json!(at_s);
    }
    entry
}

/// Neighbours of the field `messages` share one value: their lists are put together.
fn joined(updates: &[Update]) -> Vec<(Value, i64)> {
    let mut changes: Vec<(Value, i64)> = Vec::new();
    for update in updates {
        if update.field == "messages"
            && let Some((last, at)) = changes.last_mut()
            && last["field"] == "messages"
        {
            for list in ["contacts", "messages", "statuses", "errors"] {
                append(&mut last["value"], list, &update.value[list]);
            }
            *at = update.at_s;
            continue;
        }
        changes.push((change(&update.field, update.value.clone()), update.at_s));
    }
    changes
}

fn append(value: &mut Value, list: &str, more: &Value) {
    let Some(more) = more.as_array().filter(|more| !more.is_empty()) else { return };
    match value.get_mut(list).and_then(Value::as_array_mut) {
        Some(have) => {
            for item in more {
                // The same contact is not listed twice in one value.
                if list != "contacts" || !have.contains(item) {
                    have.push(item.clone());
                }
            }
        }
        None => value[list] = json!(more),
    }
}

#[cfg(test)]
mod tests {
    use super::{Shape, Update, wrap};
    use serde_json::{Value, json};

    fn update(id: &str) -> Update {
        Update {
            field: "messages".into(),
            value: json!({ "metadata": {}, "contacts": [{ "wa_id": "1" }], "messages": [{ "id": id }] }),
            person: None,
            summary: String::new(),
            messages: vec![],
            at_s: 1,
        }
    }

    #[test]
    fn a_batch_has_three_shapes() {
        let two = [update("a"), update("b")];
        let counts = |value: &Value| {
            (
                value["entry"].as_array().unwrap().len(),
                value["entry"][0]["changes"].as_array().unwrap().len(),
                value["entry"][0]["changes"][0]["value"]["messages"].as_array().unwrap().len(),
            )
        };
        assert_eq!(counts(&wrap("w", &two, Shape::Items)), (1, 1, 2));
        assert_eq!(counts(&wrap("w", &two, Shape::Changes)), (1, 2, 1));
        assert_eq!(counts(&wrap("w", &two, Shape::Entries)), (2, 1, 1));
        let joined = wrap("w", &two, Shape::Items);
        assert_eq!(joined["entry"][0]["changes"][0]["value"]["contacts"].as_array().unwrap().len(), 1);
        assert!(joined["entry"][0].get("time").is_none());
    }
}
