//! Pages as PDF/A-3b. krilla checks the standard while it writes; what it finds is returned, never ignored.

use domain::clock::Millis;
use krilla::{
    Document, SerializeSettings,
    color::rgb,
    configure::{Archival, ConfigurationBuilder},
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule},
    surface::Surface,
};

use super::{
    face::Fonts,
    pages::{HEIGHT, Ink, Mark, Pages, WIDTH},
};

/// What a reader shows of the file.
pub(crate) struct About {
    pub title: String,
    pub author: String,
    /// `de`, `en`.
    pub language: &'static str,
    pub created: Millis,
    /// The same document always has the same.
    pub id: String,
}

/// # Errors
/// What the writer found, as a sentence: a fault of this program.
pub(crate) fn write(pages: &Pages, fonts: &Fonts, about: About) -> Result<Vec<u8>, String> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_B)
        .finish()
        .map_err(|error| format!("{error:?}"))?;
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    document.set_metadata(metadata(about));
    for page in &pages.pages {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or("a page without a size")?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        for mark in page {
            draw(&mut surface, fonts, mark);
        }
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| format!("{error:?}"))
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, mark: &Mark) {
    match mark {
        Mark::Text { x, y, ink, text } => {
            surface.set_fill(Some(fill(*ink)));
            let start = Point::from_xy(*x, *y);
            surface.draw_glyphs(start, &text.glyphs, fonts.font(text.weight), &text.text, text.size, false);
        }
        Mark::Rule { from, to, y, thickness, ink } => {
            surface.set_fill(Some(fill(*ink)));
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_ltrb(*from, *y, *to, *y + *thickness) {
                path.push_rect(rect);
            }
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn fill(ink: Ink) -> Fill {
    let colour = match ink {
        Ink::Black => rgb::Color::new(0x16, 0x20, 0x2a),
        Ink::Grey => rgb::Color::new(0x55, 0x62, 0x6e),
        Ink::Faint => rgb::Color::new(0xc3, 0xcb, 0xd2),
        Ink::Accent => rgb::Color::new(0x0b, 0x4f, 0x6c),
    };
    Fill { paint: colour.into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn metadata(about: About) -> Metadata {
    let at = about.created.timestamp().to_zoned(jiff::tz::TimeZone::UTC);
    let part = |part: i8| u8::try_from(part).unwrap_or_default();
    let created = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(about.title)
        .authors(vec![about.author])
        .language(about.language.to_owned())
        .creator("Plumbline".to_owned())
        .creation_date(created)
        .document_id(about.id)
}
