//! One talkative conversation does not starve the others, and nobody thinks more at once than is allowed.

use domain::clock::Clock as _;
use domain::{
    contact::{Identity, Role},
    id::Ids,
    message::Part,
};
use store::{contact, inbox};

use crate::world::{FRANK, World};

const CHATTY: usize = 5_000;
const OTHERS: usize = 20;

fn phone(n: usize) -> String {
    format!("49301000{n:03}")
}

/// Frank wrote thousands of messages before anybody else wrote one.
async fn flooded() -> World {
    let mut world = World::new().await;
    world.config.turns.concurrent = 4;
    let now = world.clock.now();
    let text = || vec![Part::text("Which jobs are open?")];
    let mut arrivals: Vec<_> =
        (0..CHATTY).map(|n| world.arrival(FRANK, text(), &format!("chatty{n}"))).collect();
    arrivals.extend((0..OTHERS).map(|n| world.arrival(&phone(n), text(), &format!("other{n}"))));
    let ids = Ids::new(world.clock.clone(), [77; 32]);
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
    world
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
