//! Who may call how often: strangers are held back by their address, and whoever proves who they are is not.

use plumbline_gateway::Config;
use serde_json::json;

use crate::app::{self, job, on_each, with};

#[tokio::test]
async fn a_peer_with_the_links_secret_is_not_counted_and_a_stranger_is() {
    on_each("sources", |db| async move {
        let office = app::limited_office(&db, Config { source_per_second: 1, ..Config::default() }).await;
        for n in 0..40 {
            let taken = office.post("/process_job", &job(&format!("JOB-{n}"))).await;
            assert_eq!(taken.status, 202, "{}", taken.text);
            let conflict = with(job(&format!("JOB-{n}")), "hours_worked", json!(9));
            assert_eq!(office.post("/process_job", &conflict).await.status, 409, "a mistake is told as one");
        }
        let mut held = 0;
        for _ in 0..40 {
            let guess = office.request("POST", "/process_job").bearer_auth("guess").json(&job("JOB-1"));
            let answer = office.answer(guess).await;
            assert!(matches!(answer.status, 401 | 429), "{}", answer.status);
            held += usize::from(answer.status == 429);
        }
        assert!(held > 20, "{held}");
        assert_eq!(
            office.post("/process_job", &job("JOB-1")).await.status,
            202,
            "the same address, believed"
        );
        let mut floods = 0;
        for _ in 0..40 {
            floods += usize::from(office.answer(office.request("GET", "/health")).await.status == 429);
        }
        assert!(floods > 20, "{floods}");
    })
    .await;
}
