//! Text as glyphs of Noto Sans (SIL Open Font License 1.1): measured, and broken into lines of a width. A letter that the font
//! has not is a box, because PDF/A forbids a glyph that stands for nothing.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, UnicodeBuffer};
use unicode_segmentation::UnicodeSegmentation as _;

/// For letters that the font has not: the alphabets of Europe are all there.
const UNKNOWN: char = '□';

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

pub(crate) struct Fonts {
    regular: Cut,
    bold: Cut,
}

struct Cut {
    face: Face<'static>,
    font: Font,
}

/// A line of text as glyphs, of one size.
#[derive(Clone, Debug)]
pub(crate) struct Shaped {
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    pub weight: Weight,
    /// In points, as are all measures here.
    pub size: f32,
    pub width: f32,
}

impl Fonts {
    /// `None` if the fonts that are built in could not be read.
    pub fn load() -> Option<Self> {
        let cut = |bytes: &'static [u8]| {
            Some(Cut { face: Face::from_slice(bytes, 0)?, font: Font::new(bytes.into(), 0)? })
        };
        Some(Self { regular: cut(notosans::REGULAR_TTF)?, bold: cut(notosans::BOLD_TTF)? })
    }

    fn cut(&self, weight: Weight) -> &Cut {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    pub(super) fn font(&self, weight: Weight) -> Font {
        self.cut(weight).font.clone()
    }

    /// `text` on one line, however long it gets.
    pub fn shape(&self, text: &str, weight: Weight, size: f32) -> Shaped {
        let face = &self.cut(weight).face;
        let text: String = text.chars().filter_map(|letter| drawable(face, letter)).collect();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&text);
        buffer.guess_segment_properties();
        // The font has no letters that are written to the left.
        buffer.set_direction(Direction::LeftToRight);
        let shaped = rustybuzz::shape(face, &[], buffer);
        let clusters: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        let em = face.units_per_em() as f32;
        let glyphs: Vec<KrillaGlyph> = shaped
            .glyph_infos()
            .iter()
            .zip(shaped.glyph_positions())
            .map(|(info, place)| {
                let start = info.cluster as usize;
                let end = clusters.iter().copied().filter(|other| *other > start).min().unwrap_or(text.len());
                KrillaGlyph::new(
                    GlyphId::new(info.glyph_id),
                    place.x_advance as f32 / em,
                    place.x_offset as f32 / em,
                    place.y_offset as f32 / em,
                    place.y_advance as f32 / em,
                    start..end,
                    None,
                )
            })
            .collect();
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum::<f32>() * size;
        Shaped { text, glyphs, weight, size, width }
    }

    /// `text` on as many lines as it takes, at least one. A word that is wider than a line is broken inside.
    pub fn wrap(&self, text: &str, weight: Weight, size: f32, width: f32) -> Vec<Shaped> {
        let mut lines = Vec::new();
        let mut open = self.shape("", weight, size);
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let longer = if open.text.is_empty() { word.to_owned() } else { format!("{} {word}", open.text) };
            let tried = self.shape(&longer, weight, size);
            if tried.width <= width {
                open = tried;
                continue;
            }
            if !open.text.is_empty() {
                lines.push(open);
            }
            let mut pieces = self.pieces(word, weight, size, width);
            open = pieces.pop().unwrap_or_else(|| self.shape("", weight, size));
            lines.append(&mut pieces);
        }
        if !open.text.is_empty() || lines.is_empty() {
            lines.push(open);
        }
        lines
    }

    /// One word in pieces that are no wider than `width`, each at least one letter.
    fn pieces(&self, word: &str, weight: Weight, size: f32, width: f32) -> Vec<Shaped> {
        let whole = self.shape(word, weight, size);
        if whole.width <= width {
            return vec![whole];
        }
        let mut pieces = Vec::new();
        let mut open = self.shape("", weight, size);
        for letter in word.graphemes(true) {
            let tried = self.shape(&format!("{}{letter}", open.text), weight, size);
            if tried.width > width && !open.text.is_empty() {
                pieces.push(std::mem::replace(&mut open, self.shape(letter, weight, size)));
            } else {
                open = tried;
            }
        }
        pieces.push(open);
        pieces
    }
}

/// What is drawn for a letter; nothing for marks that only direct how others are drawn.
fn drawable(face: &Face<'_>, letter: char) -> Option<char> {
    match letter {
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' => None,
        '\u{2011}' => Some('-'),
        _ if face.glyph_index(letter).is_some_and(|glyph| glyph.0 != 0) => Some(letter),
        _ => Some(UNKNOWN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fonts() -> Fonts {
        Fonts::load().unwrap()
    }

    #[test]
    fn what_europe_writes_is_in_both_cuts() {
        let text =
            "äöüßẞÄÖÜ éèêç ñ åæø ğışİ łżćńęą řšžě őű țș đ € £ § – — … · × ² ½ „“” ‚‘’ Ω Київ їєґ Мюллер";
        for weight in [Weight::Regular, Weight::Bold] {
            let shaped = fonts().shape(text, weight, 10.0);
            assert_eq!(shaped.text, text);
            assert!(shaped.glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != 0));
        }
    }

    #[test]
    fn a_letter_that_is_not_there_is_a_box_and_none_stands_for_nothing() {
        let shaped = fonts().shape("中 😀\u{fe0f} א\u{200d}x\u{2011}y", Weight::Regular, 10.0);
        assert_eq!(shaped.text, "□ □ □x-y");
        assert!(shaped.glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != 0));
    }

    #[test]
    fn a_letter_in_two_parts_is_as_wide_as_in_one() {
        let fonts = fonts();
        let (one, two) = (
            fonts.shape("Müller", Weight::Regular, 10.0),
            fonts.shape("Mu\u{308}ller", Weight::Regular, 10.0),
        );
        assert!((one.width - two.width).abs() < 0.01, "{} {}", one.width, two.width);
        let ranges: Vec<_> = two.glyphs.iter().map(|glyph| glyph.text_range.clone()).collect();
        assert_eq!(ranges.first().unwrap().start, 0);
        assert_eq!(ranges.last().unwrap().end, two.text.len());
        assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start), "{ranges:?}");
    }

    #[test]
    fn lines_keep_their_width_and_lose_nothing() {
        let fonts = fonts();
        let text =
            "Siphon am Waschbecken erneuert und Donaudampfschifffahrtsgesellschaftskapitänsmütze abgedichtet";
        let lines = fonts.wrap(text, Weight::Bold, 9.0, 60.0);
        assert!(lines.len() > 5 && lines.iter().all(|line| line.width <= 60.0));
        let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
        assert_eq!(letters(&lines.iter().map(|line| line.text.as_str()).collect::<String>()), letters(text));
        assert_eq!(fonts.wrap("", Weight::Regular, 9.0, 60.0).len(), 1);
        // Narrower than any letter: one letter a line, and an end.
        assert_eq!(fonts.wrap("abc", Weight::Regular, 9.0, 0.5).len(), 3);
    }
}
