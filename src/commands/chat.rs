//! `plumbline chat`: the people of the house played in this terminal, by line or by pipe. Every line goes the way of any
//! message: through the inbox.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use channels::cli::{Input, Lines, Setup, Terminal};
use domain::{
    address::{Address, ChannelName},
    agent::AgentName,
    clock::{Clock, SystemClock},
    contact::Role,
    conversation::Conversation,
    id::{Ids, QuestionId},
    job::JobState,
    outbound::{Content, Outbound},
};
use runtime::Belt;
use store::{Store, conversation, event, handoff, office, question};
use tokio::sync::broadcast;

use super::Failure;
use crate::{
    app::{App, Hosting, Means},
    cli::ChatArgs,
    open_questions::OpenQuestions,
    people::{self, Seats},
    settings::{self, Settings},
    shutdown::Shutdown,
    telemetry,
};

/// How often a quiet house is looked for, and closed questions are taken off the screen.
const GLANCE: Duration = Duration::from_millis(5);
const CLOSED: Duration = Duration::from_millis(200);
const EVENTS: i64 = 200;
const JOBS: i64 = 50;

/// # Errors
/// [`Failure`]: one sentence.
pub async fn run(mut settings: Settings, arguments: ChatArgs) -> Result<(), Failure> {
    settings.for_terminal();
    telemetry::to_file(&settings.log, &settings.data_folder.join("plumbline.log"))?;
    let shutdown = Shutdown::on_signals()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids = Arc::new(Ids::new(Arc::clone(&clock), rand::random()));
    let store = Store::open(&settings.database).await?;
    let imported = people::settle_in(&settings, &store, Seats::Terminal, &ids, clock.now()).await?;
    let roles = arguments.person.map_or_else(|| vec![Role::Technician, Role::Office], |one| vec![one.role()]);
    let (terminal, lines) = open(&settings, &roles, &ids, &clock)?;
    terminal.ask_about_questions(Arc::new(OpenQuestions(store.clone())));
    let hosting = Hosting {
        turns: arguments.person.map(|person| vec![agent_of(person.role())]),
        ports: arguments.person.map(|person| vec![agent_of(person.role())]),
        belt: true,
        channels: roles.iter().map(|role| terminal.channel(*role)).collect(),
        people: [Role::Technician, Role::Office].map(|role| ChannelName::terminal(role.as_str())).to_vec(),
        stream: lines.interactive(),
        alone: true,
        ..Hosting::default()
    };
    let app = App::build(&settings, store, hosting, Means { clock, ids, model: None }).await?;
    terminal.note(&banner(&settings, &roles, &app.model));
    if let Some(imported) = imported {
        terminal.note(&imported);
    }
    let session = Session { terminal, belt: Arc::clone(&app.belt), shutdown: shutdown.clone() };
    session.show_open_questions().await?;
    let house = tokio::spawn(app.run(shutdown.soft.clone()));
    let watching = tokio::spawn(session.clone().watch());
    let talked = session.talk(lines).await;
    shutdown.stop();
    tokio::select! {
        _ = house => {}
        () = shutdown.hard.cancelled() => {}
    }
    watching.abort();
    talked
}

fn agent_of(role: Role) -> AgentName {
    AgentName::from(if role == Role::Office { "office" } else { "field" })
}

fn open(
    settings: &Settings,
    roles: &[Role],
    ids: &Arc<Ids>,
    clock: &Arc<dyn Clock>,
) -> Result<(Terminal, Lines), Failure> {
    let setup = Setup {
        config: settings.terminal.clone(),
        roles: roles.to_vec(),
        ids: Arc::clone(ids),
        clock: Arc::clone(clock),
        folder: std::env::current_dir()?,
        home: std::env::home_dir(),
    };
    let history = settings.data_folder.join("history");
    let colour = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    Ok(Terminal::open(setup, Some(history), colour))
}

fn banner(settings: &Settings, roles: &[Role], model: &str) -> String {
    let here = match roles {
        [one] => {
            let other = agent_of(if *one == Role::Office { Role::Technician } else { Role::Office });
            let place =
                settings.agents.get(&other).map_or("an unknown place", |endpoint| endpoint.url.as_str());
            format!("{} agent in this terminal; the {other} agent is at {place}", agent_of(*one))
        }
        _ => "field and office agents in this terminal".to_owned(),
    };
    let (settings::Model::Offline { why } | settings::Model::Remote { why, .. }) = &settings.model;
    format!("Plumbline: {here}. Model: {model} ({why}).")
}

#[derive(Clone)]
struct Session {
    terminal: Terminal,
    belt: Arc<Belt>,
    shutdown: Shutdown,
}

impl Session {
    /// Takes lines until their end, `/quit` or a signal. A piped line waits until the house is quiet.
    async fn talk(&self, mut lines: Lines) -> Result<(), Failure> {
        loop {
            if !lines.interactive() {
                self.quiet().await?;
            }
            let input = tokio::select! {
                input = lines.next() => input,
                () = self.shutdown.soft.cancelled() => None,
            };
            match input {
                Some(Input::Said(arrival)) => {
                    if let Err(error) = self.belt.receive(*arrival).await {
                        self.terminal
                            .note(&format!("That line was not taken in: {error}. Please say it again."));
                    }
                }
                Some(Input::Jobs(role)) => self.terminal.note(&self.jobs(role).await?),
                Some(Input::Quit) | None => break,
            }
        }
        if !lines.interactive() && !self.shutdown.soft.is_cancelled() {
            self.quiet().await?;
        }
        Ok(())
    }

    /// Waits until nothing runs and nothing is due here.
    async fn quiet(&self) -> Result<(), Failure> {
        while !self.shutdown.soft.is_cancelled() && !self.belt.is_quiet().await? {
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Shows what the agents do, and frees the numbers of questions that closed.
    async fn watch(self) {
        let mut progress = self.belt.progress.subscribe();
        let mut seen = event::last(&mut self.belt.store.reader()).await.unwrap_or(0);
        let mut glance = tokio::time::interval(CLOSED);
        loop {
            tokio::select! {
                told = progress.recv() => match told {
                    Ok(told) => self.terminal.progress(&told),
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return,
                },
                _ = glance.tick() => {
                    let events = event::follow(&self.belt.store, seen, EVENTS).await;
                    for event in events.unwrap_or_default() {
                        seen = event.seq;
                        if let Some(id) = event.body.get("question").and_then(|id| id.as_str()) {
                            self.terminal.closed(&QuestionId::from(id));
                        }
                    }
                }
            }
        }
    }

    async fn conversation(&self, role: Role) -> Result<Option<Conversation>, Failure> {
        let address = Address::new(ChannelName::terminal(role.as_str()), role.as_str());
        Ok(conversation::find(&mut self.belt.store.reader(), &agent_of(role), &address).await?)
    }

    /// Questions that were open when an earlier session ended are shown again: their numbers are new.
    async fn show_open_questions(&self) -> Result<(), Failure> {
        let mut tx = self.belt.store.reader();
        for role in self.terminal.roles() {
            let Some(held) = self.conversation(*role).await? else { continue };
            for asked in question::seen_by(&mut tx, &held.id).await?.into_iter().filter(|asked| asked.open) {
                for put in question::puts(&mut tx, &asked.question).await? {
                    if put.conversation != held.id {
                        continue;
                    }
                    let outbound = Outbound {
                        id: put.outbox,
                        to: held.address.clone(),
                        conversation: held.id.clone(),
                        content: Content::Question {
                            question: asked.question.clone(),
                            text: put.body,
                            choices: put.choices,
                        },
                        turn: None,
                        speaker: held.agent.0.clone(),
                        attempts: 0,
                    };
                    if let Err(error) = self.terminal.show(*role, &outbound) {
                        tracing::info!(%error, "an open question was not shown again");
                    }
                }
            }
        }
        Ok(())
    }

    /// What `/jobs` shows.
    async fn jobs(&self, role: Role) -> Result<String, Failure> {
        let mut lines = Vec::new();
        let mut tx = self.belt.store.reader();
        if role == Role::Office {
            for state in [JobState::Received, JobState::Deferred, JobState::Invoiced] {
                for job in office::job::list(&mut tx, state, JOBS).await? {
                    let invoice = job.invoice.map(|id| format!(" · {id}")).unwrap_or_default();
                    lines.push(format!(
                        "{} · {state} · {}{invoice}",
                        job.id,
                        job.report.work_done,
                        state = state.as_str()
                    ));
                }
            }
        } else if let Some(held) = self.conversation(role).await? {
            for job in handoff::list(&mut tx, &held.id, JOBS).await? {
                let invoice = job.invoice.map(|id| format!(" · {id}")).unwrap_or_default();
                let (id, state) = (&job.report.job_id, job.state.as_str());
                lines.push(format!("{id} · {state} · {}{invoice}", job.report.work_done));
            }
        }
        let unique: BTreeSet<String> = lines.into_iter().collect();
        Ok(if unique.is_empty() {
            "No jobs yet.".to_owned()
        } else {
            unique.into_iter().collect::<Vec<_>>().join("\n")
        })
    }
}
