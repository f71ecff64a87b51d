//! What the model is given to read: budgets, order, repairs.

use domain::{
    clock::Millis,
    job::{Settlement, SettlementStatus},
    message::Direction,
};

use super::*;

fn message(author: Author, text: &str) -> Message {
    let theirs = matches!(author, Author::Contact(_) | Author::Peer(_));
    let direction = if theirs { Direction::In } else { Direction::Out };
    Message::new("m".into(), &"c".into(), direction, author, vec![Part::text(text)], Millis(0))
}

fn person(text: &str) -> Message {
    message(Author::Contact("p".into()), text)
}

#[test]
fn what_is_not_words_is_announced() {
    let parts_of = [
        Part::Job(JobNotice::Settled(Settlement {
            job_id: "JOB-789-001".into(),
            status: SettlementStatus::Completed,
            note: "goodwill".into(),
            invoice_id: Some("RE-2026-0001".into()),
        })),
        Part::Media(Media {
            kind: MediaKind::Image,
            mime: "image/jpeg".into(),
            name: None,
            caption: Some("the pipe".into()),
            source: MediaSource::File("data/media/a.jpg".into()),
            transcript: None,
            voice: false,
            sha256: None,
        }),
        Part::Location { latitude: 52.5, longitude: 13.4, name: None },
        Part::Unsupported { kind: "poll".into(), raw: Value::Null },
    ];
    assert_eq!(
        parts(&parts_of, Some("Klaus Meier")),
        "[job settled] {\"customer\":\"Klaus Meier\",\"invoice_id\":\"RE-2026-0001\",\"job_id\":\"JOB-789-001\",\
         \"note\":\"goodwill\",\"status\":\"completed\"}\n[image] the pipe\n[location] 52.5, 13.4\n[unsupported: poll]"
    );
}

#[test]
fn a_short_talk_is_given_whole() {
    let talk = [person("hello"), message(Author::Agent("field".into()), "hi")];
    let history = history(&talk, 100);
    assert_eq!(history.len(), 2);
    assert!(history[1].by_agent && !history[0].by_agent);
}

#[test]
fn of_a_long_talk_the_newest_stay_whole_and_jobs_are_never_dropped() {
    let mut talk = vec![message(Author::Agent("field".into()), "JOB-789-001 is with the office")];
    talk.extend((0..50).map(|n| person(&format!("{n} {}", "chatter ".repeat(10)))));
    let history = history(&talk, 400);
    let bytes: usize = history.iter().map(|s| s.text.len()).sum();
    assert!(bytes < 1_800, "{bytes}");
    assert!(history[0].text.contains("JOB-789-001 is with the office"), "{}", history[0].text);
    assert!(history[0].text.contains("messages left out"));
    assert!(history.last().unwrap().text.starts_with("49 "));
}

#[test]
fn one_huge_message_is_clipped_at_a_character() {
    let heard = hear(&person(&"ä".repeat(50_000)), None);
    assert!(heard.text.chars().count() < MESSAGE_CHARS + 60);
}
