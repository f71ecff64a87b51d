//! Job data from strangers: every fault is named, nothing panics.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn sound() -> Value {
    json!({
        "job_id": "JOB-789-001", "technician": "Frank", "customer_id": "789",
        "location": "Schillerstrasse 12, 10117 Berlin", "work_done": "Repaired the sink pipe", "hours_worked": 1.5,
        "materials_used": [{"name": "Gasket 10-B", "quantity": 1}], "status": "validated_by_technician"
    })
}

fn fields(value: &Value) -> Vec<String> {
    read(value, "").expect_err("faulty").into_iter().map(|fault| fault.field).collect()
}

#[test]
fn the_contracts_own_example_is_read_and_written_alike() {
    let report = read(&sound(), "").unwrap();
    assert_eq!(report.hours_worked, Decimal::new(15, 1));
    assert_eq!(json!(report)["hours_worked"], 1.5);
    assert_eq!(json!(report)["job_id"], "JOB-789-001");
}

#[test]
fn what_may_be_left_out_may_be_null() {
    let mut value = sound();
    for field in ["location", "materials_used", "status"] {
        value[field] = Value::Null;
    }
    let report = read(&value, "").unwrap();
    assert_eq!(
        (report.location.as_str(), report.materials_used.len(), report.status.as_str()),
        ("", 0, VALIDATED)
    );
}

#[test]
fn the_same_figures_in_other_digits_are_the_same_report() {
    for digits in ["1.5", "1.50", "15e-1", "0.15e1"] {
        let text = sound().to_string().replace("1.5", digits);
        assert_eq!(
            read(&serde_json::from_str(&text).unwrap(), "").unwrap(),
            read(&sound(), "").unwrap(),
            "{digits}"
        );
    }
}

#[test]
fn all_faults_are_named_at_once_and_by_path() {
    let value = json!({
        "technician": "", "customer_id": 789, "hours_worked": "1.5",
        "materials_used": [{"name": "Gasket", "quantity": -1}, "tape", {"quantity": null}], "status": "draft"
    });
    assert_eq!(
        fields(&value),
        [
            "job_id",
            "technician",
            "customer_id",
            "work_done",
            "hours_worked",
            "materials_used[0].quantity",
            "materials_used[1]",
            "materials_used[2].name",
            "materials_used[2].quantity",
            "status",
        ]
    );
    let faults = read(&value, "message.parts[0].data").expect_err("faulty");
    assert_eq!(faults[5].field, "message.parts[0].data.materials_used[0].quantity");
    assert_eq!(faults[7].field, "message.parts[0].data.materials_used[2].name");
}

#[test]
fn what_cannot_be_stored_or_meant_is_refused() {
    let cases = [
        ("job_id", json!("a/b")),
        ("job_id", json!("x".repeat(65))),
        ("job_id", json!("JOB 1")),
        ("work_done", json!("a\0b")),
        ("work_done", json!("x".repeat(4001))),
        ("hours_worked", json!(-0.5)),
        ("hours_worked", json!(1e300)),
        ("hours_worked", json!(10_001)),
        ("materials_used", json!({})),
        ("materials_used", json!(vec![json!({"name": "x", "quantity": 1}); 101])),
    ];
    for (field, wrong) in cases {
        let mut value = sound();
        value[field] = wrong.clone();
        assert_eq!(fields(&value), [field], "{field} = {wrong}");
    }
    assert_eq!(fields(&json!([])), [""]);
}

#[test]
fn doubts_of_business_pass() {
    let mut value = sound();
    value["hours_worked"] = json!(500);
    value["customer_id"] = json!("nobody");
    value["materials_used"] = json!([{"name": "Unobtainium", "quantity": 0}]);
    assert!(read(&value, "").is_ok());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(
                prop_oneof![Just("name".to_owned()), Just("quantity".to_owned()), ".{0,6}"],
                inner,
                0..4
            )
            .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_in_any_field_is_read_or_named(field in 0usize..8, wrong in any_json()) {
        const FIELDS: [&str; 8] = ["job_id", "technician", "customer_id", "location", "work_done", "hours_worked",
            "materials_used", "status"];
        let mut value = sound();
        value[FIELDS[field]] = wrong;
        match read(&value, "") {
            Ok(report) => prop_assert_eq!(&read(&json!(report), "").unwrap(), &report),
            Err(faults) => prop_assert!(faults.iter().all(|fault| fault.field.starts_with(FIELDS[field]))),
        }
    }
}
