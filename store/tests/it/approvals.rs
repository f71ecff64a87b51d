//! Approvals and jobs as staff list them, page by page, on each database.

use domain::{
    clock::Millis,
    contact::Role,
    id::{CallId, QuestionId, TurnId},
    job::{JobReport, JobState},
    question::{Answer, Purpose, Question, QuestionState},
};
use plumbline_store::{
    Error,
    approval::{self, Which},
    office::{self, board},
    question,
};

use crate::db::on_each;

fn escalation(n: i64) -> Question {
    Question {
        id: QuestionId(format!("q{n}")),
        purpose: Purpose::Escalation { job: format!("JOB-{n}").as_str().into(), role: Role::Office },
        text: format!("question {n}"),
        turn: TurnId::from("t"),
        call: CallId::from("c"),
        state: QuestionState::Open,
        asked_at: Millis(1_000 + n / 2),
        expires_at: Millis(9_000),
        answer: None,
    }
}

fn answer() -> Answer {
    Answer {
        value: None,
        text: "Yes".into(),
        reason: None,
        by: None,
        by_name: "Sabine".into(),
        at: Millis(5_000),
    }
}

#[tokio::test]
async fn pages_of_questions_neither_skip_nor_repeat() {
    on_each("approvals", async |db| {
        db.store
            .write(|tx| {
                Box::pin(async move {
                    for n in 0..7 {
                        question::open(tx, &escalation(n), "office").await?;
                    }
                    let asked =
                        Question { id: QuestionId::from("mine"), purpose: Purpose::Ask, ..escalation(100) };
                    question::open(tx, &asked, "field").await?;
                    for n in [1, 4] {
                        question::decide(tx, &QuestionId(format!("q{n}")), &answer()).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
            .unwrap();
        for (which, expected) in
            [(Which::Open, vec!["q0", "q2", "q3", "q5", "q6"]), (Which::Settled, vec!["q4", "q1"])]
        {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let mut tx = db.store.reader();
                let page = approval::list(&mut tx, Role::Office, which, after.as_ref(), 2).await.unwrap();
                let Some(last) = page.last() else { break };
                after = Some((last.question.asked_at, last.question.id.clone()));
                seen.extend(page.iter().map(|approval| approval.question.id.0.clone()));
            }
            assert_eq!(seen, expected, "{which:?}");
        }
    })
    .await;
}

fn report(n: i64, done: &str) -> JobReport {
    JobReport {
        job_id: format!("JOB-{n}").as_str().into(),
        technician: "Frank".into(),
        customer_id: "789".into(),
        location: String::new(),
        work_done: done.to_owned(),
        hours_worked: "1".parse().unwrap(),
        materials_used: vec![],
        status: "validated_by_technician".into(),
    }
}

#[tokio::test]
async fn jobs_are_found_by_words_that_are_only_words() {
    on_each("board", async |db| {
        db.store
            .write(|tx| {
                Box::pin(async move {
                    for (n, done) in [(1, "Sink 100% dicht"), (2, "Sink 100x dicht"), (3, "Toilet_seat")] {
                        let peer = "field".into();
                        office::job::accept(tx, &peer, &report(n, done), Millis(n)).await?;
                    }
                    office::job::defer(tx, &"JOB-2".into(), Millis(9)).await?;
                    Ok::<_, Error>(())
                })
            })
            .await
            .unwrap();
        let mut tx = db.store.reader();
        for (words, expected) in [
            ("100%", vec!["JOB-1"]),
            ("SINK", vec!["JOB-2", "JOB-1"]),
            ("t_s", vec!["JOB-3"]),
            ("'; drop table job; --", vec![]),
        ] {
            let filter = board::Filter { words: Some(words.to_owned()), ..Default::default() };
            let found = board::list(&mut tx, &filter, None, 10).await.unwrap();
            let ids: Vec<&str> = found.iter().map(|job| job.id.as_str()).collect();
            assert_eq!(ids, expected, "{words}");
        }
        let filter = board::Filter { state: Some(JobState::Received), ..Default::default() };
        let page = board::list(&mut tx, &filter, None, 1).await.unwrap();
        let after = page.last().map(|job| (job.created, job.id.clone()));
        let next = board::list(&mut tx, &filter, after.as_ref(), 9).await.unwrap();
        assert_eq!((page[0].id.as_str(), next[0].id.as_str(), next.len()), ("JOB-3", "JOB-1", 1));
        let counted = board::counts(&mut tx).await.unwrap();
        assert!(counted.contains(&(JobState::Received, 2)) && counted.contains(&(JobState::Deferred, 1)));
    })
    .await;
}
