//! The trade's tables: jobs change only while open, invoices are numbered without gaps and written once a job.

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    billing::{Bill, ConflictKind, Decision, Decisions, Line, LineKind},
    clock::Millis,
    customer::Customer,
    id::{ConversationId, InvoiceId, JobId},
    invoice::{Invoice, InvoiceState},
    job::{HandoffState, JobReport, JobState, Material, Settlement, SettlementStatus},
    language::Language,
};
use plumbline_store::{
    Error, Store, args, conversation, handoff,
    office::{
        customer,
        invoice::{self, Cancellation, Draft, Filter},
        job::{self, Acceptance, Change},
    },
};

use crate::db::{Db, on_each};

const NOW: Millis = Millis(1_000_000);

/// One transaction that must succeed.
macro_rules! tx {
    ($store:expr, |$tx:ident| $body:expr) => {
        $store.write(move |$tx| Box::pin(async move { $body })).await.unwrap()
    };
}

fn meier() -> Customer {
    Customer {
        id: "789".into(),
        name: "Klaus Meier".into(),
        street: "Schillerstrasse 12".into(),
        postal_code: "10117".into(),
        city: "Berlin".into(),
        phone: String::new(),
        email: String::new(),
        contract: "Plus".into(),
    }
}

fn report(id: &str, hours: i64) -> JobReport {
    JobReport {
        job_id: id.into(),
        technician: "Frank".into(),
        customer_id: "789".into(),
        location: "Schillerstrasse 12, 10117 Berlin".into(),
        work_done: "Repaired the sink pipe".into(),
        hours_worked: hours.into(),
        materials_used: vec![Material { name: "Gasket 10-B".into(), quantity: 1.into() }],
        status: "validated_by_technician".into(),
    }
}

fn bill() -> Bill {
    Bill {
        lines: vec![Line {
            kind: LineKind::Material,
            description: "Gasket 10-B".into(),
            subject: "Gasket 10-B".into(),
            quantity: 1.into(),
            unit: "pcs".into(),
            unit_price_cents: 390,
            net_cents: 390,
            waived_cents: 0,
        }],
        net_cents: 390,
        vat_percent: 19.into(),
        vat_cents: 74,
        gross_cents: 464,
        currency: "EUR".into(),
        goodwill: false,
        waived_cents: 0,
    }
}

async fn accept(store: &Store, report: JobReport) -> Acceptance {
    tx!(store, |tx| job::accept(tx, &AgentName::from("field"), &report, NOW).await)
}

async fn job(store: &Store, id: &str) -> job::Job {
    job::get(&mut store.reader(), &id.into()).await.unwrap().unwrap()
}

/// Bills a job as it stands in `revision`.
async fn bill_job(store: &Store, id: &str, revision: i64, year: i16) -> Option<Invoice> {
    let mut job = job(store, id).await;
    job.revision = revision;
    tx!(store, |tx| {
        let (customer, bill) = (meier(), bill());
        let draft = Draft { job: &job, customer: &customer, bill: &bill, approved_by: "Sabine", year };
        invoice::create(tx, &draft, NOW).await
    })
}

#[tokio::test]
async fn customers_are_imported_whole_and_over_again() {
    on_each("customers", async |db: Db| {
        let mut second = meier();
        second.id = "790".into();
        let list = vec![meier(), second];
        tx!(db.store, |tx| customer::import(tx, &list).await);
        let mut changed = meier();
        changed.contract = "Premium".into();
        tx!(db.store, |tx| customer::import(tx, &[changed]).await);
        let mut tx = db.store.reader();
        let all = tx.query(customer::all()).await.unwrap();
        assert_eq!(
            all.iter().map(|c| (c.id.as_str(), c.contract.as_str())).collect::<Vec<_>>(),
            [("789", "Premium"), ("790", "Plus")]
        );
        assert_eq!(customer::count(&mut tx).await.unwrap(), 2);
        assert_eq!(customer::get(&mut tx, &"790".into()).await.unwrap(), Some(all[1].clone()));
        assert_eq!(customer::get(&mut tx, &"'; --".into()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn whatever_changes_a_customer_makes_it_another_list() {
    on_each("customer_list", async |db: Db| {
        let revision = async || db.store.reader().query(customer::revision()).await.unwrap();
        let mut known = vec![revision().await];
        tx!(db.store, |tx| customer::import(tx, &[meier()]).await);
        known.push(revision().await);
        // Over an earlier one, and by hand.
        tx!(db.store, |tx| customer::import(tx, &[meier()]).await);
        known.push(revision().await);
        for sql in ["UPDATE customer SET city = 'Bonn' WHERE id = $1", "DELETE FROM customer WHERE id = $1"] {
            tx!(db.store, |tx| tx.exec(sql, args!["789"]).await);
            known.push(revision().await);
        }
        assert!(known.is_sorted_by(|before, after| before < after), "{known:?}");
        assert_eq!(revision().await, known[4], "looking changes nothing");
    })
    .await;
}

#[tokio::test]
async fn a_job_is_taken_in_once_and_changes_only_while_open() {
    on_each("jobs", async |db: Db| {
        let store = &db.store;
        assert_eq!(accept(store, report("JOB-789-001", 1)).await, Acceptance::Accepted);
        assert_eq!(accept(store, report("JOB-789-001", 1)).await, Acceptance::Same);
        assert_eq!(accept(store, report("JOB-789-001", 2)).await, Acceptance::Differs);
        let plain = report("JOB-789-002", 1);
        tx!(store, |tx| job::accept(tx, &AgentName::from(""), &plain, NOW).await);
        assert_eq!(job(store, "JOB-789-001").await.peer, Some(AgentName::from("field")));
        assert_eq!(job(store, "JOB-789-002").await.peer, None);

        let id = JobId::from("JOB-789-001");
        let waived = Decisions::from([(ConflictKind::HoursOverContract, Decision::Waive)]);
        let decide = async |revision| {
            let (id, decisions) = (id.clone(), waived.clone());
            tx!(store, |tx| job::set_decisions(tx, &id, revision, &decisions, NOW).await)
        };
        assert!(decide(1).await);
        assert_eq!(job(store, "JOB-789-001").await.decisions, waived);
        let correct = async |id: &str, hours| {
            let report = report(id, hours);
            tx!(store, |tx| job::correct(tx, &report, NOW).await)
        };
        assert_eq!(correct("JOB-789-001", 2).await, Change::Done);
        assert_eq!(correct("JOB-789-001", 2).await, Change::Same);
        assert_eq!(correct("JOB-789-404", 2).await, Change::Unknown);
        let corrected = job(store, "JOB-789-001").await;
        assert_eq!(
            (corrected.revision, corrected.decisions.len()),
            (2, 0),
            "an old decision is not for new figures"
        );
        assert!(!decide(1).await, "figures of an earlier revision are stale");

        let put_off = id.clone();
        assert_eq!(tx!(store, |tx| job::defer(tx, &put_off, NOW).await), Change::Done);
        assert_eq!(job::list(&mut store.reader(), JobState::Deferred, 10).await.unwrap().len(), 1);
        let stop = async || {
            let id = id.clone();
            tx!(store, |tx| job::withdraw(tx, &id, "wrong customer", NOW).await)
        };
        assert_eq!(stop().await, Change::Done);
        assert_eq!(stop().await, Change::Same);
        let refused = id.clone();
        let change = tx!(store, |tx| job::reject(tx, &refused, "no", NOW).await);
        assert_eq!(change, Change::Closed(JobState::Withdrawn));
        assert_eq!(correct("JOB-789-001", 3).await, Change::Closed(JobState::Withdrawn));
        assert_eq!(bill_job(store, "JOB-789-001", 2, 2026).await, None);
        assert_eq!(job(store, "JOB-789-001").await.note, "wrong customer");
        let of = store.reader().query(job::of_customer(&"789".into(), 10)).await.unwrap();
        assert_eq!(of.len(), 2);
        assert_eq!(job::newest(&mut store.reader(), 1).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn invoices_have_no_gaps_and_a_job_has_one() {
    on_each("invoices", async |db: Db| {
        let store = &db.store;
        for n in 1..=3 {
            accept(store, report(&format!("JOB-789-00{n}"), 1)).await;
        }
        let first = bill_job(store, "JOB-789-001", 1, 2026).await.unwrap();
        assert_eq!((first.id.as_str(), first.number, first.state), ("RE-2026-0001", 1, InvoiceState::Open));
        assert_eq!(bill_job(store, "JOB-789-001", 1, 2026).await, None, "once a job");
        assert_eq!(bill_job(store, "JOB-789-002", 7, 2026).await, None, "only as it stands");
        let invoiced = job(store, "JOB-789-001").await;
        assert_eq!((invoiced.state, invoiced.invoice), (JobState::Invoiced, Some(first.id.clone())));

        // A transaction that is undone after the invoice was written takes its number with it.
        let undone = job(store, "JOB-789-002").await;
        let failed: Result<(), Error> = store
            .write(move |tx| {
                Box::pin(async move {
                    let (customer, bill) = (meier(), bill());
                    let draft = Draft {
                        job: &undone,
                        customer: &customer,
                        bill: &bill,
                        approved_by: "Sabine",
                        year: 2026,
                    };
                    assert!(invoice::create(tx, &draft, NOW).await?.is_some());
                    Err(Error::Closed)
                })
            })
            .await;
        assert!(failed.is_err());
        assert_eq!(bill_job(store, "JOB-789-002", 1, 2026).await.unwrap().id.as_str(), "RE-2026-0002");
        assert_eq!(bill_job(store, "JOB-789-003", 1, 2027).await.unwrap().id.as_str(), "RE-2027-0001");

        let mut tx = store.reader();
        let open = tx.query(invoice::open_of_customer(&"789".into(), 10)).await.unwrap();
        assert_eq!(open.len(), 3);
        assert_eq!(invoice::get(&mut tx, &first.id).await.unwrap(), Some(first));
        assert_eq!(invoice::list(&mut tx, 2).await.unwrap()[0].id.as_str(), "RE-2027-0001");
        // Page by page each comes once, newest first.
        let (mut seen, mut after) = (Vec::new(), None);
        while let Some(next) = invoice::page(&mut tx, &Filter::default(), after, 1).await.unwrap().pop() {
            after = Some((next.year, next.number));
            seen.push(next.id.0);
        }
        assert_eq!(seen, ["RE-2027-0001", "RE-2026-0002", "RE-2026-0001"]);
        let of = |filter: Filter| {
            let store = store.clone();
            async move { invoice::page(&mut store.reader(), &filter, None, 10).await.unwrap().len() }
        };
        assert_eq!(of(Filter { job: Some("JOB-789-001".into()), ..Filter::default() }).await, 1);
        assert_eq!(of(Filter { customer: Some("790".into()), ..Filter::default() }).await, 0);
        assert_eq!(of(Filter { state: Some(InvoiceState::Open), ..Filter::default() }).await, 3);
        assert_eq!(of(Filter { state: Some(InvoiceState::Paid), ..Filter::default() }).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_invoice_is_undone_by_another_and_its_job_can_be_billed_again() {
    on_each("cancellations", async |db: Db| {
        let store = &db.store;
        accept(store, report("JOB-789-001", 1)).await;
        let wrong = bill_job(store, "JOB-789-001", 1, 2026).await.unwrap();
        let cancel = async |id: &InvoiceId| {
            let id = id.clone();
            tx!(store, |tx| invoice::cancel(tx, &id, "wrong hours", "Sabine", 2026, NOW).await)
        };
        let Cancellation::Cancelled(undoing) = cancel(&wrong.id).await else { panic!("not cancelled") };
        assert_eq!((undoing.id.as_str(), undoing.cancels.as_ref()), ("RE-2026-0002", Some(&wrong.id)));
        assert_eq!((undoing.bill.gross_cents, undoing.bill.lines[0].quantity), (-464, (-1).into()));
        assert_eq!((undoing.state, undoing.work.reason.as_str()), (InvoiceState::Settled, "wrong hours"));
        assert_eq!(cancel(&wrong.id).await, Cancellation::Not(InvoiceState::Cancelled));
        assert_eq!(cancel(&undoing.id).await, Cancellation::Not(InvoiceState::Settled));
        assert_eq!(cancel(&"RE-1999-0001".into()).await, Cancellation::Unknown);
        assert!(store.reader().query(invoice::open_of_customer(&"789".into(), 10)).await.unwrap().is_empty());
        let again = job(store, "JOB-789-001").await;
        assert_eq!((again.state, again.revision, again.invoice), (JobState::Deferred, 2, None));
        let right = bill_job(store, "JOB-789-001", 2, 2026).await.unwrap();
        assert_eq!(right.id.as_str(), "RE-2026-0003");
        assert_eq!(invoice::of_job(&mut store.reader(), &"JOB-789-001".into()).await.unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn many_at_once_get_numbers_in_a_row() {
    on_each("numbers", async |db: Db| {
        let store = &db.store;
        for n in 1..=12 {
            accept(store, report(&format!("JOB-789-{n:03}"), 1)).await;
        }
        let ids: Vec<String> = (1..=12).map(|n| format!("JOB-789-{n:03}")).collect();
        // Each job twice at the same time: one of each pair writes the invoice.
        let written = futures::future::join_all(
            ids.iter().chain(&ids).map(|id| async move { bill_job(store, id, 1, 2026).await }),
        )
        .await;
        let mut numbers: Vec<i64> = written.into_iter().flatten().map(|invoice| invoice.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
    })
    .await;
}

async fn conversation(db: &Db) -> ConversationId {
    let ids = db.ids.clone();
    let address = Address::new(ChannelName::terminal("technician"), "technician");
    let held = tx!(db.store, |tx| {
        conversation::open(tx, &ids, &AgentName::from("field"), &address, None, Language::En, NOW).await
    });
    held.id
}

#[tokio::test]
async fn a_handed_over_job_has_a_name_of_its_own_and_ends_once() {
    on_each("handoffs", async |db: Db| {
        let (store, field) = (&db.store, AgentName::from("field"));
        let held = conversation(&db).await;
        let hand_over = async |at: Millis| {
            let (field, held) = (field.clone(), held.clone());
            tx!(store, |tx| {
                let id = handoff::next_job(tx, &"789".into()).await?;
                handoff::insert(tx, &field, &held, &report(id.as_str(), 1), at).await?;
                Ok(id)
            })
        };
        assert_eq!(hand_over(NOW).await.as_str(), "JOB-789-001");
        accept(store, report("JOB-789-007", 1)).await;
        accept(store, report("JOB-789-zz", 1)).await;
        assert_eq!(
            hand_over(Millis(2_000_000)).await.as_str(),
            "JOB-789-008",
            "the office's own names count"
        );
        assert_eq!(tx!(store, |tx| handoff::next_job(tx, &"78".into()).await).as_str(), "JOB-78-001");
        let odd = tx!(store, |tx| handoff::next_job(tx, &"A_%".into()).await);
        assert_eq!(odd.as_str(), "JOB-A_%-001");

        let mut tx = store.reader();
        let id = JobId::from("JOB-789-001");
        let same = handoff::same_work(&mut tx, &report("", 1), NOW, 10).await.unwrap();
        assert_eq!(
            same.iter().map(|h| h.report.job_id.as_str()).collect::<Vec<_>>(),
            ["JOB-789-008", "JOB-789-001"]
        );
        assert_eq!(
            handoff::same_work(&mut tx, &report("", 1), Millis(1_500_000), 10).await.unwrap().len(),
            1
        );
        assert!(handoff::same_work(&mut tx, &report("", 2), NOW, 10).await.unwrap().is_empty());

        let corrected = report("JOB-789-001", 2);
        let (agent, data) = (field.clone(), corrected.clone());
        assert!(tx!(store, |tx| handoff::correct(tx, &agent, &data, NOW).await));
        let (agent, job) = (field.clone(), id.clone());
        tx!(store, |tx| handoff::accepted(tx, &agent, &job, "task-1", NOW).await);
        let known = handoff::get(&mut tx, &field, &id).await.unwrap().unwrap();
        assert_eq!(
            (known.state, known.task.as_deref(), &known.report),
            (HandoffState::Accepted, Some("task-1"), &corrected)
        );
        assert_eq!(tx.query(handoff::open_in(&held, 10)).await.unwrap().len(), 2);

        let agent = field.clone();
        tx!(store, |tx| {
            let settlement = Settlement {
                job_id: "JOB-789-001".into(),
                status: SettlementStatus::Completed,
                note: "goodwill".into(),
                invoice_id: Some("RE-2026-0001".into()),
            };
            handoff::settle(tx, &agent, &settlement, HandoffState::Completed, NOW).await
        });
        let (agent, data) = (field.clone(), report("JOB-789-001", 3));
        assert!(!tx!(store, |tx| handoff::correct(tx, &agent, &data, NOW).await), "too late");
        let (agent, job) = (field.clone(), id.clone());
        tx!(store, |tx| handoff::accepted(tx, &agent, &job, "late", NOW).await);
        let ended = handoff::get(&mut tx, &field, &id).await.unwrap().unwrap();
        assert_eq!((ended.state, ended.invoice), (HandoffState::Completed, Some("RE-2026-0001".into())));
        assert_eq!(handoff::list(&mut tx, &held, 10).await.unwrap().len(), 2);
        assert_eq!(tx.query(handoff::open_of_customer(&"789".into(), 10)).await.unwrap().len(), 1);
        assert_eq!(handoff::customer_of(&mut tx, &"JOB-789-007".into()).await.unwrap(), Some("789".into()));
        assert_eq!(handoff::customer_of(&mut tx, &"JOB-0".into()).await.unwrap(), None);
    })
    .await;
}
