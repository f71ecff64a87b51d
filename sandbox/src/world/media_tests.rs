//! Lifetimes, URLs and sizes of media.

use bytes::Bytes;

use super::{DAY_MS, Medium, Shelf, acceptable, download_path, download_valid};

fn medium(id: &str, size: usize, now: i64) -> Medium {
    Medium::uploaded(id.into(), "image/png", None, Bytes::from(vec![0; size]), now)
}

#[test]
fn uploads_live_a_month_and_inbound_files_a_week() {
    let mut shelf = Shelf::default();
    shelf.put(medium("1", 1, 0), 0, 10, 100);
    shelf.put(Medium::received("2".into(), "image/png", None, Bytes::from_static(b"x"), 0), 0, 10, 100);
    assert!(shelf.get("2", 7 * DAY_MS - 1).is_some());
    assert!(shelf.get("2", 7 * DAY_MS).is_none());
    assert!(shelf.get("1", 30 * DAY_MS - 1).is_some());
    assert!(shelf.get("1", 30 * DAY_MS).is_none());
}

#[test]
fn the_shelf_is_bounded() {
    let mut shelf = Shelf::default();
    for (at, id) in ["1", "2", "3"].iter().enumerate() {
        shelf.put(medium(id, 40, i64::try_from(at).unwrap()), 0, 10, 100);
    }
    assert!(shelf.get("1", 0).is_none());
    assert!(shelf.get("2", 0).is_some() && shelf.get("3", 0).is_some());
}

#[test]
fn a_url_is_good_for_five_minutes() {
    let path = download_path("7", "secret", 0);
    let hash = path.split("hash=").nth(1).unwrap();
    assert!(download_valid("7", 300, hash, "secret", 299_999));
    assert!(!download_valid("7", 300, hash, "secret", 300_000));
    assert!(!download_valid("8", 300, hash, "secret", 0));
}

#[test]
fn types_and_sizes_are_metas() {
    acceptable("audio/ogg; codecs=opus", 10).unwrap();
    assert!(acceptable("text/html", 10).unwrap_err().message.ends_with("Received file of type 'text/html'."));
    assert_eq!(acceptable("image/jpeg", 5 * 1024 * 1024 + 1).unwrap_err().code, 131_053);
}
