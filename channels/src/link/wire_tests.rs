//! Reports as messages and back, and what is no report.

use serde_json::json;

use super::*;

fn report() -> JobReport {
    let value = json!({
        "job_id": "JOB-789-001", "technician": "Frank", "customer_id": "789", "work_done": "Repaired the sink pipe",
        "hours_worked": 1.5
    });
    super::super::report::read(&value, "").unwrap()
}

fn message_of(parts: Vec<Part>) -> Message {
    Message { parts, ..Message::default() }
}

#[test]
fn a_report_travels_as_plain_job_data() {
    let notice = JobNotice::Corrected { report: report() };
    let envelope = Envelope::new(&notice, &"field".into(), "out-1");
    let message = message(&report(), &envelope);
    assert_eq!((message.message_id.as_str(), message.context_id.as_deref()), ("out-1", Some("JOB-789-001")));
    assert_eq!(message.parts[0].data.as_ref().unwrap()["work_done"], "Repaired the sink pipe");
    let over_the_wire: Message = serde_json::from_value(json!(message)).unwrap();
    assert_eq!(read_message(&over_the_wire), Ok(report()));
    let read = Envelope::of(over_the_wire.metadata.as_ref()).unwrap();
    assert_eq!((read.notice.as_str(), read.from.as_str(), read.id.as_str()), ("corrected", "field", "out-1"));
}

#[test]
fn a_job_in_text_is_a_job() {
    let text = json!(report()).to_string();
    for text in
        [text.clone(), format!("  {text}\n"), format!("```json\n{text}\n```"), format!("```\n{text}\n```")]
    {
        assert_eq!(read_message(&message_of(vec![Part::text("a new job:"), Part::text(text)])), Ok(report()));
    }
}

#[test]
fn what_is_no_job_is_told_from_a_faulty_one() {
    let absent = [
        vec![],
        vec![Part::text("hello")],
        vec![Part::data(json!({"question": "?"}))],
        vec![Part::text("7")],
    ];
    for parts in absent {
        assert_eq!(read_message(&message_of(parts)), Err(NoJob::Absent));
    }
    let Err(NoJob::Faulty(faults)) = read_message(&message_of(vec![Part::data(json!({"job_id": "J-1"}))]))
    else {
        panic!("read a faulty job")
    };
    assert_eq!(faults[0].field, "message.parts[0].data.technician");
    let twice = vec![Part::data(json!(report())), Part::text(json!(report()).to_string())];
    let Err(NoJob::Faulty(faults)) = read_message(&message_of(twice)) else { panic!("read two jobs") };
    assert_eq!(faults[0].field, "message.parts[1].text");
}
