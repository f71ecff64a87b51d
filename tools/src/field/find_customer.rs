//! `find_customer`: which customer somebody means. The words decide, not the model; between two it never chooses.

use std::sync::Arc;

use async_trait::async_trait;
use domain::customer::{Customer, Directory, Match, Query};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    argument::optional_text,
    customers::Customers,
    tool::{Answer, Context, Tool, ToolError},
};

pub struct FindCustomer(pub(crate) Arc<Customers>);

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The customer's name as it was said, first name or not.
    #[serde(default, deserialize_with = "optional_text")]
    pub customer_name: Option<String>,
    /// The address as it was said, as much of it as is known.
    #[serde(default, deserialize_with = "optional_text")]
    pub customer_address: Option<String>,
}

#[async_trait]
impl Tool for FindCustomer {
    const NAME: &'static str = "find_customer";
    const DESCRIPTION: &'static str = "Finds a customer by name, address or both; spelling may differ. Returns status \
        found with customer_id, full_name and full_address; ambiguous with candidates to ask about, also where a name \
        fits but the address is another's; or not_found.";
    const CONCURRENT: bool = true;
    type Args = Args;

    async fn call(&self, context: &Context, args: Args) -> Result<Answer, ToolError> {
        let (name, address) =
            (args.customer_name.unwrap_or_default(), args.customer_address.unwrap_or_default());
        if name.is_empty() && address.is_empty() {
            return Err(ToolError::tell(
                "customer_name and customer_address are both empty: give what was said",
            ));
        }
        let look = move |all: &Directory| told(&all.find(Query { name: &name, address: &address }));
        Ok(Answer::Value(self.0.ask(&context.store, look).await?))
    }
}

fn told(found: &Match<'_>) -> Value {
    match found {
        Match::Found(customer) => {
            let mut found = shown(customer);
            found["status"] = json!("found");
            found
        }
        Match::Ambiguous(candidates) => json!({
            "status": "ambiguous",
            "candidates": candidates.iter().copied().map(shown).collect::<Vec<_>>(),
        }),
        Match::NotFound => json!({ "status": "not_found" }),
    }
}

fn shown(customer: &Customer) -> Value {
    json!({
        "customer_id": customer.id,
        "full_name": customer.name,
        "full_address": customer.full_address(),
    })
}
