//! What a person's words mean to the field agent: a new job, an answer about the one at hand, an errand, or talk.

use domain::language;

use super::{
    correction::{self, Applied},
    draft::{Draft, Outcome, Search, Stage, UNCLEAR},
    errand::Errand,
    field::{Field, Task, candidates},
    intent::{self, Intent},
    lexicon::Class,
    phrases,
    report::{Expect, Facts},
    signals::{self, Signals},
    split::{self, Part},
    talk,
    words::{fold, read},
};

/// Says enough of one job to be a report of it.
fn is_report(facts: &Facts) -> bool {
    facts.has_place() && (facts.hours.is_some() || facts.has_sure_work()) || facts.told() >= 3
}

fn is_whole(facts: &Facts) -> bool {
    facts.has_place() && facts.hours.is_some() && facts.work.is_some()
}

impl Field<'_> {
    /// Words with no job at hand.
    pub fn anew(&mut self, words: &str) {
        let parts = split::read(words, Expect::NOTHING);
        let (wish, signals) = (intent::of(words), signals::of(words));
        let facts = &parts[0].facts;
        let report = parts.len() > 1 || is_report(facts);
        let asks = wish == Intent::Question && facts.hours.is_none();
        if report
            && !asks
            && (!signals.objects || is_whole(facts))
            && !(wish == Intent::Withdraw && facts.told() < 3)
        {
            return self.take_on(parts);
        }
        let talk = match wish {
            Intent::Withdraw => return self.queue(Task::Errand(Box::new(Errand::withdraw(words)))),
            Intent::Status => return self.queue(Task::Errand(Box::new(Errand::status(words)))),
            Intent::List => return self.queue(Task::Errand(Box::new(Errand::list(words)))),
            Intent::Resume => return self.resume(),
            Intent::Identity => talk::identity(self.language),
            Intent::Help => talk::help(self.language),
            Intent::Greeting => talk::greeting(self.language),
            Intent::Thanks => talk::thanks(self.language),
            Intent::Confirm | Intent::Refuse => talk::nothing_open(self.language),
            Intent::Question => talk::decline(self.language),
            Intent::Other => return self.something(words, parts, signals),
        };
        self.unsaid.push(talk);
    }

    /// No wish that is known: a correction of a job handed over, the beginning of a report, or nothing.
    fn something(&mut self, words: &str, parts: Vec<Part>, signals: Signals) {
        let facts = &parts[0].facts;
        let amends = signals.corrects || signals.adds || facts.more_hours.is_some() || signals.removes;
        let names_part =
            signals.about_hours || signals.about_materials || signals.about_work || signals.about_place;
        if amends && (!facts.is_empty() || names_part) {
            self.queue(Task::Errand(Box::new(Errand::correct(words))));
        } else if intent::id_in(words, "JOB-").is_some() {
            self.queue(Task::Errand(Box::new(Errand::status(words))));
        } else if facts.hours.is_some()
            || facts.has_sure_work()
            || facts.materials.is_some()
            || is_place(words, facts)
        {
            self.take_on(parts);
        } else {
            self.unsaid.push(talk::decline(self.language));
        }
    }

    fn take_on(&mut self, parts: Vec<Part>) {
        for part in parts {
            self.queue(Task::Job(Box::new(Draft::of(part.facts))));
        }
    }

    /// Takes up the report that the last question expired on: it stands in the history.
    fn resume(&mut self) {
        let expired = self
            .history
            .iter()
            .rev()
            .find(|s| s.by_agent)
            .is_some_and(|s| talk::RESUME_HINTS.iter().any(|h| s.text.contains(h)));
        let report = |text: &str| {
            split::read(text, Expect::NOTHING).iter().any(|p| is_report(&p.facts) || p.facts.told() >= 2)
        };
        let start = self.history.iter().rposition(|s| !s.by_agent && report(&s.text)).filter(|_| expired);
        let Some(start) = start else {
            self.unsaid.push(talk::nothing_to_resume(self.language));
            return;
        };
        let said: Vec<String> =
            self.history[start..].iter().filter(|s| !s.by_agent).map(|s| s.text.clone()).collect();
        for (at, words) in said.iter().enumerate() {
            match (at, self.agenda.front_mut()) {
                (0, _) => self.take_on(split::read(words, Expect::NOTHING)),
                (_, Some(Task::Job(draft))) => {
                    let expect = Expect { place: false, ..draft.missing() };
                    correction::apply(draft, words, expect);
                }
                _ => {}
            }
        }
    }

    /// Words about the job at hand that answer no question: they came in between.
    pub fn about_job(&mut self, words: &str) {
        if !self.aside(words) {
            self.amend(words);
        }
    }

    /// The answer to a question about the job at hand.
    pub fn job_answered(&mut self, words: &str, choice: &str) {
        let Some(Task::Job(draft)) = self.agenda.front_mut() else { return };
        let stage = draft.stage();
        if decided(draft, stage, words, choice) || self.aside(words) {
            return;
        }
        if !self.amend(words) {
            self.unclear();
        }
    }

    fn unclear(&mut self) {
        self.unsaid.push(phrases::not_understood(self.language));
        if let Some(Task::Job(draft)) = self.agenda.front_mut() {
            draft.unclear += 1;
            if draft.unclear >= UNCLEAR {
                draft.outcome = Some(Outcome::Unclear);
                self.unsaid.pop();
            }
        }
    }

    /// Wishes that are not about the facts of the job at hand. Whether `words` were one.
    fn aside(&mut self, words: &str) -> bool {
        let Some(Task::Job(draft)) = self.agenda.front_mut() else { return false };
        let facts = split::read(words, Expect::NOTHING).remove(0).facts;
        let signals = signals::of(words);
        let talk = match intent::of(words) {
            Intent::Withdraw
                if !(signals.wrong_customer && draft.customer().is_some()) && facts.told() < 2 =>
            {
                draft.outcome = Some(Outcome::Dropped);
                return true;
            }
            _ if !facts.is_empty() && facts.told() > 1 => return false,
            Intent::Status => {
                self.agenda.push_front(Task::Errand(Box::new(Errand::status(words))));
                return true;
            }
            Intent::List => {
                self.agenda.push_front(Task::Errand(Box::new(Errand::list(words))));
                return true;
            }
            Intent::Identity => talk::identity(self.language),
            Intent::Help => talk::help(self.language),
            Intent::Greeting => talk::greeting(self.language),
            Intent::Thanks => talk::thanks(self.language),
            Intent::Question if facts.is_empty() => talk::decline(self.language),
            _ => return false,
        };
        self.unsaid.push(talk);
        true
    }

    /// Facts for the job at hand, and jobs of their own among them. Whether anything was said.
    fn amend(&mut self, words: &str) -> bool {
        let Some(Task::Job(draft)) = self.agenda.front_mut() else { return false };
        let expect = draft.expects();
        let signals = signals::of(words);
        let mut parts = split::read(words, expect);
        let several = parts.len() > 1;
        let first_is_new = is_another(draft, &parts[0].facts, signals);
        let mut changed = false;
        if !first_is_new {
            let part = parts.remove(0);
            changed = correction::apply(draft, &part.text, expect) == Applied::Changed;
        }
        let new: Vec<Part> = parts.into_iter().filter(|p| !several || is_report(&p.facts)).collect();
        for part in &new {
            let who = part.facts.name.clone().or_else(|| part.facts.address.clone());
            self.unsaid.push(phrases::noted_for_later(self.language, who.as_deref()));
        }
        changed |= !new.is_empty();
        self.take_on(new);
        changed
    }
}

/// A job of its own, not more about the one at hand.
fn is_another(draft: &Draft, facts: &Facts, signals: Signals) -> bool {
    let place_known = draft.name.is_some() || draft.address.is_some();
    if !place_known {
        return is_whole(facts) && draft.hours.is_some() && draft.work.is_some();
    }
    is_report(facts) && !signals.objects && !draft.may_concern(facts)
}

/// Only a place, announced as one: "bei Meier", an address. A lone word is no report.
fn is_place(words: &str, facts: &Facts) -> bool {
    let said = read(words);
    facts.address.is_some()
        || facts.name.is_some() && said.iter().any(|t| t.has(Class::PREPOSITION.and(Class::TITLE)))
}

/// What a choice or a plain yes or no decides at `stage`. Whether it decided anything.
fn decided(draft: &mut Draft, stage: Stage, words: &str, choice: &str) -> bool {
    let wish = intent::of(words);
    match stage {
        // The button says "Correct": typed alone it is no yes.
        Stage::Confirm if choice.is_empty() && fold(words.trim()) == "correct" => draft.correcting = true,
        Stage::Confirm => match (is_second(choice, phrases::confirm_buttons), wish) {
            (Some(false), _) | (None, Intent::Confirm) => draft.confirmed = true,
            (None, Intent::Other) if is_yes_and_talk(words) => draft.confirmed = true,
            (Some(true), _) | (None, Intent::Refuse) => draft.correcting = true,
            _ => return false,
        },
        Stage::Correct if wish == Intent::Confirm && draft.refusal.is_none() => draft.correcting = false,
        Stage::Repeat => match another(words, choice, wish) {
            Some(true) => draft.another_job = true,
            Some(false) => draft.outcome = Some(Outcome::SameJob),
            None => return false,
        },
        Stage::Candidates => return candidate(draft, words, choice),
        Stage::PlaceAgain if stops(words, choice, wish) => draft.outcome = Some(Outcome::NoCustomer),
        _ => return false,
    }
    true
}

/// A yes with talk behind it that names no fact and takes nothing back: "ja, und schönen Feierabend".
fn is_yes_and_talk(words: &str) -> bool {
    let tokens = read(words);
    let yes = tokens
        .iter()
        .find(|t| t.is_word())
        .is_some_and(|t| t.one_of("yes yeah yep ja jo jawohl passt stimmt genau ok okay"));
    let holds_back = tokens
        .iter()
        .any(|t| t.one_of("aber but nur only ausser except nicht not kein no nein erst first wait moment"));
    let facts = split::read(words, Expect { amends: true, ..Expect::NOTHING }).remove(0).facts;
    yes && !holds_back && facts.is_empty() && !signals::of(words).corrects
}

/// Which of two buttons `choice` is, in whatever language they were shown.
fn is_second(choice: &str, buttons: fn(language::Language) -> [String; 2]) -> Option<bool> {
    [language::Language::En, language::Language::De].into_iter().find_map(|l| {
        let [first, second] = buttons(l);
        if choice == first { Some(false) } else { (choice == second).then_some(true) }
    })
}

fn another(words: &str, choice: &str, wish: Intent) -> Option<bool> {
    if let Some(same) = is_second(choice, phrases::repeat_buttons) {
        return Some(!same);
    }
    let tokens = read(words);
    let any = |list: &str| tokens.iter().any(|t| t.one_of(list));
    if any("same derselbe dieselbe dasselbe gleiche gleicher gleichen doppelt duplicate twice selbe selber") {
        return Some(false);
    }
    if any("another other different new anderer andere anderes anderen neuer neue neues second zweiter \
            zweites weiterer")
    {
        return Some(true);
    }
    match wish {
        Intent::Confirm => Some(true),
        Intent::Refuse => Some(false),
        _ => None,
    }
}

pub fn stops(words: &str, choice: &str, wish: Intent) -> bool {
    let button = [language::Language::En, language::Language::De]
        .into_iter()
        .any(|l| choice == phrases::stop_button(l));
    let stop_word = read(words).first().is_some_and(|t| t.is(&["stop", "stopp", "abbrechen", "abbruch"]));
    button || stop_word || matches!(wish, Intent::Refuse | Intent::Withdraw)
}

/// Which candidate is meant: by button, by number, or by a word that only one of them has.
pub fn candidate(draft: &mut Draft, words: &str, choice: &str) -> bool {
    let Search::Ambiguous(customers) = &draft.search else { return false };
    let chosen = [language::Language::En, language::Language::De]
        .into_iter()
        .find_map(|l| candidates(l, draft).iter().position(|title| title == choice));
    let none_words = ["none", "keiner", "keine", "niemand", "neither", "nobody", "nein", "no", "anderer"];
    let tokens = read(words);
    let none = chosen == Some(customers.len())
        || chosen.is_none() && tokens.iter().any(|t| t.is(&none_words)) && tokens.len() <= 4;
    if none {
        draft.searches = draft.searches.saturating_add(1);
        draft.search = Search::NotFound;
        return true;
    }
    let by_number = ordinal(words).filter(|at| *at < customers.len());
    let the_only_one = (customers.len() == 1 && intent::of(words) == Intent::Confirm).then_some(0);
    let by_word = || {
        let said: Vec<String> = tokens
            .iter()
            .filter(|t| t.folded.len() > 2 || t.number().is_some())
            .map(|t| t.folded.clone())
            .collect();
        let score = |at: usize| {
            let known = fold(&format!("{} {}", customers[at].name, customers[at].address));
            let known: Vec<String> = read(&known).into_iter().map(|t| t.folded).collect();
            said.iter().filter(|w| known.contains(w)).count()
        };
        let best = (0..customers.len()).max_by_key(|at| score(*at)).filter(|at| score(*at) > 0)?;
        let alone = (0..customers.len()).filter(|at| score(*at) == score(best)).count() == 1;
        alone.then_some(best)
    };
    let Some(at) = chosen.or(the_only_one).or(by_number).or_else(by_word) else { return false };
    draft.search = Search::Found(customers[at].clone());
    draft.unclear = 0;
    true
}

/// "the second", "der erste", "3".
fn ordinal(words: &str) -> Option<usize> {
    let tokens = read(words);
    let lists = [
        "first erste ersten erster 1",
        "second zweite zweiten zweiter 2",
        "third dritte dritten dritter 3",
        "fourth vierte vierten vierter 4",
    ];
    let short = tokens.iter().filter(|t| t.is_word() || t.number().is_some()).count() <= 4;
    short.then(|| lists.iter().position(|list| tokens.iter().any(|t| t.one_of(list)))).flatten()
}
