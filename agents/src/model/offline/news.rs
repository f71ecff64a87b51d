//! News of a job from the office, as a sentence for the technician.

use domain::language::Language;
use serde_json::Value;

use super::{
    phrases::{pick, quoted, short_name},
    transcript::text,
};

/// The sentence for `[job KIND] body`; none for kinds that are not for a technician.
#[must_use]
pub fn sentence(language: Language, kind: &str, body: &Value) -> Option<String> {
    match kind {
        "settled" => Some(settled(language, body)),
        "refused" => Some(refused(language, body)),
        _ => None,
    }
}

/// "the Meier job", "JOB-789-001".
fn job(language: Language, body: &Value) -> String {
    match (text(body, "customer"), text(body, "job_id")) {
        ("", "") => pick(language, "a job", "einen Auftrag"),
        ("", id) => format!("{} {id}", pick(language, "the job", "den Auftrag")),
        (customer, _) => match language {
            Language::En => format!("the {} job", short_name(customer)),
            Language::De => format!("den Auftrag {}", short_name(customer)),
        },
    }
}

fn settled(language: Language, body: &Value) -> String {
    let (job, note) = (job(language, body), text(body, "note"));
    let reason = if note.is_empty() { String::new() } else { format!(": {}", quoted(note)) };
    match (text(body, "status"), language) {
        ("rejected", Language::En) => format!("The office has rejected {job}{reason}."),
        ("rejected", Language::De) => format!("Das Büro hat {job} abgelehnt{reason}."),
        ("withdrawn", Language::En) => {
            format!("The office has taken {job} off the list; nothing will be billed.")
        }
        ("withdrawn", Language::De) => format!("Das Büro hat {job} gestrichen; es wird nichts abgerechnet."),
        (_, language) => completed(language, &job, note, text(body, "invoice_id")),
    }
}

fn completed(language: Language, job: &str, note: &str, invoice: &str) -> String {
    let note = match (note, language) {
        ("", _) => String::new(),
        ("goodwill", Language::De) => " (Kulanz)".to_owned(),
        (note, _) => format!(" ({})", quoted(note)),
    };
    let invoice = match (invoice, language) {
        ("", _) => String::new(),
        (id, Language::En) => format!(" Invoice {id}."),
        (id, Language::De) => format!(" Rechnung {id}."),
    };
    match language {
        Language::En => format!("The office has settled {job}{note}.{invoice}"),
        Language::De => format!("Das Büro hat {job} abgeschlossen{note}.{invoice}"),
    }
}

fn refused(language: Language, body: &Value) -> String {
    let (job, reason) = (job(language, body), text(body, "reason"));
    let reason = if reason.is_empty() { String::new() } else { format!(": {}", quoted(reason)) };
    match language {
        Language::En => format!("The office would not take {job}{reason}."),
        Language::De => format!("Das Büro hat {job} nicht angenommen{reason}."),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn news_are_told_in_both_languages() {
        let settled = json!({ "job_id": "JOB-789-001", "status": "completed", "note": "goodwill", "invoice_id": "RE-2026-0001", "customer": "Klaus Meier" });
        assert_eq!(
            sentence(Language::En, "settled", &settled).unwrap(),
            "The office has settled the Meier job (goodwill). Invoice RE-2026-0001."
        );
        assert_eq!(
            sentence(Language::De, "settled", &settled).unwrap(),
            "Das Büro hat den Auftrag Meier abgeschlossen (Kulanz). Rechnung RE-2026-0001."
        );
        let rejected = json!({ "job_id": "JOB-1-001", "status": "rejected", "note": "wrong customer" });
        assert_eq!(
            sentence(Language::En, "settled", &rejected).unwrap(),
            "The office has rejected the job JOB-1-001: wrong customer."
        );
        let refused = json!({ "job_id": "JOB-1-001", "reason": "already invoiced" });
        assert!(sentence(Language::De, "refused", &refused).unwrap().contains("already invoiced"));
        assert_eq!(sentence(Language::De, "reported", &refused), None);
    }
}
