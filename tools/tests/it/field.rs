//! The field's side: who is the customer, what is handed over, once, and what may still be changed.

use domain::{
    customer::Customer,
    id::{CustomerId, JobId},
    job::{HandoffState, JobNotice, Settlement, SettlementStatus},
    question::Purpose,
};
use plumbline_tools::tool::Context;
use serde_json::{Value, json};
use store::{handoff, office};

use crate::house::{Came, House, NOW, house, story};

async fn settle(house: &House, job: &str, state: HandoffState) {
    let settlement = Settlement {
        job_id: job.into(),
        status: SettlementStatus::Completed,
        note: "goodwill".into(),
        invoice_id: Some("RE-2026-0001".into()),
    };
    house
        .store
        .write(move |tx| {
            Box::pin(async move { handoff::settle(tx, &"field".into(), &settlement, state, NOW).await })
        })
        .await
        .unwrap();
}

async fn hand_over(house: &House, context: &Context, arguments: Value) -> String {
    house.call(context, "send_data_to_office_agent", arguments).await.unwrap().job()
}

#[tokio::test]
async fn customers_are_found_asked_about_or_not_there() {
    let house = house().await;
    let frank = house.technician("Frank").await;
    let find = async |arguments| house.call(&frank, "find_customer", arguments).await.unwrap().value();
    let found = find(json!({ "customer_name": "Meier", "customer_address": "Schillerstrasse 12" })).await;
    assert_eq!(
        found,
        json!({
            "status": "found",
            "customer_id": "789",
            "full_name": "Klaus Meier",
            "full_address": "Schillerstrasse 12, 10117 Berlin",
        })
    );
    let several = find(json!({ "customer_name": "Meier" })).await;
    assert_eq!(several["status"], "ambiguous");
    assert_eq!(several["candidates"].as_array().unwrap().len(), 4);
    assert_eq!(several["candidates"][0]["full_name"], "Klaus Meier");
    assert_eq!(find(json!({ "customer_name": "Zwackelmann" })).await, json!({ "status": "not_found" }));
    assert!(
        house.told(&frank, "find_customer", json!({ "customer_name": " " })).await.contains("both empty")
    );
}

#[tokio::test]
async fn a_customer_who_came_or_moved_is_found_at_once_among_many_too() {
    let house = house().await;
    let frank = house.technician("Frank").await;
    let find = async |name: &str, address: &str| {
        let arguments = json!({ "customer_name": name, "customer_address": address });
        house.call(&frank, "find_customer", arguments).await.unwrap().value()
    };
    assert_eq!(find("Zwackelmann", "").await["status"], "not_found");
    let customer = |id: String, name: &str, street: &str| Customer {
        id: CustomerId(id),
        name: name.to_owned(),
        street: street.to_owned(),
        postal_code: "53113".to_owned(),
        city: "Bonn".to_owned(),
        phone: String::new(),
        email: String::new(),
        contract: String::new(),
    };
    let import = async |customers: Vec<Customer>| {
        let done = house
            .store
            .write(move |tx| Box::pin(async move { office::customer::import(tx, &customers).await }));
        done.await.unwrap();
    };
    import(vec![customer("9001".to_owned(), "Ute Zwackelmann", "Rosenweg 1")]).await;
    assert_eq!(find("Zwackelmann", "").await["full_address"], "Rosenweg 1, 53113 Bonn");
    import(vec![customer("9001".to_owned(), "Ute Zwackelmann", "Tulpenweg 7")]).await;
    assert_eq!(find("Zwackelmann", "").await["full_address"], "Tulpenweg 7, 53113 Bonn");
    let many = (0..600).map(|n| customer(format!("x{n}"), &format!("Firma Nr{n}"), &format!("Am Hang {n}")));
    import(many.collect()).await;
    assert_eq!(find("Zwackelmann", "").await["full_address"], "Tulpenweg 7, 53113 Bonn");
    assert_eq!(find("Nr77", "Am Hang 77").await["customer_id"], "x77");
}

#[tokio::test]
async fn a_job_gets_its_id_and_technician_from_code() {
    let house = house().await;
    let frank = house.technician("Frank").await;
    let mut arguments = story();
    arguments["technician"] = json!("Somebody Else");
    arguments["job_id"] = json!("JOB-1");
    assert_eq!(hand_over(&house, &frank, arguments).await, "JOB-789-001");
    let notices = house.notices("office").await;
    let [JobNotice::Reported { report }] = notices.as_slice() else { panic!("{notices:?}") };
    assert_eq!(
        serde_json::to_value(report).unwrap(),
        json!({
            "job_id": "JOB-789-001",
            "technician": "Frank",
            "customer_id": "789",
            "location": "Schillerstrasse 12, 10117 Berlin",
            "work_done": "Repaired the sink pipe",
            "hours_worked": 1.5,
            "materials_used": [{ "name": "Gasket 10-B", "quantity": 1.0 }],
            "status": "validated_by_technician",
        })
    );
    let status =
        house.call(&frank, "check_invoice_status", json!({ "customer_id": "789" })).await.unwrap().value();
    assert_eq!(
        (status["status"].as_str(), status["open_job_id"].as_str()),
        (Some("invoice_open"), Some("JOB-789-001"))
    );
    let unknown =
        house.call(&frank, "check_invoice_status", json!({ "customer_id": "1" })).await.unwrap().value();
    assert_eq!(unknown["status"], "error");
}

#[tokio::test]
async fn what_cannot_be_is_not_handed_over() {
    let house = house().await;
    let frank = house.technician("Frank").await;
    let cases = [
        ("customer_id", json!("4711"), "no customer 4711"),
        ("hours_worked", json!(-1), "hours_worked is -1: it must be from 0.1 to 16"),
        ("hours_worked", json!(0), "hours_worked is 0"),
        ("hours_worked", json!("99.5"), "hours_worked is 99.5"),
        ("materials_used", json!([{ "name": "Gasket 10-B", "quantity": 0 }]), "quantity of Gasket 10-B is 0"),
        ("materials_used", json!([{ "name": " ", "quantity": 1 }]), "name is empty"),
        ("work_done", json!("  "), "work_done is empty"),
        ("work_done", json!("x".repeat(5000)), "longer than 4000"),
    ];
    for (field, value, why) in cases {
        let mut arguments = story();
        arguments[field] = value;
        let told = house.told(&frank, "send_data_to_office_agent", arguments).await;
        assert!(told.contains(why), "{field}: {told}");
    }
    let sabine = house.staff().await;
    assert!(house.told(&sabine, "send_data_to_office_agent", story()).await.contains("only a technician"));
    assert!(house.notices("office").await.is_empty());
}

#[tokio::test]
async fn the_same_job_twice_is_asked_about() {
    let house = house().await;
    let (frank, ute) = (house.technician("Frank").await, house.technician("Ute").await);
    hand_over(&house, &frank, story()).await;
    let mut again = story();
    again["work_done"] = json!("the sink pipe was repaired");
    again["materials_used"][0]["name"] = json!("gasket 10b");
    for who in [&frank, &ute] {
        let told = house.told(who, "send_data_to_office_agent", again.clone()).await;
        assert!(told.contains("JOB-789-001") && told.contains("another_job"), "{told}");
    }
    let mut other = story();
    other["work_done"] = json!("Unclogged the kitchen drain");
    assert_eq!(hand_over(&house, &frank, other).await, "JOB-789-002");
    again["another_job"] = json!(true);
    assert_eq!(hand_over(&house, &frank, again).await, "JOB-789-003");
    for id in ["JOB-789-001", "JOB-789-003"] {
        settle(&house, id, HandoffState::Withdrawn).await;
    }
    assert_eq!(hand_over(&house, &frank, story()).await, "JOB-789-004", "a withdrawn job is no repeat");
    let later = Context { now: domain::clock::Millis(NOW.0 + 15 * 86_400_000), ..frank };
    assert_eq!(hand_over(&house, &later, story()).await, "JOB-789-005", "nor is one of weeks ago");
}

#[tokio::test]
async fn two_calls_of_one_reply_hand_over_once() {
    let house = house().await;
    let frank = house.technician("Frank").await;
    let first = house.toolbox.call("send_data_to_office_agent", &frank, story()).await.unwrap();
    let second = house.toolbox.call("send_data_to_office_agent", &frank, story()).await.unwrap();
    let (plumbline_tools::tool::Answer::Write(first), plumbline_tools::tool::Answer::Write(second)) =
        (first, second)
    else {
        panic!("both passed the first look")
    };
    house.store.write(first).await.unwrap();
    let settled = house.store.write(second).await.unwrap();
    let plumbline_tools::tool::Settled::Value(told) = settled else { panic!("handed over twice") };
    assert!(told["error"].as_str().unwrap().contains("JOB-789-001"), "{told}");
    assert_eq!(house.notices("office").await.len(), 1);
}

#[tokio::test]
async fn a_correction_changes_what_it_names_until_the_job_is_settled() {
    let house = house().await;
    let (frank, ute) = (house.technician("Frank").await, house.technician("Ute").await);
    let job = hand_over(&house, &frank, story()).await;
    let correct = json!({ "job_id": job, "hours_worked": 2 });
    assert_eq!(house.call(&frank, "correct_job", correct.clone()).await.unwrap().job(), job);
    let moved = json!({ "job_id": job, "customer_id": "801", "materials_used": [] });
    house.call(&frank, "correct_job", moved).await.unwrap();
    let notices = house.notices("office").await;
    let [
        JobNotice::Reported { .. },
        JobNotice::Corrected { report: first },
        JobNotice::Corrected { report: second },
    ] = notices.as_slice()
    else {
        panic!("{notices:?}")
    };
    assert_eq!((first.hours_worked, first.materials_used.len()), (2.into(), 1));
    assert_eq!(
        (second.customer_id.as_str(), second.location.as_str()),
        ("801", "Lindenallee 3, 14050 Berlin")
    );
    assert_eq!((second.hours_worked, second.materials_used.len()), (2.into(), 0));

    for (arguments, why) in [
        (json!({ "job_id": job }), "nothing of"),
        (json!({ "job_id": job, "hours_worked": 2.0 }), "nothing of"),
        (json!({ "job_id": job, "hours_worked": 40 }), "must be from"),
        (json!({ "job_id": job, "customer_id": "0" }), "no customer 0"),
        (json!({ "job_id": "JOB-9-9", "hours_worked": 3 }), "no job JOB-9-9"),
    ] {
        let told = house.told(&frank, "correct_job", arguments).await;
        assert!(told.contains(why), "{told}");
    }
    let told = house.told(&ute, "correct_job", json!({ "job_id": job, "hours_worked": 3 })).await;
    assert!(told.contains("no job"), "somebody else's job: {told}");
    settle(&house, &job, HandoffState::Completed).await;
    let told = house.told(&frank, "correct_job", json!({ "job_id": job, "hours_worked": 3 })).await;
    assert!(told.contains("already invoiced as RE-2026-0001"), "{told}");
}

#[tokio::test]
async fn a_job_is_withdrawn_by_its_own_technician_only() {
    let house = house().await;
    let (frank, ute) = (house.technician("Frank").await, house.technician("Ute").await);
    let job = hand_over(&house, &frank, story()).await;
    let stop = json!({ "job_id": job, "reason": "wrong customer" });
    assert!(house.told(&ute, "withdraw_job", stop.clone()).await.contains("no job"));
    assert!(
        house
            .told(&frank, "withdraw_job", json!({ "job_id": job, "reason": "" }))
            .await
            .contains("reason is empty")
    );
    assert_eq!(house.call(&frank, "withdraw_job", stop.clone()).await.unwrap().job(), job);
    let notices = house.notices("office").await;
    assert_eq!(
        notices.last(),
        Some(&JobNotice::Withdrawn { job_id: JobId(job.clone()), reason: "wrong customer".into() })
    );
    settle(&house, &job, HandoffState::Withdrawn).await;
    assert!(house.told(&frank, "withdraw_job", stop).await.contains("already withdrawn"));
}

#[tokio::test]
async fn a_question_has_few_and_different_buttons() {
    let house = house().await;
    let frank = house.technician("Frank").await;
    let ask = json!({ "question": "Is that right?", "buttons": ["Confirm", " Correct "] });
    let Came::Asks(ask) = house.call(&frank, "ask_technician", ask).await.unwrap() else {
        panic!("not asked")
    };
    assert_eq!((ask.purpose, ask.options), (Purpose::Ask, vec!["Confirm".to_owned(), "Correct".to_owned()]));
    for (buttons, why) in [
        (json!(vec!["x"; 11]), "11 entries"),
        (json!(["Yes", "yes"]), "twice"),
        (json!([""]), "1 to 60"),
        (json!(["x".repeat(61)]), "1 to 60"),
    ] {
        let told = house.told(&frank, "ask_technician", json!({ "question": "?", "buttons": buttons })).await;
        assert!(told.contains(why), "{told}");
    }
    let nobody = Context { contact: None, ..frank };
    assert!(house.told(&nobody, "ask_technician", json!({ "question": "?" })).await.contains("no person"));
}
