//! What is forgotten by age and what stays, as time goes by: each kind on its own day, the files with what names them, and
//! nothing before.

use std::{path::Path, sync::Arc};

use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::{ManualClock, Millis},
    contact::{Identity, Role},
    conversation::Conversation,
    id::{ContactId, Ids, MessageId},
    inbound::{Arrival, Inbound, InboundMessage},
    language::Language,
    message::{Author, Direction, Media, MediaKind, MediaSource, Message, Part},
};
use plumbline_runtime::{
    config::Retention,
    retention::{self, Due},
};
use store::{
    Error, Store, Tx, audit, contact, conversation, inbox, message, retention::Kind, rights::hold, turn,
};

use crate::databases::on_each_url;

const DAY: i64 = 24 * 3_600_000;
/// The day on which everything came.
pub const THEN: Millis = Millis(1_795_165_200_000);
const DAYS: [(Kind, u32); 6] = [
    (Kind::Arrivals, 14),
    (Kind::Traces, 30),
    (Kind::Files, 60),
    (Kind::Recordings, 60),
    (Kind::Messages, 90),
    (Kind::Audit, 120),
];

pub async fn on_each(name: &str, story: impl AsyncFn(Store)) {
    on_each_url(name, async |url| {
        let store = Store::open(&store::Config { url, ..store::Config::default() }).await.unwrap();
        story(store).await;
    })
    .await;
}

pub fn after(days: i64) -> Millis {
    Millis(THEN.0 + days * DAY + 1)
}

pub fn keep(folder: &Path) -> Retention {
    Retention {
        inbox_days: 14,
        traces_days: 30,
        media_days: 60,
        messages_days: 90,
        audit_days: 120,
        media_folder: folder.to_owned(),
        ..Retention::default()
    }
}

fn picture(path: &Path) -> Part {
    let source = MediaSource::File(path.display().to_string());
    Part::Media(Media::new(MediaKind::Image, "image/png", source))
}

/// A person who wrote on that day, was thought about and answered; with a picture in the media folder, and one elsewhere.
async fn furnish(store: &Store, ids: Arc<Ids>, inside: &Path, outside: &Path) -> (ContactId, Conversation) {
    let parts = vec![Part::text("it leaks"), picture(inside), picture(outside)];
    let change = store.write(move |tx| {
        Box::pin(async move {
            let known = [Identity::phone("4930231251")];
            let person = contact::register(tx, &ids, "Frank", Role::Technician, &known, THEN).await?;
            let address = Address::new(ChannelName::from("whatsapp"), "4930231251");
            let agent = AgentName::from("field");
            let held =
                conversation::open(tx, &ids, &agent, &address, Some(&person), Language::En, THEN).await?;
            arrive(tx, &ids, &address).await?;
            let said = Message::new(
                MessageId::new(&ids),
                &held.id,
                Direction::In,
                Author::Contact(person.clone()),
                parts,
                THEN,
            );
            message::put(tx, &said, false).await?;
            turn::schedule(tx, &ids, &held, THEN, THEN, THEN).await?;
            let entry = audit::Entry {
                actor: "house".to_owned(),
                action: "noted",
                subject: person.0.clone(),
                digest: String::new(),
            };
            audit::append(tx, &entry, THEN).await?;
            Ok::<_, Error>((person, held))
        })
    });
    let made = change.await.unwrap();
    // What a turn thought, as one that ended leaves it.
    let thought = "UPDATE turn SET state = 'done', machine = '{\"thought\":1}', finished_ms = created_ms";
    store.write(move |tx| Box::pin(async move { tx.exec(thought, vec![]).await })).await.unwrap();
    made
}

async fn arrive(tx: &mut Tx, ids: &Ids, from: &Address) -> Result<(), Error> {
    let arrival = Arrival {
        channel: from.channel.clone(),
        external: "wamid.1".to_owned(),
        lane: format!("whatsapp:{}", from.external),
        body: Inbound::Message(InboundMessage {
            id: None,
            from: from.clone(),
            identities: Vec::new(),
            profile_name: None,
            parts: vec![Part::text("it leaks")],
            quotes: None,
            sent_at: THEN,
        }),
    };
    inbox::put(tx, ids, &arrival, THEN).await?;
    // As one that was taken in.
    tx.exec("UPDATE inbox SET state = 'done'", vec![]).await.map(drop)
}

async fn all_rounds(store: &Store, keep: &Retention, now: Millis) {
    while retention::round(store, keep, now).await.unwrap() {}
}

async fn due(store: &Store, keep: &Retention, now: Millis) -> Vec<(Kind, i64)> {
    let due = retention::due(store, keep, now).await.unwrap();
    assert_eq!(due.iter().map(|due| (due.kind, due.days)).collect::<Vec<_>>(), DAYS);
    due.iter().filter(|due| due.rows > 0).map(|Due { kind, rows, .. }| (*kind, *rows)).collect()
}

async fn one(store: &Store, sql: &'static str) -> String {
    store.reader().row(sql, vec![]).await.unwrap().unwrap().get("text").unwrap()
}

const BODY: &str = "SELECT body AS text FROM inbox";
const MACHINE: &str = "SELECT machine AS text FROM turn";
const PARTS: &str = "SELECT parts AS text FROM message";

#[tokio::test]
async fn each_kind_is_forgotten_on_its_own_day() {
    on_each("forgotten", async |store| {
        let (media, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (inside, outside) = (media.path().join("a.png"), elsewhere.path().join("b.png"));
        for file in [&inside, &outside] {
            std::fs::write(file, b"png").unwrap();
        }
        let ids = Arc::new(Ids::new(Arc::new(ManualClock::at(THEN)), [3; 32]));
        furnish(&store, ids, &inside, &outside).await;
        let keep = keep(media.path());

        all_rounds(&store, &keep, after(13)).await;
        assert!(one(&store, BODY).await.contains("it leaks"), "nothing before its day");
        assert_eq!(due(&store, &keep, after(14)).await, [(Kind::Arrivals, 1)]);
        assert!(one(&store, BODY).await.contains("it leaks"), "to count changes nothing");
        all_rounds(&store, &keep, after(14)).await;
        assert_eq!(one(&store, BODY).await, "{}");
        assert!(inbox::known(&mut store.reader(), &"whatsapp".into(), "wamid.1").await.unwrap());

        assert!(one(&store, MACHINE).await.contains("thought"));
        all_rounds(&store, &keep, after(30)).await;
        assert_eq!(one(&store, MACHINE).await, "{}");

        assert!(inside.exists());
        all_rounds(&store, &keep, after(60)).await;
        assert!(!inside.exists() && outside.exists(), "files elsewhere are nobody's to take away");
        let parts = one(&store, PARTS).await;
        assert!(parts.contains("it was kept for 60 days") && parts.contains("it leaks"), "{parts}");

        assert_eq!(due(&store, &keep, after(90)).await, [(Kind::Messages, 1)]);
        all_rounds(&store, &keep, after(90)).await;
        assert_eq!(one(&store, PARTS).await, r#"[{"type":"erased"}]"#);

        assert_eq!(audit::verify(&mut store.reader()).await.unwrap(), Ok(1));
        all_rounds(&store, &keep, after(120)).await;
        assert_eq!(audit::verify(&mut store.reader()).await.unwrap(), Ok(0));
        assert_eq!(due(&store, &keep, after(10_000)).await, []);
    })
    .await;
}

#[tokio::test]
async fn what_was_said_and_who_did_what_stays_for_ever_unless_somebody_says_otherwise() {
    on_each("for_ever", async |store| {
        let media = tempfile::tempdir().unwrap();
        let file = media.path().join("a.png");
        std::fs::write(&file, b"png").unwrap();
        let ids = Arc::new(Ids::new(Arc::new(ManualClock::at(THEN)), [4; 32]));
        furnish(&store, ids, &file, &file).await;
        let keep = Retention { media_folder: media.path().to_owned(), ..Retention::default() };
        let kinds = retention::due(&store, &keep, after(10_000)).await.unwrap();
        assert_eq!(
            kinds.iter().map(|due| due.kind).collect::<Vec<_>>(),
            [Kind::Arrivals, Kind::Traces, Kind::Files, Kind::Recordings]
        );
        all_rounds(&store, &keep, after(10_000)).await;
        assert!(one(&store, PARTS).await.contains("it leaks"));
        assert_eq!(audit::verify(&mut store.reader()).await.unwrap(), Ok(1));
    })
    .await;
}

#[tokio::test]
async fn nothing_goes_while_a_person_is_on_hold() {
    on_each("on_hold", async |store| {
        let media = tempfile::tempdir().unwrap();
        let file = media.path().join("a.png");
        std::fs::write(&file, b"png").unwrap();
        let ids = Arc::new(Ids::new(Arc::new(ManualClock::at(THEN)), [5; 32]));
        let (person, _) = furnish(&store, ids, &file, &file).await;
        let keep = keep(media.path());
        let put = |on: bool| {
            let person = person.clone();
            store.write(move |tx| Box::pin(async move { hold::set(tx, &person, on, THEN).await }))
        };
        assert!(put(true).await.unwrap());
        assert_eq!(due(&store, &keep, after(1_000)).await, []);
        all_rounds(&store, &keep, after(1_000)).await;
        assert!(file.exists() && one(&store, BODY).await.contains("it leaks"));
        assert!(
            one(&store, PARTS).await.contains("it leaks") && one(&store, MACHINE).await.contains("thought")
        );
        assert_eq!(audit::verify(&mut store.reader()).await.unwrap(), Ok(1));

        assert!(put(false).await.unwrap());
        all_rounds(&store, &keep, after(1_000)).await;
        assert!(!file.exists());
        assert_eq!((one(&store, BODY).await.as_str(), one(&store, MACHINE).await.as_str()), ("{}", "{}"));
        assert!(!one(&store, PARTS).await.contains("it leaks"));
    })
    .await;
}
