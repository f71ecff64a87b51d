//! What the field agent says beside its work: who it is, what it can do, how a job ended.

use domain::language::{self, Language};

use super::{
    draft::{Draft, Outcome},
    phrases::{pick, quoted},
};
use crate::model::{Entry, ModelRequest};

#[must_use]
pub fn identity(language: Language) -> String {
    pick(
        language,
        "I am Plumbline's offline stand-in: a program with fixed rules, not a language model and not a \
            person. I take your job reports and hand \
         them to the office.",
        "Ich bin Plumblines Offline-Ersatz: ein Programm mit festen Regeln, kein Sprachmodell und kein \
            Mensch. Ich nehme deine Aufträge auf und \
         übergebe sie dem Büro.",
    )
}

#[must_use]
pub fn help(language: Language) -> String {
    pick(
        language,
        "Tell me a finished job in your own words: customer, what you did, how long, which material. For \
            example: “Done at Meier, Schillerstrasse \
         12. 1.5h, repaired the sink pipe, 1x Gasket 10-B”. I also answer “status?”, correct a job (“no, \
         two hours”) and withdraw one (“stop, wrong \
         customer”).",
        "Melde mir einen fertigen Auftrag in deinen Worten: Kunde, Arbeit, Dauer, Material. Zum Beispiel: \
            „Fertig bei Meier, Schillerstr. 12. 1,5 \
         Std, Abfluss repariert, 1x Dichtung 10-B“. Ich antworte auch auf „Status?“, korrigiere einen \
         Auftrag („nein, zwei Stunden“) und ziehe ihn \
         zurück („Storno, falscher Kunde“).",
    )
}

#[must_use]
pub fn greeting(language: Language) -> String {
    pick(
        language,
        "Hello! Tell me about a finished job: customer, what you did, how long, which material.",
        "Hallo! Melde mir einen fertigen Auftrag: Kunde, Arbeit, Dauer, Material.",
    )
}

#[must_use]
pub fn thanks(language: Language) -> String {
    pick(language, "You're welcome.", "Gern geschehen.")
}

/// For an agent whose tools it has no rules for.
#[must_use]
pub fn bystander(request: &ModelRequest) -> String {
    let heard = request.entries.iter().rev().find_map(|entry| match entry {
        Entry::Heard { text, .. } => language::detect(text),
        Entry::Said { .. } | Entry::Returned { .. } => None,
    });
    pick(
        heard.unwrap_or_default(),
        "I am only the offline stand-in and have no rules for this agent. Configure a real model to talk \
            to it.",
        "Ich bin nur der Offline-Ersatz und habe für diesen Agenten keine Regeln. Für ihn braucht es ein \
            echtes Modell.",
    )
}

/// What it cannot do, said politely.
#[must_use]
pub fn decline(language: Language) -> String {
    pick(
        language,
        "I am only the offline stand-in and cannot help with that. I take job reports, corrections and \
            status questions.",
        "Ich bin nur der Offline-Ersatz und kann dabei nicht helfen. Ich nehme Aufträge, Korrekturen und \
            Fragen nach dem Stand an.",
    )
}

#[must_use]
pub fn wordless(language: Language) -> String {
    pick(
        language,
        "I can only read words, not look at pictures or listen. Please write it to me.",
        "Ich kann nur lesen, keine Bilder ansehen und nichts anhören. Bitte schreib es mir.",
    )
}

#[must_use]
pub fn nothing_open(language: Language) -> String {
    pick(
        language,
        "Nothing is waiting for your answer. Tell me about a finished job, or ask for the status.",
        "Gerade wartet nichts auf deine Antwort. Melde mir einen fertigen Auftrag oder frag nach dem Stand.",
    )
}

#[must_use]
pub fn nothing_to_do(language: Language) -> String {
    pick(language, "All right.", "In Ordnung.")
}

#[must_use]
pub fn nothing_to_resume(language: Language) -> String {
    pick(
        language,
        "There is nothing to take up again. Please send me the report once more.",
        "Es gibt nichts, womit ich weitermachen könnte. Bitte schick mir die Meldung noch einmal.",
    )
}

/// The word that takes an expired report up again; history is searched for it.
pub const RESUME_HINTS: [&str; 2] = ["“continue”", "„weiter“"];

/// The last sentence about a job that is done; none for one that was handed over, which is told with the others.
#[must_use]
pub fn outcome(language: Language, draft: &Draft) -> String {
    let who = draft.who().map(quoted);
    let of = match (language, &who) {
        (Language::En, Some(who)) => format!("The job at {who}"),
        (Language::En, None) => "The job".to_owned(),
        (Language::De, Some(who)) => format!("Der Auftrag {who}"),
        (Language::De, None) => "Der Auftrag".to_owned(),
    };
    match (draft.outcome.as_ref(), language) {
        (None | Some(Outcome::HandedOver { .. }), _) => String::new(),
        (Some(Outcome::Dropped), Language::En) => format!("All right, I drop it. {of} is not handed over."),
        (Some(Outcome::Dropped), Language::De) => {
            format!("In Ordnung, ich lasse es. {of} ist nicht übergeben.")
        }
        (Some(Outcome::SameJob), Language::En) => {
            format!("Then nothing is left to do: {} was handed over before.", lower(&of))
        }
        (Some(Outcome::SameJob), Language::De) => {
            format!("Dann ist nichts zu tun: {of} wurde schon übergeben.")
        }
        (Some(Outcome::NoCustomer), Language::En) => {
            format!(
                "{of} is not handed over: I do not know the customer. The office can add them; then send \
                    it to me again."
            )
        }
        (Some(Outcome::NoCustomer), Language::De) => {
            format!(
                "{of} ist nicht übergeben: Ich kenne den Kunden nicht. Das Büro kann ihn anlegen; schick \
                    mir die Meldung dann noch einmal."
            )
        }
        (Some(Outcome::Expired), Language::En) => {
            format!(
                "I had no answer, so {} is not handed over. Write {} and I take it up again.",
                lower(&of),
                RESUME_HINTS[0]
            )
        }
        (Some(Outcome::Expired), Language::De) => {
            format!(
                "Ich habe keine Antwort bekommen. {of} ist nicht übergeben. Schreib {}, dann mache ich \
                    damit weiter.",
                RESUME_HINTS[1]
            )
        }
        (Some(Outcome::Unclear), Language::En) => {
            format!(
                "I do not understand you, so {} is not handed over. Please send it again in other words, \
                    or call the office.",
                lower(&of)
            )
        }
        (Some(Outcome::Unclear), Language::De) => {
            format!(
                "Ich verstehe dich nicht. {of} ist nicht übergeben. Bitte schick ihn noch einmal in \
                    anderen Worten oder ruf das Büro an."
            )
        }
        (Some(Outcome::Failed(why)), Language::En) => {
            format!("{of} is not handed over: {}. Write {} to try again.", quoted(why), RESUME_HINTS[0])
        }
        (Some(Outcome::Failed(why)), Language::De) => {
            format!(
                "{of} ist nicht übergeben: {}. Schreib {}, dann versuche ich es noch einmal.",
                quoted(why),
                RESUME_HINTS[1]
            )
        }
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().collect::<String>()).unwrap_or_default() + chars.as_str()
}
