//! The slow-consumer rule: what may be lost goes first, a numbered frame never silently.

use super::*;

fn answer(text: &str) -> Out {
    Out::Answer(text.to_owned().into())
}

fn passing(text: &str) -> Out {
    Out::Passing(text.to_owned().into())
}

fn texts(waiting: &VecDeque<Out>) -> Vec<&str> {
    waiting
        .iter()
        .map(|out| match out {
            Out::Answer(text) | Out::Passing(text) => text.as_str(),
            Out::Event(..) | Out::Again(_) => "event",
        })
        .collect()
}

#[tokio::test]
async fn what_waits_is_taken_in_order_and_then_the_end() {
    let queue = Queue::new(10, 1_000);
    queue.push([answer("a"), passing("b")]);
    queue.close(Close::Restart);
    queue.close(Close::Forbidden);
    queue.push([answer("too late")]);
    let (waiting, close) = queue.take().await;
    assert_eq!(texts(&waiting), ["a", "b"]);
    assert_eq!(close, Some(Close::Restart), "the first reason stands");
}

#[tokio::test]
async fn what_may_be_lost_makes_room_first() {
    let queue = Queue::new(3, 1_000);
    queue.push([answer("a"), passing("typing"), passing("typing"), answer("b")]);
    let (waiting, close) = queue.take().await;
    assert_eq!((texts(&waiting), close), (vec!["a", "b"], None));
}

#[tokio::test]
async fn too_many_frames_or_bytes_end_the_stream() {
    for (frames, bytes) in [(2, 1_000), (10, 2)] {
        let queue = Queue::new(frames, bytes);
        queue.push([answer("a"), answer("b"), answer("c")]);
        let (waiting, close) = queue.take().await;
        assert!(waiting.is_empty());
        assert_eq!(close, Some(Close::Resync));
        queue.overflowed().await;
    }
}
