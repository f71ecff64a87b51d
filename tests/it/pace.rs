//! What holds for a way out as a whole, however many processes serve it: its pace, and its pauses.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use channels::channel::{Channel, Facts, LostAnswer};
use domain::{
    address::{Address, ChannelName},
    clock::Millis,
    language::Language,
    outbound::{Content, Outbound, SendOutcome},
    pace::Pace,
};
use runtime::{Belt, bell::Bell, delivery};
use store::{channel_state, conversation, outbox};
use tokio::sync::broadcast;
use tokio_util::task::TaskTracker;

use crate::house::House;

/// A provider that notes when it was sent what, and can be made to refuse its service.
#[derive(Default)]
struct Provider {
    sent: Mutex<Vec<(Millis, String)>>,
    asked: AtomicUsize,
    broken: AtomicBool,
}

struct Way(Arc<Provider>);

#[async_trait]
impl Channel for Way {
    fn name(&self) -> ChannelName {
        "paced".into()
    }

    fn lost_answer(&self) -> LostAnswer {
        LostAnswer::WaitForStatus
    }

    async fn send(&self, outbound: &Outbound, facts: &Facts) -> SendOutcome {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        if self.0.broken.load(Ordering::SeqCst) {
            return SendOutcome::PauseChannel { reason: "the token is dead".to_owned() };
        }
        self.0.sent.lock().unwrap().push((facts.now, outbound.to.external.clone()));
        SendOutcome::Sent { external: outbound.id.0.clone() }
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace::new(20, (3, Duration::from_secs(2)), Duration::ZERO))
    }
}

/// Another process of the same house: all that it shares is the database.
fn process(house: &House, provider: &Arc<Provider>) -> Arc<Belt> {
    let known = &house.play.belt;
    Arc::new(Belt {
        store: known.store.clone(),
        clock: known.clock.clone(),
        ids: known.ids.clone(),
        config: known.config.clone(),
        firm: known.firm.clone(),
        texts: known.texts.clone(),
        prompts: known.prompts.clone(),
        toolbox: known.toolbox.clone(),
        agents: known.agents.clone(),
        hosted: Vec::new(),
        channels: vec![Arc::new(Way(Arc::clone(provider)))],
        fetch: BTreeMap::new(),
        transcriber: domain::current::Current::default(),
        people: Vec::new(),
        bell: Bell::default(),
        progress: broadcast::channel(1).0,
        stream: false,
        thoughts: tokio::sync::Semaphore::new(8),
        busy: AtomicUsize::new(0),
    })
}

/// Queues `count` messages: one to each of as many people, or all to one.
async fn queues(house: &House, count: usize, to_one: bool) {
    let (ids, now) = (house.play.belt.ids.clone(), house.play.belt.now());
    house
        .play
        .belt
        .store
        .write(move |tx| {
            Box::pin(async move {
                for n in 0..count {
                    let to =
                        Address::new("paced".into(), if to_one { "one".into() } else { format!("p{n}") });
                    let talk =
                        conversation::open(tx, &ids, &"field".into(), &to, None, Language::En, now).await?;
                    let send = outbox::Send {
                        key: format!("{to_one}:{n}"),
                        conversation: talk.id,
                        to,
                        content: Content::Text { text: n.to_string() },
                        speaker: "field".to_owned(),
                        turn: None,
                        piece: 0,
                        message: None,
                        owner_version: None,
                    };
                    outbox::put(tx, &ids, &send, now).await?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
}

/// Lets `ms` pass in small steps; in each, all processes look at the same moment.
async fn passes(house: &House, processes: &[Arc<Belt>], ms: u64) {
    for _ in 0..ms / 20 {
        let tasks = TaskTracker::new();
        let ticks = processes.iter().map(|belt| delivery::tick(belt, &tasks));
        for ticked in futures::future::join_all(ticks).await {
            ticked.unwrap();
        }
        tasks.close();
        tasks.wait().await;
        house.play.clock.advance(Duration::from_millis(20));
    }
}

/// The most that `sent` holds within any `span_ms`.
fn most_within(sent: &[Millis], span_ms: i64) -> usize {
    let from = |at: &Millis| sent.iter().filter(|later| (0..span_ms).contains(&(later.0 - at.0))).count();
    sent.iter().map(from).max().unwrap_or_default()
}

#[tokio::test]
async fn two_processes_together_keep_the_pace_of_one_number() {
    let house = House::with(None).await;
    let provider = Arc::new(Provider::default());
    let processes = [process(&house, &provider), process(&house, &provider)];
    queues(&house, 100, false).await;
    passes(&house, &processes, 3_000).await;
    let times: Vec<Millis> = provider.sent.lock().unwrap().iter().map(|(at, _)| *at).collect();
    assert!(most_within(&times, 1_000) <= 20, "{}", most_within(&times, 1_000));
    assert!((45..=60).contains(&times.len()), "{} of 100 in three seconds at 20 a second", times.len());
    passes(&house, &processes, 4_000).await;
    let sent = provider.sent.lock().unwrap();
    let people: BTreeSet<&String> = sent.iter().map(|(_, to)| to).collect();
    assert_eq!((people.len(), sent.len()), (100, 100), "each once");
}

#[tokio::test]
async fn two_processes_together_keep_the_pace_of_one_person_and_its_order() {
    let house = House::with(None).await;
    let provider = Arc::new(Provider::default());
    let processes = [process(&house, &provider), process(&house, &provider)];
    queues(&house, 6, true).await;
    passes(&house, &processes, 8_000).await;
    let times: Vec<Millis> = provider.sent.lock().unwrap().iter().map(|(at, _)| *at).collect();
    assert_eq!(times.len(), 6);
    assert_eq!(most_within(&times, 2_000), 3, "three at once, then one in two seconds: {times:?}");
}

#[tokio::test]
async fn a_pause_is_every_processs_and_outlives_them() {
    let house = House::with(None).await;
    let provider = Arc::new(Provider::default());
    provider.broken.store(true, Ordering::SeqCst);
    let first = [process(&house, &provider)];
    queues(&house, 10, true).await;
    passes(&house, &first, 1_000).await;
    assert_eq!(provider.asked.load(Ordering::SeqCst), 1, "one met it, and nobody tried again");
    let now = house.play.belt.now();
    let paused = channel_state::paused(&mut house.play.belt.store.reader(), now).await.unwrap();
    assert_eq!((paused.len(), paused[0].reason.as_str()), (1, "the token is dead"));
    provider.broken.store(false, Ordering::SeqCst);
    let later = [process(&house, &provider), process(&house, &provider)];
    passes(&house, &later, 2_000).await;
    assert_eq!(provider.asked.load(Ordering::SeqCst), 1, "also who started since waits");
    house
        .play
        .clock
        .advance(paused[0].until.0.saturating_sub(now.0).try_into().map(Duration::from_millis).unwrap());
    passes(&house, &later, 20_000).await;
    assert_eq!(provider.sent.lock().unwrap().len(), 10, "and no message was blamed");
}
