//! Tests of what people want.

use proptest::prelude::*;

use super::*;

const WISHES: &[(Intent, &[&str])] = &[
    (
        Intent::Confirm,
        &[
            "yes",
            "Ja",
            "passt",
            "ok 👍",
            "👍",
            "stimmt so",
            "yes that's right",
            "looks good to me",
            "ja alles richtig",
            "sure, send it",
            "jo passt",
            "that's correct",
            "genau so",
            "Bestätigen",
            "perfekt danke",
        ],
    ),
    (
        Intent::Refuse,
        &[
            "no",
            "Nein",
            "stimmt nicht",
            "that's not right",
            "das ist falsch",
            "passt so nicht",
            "👎",
            "not quite right",
            "Korrigieren",
        ],
    ),
    (
        Intent::Withdraw,
        &[
            "stop",
            "storno",
            "stop, wrong customer",
            "zieh den Auftrag zurück",
            "cancel the job",
            "vergiss es",
            "forget it",
            "withdraw JOB-789-001",
            "bitte stornieren",
            "nimm das zurück",
            "never mind",
        ],
    ),
    (
        Intent::Status,
        &[
            "status?",
            "Status",
            "was ist mit Meier",
            "what about the Meier job?",
            "how's the Meier job going?",
            "wie ist der Stand?",
            "any news on Schmidt?",
            "ist Meier schon abgerechnet?",
            "has it been settled yet?",
        ],
    ),
    (Intent::List, &["what is open?", "Was ist offen?", "list my jobs", "welche Aufträge sind noch offen"]),
    (Intent::Greeting, &["hi", "Hallo", "Moin zusammen", "good morning", "Guten Tag", "hello there"]),
    (
        Intent::Thanks,
        &["thanks", "vielen Dank", "danke dir", "thank you very much", "danke, schönen Feierabend"],
    ),
    (Intent::Help, &["help", "Hilfe", "what can you do?", "wie funktioniert das hier?"]),
    (Intent::Identity, &["who are you?", "Bist du ein Bot?", "are you human", "which model are you"]),
    (Intent::Resume, &["continue", "weiter bitte", "mach weiter"]),
    (
        Intent::Question,
        &[
            "can you tell me a joke?",
            "What does a siphon cost?",
            "Kannst du morgen zu Schmidt fahren?",
            "wie lange war ich bei Meier?",
        ],
    ),
    (Intent::Other, &["Done at Meier, 1.5h", "no, two hours", "ja, aber 2 Stunden", "Spüle repariert"]),
];

#[test]
fn wishes_are_told_apart_in_both_languages() {
    for (intent, texts) in WISHES {
        for text in *texts {
            assert_eq!(of(text), *intent, "{text}");
        }
    }
}

#[test]
fn ids_are_found_in_any_case() {
    assert_eq!(id_in("status of job-789-001?", "JOB-").as_deref(), Some("JOB-789-001"));
    assert_eq!(id_in("storniere RE-2026-0001.", "RE-").as_deref(), Some("RE-2026-0001"));
    assert_eq!(id_in("the more-or-less", "RE-"), None);
    assert_eq!(id_in("JOB-", "JOB-"), None);
}

proptest! {
    #[test]
    fn any_text_has_an_intent(text in any::<String>()) {
        let _ = (of(&text), id_in(&text, "JOB-"));
    }
}
