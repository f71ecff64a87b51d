//! What jobs cost: the story's figures, each conflict and decision, and what holds for any report.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::{
    customer::Customer,
    firm::shipped_for_tests as shipped,
    job::{JobReport, Material},
};

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn customer(contract: &str) -> Customer {
    Customer {
        id: "789".into(),
        name: "Klaus Meier".to_owned(),
        street: "Schillerstrasse 12".to_owned(),
        postal_code: "10117".to_owned(),
        city: "Berlin".to_owned(),
        phone: String::new(),
        email: String::new(),
        contract: contract.to_owned(),
    }
}

fn report(hours: Decimal, materials: Vec<(String, Decimal)>) -> JobReport {
    JobReport {
        job_id: "JOB-789-001".into(),
        technician: "Frank".to_owned(),
        customer_id: "789".into(),
        location: String::new(),
        work_done: "Repaired the sink pipe".to_owned(),
        hours_worked: hours,
        materials_used: materials.into_iter().map(|(name, quantity)| Material { name, quantity }).collect(),
        status: String::new(),
    }
}

fn bill(
    hours: &str,
    materials: &[(&str, &str)],
    contract: &str,
    decisions: &Decisions,
) -> Result<Bill, Vec<Conflict>> {
    let materials =
        materials.iter().map(|(name, quantity)| ((*name).to_owned(), decimal(quantity))).collect();
    price(&report(decimal(hours), materials), &customer(contract), &shipped().rules, "EUR", decisions)
}

fn decided(kind: ConflictKind, decision: Decision) -> Decisions {
    Decisions::from([(kind, decision)])
}

#[test]
fn the_storys_figures_come_out_exactly() {
    let materials = [("Gasket 10-B", "1")];
    let conflicts = bill("1.5", &materials, "Plus", &Decisions::new()).unwrap_err();
    assert_eq!(
        conflicts,
        [Conflict::HoursOverContract {
            contract: "Plus".to_owned(),
            hours: decimal("1.5"),
            included_hours: decimal("1"),
            over_hours: decimal("0.5"),
            rate_cents: 9500,
            amount_cents: 4750,
        }]
    );
    let waived =
        bill("1.5", &materials, "Plus", &decided(ConflictKind::HoursOverContract, Decision::Waive)).unwrap();
    assert_eq!((waived.net_cents, waived.vat_cents, waived.gross_cents), (390, 74, 464));
    assert_eq!((waived.goodwill, waived.waived_cents, waived.currency.as_str()), (true, 4750, "EUR"));
    let kinds: Vec<LineKind> = waived.lines.iter().map(|line| line.kind).collect();
    assert_eq!(kinds, [LineKind::LabourIncluded, LineKind::LabourWaived, LineKind::Material]);
    let charged =
        bill("1.5", &materials, "Plus", &decided(ConflictKind::HoursOverContract, Decision::Charge)).unwrap();
    assert_eq!((charged.net_cents, charged.vat_cents, charged.gross_cents), (5140, 977, 6117));
    assert!(!charged.goodwill);
}

#[test]
fn a_visit_within_the_contract_needs_nobody() {
    let visit = bill("1", &[], "plus", &Decisions::new()).unwrap();
    assert_eq!((visit.gross_cents, visit.goodwill, visit.lines.len()), (0, false, 1));
    let basic = bill("0.5", &[], "Basic", &Decisions::new()).unwrap();
    assert_eq!(basic.net_cents, 4900, "Basic pays the way there");
}

#[test]
fn without_a_contract_labour_and_way_are_figures_of_a_conflict() {
    for contract in ["", "Gold"] {
        let conflicts = bill("1.5", &[], contract, &Decisions::new()).unwrap_err();
        let [
            Conflict::NoContract {
                contract: named,
                rate_cents,
                labour_cents,
                call_out_cents,
                amount_cents,
                ..
            },
        ] = conflicts.as_slice()
        else {
            panic!("{conflicts:?}");
        };
        assert_eq!((named.as_str(), *rate_cents, *labour_cents), (contract, 9800, 14_700));
        assert_eq!((*call_out_cents, *amount_cents, conflicts[0].waivable_cents()), (4900, 19_600, 4900));
    }
    let charged = bill("1.5", &[], "", &decided(ConflictKind::NoContract, Decision::Charge)).unwrap();
    let waived = bill("1.5", &[], "", &decided(ConflictKind::NoContract, Decision::Waive)).unwrap();
    assert_eq!((charged.net_cents, waived.net_cents, waived.waived_cents), (19_600, 14_700, 4900));
}

#[test]
fn an_unknown_material_has_no_price_and_is_left_out_only_by_decision() {
    let materials = [("Gasket 10-C", "2"), ("Dichtung 10 b", "1")];
    let conflicts = bill("1", &materials, "Plus", &Decisions::new()).unwrap_err();
    let [Conflict::UnknownMaterial { name, quantity, nearest }] = conflicts.as_slice() else {
        panic!("{conflicts:?}")
    };
    assert_eq!((name.as_str(), *quantity), ("Gasket 10-C", decimal("2")));
    assert!(nearest.contains(&"Gasket 10-B".to_owned()), "{nearest:?}");
    let left_out =
        bill("1", &materials, "Plus", &decided(ConflictKind::UnknownMaterial, Decision::Waive)).unwrap();
    assert_eq!((left_out.net_cents, left_out.goodwill), (390, true));
    assert!(left_out.lines.iter().any(|line| line.kind == LineKind::MaterialLeftOut && line.net_cents == 0));
    let still =
        bill("1", &materials, "Plus", &decided(ConflictKind::UnknownMaterial, Decision::Charge)).unwrap_err();
    assert_eq!(still, conflicts);
    assert!(!still[0].is_open_to(&decided(ConflictKind::UnknownMaterial, Decision::Charge)));
}

#[test]
fn what_cannot_be_is_never_billed() {
    let all = Decisions::from([
        (ConflictKind::HoursOverContract, Decision::Waive),
        (ConflictKind::NoContract, Decision::Waive),
        (ConflictKind::UnknownMaterial, Decision::Waive),
        (ConflictKind::Implausible, Decision::Waive),
    ]);
    for hours in ["0", "-1", "16.01", "9999999", "0.0000001"] {
        let conflicts = bill(hours, &[], "Plus", &all).unwrap_err();
        assert!(
            matches!(&conflicts[..], [Conflict::Implausible { what, .. }] if what == "hours_worked"),
            "{hours}"
        );
        assert!(!conflicts[0].is_open_to(&Decisions::new()));
    }
    for quantity in ["0", "-2", "500.01"] {
        let conflicts = bill("1", &[("Gasket 10-B", quantity)], "Plus", &all).unwrap_err();
        assert!(
            matches!(&conflicts[..], [Conflict::Implausible { what, .. }] if what == "Gasket 10-B"),
            "{quantity}"
        );
    }
}

#[test]
fn materials_are_known_by_many_spellings_and_never_guessed() {
    let rules = shipped().rules;
    let known = |name: &str| match lookup(&rules, name) {
        Known::Priced(material) => material.name.clone(),
        Known::Unknown(nearest) => format!("? {}", nearest.join(", ")),
    };
    for name in [
        "Gasket 10-B",
        "gasket 10b",
        "GASKET  10 B",
        "Gasket-10-B",
        "10-B gasket",
        "Gaskett 10-B",
        "gaskets 10-B",
        "Dichtung 10-B",
        "dichtungen 10 B",
        "Dichtng 10b",
    ] {
        assert_eq!(known(name), "Gasket 10-B", "{name}");
    }
    for (name, expected) in [
        ("Kupferrohr 15mm", "Copper pipe 15 mm"),
        ("Eckventil 1/2\"", "Angle valve 1/2 inch"),
        ("T-Stück 15mm", "Tee 15 mm"),
        ("HT Rohr DN50", "Waste pipe DN 50"),
        ("Siphon", "Sink trap DN 40"),
        ("teflon-band", "Sealing tape"),
        ("Küchenarmatur", "Kitchen mixer"),
        ("kuechenarmatur", "Kitchen mixer"),
    ] {
        assert_eq!(known(name), expected, "{name}");
    }
    for name in [
        "Gasket",
        "Gasket 11-B",
        "Gasket 10-C",
        "Copper pipe 18 mm",
        "Eckventil 12",
        "",
        "🔧",
        "Flux capacitor",
    ] {
        assert!(known(name).starts_with('?'), "{name}: {}", known(name));
    }
    assert_eq!(known("Gasket"), "? Gasket 10-B, Gasket 12-C, Gasket set");
}

#[test]
fn half_a_cent_goes_away_from_zero() {
    for (amount, expected) in [("0.005", 1), ("0.004", 0), ("-0.005", -1), ("1.115", 112), ("2.675", 268)] {
        assert_eq!(cents(decimal(amount)), Some(expected), "{amount}");
    }
    assert_eq!(cents(Decimal::MAX), None);
    assert_eq!(
        [amount(4750), amount(-5), amount(0), amount(i64::MIN)],
        ["47.50", "-0.05", "0.00", "-92233720368547758.08"]
    );
}

fn decisions() -> impl Strategy<Value = Decisions> {
    let kinds = [ConflictKind::HoursOverContract, ConflictKind::NoContract, ConflictKind::UnknownMaterial];
    prop::collection::btree_map(
        prop::sample::select(kinds.to_vec()),
        prop::sample::select(vec![Decision::Waive, Decision::Charge]),
        0..4,
    )
}

fn material() -> impl Strategy<Value = (String, Decimal)> {
    let names = vec!["Gasket 10-B", "Siphon", "Kupferrohr 15 mm", "Umwälzpumpe", "mystery part"];
    (prop::sample::select(names), 1i64..4000).prop_map(|(name, n)| (name.to_owned(), Decimal::new(n, 2)))
}

fn contract() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["Basic", "Plus", "Premium", ""])
}

fn all(decision: Decision) -> Decisions {
    [ConflictKind::HoursOverContract, ConflictKind::NoContract, ConflictKind::UnknownMaterial]
        .map(|kind| (kind, decision))
        .into()
}

proptest! {
    #[test]
    fn totals_are_sums(
        hours in 1i64..2000, materials in prop::collection::vec(material(), 0..6), contract in contract(), decisions in decisions(),
    ) {
        let report = report(Decimal::new(hours, 2), materials);
        let rules = shipped().rules;
        let one = price(&report, &customer(contract), &rules, "EUR", &decisions);
        prop_assert_eq!(&one, &price(&report, &customer(contract), &rules, "EUR", &decisions));
        match one {
            Ok(bill) => {
                prop_assert_eq!(bill.net_cents, bill.lines.iter().map(|line| line.net_cents).sum::<i64>());
                prop_assert_eq!(bill.waived_cents, bill.lines.iter().map(|line| line.waived_cents).sum::<i64>());
                prop_assert_eq!(Some(bill.vat_cents), cents(Decimal::new(bill.net_cents, 2) * rules.vat_percent / Decimal::ONE_HUNDRED));
                prop_assert_eq!(bill.gross_cents, bill.net_cents + bill.vat_cents);
                for line in &bill.lines {
                    prop_assert_eq!(Some(line.net_cents), cents(Decimal::new(line.unit_price_cents, 2) * line.quantity));
                }
                let undone = bill.negated();
                prop_assert_eq!(undone.gross_cents + bill.gross_cents, 0);
                prop_assert_eq!(undone.net_cents, undone.lines.iter().map(|line| line.net_cents).sum::<i64>());
            }
            Err(conflicts) => prop_assert!(!conflicts.is_empty()),
        }
    }

    #[test]
    fn goodwill_never_costs_more_and_time_never_less(hours in 10i64..1500, more in 0i64..100, contract in contract()) {
        let rules = shipped().rules;
        let gross = |hours: i64, decision| {
            price(&report(Decimal::new(hours, 2), vec![]), &customer(contract), &rules, "EUR", &all(decision)).unwrap().gross_cents
        };
        prop_assert!(gross(hours, Decision::Waive) <= gross(hours, Decision::Charge));
        prop_assert!(gross(hours, Decision::Charge) <= gross(hours + more, Decision::Charge));
        prop_assert!(gross(hours, Decision::Waive) <= gross(hours + more, Decision::Waive));
    }

    #[test]
    fn no_figure_is_a_panic(
        bits in any::<[u32; 3]>(), negative in any::<bool>(), scale in 0u32..=28, name in any::<String>(), contract in any::<String>(), decisions in decisions(),
        wild in any::<bool>(),
    ) {
        let any = Decimal::from_parts(bits[0], bits[1], bits[2], negative, scale);
        let mut rules = shipped().rules;
        if wild {
            rules.maximum_hours = Decimal::MAX;
            rules.minimum_hours = Decimal::MIN;
            rules.maximum_quantity = Decimal::MAX;
            rules.standard_hourly_rate = any;
            rules.contracts[0].included_hours = any;
            rules.vat_percent = any;
        }
        let report = report(any, vec![(name, any), ("Gasket 10-B".to_owned(), any)]);
        for contract in [contract.as_str(), "Basic", ""] {
            let _ = price(&report, &customer(contract), &rules, "EUR", &decisions);
        }
        let _ = rules.check();
    }
}
