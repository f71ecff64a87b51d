//! What of a line becomes an attachment.

use super::*;

const FILES: [&str; 6] = [
    "/tmp/leak.jpg",
    "/tmp/my photo.jpg",
    "/home/frank/voice note.ogg",
    "/jobs/plan.pdf",
    "/jobs/run.sh",
    "/jobs/it's.png",
];

fn found(line: &str) -> Found {
    let is_file = |path: &Path| FILES.iter().any(|file| Path::new(file) == path);
    let (folder, home) = (Path::new("/jobs"), Path::new("/home/frank"));
    parts(line, &Surroundings { is_file: &is_file, folder, home: Some(home) })
}

/// `kind mime source | caption`, a line a part.
fn shown(line: &str) -> String {
    let lines: Vec<String> = found(line)
        .parts
        .iter()
        .map(|part| match part {
            Part::Text { text } => format!("text {text}"),
            Part::Media(media) => {
                let (MediaSource::File(at)
                | MediaSource::Url(at)
                | MediaSource::Provider(at)
                | MediaSource::Missing(at)) = &media.source;
                let caption = media.caption.as_deref().unwrap_or("-");
                format!("{:?} {} {at} | {caption}", media.kind, media.mime)
            }
            other => format!("{other:?}"),
        })
        .collect();
    lines.join("\n")
}

#[test]
fn a_path_is_an_attachment_and_the_words_beside_it_its_caption() {
    let cases = [
        ("/tmp/leak.jpg", "Image image/jpeg /tmp/leak.jpg | -"),
        (
            "the leak /tmp/leak.jpg  under the sink",
            "Image image/jpeg /tmp/leak.jpg | the leak  under the sink",
        ),
        (r"/tmp/my\ photo.jpg before", "Image image/jpeg /tmp/my photo.jpg | before"),
        ("'/tmp/my photo.jpg' before", "Image image/jpeg /tmp/my photo.jpg | before"),
        ("file:///tmp/my%20photo.jpg", "Image image/jpeg /tmp/my photo.jpg | -"),
        (r"~/voice\ note.ogg", "Audio audio/ogg /home/frank/voice note.ogg | -"),
        ("plan.pdf", "Document application/pdf /jobs/plan.pdf | -"),
        ("\"it's.png\"", "Image image/png /jobs/it's.png | -"),
        (
            "plan.pdf /tmp/leak.jpg",
            "Document application/pdf /jobs/plan.pdf | -\nImage image/jpeg /tmp/leak.jpg | -",
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(shown(line), expected, "{line}");
    }
}

#[test]
fn an_address_of_a_file_is_an_attachment() {
    let cases = [
        (
            "https://pics.example/a/leak.PNG?size=2",
            "Image image/png https://pics.example/a/leak.PNG?size=2 | -",
        ),
        ("see http://x.example/n.mp3.", "Audio audio/mpeg http://x.example/n.mp3 | see"),
        (
            "https://x.example/offer.docx now",
            "Document application/vnd.openxmlformats-officedocument.wordprocessingml.document https://x.example/offer.docx | now",
        ),
        ("https://x.example/page.html", "text https://x.example/page.html"),
        ("https://x.example", "text https://x.example"),
        ("https://", "text https://"),
    ];
    for (line, expected) in cases {
        assert_eq!(shown(line), expected, "{line}");
    }
}

#[test]
fn all_else_stays_as_it_was_typed() {
    for line in [
        "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B",
        "it's the customer's pipe \"as usual",
        r#"C:\temp and 3/4\" pipe"#,
        "run.sh",
        "nosuch.jpg is not here",
        "'quoted' words",
    ] {
        assert_eq!(found(line), Found { parts: vec![Part::text(line)], missing: vec![] });
    }
}

#[test]
fn a_path_that_is_no_file_is_named_and_nothing_is_lost() {
    let found = found("1.5h at Meier, photo: /tmp/laek.jpg");
    assert_eq!(found.missing, ["/tmp/laek.jpg"]);
    assert_eq!(found.parts, [Part::text("1.5h at Meier, photo: /tmp/laek.jpg")]);
}

#[test]
fn a_line_has_a_limit_of_attachments() {
    let found = found(&"/tmp/leak.jpg ".repeat(ATTACHMENTS + 2));
    assert_eq!(found.parts.len(), ATTACHMENTS);
    let Part::Media(first) = &found.parts[0] else { panic!("no attachment") };
    assert_eq!(first.caption.as_deref(), Some("/tmp/leak.jpg /tmp/leak.jpg"));
}
