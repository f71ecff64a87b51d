//! Meta's shapes of what comes in, as far as they are read. Every field may be absent, of another type, or a number
//! where a string was: none of that fails its neighbours. These types go no further than the parser.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// A string, or a number or truth as one: Meta writes ids, codes and times now so, now so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text(pub Option<String>);

/// A finite number, or a string that is one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Decimal(pub Option<f64>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Truth(pub bool);

/// An object of this shape, or nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Maybe<T>(pub Option<T>);

/// The objects of a list, or none.
#[derive(Clone, Debug)]
pub(super) struct Many<T>(pub Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl Text {
    /// The text, unless it is empty or blank.
    pub(super) fn some(self) -> Option<String> {
        self.0.filter(|text| !text.trim().is_empty())
    }

    pub(super) fn str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(from)? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }))
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = match Value::deserialize(from)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        Ok(Self(number.filter(|number: &f64| number.is_finite())))
    }
}

impl<'de> Deserialize<'de> for Truth {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(from)?;
        Ok(Self(matches!(text.str(), "true" | "1")))
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        Ok(Self(if value.is_object() { T::deserialize(value).ok() } else { None }))
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Value::Array(all) = Value::deserialize(from)? else { return Ok(Self::default()) };
        Ok(Self(
            all.into_iter().filter(Value::is_object).filter_map(|one| T::deserialize(one).ok()).collect(),
        ))
    }
}

/// `value` as text, by the same rule as a field.
pub(super) fn text(value: &Value) -> Text {
    Text::deserialize(value).unwrap_or_default()
}

/// `value` as `T`; an empty `T` where it is no object.
pub(super) fn read<T: DeserializeOwned + Default>(value: &Value) -> T {
    if value.is_object() { T::deserialize(value).unwrap_or_default() } else { T::default() }
}

/// The entries of the list at `key`; none where there is no list.
pub(super) fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Declares shapes whose fields may all be absent.
macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $kind:ty),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(default)]
        pub(super) struct $name { $($(#[$of])* pub $field: $kind,)* }
    )+};
}

shapes! {
    /// One item of `messages[]` or `message_echoes[]`, without the object named after its `type`.
    Message {
        from: Text,
        from_user_id: Text,
        from_parent_user_id: Text,
        /// Echoes only.
        to: Text,
        to_user_id: Text,
        to_parent_user_id: Text,
        group_id: Text,
        id: Text,
        timestamp: Text,
        #[serde(rename = "type")]
        kind: Text,
        context: Maybe<Context>,
    }
    Context { id: Text, referred_product: Maybe<Product> }
    Product { catalog_id: Text, product_retailer_id: Text }
    Profile { name: Text, username: Text }
    /// One item of `contacts[]` beside the messages.
    Person { profile: Maybe<Profile>, wa_id: Text, user_id: Text, parent_user_id: Text }

    TextBody { body: Text }
    File { id: Text, mime_type: Text, sha256: Text, caption: Text, filename: Text, voice: Truth }
    Place { latitude: Decimal, longitude: Decimal, name: Text, address: Text, url: Text }
    Card {
        name: Maybe<CardName>,
        org: Maybe<Organisation>,
        phones: Many<Phone>,
        emails: Many<Email>,
        origin: Text,
    }
    CardName { formatted_name: Text, first_name: Text, last_name: Text }
    Organisation { company: Text }
    Phone { phone: Text, wa_id: Text }
    Email { email: Text }
    Reaction { message_id: Text, emoji: Text }
    Interactive {
        #[serde(rename = "type")]
        kind: Text,
        button_reply: Maybe<Reply>,
        list_reply: Maybe<Reply>,
        nfm_reply: Maybe<FormReply>,
    }
    Reply { id: Text, title: Text }
    FormReply { name: Text, response_json: Text }
    Button { payload: Text, text: Text }
    Order { catalog_id: Text, text: Text, product_items: Many<Item> }
    Item { product_retailer_id: Text, quantity: Text, item_price: Text, currency: Text }
    Edit { original_message_id: Text }
    Revoke { original_message_id: Text }
    Unsupported {
        #[serde(rename = "type")]
        kind: Text,
    }
    Referral { source_url: Text, headline: Text, body: Text, source_type: Text }
    System {
        body: Text,
        wa_id: Text,
        new_wa_id: Text,
        user_id: Text,
        previous_user_id: Text,
        parent_user_id: Text,
        #[serde(rename = "type")]
        kind: Text,
    }

    /// One item of `statuses[]`.
    Status {
        id: Text,
        status: Text,
        timestamp: Text,
        recipient_id: Text,
        recipient_user_id: Text,
        recipient_participant_id: Text,
        biz_opaque_callback_data: Text,
        pricing: Maybe<Pricing>,
        errors: Many<Error>,
        #[serde(rename = "type")]
        kind: Text,
    }
    Pricing {
        category: Text,
        #[serde(rename = "type")]
        kind: Text,
    }
    /// An error, in a webhook or in the body of a refused call.
    Error { code: Text, title: Text, message: Text, error_data: Maybe<ErrorData>, error_subcode: Text }
    ErrorData { details: Text }

    UserIdUpdate { wa_id: Text, user_id: Maybe<Change>, parent_user_id: Maybe<Change>, timestamp: Text }
    Change { previous: Text, current: Text }
    Preference { detail: Text, category: Text, value: Text, timestamp: Text }
    Call { id: Text, from: Text, from_user_id: Text, event: Text, direction: Text, timestamp: Text }
}

impl Error {
    pub(super) fn number(&self) -> Option<i64> {
        self.code.str().parse().ok()
    }

    /// The most telling words of it.
    pub(super) fn words(&self) -> &str {
        let details = self.error_data.0.as_ref().map_or("", |data| data.details.str());
        [details, self.message.str(), self.title.str()]
            .into_iter()
            .find(|words| !words.is_empty())
            .unwrap_or_default()
    }
}
