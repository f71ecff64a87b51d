//! The end of a job as our own office tells it, and as foreign agents do.

use a2a::{
    Message, Part, Task,
    stream::{ArtifactUpdate, StatusUpdate},
};
use domain::clock::Millis;
use serde_json::json;

use super::{
    super::wire::{open_task, settled_task},
    *,
};

fn settlement(status: SettlementStatus) -> Settlement {
    let invoice_id = (status == SettlementStatus::Completed).then(|| "RE-2026-0001".into());
    Settlement { job_id: "JOB-789-001".into(), status, note: "goodwill".to_owned(), invoice_id }
}

fn message_of(parts: Vec<Part>) -> Message {
    Message { parts, ..Message::default() }
}

#[test]
fn each_settlement_is_read_back_with_its_own_id_as_key() {
    for status in [SettlementStatus::Completed, SettlementStatus::Rejected, SettlementStatus::Withdrawn] {
        let settlement = settlement(status);
        let notice = JobNotice::Settled(settlement.clone());
        let mut task = settled_task(&settlement, Millis(0));
        task.metadata = Some(Envelope::new(&notice, &"office".into(), "out-9").metadata());
        assert!(task.status.state.is_terminal());
        let event = StreamResponse { task: Some(task), ..StreamResponse::default() };
        assert_eq!(read(&event), Some(Ended { key: "out-9".to_owned(), notice }));
    }
}

#[test]
fn a_refusal_is_read_back() {
    let notice = JobNotice::Refused { job_id: "JOB-1".into(), reason: "no".to_owned() };
    let mut task = open_task(notice.job(), "no", Millis(0));
    task.metadata = Some(Envelope::new(&notice, &"office".into(), "out-9").metadata());
    let event = StreamResponse { task: Some(task), ..StreamResponse::default() };
    assert_eq!(read(&event), Some(Ended { key: "out-9".to_owned(), notice }));
}

/// The Python server's order: the task as submitted, the artifact, then the status.
#[test]
fn a_foreign_agents_events_tell_the_end_once() {
    let submitted = Task {
        id: "0ab1".to_owned(),
        context_id: Some("JOB-789-001".to_owned()),
        status: TaskStatus { state: TaskState::Submitted, ..TaskStatus::default() },
        ..Task::default()
    };
    let artifact = ArtifactUpdate {
        task_id: "0ab1".to_owned(),
        context_id: Some("JOB-789-001".to_owned()),
        artifact: Artifact {
            parts: vec![Part::data(json!(settlement(SettlementStatus::Completed)))],
            ..Artifact::default()
        },
        ..ArtifactUpdate::default()
    };
    let status = StatusUpdate {
        task_id: "0ab1".to_owned(),
        context_id: Some("JOB-789-001".to_owned()),
        status: TaskStatus {
            state: TaskState::Completed,
            message: Some(message_of(vec![Part::text("billed")])),
            ..TaskStatus::default()
        },
        ..StatusUpdate::default()
    };
    let none = StreamResponse::default();
    assert_eq!(read(&StreamResponse { task: Some(submitted), ..none.clone() }), None);
    let first = read(&StreamResponse { artifact_update: Some(artifact), ..none.clone() });
    let notice = JobNotice::Settled(settlement(SettlementStatus::Completed));
    assert_eq!(first, Some(Ended { key: "completed:JOB-789-001".to_owned(), notice }));
    let Some(Ended { key, notice: JobNotice::Settled(second) }) =
        read(&StreamResponse { status_update: Some(status), ..none.clone() })
    else {
        panic!("the status tells nothing")
    };
    assert_eq!((key.as_str(), second.note.as_str()), ("completed:JOB-789-001", "billed"));
    assert_eq!(read(&none), None);
    assert_eq!(read(&StreamResponse { message: Some(message_of(vec![Part::text("hi")])), ..none }), None);
}

#[test]
fn a_foreign_failure_is_a_rejection_with_its_words() {
    let event: StreamResponse = serde_json::from_value(json!({
        "task": {"id": "JOB-1", "status": {"state": "TASK_STATE_FAILED", "message": {"parts": [{"text": "out of paper"}]}}}
    }))
    .unwrap();
    let Some(Ended { notice: JobNotice::Settled(settlement), .. }) = read(&event) else {
        panic!("not ended")
    };
    assert_eq!((settlement.status, settlement.note.as_str()), (SettlementStatus::Rejected, "out of paper"));
}
