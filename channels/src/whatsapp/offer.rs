//! A template as staff pick it: its words, how many values it wants, its quick replies. Read from the form in which it is
//! submitted to Meta and in which Meta lists it. Pure; approves and sends nothing.

use serde_json::Value;

use super::wire;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub name: String,
    /// As the provider writes it: `de`, `en_US`.
    pub language: String,
    pub category: String,
    pub header: Option<String>,
    /// With `{{1}}`, `{{2}}` where values go.
    pub body: String,
    pub footer: Option<String>,
    /// The titles of its quick replies.
    pub replies: Vec<String>,
}

impl Offer {
    /// `None` for what has no words of its own, or wants what we cannot fill in: named values, values outside its body,
    /// buttons that are no quick replies.
    #[must_use]
    pub fn read(template: &Value) -> Option<Self> {
        let word = |value: &Value, key: &str| wire::text(value.get(key).unwrap_or(&Value::Null)).some();
        if word(template, "parameter_format").is_some_and(|format| !format.eq_ignore_ascii_case("positional"))
        {
            return None;
        }
        let mut offer = Self {
            name: word(template, "name")?,
            language: word(template, "language")?,
            category: word(template, "category").unwrap_or_default().to_lowercase(),
            header: None,
            body: String::new(),
            footer: None,
            replies: Vec::new(),
        };
        for component in wire::list(template, "components") {
            let text = word(component, "text");
            match word(component, "type")?.to_ascii_uppercase().as_str() {
                "BODY" => offer.body = text?,
                "FOOTER" => offer.footer = text,
                "HEADER" => offer.header = Some(text.filter(|text| !text.contains("{{"))?),
                "BUTTONS" => {
                    for button in wire::list(component, "buttons") {
                        let kind = word(button, "type")?;
                        offer.replies.push(word(button, "text").filter(|_| kind == "QUICK_REPLY")?);
                    }
                }
                _ => return None,
            }
        }
        (!offer.body.is_empty() && offer.numbered()).then_some(offer)
    }

    /// How many values its body wants.
    #[must_use]
    pub fn values(&self) -> usize {
        self.places().count()
    }

    /// Its words with `values` in their places.
    #[must_use]
    pub fn filled(&self, values: &[String]) -> String {
        let mut filled = String::new();
        let mut rest = self.body.as_str();
        while let Some((before, after)) = rest.split_once("{{") {
            filled.push_str(before);
            let Some((place, after)) = after.split_once("}}") else {
                filled.push_str("{{");
                rest = after;
                continue;
            };
            let value = place.trim().parse::<usize>().ok().and_then(|n| values.get(n.checked_sub(1)?));
            filled.push_str(value.map_or("", String::as_str));
            rest = after;
        }
        filled.push_str(rest);
        let lines = [self.header.as_deref(), Some(filled.as_str()), self.footer.as_deref()];
        lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    fn places(&self) -> impl Iterator<Item = &str> {
        self.body.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(place, _)| place.trim())
    }

    /// Whether its places are numbered from 1 on, each once.
    fn numbered(&self) -> bool {
        let mut numbers: Vec<usize> = self.places().filter_map(|place| place.parse().ok()).collect();
        numbers.sort_unstable();
        numbers.len() == self.places().count() && numbers.into_iter().eq(1..=self.places().count())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn template(components: Value) -> Value {
        json!({ "name": "n", "language": "de", "category": "UTILITY", "components": components })
    }

    #[test]
    fn a_template_is_read_and_filled_in() {
        let offer = Offer::read(&template(json!([
            { "type": "HEADER", "format": "TEXT", "text": "News" },
            { "type": "BODY", "text": "{{2}} for {{1}}." },
            { "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": "Yes" }] },
        ])))
        .unwrap();
        assert_eq!((offer.values(), offer.replies.as_slice()), (2, &["Yes".to_owned()][..]));
        let values = ["Meier {{2}}".to_owned(), "Water".to_owned()];
        assert_eq!(offer.filled(&values), "News\nWater for Meier {{2}}.", "a value is only text");
    }

    #[test]
    fn what_cannot_be_filled_in_is_not_offered() {
        for components in [
            json!([]),
            json!([{ "type": "BODY", "text": "{{name}}" }]),
            json!([{ "type": "BODY", "text": "{{2}}" }]),
            json!([{ "type": "HEADER", "format": "IMAGE" }, { "type": "BODY", "text": "x" }]),
            json!([{ "type": "BODY", "text": "x" }, { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "x" }] }]),
        ] {
            assert_eq!(Offer::read(&template(components.clone())), None, "{components}");
        }
    }
}
