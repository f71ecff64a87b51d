//! Conversations kept as data: what people say, what must be told, called and stored. Plays one against a house and says
//! what differs; knows no model and no test framework.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use domain::{contact::Role, job::JobState, live::ProgressStep};
use serde::Deserialize;
use store::{
    approval::{self, Which},
    office,
};
use tokio::sync::broadcast;

use crate::play::{Play, Said};

/// Rows looked at in the store at the end.
const ROWS: i64 = 500;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub title: String,
    pub step: Vec<Step>,
    #[serde(default)]
    pub stored: Stored,
}

/// One thing that happens, and what must come of it before the house rests.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    pub technician: Option<String>,
    pub technician_presses: Option<String>,
    pub office: Option<String>,
    /// A button's title, or what it means to code: `approve`, `decline`, `defer`.
    pub office_presses: Option<String>,
    /// Time that passes: `90s`, `25h`, `3d`.
    pub wait: Option<String>,
    /// Each occurs in what the person was told, in any case.
    pub told_technician: Vec<String>,
    pub told_office: Vec<String>,
    pub not_told_technician: Vec<String>,
    pub not_told_office: Vec<String>,
    pub called: Vec<String>,
    pub not_called: Vec<String>,
}

/// What the store holds at the end. Only what is named is looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stored {
    pub jobs: Option<BTreeMap<String, String>>,
    pub hours: BTreeMap<String, f64>,
    /// All invoices, in order.
    pub invoices: Option<Vec<String>>,
    /// Bounds like `over 4750`, or a number.
    pub net_cents: BTreeMap<String, String>,
    pub open_questions: Option<usize>,
}

impl Scenario {
    /// # Errors
    /// Where the file is not there or is no scenario.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is no scenario", path.display()))
    }

    /// Plays it and returns what differs, one sentence each; empty when all is as it should be.
    ///
    /// # Errors
    /// Where the house itself fails.
    pub async fn play(&self, house: &Play) -> anyhow::Result<Vec<String>> {
        let mut differs = Vec::new();
        for (index, step) in self.step.iter().enumerate() {
            let mut progress = house.belt.progress.subscribe();
            step.happen(house).await.with_context(|| format!("step {}", index + 1))?;
            let outcome = Outcome { told: house.take(), called: called(&mut progress) };
            differs
                .extend(step.check(&outcome).into_iter().map(|what| format!("step {}: {what}", index + 1)));
        }
        differs.extend(self.stored.check(house).await?);
        Ok(differs)
    }
}

struct Outcome {
    told: Vec<Said>,
    called: Vec<String>,
}

fn called(progress: &mut broadcast::Receiver<Arc<domain::live::Progress>>) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        match progress.try_recv() {
            Ok(told) => {
                if let ProgressStep::ToolCalled { name, .. } = &told.step {
                    names.push(name.clone());
                }
            }
            Err(broadcast::error::TryRecvError::Lagged(_)) => {}
            Err(_) => return names,
        }
    }
}

impl Step {
    async fn happen(&self, house: &Play) -> anyhow::Result<()> {
        if let Some(time) = &self.wait {
            house.wait(duration(time)?).await?;
        }
        if let Some(text) = &self.technician {
            house.writes(Role::Technician, text).await?;
        }
        if let Some(text) = &self.office {
            house.writes(Role::Office, text).await?;
        }
        for (role, title) in
            [(Role::Technician, &self.technician_presses), (Role::Office, &self.office_presses)]
        {
            if let Some(title) = title {
                if house.button(role, title).is_none() {
                    bail!("there is no button {title:?} for the {role}");
                }
                house.presses(role, title).await?;
            }
        }
        Ok(())
    }

    fn check(&self, outcome: &Outcome) -> Vec<String> {
        let mut differs = Vec::new();
        let told = [
            (Role::Technician, &self.told_technician, &self.not_told_technician),
            (Role::Office, &self.told_office, &self.not_told_office),
        ];
        for (role, must, must_not) in told {
            let heard = heard(&outcome.told, role);
            let folded = heard.to_lowercase();
            for word in must.iter().filter(|word| !folded.contains(&word.to_lowercase())) {
                differs.push(format!("the {role} was not told {word:?}, but: {heard:?}"));
            }
            for word in must_not.iter().filter(|word| folded.contains(&word.to_lowercase())) {
                differs.push(format!("the {role} was told {word:?}: {heard:?}"));
            }
        }
        for tool in self.called.iter().filter(|tool| !outcome.called.contains(tool)) {
            differs.push(format!("{tool} was not called, but: {:?}", outcome.called));
        }
        for tool in self.not_called.iter().filter(|tool| outcome.called.contains(tool)) {
            differs.push(format!("{tool} was called"));
        }
        differs
    }
}

fn heard(told: &[Said], role: Role) -> String {
    let lines: Vec<&str> =
        told.iter().filter(|said| said.to == role).map(|said| said.text.as_str()).collect();
    lines.join("\n")
}

/// `90s`, `15m`, `25h`, `3d`.
fn duration(text: &str) -> anyhow::Result<Duration> {
    let wrong = || format!("wait is {text:?}: write a number and s, m, h or d");
    let (number, unit) = text.split_at(text.len().saturating_sub(1));
    let number: u64 = number.parse().with_context(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => bail!(wrong()),
    };
    Ok(Duration::from_secs(number.saturating_mul(seconds)))
}

impl Stored {
    async fn check(&self, house: &Play) -> anyhow::Result<Vec<String>> {
        let mut differs = Vec::new();
        let mut tx = house.belt.store.reader();
        let mut jobs = Vec::new();
        for state in JobState::ALL {
            jobs.extend(office::job::list(&mut tx, state, ROWS).await?);
        }
        if let Some(expected) = &self.jobs {
            let found: BTreeMap<String, String> =
                jobs.iter().map(|job| (job.report.job_id.0.clone(), job.state.as_str().to_owned())).collect();
            if found != *expected {
                differs.push(format!("jobs are {found:?}, not {expected:?}"));
            }
        }
        for (id, hours) in &self.hours {
            let found = jobs
                .iter()
                .find(|job| job.report.job_id.0 == *id)
                .map(|job| job.report.hours_worked.to_string());
            if found.as_deref().and_then(|text| text.parse().ok()) != Some(*hours) {
                differs.push(format!("{id} has {found:?} hours, not {hours}"));
            }
        }
        let invoices = office::invoice::list(&mut tx, ROWS).await?;
        let mut ids: Vec<String> = invoices.iter().map(|invoice| invoice.id.0.clone()).collect();
        ids.sort();
        if let Some(expected) = self.invoices.as_ref().filter(|expected| **expected != ids) {
            differs.push(format!("invoices are {ids:?}, not {expected:?}"));
        }
        for (id, bound) in &self.net_cents {
            let net =
                invoices.iter().find(|invoice| invoice.id.0 == *id).map(|invoice| invoice.bill.net_cents);
            if !net.is_some_and(|net| within(net, bound)) {
                differs.push(format!("{id} is {net:?} net cents, not {bound}"));
            }
        }
        if let Some(expected) = self.open_questions {
            let open = approval::list(&mut tx, Role::Office, Which::Open, None, ROWS).await?.len();
            if open != expected {
                differs.push(format!("{open} questions to the office are open, not {expected}"));
            }
        }
        Ok(differs)
    }
}

fn within(net: i64, bound: &str) -> bool {
    match bound.strip_prefix("over ") {
        Some(least) => least.parse().is_ok_and(|least: i64| net > least),
        None => bound.parse() == Ok(net),
    }
}
