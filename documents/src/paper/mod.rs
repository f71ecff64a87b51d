//! Sheets of A4: text and rules at places, broken into lines and pages here and written as PDF/A-3b by krilla. Knows nothing of
//! what the text says.

mod face;
mod pages;
mod write;

pub(crate) use face::{Fonts, Shaped, Weight};
pub(crate) use pages::{HEIGHT, Ink, Pages, WIDTH};
pub(crate) use write::{About, write};
