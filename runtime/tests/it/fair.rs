//! One talkative conversation does not starve the others, and nobody thinks more at once than is allowed.

use domain::clock::Clock as _;
use domain::{
    contact::{Identity, Role},
    id::Ids,
    inbound::Arrival,
    message::Part,
};
use plumbline_runtime::turn;
use store::{contact, inbox};

use crate::{
    outside::Verdict,
    world::{FRANK, World},
};

const CHATTY: usize = 5_000;
const OTHERS: usize = 20;

fn phone(n: usize) -> String {
    format!("49301000{n:03}")
}

/// Frank wrote thousands of messages before anybody else wrote one.
async fn flooded() -> World {
    let mut world = World::new().await;
    world.config.turns.concurrent = 4;
    let text = || vec![Part::text("Which jobs are open?")];
    let mut arrivals: Vec<_> =
        (0..CHATTY).map(|n| world.arrival(FRANK, text(), &format!("chatty{n}"))).collect();
    arrivals.extend((0..OTHERS).map(|n| world.arrival(&phone(n), text(), &format!("other{n}"))));
    come(&world, arrivals).await;
    world
}

/// The others are registered, and all of this comes in.
async fn come(world: &World, arrivals: Vec<Arrival>) {
    let (ids, now) = (Ids::new(world.clock.clone(), [77; 32]), world.clock.now());
    let put = world.store.write(move |tx| {
        Box::pin(async move {
            for n in 0..OTHERS {
                let who = [Identity::phone(phone(n))];
                contact::register(tx, &ids, &format!("T{n}"), Role::Technician, &who, now).await?;
            }
            for arrival in &arrivals {
                inbox::put(tx, &ids, arrival, now).await?;
            }
            Ok(())
        })
    });
    put.await.unwrap();
}

#[tokio::test]
async fn one_chatty_conversation_does_not_starve_the_others() {
    let world = flooded().await;
    let worker = world.worker();
    worker.gates.open();
    let answered = |world: &World| (0..OTHERS).filter(|n| !world.heard(&phone(*n)).is_empty()).count();
    let mut rounds = 0;
    while answered(&world) < OTHERS {
        for stage in 0..4 {
            worker.tick(stage).await.unwrap();
        }
        rounds += 1;
        assert!(rounds < 12, "only {} of {OTHERS} were answered by then", answered(&world));
    }
    let left = store::queue::status(&mut world.store.reader(), world.clock.now()).await.unwrap();
    assert!(left.inbox.pending > 0, "the chatty one still has to wait");
}

#[tokio::test]
async fn no_more_think_at_once_than_is_allowed() {
    const ALLOWED: usize = 3;
    let mut world = World::new().await;
    world.config.turns.model_calls = u32::try_from(ALLOWED).unwrap();
    let text = || vec![Part::text("Which jobs are open?")];
    let arrivals = (0..OTHERS).map(|n| world.arrival(&phone(n), text(), &format!("other{n}"))).collect();
    come(&world, arrivals).await;
    let worker = world.worker();
    worker.tick(0).await.unwrap();
    turn::tick(&worker.belt, &worker.tasks).await.unwrap();
    assert!(worker.tasks.len() > ALLOWED, "more turns run than may think");
    let mut most = 0;
    while !worker.tasks.is_empty() {
        // Long enough for one more to begin that may not.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let thinking = worker.gates.waiting().len();
        most = most.max(thinking);
        if thinking > 0 {
            worker.gates.release(0, Verdict::Go);
        }
    }
    assert_eq!(most, ALLOWED);
}
