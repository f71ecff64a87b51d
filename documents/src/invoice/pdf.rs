//! The invoice on sheets of A4: address and facts as DIN 5008 places them, the table over as many pages as it needs with its
//! head on each, the firm at the foot of each. The e-invoice is embedded last, and read back by the library that does it.

use std::time::{Duration, SystemTime};

use domain::language::Language;
use en16931::{En16931, Validated};
use en16931_formats::zugferd::{self, EmbedOptions, Metadata};

use super::{
    DocumentError, InvoiceDocument,
    sheet::{Named, Row, Sheet},
    words::COLUMNS,
};
use crate::paper::{About, Fonts, HEIGHT, Ink, Pages, Shaped, WIDTH, Weight, write as write_pages};

const LEFT: f32 = 70.9;
const RIGHT: f32 = WIDTH - 56.7;
const TOP: f32 = 56.7;
/// Below it is the foot of the page.
const BOTTOM: f32 = HEIGHT - 113.0;
/// The window of an envelope (DIN 5008, form B).
const WINDOW: f32 = 127.6;
const WINDOW_WIDTH: f32 = 241.0;
const FACTS: f32 = 340.0;
/// A name or a street that takes more would leave the window; the e-invoice has it whole.
const LINES_A_PART: usize = 3;
/// Lines of each block at the foot of the page.
const FOOT_LINES: usize = 7;

const TEXT: f32 = 9.5;
const SMALL: f32 = 7.5;

/// Where columns begin; numbers end at the right of theirs.
const COLUMN: [(f32, f32, bool); COLUMNS] = [
    (LEFT, 96.0, false),
    (100.0, 300.0, false),
    (304.0, 346.0, true),
    (352.0, 404.0, false),
    (408.0, 472.0, true),
    (476.0, RIGHT, true),
];

pub(super) fn write(
    document: &InvoiceDocument<'_>,
    language: Language,
    proof: &Validated<En16931>,
) -> Result<Vec<u8>, DocumentError> {
    let unwritten = |reason: String| DocumentError::unwritten(document, reason);
    let sheet = Sheet::new(document, language);
    let fonts = Fonts::load().ok_or_else(|| unwritten("the built-in fonts cannot be read".to_owned()))?;
    let pages = Layout { sheet: &sheet, fonts: &fonts }.lay();
    let title = format!("{} {}", sheet.heading, sheet.number);
    let created = document.invoice.created;
    let about = About {
        title: title.clone(),
        author: sheet.firm.clone(),
        language: sheet.language,
        created,
        id: format!("{}/{}", sheet.firm, sheet.number),
    };
    let plain = write_pages(&pages, &fonts, about).map_err(unwritten)?;
    let since_1970 = Duration::from_millis(u64::try_from(created.0).unwrap_or_default());
    let options = EmbedOptions {
        metadata: Some(Metadata {
            subject: format!("{title}, {}", sheet.firm),
            title,
            author: sheet.firm.clone(),
        }),
        modified: Some(SystemTime::UNIX_EPOCH + since_1970),
        ..EmbedOptions::default()
    };
    zugferd::embed(&plain, proof, &options).map_err(|error| DocumentError::unwritten(document, error))
}

struct Layout<'a> {
    sheet: &'a Sheet,
    fonts: &'a Fonts,
}

impl Layout<'_> {
    fn lay(&self) -> Pages {
        let mut pages = Pages::new(TOP, BOTTOM);
        self.head(&mut pages);
        self.subject(&mut pages);
        self.table(&mut pages);
        self.totals(&mut pages);
        for note in &self.sheet.notes {
            self.paragraph(&mut pages, note);
        }
        let count = pages.count();
        pages.on_each(|page, number| self.frame(page, number, count))
    }

    fn text(&self, text: &str, width: f32) -> Vec<Shaped> {
        self.fonts.wrap(text, Weight::Regular, TEXT, width)
    }

    fn small(&self, text: &str, width: f32) -> Vec<Shaped> {
        self.fonts.wrap(text, Weight::Regular, SMALL, width)
    }

    fn bold(&self, text: &str, size: f32, width: f32) -> Vec<Shaped> {
        self.fonts.wrap(text, Weight::Bold, size, width)
    }

    fn head(&self, pages: &mut Pages) {
        let name = self.bold(&self.sheet.firm, 15.0, RIGHT - LEFT);
        pages.lines_at(LEFT, TOP - 12.0, Ink::Accent, name);
        let mut y = WINDOW;
        let sender = self.small(&self.sheet.sender, WINDOW_WIDTH);
        let height = Pages::height(&sender);
        pages.lines_at(LEFT, y, Ink::Grey, sender);
        y += height + 6.0;
        for line in &self.sheet.recipient {
            let mut lines = self.fonts.wrap(line, Weight::Regular, 10.5, WINDOW_WIDTH);
            lines.truncate(LINES_A_PART);
            let height = Pages::height(&lines);
            pages.lines_at(LEFT, y, Ink::Black, lines);
            y += height;
        }
        let facts = self.facts(pages, WINDOW);
        pages.go_to((WINDOW + 127.6).max(y).max(facts) + 14.0);
        let title = format!("{} {}", self.sheet.heading, self.sheet.number);
        let lines = self.bold(&title, 14.0, RIGHT - LEFT);
        self.below(pages, LEFT, Ink::Accent, lines);
        pages.skip(6.0);
    }

    fn facts(&self, pages: &mut Pages, y: f32) -> f32 {
        let mut y = y;
        for Named { name, value } in &self.sheet.facts {
            let name = self.text(name, 90.0);
            let value = self.text(value, RIGHT - FACTS - 95.0);
            let height = Pages::height(&name).max(Pages::height(&value));
            pages.lines_at(FACTS, y, Ink::Grey, name);
            pages.lines_at(FACTS + 95.0, y, Ink::Black, value);
            y += height;
        }
        y
    }

    fn subject(&self, pages: &mut Pages) {
        for Named { name, value } in &self.sheet.subject {
            let name = self.text(name, 100.0);
            let value = self.text(value, RIGHT - LEFT - 105.0);
            pages.make_room(Pages::height(&name));
            pages.lines_at(LEFT, pages.y(), Ink::Grey, name);
            self.below(pages, LEFT + 105.0, Ink::Black, value);
            pages.skip(2.0);
        }
        pages.skip(10.0);
    }

    /// Lines below each other, over the end of the page if need be.
    fn below(&self, pages: &mut Pages, x: f32, ink: Ink, lines: Vec<Shaped>) {
        for line in lines {
            let line = vec![line];
            let height = Pages::height(&line);
            pages.make_room(height);
            pages.lines_at(x, pages.y(), ink, line);
            pages.skip(height);
        }
    }

    fn table(&self, pages: &mut Pages) {
        // The head never stands alone at the end of a page.
        pages.make_room(60.0);
        self.columns(pages);
        for row in &self.sheet.rows {
            let (text, note) = self.description(row);
            let height = Pages::height(&text) + Pages::height(&note);
            if pages.make_room(height + 6.0) {
                self.columns(pages);
            }
            self.row(pages, row, text, note);
        }
    }

    fn columns(&self, pages: &mut Pages) {
        let y = pages.y();
        for (name, (from, to, number)) in self.sheet.columns.iter().zip(COLUMN) {
            let name = self.fonts.shape(name, Weight::Bold, TEXT);
            if number {
                pages.line_to(to, y, Ink::Black, name);
            } else {
                pages.lines_at(from, y, Ink::Black, vec![name]);
            }
        }
        pages.skip(16.0);
        pages.rule(LEFT, RIGHT, pages.y(), 1.0, Ink::Accent);
        pages.skip(4.0);
    }

    fn description(&self, row: &Row) -> (Vec<Shaped>, Vec<Shaped>) {
        let (from, to, _) = COLUMN[1];
        let note = if row.note.is_empty() { Vec::new() } else { self.small(&row.note, to - from) };
        (self.text(&row.text, to - from), note)
    }

    fn row(&self, pages: &mut Pages, row: &Row, text: Vec<Shaped>, note: Vec<Shaped>) {
        let y = pages.y();
        let cells = [&row.position, "", &row.quantity, &row.unit, &row.price, &row.amount];
        for (cell, (from, to, number)) in cells.into_iter().zip(COLUMN) {
            let cell = self.fitting(cell, to - from);
            if number {
                pages.line_to(to, y, Ink::Black, cell);
            } else {
                pages.lines_at(from, y, Ink::Black, vec![cell]);
            }
        }
        let (from, ..) = COLUMN[1];
        let text_height = Pages::height(&text);
        let height = text_height + Pages::height(&note);
        pages.lines_at(from, y, Ink::Black, text);
        pages.lines_at(from, y + text_height, Ink::Grey, note);
        pages.skip(height + 2.0);
        pages.rule(LEFT, RIGHT, pages.y(), 0.4, Ink::Faint);
        pages.skip(4.0);
    }

    /// One line that is no wider than its column: smaller letters where a figure is long, never a figure cut off.
    fn fitting(&self, text: &str, width: f32) -> Shaped {
        let shaped = self.fonts.shape(text, Weight::Regular, TEXT);
        if shaped.width <= width {
            return shaped;
        }
        self.fonts.shape(text, Weight::Regular, TEXT * width / shaped.width)
    }

    /// All of it on one page.
    fn totals(&self, pages: &mut Pages) {
        let last = self.sheet.totals.len().saturating_sub(1);
        pages.make_room(18.0 * self.sheet.totals.len() as f32 + 10.0);
        pages.skip(4.0);
        for (at, Named { name, value }) in self.sheet.totals.iter().enumerate() {
            let weight = if at == last { Weight::Bold } else { Weight::Regular };
            if at == last {
                pages.rule(COLUMN[2].0, RIGHT, pages.y(), 1.0, Ink::Accent);
                pages.skip(4.0);
            }
            let y = pages.y();
            pages.lines_at(COLUMN[2].0, y, Ink::Black, vec![self.fonts.shape(name, weight, TEXT)]);
            pages.line_to(RIGHT, y, Ink::Black, self.fonts.shape(value, weight, TEXT));
            pages.skip(16.0);
        }
        pages.skip(12.0);
    }

    fn paragraph(&self, pages: &mut Pages, text: &str) {
        let lines = self.text(text, RIGHT - LEFT);
        self.below(pages, LEFT, Ink::Black, lines);
        pages.skip(5.0);
    }

    /// What stands on every page: the firm at its foot, from the second on the invoice's number at its head.
    fn frame(&self, page: &mut Pages, number: usize, count: usize) {
        let sheet = self.sheet;
        if number > 1 {
            let title = format!("{} {}", sheet.heading, sheet.number);
            page.lines_at(LEFT, TOP - 26.0, Ink::Grey, self.small(&title, RIGHT - LEFT));
        }
        let y = BOTTOM + 20.0;
        page.rule(LEFT, RIGHT, y, 0.4, Ink::Grey);
        let width = (RIGHT - LEFT) / 3.0;
        for (at, block) in sheet.foot.iter().enumerate() {
            let lines: Vec<Shaped> = block.iter().flat_map(|line| self.small(line, width - 10.0)).collect();
            page.lines_at(
                LEFT + width * at as f32,
                y + 5.0,
                Ink::Grey,
                lines.into_iter().take(FOOT_LINES).collect(),
            );
        }
        let place = format!("{} {number} {} {count}", sheet.page, sheet.of);
        let place = self.fonts.shape(&place, Weight::Regular, SMALL);
        page.line_to(RIGHT, HEIGHT - 24.0, Ink::Grey, place);
    }
}
