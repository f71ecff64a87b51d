//! The options that one person has been shown, with their numbers. Numbers run on across open questions and start over
//! only when none is open; nothing here decides a question.

use domain::{
    id::QuestionId,
    question::{self, Choice},
};

/// Options of more questions than this are forgotten, the closed and the oldest first.
const QUESTIONS: usize = 200;

#[derive(Debug, Default)]
pub struct Board {
    shown: Vec<Shown>,
    last: usize,
}

#[derive(Debug)]
struct Shown {
    question: QuestionId,
    open: bool,
    options: Vec<(usize, Choice)>,
}

impl Board {
    /// Numbers the options of `question`. Shown again while it is open (a reminder), it keeps its numbers; decided
    /// before it was shown, it is numbered and not open.
    pub fn show(&mut self, question: &QuestionId, choices: &[Choice]) -> Vec<(usize, String)> {
        if choices.is_empty() {
            return Vec::new();
        }
        if let Some(known) = self.shown.iter().find(|s| s.open && s.question == *question && s.same(choices))
        {
            return known.titles();
        }
        let open = !self.shown.iter().any(|s| !s.open && s.question == *question);
        if !self.shown.iter().any(|s| s.open) {
            self.shown.clear();
            self.last = 0;
        }
        self.make_room();
        let first = self.last + 1;
        self.last += choices.len();
        let shown = Shown {
            question: question.clone(),
            open,
            options: choices.iter().cloned().enumerate().map(|(n, choice)| (first + n, choice)).collect(),
        };
        let titles = shown.titles();
        self.shown.push(shown);
        titles
    }

    fn make_room(&mut self) {
        while self.shown.len() >= QUESTIONS {
            let oldest = self.shown.iter().position(|s| !s.open).unwrap_or(0);
            self.shown.remove(oldest);
        }
    }

    /// `question` is open no longer. Its numbers stay taken while another is open: typed once more they name the
    /// decided question, never by accident the other one.
    pub fn close(&mut self, question: &QuestionId) {
        let mut known = false;
        for shown in self.shown.iter_mut().filter(|s| s.question == *question) {
            shown.open = false;
            known = true;
        }
        if !known {
            self.make_room();
            self.shown.push(Shown { question: question.clone(), open: false, options: Vec::new() });
        }
    }

    /// The questions that are open as far as is known here.
    pub fn open(&self) -> impl Iterator<Item = &QuestionId> {
        self.shown.iter().filter(|shown| shown.open).map(|shown| &shown.question)
    }

    /// The option that `text` names: by its number, by its id, or by a title that only one open option has.
    #[must_use]
    pub fn pick(&self, text: &str) -> Option<&Choice> {
        if let Some(number) = question::number(text) {
            return self.options(|_| true).find(|(n, _)| *n == number).map(|(_, choice)| choice);
        }
        if let Some((_, choice)) = self.options(|_| true).find(|(_, choice)| choice.id == text.trim()) {
            return Some(choice);
        }
        let mut fitting = self
            .options(|shown| shown.open)
            .map(|(_, choice)| choice)
            .filter(|choice| question::matching(std::slice::from_ref(*choice), text).is_some());
        fitting.next().filter(|_| fitting.next().is_none())
    }

    fn options(&self, of: impl Fn(&Shown) -> bool) -> impl Iterator<Item = &(usize, Choice)> {
        self.shown.iter().rev().filter(move |shown| of(shown)).flat_map(|shown| &shown.options)
    }
}

impl Shown {
    fn same(&self, choices: &[Choice]) -> bool {
        self.options.iter().map(|(_, choice)| &choice.id).eq(choices.iter().map(|choice| &choice.id))
    }

    fn titles(&self) -> Vec<(usize, String)> {
        self.options.iter().map(|(number, choice)| (*number, choice.title.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(prefix: &str, titles: &[&str]) -> Vec<Choice> {
        let choice = |title: &&str| Choice {
            id: format!("{prefix}-{}", title.to_lowercase()),
            title: (*title).to_owned(),
            value: title.to_lowercase(),
        };
        titles.iter().map(choice).collect()
    }

    fn numbers(shown: &[(usize, String)]) -> Vec<usize> {
        shown.iter().map(|(number, _)| *number).collect()
    }

    fn picked(board: &Board, text: &str) -> Option<String> {
        board.pick(text).map(|choice| choice.id.clone())
    }

    #[test]
    fn numbers_run_on_and_start_over_when_nothing_is_open() {
        let mut board = Board::default();
        assert_eq!(numbers(&board.show(&"q1".into(), &choices("a", &["Grant", "Reject"]))), [1, 2]);
        assert_eq!(numbers(&board.show(&"q2".into(), &choices("b", &["Create", "Not now"]))), [3, 4]);
        board.close(&"q1".into());
        assert_eq!(numbers(&board.show(&"q3".into(), &choices("c", &["Yes", "No"]))), [5, 6]);
        board.close(&"q2".into());
        board.close(&"q3".into());
        assert_eq!(picked(&board, "4"), Some("b-not now".into()));
        assert_eq!(numbers(&board.show(&"q4".into(), &choices("d", &["Yes"]))), [1]);
        assert_eq!(picked(&board, "4"), None);
    }

    #[test]
    fn a_number_of_a_decided_question_never_names_an_open_one() {
        let mut board = Board::default();
        board.show(&"q1".into(), &choices("a", &["Grant", "Reject"]));
        board.show(&"q2".into(), &choices("b", &["Create", "Not now"]));
        board.close(&"q1".into());
        assert_eq!(picked(&board, "1"), Some("a-grant".into()));
        assert_eq!(picked(&board, "3"), Some("b-create".into()));
        assert_eq!(picked(&board, "5"), None);
    }

    #[test]
    fn a_reminder_keeps_its_numbers() {
        let mut board = Board::default();
        board.show(&"q1".into(), &choices("a", &["Grant", "Reject"]));
        assert_eq!(numbers(&board.show(&"q1".into(), &choices("a", &["Grant", "Reject"]))), [1, 2]);
        assert_eq!(numbers(&board.show(&"q2".into(), &choices("b", &["Yes"]))), [3]);
    }

    #[test]
    fn a_question_decided_before_it_was_shown_holds_no_number() {
        let mut board = Board::default();
        board.close(&"q1".into());
        assert_eq!(numbers(&board.show(&"q1".into(), &choices("a", &["Grant"]))), [1]);
        assert_eq!(picked(&board, "grant"), None);
        assert_eq!(numbers(&board.show(&"q2".into(), &choices("b", &["Yes"]))), [1]);
    }

    #[test]
    fn a_title_names_an_option_only_where_one_open_option_has_it() {
        let mut board = Board::default();
        board.show(&"q1".into(), &choices("a", &["Create", "Not now"]));
        assert_eq!(picked(&board, " not NOW. "), Some("a-not now".into()));
        assert_eq!(picked(&board, "a-create"), Some("a-create".into()));
        board.show(&"q2".into(), &choices("b", &["Create", "Later"]));
        assert_eq!(picked(&board, "create"), None);
        assert_eq!(picked(&board, "later"), Some("b-later".into()));
        board.close(&"q1".into());
        assert_eq!(picked(&board, "create"), Some("b-create".into()));
        assert_eq!(picked(&board, "create it please"), None);
        assert_eq!(picked(&board, ""), None);
    }

    #[test]
    fn a_title_that_is_a_number_yields_to_the_numbers_shown() {
        let mut board = Board::default();
        board.show(&"q1".into(), &choices("a", &["2", "1"]));
        assert_eq!(picked(&board, "1"), Some("a-2".into()));
    }

    #[test]
    fn what_was_shown_is_limited() {
        let mut board = Board::default();
        for n in 0..2 * QUESTIONS {
            board.show(&QuestionId(format!("q{n}")), &choices(&format!("o{n}"), &["Yes"]));
        }
        assert_eq!(board.shown.len(), QUESTIONS);
        assert_eq!(
            picked(&board, &format!("{}", 2 * QUESTIONS)),
            Some(format!("o{}-yes", 2 * QUESTIONS - 1))
        );
    }
}
