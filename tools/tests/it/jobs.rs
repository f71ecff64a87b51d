//! What is where, for whoever may know.

use domain::job::JobReport;
use serde_json::json;
use store::office::job;

use crate::house::{House, NOW, house, story};

/// Takes a job in at the office as if it had come over the link.
pub async fn take_in(house: &House, id: &str, change: impl FnOnce(&mut serde_json::Value)) {
    let mut data = story();
    data["job_id"] = json!(id);
    data["technician"] = json!("Frank");
    change(&mut data);
    let report: JobReport = serde_json::from_value(data).unwrap();
    house
        .store
        .write(move |tx| Box::pin(async move { job::accept(tx, &"field".into(), &report, NOW).await }))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_field_sees_the_conversations_own_jobs() {
    let house = house().await;
    let (frank, ute) = (house.technician("Frank").await, house.technician("Ute").await);
    house.call(&frank, "send_data_to_office_agent", story()).await.unwrap();
    take_in(&house, "JOB-801-009", |data| data["customer_id"] = json!("801")).await;
    let list = async |context, filter| {
        house.call(context, "list_open_jobs", json!({ "filter": filter })).await.unwrap().value()
    };
    let own = list(&frank, "").await;
    assert_eq!(own["jobs"].as_array().unwrap().len(), 1);
    let shown = &own["jobs"][0];
    assert_eq!(
        (shown["job_id"].as_str(), shown["customer"].as_str()),
        (Some("JOB-789-001"), Some("Klaus Meier"))
    );
    assert_eq!((shown["state"].as_str(), shown["hours_worked"].as_f64()), (Some("queued"), Some(1.5)));
    assert_eq!(list(&frank, "schmidt").await["jobs"], json!([]));
    assert_eq!(list(&frank, "MEIER").await["jobs"].as_array().unwrap().len(), 1);
    assert_eq!(list(&ute, "").await["jobs"], json!([]));
    let status =
        house.call(&ute, "get_job_status", json!({ "job_id": "JOB-789-001" })).await.unwrap().value();
    assert_eq!(status["status"], "not_found");
    let status =
        house.call(&frank, "get_job_status", json!({ "job_id": "JOB-789-001" })).await.unwrap().value();
    assert_eq!((status["status"].as_str(), status["job"]["state"].as_str()), (Some("found"), Some("queued")));
    let newest = house.call(&frank, "get_job_status", json!({})).await.unwrap().value();
    assert_eq!(newest["jobs"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_office_sees_the_offices_jobs_and_only_staff_do() {
    let house = house().await;
    let sabine = house.staff().await;
    for n in 1..=25 {
        take_in(&house, &format!("JOB-789-{n:03}"), |_| ()).await;
    }
    let list = house.call(&sabine, "list_open_jobs", json!({})).await.unwrap().value();
    assert_eq!((list["jobs"].as_array().unwrap().len(), list["more"].as_i64()), (20, Some(5)));
    assert_eq!(list["jobs"][0]["job_id"], "JOB-789-001");
    let status =
        house.call(&sabine, "get_job_status", json!({ "job_id": "JOB-789-007" })).await.unwrap().value();
    assert_eq!(
        (status["job"]["technician"].as_str(), status["job"]["state"].as_str()),
        (Some("Frank"), Some("received"))
    );
    let mut customer = sabine.clone();
    if let Some(person) = &mut customer.contact {
        person.roles = vec![domain::contact::Role::Customer];
    }
    assert!(house.told(&customer, "list_open_jobs", json!({})).await.contains("only office staff"));
    assert!(
        house
            .told(&customer, "get_job_status", json!({ "job_id": "JOB-789-001" }))
            .await
            .contains("only office staff")
    );
}
