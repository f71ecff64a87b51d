//! Who writes: talkers whose every message is answered, reporters whose jobs become invoices, and the clerk who approves
//! them. Half of the talkers wait until a message is taken before they send the next; the others send several at once.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use bench::{people, webhook};
use serde_json::json;

use super::{
    graph::Accepted,
    mail::{message, text},
    model::REPORT,
    outside::Outside,
};

/// How long anything may take on a machine that has much else to do.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// Whoever is registered: talkers and reporters have a number each.
pub const TALKERS: u32 = 8;
pub const REPORTERS: u32 = 4;
pub const TECHNICIANS: u32 = TALKERS + REPORTERS + 4;
/// Customers, and so jobs that may be reported.
pub const CUSTOMERS: u32 = 400;

/// What was said, as far as the checks want to know it.
#[derive(Debug, Default)]
pub struct Said {
    /// By each talker.
    pub messages: Vec<AtomicU32>,
    /// Customers whose job was reported.
    pub reported: Mutex<BTreeSet<u32>>,
    /// Buttons that were pressed, the same one twice counted twice.
    pub presses: AtomicU32,
}

#[derive(Clone)]
pub struct People {
    outside: Outside,
    pub said: Arc<Said>,
    going_on: Arc<AtomicBool>,
    next_customer: Arc<AtomicU32>,
}

impl People {
    pub fn new(outside: &Outside) -> Self {
        let messages = (0..TECHNICIANS).map(|_| AtomicU32::new(0)).collect();
        Self {
            outside: outside.clone(),
            said: Arc::new(Said { messages, ..Said::default() }),
            going_on: Arc::new(AtomicBool::new(true)),
            next_customer: Arc::default(),
        }
    }

    /// Everybody begins.
    pub fn begin(&self) -> Vec<tokio::task::JoinHandle<()>> {
        self.going_on.store(true, Ordering::SeqCst);
        let mut tasks = Vec::new();
        for talker in 0..TALKERS {
            let people = self.clone();
            tasks.push(tokio::spawn(async move { people.talks(talker).await }));
        }
        for reporter in TALKERS..TALKERS + REPORTERS {
            let people = self.clone();
            tasks.push(tokio::spawn(async move { people.reports(reporter).await }));
        }
        tasks
    }

    /// Nobody begins anything more.
    pub fn stop(&self) {
        self.going_on.store(false, Ordering::SeqCst);
    }

    fn is_going_on(&self) -> bool {
        self.going_on.load(Ordering::SeqCst)
    }

    /// The next message of a talker.
    pub fn next(&self, talker: u32) -> serde_json::Value {
        let number = self.said.messages[talker as usize].fetch_add(1, Ordering::SeqCst);
        let words = webhook::words(talker, number);
        message(&people::phone(talker), &format!("wamid.talk{talker:04}x{number:06}"), text(&words))
    }

    async fn talks(&self, talker: u32) {
        let dice = &self.outside.dice;
        while self.is_going_on() {
            if steady(talker) {
                self.outside.mail.delivers(vec![self.next(talker)]).await;
            } else {
                let together = (0..=dice.roll(3)).map(|_| self.next(talker)).collect();
                let (mail, alone) = (self.outside.mail.clone(), self.next(talker));
                tokio::spawn(async move { mail.delivers(together).await });
                self.outside.mail.delivers(vec![alone]).await;
                tokio::time::sleep(dice.ms(500, 1_500)).await;
            }
            tokio::time::sleep(dice.ms(200, 1_000)).await;
        }
    }

    /// One job after the other: reported, and confirmed when asked.
    async fn reports(&self, reporter: u32) {
        let phone = people::phone(reporter);
        while self.is_going_on() {
            let customer = self.next_customer.fetch_add(1, Ordering::SeqCst);
            assert!(customer < CUSTOMERS, "more jobs than customers");
            let hours = if customer.is_multiple_of(3) { "1.5 h" } else { "1 h" };
            let words = format!("{REPORT}{customer}, {hours}, repaired the sink pipe, 1x Gasket 10-B");
            self.said.reported.lock().unwrap().insert(customer);
            let report = message(&phone, &format!("wamid.report{customer:06}"), text(&words));
            self.outside.mail.delivers(vec![report]).await;
            let question = format!("Kunde {customer}: is that right?");
            let asked = self.shown(&phone, &question).await;
            tokio::time::sleep(self.outside.dice.ms(20, 300)).await;
            self.presses(&asked, &asked.options[0]).await;
            tokio::time::sleep(self.outside.dice.ms(100, 800)).await;
        }
    }

    /// Waits until `phone` is shown `words`.
    pub async fn shown(&self, phone: &str, words: &str) -> Accepted {
        let until = Instant::now() + PATIENCE;
        loop {
            let accepted = self.outside.graph.accepted(0);
            let found = accepted.into_iter().find(|one| one.to == phone && one.text.contains(words));
            if let Some(found) = found {
                return found;
            }
            assert!(Instant::now() < until, "{words:?} was never shown to {phone}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses an option; one in six presses twice.
    async fn presses(&self, shown: &Accepted, (id, title): &(String, String)) {
        let times = if self.outside.dice.one_in(6) { 2 } else { 1 };
        for time in 0..times {
            let mut pressed = if shown.is_template {
                json!({ "type": "button", "button": { "payload": id, "text": title } })
            } else {
                let reply = json!({ "type": "button_reply", "button_reply": { "id": id, "title": title } });
                json!({ "type": "interactive", "interactive": reply })
            };
            pressed["context"] = json!({ "id": shown.wamid });
            self.said.presses.fetch_add(1, Ordering::SeqCst);
            let number = &shown.wamid["wamid.".len()..];
            let update = message(&shown.to, &format!("wamid.press{number}x{time}"), pressed);
            self.outside.mail.delivers(vec![update]).await;
        }
    }

    /// The clerk presses the first option of whatever is shown: "Grant", "Create". Until `stop`. On some days they say good
    /// morning before; on the others they are asked by templates until they have pressed something.
    pub async fn approves(&self, stop: tokio_util::sync::CancellationToken) {
        if self.outside.dice.one_in(2) {
            let morning = message(people::CLERK, "wamid.morning", text("Good morning"));
            self.outside.mail.delivers(vec![morning]).await;
        }
        let (mut seen, mut pressed) = (0, BTreeSet::new());
        while !stop.is_cancelled() {
            let news = self.outside.graph.accepted(seen);
            seen += news.len();
            for shown in news.into_iter().filter(|shown| shown.to == people::CLERK) {
                let Some(first) = shown.options.first() else { continue };
                if pressed.insert(first.0.clone()) {
                    let (people, shown, first) = (self.clone(), shown.clone(), first.clone());
                    tokio::spawn(async move {
                        tokio::time::sleep(people.outside.dice.ms(20, 500)).await;
                        people.presses(&shown, &first).await;
                    });
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Whether a talker waits until a message is taken.
pub fn steady(talker: u32) -> bool {
    talker.is_multiple_of(2)
}
