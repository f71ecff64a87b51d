//! A photo's place goes, the rest of it stays; broken data harms nobody.

use super::*;

/// EXIF with an orientation, a place and a date after it, in that byte order.
fn exif(little: bool) -> Vec<u8> {
    let short = |n: u16| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let long = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&short(tag)[..], &short(kind), &long(count), &value].concat()
    };
    let turned = [short(6).to_vec(), vec![0, 0]].concat().try_into().unwrap();
    // Header 8, count 2, three entries 36, link 4: the place's directory begins at 50, its values at 68.
    let mut bytes = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
    bytes.extend(long(8));
    bytes.extend(short(3));
    bytes.extend(entry(0x0112, 3, 1, turned));
    bytes.extend(entry(GPS, 4, 1, long(50)));
    bytes.extend(entry(0x0132, 2, 4, *b"2026"));
    bytes.extend(long(0));
    bytes.extend(short(1));
    bytes.extend(entry(2, 5, 2, long(68)));
    bytes.extend(long(0));
    bytes.extend(b"52.5200N13.4050E");
    bytes
}

#[test]
fn the_place_goes_and_the_rest_stays() {
    for little in [true, false] {
        let scrubbed = scrubbed(&exif(little)).unwrap();
        let tiff = Tiff { bytes: scrubbed.clone(), little };
        assert_eq!(tiff.u16(8), Some(2));
        assert_eq!((tiff.u16(10), tiff.u16(18)), (Some(0x0112), Some(6)), "which way up it is");
        assert_eq!((tiff.u16(22), &scrubbed[30..34]), (Some(0x0132), &b"2026"[..]));
        assert_eq!(tiff.u32(34), Some(0), "no further directory");
        assert!(!scrubbed.windows(4).any(|four| four == b"52.5" || four == b"13.4"));
    }
}

#[test]
fn broken_data_is_dropped_and_never_read_beyond_its_end() {
    let whole = exif(true);
    for end in 0..whole.len() {
        let _ = scrubbed(&whole[..end]);
    }
    assert_eq!(scrubbed(b"II*\0\xff\xff\xff\xff"), None);
    let mut circle = whole.clone();
    circle[46..50].copy_from_slice(&8_u32.to_le_bytes());
    assert_eq!(scrubbed(&circle), None, "a chain that bites its tail");
}

#[test]
fn a_photo_keeps_its_pixels() {
    let mut jpeg = vec![0xff, 0xd8];
    for (marker, contents) in
        [(0xe1, [b"Exif\0\0".to_vec(), exif(true)].concat()), (0xe1, [XMP, b"<gps>52.52</gps>"].concat())]
    {
        jpeg.extend([0xff, marker]);
        jpeg.extend(u16::try_from(contents.len() + 2).unwrap().to_be_bytes());
        jpeg.extend(contents);
    }
    let pixels = [0xff, 0xda, 0, 2, 1, 2, 3, 4, 0xff, 0xd9];
    jpeg.extend(pixels);
    let cleaned = without_place(Bytes::from(jpeg)).unwrap();
    assert!(cleaned.ends_with(&pixels));
    assert!(!cleaned.windows(4).any(|four| four == b"52.5"));
    assert!(cleaned.windows(4).any(|four| four == b"2026"));
    assert_eq!(without_place(Bytes::from_static(b"GIF89a")), None);
}
