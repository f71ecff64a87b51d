//! The field agent's sentences about jobs that are handed over, in both languages.

use domain::language::Language;
use serde_json::Value;

use super::{
    jobs::{self, Job},
    phrases::{self, pick, quoted},
    transcript::text,
};

/// Jobs of one answer that are told one by one.
const TOLD: usize = 6;

fn name(job: &Job) -> String {
    if job.customer.is_empty() { job.id.clone() } else { format!("{} ({})", job.id, job.customer) }
}

fn state(language: Language, job: &Job) -> String {
    let note = if job.note.is_empty() { String::new() } else { format!(": {}", quoted(&job.note)) };
    match job.state.as_str() {
        "queued" => {
            pick(language, "safe here, not yet delivered to the office", "hier sicher, noch nicht beim Büro")
        }
        "accepted" | "received" => {
            pick(language, "with the office, not settled yet", "beim Büro, noch nicht abgeschlossen")
        }
        "deferred" => pick(language, "put off by the office", "vom Büro zurückgestellt"),
        "completed" | "invoiced" if job.invoice.is_empty() => pick(language, "settled", "abgeschlossen"),
        "completed" | "invoiced" => {
            format!("{} {}", pick(language, "settled, invoice", "abgeschlossen, Rechnung"), job.invoice)
        }
        "rejected" => format!("{}{note}", pick(language, "rejected by the office", "vom Büro abgelehnt")),
        "withdrawn" => pick(language, "withdrawn", "zurückgezogen"),
        other => other.to_owned(),
    }
}

#[must_use]
pub fn status(language: Language, jobs: &[&Job]) -> String {
    if jobs.is_empty() {
        return pick(language, "I know of no jobs from you yet.", "Ich kenne noch keine Aufträge von dir.");
    }
    told(language, jobs)
}

#[must_use]
pub fn open_jobs(language: Language, jobs: &[Job]) -> String {
    if jobs.is_empty() {
        return pick(language, "No job of yours is open.", "Von dir ist kein Auftrag offen.");
    }
    told(language, &jobs.iter().collect::<Vec<_>>())
}

fn told(language: Language, jobs: &[&Job]) -> String {
    let mut lines: Vec<String> =
        jobs.iter().take(TOLD).map(|job| format!("{}: {}.", name(job), state(language, job))).collect();
    if jobs.len() > TOLD {
        let more = jobs.len() - TOLD;
        lines.push(match language {
            Language::En => format!("And {more} more."),
            Language::De => format!("Und {more} weitere."),
        });
    }
    lines.join(" ")
}

#[must_use]
pub fn no_such_job(language: Language, id: &str) -> String {
    match language {
        Language::En => format!("I know of no job {id} from you."),
        Language::De => format!("Ich kenne keinen Auftrag {id} von dir."),
    }
}

#[must_use]
pub fn no_open_job(language: Language) -> String {
    pick(
        language,
        "None of your jobs is open, so there is nothing I can change. The office can still help with one \
            that is billed.",
        "Von dir ist kein Auftrag mehr offen, also kann ich nichts ändern. Bei einem abgerechneten kann \
            das Büro noch helfen.",
    )
}

#[must_use]
pub fn which_to_withdraw(language: Language) -> String {
    pick(language, "Which job shall I withdraw?", "Welchen Auftrag soll ich zurückziehen?")
}

#[must_use]
pub fn which_to_correct(language: Language) -> String {
    pick(language, "Which job do you mean?", "Welchen Auftrag meinst du?")
}

#[must_use]
pub fn withdraw(language: Language, job: &Job) -> String {
    match language {
        Language::En => format!("Shall I withdraw {}, so that it is not billed?", name(job)),
        Language::De => format!("Soll ich {} zurückziehen, sodass nichts abgerechnet wird?", name(job)),
    }
}

#[must_use]
pub fn withdrawn(language: Language, job: &Job, delivered: bool) -> String {
    let later = later(language, delivered);
    match language {
        Language::En => format!("The withdrawal of {} is with the office.{later}", name(job)),
        Language::De => format!("{} ist zurückgezogen, das Büro weiß Bescheid.{later}", name(job)),
    }
}

fn later(language: Language, delivered: bool) -> String {
    if delivered {
        return String::new();
    }
    pick(
        language,
        " The office cannot be reached right now; it is told as soon as it can be.",
        " Das Büro ist gerade nicht erreichbar und erfährt es, sobald es das ist.",
    )
}

/// Names what was changed, from the call's own arguments.
#[must_use]
pub fn corrected(language: Language, job: &Job, changes: &Value, delivered: bool) -> String {
    let mut parts = Vec::new();
    if let Some(location) = changes.get("location").and_then(Value::as_str) {
        parts.push(format!(
            "{} {}, {location}",
            pick(language, "customer", "Kunde"),
            text(changes, "customer_id")
        ));
    }
    parts.extend(changes.get("work_done").and_then(Value::as_str).map(str::to_owned));
    let changed = jobs::read_changes(changes);
    parts.extend(changed.hours.map(|h| phrases::hours(language, h)));
    parts.extend(changed.materials.as_deref().map(|m| phrases::materials(language, m)));
    let (what, later) = (parts.join(" · "), later(language, delivered));
    match language {
        Language::En => format!("Corrected: {} now has {what}.{later}", name(job)),
        Language::De => format!("Korrigiert: {} hat jetzt {what}.{later}", name(job)),
    }
}

#[must_use]
pub fn what_to_correct(language: Language, job: &Job) -> String {
    match language {
        Language::En => format!("What should I correct on {}: customer, work, hours or material?", name(job)),
        Language::De => {
            format!("Was soll ich an {} korrigieren: Kunde, Arbeit, Stunden oder Material?", name(job))
        }
    }
}

#[must_use]
pub fn kept(language: Language) -> String {
    pick(language, "All right, everything stays as it is.", "In Ordnung, alles bleibt, wie es ist.")
}

#[must_use]
pub fn expired(language: Language) -> String {
    pick(
        language,
        "I had no answer, so nothing is changed. Tell me again when you are ready.",
        "Ich habe keine Antwort bekommen, also ist nichts geändert. Sag es mir noch einmal, wenn es passt.",
    )
}

#[must_use]
pub fn unclear(language: Language) -> String {
    pick(
        language,
        "I do not understand you, so nothing is changed. Please try other words, or call the office.",
        "Ich verstehe dich nicht, also ist nichts geändert. Bitte versuch es in anderen Worten oder ruf \
            das Büro an.",
    )
}

#[must_use]
pub fn failed(language: Language, why: &str) -> String {
    let why = quoted(why);
    match language {
        Language::En => format!("That did not work: {why}."),
        Language::De => format!("Das ging nicht: {why}."),
    }
}
