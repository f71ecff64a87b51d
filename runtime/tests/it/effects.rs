//! Tools whose effects lie outside our database, interrupted between their start and their settlement: each class in its own
//! way, and nothing done twice that nobody asked for.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use agents::model::{
    Entry, Listener, Model, ModelError, ModelReply, ModelRequest,
    scripted::{Scripted, calls, says},
};
use async_trait::async_trait;
use domain::tool::Effect;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Error, db::faults::Fault, setting};
use tools::{
    tool::{Answer, Context, Found, Gate, Settled, Tool, ToolError, proposal},
    toolbox::Toolbox,
};

use crate::{
    outside::{Gates, Verdict},
    world::{FRANK, SABINE, STAGES, Worker, World},
};

/// A carrier outside the house: every booking that reached it, by its key.
type Carrier = Arc<Mutex<Vec<String>>>;

#[derive(Serialize, Deserialize, JsonSchema)]
struct Args {
    address: String,
}

/// What the tools of every class share: the other side, and the gate between its deed and its answer.
#[derive(Clone)]
struct Line {
    carrier: Carrier,
    gates: Arc<Gates>,
    /// The line is cut before the carrier hears anything.
    cut_before: bool,
}

impl Line {
    async fn book(&self, context: &Context) -> Result<Answer, ToolError> {
        if self.cut_before && self.gates.pass("tool").await != Verdict::Go {
            return Err(ToolError::Lost("the carrier did not answer".to_owned()));
        }
        let by = context.grant.as_ref().map(|grant| grant.by.clone());
        self.carrier.lock().unwrap().push(context.key());
        if !self.cut_before && self.gates.pass("tool").await != Verdict::Go {
            return Err(ToolError::Lost("the carrier did not answer".to_owned()));
        }
        Ok(Answer::Value(json!({ "booked": context.key(), "approved_by": by })))
    }
}

macro_rules! courier {
    ($name:ident, $tool:literal, $effect:expr) => {
        struct $name(Line);

        #[async_trait]
        impl Tool for $name {
            const NAME: &'static str = $tool;
            const DESCRIPTION: &'static str = "Books a courier.";
            const EFFECT: Effect = $effect;
            type Args = Args;

            async fn gate(&self, _context: &Context, args: &Args) -> Result<Gate, ToolError> {
                if args.address != "needs approval" {
                    return Ok(Gate::Open);
                }
                let arguments = json!({ "address": args.address });
                Ok(Gate::Needs(proposal(Self::NAME, arguments, None, "approve.rejection", facts())))
            }

            async fn call(&self, context: &Context, _args: Args) -> Result<Answer, ToolError> {
                self.0.book(context).await
            }

            async fn find(&self, context: &Context, _args: &Args) -> Result<Found, ToolError> {
                let key = context.key();
                Ok(match self.0.carrier.lock().unwrap().contains(&key) {
                    true => Found::Done(json!({ "found": key })),
                    false => Found::Nothing,
                })
            }
        }
    };
}

courier!(Keyed, "book_keyed", Effect::Keyed);
courier!(Lookup, "book_lookup", Effect::Lookup);
courier!(Unsafe, "book_unsafe", Effect::Unsafe);

/// What the text of a rejection speaks of.
fn facts() -> Value {
    json!({ "job_id": "J", "customer": "C", "work_done": "W", "reason": "R", "technician": "T" })
}

/// Counts in our own database how often it ran.
struct Count;

#[async_trait]
impl Tool for Count {
    const NAME: &'static str = "count";
    const DESCRIPTION: &'static str = "Counts.";
    type Args = Args;

    async fn call(&self, _context: &Context, _args: Args) -> Result<Answer, ToolError> {
        Ok(Answer::write(|tx| {
            Box::pin(async move {
                let before = setting::get(tx, "counted").await?.unwrap_or_default();
                setting::put(tx, "counted", &format!("{before}1")).await?;
                Ok(Settled::Value(json!({ "counted": true })))
            })
        }))
    }
}

/// Calls `count` until it has a result: what it says depends on nothing but what it is asked.
struct Counting;

#[async_trait]
impl Model for Counting {
    fn name(&self) -> String {
        "counting".to_owned()
    }

    async fn reply(
        &self,
        request: &ModelRequest,
        _listener: Option<&dyn Listener>,
    ) -> Result<ModelReply, ModelError> {
        match request.entries.last() {
            Some(Entry::Returned { .. }) => says("erledigt"),
            _ => calls(&[(Count::NAME, json!({ "address": "" }))]),
        }
    }
}

struct Story {
    world: World,
    carrier: Carrier,
    model: Arc<Scripted>,
}

/// A house whose field agent calls `tool` once and then says what came of it.
async fn story(tool: &'static str, address: &str, cut_before: bool) -> Story {
    let model = Arc::new(Scripted::new([calls(&[(tool, json!({ "address": address }))]), says("erledigt")]));
    let carrier = Carrier::default();
    let mut world = World::new().await;
    world.model = model.clone();
    let field = world.definitions.iter_mut().find(|agent| agent.name.as_str() == "field").unwrap();
    field.tools.push(tool.to_owned());
    let line = carrier.clone();
    world.tools = Box::new(move |gates| {
        let line = || Line { carrier: line.clone(), gates: Arc::clone(gates), cut_before };
        let mut toolbox = Toolbox::new();
        toolbox.add(Keyed(line()));
        toolbox.add(Lookup(line()));
        toolbox.add(Unsafe(line()));
        toolbox.add(Count);
        toolbox
    });
    world.writes(FRANK, "Bitte schicke einen Kurier, ich brauche die Teile", "w1").await;
    Story { world, carrier, model }
}

impl Story {
    fn booked(&self) -> Vec<String> {
        self.carrier.lock().unwrap().clone()
    }

    /// What the model was told that its call came to.
    fn told(&self) -> Value {
        let requests = self.model.requests();
        let last = requests.last().unwrap().entries.iter().rev();
        let content = last.clone().find_map(|entry| match entry {
            Entry::Returned { content, .. } => Some(content.clone()),
            _ => None,
        });
        serde_json::from_str(&content.unwrap()).unwrap()
    }

    /// A worker takes the turn, comes to the call, and is never heard of again.
    async fn interrupted(&self) -> Worker {
        let worker = self.world.worker();
        for _ in 0..8 {
            worker.tick(0).await.unwrap();
            worker.tick(1).await.unwrap();
            match worker.gates.waiting().as_slice() {
                ["tool"] => {
                    self.world.clock.advance(Duration::from_secs(31));
                    return worker;
                }
                [] => {}
                _ => worker.gates.release(0, Verdict::Go),
            }
            worker.settles().await;
            if worker.gates.waiting() == ["tool"] {
                self.world.clock.advance(Duration::from_secs(31));
                return worker;
            }
        }
        panic!("the call was never made");
    }
}

#[tokio::test]
async fn a_keyed_call_is_repeated_under_the_same_key() {
    let story = story("book_keyed", "Hauptstr. 5", false).await;
    let lost = story.interrupted().await;
    story.world.worker().rests().await;
    let booked = story.booked();
    assert_eq!(booked.len(), 2);
    assert_eq!(booked[0], booked[1], "the carrier can tell that it is the same");
    assert_eq!(story.told()["booked"], json!(booked[0]));
    // The lost worker comes back with its answer: it may write nothing.
    lost.gates.release(0, Verdict::Go);
    lost.settles().await;
    assert_eq!(story.world.heard(FRANK), ["erledigt"]);
    story.world.sound("keyed").await;
}

#[tokio::test]
async fn a_call_that_can_be_looked_up_is_adopted_or_made() {
    let done = story("book_lookup", "Hauptstr. 5", false).await;
    done.interrupted().await;
    done.world.worker().rests().await;
    assert_eq!(done.booked().len(), 1, "it was found");
    assert_eq!(done.told()["found"], json!(done.booked()[0]));
    assert_eq!(done.world.heard(FRANK), ["erledigt"]);
    done.world.sound("looked up").await;

    let not_done = story("book_lookup", "Hauptstr. 5", true).await;
    not_done.interrupted().await;
    not_done.world.worker().rests().await;
    assert_eq!(not_done.booked().len(), 1, "it was made, as nothing was found");
    assert!(not_done.told()["booked"].is_string());
    not_done.world.sound("made").await;
}

#[tokio::test]
async fn an_unsafe_call_is_never_repeated_unless_a_person_says_so() {
    for (value, status, booked) in [("done", "done", 1), ("not_done", "not_done", 1), ("again", "", 2)] {
        let story = story("book_unsafe", "Hauptstr. 5", false).await;
        story.interrupted().await;
        story.world.worker().rests().await;
        let asked = story.world.heard(FRANK);
        assert_eq!(asked.len(), 1);
        assert!(asked[0].contains("Ist es geschehen?") && asked[0].contains("Hauptstr. 5"), "{asked:?}");
        assert_eq!(story.booked().len(), 1, "nothing is repeated before the answer");
        story.world.presses(FRANK, value).await;
        story.world.worker().rests().await;
        assert_eq!(story.booked().len(), booked, "{value}");
        if status.is_empty() {
            assert!(story.told()["booked"].is_string());
        } else {
            assert_eq!(story.told()["status"], json!(status));
            assert_eq!(story.told()["by"], json!("Frank"));
        }
        assert_eq!(story.world.heard(FRANK).last().unwrap(), "erledigt");
        story.world.sound(value).await;
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_is_handled_like_an_interruption() {
    for (tool, booked) in [("book_keyed", 2), ("book_lookup", 1), ("book_unsafe", 1)] {
        let story = story(tool, "Hauptstr. 5", false).await;
        let worker = story.interrupted().await;
        worker.gates.release(0, Verdict::AnswerLost);
        worker.settles().await;
        for _ in 0..3 {
            story.world.clock.advance(Duration::from_secs(5));
            worker.rests().await;
        }
        if tool == "book_unsafe" {
            assert!(story.world.heard(FRANK)[0].contains("Ist es geschehen?"));
            story.world.presses(FRANK, "done").await;
            worker.rests().await;
        }
        assert_eq!(story.booked().len(), booked, "{tool}");
        assert_eq!(story.world.heard(FRANK).last().unwrap(), "erledigt");
        story.world.sound(tool).await;
    }
}

#[tokio::test]
async fn a_repeat_runs_under_the_approval_of_the_first() {
    let story = story("book_keyed", "needs approval", false).await;
    story.world.worker().rests().await;
    assert_eq!(story.booked().len(), 0);
    story.world.presses(SABINE, "approve").await;
    story.interrupted().await;
    story.world.worker().rests().await;
    let booked = story.booked();
    assert_eq!((booked.len(), &booked[0]), (2, &booked[1]));
    assert_eq!(story.told()["approved_by"], json!("Sabine"));
    assert_eq!(story.world.heard(SABINE).len(), 1, "she is asked once");
    assert_eq!(story.world.heard(FRANK), ["erledigt"]);
    story.world.sound("approved").await;
}

#[tokio::test]
async fn an_effect_in_our_own_database_is_there_once_whatever_becomes_of_its_commit() {
    for fault in [Fault::Before, Fault::After] {
        let mut story = story("count", "Hauptstr. 5", false).await;
        story.world.model = Arc::new(Counting);
        // Each change in turn is told to fail, those of a delivery among them.
        let left = Arc::new(Mutex::new(0_i64));
        let asked = Arc::clone(&left);
        let faulty = story.world.store.clone().with_faults(Arc::new(move || {
            let mut left = asked.lock().unwrap();
            *left -= 1;
            if *left == 0 { fault } else { Fault::None }
        }));
        let worker = story.world.worker_on(faulty);
        worker.gates.open();
        for at in 1..40 {
            *left.lock().unwrap() = at % 7 + 1;
            for stage in 0..STAGES {
                let _: Result<_, Error> = worker.tick(stage).await;
                worker.settles().await;
            }
            story.world.clock.advance(Duration::from_secs(31));
        }
        let counted = setting::get(&mut story.world.store.reader(), "counted").await.unwrap().unwrap();
        assert_eq!(counted, "1", "{fault:?}");
        assert_eq!(story.world.heard(FRANK), ["erledigt"], "{fault:?}");
        story.world.sound("each change failed once").await;
    }
}
