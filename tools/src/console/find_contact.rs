//! `find_contact`: people and customers by a part of their name or number. Reads only.

use async_trait::async_trait;
use domain::{contact::IdentityKind, staff::Permission};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{contact, office::customer, search::Words};

use super::operator;
use crate::{
    argument::{bounded, text},
    tool::{Answer, Context, Tool, ToolError},
};

/// People, and customers, in one answer.
const SHOWN: i64 = 8;

pub struct FindContact;

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// A part of a name or a phone number.
    #[serde(deserialize_with = "text")]
    #[schemars(with = "String")]
    pub query: String,
}

#[async_trait]
impl Tool for FindContact {
    const NAME: &'static str = "find_contact";
    const DESCRIPTION: &'static str = "Finds people who write to the house, and customers, by a part of their name or \
        number. Returns status found with people (name, roles, phone) and customers (customer_id, name, address, phone, \
        email), or not_found.";
    const CONCURRENT: bool = true;
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        operator(context, Permission::ThreadView)?;
        bounded("query", &args.query)?;
        let Some(words) = Words::read(&args.query) else {
            return Err(ToolError::tell("query holds nothing that can be looked for"));
        };
        let mut tx = context.store.reader();
        let mut people: Vec<Value> = Vec::new();
        for (person, _) in contact::page(&mut tx, Some(&words), None, None, SHOWN).await? {
            let identities = contact::identities_of(&mut tx, &person.id).await?;
            let phone = identities.iter().find(|identity| identity.kind == IdentityKind::Phone);
            people.push(json!({
                "contact_id": person.id,
                "name": person.name,
                "roles": person.roles,
                "phone": phone.map(|phone| format!("+{}", phone.value)),
            }));
        }
        let found = customer::page(&mut tx, Some(&words), None, SHOWN).await?;
        let customers: Vec<Value> = found
            .iter()
            .map(|(customer, _)| {
                json!({
                    "customer_id": customer.id,
                    "name": customer.name,
                    "address": customer.full_address(),
                    "phone": customer.phone,
                    "email": customer.email,
                })
            })
            .collect();
        let status = if people.is_empty() && customers.is_empty() { "not_found" } else { "found" };
        Ok(Answer::Value(json!({ "status": status, "people": people, "customers": customers })))
    }
}
