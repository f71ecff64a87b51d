//! The rows of the table: what each measures and against what. Every row starts processes of its own on an empty folder,
//! but for growth, whose store is the point.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{bail, ensure};

use crate::{
    Size, bare,
    figures::Latencies,
    ground,
    house::{self, Binary, Running, Shared, Site},
    load::{self, Loaded, count},
    postgres::Cluster,
    seed,
    stub::{World, faults},
    table::{Table, Target},
    webhook::{self, Run},
    wire::Connection,
};

/// Connections that bring the messages of whole turns.
const BRINGERS: usize = 32;
/// How long the last replies may take after the last acknowledgement.
const PATIENCE: Duration = Duration::from_secs(600);

/// Durable acknowledgements.
pub async fn acks(binary: &Binary, size: Size, table: &mut Table) -> anyhow::Result<()> {
    table.part("Durable acknowledgements, SQLite, synchronous=FULL");
    let folder = binary.folder()?;
    let rows = bare::rows_a_second(folder.path(), 64, size.seconds).await?;
    table.row("bare loop, no HTTP, 64 producers", rows, "rows/s", Target::Shown, "");
    for connections in [64, 256] {
        let (handler, commits) = limits(binary, connections, size).await?;
        let house = gateway(binary, connections, size, "gateway").await?;
        let name = |what: &str| format!("{what}, {connections} connections");
        table.row(&name("bare handler"), handler.per_second(), "/s", Target::Shown, &shown(&handler));
        table.row(&name("bare loop"), commits.per_second(), "/s", Target::Shown, &shown(&commits));
        table.row(&name("house"), house.per_second(), "/s", Target::Shown, &shown(&house));
        let ratio = 100.0 * house.per_second() / commits.per_second();
        table.row(&name("house / bare loop"), ratio, "%", Target::AtLeast(60.0), "");
        let p99 = house.taken.percentile(99);
        let target = if connections == 64 { Target::AtMost(50.0) } else { Target::Shown };
        table.row(&name("house, p99"), p99, "ms", target, "");
    }
    let all = gateway(binary, 64, size, "").await?;
    table.row(
        "all roles in one process, 64 connections",
        all.per_second(),
        "/s",
        Target::Shown,
        &shown(&all),
    );
    Ok(())
}

fn shown(loaded: &Loaded) -> String {
    let cpu = loaded.cpu.as_secs_f64() / loaded.elapsed.as_secs_f64();
    format!("{}, {} refused, the load took {cpu:.2} cores", loaded.taken.shown(), loaded.refused)
}

async fn limits(binary: &Binary, connections: usize, size: Size) -> anyhow::Result<(Loaded, Loaded)> {
    let mut found = Vec::new();
    for limit in [bare::Limit::Handler, bare::Limit::Commits] {
        let folder = binary.folder()?;
        let running = house::bare(limit, folder.path())?;
        found.push(
            load::flood(&running.address, connections, size.seconds, Run::alone('0'), size.senders).await?,
        );
    }
    let (Some(commits), Some(handler)) = (found.pop(), found.pop()) else { bail!("two limits, two figures") };
    Ok((handler, commits))
}

/// Acknowledgements of a house with `roles`. A gateway alone does what the bare loop does; the whole house works off
/// meanwhile what it took in.
async fn gateway(binary: &Binary, connections: usize, size: Size, roles: &str) -> anyhow::Result<Loaded> {
    let folder = binary.folder()?;
    let world = World::default();
    let site = Site { binary, folder: folder.path(), world: world.serve().await?, postgres: None };
    site.people(size.senders)?;
    let running = site.serve(roles).await?;
    load::flood(&running.address, connections, size.seconds, Run::alone('0'), size.senders).await
}

/// What whole turns came to.
struct Story {
    per_second: f64,
    cpu_per_thousand: f64,
    peak_mb: f64,
    faults: (usize, usize, usize),
    beside: String,
}

/// Brings `messages` of each sender to `address` and waits for every reply.
async fn story(
    address: &str,
    world: &World,
    processes: &[&Running],
    size: Size,
    run: Run,
) -> anyhow::Result<Story> {
    let (senders, messages) = (size.senders, size.messages);
    let all = senders as usize * messages as usize;
    world.take();
    processes.iter().for_each(|running| running.forget_peak());
    let cpu = || processes.iter().map(|running| running.used().cpu).sum::<Duration>();
    let (before, own_before) = (cpu(), ground::used(std::process::id()).cpu);
    let began = Instant::now();
    let loaded = load::story(address, BRINGERS, run, senders, messages).await?;
    let (mut last, mut moved) = (0, Instant::now());
    while world.replies() < all {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let now = world.replies();
        if now != last {
            (last, moved) = (now, Instant::now());
        }
        ensure!(moved.elapsed() < PATIENCE, "{now} of {all} replies came, and then none for minutes");
        if moved.elapsed() > Duration::from_secs(60) {
            break;
        }
    }
    // What is said twice comes after what is said once.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (after, own_after) = (cpu(), ground::used(std::process::id()).cpu);
    let journal = world.take();
    let ended = journal.sent.iter().map(|sent| sent.at).max().unwrap_or(began);
    let took = ended.saturating_duration_since(began).as_secs_f64().max(f64::EPSILON);
    let done = count(journal.sent.len());
    Ok(Story {
        per_second: done / took,
        cpu_per_thousand: after.saturating_sub(before).as_secs_f64() * 1000.0 / done.max(1.0),
        peak_mb: processes.iter().map(|running| running.used().peak_mb).sum(),
        faults: faults(&journal.sent, senders, messages),
        beside: format!(
            "{} replies in {took:.1} s; the last was acknowledged after {:.1} s; load and stubs took {:.2} CPU s for 1,000",
            journal.sent.len(),
            loaded.elapsed.as_secs_f64(),
            own_after.saturating_sub(own_before).as_secs_f64() * 1000.0 / done.max(1.0),
        ),
    })
}

impl Story {
    /// Two runs of the same as one: what they made on average, and all their faults.
    fn and(self, other: Self) -> Self {
        let (doubled, lost, disordered) = self.faults;
        Self {
            per_second: f64::midpoint(self.per_second, other.per_second),
            cpu_per_thousand: f64::midpoint(self.cpu_per_thousand, other.cpu_per_thousand),
            peak_mb: self.peak_mb.max(other.peak_mb),
            faults: (doubled + other.faults.0, lost + other.faults.1, disordered + other.faults.2),
            beside: format!(
                "two runs, {:.0} and {:.0} /s; {}",
                self.per_second, other.per_second, other.beside
            ),
        }
    }

    fn show(&self, what: &str, least: f64, table: &mut Table) {
        table.row(
            &format!("{what}: whole turns"),
            self.per_second,
            "/s",
            Target::AtLeast(least),
            &self.beside,
        );
        let cpu = self.cpu_per_thousand;
        let target = if least >= 600.0 { Target::AtMost(1.5) } else { Target::Shown };
        table.row(&format!("{what}: processor for 1,000"), cpu, "s", target, "");
        let (doubled, lost, disordered) = self.faults;
        let wrong = count(doubled + lost + disordered);
        let beside = format!("{doubled} duplicates, {lost} lost, {disordered} out of order");
        table.row(&format!("{what}: faults"), wrong, "", Target::AtMost(0.0), &beside);
    }
}

/// Whole turns on an empty store.
pub async fn turns(binary: &Binary, size: Size, table: &mut Table) -> anyhow::Result<()> {
    table.part("Whole turns, SQLite: three model rounds, two tool calls, a reply");
    let folder = binary.folder()?;
    let world = World::default();
    let site = Site { binary, folder: folder.path(), world: world.serve().await?, postgres: None };
    site.people(size.senders)?;
    let running = site.serve("").await?;
    let told = story(&running.address, &world, &[&running], size, Run::alone('1')).await?;
    told.show("SQLite", 600.0, table);
    table.row("SQLite: peak memory", told.peak_mb, "MB", Target::AtMost(100.0), "");
    Ok(())
}

/// What the house adds to a turn at a steady pace.
pub async fn latency(binary: &Binary, size: Size, table: &mut Table) -> anyhow::Result<()> {
    table.part("Added latency at 20 messages a second, webhook sent to reply received");
    let folder = binary.folder()?;
    let world = World::default();
    let site = Site { binary, folder: folder.path(), world: world.serve().await?, postgres: None };
    site.people(size.senders)?;
    let running = site.serve("").await?;
    let added = steady(&running.address, &world, size, Run::alone('2')).await?;
    show_latency("SQLite", &added, table);
    Ok(())
}

fn show_latency(what: &str, added: &Latencies, table: &mut Table) {
    let beside = format!("{} turns", added.len());
    table.row(
        &format!("{what}: added latency, p50"),
        added.percentile(50),
        "ms",
        Target::AtMost(15.0),
        &beside,
    );
    table.row(&format!("{what}: added latency, p99"), added.percentile(99), "ms", Target::AtMost(60.0), "");
}

/// A message every fiftieth of a second, each from another sender. The stubs' own time is taken off, as a share of all.
async fn steady(address: &str, world: &World, size: Size, run: Run) -> anyhow::Result<Latencies> {
    const PER_SECOND: u64 = 20;
    let mut connection = Connection::open(address).await?;
    let messages = u32::try_from(size.steady_seconds * PER_SECOND)?;
    // The first second warms connections and caches up and is not counted.
    let (warm, senders) = (20, size.senders);
    let mut tick = tokio::time::interval(Duration::from_millis(1000 / PER_SECOND));
    let mut sent_at = Vec::new();
    world.take();
    for n in 0..messages + warm {
        tick.tick().await;
        let delivery = webhook::delivery(run, n % senders, n / senders, load::now());
        sent_at.push(Instant::now());
        ensure!(connection.send(&delivery).await? == 200, "a delivery was refused");
    }
    let until = Instant::now() + PATIENCE;
    while world.replies() < sent_at.len() && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let journal = world.take();
    ensure!(journal.sent.len() == sent_at.len(), "{} of {} were answered", journal.sent.len(), sent_at.len());
    let inside = journal.inside / u32::try_from(sent_at.len())?;
    let mut added = Latencies::default();
    for reply in &journal.sent {
        let number = (reply.message * senders + reply.sender) as usize;
        if let Some(began) = sent_at.get(number).filter(|_| number >= warm as usize) {
            added.note(reply.at.saturating_duration_since(*began).saturating_sub(inside));
        }
    }
    Ok(added)
}

/// Whole turns on PostgreSQL: a gateway, and one worker process or four. One, four, four, one: the machine changes its speed
/// meanwhile, and a server that has just been made is another than one that has worked.
pub async fn postgres(binary: &Binary, size: Size, table: &mut Table) -> anyhow::Result<()> {
    table.part("Whole turns, PostgreSQL: a gateway process and worker processes");
    let folder = binary.folder()?;
    let Some(cluster) = Cluster::start(folder.path())? else {
        table.row("PostgreSQL is not installed: SKIPPED", 0.0, "", Target::AtLeast(1.0), "");
        return Ok(());
    };
    let run = async |workers| on_postgres(binary, folder.path(), &cluster, workers, size).await;
    let (first, four) = (run(1).await?, run(4).await?.and(run(4).await?));
    let one = first.and(run(1).await?);
    one.show("PostgreSQL, 1 worker", 300.0, table);
    four.show("PostgreSQL, 4 workers", 300.0, table);
    let ratio = 100.0 * four.per_second / one.per_second;
    table.row("four workers / one", ratio, "%", Target::AtLeast(100.0), "");
    Ok(())
}

async fn on_postgres(
    binary: &Binary,
    folder: &Path,
    cluster: &Cluster,
    workers: usize,
    size: Size,
) -> anyhow::Result<Story> {
    let world = World::default();
    let name = format!("workers{workers}");
    let url = cluster.database(&name).await?;
    let site = Site { binary, folder, world: world.serve().await?, postgres: Some(Shared { url, workers }) };
    site.people(size.senders)?;
    let mut processes = vec![site.serve("gateway").await?];
    for _ in 0..workers {
        processes.push(site.serve("worker").await?);
    }
    let address = processes[0].address.clone();
    let all: Vec<&Running> = processes.iter().collect();
    let told = story(&address, &world, &all, size, Run::alone('3')).await?;
    drop(processes);
    cluster.forget(&name).await?;
    Ok(told)
}

/// Everything again with a store that has grown.
pub async fn growth(binary: &Binary, size: Size, table: &mut Table) -> anyhow::Result<()> {
    let parked = size.conversations;
    let messages = parked * seed::EACH;
    table.part(&format!("A store of {parked} conversations, {messages} messages, {parked} parked turns"));
    let folder = binary.folder()?;
    let world = World::default();
    let site = Site { binary, folder: folder.path(), world: world.serve().await?, postgres: None };
    site.people(2 * size.senders)?;
    // The empty store first, in the same folder and the same minutes; other people write to each.
    let empty = both(&site, &world, size, ['a', 'b', 'c'], 0).await?;
    seed::grow(&folder.path().join("plumbline.db"), parked)?;
    let running = site.serve("").await?;
    table.row("start to ready", running.started_in.as_secs_f64(), "s", Target::AtMost(1.0), "");
    tokio::time::sleep(Duration::from_secs(2)).await;
    table.row("memory, idle", running.used().memory_mb, "MB", Target::AtMost(60.0), "");
    drop(running);
    let grown = both(&site, &world, size, ['d', 'e', 'f'], size.senders).await?;
    table.row("memory, under load", grown.1.peak_mb, "MB", Target::AtMost(150.0), "");
    let pairs = [
        ("acknowledgements, 64 connections", grown.0.per_second(), empty.0.per_second()),
        ("whole turns", grown.1.per_second, empty.1.per_second),
    ];
    for (what, now, before) in pairs {
        let beside = format!("{now:.0} /s grown, {before:.0} /s empty");
        table.row(
            &format!("{what}, of the empty store's"),
            100.0 * now / before,
            "%",
            Target::AtLeast(80.0),
            &beside,
        );
    }
    grown.1.show("grown", 600.0, table);
    show_latency("grown", &grown.2, table);
    Ok(())
}

async fn both(
    site: &Site<'_>,
    world: &World,
    size: Size,
    names: [char; 3],
    first: u32,
) -> anyhow::Result<(Loaded, Story, Latencies)> {
    let [flood, story_of, steady_of] = names.map(|name| Run { name, first });
    let running = site.serve("").await?;
    let told = story(&running.address, world, &[&running], size, story_of).await?;
    let added = steady(&running.address, world, size, steady_of).await?;
    drop(running);
    // Last, for it leaves a heap of work behind, which is thrown away.
    let running = site.serve("gateway").await?;
    let loaded = load::flood(&running.address, 64, size.seconds, flood, size.senders).await?;
    drop(running);
    seed::forget_work(&site.folder.join("plumbline.db"))?;
    Ok((loaded, told, added))
}
