//! The live stream under load: a thousand sockets of two hundred people while a hundred messages a second come in. Each
//! frame says when its event was written, so a frame's age when it is read is at least the time from commit to frame;
//! client and house share the machine and its clock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, ensure};
use futures::{SinkExt as _, StreamExt as _};
use tokio::{sync::Mutex, task::JoinSet, time::Instant};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, client::IntoClientRequest as _, protocol::WebSocketConfig},
};

use crate::{
    Size,
    figures::Latencies,
    house::{Binary, Site},
    load,
    stub::World,
    table::{Table, Target},
    webhook::{self, Run},
    wire::Connection,
};

/// As many as the house lets one person have.
const SOCKETS_EACH: usize = 5;
const PER_SECOND: u64 = 100;
/// Who writes: nobody the house knows, so that no agent answers and a message is one event.
const WRITERS: u32 = 50;
/// Every so many sockets are timed; all are counted.
const TIMED: usize = 10;
/// The library's own would be filled with zeros at each read, which costs more than all that is measured.
const READ_BYTES: usize = 8 * 1024;
const PATIENCE: Duration = Duration::from_secs(60);

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// What all sockets saw together.
#[derive(Default)]
struct Seen {
    messages: AtomicU64,
    frames: AtomicU64,
    /// Frames that were counted as measured, once the load began.
    counts: std::sync::atomic::AtomicBool,
    ages: Mutex<Latencies>,
}

pub async fn live(binary: &Binary, size: Size, table: &mut Table) -> anyhow::Result<()> {
    let people = size.senders.div_ceil(10).clamp(4, 200) as usize;
    let sockets = people * SOCKETS_EACH;
    table.part(&format!("Live stream: {sockets} sockets, {PER_SECOND} messages a second"));
    let folder = binary.folder()?;
    let world = World::default();
    let site = Site { binary, folder: folder.path(), world: world.serve().await?, postgres: None };
    site.people(1)?;
    let tokens: Vec<String> = (0..people)
        .map(|person| site.said(&["token", "--user", &format!("Person {person}"), "--role", "staff"]))
        .collect::<anyhow::Result<_>>()?;
    let running = site.serve("").await?;
    let before = running.used().memory_mb;
    let seen = Arc::new(Seen::default());
    let mut readers = JoinSet::new();
    for socket in 0..sockets {
        let opened = open(&running.address, &tokens[socket % people]).await?;
        readers.spawn(read(opened, Arc::clone(&seen), socket % TIMED == 0));
    }
    let idle = running.used().memory_mb;
    let mut connection = Connection::open(&running.address).await?;
    let run = Run::alone('7');
    // Everybody is a stranger once, and told so once.
    for writer in 0..WRITERS {
        write(&mut connection, run, writer, 0).await?;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    seen.messages.store(0, Ordering::SeqCst);
    seen.frames.store(0, Ordering::SeqCst);
    seen.counts.store(true, Ordering::SeqCst);
    let messages = size.steady_seconds * PER_SECOND;
    let (cpu, began) = (running.used().cpu, Instant::now());
    let mut tick = tokio::time::interval(Duration::from_millis(1000 / PER_SECOND));
    for n in 0..messages {
        tick.tick().await;
        let (writer, message) = (n % u64::from(WRITERS), 1 + n / u64::from(WRITERS));
        write(&mut connection, run, u32::try_from(writer)?, u32::try_from(message)?).await?;
    }
    let expected = messages * sockets as u64;
    let until = Instant::now() + PATIENCE;
    while seen.messages.load(Ordering::SeqCst) < expected && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = began.elapsed();
    let used = running.used();
    // What comes twice comes at once after it, and what was timed is handed in.
    tokio::time::sleep(Duration::from_millis(700)).await;
    readers.abort_all();
    shown(&seen, expected, table).await?;
    let frames = load::count(usize::try_from(seen.frames.load(Ordering::SeqCst))?);
    table.row("frames a second, all sockets", frames / took.as_secs_f64(), "", Target::Shown, "");
    let share = used.cpu.saturating_sub(cpu).as_secs_f64() / took.as_secs_f64();
    table.row("processors used by the house", share, "", Target::Shown, "");
    table.row(
        "memory before, with idle sockets, peak",
        used.peak_mb,
        "MB",
        Target::Shown,
        &format!("{before:.0}, {idle:.0}"),
    );
    Ok(())
}

/// How old frames were when they were read, and whether each came once.
async fn shown(seen: &Seen, expected: u64, table: &mut Table) -> anyhow::Result<()> {
    let ages = seen.ages.lock().await.clone();
    let beside = format!("{} frames timed", ages.len());
    table.row("commit to frame, p50", ages.percentile(50), "ms", Target::Shown, &beside);
    table.row("commit to frame, p99", ages.percentile(99), "ms", Target::AtMost(100.0), "");
    let came = seen.messages.load(Ordering::SeqCst);
    for (what, wrong) in [
        ("message frames that did not come", expected.saturating_sub(came)),
        ("message frames that came twice", came.saturating_sub(expected)),
    ] {
        table.row(what, load::count(usize::try_from(wrong)?), "", Target::AtMost(0.0), "");
    }
    Ok(())
}

async fn write(connection: &mut Connection, run: Run, writer: u32, message: u32) -> anyhow::Result<()> {
    // Numbers of nobody the house knows.
    let delivery = webhook::delivery(run, 500_000 + writer, message, load::now());
    ensure!(connection.send(&delivery).await? == 200, "a delivery was refused");
    Ok(())
}

async fn open(address: &str, token: &str) -> anyhow::Result<Socket> {
    let mut request = format!("ws://{address}/api/live").into_client_request()?;
    request.headers_mut().insert("sec-websocket-protocol", "plumbline.live.v1".parse()?);
    let config = WebSocketConfig::default().read_buffer_size(READ_BYTES);
    let (mut socket, _) =
        connect_async_with_config(request, Some(config), true).await.context("no socket")?;
    let hello = format!(r#"{{"type":"authenticate","data":{{"token":"{token}"}}}}"#);
    socket.send(Message::text(hello)).await?;
    let first = socket.next().await.context("it closed at once")??;
    ensure!(first.to_text()?.contains(r#""type":"authenticated""#), "not let in: {first}");
    Ok(socket)
}

/// Reads until it is ended; says `ping` as often as the house asks for.
async fn read(mut socket: Socket, seen: Arc<Seen>, timed: bool) -> anyhow::Result<()> {
    let mut ping = tokio::time::interval(Duration::from_secs(25));
    let mut ages = Latencies::default();
    loop {
        let message = tokio::select! {
            _ = ping.tick() => {
                socket.send(Message::text(r#"{"type":"ping"}"#)).await?;
                continue;
            }
            next = tokio::time::timeout(Duration::from_millis(500), socket.next()) => match next {
                Ok(next) => next.context("it closed")??,
                Err(_) => {
                    // A pause: what was timed is handed in.
                    seen.ages.lock().await.merge(std::mem::take(&mut ages));
                    continue;
                }
            },
        };
        let Message::Text(text) = message else { continue };
        if !seen.counts.load(Ordering::Relaxed) {
            continue;
        }
        seen.frames.fetch_add(1, Ordering::Relaxed);
        if text.starts_with(r#"{"type":"message""#) {
            if timed {
                ages.note(age(&text).unwrap_or_default());
            }
            if ages.len() >= 100 {
                seen.ages.lock().await.merge(std::mem::take(&mut ages));
            }
            seen.messages.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// How old a frame is.
fn age(text: &str) -> Option<Duration> {
    let (_, after) = text.split_once(r#""ts":""#)?;
    let written: jiff::Timestamp = after.split('"').next()?.parse().ok()?;
    let age = load::instant().duration_since(written);
    Duration::try_from(age).ok()
}
