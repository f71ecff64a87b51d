//! The office agent: bills a reported job step by step, and does what office staff ask for by id. Every figure is the
//! tools', every approval is code's; here is only which call comes next.

use domain::{
    language::{self, Language},
    tool::Arguments,
};
use serde_json::{Value, json};

use super::{
    field::Move,
    jobs, office_phrases as say,
    staff::{self, Order},
    talk,
    transcript::{self, Content, Line, text},
};
use crate::model::{Entry, ModelRequest};

/// The same call with the same arguments is made no more often, unless the job changed in between.
const SAME_CALL: usize = 2;

/// What is being done.
#[derive(Clone, Debug, PartialEq)]
enum Phase {
    Rest,
    Bill {
        job: String,
        goodwill: bool,
    },
    Invoice {
        job: String,
    },
    /// Staff decide about conflicts; with `stuck` there is nothing they could grant.
    Escalate {
        job: String,
        message: String,
        stuck: bool,
    },
    Order(Order),
}

struct Office {
    language: Language,
    phase: Phase,
    unsaid: Vec<String>,
    /// Staff have decided on the job's conflicts once.
    decided: bool,
    /// What cannot be settled, in words: the reason of a rejection.
    wrong: String,
    /// The entry at which the job last changed.
    since: usize,
}

/// The office agent's next move.
#[must_use]
pub fn next(request: &ModelRequest) -> Move {
    let mut office = Office {
        language: transcript::language(&request.history),
        phase: Phase::Rest,
        unsaid: Vec::new(),
        decided: false,
        wrong: String::new(),
        since: 0,
    };
    for (at, entry) in request.entries.iter().enumerate() {
        match entry {
            Entry::Heard { text, .. } => office.hear(text, at),
            Entry::Said { calls, .. } if calls.is_empty() => office.unsaid.clear(),
            Entry::Said { .. } => {}
            Entry::Returned { call, name, content } => {
                let nothing = Value::Null;
                let made = transcript::call(&request.entries, call.as_str()).map(|call| &call.arguments);
                let arguments = match made {
                    Some(Arguments::Json(arguments)) => arguments,
                    _ => &nothing,
                };
                office.returned(name, arguments, &Content::read(content), at);
            }
        }
    }
    office.next_move(request)
}

impl Office {
    fn next_move(mut self, request: &ModelRequest) -> Move {
        let (name, arguments) = match &self.phase {
            Phase::Rest => return self.rest(),
            Phase::Bill { job, goodwill: false } => ("process_billing_rule", json!({ "job_id": job })),
            Phase::Bill { job, goodwill: true } => {
                ("process_billing_rule", json!({ "job_id": job, "force_goodwill": true }))
            }
            Phase::Invoice { job } => ("create_invoice", json!({ "job_id": job })),
            Phase::Escalate { job, message, stuck } => (
                "escalate_to_office_human",
                json!({ "job_id": job, "message": message, "options": self.options(*stuck) }),
            ),
            Phase::Order(order) => order.call(),
        };
        let offered = request.tools.iter().any(|tool| tool.name == name);
        let since = request.entries.get(self.since..).unwrap_or_default();
        if !offered || transcript::times_made(since, name, &arguments) >= SAME_CALL {
            self.unsaid.push(say::stuck(self.language, name));
            return self.rest();
        }
        Move::Call { name, arguments }
    }

    fn options(&self, stuck: bool) -> [String; 2] {
        if stuck { say::stuck_options(self.language) } else { ["Grant".to_owned(), "Reject".to_owned()] }
    }

    fn rest(self) -> Move {
        Move::Say(if self.unsaid.is_empty() {
            talk::nothing_to_do(self.language)
        } else {
            self.unsaid.join(" ")
        })
    }

    fn hear(&mut self, heard: &str, at: usize) {
        for line in transcript::lines(heard) {
            match line {
                Line::News { kind, body } => self.news(&kind, &body, at),
                Line::Words(words) => self.words(&words),
                Line::Wordless => self.unsaid.push(talk::wordless(self.language)),
            }
        }
    }

    fn news(&mut self, kind: &str, body: &Value, at: usize) {
        let job = text(body, "job_id").to_owned();
        self.language = language::detect(text(body, "work_done")).unwrap_or(self.language);
        match kind {
            "reported" | "corrected" if !job.is_empty() => self.start(job, at),
            "withdrawn" => {
                self.phase = Phase::Rest;
                self.unsaid.push(say::withdrawn(self.language, &job, text(body, "reason")));
            }
            _ => {}
        }
    }

    /// The job is new, or not what it was.
    fn start(&mut self, job: String, at: usize) {
        self.since = at;
        self.decided = false;
        self.phase = Phase::Bill { job, goodwill: false };
    }

    fn words(&mut self, words: &str) {
        self.language = language::detect(words).unwrap_or(self.language);
        match staff::order(words) {
            Ok(Order::Bill { job }) => self.phase = Phase::Bill { job, goodwill: false },
            Ok(order) => self.phase = Phase::Order(order),
            Err(reply) => self.unsaid.push(say::reply(self.language, &reply)),
        }
    }

    fn done(&mut self, sentence: String) {
        self.phase = Phase::Rest;
        self.unsaid.push(sentence);
    }

    fn returned(&mut self, name: &str, arguments: &Value, content: &Content, at: usize) {
        let job = text(arguments, "job_id").to_owned();
        let value = match content {
            Content::Error(error) if error.contains("has changed") => return self.start(job, at),
            Content::Error(error) => return self.done(say::failed(self.language, error)),
            Content::Value(value) => value,
        };
        match (name, content.status()) {
            (_, "superseded") => self.start(job, at),
            ("process_billing_rule", status) => self.billed(job, status, value),
            ("escalate_to_office_human", status) => self.escalated(job, status, value),
            ("create_invoice", status) => self.invoiced(&job, status, value),
            ("list_open_jobs" | "get_job_status", _) => self.looked_up(value),
            ("reject_job", "rejected") => {
                self.done(say::rejected(self.language, &job, text(value, "reason")))
            }
            ("cancel_invoice", "cancelled") => self.done(say::cancelled(self.language, value)),
            (_, status) => {
                self.done(say::ended(self.language, &subject(&job, arguments), status, text(value, "by")))
            }
        }
    }

    fn billed(&mut self, job: String, status: &str, value: &Value) {
        match status {
            "success" => self.phase = Phase::Invoice { job },
            "conflict" => {
                let details = value.get("details").and_then(Value::as_array).cloned().unwrap_or_default();
                let stuck = self.decided || details.iter().any(|d| text(d, "kind") == "implausible");
                self.wrong = say::conflicts(self.language, &details);
                let message = say::escalation(self.language, &job, &self.wrong, stuck);
                self.phase = Phase::Escalate { job, message, stuck };
            }
            "declined" => {
                self.decided = true;
                self.phase = Phase::Bill { job, goodwill: false };
            }
            other => self.done(say::ended(self.language, &job, other, text(value, "by"))),
        }
    }

    fn escalated(&mut self, job: String, status: &str, value: &Value) {
        let answer = [text(value, "choice"), text(value, "answer")]
            .into_iter()
            .find(|a| !a.is_empty())
            .unwrap_or_default();
        let stuck = matches!(&self.phase, Phase::Escalate { stuck: true, .. });
        let answered = status == "answered" || status.is_empty();
        let granted = status == "approved" || answered && answer == "Grant";
        let declined = status == "declined" || answered && answer == "Reject";
        if stuck && answered && say::is_rejection(answer) {
            let reason = self.wrong.clone();
            self.phase = Phase::Order(Order::Reject { job, reason });
        } else if stuck && answered {
            self.done(say::left_open(self.language, &job, answer));
        } else if granted || declined {
            self.decided = true;
            self.phase = Phase::Bill { job, goodwill: granted };
        } else if answered {
            self.done(say::left_open(self.language, &job, answer));
        } else {
            self.done(say::ended(self.language, &job, status, text(value, "by")));
        }
    }

    fn invoiced(&mut self, job: &str, status: &str, value: &Value) {
        let invoice = text(value, "invoice_id");
        let sentence = if invoice.is_empty() {
            say::ended(self.language, job, status, text(value, "by"))
        } else {
            let total = [text(value, "total"), text(value, "currency")].join(" ");
            say::invoiced(self.language, job, invoice, total.trim())
        };
        self.done(sentence);
    }

    fn looked_up(&mut self, value: &Value) {
        let jobs = jobs::read_all(value);
        let order = match &self.phase {
            Phase::Order(order) => order.clone(),
            _ => Order::List,
        };
        match order.after_list(&jobs) {
            Some(job) => self.phase = Phase::Bill { job, goodwill: false },
            None => self.done(say::listed(self.language, &order, &jobs)),
        }
    }
}

/// What a sentence about a result is about: the job, or the invoice.
fn subject(job: &str, arguments: &Value) -> String {
    if job.is_empty() { text(arguments, "invoice_id").to_owned() } else { job.to_owned() }
}

#[cfg(test)]
#[path = "office_tests.rs"]
mod tests;
