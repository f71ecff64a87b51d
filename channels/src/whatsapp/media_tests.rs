//! Decisions about files.

use domain::message::MediaSource;

use super::*;
use crate::fetched::{is_a_page, kept_at};

fn media(kind: MediaKind, mime: &str) -> Media {
    Media {
        kind,
        mime: mime.into(),
        name: None,
        caption: None,
        source: MediaSource::File("x".into()),
        transcript: None,
        voice: true,
        sha256: None,
    }
}

#[test]
fn what_whatsapp_does_not_take_goes_as_a_document() {
    let kind = |kind, mime: &str, bytes| fit(media(kind, mime), bytes).map(|media| media.kind);
    assert_eq!(kind(MediaKind::Image, "image/jpeg", 5 * MB), Ok(MediaKind::Image));
    assert_eq!(kind(MediaKind::Image, "image/jpeg", 5 * MB + 1), Ok(MediaKind::Document));
    assert_eq!(kind(MediaKind::Image, "image/heic", 10), Ok(MediaKind::Document));
    assert_eq!(kind(MediaKind::Audio, "audio/ogg; codecs=opus", 10), Ok(MediaKind::Audio));
    assert_eq!(kind(MediaKind::Audio, "audio/wav", 10), Ok(MediaKind::Document));
    assert_eq!(kind(MediaKind::Video, "video/mp4", 17 * MB), Ok(MediaKind::Document));
    assert_eq!(kind(MediaKind::Document, "application/zip", DOCUMENT), Ok(MediaKind::Document));
    assert!(kind(MediaKind::Document, "application/zip", DOCUMENT + 1).unwrap_err().contains("104857601"));
    assert!(kind(MediaKind::Image, "image/png", 0).is_err());
    let voice = fit(media(MediaKind::Audio, "audio/ogg"), 10).unwrap();
    assert_eq!((voice.mime.as_str(), voice.voice), ("audio/ogg; codecs=opus", true));
    assert!(!fit(media(MediaKind::Audio, "audio/wav"), 10).unwrap().voice);
}

#[test]
fn the_token_goes_to_meta_and_nowhere_else() {
    let hosts = ["fbsbx.com".to_owned(), String::new()];
    let meta = Url::parse("https://graph.facebook.com/v26.0/").unwrap();
    let sandbox = Url::parse("http://127.0.0.1:8020/v26.0/").unwrap();
    let may = |url: &str, api: &Url| may_fetch(&Url::parse(url).unwrap(), api, &hosts);
    assert!(may("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", &meta));
    assert!(may("https://graph.facebook.com/x", &meta));
    assert!(may("http://127.0.0.1:8020/media?mid=1", &sandbox));
    for no in [
        "http://lookaside.fbsbx.com/x",
        "https://fbsbx.com.evil.example/x",
        "https://evilfbsbx.com/x",
        "https://lookaside.fbsbx.com:8443/x",
        "https://user:pass@lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com@evil.example/x",
        "http://127.0.0.1:9/x",
        "file:///etc/passwd",
    ] {
        assert!(!may(no, &meta), "{no}");
        assert!(!may(no, &sandbox), "{no}");
    }
}

#[test]
fn hashes_are_read_in_both_spellings() {
    let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sha256_hex("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=").as_deref(), Some(hex));
    assert_eq!(sha256_hex(hex).as_deref(), Some(hex));
    assert_eq!(sha256_hex(&hex.to_uppercase()).as_deref(), Some(hex));
    for no in ["", "abc", "AAAA", &hex[..62]] {
        assert_eq!(sha256_hex(no), None, "{no}");
    }
}

#[test]
fn names_are_made_from_what_we_know() {
    let kept = kept_at(std::path::Path::new("media"), "abcd", "image/jpeg");
    assert_eq!(kept, std::path::Path::new("media/ab/abcd.jpg"));
    assert_eq!(extension("audio/ogg; codecs=opus"), "ogg");
    assert_eq!(extension("no/such-type"), "bin");
    let named = |kind, mime: &str, name: Option<&str>| {
        upload_name(&Media { name: name.map(str::to_owned), ..media(kind, mime) }, "/tmp/rec.dat")
    };
    assert_eq!(named(MediaKind::Audio, "audio/ogg", Some("voice.opus")), "voice.ogg");
    assert_eq!(named(MediaKind::Image, "image/png", None), "rec.png");
    assert_eq!(named(MediaKind::Document, "application/pdf", Some("Rechnung.pdf")), "Rechnung.pdf");
    assert_eq!(named(MediaKind::Document, "application/pdf", None), "rec.dat");
    assert!(is_a_page("text/html; charset=utf-8", "image/png"));
    assert!(!is_a_page("image/png", "image/png"));
}
