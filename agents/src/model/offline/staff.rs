//! What office staff ask for in words: lists, the state of a job, a rejection, a cancellation, a job taken up again.
//! Orders name an id; nothing that changes money is guessed.

use serde_json::{Value, json};

use super::{
    intent::{self, Intent},
    jobs::{self, Job},
    words::{Token, fold, read},
};

/// Letters of a reason.
const REASON: usize = 300;

#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    List,
    /// Jobs of one customer, or of all, that the words name.
    Find {
        words: String,
    },
    Status {
        job: String,
    },
    InvoiceStatus {
        invoice: String,
    },
    Bill {
        job: String,
    },
    /// Take up a job again that was not named.
    BillOpen {
        words: String,
    },
    Reject {
        job: String,
        reason: String,
    },
    Cancel {
        invoice: String,
        reason: String,
    },
}

/// Why there is no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    Identity,
    Help,
    Greeting,
    Thanks,
    NeedsReason,
    NeedsJob,
    NeedsInvoice,
    NothingOpen,
    Declined,
}

/// The order in `words`.
///
/// # Errors
/// What to answer instead.
pub fn order(words: &str) -> Result<Order, Reply> {
    let tokens = read(words);
    let any = |list: &str| tokens.iter().any(|t| t.one_of(list));
    let stem = |stems: &[&str]| tokens.iter().any(|t| stems.iter().any(|s| t.folded.starts_with(s)));
    let (job, invoice) = (intent::id_in(words, "JOB-"), intent::id_in(words, "RE-"));
    let wish = intent::of(words);
    if denied(&tokens) {
        return Err(Reply::Declined);
    }
    if stem(&["reject", "ablehn", "lehn", "refus", "zurueckweis", "abgelehnt"]) {
        let job = job.ok_or(Reply::NeedsJob)?;
        let reason = reason(words, &tokens).ok_or(Reply::NeedsReason)?;
        return Ok(Order::Reject { job, reason });
    }
    if stem(&["stornier", "cancel", "storno", "annullier"]) {
        let invoice = invoice.ok_or(Reply::NeedsInvoice)?;
        let reason = reason(words, &tokens).unwrap_or_else(|| clipped(words));
        return Ok(Order::Cancel { invoice, reason });
    }
    let bills = stem(&["resum", "abrechn", "fortsetz", "wiederaufn"])
        || any("bill now jetzt continue weiter proceed invoice process");
    match (job, invoice) {
        (Some(job), _) if bills && wish != Intent::Status => Ok(Order::Bill { job }),
        (Some(job), _) => Ok(Order::Status { job }),
        (None, Some(invoice)) => Ok(Order::InvoiceStatus { invoice }),
        (None, None) => without_id(words, wish, bills && tokens.len() <= 8),
    }
}

fn without_id(words: &str, wish: Intent, bills: bool) -> Result<Order, Reply> {
    match wish {
        Intent::List => Ok(Order::List),
        Intent::Status => Ok(Order::Find { words: words.to_owned() }),
        Intent::Identity => Err(Reply::Identity),
        Intent::Help => Err(Reply::Help),
        Intent::Greeting => Err(Reply::Greeting),
        Intent::Thanks => Err(Reply::Thanks),
        _ if wish == Intent::Resume || bills => Ok(Order::BillOpen { words: words.to_owned() }),
        Intent::Confirm | Intent::Refuse => Err(Reply::NothingOpen),
        Intent::Withdraw => Err(Reply::NeedsInvoice),
        Intent::Question | Intent::Resume | Intent::Other => Err(Reply::Declined),
    }
}

/// "don't reject": nothing is done.
fn denied(tokens: &[Token<'_>]) -> bool {
    let at = tokens.iter().position(|t| t.one_of("don't dont not nicht kein keine never nie"));
    let verb = |t: &Token<'_>| {
        ["reject", "ablehn", "lehn", "stornier", "cancel", "bill", "abrechn"]
            .iter()
            .any(|s| t.folded.starts_with(s))
    };
    at.is_some_and(|at| tokens.iter().position(verb).is_some_and(|v| v.abs_diff(at) <= 4))
}

/// The words after a colon, or after "because".
fn reason(words: &str, tokens: &[Token<'_>]) -> Option<String> {
    let colon = tokens.iter().find(|t| t.text == ":").map(|t| t.end);
    let marker = tokens
        .iter()
        .find(|t| t.one_of("because weil wegen since denn grund reason due"))
        .map(|t| if t.is(&["grund", "reason"]) { t.end } else { t.start });
    let dash = tokens
        .iter()
        .find(|t| matches!(t.text, "-" | "–" | "," | "—") && !t.glued || t.text == ",")
        .map(|t| t.end);
    let after_id = ids_end(words, tokens);
    let from = colon.or(marker).or(dash).or(after_id)?;
    let said = clipped(words.get(from..).unwrap_or_default().trim_start_matches([':', ' ', '-', '–', ',']));
    said.chars().any(char::is_alphabetic).then_some(said)
}

/// The byte after the id, where more than politeness follows.
fn ids_end(words: &str, tokens: &[Token<'_>]) -> Option<usize> {
    let id = intent::id_in(words, "JOB-").or_else(|| intent::id_in(words, "RE-"))?;
    let end = fold(words).find(&id.to_lowercase())? + id.len();
    let end = words.get(end..).map(|_| end)?;
    let rest: Vec<&Token<'_>> = tokens.iter().filter(|t| t.start >= end && t.is_word()).collect();
    (rest.len() > 1 || rest.first().is_some_and(|t| !t.one_of("ab please bitte now jetzt"))).then_some(end)
}

fn clipped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(REASON).collect()
}

impl Order {
    /// The call that carries it out, or finds out what it needs.
    #[must_use]
    pub fn call(&self) -> (&'static str, Value) {
        match self {
            Self::List | Self::BillOpen { .. } => ("list_open_jobs", json!({})),
            Self::Find { .. } | Self::InvoiceStatus { .. } => ("get_job_status", json!({})),
            Self::Status { job } => ("get_job_status", json!({ "job_id": job })),
            Self::Bill { job } => ("process_billing_rule", json!({ "job_id": job })),
            Self::Reject { job, reason } => ("reject_job", json!({ "job_id": job, "reason": reason })),
            Self::Cancel { invoice, reason } => {
                ("cancel_invoice", json!({ "invoice_id": invoice, "reason": reason }))
            }
        }
    }

    /// The job to take up, once the open ones are known: the one that is named, or the only one.
    #[must_use]
    pub fn after_list(&self, jobs: &[Job]) -> Option<String> {
        let Self::BillOpen { words } = self else { return None };
        let meant = jobs::meant(jobs, words);
        let deferred: Vec<&&Job> = meant.iter().filter(|job| job.state == "deferred").collect();
        match (meant.as_slice(), deferred.as_slice()) {
            ([only], _) => Some(only.id.clone()),
            (_, [only]) => Some(only.id.clone()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_in_both_languages() {
        let reject = |reason: &str| Ok(Order::Reject { job: "JOB-789-001".into(), reason: reason.into() });
        let cases = [
            ("what is open?", Ok(Order::List)),
            ("Was ist offen?", Ok(Order::List)),
            ("status JOB-789-001", Ok(Order::Status { job: "JOB-789-001".into() })),
            ("reject JOB-789-001: wrong customer", reject("wrong customer")),
            ("lehne JOB-789-001 ab: falscher Kunde", reject("falscher Kunde")),
            ("JOB-789-001 ablehnen, weil doppelt gemeldet", reject("weil doppelt gemeldet")),
            ("reject JOB-789-001 because it was reported twice", reject("because it was reported twice")),
            ("reject JOB-789-001", Err(Reply::NeedsReason)),
            ("lehne JOB-789-001 ab", Err(Reply::NeedsReason)),
            ("reject it", Err(Reply::NeedsJob)),
            ("don't reject JOB-789-001: all fine", Err(Reply::Declined)),
            (
                "storniere RE-2026-0001",
                Ok(Order::Cancel { invoice: "RE-2026-0001".into(), reason: "storniere RE-2026-0001".into() }),
            ),
            (
                "cancel RE-2026-0001: wrong address",
                Ok(Order::Cancel { invoice: "RE-2026-0001".into(), reason: "wrong address".into() }),
            ),
            ("resume JOB-789-001", Ok(Order::Bill { job: "JOB-789-001".into() })),
            ("JOB-789-001 jetzt abrechnen", Ok(Order::Bill { job: "JOB-789-001".into() })),
            ("now", Ok(Order::BillOpen { words: "now".into() })),
            ("who are you?", Err(Reply::Identity)),
            ("tell me a joke", Err(Reply::Declined)),
            ("was ist mit RE-2026-0001?", Ok(Order::InvoiceStatus { invoice: "RE-2026-0001".into() })),
        ];
        for (words, expected) in cases {
            assert_eq!(order(words), expected, "{words}");
        }
    }
}
