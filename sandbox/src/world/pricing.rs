//! What a message costs: the `pricing` object of statuses, by the rules in force at a time.
//! It names types and categories, never amounts: rates differ by market and change.

use serde_json::{Value, json};

use super::person::Person;
use crate::switches::ServicePricing;

/// 2026-10-01 00:00 UTC: from then on Meta charges messages without a template, and utility in the window.
const SERVICE_CHARGED_FROM_MS: i64 = 1_790_812_800_000;

/// The pricing of one message. `category` is the template's, in lower case; none for free text.
pub(crate) fn of(category: Option<&str>, person: &Person, now: i64, service: ServicePricing) -> Value {
    let window = person.window_open(now);
    let charged = match service {
        ServicePricing::ByDate => now >= SERVICE_CHARGED_FROM_MS,
        ServicePricing::Free => false,
        ServicePricing::Regular => true,
    };
    let category = category.unwrap_or("service");
    let kind = if person.free_entry(now) {
        "free_entry_point"
    } else if !charged && (category == "service" || (category == "utility" && window)) {
        "free_customer_service"
    } else {
        "regular"
    };
    json!({ "billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category })
}

#[cfg(test)]
mod tests {
    use super::{Person, SERVICE_CHARGED_FROM_MS, ServicePricing, of};

    fn kind(category: Option<&str>, person: &Person, now: i64) -> String {
        of(category, person, now, ServicePricing::ByDate)["type"].as_str().unwrap().to_owned()
    }

    #[test]
    fn service_is_free_before_october_2026_and_charged_after() {
        let now = SERVICE_CHARGED_FROM_MS;
        let person = Person { last_inbound_ms: Some(now - 1_000), ..Person::default() };
        assert_eq!(kind(None, &person, now - 1), "free_customer_service");
        assert_eq!(kind(Some("utility"), &person, now - 1), "free_customer_service");
        assert_eq!(kind(Some("marketing"), &person, now - 1), "regular");
        assert_eq!(kind(None, &person, now), "regular");
        assert_eq!(kind(Some("utility"), &person, now), "regular");
        let from_ad = Person { free_entry_until_ms: Some(now + 1_000), ..person };
        assert_eq!(kind(None, &from_ad, now), "free_entry_point");
    }
}
