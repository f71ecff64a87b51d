//! What a template must look like to be submitted.
//! It never judges taste or policy: a reviewer, that is the control API, rejects those.

use serde_json::{Map, Value};

use crate::check::length;
use crate::graph::refusal::Refusal;

/// Checks a creation request: name, language, category, components and their examples.
pub(crate) fn creation(body: &Map<String, Value>) -> Result<(), Refusal> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let name = text("name");
    if name.is_empty() {
        return Err(Refusal::required("name"));
    }
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !plain || name.len() > 512 {
        return Err(Refusal::invalid(
            "Param name must be lowercase letters, digits and underscores, at most 512.",
        ));
    }
    if text("language").is_empty() {
        return Err(Refusal::required("language"));
    }
    if !["AUTHENTICATION", "MARKETING", "UTILITY"].contains(&text("category").to_ascii_uppercase().as_str()) {
        return Err(Refusal::invalid(format!(
            "Param category must be one of {{UTILITY, MARKETING, AUTHENTICATION}} - got \"{}\".",
            text("category")
        )));
    }
    let components =
        body.get("components").and_then(Value::as_array).ok_or_else(|| Refusal::required("components"))?;
    let named = text("parameter_format").eq_ignore_ascii_case("named");
    let authentication = text("category").eq_ignore_ascii_case("authentication");
    check_components(components, named, authentication)
}

/// Checks the components of a new or edited template.
pub(crate) fn check_components(
    components: &[Value],
    named: bool,
    authentication: bool,
) -> Result<(), Refusal> {
    let mut body = false;
    for component in components {
        let kind = component["type"].as_str().unwrap_or_default().to_ascii_uppercase();
        match kind.as_str() {
            "HEADER" => header(component, named)?,
            "BODY" => {
                body = true;
                if !authentication {
                    text(component, "BODY", 1024)?;
                    examples(component, "body_text", named)?;
                }
            }
            "FOOTER" if !authentication => text(component, "FOOTER", 60)?,
            "BUTTONS" => buttons(component)?,
            "FOOTER" | "CAROUSEL" | "LIMITED_TIME_OFFER" | "CALL_PERMISSION_REQUEST" => {}
            other => return Err(Refusal::invalid(format!("Unknown component type \"{other}\"."))),
        }
    }
    if body { Ok(()) } else { Err(Refusal::invalid("Message template must have a BODY component.")) }
}

fn text(component: &Value, kind: &str, most: usize) -> Result<(), Refusal> {
    let text = component["text"].as_str().unwrap_or_default();
    if text.is_empty() {
        return Err(Refusal::required(&format!("{kind}['text']")));
    }
    if length(text) > most {
        return Err(Refusal::invalid("Invalid parameter").subcode(2_388_040).user(
            "Character limit exceeded",
            &format!("The {kind} component exceeds the {most} character limit."),
        ));
    }
    Ok(())
}

fn header(component: &Value, named: bool) -> Result<(), Refusal> {
    match component["format"].as_str().unwrap_or("TEXT").to_ascii_uppercase().as_str() {
        "TEXT" => {
            text(component, "HEADER", 60)?;
            if placeholders(component["text"].as_str().unwrap_or_default()).len() > 1 {
                return Err(Refusal::invalid("HEADER may have one variable at most."));
            }
            examples(component, "header_text", named)
        }
        "IMAGE" | "VIDEO" | "DOCUMENT" => {
            let handle =
                component["example"]["header_handle"].as_array().is_some_and(|list| !list.is_empty());
            if handle { Ok(()) } else { Err(no_example("HEADER")) }
        }
        "LOCATION" => Ok(()),
        other => Err(Refusal::invalid(format!("Unknown header format \"{other}\"."))),
    }
}

/// Each variable needs an example value.
fn examples(component: &Value, name: &str, named: bool) -> Result<(), Refusal> {
    let wanted = placeholders(component["text"].as_str().unwrap_or_default()).len();
    if wanted == 0 {
        return Ok(());
    }
    let example = &component["example"];
    let given = if named {
        example[format!("{name}_named_params")].as_array().map_or(0, Vec::len)
    } else {
        let list = example[name].as_array().map(Vec::as_slice).unwrap_or_default();
        // The body's examples come as a list of rows, the header's as a plain list.
        list.first().and_then(Value::as_array).map_or(list.len(), Vec::len)
    };
    if given == wanted { Ok(()) } else { Err(no_example(name)) }
}

fn no_example(component: &str) -> Refusal {
    Refusal::invalid("Invalid parameter").subcode(2_388_043).user(
        "Message template is missing expected field(s)",
        &format!("Component {component} is missing expected field(s) (example)"),
    )
}

fn buttons(component: &Value) -> Result<(), Refusal> {
    let buttons = component["buttons"].as_array().map(Vec::as_slice).unwrap_or_default();
    if buttons.is_empty() || buttons.len() > 10 {
        return Err(Refusal::invalid("BUTTONS must have between 1 and 10 buttons."));
    }
    let of = |kind: &str| {
        buttons.iter().filter(|b| b["type"].as_str().is_some_and(|t| t.eq_ignore_ascii_case(kind))).count()
    };
    if of("PHONE_NUMBER") > 1 || of("COPY_CODE") > 1 || of("URL") > 2 {
        return Err(Refusal::invalid("Too many buttons of one type."));
    }
    for button in buttons {
        if button["text"].as_str().is_some_and(|text| length(text) > 25) {
            return Err(Refusal::invalid("Button text must be at most 25 characters long."));
        }
        if button["phone_number"].as_str().is_some_and(|number| length(number) > 20) {
            return Err(Refusal::invalid("Button phone_number must be at most 20 characters long."));
        }
        let url = button["url"].as_str().unwrap_or_default();
        if url.contains("{{") && button.get("example").is_none_or(Value::is_null) {
            return Err(no_example("BUTTONS"));
        }
    }
    Ok(())
}

/// The variables of a text in order of first appearance: `{{1}}`, `{{name}}`.
pub(crate) fn placeholders(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else { break };
        let name = name.trim().to_owned();
        if !name.is_empty() && !found.contains(&name) {
            found.push(name);
        }
        rest = tail;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{creation, placeholders};
    use serde_json::json;

    #[test]
    fn variables_need_examples() {
        assert_eq!(placeholders("Hi {{1}}, {{ 2 }} and {{1}}"), ["1", "2"]);
        let mut body = json!({ "name": "job_done", "language": "de", "category": "UTILITY",
            "components": [{ "type": "BODY", "text": "Job {{1}}" }] });
        assert_eq!(creation(body.as_object().unwrap()).unwrap_err().subcode, Some(2_388_043));
        body["components"][0]["example"] = json!({ "body_text": [["789"]] });
        creation(body.as_object().unwrap()).unwrap();
        body["name"] = json!("Job Done");
        assert!(creation(body.as_object().unwrap()).is_err());
    }
}
