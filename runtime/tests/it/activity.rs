//! Whose words are kept for how long: a customer's until nothing was heard of them for so long, a colleague's by their own
//! age. Recordings of calls go with the files.

use std::{path::Path, sync::Arc};

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::{ManualClock, Millis},
    contact::{Identity, Role},
    conversation::Conversation,
    id::{ContactId, Ids, MessageId, PhoneCallId},
    language::Language,
    message::{Author, Direction, Media, MediaKind, MediaSource, Message, Part},
    phone_call::CallState,
};
use plumbline_runtime::retention::{due, round};
use store::{
    Error, Store,
    call::{self, Call, Link, Source},
    contact, conversation, message,
    retention::{Kind, messages},
    rights::hold,
};

use crate::retention::{THEN, after, keep, on_each};

struct Person {
    id: ContactId,
    held: Conversation,
}

fn ids() -> Arc<Ids> {
    Arc::new(Ids::new(Arc::new(ManualClock::at(THEN)), [9; 32]))
}

async fn person(store: &Store, ids: &Arc<Ids>, role: Role, phone: &'static str) -> Person {
    let ids = Arc::clone(ids);
    let made = store.write(move |tx| {
        Box::pin(async move {
            let id = contact::register(tx, &ids, phone, role, &[Identity::phone(phone)], THEN).await?;
            let (agent, address) =
                (AgentName::from("field"), Address::new(ChannelName::from("whatsapp"), phone));
            let held = conversation::open(tx, &ids, &agent, &address, Some(&id), Language::De, THEN).await?;
            Ok::<_, Error>(Person { id, held })
        })
    });
    made.await.unwrap()
}

/// They write, on each of `days`.
async fn write(
    store: &Store,
    ids: &Arc<Ids>,
    from: &Person,
    parts: &[Part],
    days: impl Iterator<Item = i64>,
) {
    let said: Vec<Message> = days
        .map(|day| {
            let (id, author) = (MessageId::new(ids), Author::Contact(from.id.clone()));
            Message::new(id, &from.held.id, Direction::In, author, parts.to_vec(), after(day))
        })
        .collect();
    let put = store.write(move |tx| {
        Box::pin(async move {
            for message in &said {
                message::put(tx, message, false).await?;
            }
            Ok::<_, Error>(())
        })
    });
    put.await.unwrap();
}

async fn phone(
    store: &Store,
    ids: &Arc<Ids>,
    with: &Person,
    day: i64,
    recording: Option<Media>,
) -> PhoneCallId {
    let call = Call {
        id: PhoneCallId::new(ids),
        source: Source::Staff,
        external: None,
        direction: Direction::In,
        state: CallState::Ended,
        number: "4930".to_owned(),
        line: String::new(),
        link: Link { contact: Some(with.id.clone()), ..Link::default() },
        started: after(day),
        answered: None,
        ended: None,
        note: "about the bath".to_owned(),
        recording,
        created_by: None,
        created: after(day),
    };
    let id = call.id.clone();
    store.write(move |tx| Box::pin(async move { call::put(tx, &call, THEN).await })).await.unwrap();
    id
}

/// How many messages of `whose` still say something.
async fn kept(store: &Store, whose: &Person) -> usize {
    let said = store.reader().query(message::history(&whose.held.id, &"nobody".into(), 5_000)).await.unwrap();
    said.iter().filter(|message| message.parts != [Part::Erased]).count()
}

async fn all_rounds(store: &Store, folder: &Path, now: Millis) {
    while round(store, &keep(folder), now).await.unwrap() {}
}

#[tokio::test]
async fn a_customers_words_stay_while_they_have_to_do_with_the_firm_and_a_colleagues_do_not() {
    on_each("active", async |store| {
        let (ids, media) = (ids(), tempfile::tempdir().unwrap());
        let clara = person(&store, &ids, Role::Customer, "4915100000001").await;
        let frank = person(&store, &ids, Role::Technician, "4915100000002").await;
        for one in [&clara, &frank] {
            write(&store, &ids, one, &[Part::text("it leaks")], [0, 50].into_iter()).await;
        }
        all_rounds(&store, media.path(), after(91)).await;
        assert_eq!((kept(&store, &clara).await, kept(&store, &frank).await), (2, 1));
        phone(&store, &ids, &clara, 120, None).await;
        all_rounds(&store, media.path(), after(200)).await;
        assert_eq!((kept(&store, &clara).await, kept(&store, &frank).await), (2, 0), "she called");
        let count = due(&store, &keep(media.path()), after(211)).await.unwrap();
        assert_eq!(count.iter().find(|due| due.kind == Kind::Messages).unwrap().rows, 2);
        all_rounds(&store, media.path(), after(211)).await;
        assert_eq!(kept(&store, &clara).await, 0, "and then no more");
        write(&store, &ids, &clara, &[Part::text("me again")], std::iter::once(220)).await;
        all_rounds(&store, media.path(), after(300)).await;
        assert_eq!(kept(&store, &clara).await, 1);
        all_rounds(&store, media.path(), after(320)).await;
        assert_eq!(kept(&store, &clara).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_long_talk_goes_a_batch_at_a_time_and_what_cannot_go_holds_nothing_up() {
    on_each("batches", async |store| {
        let (ids, media) = (ids(), tempfile::tempdir().unwrap());
        let clara = person(&store, &ids, Role::Customer, "4915100000001").await;
        // A folder cannot be taken away as a file.
        let stuck = media.path().join("stuck.png");
        std::fs::create_dir(&stuck).unwrap();
        let source = MediaSource::File(stuck.display().to_string());
        let picture = Part::Media(Media::new(MediaKind::Image, "image/png", source));
        write(&store, &ids, &clara, &[picture], std::iter::once(0)).await;
        write(&store, &ids, &clara, &[Part::text("it leaks")], (0..1_199).map(|n| n % 7)).await;
        let found = messages::find(&mut store.reader(), after(100)).await.unwrap();
        assert_eq!((found.messages.len(), found.next.is_some()), (500, true));
        all_rounds(&store, media.path(), after(100)).await;
        assert_eq!(kept(&store, &clara).await, 1, "its file is still there");
        std::fs::remove_dir(&stuck).unwrap();
        all_rounds(&store, media.path(), after(100)).await;
        assert_eq!(kept(&store, &clara).await, 0);
        let found = messages::find(&mut store.reader(), after(100)).await.unwrap();
        assert!(found.messages.is_empty() && found.next.is_none());
    })
    .await;
}

fn recording(path: &Path) -> Media {
    let source = MediaSource::File(path.display().to_string());
    Media { transcript: Some("it leaks".to_owned()), ..Media::new(MediaKind::Audio, "audio/ogg", source) }
}

#[tokio::test]
async fn the_recording_of_a_call_goes_with_what_was_heard_in_it_unless_somebody_is_on_hold() {
    on_each("recordings", async |store| {
        let (ids, media) = (ids(), tempfile::tempdir().unwrap());
        let clara = person(&store, &ids, Role::Customer, "4915100000001").await;
        let (file, later) = (media.path().join("a.ogg"), media.path().join("b.ogg"));
        for path in [&file, &later] {
            std::fs::write(path, b"ogg").unwrap();
        }
        let old = phone(&store, &ids, &clara, 0, Some(recording(&file))).await;
        let new = phone(&store, &ids, &clara, 10, Some(recording(&later))).await;
        let heard = async |id: &PhoneCallId| {
            let found = call::get(&mut store.reader(), id).await.unwrap().unwrap().call;
            (found.note, found.recording.unwrap())
        };
        let set = |on: bool| {
            let id = clara.id.clone();
            store.write(move |tx| Box::pin(async move { hold::set(tx, &id, on, THEN).await }))
        };
        assert!(set(true).await.unwrap());
        all_rounds(&store, media.path(), after(1_000)).await;
        assert!(file.exists() && heard(&old).await.1.transcript.is_some());
        assert!(set(false).await.unwrap());

        let count = due(&store, &keep(media.path()), after(61)).await.unwrap();
        assert_eq!(count.iter().find(|due| due.kind == Kind::Recordings).unwrap().rows, 1);
        all_rounds(&store, media.path(), after(61)).await;
        assert!(!file.exists() && later.exists());
        let (note, gone) = heard(&old).await;
        assert_eq!((note.as_str(), gone.transcript), ("about the bath", None));
        assert_eq!(gone.source, MediaSource::Missing("it was kept for 60 days".to_owned()));
        assert_eq!(heard(&new).await.1.transcript.as_deref(), Some("it leaks"));
    })
    .await;
}
