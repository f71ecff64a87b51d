//! The field agent: jobs and errands on an agenda, worked off one after the other. What is on it follows from the
//! turn's transcript alone, which is played through from its start in every round.

use std::collections::VecDeque;

use domain::{
    language::{self, Language},
    tool::Arguments,
};
use serde_json::{Value, json};

use super::{
    draft::{Draft, Outcome, Search, Stage},
    errand::Errand,
    news,
    phrases::{self, pick},
    results, talk,
    transcript::{self, Content, Line, text},
};
use crate::model::{Entry, ModelRequest, Spoken};

/// Jobs and errands that may wait at once; a person who sends more is told.
pub const MOST_TASKS: usize = 12;
/// The same call with the same arguments is made no more often.
const SAME_CALL: usize = 2;

/// What the agent does next.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    Call { name: &'static str, arguments: Value },
    Say(String),
}

/// What a task does next.
pub enum Step {
    Call(&'static str, Value),
    Ask {
        question: String,
        buttons: Vec<String>,
    },
    /// It is done, with a last sentence.
    Done(String),
}

pub enum Task {
    Job(Box<Draft>),
    Errand(Box<Errand>),
}

/// A job that was handed over in this turn.
struct Handed {
    who: String,
    delivered: bool,
    told: bool,
}

pub struct Field<'a> {
    pub history: &'a [Spoken],
    pub language: Language,
    pub agenda: VecDeque<Task>,
    /// Sentences that nobody heard yet.
    pub unsaid: Vec<String>,
    handed: Vec<Handed>,
}

/// The field agent's next move.
#[must_use]
pub fn next(request: &ModelRequest) -> Move {
    let mut field = Field {
        history: &request.history,
        language: transcript::language(&request.history),
        agenda: VecDeque::new(),
        unsaid: Vec::new(),
        handed: Vec::new(),
    };
    for entry in request.entries.iter() {
        match entry {
            Entry::Heard { text, .. } => field.hear(text),
            Entry::Said { .. } => {
                field.decide();
            }
            Entry::Returned { call, name, content } => {
                let made = transcript::call(&request.entries, call.as_str());
                let nothing = Value::Null;
                let arguments = match made.map(|call| &call.arguments) {
                    Some(Arguments::Json(arguments)) => arguments,
                    _ => &nothing,
                };
                field.returned(name, arguments, &Content::read(content));
            }
        }
    }
    match field.decide() {
        Move::Call { name, arguments }
            if transcript::times_made(&request.entries, name, &arguments) >= SAME_CALL =>
        {
            Move::Say(stuck(field.language))
        }
        next => next,
    }
}

fn stuck(language: Language) -> String {
    pick(
        language,
        "I am going round in circles here, so I stop: what I did not say is handed over is not handed \
            over. Please send it again in other \
         words, or call the office.",
        "Ich drehe mich hier im Kreis und höre auf: Was ich nicht als übergeben gemeldet habe, ist nicht \
            übergeben. Bitte schick es \
         mir noch einmal in anderen Worten oder ruf das Büro an.",
    )
}

impl Field<'_> {
    fn hear(&mut self, heard: &str) {
        let lines = transcript::lines(heard);
        let wordless = lines.iter().all(|line| *line == Line::Wordless) && !lines.is_empty();
        if wordless {
            self.unsaid.push(talk::wordless(self.language));
        }
        for line in lines {
            match line {
                Line::Words(words) => self.words(&words),
                Line::News { kind, body } => self.unsaid.extend(news::sentence(self.language, &kind, &body)),
                Line::Wordless => {}
            }
        }
    }

    fn words(&mut self, words: &str) {
        self.language = language::detect(words).unwrap_or(self.language);
        match self.agenda.front() {
            Some(Task::Job(_)) => self.about_job(words),
            _ => self.anew(words),
        }
    }

    /// Puts `task` at the end of the agenda.
    pub fn queue(&mut self, task: Task) {
        if self.agenda.len() < MOST_TASKS {
            self.agenda.push_back(task);
        } else {
            self.unsaid.push(pick(
                self.language,
                "That is too much at once: please send the last job again when the others are done.",
                "Das ist zu viel auf einmal: Schick mir den letzten Auftrag bitte noch einmal, wenn die \
                    anderen erledigt sind.",
            ));
        }
    }

    fn decide(&mut self) -> Move {
        loop {
            let step = match self.agenda.front_mut() {
                None => return Move::Say(self.last_words()),
                Some(Task::Job(draft)) => job_step(self.language, draft),
                Some(Task::Errand(errand)) => errand.step(self.language),
            };
            match step {
                Step::Call(name, arguments) => return Move::Call { name, arguments },
                Step::Ask { question, buttons } => return self.ask(&question, &buttons),
                Step::Done(sentence) => {
                    self.finish_front();
                    self.unsaid.extend((!sentence.is_empty()).then_some(sentence));
                }
            }
        }
    }

    fn finish_front(&mut self) {
        if let Some(Task::Job(draft)) = self.agenda.pop_front()
            && let Some(Outcome::HandedOver { delivered }) = draft.outcome
        {
            let who = draft.who().map(|name| phrases::short_name(name).to_owned()).unwrap_or_default();
            self.handed.push(Handed { who, delivered, told: false });
        }
    }

    fn ask(&mut self, question: &str, buttons: &[String]) -> Move {
        let mut said = std::mem::take(&mut self.unsaid);
        for handed in self.handed.iter_mut().filter(|h| !h.told) {
            handed.told = true;
            said.push(with_office(self.language, handed));
        }
        said.push(question.to_owned());
        let mut arguments = json!({ "question": said.join(" ") });
        if !buttons.is_empty() {
            arguments["buttons"] = json!(buttons);
        }
        Move::Call { name: "ask_technician", arguments }
    }

    fn last_words(&mut self) -> String {
        let mut said = std::mem::take(&mut self.unsaid);
        let untold: Vec<&Handed> = self.handed.iter().filter(|h| !h.told).collect();
        match (untold.as_slice(), self.handed.len()) {
            ([], _) => {}
            ([only], 1) => said.push(handed_over(self.language, only.delivered)),
            (several, _) => {
                said.extend(several.iter().map(|h| with_office(self.language, h)));
                said.push(pick(
                    self.language,
                    "I'll tell you when they are settled.",
                    "Ich melde mich, wenn sie abgeschlossen sind.",
                ));
            }
        }
        self.handed.iter_mut().for_each(|h| h.told = true);
        if said.is_empty() { talk::nothing_to_do(self.language) } else { said.join(" ") }
    }

    fn returned(&mut self, name: &str, arguments: &Value, content: &Content) {
        if let Content::Value(value) = content
            && name == "ask_technician"
        {
            return self.answered(value);
        }
        match self.agenda.front_mut() {
            Some(Task::Job(draft)) => results::returned(draft, name, content),
            Some(Task::Errand(errand)) => {
                let other = errand.returned(name, arguments, content);
                if let Some(draft) = other {
                    self.agenda.pop_front();
                    self.agenda.push_front(Task::Job(Box::new(draft)));
                }
            }
            None => {}
        }
    }

    fn answered(&mut self, value: &Value) {
        let (said, choice) = (text(value, "answer"), text(value, "choice"));
        match text(value, "status") {
            "" | "answered" | "ok" => {}
            "expired" => return self.everything_ends(&Outcome::Expired),
            _ => return self.everything_ends(&Outcome::Dropped),
        }
        let words = if said.is_empty() { choice } else { said };
        if choice.is_empty() {
            self.language = language::detect(words).unwrap_or(self.language);
        }
        match self.agenda.front_mut() {
            Some(Task::Job(_)) => self.job_answered(words, choice),
            Some(Task::Errand(errand)) => {
                if !errand.answered(words, choice) {
                    self.unsaid.push(phrases::not_understood(self.language));
                }
            }
            None => self.anew(words),
        }
    }

    fn everything_ends(&mut self, outcome: &Outcome) {
        for task in &mut self.agenda {
            match task {
                Task::Job(draft) => draft.outcome = Some(outcome.clone()),
                Task::Errand(errand) => errand.end(*outcome == Outcome::Expired),
            }
        }
    }
}

fn job_step(language: Language, draft: &Draft) -> Step {
    let ask = |question: String| Step::Ask { question, buttons: Vec::new() };
    match draft.stage() {
        Stage::Place | Stage::Missing => ask(phrases::missing(language, draft, draft.missing())),
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
        Stage::PlaceAgain => {
            let again = draft.searches > 1;
            let buttons = if again { vec![phrases::stop_button(language)] } else { Vec::new() };
            Step::Ask { question: phrases::not_found(language, draft, again), buttons }
        }
        Stage::Invoice => Step::Call(
            "check_invoice_status",
            json!({ "customer_id": draft.customer().map_or("", |c| c.id.as_str()) }),
        ),
        Stage::Correct => ask(phrases::what_is_wrong(language, draft.refusal.as_deref())),
        Stage::Confirm => Step::Ask {
            question: phrases::confirm(language, draft),
            buttons: phrases::confirm_buttons(language).to_vec(),
        },
        Stage::Repeat => {
            let earlier = draft.repeat.as_deref().and_then(|why| super::intent::id_in(why, "JOB-"));
            let question = phrases::repeated(language, earlier.as_deref(), draft);
            Step::Ask { question, buttons: phrases::repeat_buttons(language).to_vec() }
        }
        Stage::Send => Step::Call("send_data_to_office_agent", draft.arguments()),
        Stage::Done => Step::Done(talk::outcome(language, draft)),
    }
}

/// The candidates' buttons, each once, and the way out.
pub fn candidates(language: Language, draft: &Draft) -> Vec<String> {
    let mut titles: Vec<String> = Vec::new();
    if let Search::Ambiguous(customers) = &draft.search {
        for customer in customers.iter().take(8) {
            let title = phrases::candidate(customer);
            let taken = titles.iter().any(|t| t.to_lowercase() == title.to_lowercase());
            titles.push(if taken { format!("{} {}", customer.id, customer.name) } else { title });
        }
    }
    titles.push(phrases::none_of_these(language));
    titles
}

fn handed_over(language: Language, delivered: bool) -> String {
    if delivered {
        return pick(
            language,
            "The job is with the office. I'll tell you when it is settled.",
            "Der Auftrag ist beim Büro. Ich melde mich, wenn er abgeschlossen ist.",
        );
    }
    pick(
        language,
        "The office cannot be reached right now. The job is safe here and will be delivered as soon as the \
            office can be reached. I'll tell \
         you when it is settled.",
        "Das Büro ist gerade nicht erreichbar. Der Auftrag ist hier sicher und wird übergeben, sobald das \
            Büro erreichbar ist. Ich melde \
         mich, wenn er abgeschlossen ist.",
    )
}

fn with_office(language: Language, handed: &Handed) -> String {
    let who = &handed.who;
    match (language, handed.delivered) {
        (Language::En, true) => format!("The {who} job is with the office."),
        (Language::De, true) => format!("Der Auftrag {who} ist beim Büro."),
        (Language::En, false) => {
            format!("The {who} job is safe here and will be delivered as soon as the office can be reached.")
        }
        (Language::De, false) => {
            format!("Der Auftrag {who} ist hier sicher und wird übergeben, sobald das Büro erreichbar ist.")
        }
    }
}
#[cfg(test)]
#[path = "field_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "handed_over_tests.rs"]
mod handed_over_tests;
