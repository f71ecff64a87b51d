//! What a technician wants with jobs that are handed over: know where they are, correct one, withdraw one. Which job
//! is meant is found in the list of open jobs, or asked.

use domain::language::Language;
use serde_json::{Value, json};

use super::{
    correction::{self, Applied},
    draft::{Draft, Search, Stage, UNCLEAR},
    errand_phrases as say,
    field::{Step, candidates},
    intent::{self, Intent},
    jobs::{self, Job},
    phrases,
    report::{self, Expect},
    results, signals,
    transcript::{Content, text},
};

/// Letters of a person's words that are given as a reason.
const REASON: usize = 300;

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Status,
    List,
    Withdraw,
    Correct,
}

#[derive(Clone, Debug, PartialEq)]
enum End {
    Withdrawn {
        delivered: bool,
    },
    /// With the arguments that changed it.
    Corrected {
        changes: Value,
        delivered: bool,
    },
    Kept,
    Expired,
    Unclear,
}

#[derive(Debug)]
pub struct Errand {
    kind: Kind,
    /// What the person said.
    words: String,
    /// The open jobs, once they are known.
    jobs: Option<Vec<Job>>,
    chosen: Option<Job>,
    /// The job as it is to be, with the correction applied.
    corrected: Option<Draft>,
    agreed: bool,
    unclear: u8,
    end: Option<End>,
    failed: Option<String>,
}

impl Errand {
    fn new(kind: Kind, words: &str) -> Self {
        let words = words.to_owned();
        Self {
            kind,
            words,
            jobs: None,
            chosen: None,
            corrected: None,
            agreed: false,
            unclear: 0,
            end: None,
            failed: None,
        }
    }

    #[must_use]
    pub fn status(words: &str) -> Self {
        Self::new(Kind::Status, words)
    }

    #[must_use]
    pub fn list(words: &str) -> Self {
        Self::new(Kind::List, words)
    }

    #[must_use]
    pub fn withdraw(words: &str) -> Self {
        Self::new(Kind::Withdraw, words)
    }

    #[must_use]
    pub fn correct(words: &str) -> Self {
        Self::new(Kind::Correct, words)
    }

    pub fn end(&mut self, expired: bool) {
        self.end = Some(if expired { End::Expired } else { End::Kept });
    }

    pub fn step(&mut self, language: Language) -> Step {
        if let Some(why) = &self.failed {
            return Step::Done(say::failed(language, why));
        }
        if let Some(end) = &self.end {
            let job = self.chosen.clone().unwrap_or_default();
            return Step::Done(match end {
                End::Withdrawn { delivered } => say::withdrawn(language, &job, *delivered),
                End::Corrected { changes, delivered } => say::corrected(language, &job, changes, *delivered),
                End::Kept => say::kept(language),
                End::Expired => say::expired(language),
                End::Unclear => say::unclear(language),
            });
        }
        match self.kind {
            Kind::Status => self.status_step(language),
            Kind::List => self.list_step(language),
            Kind::Withdraw => self.withdraw_step(language),
            Kind::Correct => self.correct_step(language),
        }
    }

    fn status_step(&self, language: Language) -> Step {
        let id = intent::id_in(&self.words, "JOB-");
        match (&self.jobs, id) {
            (None, Some(id)) => Step::Call("get_job_status", json!({ "job_id": id })),
            (None, None) => Step::Call("get_job_status", json!({})),
            (Some(jobs), Some(id)) if jobs.is_empty() => Step::Done(say::no_such_job(language, &id)),
            (Some(jobs), _) => Step::Done(say::status(language, &jobs::asked_for(jobs, &self.words))),
        }
    }

    fn list_step(&self, language: Language) -> Step {
        match &self.jobs {
            None => Step::Call("list_open_jobs", json!({})),
            Some(jobs) => Step::Done(say::open_jobs(language, jobs)),
        }
    }

    /// Finds the job that is meant; `None` once it is chosen.
    fn choose(&mut self, language: Language, which: fn(Language) -> String) -> Option<Step> {
        if self.chosen.is_some() {
            return None;
        }
        let Some(jobs) = &self.jobs else { return Some(Step::Call("list_open_jobs", json!({}))) };
        // "wrong customer, it was Mayer" names whom it was, not which job.
        let elsewhere =
            signals::of(&self.words).wrong_customer && intent::id_in(&self.words, "JOB-").is_none();
        let meant = jobs::meant(jobs, if elsewhere { "" } else { &self.words });
        match meant.as_slice() {
            [] => Some(Step::Done(say::no_open_job(language))),
            [only] => {
                self.chosen = Some((*only).clone());
                None
            }
            several => Some(Step::Ask {
                question: which(language),
                buttons: several.iter().take(10).map(|job| job.title()).collect(),
            }),
        }
    }

    fn withdraw_step(&mut self, language: Language) -> Step {
        if let Some(step) = self.choose(language, say::which_to_withdraw) {
            return step;
        }
        let Some(job) = &self.chosen else { return Step::Done(say::no_open_job(language)) };
        if !self.agreed {
            return Step::Ask {
                question: say::withdraw(language, job),
                buttons: phrases::withdraw_buttons(language).to_vec(),
            };
        }
        let reason: String =
            self.words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(REASON).collect();
        Step::Call("withdraw_job", json!({ "job_id": job.id, "reason": reason }))
    }

    fn correct_step(&mut self, language: Language) -> Step {
        if let Some(step) = self.choose(language, say::which_to_correct) {
            return step;
        }
        let Some(job) = self.chosen.clone() else { return Step::Done(say::no_open_job(language)) };
        if self.corrected.is_none() {
            let mut draft = job.draft();
            if correction::apply(&mut draft, &self.words, Expect::NOTHING) == Applied::Changed {
                self.corrected = Some(draft);
            }
        }
        let ask = |question: String| Step::Ask { question, buttons: Vec::new() };
        let Some(draft) = &self.corrected else { return ask(say::what_to_correct(language, &job)) };
        let stage = draft.stage();
        match stage {
            Stage::Search => Step::Call(
                "find_customer",
                json!({
                    "customer_name": draft.name.as_deref().unwrap_or_default(),
                    "customer_address": draft.address.as_deref().unwrap_or_default(),
                }),
            ),
            Stage::Candidates => Step::Ask {
                question: phrases::which_customer(language, draft),
                buttons: candidates(language, draft),
            },
            Stage::PlaceAgain => Step::Ask {
                question: phrases::not_found(language, draft, draft.searches > 1),
                buttons: vec![phrases::stop_button(language)],
            },
            Stage::Place => ask(phrases::missing(language, draft, Expect { place: true, ..Expect::NOTHING })),
            _ => self.change(language, &job, draft),
        }
    }

    /// What is still to be told of the corrected job, or the call that corrects it.
    fn change(&self, language: Language, job: &Job, draft: &Draft) -> Step {
        let missing = draft.missing();
        let known = job.draft();
        let cleared = Expect {
            place: false,
            work: missing.work && known.work.is_some(),
            hours: missing.hours,
            materials: missing.materials && known.materials.is_some(),
            amends: false,
        };
        if cleared.any() {
            return Step::Ask { question: phrases::missing(language, draft, cleared), buttons: Vec::new() };
        }
        Step::Call("correct_job", job.changes(draft))
    }

    /// Takes in a result. A report that was mistaken for a correction comes back as a draft.
    pub fn returned(&mut self, name: &str, arguments: &Value, content: &Content) -> Option<Draft> {
        let value = match content {
            Content::Error(error) => {
                self.failed = Some(error.clone());
                return None;
            }
            Content::Value(value) => value,
        };
        match name {
            "get_job_status" | "list_open_jobs" => {
                let jobs = jobs::read_all(value);
                let report = report::read(&self.words, Expect::NOTHING);
                if jobs.is_empty() && self.kind == Kind::Correct && report.has_place() && report.told() >= 2 {
                    return Some(Draft::of(report));
                }
                self.jobs = Some(jobs);
            }
            "find_customer" => {
                if let Some(draft) = &mut self.corrected {
                    results::found(draft, value);
                }
            }
            "withdraw_job" | "correct_job" => self.finish(name, arguments, value),
            _ => {}
        }
        None
    }

    fn finish(&mut self, name: &str, arguments: &Value, value: &Value) {
        if text(value, "status") != "accepted" {
            let why = [text(value, "reason"), text(value, "status")].into_iter().find(|t| !t.is_empty());
            self.failed = Some(why.unwrap_or("?").to_owned());
            return;
        }
        let delivered = value.get("delivered").and_then(Value::as_bool).unwrap_or(true);
        self.end = Some(match name {
            "withdraw_job" => End::Withdrawn { delivered },
            _ => End::Corrected { changes: arguments.clone(), delivered },
        });
    }

    /// Takes in an answer. Whether it said anything.
    pub fn answered(&mut self, words: &str, choice: &str) -> bool {
        let understood = self.hears(words, choice);
        if !understood {
            self.unclear += 1;
            if self.unclear >= UNCLEAR {
                self.end = Some(End::Unclear);
            }
        }
        understood
    }

    fn hears(&mut self, words: &str, choice: &str) -> bool {
        let wish = intent::of(words);
        if self.chosen.is_none() {
            return self.hears_which(words, choice, wish);
        }
        if self.kind == Kind::Withdraw {
            let [yes, no] = [0, 1]
                .map(|at| [Language::En, Language::De].map(|l| phrases::withdraw_buttons(l)[at].clone()));
            if yes.iter().any(|t| t == choice)
                || matches!(wish, Intent::Confirm | Intent::Withdraw) && !no.iter().any(|t| t == choice)
            {
                self.agreed = true;
            } else if no.iter().any(|t| t == choice) || wish == Intent::Refuse {
                self.end = Some(End::Kept);
            } else {
                return false;
            }
            return true;
        }
        let Some(draft) = &mut self.corrected else {
            if matches!(wish, Intent::Refuse | Intent::Withdraw) {
                self.end = Some(End::Kept);
                return true;
            }
            words.clone_into(&mut self.words);
            let mut trial = self.chosen.clone().unwrap_or_default().draft();
            return correction::apply(&mut trial, words, Expect::NOTHING) == Applied::Changed;
        };
        amended(draft, words, choice, wish).unwrap_or_else(|| {
            self.end = Some(End::Kept);
            true
        })
    }

    fn hears_which(&mut self, words: &str, choice: &str, wish: Intent) -> bool {
        let jobs = self.jobs.as_deref().unwrap_or_default();
        let by_title = jobs.iter().find(|job| job.title() == choice);
        let named = jobs::named(jobs, words);
        let only = match named.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        if let Some(job) = by_title.or(only) {
            self.chosen = Some(job.clone());
            return true;
        }
        if matches!(wish, Intent::Refuse | Intent::Withdraw) {
            self.end = Some(End::Kept);
            return true;
        }
        false
    }
}

/// An answer about the corrected job: which customer, or what was asked for. `None`: the person stops.
fn amended(draft: &mut Draft, words: &str, choice: &str, wish: Intent) -> Option<bool> {
    let stage = draft.stage();
    if stage == Stage::Candidates && super::listen::candidate(draft, words, choice) {
        return Some(true);
    }
    if matches!(draft.search, Search::NotFound) && super::listen::stops(words, choice, wish) {
        return None;
    }
    let expect = if matches!(stage, Stage::PlaceAgain | Stage::Candidates) {
        draft.expects()
    } else {
        draft.missing()
    };
    Some(correction::apply(draft, words, expect) == Applied::Changed)
}
