//! The firm's configuration as it is shipped, and its calendar.

use super::*;
use crate::clock::Millis;

#[derive(serde::Deserialize)]
struct Layer {
    firm: Firm,
}

/// The shipped configuration: two layers of one tree.
pub(crate) fn shipped() -> Firm {
    static SHIPPED: std::sync::LazyLock<Firm> = std::sync::LazyLock::new(|| {
        let (firm, billing) =
            (include_str!("../../config/firm.toml"), include_str!("../../config/billing.toml"));
        toml::from_str::<Layer>(&format!("{firm}\n{billing}")).unwrap().firm
    });
    SHIPPED.clone()
}

#[test]
fn the_shipped_configuration_has_no_fault() {
    let firm = shipped();
    firm.check().unwrap();
    assert!(firm.rules.materials.len() >= 25, "{}", firm.rules.materials.len());
    assert_eq!(firm.rules.contract_names(), ["Basic", "Plus", "Premium"]);
    let again: Firm = serde_json::from_value(serde_json::to_value(&firm).unwrap()).unwrap();
    assert_eq!(again, firm);
}

#[test]
fn the_year_is_the_firms() {
    // 2025-12-31T23:30:00Z is 2026 in Berlin already.
    let moment = Millis(1_767_223_800_000);
    let mut firm = shipped();
    assert_eq!(firm.year(moment), 2026);
    assert_eq!(firm.day(moment).to_string(), "2026-01-01");
    firm.time_zone = jiff::tz::TimeZone::UTC;
    assert_eq!(firm.year(moment), 2025);
}

#[test]
fn every_fault_is_named() {
    let mut firm = shipped();
    firm.name = " ".to_owned();
    firm.currency = "Euro".to_owned();
    firm.iban = "DE03 1203 0000 0000 2020 51".to_owned();
    firm.languages.clear();
    firm.country = "Germany".to_owned();
    firm.vat_id = "123456789".to_owned();
    firm.payment_days = 400;
    firm.units.get_mut("h").unwrap().code = " ".to_owned();
    firm.rules.vat_percent = (-1).into();
    firm.rules.standard_hourly_rate = rust_decimal::Decimal::new(12345, 3);
    firm.rules.materials[1].aliases.push("gasket  10 b".to_owned());
    firm.rules.contracts.push(firm.rules.contracts[0].clone());
    let text = firm.check().unwrap_err().to_string();
    let parts = [
        "name is empty",
        "currency",
        "iban",
        "languages",
        "country is \"Germany\"",
        "vat_id is \"123456789\"",
        "payment_days is 400",
        "units.h must",
        "vat_percent is -1",
        "12.345",
        "\"gasket  10 b\" is too close",
        "twice",
    ];
    for part in parts {
        assert!(text.contains(part), "{part} in {text}");
    }
    let unknown = include_str!("../../config/firm.toml").replace("Europe/Berlin", "Europe/Berlim");
    let text = format!("{unknown}\n{}", include_str!("../../config/billing.toml"));
    assert!(toml::from_str::<Layer>(&text).err().unwrap().to_string().contains("Berlim"));
}

#[test]
fn an_invoice_needs_a_tax_id_and_a_reason_for_no_vat() {
    let mut firm = shipped();
    firm.vat_id = String::new();
    firm.check().unwrap();
    firm.tax_number = " ".to_owned();
    firm.rules.vat_percent = 0.into();
    let text = firm.check().unwrap_err().to_string();
    assert!(text.contains("vat_id and tax_number are empty"), "{text}");
    assert!(text.contains("vat_exemption is empty"), "{text}");
    firm.tax_number = "30/123/45678".to_owned();
    firm.vat_exemption = "Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.".to_owned();
    firm.check().unwrap();
}

#[test]
fn check_digits_catch_slips() {
    for good in ["DE02120300000000202051", "DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432"] {
        assert!(is_iban(good), "{good}");
    }
    for bad in ["", "DE", "DE02120300000000202052", "DE0212030000000020205", "ÄÖ02120300000000202051"] {
        assert!(!is_iban(bad), "{bad}");
    }
}
