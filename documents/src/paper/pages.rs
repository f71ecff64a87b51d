//! Marks on pages: where each line of text and each rule stands, from the top left corner in points. A page that has no room
//! left is followed by another.

use super::face::Shaped;

/// A4, in points.
pub(crate) const WIDTH: f32 = 595.28;
pub(crate) const HEIGHT: f32 = 841.89;

/// Lines of text stand apart by this much of their size.
const LEADING: f32 = 1.4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Black,
    Grey,
    /// The rules between rows.
    Faint,
    /// The colour of headings and rules.
    Accent,
}

#[derive(Debug)]
pub(super) enum Mark {
    /// `y` is the line that letters stand on.
    Text {
        x: f32,
        y: f32,
        ink: Ink,
        text: Shaped,
    },
    Rule {
        from: f32,
        to: f32,
        y: f32,
        thickness: f32,
        ink: Ink,
    },
}

/// Pages under the hand: written from the top down.
#[derive(Debug)]
pub(crate) struct Pages {
    pub(super) pages: Vec<Vec<Mark>>,
    /// How far down the last page is written.
    y: f32,
    /// Where a page after the first begins, and where every page ends.
    top: f32,
    bottom: f32,
}

impl Pages {
    pub fn new(top: f32, bottom: f32) -> Self {
        Self { pages: vec![Vec::new()], y: top, top, bottom }
    }

    pub fn y(&self) -> f32 {
        self.y
    }

    pub fn count(&self) -> usize {
        self.pages.len()
    }

    pub fn go_to(&mut self, y: f32) {
        self.y = y;
    }

    pub fn skip(&mut self, height: f32) {
        self.y += height;
    }

    /// Whether a page had to be begun so that `height` fits below what is written.
    pub fn make_room(&mut self, height: f32) -> bool {
        let full = self.y + height > self.bottom && self.y > self.top;
        if full {
            self.pages.push(Vec::new());
            self.y = self.top;
        }
        full
    }

    /// How high `lines` of text are.
    pub fn height(lines: &[Shaped]) -> f32 {
        lines.iter().map(|line| line.size * LEADING).sum()
    }

    /// Lines below each other from `y` on, on the page under the hand. The cursor stays.
    pub fn lines_at(&mut self, x: f32, y: f32, ink: Ink, lines: Vec<Shaped>) {
        let mut y = y;
        for text in lines {
            // Letters stand a little above the foot of their line.
            let base = y + text.size * 1.1;
            y += text.size * LEADING;
            self.mark(Mark::Text { x, y: base, ink, text });
        }
    }

    /// A line that ends at `right`.
    pub fn line_to(&mut self, right: f32, y: f32, ink: Ink, line: Shaped) {
        self.lines_at(right - line.width, y, ink, vec![line]);
    }

    pub fn rule(&mut self, from: f32, to: f32, y: f32, thickness: f32, ink: Ink) {
        self.mark(Mark::Rule { from, to, y, thickness, ink });
    }

    /// Lets `write` add to each page, once it is known how many there are; it gets the page's number from 1.
    pub fn on_each(mut self, mut write: impl FnMut(&mut Self, usize)) -> Self {
        let pages = std::mem::take(&mut self.pages);
        let mut done = Vec::with_capacity(pages.len());
        for (at, page) in pages.into_iter().enumerate() {
            self.pages = vec![page];
            write(&mut self, at + 1);
            done.append(&mut self.pages);
        }
        self.pages = done;
        self
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }
}
