//! The office agent's sentences, in both languages. Figures are the tools' own, never computed here.

use domain::language::Language;
use serde_json::Value;

use super::{
    jobs::{self, Job},
    phrases::{pick, quoted},
    staff::{Order, Reply},
    talk,
    transcript::text,
};

/// Jobs of one answer that are told one by one.
const TOLD: usize = 10;

/// A number or a text as it came.
fn shown(value: &Value, field: &str) -> String {
    match &value[field] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The conflicts with their figures: "0.5 h over the Plus contract (1.0 h included), 47.50".
#[must_use]
pub fn conflicts(language: Language, details: &[Value]) -> String {
    let told: Vec<String> = details.iter().map(|detail| conflict(language, detail)).collect();
    if told.is_empty() { pick(language, "a conflict", "ein Konflikt") } else { told.join("; ") }
}

fn conflict(language: Language, detail: &Value) -> String {
    let of = |field: &str| shown(detail, field);
    match (text(detail, "kind"), language) {
        ("hours_over_contract", Language::En) => {
            format!(
                "{} h over the {} contract ({} h included), {}",
                of("over_hours"),
                of("contract"),
                of("included_hours"),
                of("amount")
            )
        }
        ("hours_over_contract", Language::De) => {
            format!(
                "{} Std. über dem Vertrag {} ({} Std. enthalten), {}",
                of("over_hours"),
                of("contract"),
                of("included_hours"),
                of("amount")
            )
        }
        ("no_contract", Language::En) => {
            format!("no contract: {} h and the call-out, {}", of("hours"), of("amount"))
        }
        ("no_contract", Language::De) => {
            format!("kein Vertrag: {} Std. und Anfahrt, {}", of("hours"), of("amount"))
        }
        ("unknown_material", Language::En) => {
            format!("“{}” is not in the price list{}", of("name"), nearest(detail))
        }
        ("unknown_material", Language::De) => {
            format!("„{}“ steht nicht in der Preisliste{}", of("name"), nearest(detail))
        }
        ("implausible", Language::En) => {
            format!("{} {} cannot be ({} to {})", of("what"), of("value"), of("minimum"), of("maximum"))
        }
        ("implausible", Language::De) => format!(
            "{} {} kann nicht sein ({} bis {})",
            of("what"),
            of("value"),
            of("minimum"),
            of("maximum")
        ),
        (kind, _) => kind.replace('_', " "),
    }
}

fn nearest(detail: &Value) -> String {
    let names: Vec<&str> =
        detail["nearest"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if names.is_empty() { String::new() } else { format!(" ({}?)", names.join(", ")) }
}

#[must_use]
pub fn escalation(language: Language, job: &str, wrong: &str, stuck: bool) -> String {
    match (language, stuck) {
        (Language::En, false) => format!("{job}: {wrong}. Grant goodwill?"),
        (Language::De, false) => format!("{job}: {wrong}. Kulanz gewähren?"),
        (Language::En, true) => {
            format!("{job} cannot be billed: {wrong}. The technician has to correct it, or it is rejected.")
        }
        (Language::De, true) => format!(
            "{job} kann nicht abgerechnet werden: {wrong}. Der Techniker muss korrigieren, oder der \
                Auftrag wird abgelehnt."
        ),
    }
}

const REJECT: [&str; 2] = ["Reject the job", "Auftrag ablehnen"];

/// For a job that nobody can grant anything on.
#[must_use]
pub fn stuck_options(language: Language) -> [String; 2] {
    [pick(language, REJECT[0], REJECT[1]), pick(language, "Wait for a correction", "Korrektur abwarten")]
}

#[must_use]
pub fn is_rejection(answer: &str) -> bool {
    REJECT.contains(&answer)
}

#[must_use]
pub fn left_open(language: Language, job: &str, answer: &str) -> String {
    let answer = quoted(answer);
    match language {
        Language::En => format!("{job} stays open. Noted: “{answer}”."),
        Language::De => format!("{job} bleibt offen. Notiert: „{answer}“."),
    }
}

#[must_use]
pub fn invoiced(language: Language, job: &str, invoice: &str, total: &str) -> String {
    match language {
        Language::En => format!("{job}: invoice {invoice} over {total} is created."),
        Language::De => format!("{job}: Rechnung {invoice} über {total} ist angelegt."),
    }
}

#[must_use]
pub fn rejected(language: Language, job: &str, reason: &str) -> String {
    let reason = quoted(reason);
    match language {
        Language::En => format!("{job} is rejected: {reason}. The technician is told."),
        Language::De => format!("{job} ist abgelehnt: {reason}. Der Techniker erfährt es."),
    }
}

#[must_use]
pub fn cancelled(language: Language, value: &Value) -> String {
    let (invoice, by) = (text(value, "invoice_id"), text(value, "cancellation_invoice_id"));
    match language {
        Language::En => format!("{invoice} is cancelled by {by}; the job is open again."),
        Language::De => format!("{invoice} ist durch {by} storniert; der Auftrag ist wieder offen."),
    }
}

#[must_use]
pub fn withdrawn(language: Language, job: &str, reason: &str) -> String {
    let reason = quoted(reason);
    match language {
        Language::En => format!("{job} is withdrawn by the technician: {reason}."),
        Language::De => format!("{job} ist vom Techniker zurückgezogen: {reason}."),
    }
}

/// How a call ended that did not do what it was for.
#[must_use]
pub fn ended(language: Language, subject: &str, status: &str, by: &str) -> String {
    let who = match (by, language) {
        ("", _) => String::new(),
        (by, Language::En) => format!(" by {by}"),
        (by, Language::De) => format!(" von {by}"),
    };
    let how = match status {
        "declined" => pick(language, "declined", "abgelehnt"),
        "deferred" => pick(language, "put off", "zurückgestellt"),
        "expired" => pick(language, "not decided in time", "nicht rechtzeitig entschieden"),
        "withdrawn" => pick(language, "withdrawn", "zurückgezogen"),
        "cancelled" => pick(language, "called off", "abgesagt"),
        "rejected" => pick(language, "rejected", "abgelehnt"),
        "completed" => pick(language, "settled already", "schon abgeschlossen"),
        "not_found" => pick(language, "not known", "nicht bekannt"),
        other => quoted(other),
    };
    let open = matches!(status, "declined" | "deferred" | "expired");
    let rest = if open {
        pick(language, " It stays listed as open.", " Es bleibt als offen gelistet.")
    } else {
        String::new()
    };
    format!("{subject}: {how}{who}.{rest}")
}

#[must_use]
pub fn failed(language: Language, why: &str) -> String {
    let why = quoted(why);
    let why = why.trim_end_matches('.');
    match language {
        Language::En => format!("That did not work: {why}."),
        Language::De => format!("Das ging nicht: {why}."),
    }
}

#[must_use]
pub fn stuck(language: Language, tool: &str) -> String {
    match language {
        Language::En => format!(
            "I stop here: calling {tool} again would change nothing. Please look at the job yourself."
        ),
        Language::De => format!(
            "Ich höre hier auf: {tool} noch einmal aufzurufen würde nichts ändern. Bitte sieh dir den \
                Auftrag selbst an."
        ),
    }
}

/// What was looked up, as it was asked for.
#[must_use]
pub fn listed(language: Language, order: &Order, jobs: &[Job]) -> String {
    let found: Vec<&Job> = match order {
        Order::Find { words } => jobs::asked_for(jobs, words),
        Order::InvoiceStatus { invoice } => {
            jobs.iter().filter(|job| job.invoice.eq_ignore_ascii_case(invoice)).collect()
        }
        _ => jobs.iter().collect(),
    };
    let which = matches!(order, Order::BillOpen { .. }) && found.len() > 1;
    if found.is_empty() {
        return match order {
            Order::Status { job } => ended(language, job, "not_found", ""),
            Order::InvoiceStatus { invoice } => ended(language, invoice, "not_found", ""),
            _ => pick(language, "Nothing is open.", "Es ist nichts offen."),
        };
    }
    let mut lines: Vec<String> = found.iter().take(TOLD).map(|job| line(language, job)).collect();
    if found.len() > TOLD {
        let more = found.len() - TOLD;
        lines.push(match language {
            Language::En => format!("And {more} more."),
            Language::De => format!("Und {more} weitere."),
        });
    }
    if which {
        lines.push(pick(
            language,
            "Which one? Write “resume” and its id.",
            "Welcher? Schreib „weiter“ und die Nummer.",
        ));
    }
    lines.join("\n")
}

fn line(language: Language, job: &Job) -> String {
    let state = match job.state.as_str() {
        "received" | "queued" | "accepted" => pick(language, "open", "offen"),
        "deferred" => pick(language, "put off", "zurückgestellt"),
        "invoiced" | "completed" => {
            format!("{} {}", pick(language, "invoiced as", "abgerechnet als"), job.invoice)
        }
        "rejected" => pick(language, "rejected", "abgelehnt"),
        "withdrawn" => pick(language, "withdrawn", "zurückgezogen"),
        other => other.to_owned(),
    };
    let parts = [job.customer.as_str(), job.work.as_str(), state.trim(), job.note.as_str()];
    format!("{}: {}", job.id, parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · "))
}

/// The answer to staff where there is no order.
#[must_use]
pub fn reply(language: Language, reply: &Reply) -> String {
    match reply {
        Reply::Identity => pick(
            language,
            "I am Plumbline's offline stand-in: a program with fixed rules, not a language model and not a \
                person. I bill jobs by the firm's rules and \
             ask you for approval.",
            "Ich bin Plumblines Offline-Ersatz: ein Programm mit festen Regeln, kein Sprachmodell und kein \
                Mensch. Ich rechne Aufträge nach den Regeln \
             der Firma ab und frage euch um Freigabe.",
        ),
        Reply::Help => pick(
            language,
            "I answer “what is open?”, “status JOB-…”, “reject JOB-…: reason”, “cancel RE-…: reason” and \
                “resume JOB-…”. Jobs that need you come by \
             themselves.",
            "Ich verstehe „Was ist offen?“, „Status JOB-…“, „JOB-… ablehnen: Grund“, „storniere RE-…: \
                Grund“ und „JOB-… jetzt abrechnen“. Aufträge, die \
             euch brauchen, kommen von selbst.",
        ),
        Reply::Greeting => pick(language, "Hello! Ask me what is open.", "Hallo! Fragt mich, was offen ist."),
        Reply::Thanks => talk::thanks(language),
        Reply::NeedsReason => pick(
            language,
            "Why? Write it as “reject JOB-…: reason”; the technician will read it.",
            "Warum? Schreib „JOB-… ablehnen: Grund“; der Techniker liest es.",
        ),
        Reply::NeedsJob => {
            pick(language, "Which job? Name its id (JOB-…).", "Welcher Auftrag? Nenne die Nummer (JOB-…).")
        }
        Reply::NeedsInvoice => pick(
            language,
            "Which invoice? Name its number (RE-…). A job is rejected with “reject JOB-…: reason”.",
            "Welche Rechnung? Nenne die Nummer (RE-…). Ein Auftrag wird mit „JOB-… ablehnen: Grund“ \
                abgelehnt.",
        ),
        Reply::NothingOpen => pick(
            language,
            "I did not ask you anything that this could answer. Approvals are given on the question itself.",
            "Ich habe nichts gefragt, was das beantworten könnte. Freigaben gebt ihr an der Frage selbst.",
        ),
        Reply::Declined => pick(
            language,
            "I am only the offline stand-in and cannot help with that. Ask me what is open, or write “help”.",
            "Ich bin nur der Offline-Ersatz und kann dabei nicht helfen. Frag mich, was offen ist, oder \
                schreib „Hilfe“.",
        ),
    }
}
