//! Names, schemas and arguments: what models get wrong is said so that they can mend it.

use plumbline_tools::toolbox::CallError;
use serde_json::{Value, json};

use crate::house::house;

#[tokio::test]
async fn the_toolbox_holds_the_contracts_tools() {
    let house = house().await;
    assert_eq!(
        house.toolbox.names(),
        [
            "ask_technician",
            "cancel_invoice",
            "check_invoice_status",
            "complete_task",
            "correct_job",
            "create_invoice",
            "create_task",
            "escalate_to_office_human",
            "find_contact",
            "find_customer",
            "get_job_status",
            "list_open_jobs",
            "list_tasks",
            "list_visits",
            "plan_visit",
            "process_billing_rule",
            "reject_job",
            "send_data_to_office_agent",
            "withdraw_job",
        ]
    );
    let wanted = ["find_customer".to_owned(), "no_such".to_owned(), "ask_technician".to_owned()];
    let specs = house.toolbox.specs(&wanted);
    assert_eq!(
        specs.iter().map(|spec| spec.name.as_str()).collect::<Vec<_>>(),
        ["find_customer", "ask_technician"]
    );
    let all: Vec<String> = house.toolbox.names().into_iter().map(ToOwned::to_owned).collect();
    for spec in house.toolbox.specs(&all) {
        assert_eq!(spec.parameters["type"], "object", "{}", spec.name);
        assert_eq!(spec.parameters["additionalProperties"], false, "{}", spec.name);
        assert!(!spec.parameters.to_string().contains("$ref"), "{}", spec.name);
        assert!(spec.description.len() > 60, "{}", spec.name);
        for (field, schema) in spec.parameters["properties"].as_object().unwrap() {
            assert!(
                schema["type"].is_string() || schema["type"].is_array(),
                "{} {field}: {schema}",
                spec.name
            );
        }
    }
}

#[tokio::test]
async fn a_wrong_name_or_argument_is_said_with_its_mend() {
    let house = house().await;
    let frank = house.technician("Frank").await;
    let text = house.told(&frank, "find_costumer", json!({})).await;
    assert!(text.contains("Did you mean find_customer?") && text.contains("withdraw_job"), "{text}");
    let allowed = ["find_customer".to_owned()];
    assert!(!house.toolbox.unknown("zzz", &allowed).contains("Did you mean"));

    let misused = async |tool: &str, arguments: Value| match house.call(&frank, tool, arguments).await {
        Err(CallError::Misused(why)) => why,
        other => panic!("{tool} took it: {other:?}"),
    };
    let text = misused("send_data_to_office_agent", json!({ "customer_id": "789", "work_done": "x" })).await;
    assert!(
        text.contains("missing field `hours_worked`") && text.contains("hours_worked (required)"),
        "{text}"
    );
    let text = misused(
        "send_data_to_office_agent",
        json!({ "customer_id": "789", "work_done": "x", "hours_worked": 1, "materials_used": [{ "name": "a", "quantity": "one" }] }),
    )
    .await;
    assert!(text.contains("materials_used[0].quantity"), "{text}");
    let text = misused("withdraw_job", json!({ "job": "JOB-1", "reason": "x" })).await;
    assert!(text.contains("unknown field `job`") && text.contains("job_id (required)"), "{text}");
    for odd in [json!([]), json!("text"), json!(7), json!({ "hours_worked": 1e300 })] {
        misused("send_data_to_office_agent", odd).await;
    }
}

#[tokio::test]
async fn loose_spellings_of_arguments_are_taken() {
    let house = house().await;
    let frank = house.technician("Frank").await;
    for arguments in [json!({ "customer_id": 789 }), json!("{\"customer_id\": \" 789 \"}")] {
        let status = house.call(&frank, "check_invoice_status", arguments).await.unwrap().value();
        assert_eq!(status["status"], "no_open_invoice");
    }
    for nothing in [Value::Null, json!(""), json!({}), json!({ "filter": null }), json!({ "filter": "" })] {
        assert_eq!(house.call(&frank, "list_open_jobs", nothing).await.unwrap().value()["status"], "ok");
    }
}
