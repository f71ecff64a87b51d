//! Invoices over the API: listed page by page, shown, and handed out as a page and as PDF/A-3.

use domain::{
    agent::AgentName,
    billing::{Bill, Decisions, price},
    customer::Customer,
    firm::Firm,
    invoice::Invoice,
    job::JobReport,
    staff::ConsoleRole,
};
use serde_json::{Value, json};
use store::office::{
    invoice::{self, Cancellation, Draft},
    job as jobs,
};

use crate::app::{self, App, NOW, job, on_each, with};

/// The shipped configuration's.
pub fn firm() -> Firm {
    let shipped =
        [include_str!("../../../config/firm.toml"), include_str!("../../../config/billing.toml")].concat();
    let layer: toml::Table = toml::from_str(&shipped).unwrap();
    layer["firm"].clone().try_into().unwrap()
}

fn customer() -> Customer {
    serde_json::from_value(json!({
        "id": "789", "name": "Jürgen <b>Großmann</b>", "street": "Schillerstrasse 12", "postal_code": "10117",
        "city": "Berlin", "phone": "", "email": "", "contract": "Plus"
    }))
    .unwrap()
}

/// Within the hours that the contract includes: no conflict.
fn report(id: &str) -> JobReport {
    serde_json::from_value(with(job(id), "hours_worked", json!(1))).unwrap()
}

fn bill(report: &JobReport) -> Bill {
    let firm = firm();
    price(report, &customer(), &firm.rules, &firm.currency, &Decisions::new()).unwrap()
}

/// Bills a job as the office agent would, once staff approved.
async fn billed(app: &App, id: &str, bill: Bill) -> Invoice {
    let report = report(id);
    let written = app.gateway.store.write(move |tx| {
        Box::pin(async move {
            jobs::accept(tx, &AgentName::from("field"), &report, NOW).await?;
            let job = jobs::get(tx, &report.job_id).await?.unwrap();
            let customer = customer();
            let draft =
                Draft { job: &job, customer: &customer, bill: &bill, approved_by: "Sabine", year: 2025 };
            invoice::create(tx, &draft, NOW).await
        })
    });
    written.await.unwrap().unwrap()
}

#[tokio::test]
async fn an_invoice_shows_the_firm_as_it_was() {
    on_each("invoice_firm", |db| async move {
        let app = app::house(&db).await;
        let auditor = app.as_user(ConsoleRole::Auditor).await;
        let page = async |id: &str| auditor.get(&format!("/api/comms/invoices/{id}/html")).await.text;
        let old = billed(&app, "JOB-789-001", bill(&report("JOB-789-001"))).await;
        let signed = billed(&app, "JOB-789-002", bill(&report("JOB-789-002"))).await;
        let mut firm = firm();
        firm.street = "Umzugsgasse 99".to_owned();
        firm.buyer_references.insert("790".into(), "another customer's".to_owned());
        let (known, kept) = (signed.clone(), firm.clone());
        for _ in 0..2 {
            let (invoice, firm) = (known.clone(), kept.clone());
            let write = app
                .gateway
                .store
                .write(move |tx| Box::pin(async move { invoice::sign(tx, &invoice, &firm).await }));
            write.await.unwrap();
        }
        assert!(page(signed.id.as_str()).await.contains("Umzugsgasse 99"), "as it was when it was written");
        let today = page(old.id.as_str()).await;
        assert!(!today.contains("Umzugsgasse 99"), "an older row shows the firm of the configuration");
        let stored = invoice::firm(&mut app.gateway.store.reader(), &signed.id).await.unwrap().unwrap();
        assert_eq!((stored.street.as_str(), stored.buyer_references.len()), ("Umzugsgasse 99", 0));
        assert_eq!(stored.iban, firm.iban);
        assert_eq!(invoice::firm(&mut app.gateway.store.reader(), &old.id).await.unwrap(), None);
    })
    .await;
}

async fn cancelled(app: &App, invoice: &Invoice) {
    let id = invoice.id.clone();
    let done = app.gateway.store.write(move |tx| {
        Box::pin(async move { invoice::cancel(tx, &id, "wrong hours", "Sabine", 2025, NOW).await })
    });
    assert!(matches!(done.await.unwrap(), Cancellation::Cancelled(_)));
}

fn ids(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn invoices_are_listed_page_by_page_and_shown_with_their_lines() {
    on_each("invoice_list", |db| async move {
        let app = app::house(&db).await;
        let first = billed(&app, "JOB-789-001", bill(&report("JOB-789-001"))).await;
        billed(&app, "JOB-789-002", bill(&report("JOB-789-002"))).await;
        cancelled(&app, &first).await;
        let auditor = app.as_user(ConsoleRole::Auditor).await;

        let page = auditor.get("/api/comms/invoices?limit=2").await.json();
        assert_eq!(ids(&page), ["RE-2025-0003", "RE-2025-0002"]);
        let cursor = page["next_cursor"].as_str().unwrap();
        let rest = auditor.get(&format!("/api/comms/invoices?limit=2&cursor={cursor}")).await.json();
        assert_eq!((ids(&rest), &rest["next_cursor"]), (vec!["RE-2025-0001"], &Value::Null));
        let of_job = auditor.get("/api/comms/invoices?job_id=JOB-789-001&customer_id=789").await.json();
        assert_eq!(ids(&of_job), ["RE-2025-0003", "RE-2025-0001"]);
        let open = auditor.get("/api/comms/invoices?state=open").await.json();
        assert_eq!(ids(&open), ["RE-2025-0002"]);
        for bad in ["limit=0", "limit=201", "cursor=x", "state=lost", "colour=red"] {
            assert_eq!(auditor.get(&format!("/api/comms/invoices?{bad}")).await.status, 400, "{bad}");
        }

        let one = auditor.get("/api/comms/invoices/RE-2025-0001").await.json();
        assert_eq!(
            (&one["state"], &one["customer"]),
            (&json!("cancelled"), &json!("Jürgen <b>Großmann</b>"))
        );
        let lines: i64 =
            one["lines"].as_array().unwrap().iter().map(|line| line["net_cents"].as_i64().unwrap()).sum();
        assert_eq!((lines, &one["currency"]), (one["net_cents"].as_i64().unwrap(), &json!("EUR")));
        let undone = auditor.get("/api/comms/invoices/RE-2025-0003").await.json();
        assert_eq!((&undone["cancels"], &undone["reason"]), (&json!("RE-2025-0001"), &json!("wrong hours")));
        assert_eq!(undone["gross_cents"].as_i64().unwrap(), -one["gross_cents"].as_i64().unwrap());

        let missing = auditor.get("/api/comms/invoices/RE-2025-0099").await;
        assert_eq!((missing.status, &missing.json()["code"]), (404, &json!("not_found")));
        let paths =
            ["invoices", "invoices/RE-2025-0001", "invoices/RE-2025-0001/html", "invoices/RE-2025-0001/pdf"];
        for path in paths {
            let stranger = app.answer(app.request("GET", &format!("/api/comms/{path}"))).await;
            assert_eq!(stranger.status, 401, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_invoice_is_handed_out_as_a_page_and_as_a_file() {
    on_each("invoice_files", |db| async move {
        let app = app::house(&db).await;
        let invoice = billed(&app, "JOB-789-001", bill(&report("JOB-789-001"))).await;
        let staff = app.as_user(ConsoleRole::Staff).await;

        let page = staff.get("/api/comms/invoices/RE-2025-0001/html").await;
        assert_eq!(
            (page.status, &page.headers["content-type"]),
            (200, &"text/html; charset=utf-8".parse().unwrap())
        );
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(
            page.text.contains("Rechnung RE-2025-0001") && page.text.contains("&lt;b&gt;"),
            "{}",
            page.text
        );
        assert!(!page.text.contains("<b>") && !page.text.contains("<script"), "{}", page.text);
        let english = staff.get("/api/comms/invoices/RE-2025-0001/html?language=en").await;
        assert!(english.text.contains("Invoice RE-2025-0001"), "{}", english.text);
        assert_eq!(staff.get("/api/comms/invoices/RE-2025-0001/html?language=fr").await.status, 400);

        let request = staff.request("GET", "/api/comms/invoices/RE-2025-0001/pdf");
        let response = request.send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"application/pdf".parse().unwrap())
        );
        assert_eq!(response.headers()["content-disposition"], "inline; filename=\"RE-2025-0001.pdf\"");
        let bytes = response.bytes().await.unwrap();
        assert!(bytes.starts_with(b"%PDF-1.7") && bytes.windows(12).any(|w| w == b"factur-x.xml"));
        // What is handed out is what was written, whatever became of the invoice since.
        cancelled(&app, &invoice).await;
        let again = staff.request("GET", "/api/comms/invoices/RE-2025-0001/pdf").send().await.unwrap();
        assert_eq!(again.bytes().await.unwrap(), bytes);
    })
    .await;
}

#[tokio::test]
async fn an_invoice_that_breaks_a_rule_is_no_file_but_still_a_page() {
    on_each("invoice_rules", |db| async move {
        let app = app::house(&db).await;
        let mut wrong = bill(&report("JOB-789-001"));
        wrong.gross_cents += 1;
        billed(&app, "JOB-789-001", wrong).await;
        let staff = app.as_user(ConsoleRole::Staff).await;
        let refused = staff.get("/api/comms/invoices/RE-2025-0001/pdf").await;
        assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("not_an_e_invoice")));
        assert!(refused.json()["detail"].as_str().unwrap().contains("BR-CO-15"), "{}", refused.text);
        assert_eq!(staff.get("/api/comms/invoices/RE-2025-0001/html").await.status, 200);
    })
    .await;
}
