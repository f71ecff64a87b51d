//! Takes the place where a picture was taken out of it: a photo of a customer's cellar must not tell strangers the address.
//! Turns, dates and colours stay. Knows the tags of EXIF 3.0 and nothing of pixels.

use bytes::Bytes;
use img_parts::{DynImage, ImageEXIF as _};

/// The tag of the place's own directory.
const GPS: u16 = 0x8825;
const ENTRY: usize = 12;
/// How XMP announces itself in a JPEG.
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// The picture without its place; `None` for what is no JPEG, PNG or WebP, or is broken.
pub(crate) fn without_place(picture: Bytes) -> Option<Bytes> {
    let mut image = DynImage::from_bytes(picture).ok()??;
    if let Some(exif) = image.exif() {
        // What cannot be read is not worth keeping.
        image.set_exif(scrubbed(&exif).map(Bytes::from));
    }
    match &mut image {
        DynImage::Jpeg(jpeg) => jpeg.segments_mut().retain(|segment| !segment.contents().starts_with(XMP)),
        DynImage::Png(png) => png.chunks_mut().retain(|chunk| {
            !(chunk.kind() == *b"iTXt" && chunk.contents().starts_with(b"XML:com.adobe.xmp"))
        }),
        DynImage::WebP(webp) => webp.remove_chunks_by_id(*b"XMP "),
    }
    Some(image.encoder().bytes())
}

/// EXIF data without its place. `None` where it is broken.
fn scrubbed(exif: &[u8]) -> Option<Vec<u8>> {
    let mut tiff = Tiff { bytes: exif.to_vec(), little: exif.starts_with(b"II") };
    if !tiff.little && !exif.starts_with(b"MM") {
        return None;
    }
    let mut directory = tiff.u32(4)?;
    // Directories of one file form a chain; a longer one is no photo's.
    for _ in 0..8 {
        if directory == 0 {
            return Some(tiff.bytes);
        }
        tiff.forget_place(directory)?;
        let entries = usize::from(tiff.u16(directory)?);
        directory = tiff.u32(directory.checked_add(2 + entries * ENTRY)?)?;
    }
    None
}

struct Tiff {
    bytes: Vec<u8>,
    little: bool,
}

impl Tiff {
    fn u16(&self, at: usize) -> Option<u16> {
        let raw = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.little { u16::from_le_bytes(raw) } else { u16::from_be_bytes(raw) })
    }

    fn u32(&self, at: usize) -> Option<usize> {
        let raw = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(if self.little { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) }).ok()
    }

    /// Blanks the place's directory with all its values, and takes its entry out of `directory`.
    fn forget_place(&mut self, directory: usize) -> Option<()> {
        let entries = usize::from(self.u16(directory)?);
        for n in 0..entries {
            let at = directory.checked_add(2 + n * ENTRY)?;
            if self.u16(at)? != GPS {
                continue;
            }
            let place = self.u32(at + 8)?;
            self.blank_directory(place);
            // The entries after it move up, and with them the link to the next directory.
            let end = directory + 2 + entries * ENTRY + 4;
            self.bytes.get(..end)?;
            self.bytes.copy_within(at + ENTRY..end, at);
            self.bytes.get_mut(end - ENTRY..end)?.fill(0);
            let left = u16::try_from(entries - 1).ok()?;
            let count = if self.little { left.to_le_bytes() } else { left.to_be_bytes() };
            self.bytes.get_mut(directory..directory + 2)?.copy_from_slice(&count);
            return Some(());
        }
        Some(())
    }

    fn blank_directory(&mut self, at: usize) {
        /// Bytes of one value, by its type.
        const SIZES: [usize; 13] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
        let Some(entries) = self.u16(at).map(usize::from) else { return };
        for n in 0..entries {
            let entry = at + 2 + n * ENTRY;
            let (Some(kind), Some(count), Some(place)) =
                (self.u16(entry + 2), self.u32(entry + 4), self.u32(entry + 8))
            else {
                return;
            };
            let size = SIZES.get(usize::from(kind)).copied().unwrap_or(0).saturating_mul(count);
            if size > 4
                && let Some(values) = self.bytes.get_mut(place..place.saturating_add(size))
            {
                values.fill(0);
            }
            if let Some(entry) = self.bytes.get_mut(entry..entry + ENTRY) {
                entry.fill(0);
            }
        }
    }
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
