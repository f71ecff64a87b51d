//! What was erased, told as a fact: whoever shows it has words for it in the reader's language.

use store::rights::ERASED;

/// Whether any of the words that were told so far had been erased.
#[derive(Default)]
pub(crate) struct Erased(bool);

impl Erased {
    /// `words`, or none where they were erased.
    pub(crate) fn told(&mut self, words: String) -> String {
        if words != ERASED {
            return words;
        }
        self.0 = true;
        String::new()
    }

    pub(crate) fn any(&self) -> bool {
        self.0
    }
}
