//! Which images a model sees, and what it reads of the others.

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

fn album(folder: &Path, shown: usize) -> Album {
    Album { folder: folder.to_owned(), bytes: 64, shown }
}

fn heard(sources: &[&str]) -> Entry {
    let images =
        sources.iter().map(|source| Image { mime: "image/jpeg".into(), source: (*source).to_owned() });
    Entry::Heard { text: String::new(), images: images.collect() }
}

async fn shown(album: &Album, source: &str) -> String {
    let parts = album.parts(&[heard(&[source])]).await;
    let part = &parts[0][0];
    part.pointer("/image_url/url").or_else(|| part.get("text")).and_then(Value::as_str).unwrap().to_owned()
}

#[tokio::test]
async fn files_of_the_media_folder_become_data_urls() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("media");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a.jpg"), PNG).unwrap();
    std::fs::write(folder.join("big.png"), [PNG, &[0; 60]].concat()).unwrap();
    std::fs::write(folder.join("text.png"), "hello").unwrap();
    std::fs::write(home.path().join("secret.png"), PNG).unwrap();
    let album = album(&folder, 8);
    let data = format!("data:image/png;base64,{}", STANDARD.encode(PNG));
    assert_eq!(shown(&album, "a.jpg").await, data);
    assert_eq!(shown(&album, folder.join("a.jpg").to_str().unwrap()).await, data);
    assert_eq!(shown(&album, "https://example.test/x.png?y=1").await, "https://example.test/x.png?y=1");
    let missing = "is not shown: the file is not in the media folder]";
    for outside in
        ["../secret.png", home.path().join("secret.png").to_str().unwrap(), "none.png", ".", "/etc/passwd"]
    {
        assert!(shown(&album, outside).await.ends_with(missing), "{outside}");
    }
    assert_eq!(shown(&album, "big.png").await, "[image big.png is not shown: the file is too large]");
    assert_eq!(
        shown(&album, "text.png").await,
        "[image text.png is not shown: it is no JPEG, PNG, GIF or WebP]"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_out_of_the_folder_is_not_followed() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("media");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(home.path().join("secret.png"), PNG).unwrap();
    std::os::unix::fs::symlink(home.path().join("secret.png"), folder.join("link.png")).unwrap();
    assert!(shown(&album(&folder, 8), "link.png").await.contains("not in the media folder"));
}

#[tokio::test]
async fn the_newest_images_are_shown_and_the_others_named() {
    let entries = [heard(&["http://h/1"]), heard(&["http://h/2", "http://h/3"])];
    let parts = album(Path::new("none"), 2).parts(&entries).await;
    assert_eq!(parts[0][0]["text"], "[image 1 is not shown: only newer images are]");
    assert_eq!(parts[1][1]["image_url"]["url"], "http://h/3");
    assert_eq!(parts[1][0]["type"], "image_url");
    let none = album(Path::new("none"), 0).parts(&entries).await;
    let told = |part: &Value| {
        part["text"].as_str().is_some_and(|text| text.ends_with("this model takes no images]"))
    };
    assert!(none.iter().flatten().all(told));
}
