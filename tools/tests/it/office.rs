//! The office's side: figures by code, money only over a person, once, and exactly what was approved.

use domain::{
    billing::{ConflictKind, Decision, Decisions},
    id::{InvoiceId, JobId},
    job::{JobNotice, JobState, SettlementStatus},
    question::Purpose,
};
use plumbline_tools::{
    tool::{Context, Gate, Refusal},
    toolbox::CallError,
};
use serde_json::{Value, json};
use store::office::{
    invoice,
    job::{self, Job},
};

use crate::{
    house::{Came, House, NOW, house},
    jobs::take_in,
};

const JOB: &str = "JOB-789-001";

async fn stored(house: &House) -> Job {
    job::get(&mut house.store.reader(), &JOB.into()).await.unwrap().unwrap()
}

async fn bill(house: &House, context: &Context) -> Value {
    house.call(context, "process_billing_rule", json!({ "job_id": JOB })).await.unwrap().value()
}

async fn correct(house: &House, hours: f64) {
    let mut report = stored(house).await.report;
    report.hours_worked = serde_json::from_value(json!(hours)).unwrap();
    let changed = house
        .store
        .write(move |tx| Box::pin(async move { job::correct(tx, &report, NOW).await }))
        .await
        .unwrap();
    assert_eq!(changed, job::Change::Done);
}

fn force() -> Value {
    json!({ "job_id": JOB, "force_goodwill": true })
}

#[tokio::test]
async fn the_story_ends_in_one_invoice_and_news_for_the_field() {
    let house = house().await;
    let sabine = house.staff().await;
    take_in(&house, JOB, |_| ()).await;

    let conflict = bill(&house, &sabine).await;
    assert_eq!(
        (conflict["status"].as_str(), conflict["reason"].as_str()),
        (Some("conflict"), Some("hours_over_contract"))
    );
    assert_eq!(
        conflict["details"][0],
        json!({
            "kind": "hours_over_contract", "contract": "Plus", "hours": 1.5, "included_hours": 1.0, "over_hours": 0.5,
            "rate_cents": 9500, "rate": "95.00", "amount_cents": 4750, "amount": "47.50",
        })
    );

    let escalation =
        json!({ "job_id": JOB, "message": "Please decide", "options": ["Give it for free!", "No"] });
    let Came::Asks(ask) = house.call(&sabine, "escalate_to_office_human", escalation).await.unwrap() else {
        panic!("not asked")
    };
    let Purpose::Approval(asked) = ask.purpose else { panic!("not an approval") };
    let proposal = house.proposal(&sabine, "process_billing_rule", force()).await;
    assert_eq!(asked, proposal, "asked once: the grant of the one serves the other");
    assert!(ask.text.is_empty() && ask.options.is_empty(), "the model's words are no part of it");
    assert_eq!((proposal.text.as_str(), proposal.job.clone()), ("approve.goodwill", Some(JobId::from(JOB))));
    assert_eq!(proposal.facts["conflicts"][0]["amount"], "47.50");
    assert_eq!(proposal.facts["if_granted"]["gross"], "4.64");
    assert_eq!(proposal.facts["if_rejected"]["gross"], "61.17");

    let granted = house.approved(&sabine, "process_billing_rule", force()).await;
    assert_eq!((granted["status"].as_str(), granted["goodwill"].as_bool()), (Some("success"), Some(true)));
    assert_eq!(
        (granted["net"].as_str(), granted["vat"].as_str(), granted["gross"].as_str()),
        (Some("3.90"), Some("0.74"), Some("4.64"))
    );
    assert_eq!((granted["waived_cents"].as_i64(), granted["currency"].as_str()), (Some(4750), Some("EUR")));
    assert_eq!(granted["lines"].as_array().unwrap().len(), 3);

    let proposal = house.proposal(&sabine, "create_invoice", json!({ "job_id": JOB })).await;
    assert_eq!((proposal.text.as_str(), proposal.facts["gross"].as_str()), ("approve.invoice", Some("4.64")));
    let created = house.approved(&sabine, "create_invoice", json!({ "job_id": JOB })).await;
    assert_eq!(
        (created["invoice_id"].as_str(), created["total"].as_str()),
        (Some("RE-2026-0001"), Some("4.64"))
    );
    let written =
        invoice::get(&mut house.store.reader(), &InvoiceId::from("RE-2026-0001")).await.unwrap().unwrap();
    assert_eq!((written.approved_by.as_str(), written.bill.waived_cents), ("Sabine", 4750));
    let notices = house.notices("field").await;
    let [JobNotice::Settled(settlement)] = notices.as_slice() else { panic!("{notices:?}") };
    assert_eq!((settlement.status, settlement.note.as_str()), (SettlementStatus::Completed, "goodwill"));
    assert_eq!(settlement.invoice_id, Some("RE-2026-0001".into()));

    for tool in ["create_invoice", "process_billing_rule"] {
        let told = house.told(&sabine, tool, json!({ "job_id": JOB })).await;
        assert!(told.contains("RE-2026-0001") || told.contains("approval"), "{told}");
    }
    assert!(matches!(
        house.gate(&sabine, "create_invoice", json!({ "job_id": JOB })).await,
        Err(CallError::Tell(why)) if why.contains("already invoiced as RE-2026-0001")
    ));
    let frank = house.technician("Frank").await;
    let status =
        house.call(&frank, "check_invoice_status", json!({ "customer_id": "789" })).await.unwrap().value();
    assert_eq!(
        (status["existing_invoice_id"].as_str(), status["total"].as_str()),
        (Some("RE-2026-0001"), Some("4.64"))
    );
    assert_eq!(status["date"], "2026-11-20");
}

#[tokio::test]
async fn nothing_runs_without_exactly_its_grant() {
    let house = house().await;
    let sabine = house.staff().await;
    take_in(&house, JOB, |data| data["hours_worked"] = json!(1)).await;
    let invoice = json!({ "job_id": JOB });
    let reject = json!({ "job_id": JOB, "reason": "no such job" });
    for (tool, arguments) in [("create_invoice", &invoice), ("reject_job", &reject)] {
        assert!(house.told(&sabine, tool, arguments.clone()).await.contains("approval"), "{tool}");
        let forged = Context { grant: Some(house.grant("0123")), ..sabine.clone() };
        let told = house.call(&forged, tool, arguments.clone()).await.unwrap().value();
        assert!(told["error"].as_str().unwrap().contains("has changed"), "{tool}: {told}");
    }
    // A grant for other figures, and one for another reason.
    let proposal = house.proposal(&sabine, "create_invoice", invoice.clone()).await;
    correct(&house, 0.5).await;
    let stale = Context { grant: Some(house.grant(&proposal.fingerprint)), ..sabine.clone() };
    let told = house.call(&stale, "create_invoice", invoice).await.unwrap().value();
    assert!(told["error"].as_str().unwrap().contains("has changed"), "{told}");
    let proposal = house.proposal(&sabine, "reject_job", reject).await;
    let other = Context { grant: Some(house.grant(&proposal.fingerprint)), ..sabine.clone() };
    let told = house
        .call(&other, "reject_job", json!({ "job_id": JOB, "reason": "another" }))
        .await
        .unwrap()
        .value();
    assert!(told["error"].is_string(), "{told}");
    assert_eq!(stored(&house).await.state, JobState::Received);
    assert!(invoice::list(&mut house.store.reader(), 10).await.unwrap().is_empty());
    assert!(house.notices("field").await.is_empty());
}

#[tokio::test]
async fn a_grant_does_not_outlive_a_correction() {
    let house = house().await;
    let sabine = house.staff().await;
    take_in(&house, JOB, |_| ()).await;
    let proposal = house.proposal(&sabine, "process_billing_rule", force()).await;
    correct(&house, 8.0).await;
    let stale = Context { grant: Some(house.grant(&proposal.fingerprint)), ..sabine.clone() };
    let told = house.call(&stale, "process_billing_rule", force()).await.unwrap().value();
    assert!(told["error"].as_str().unwrap().contains("has changed"), "{told}");
    assert!(stored(&house).await.decisions.is_empty());
}

#[tokio::test]
async fn refused_goodwill_is_billed_in_full_and_not_asked_again() {
    let house = house().await;
    let sabine = house.staff().await;
    take_in(&house, JOB, |_| ()).await;
    let told = house.refuse(&sabine, "process_billing_rule", force(), Refusal::Decline).await;
    assert_eq!((told["status"].as_str(), told["by"].as_str()), (Some("declined"), Some("Sabine")));
    assert!(told["next"].as_str().unwrap().starts_with("bill in full"), "{told}");
    assert_eq!(
        stored(&house).await.decisions,
        Decisions::from([(ConflictKind::HoursOverContract, Decision::Charge)])
    );
    assert_eq!(bill(&house, &sabine).await["gross"], "61.17");
    assert!(matches!(house.gate(&sabine, "process_billing_rule", force()).await, Ok(Gate::Open)));
    assert_eq!(house.call(&sabine, "process_billing_rule", force()).await.unwrap().value()["gross"], "61.17");
    let ask = json!({ "job_id": JOB, "message": "Bill it?", "options": ["Yes", "No"] });
    let Came::Asks(ask) = house.call(&sabine, "escalate_to_office_human", ask).await.unwrap() else {
        panic!()
    };
    assert!(matches!(ask.purpose, Purpose::Escalation { .. }));
    assert_eq!((ask.text.as_str(), ask.options.len()), ("Bill it?", 2));
}

#[tokio::test]
async fn not_now_puts_the_job_off_whichever_tool_asked() {
    let house = house().await;
    let sabine = house.staff().await;
    take_in(&house, JOB, |_| ()).await;
    let message = json!({ "job_id": JOB, "message": "?", "options": [] });
    let reject = json!({ "job_id": JOB, "reason": "x" });
    for (tool, arguments) in [
        ("escalate_to_office_human", message),
        ("create_invoice", json!({ "job_id": JOB })),
        ("reject_job", reject),
        ("process_billing_rule", force()),
    ] {
        assert_eq!(
            house.refuse(&sabine, tool, arguments, Refusal::Defer).await["status"],
            "deferred",
            "{tool}"
        );
        assert_eq!(stored(&house).await.state, JobState::Deferred);
    }
    assert_eq!(house.approved(&sabine, "process_billing_rule", force()).await["status"], "success");
    assert_eq!(stored(&house).await.state, JobState::Received, "taken up again");
}

#[tokio::test]
async fn an_escalated_refusal_is_the_same_refusal() {
    let house = house().await;
    let sabine = house.staff().await;
    take_in(&house, JOB, |data| {
        data["customer_id"] = json!("792");
        data["materials_used"] = json!([{ "name": "Flux capacitor", "quantity": 2 }]);
    })
    .await;
    let conflict = bill(&house, &sabine).await;
    assert_eq!(
        (conflict["reason"].as_str(), conflict["details"].as_array().unwrap().len()),
        (Some("no_contract"), 2)
    );
    assert_eq!(
        (conflict["details"][0]["amount"].as_str(), conflict["details"][0]["call_out"].as_str()),
        (Some("196.00"), Some("49.00"))
    );
    let ask = json!({ "job_id": JOB, "message": "?", "options": [] });
    house.refuse(&sabine, "escalate_to_office_human", ask.clone(), Refusal::Decline).await;
    let still = bill(&house, &sabine).await;
    assert_eq!(still["reason"], "unknown_material", "there is no price to charge");
    assert!(still["next"].as_str().unwrap().contains("declined"), "{still}");
    let Came::Asks(ask) = house.call(&sabine, "escalate_to_office_human", ask).await.unwrap() else {
        panic!()
    };
    assert!(matches!(ask.purpose, Purpose::Escalation { .. }), "the same is not asked twice");
    assert!(matches!(
        house.gate(&sabine, "create_invoice", json!({ "job_id": JOB })).await,
        Err(CallError::Tell(why)) if why.contains("unknown_material")
    ));
}

#[tokio::test]
async fn figures_that_cannot_be_go_back_to_the_technician() {
    let house = house().await;
    let sabine = house.staff().await;
    take_in(&house, JOB, |data| data["hours_worked"] = json!(150)).await;
    let conflict = bill(&house, &sabine).await;
    assert_eq!(
        (conflict["reason"].as_str(), conflict["details"][0]["maximum"].as_f64()),
        (Some("implausible"), Some(16.0))
    );
    assert!(matches!(
        house.gate(&sabine, "process_billing_rule", force()).await,
        Err(CallError::Tell(why)) if why.contains("correct")
    ));
}

#[tokio::test]
async fn a_rejection_ends_the_job_with_its_reason() {
    let house = house().await;
    let sabine = house.staff().await;
    take_in(&house, JOB, |data| data["customer_id"] = json!("4711")).await;
    let told = house.told(&sabine, "process_billing_rule", json!({ "job_id": JOB })).await;
    assert!(told.contains("4711"), "{told}");
    let reject = json!({ "job_id": JOB, "reason": "no such customer" });
    let declined = house.refuse(&sabine, "reject_job", reject.clone(), Refusal::Decline).await;
    assert_eq!(declined["status"], "declined");
    assert_eq!(stored(&house).await.state, JobState::Received);
    let proposal = house.proposal(&sabine, "reject_job", reject.clone()).await;
    assert_eq!(
        (proposal.text.as_str(), proposal.facts["customer"].as_str()),
        ("approve.rejection", Some("4711"))
    );
    assert_eq!(house.approved(&sabine, "reject_job", reject.clone()).await["status"], "rejected");
    let notices = house.notices("field").await;
    let [JobNotice::Settled(settlement)] = notices.as_slice() else { panic!("{notices:?}") };
    assert_eq!(
        (settlement.status, settlement.note.as_str()),
        (SettlementStatus::Rejected, "no such customer")
    );
    assert!(matches!(
        house.gate(&sabine, "reject_job", reject).await,
        Err(CallError::Tell(why)) if why.contains("rejected: no such customer")
    ));
}

#[tokio::test]
async fn a_wrong_invoice_is_cancelled_by_another() {
    let house = house().await;
    let sabine = house.staff().await;
    take_in(&house, JOB, |data| data["hours_worked"] = json!(1)).await;
    let created = house.approved(&sabine, "create_invoice", json!({ "job_id": JOB })).await;
    let cancel = json!({ "invoice_id": created["invoice_id"], "reason": "wrong customer" });
    let proposal = house.proposal(&sabine, "cancel_invoice", cancel.clone()).await;
    assert_eq!(
        (proposal.text.as_str(), proposal.facts["gross"].as_str()),
        ("approve.cancellation", Some("4.64"))
    );
    let cancelled = house.approved(&sabine, "cancel_invoice", cancel.clone()).await;
    assert_eq!(
        (cancelled["cancellation_invoice_id"].as_str(), cancelled["total"].as_str()),
        (Some("RE-2026-0002"), Some("-4.64"))
    );
    assert!(matches!(
        house.gate(&sabine, "cancel_invoice", cancel).await,
        Err(CallError::Tell(why)) if why.contains("cancelled already")
    ));
    assert_eq!(stored(&house).await.state, JobState::Deferred);
    let again = house.approved(&sabine, "create_invoice", json!({ "job_id": JOB })).await;
    assert_eq!(again["invoice_id"], "RE-2026-0003");
    assert_eq!(house.notices("field").await.len(), 2, "the field hears of both");
}

#[tokio::test]
async fn a_technician_bills_nothing() {
    let house = house().await;
    let frank = house.technician("Frank").await;
    take_in(&house, JOB, |_| ()).await;
    for (tool, arguments) in [
        ("process_billing_rule", json!({ "job_id": JOB })),
        ("create_invoice", json!({ "job_id": JOB })),
        ("reject_job", json!({ "job_id": JOB, "reason": "x" })),
        ("cancel_invoice", json!({ "invoice_id": "RE-2026-0001", "reason": "x" })),
        ("escalate_to_office_human", json!({ "job_id": JOB, "message": "x", "options": [] })),
    ] {
        assert!(house.told(&frank, tool, arguments).await.contains("only office staff"), "{tool}");
    }
}
