//! `plumbline eval`: plays conversations kept as data against the configured model, each in a house of its own, and says
//! what differs.

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Instant,
};

use agents::model::Model;
use domain::{
    address::ChannelName,
    clock::{Clock, ManualClock, SystemClock},
    contact::Role,
    id::Ids,
};
use store::Store;

use super::{Failure, table};
use crate::{
    app::{App, Hosting, Means},
    people::{self, Seats},
    play::{Ear, Play},
    scenario::Scenario,
    settings::{Endpoint, Settings},
    shutdown::Shutdown,
};

/// Scenarios found in one folder.
const MOST: usize = 500;

/// # Errors
/// [`Failure::Usage`] for a file that is no scenario, [`Failure::Told`] if one fails.
pub async fn run(settings: &Settings, paths: &[PathBuf], out: &mut dyn Write) -> Result<(), Failure> {
    let mut files = Vec::new();
    for path in paths {
        files.extend(scenarios(path)?);
    }
    if files.is_empty() {
        return Err(Failure::Usage("no scenario was found: name .toml files or folders of them".to_owned()));
    }
    let mut rows = Vec::new();
    let mut failed = 0;
    for file in &files {
        let scenario = Scenario::read(file).map_err(|error| Failure::Usage(format!("{error:#}")))?;
        let begun = Instant::now();
        let differs = play(settings, &scenario).await?;
        failed += usize::from(!differs.is_empty());
        rows.push(vec![
            if differs.is_empty() { "passed" } else { "FAILED" }.to_owned(),
            format!("{} ms", begun.elapsed().as_millis()),
            file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            scenario.title.clone(),
        ]);
        for difference in differs {
            rows.push(vec![String::new(), String::new(), String::new(), difference]);
        }
    }
    table(out, &["", "time", "scenario", "what"], &rows)?;
    writeln!(out, "{} passed, {failed} failed", files.len() - failed)?;
    if failed == 0 { Ok(()) } else { Err(Failure::Told) }
}

fn scenarios(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let unread =
        |error: std::io::Error| Failure::Usage(format!("{} cannot be read: {error}", path.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unread)? {
        let file = entry.map_err(unread)?.path();
        if file.extension().is_some_and(|ending| ending == "toml") && files.len() < MOST {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

async fn play(settings: &Settings, scenario: &Scenario) -> Result<Vec<String>, Failure> {
    let folder = std::env::temp_dir().join(format!("plumbline-eval-{}", ids().uuid()));
    let house = house(settings, &folder, None, false).await;
    let differs = match house {
        Ok((house, stop)) => {
            let differs = scenario.play(&house).await.map_err(|error| Failure::Failed(format!("{error:#}")));
            stop.stop();
            differs
        }
        Err(failure) => Err(failure),
    };
    // What is left behind in the temporary folder harms nobody.
    let _ = std::fs::remove_dir_all(&folder);
    differs
}

fn ids() -> Ids {
    Ids::new(Arc::new(SystemClock), rand::random())
}

/// A house of its own in `folder`, with the demo people, a clock of its own and free ports. With `stream` its model's
/// words are streamed.
///
/// # Errors
/// As [`App::build`].
pub async fn house(
    settings: &Settings,
    folder: &Path,
    model: Option<Arc<dyn Model>>,
    stream: bool,
) -> Result<(Play, Shutdown), Failure> {
    let mut settings = settings.clone();
    settings.for_terminal();
    settings.database.url = format!("sqlite://{}/eval.db", folder.display());
    settings.database_named = false;
    settings.data_folder = folder.to_owned();
    for endpoint in settings.agents.values_mut() {
        *endpoint = Endpoint { port: 0, url: "http://127.0.0.1".to_owned() };
    }
    let clock = Arc::new(ManualClock::at(SystemClock.now()));
    let ids = Arc::new(Ids::new(Arc::clone(&clock) as Arc<dyn Clock>, rand::random()));
    let store = Store::open(&settings.database).await?;
    people::settle_in(&settings, &store, Seats::Terminal, &ids, clock.now()).await?;
    let said = Arc::new(Mutex::new(Vec::new()));
    let roles = Role::ALL;
    let hosting = Hosting {
        belt: true,
        channels: roles
            .map(|role| Arc::new(Ear::new(role, &said)) as Arc<dyn channels::channel::Channel>)
            .to_vec(),
        people: roles.map(|role| ChannelName::terminal(role.as_str())).to_vec(),
        stream,
        alone: true,
        ..Hosting::default()
    };
    let means = Means { clock: Arc::clone(&clock) as Arc<dyn Clock>, ids, model };
    let app = App::build(&settings, store, hosting, means).await?;
    let belt = Arc::clone(&app.belt);
    let shutdown = Shutdown::default();
    tokio::spawn(app.serve(shutdown.soft.clone()));
    Ok((Play { belt, clock, said, taken: Mutex::new(0) }, shutdown))
}
