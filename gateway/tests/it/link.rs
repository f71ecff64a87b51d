//! Both agents of the house joined by their real link: what the field's channel sends, the office's port takes, and back.

use channels::{
    channel::{Channel as _, Facts},
    link::{Ends, Link, report},
    transport::{self, Transport},
};
use domain::{
    address::{Address, ChannelName},
    clock::Millis,
    id::OutboxId,
    job::{JobNotice, JobReport, Settlement, SettlementStatus},
    outbound::{Content, Outbound, SendOutcome},
};
use serde_json::json;
use url::Url;

use crate::app::{self, App, NOW, SECRET, job, on_each, with};

fn link(from: &App, name: &str, to: &App, peer: &str, secret: &str) -> Link {
    link_to(from, name, &to.url, peer, secret)
}

pub fn link_to(from: &App, name: &str, url: &str, peer: &str, secret: &str) -> Link {
    let config = transport::Config::default();
    let transport = Transport::new(transport::client(&config).unwrap(), &config);
    let ends = Ends {
        from: name.into(),
        peer: peer.into(),
        url: Url::parse(url).unwrap(),
        own_url: Some(Url::parse(&from.url).unwrap()),
        secret: secret.into(),
    };
    Link::new(ends, transport)
}

async fn send(link: &Link, id: &str, notice: &JobNotice) -> SendOutcome {
    try_again(link, id, notice, 0).await
}

pub async fn try_again(link: &Link, id: &str, notice: &JobNotice, attempts: u32) -> SendOutcome {
    let outbound = Outbound {
        id: OutboxId::from(id),
        to: Address::new(ChannelName::link("office"), notice.job().as_str()),
        conversation: "c".into(),
        content: Content::Job(notice.clone()),
        turn: None,
        speaker: String::new(),
        attempts,
    };
    link.send(&outbound, &Facts { now: NOW, last_inbound: Millis(0), queued: Millis(0) }).await
}

fn read(hours: f64) -> JobReport {
    report::read(&with(job("JOB-1"), "hours_worked", json!(hours)), "").unwrap()
}

fn sent(external: &str) -> SendOutcome {
    SendOutcome::Sent { external: external.to_owned() }
}

#[tokio::test]
async fn a_jobs_whole_life_crosses_the_link() {
    on_each("life", |db| async move {
        let (field, office) = (app::field(&db).await, app::office(&db).await);
        let out = link(&field, "field", &office, "office", SECRET);
        let reported = JobNotice::Reported { report: read(1.5) };
        let corrected = JobNotice::Corrected { report: read(2.0) };
        // Every one of them twice, as after a lost answer.
        for (id, notice) in [("out-1", &reported), ("out-1", &reported), ("out-2", &corrected), ("out-2", &corrected)] {
            assert_eq!(send(&out, id, notice).await, sent("JOB-1"));
        }
        let other = JobNotice::Reported { report: read(7.0) };
        assert!(matches!(send(&out, "out-3", &other).await, SendOutcome::Refused { reason } if reason.contains("other data")));
        let withdrawn = JobNotice::Withdrawn { job_id: "JOB-1".into(), reason: "wrong customer".to_owned() };
        for _ in 0..2 {
            assert_eq!(send(&out, "out-4", &withdrawn).await, sent("JOB-1"));
        }
        let notices: Vec<_> = office.arrivals().await.into_iter().map(|row| row.4).collect();
        assert_eq!(notices, [reported, corrected, withdrawn]);
        let late = JobNotice::Withdrawn { job_id: "JOB-9".into(), reason: String::new() };
        assert!(matches!(send(&out, "out-5", &late).await, SendOutcome::Refused { .. }));
        assert!(store::office::push_config::list(&mut db.store.reader(), &"JOB-1".into()).await.unwrap().is_empty(),
            "our own peer's secret is not kept");

        let back = link(&office, "office", &field, "field", SECRET);
        let settled = JobNotice::Settled(Settlement {
            job_id: "JOB-1".into(),
            status: SettlementStatus::Withdrawn,
            note: "wrong customer".to_owned(),
            invoice_id: None,
        });
        for _ in 0..2 {
            assert_eq!(send(&back, "out-6", &settled).await, sent("out-6"));
        }
        let notices: Vec<_> = field.arrivals().await.into_iter().map(|row| (row.0, row.4)).collect();
        assert_eq!(notices, [("link:office".to_owned(), settled)]);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_secret_waits_for_a_person_and_names_the_setting() {
    on_each("secret", |db| async move {
        let (field, office) = (app::field(&db).await, app::office(&db).await);
        let out = link(&field, "field", &office, "office", "another");
        match send(&out, "out-1", &JobNotice::Reported { report: read(1.5) }).await {
            SendOutcome::RetryAt { at, reason } => {
                assert!(at >= NOW.plus(std::time::Duration::from_secs(60)));
                assert!(reason.contains("AGENT_LINK_SECRET") && !reason.contains("another"), "{reason}");
            }
            other => panic!("{other:?}"),
        }
        assert!(office.job("JOB-1").await.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_job_sent_to_the_wrong_agent_is_refused() {
    on_each("wrong_agent", |db| async move {
        let field = app::field(&db).await;
        let out = link(&field, "field", &field, "office", SECRET);
        let outcome = send(&out, "out-1", &JobNotice::Reported { report: read(1.5) }).await;
        assert!(matches!(outcome, SendOutcome::Refused { reason } if reason.contains("takes no tasks")));
    })
    .await;
}
