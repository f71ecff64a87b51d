//! Plans: each message fits, in order, with nothing lost; and a plan of a plan is the plan.

use domain::{message::MediaSource, question::Choice};
use proptest::prelude::*;

use super::*;

fn choices(n: usize, title: &str) -> Vec<Choice> {
    (0..n)
        .map(|at| Choice { id: format!("t{at}"), title: format!("{title}{at}"), value: String::new() })
        .collect()
}

fn question(text: &str, choices: Vec<Choice>) -> Content {
    Content::Question { question: "q".into(), text: text.into(), choices }
}

fn text_of(content: &Content) -> String {
    content.shown().unwrap().0
}

#[test]
fn what_fits_stays_one() {
    for content in [
        Content::Text { text: "x".repeat(TEXT) },
        question(&"x".repeat(BODY), choices(3, "o")),
        question(&"x".repeat(3_900), choices(12, "o")),
        question(&"x".repeat(TEXT), Vec::new()),
        Content::Reaction { to: "w".into(), emoji: None },
    ] {
        assert_eq!(plan(&content), [content]);
    }
}

#[test]
fn a_long_question_keeps_its_buttons_on_the_last_message() {
    let text = format!("{}\n\nCreate the invoice?", "A sentence of the report. ".repeat(60));
    let parts = plan(&question(&text, choices(2, "o")));
    assert_eq!(parts.len(), 2);
    assert!(matches!(&parts[0], Content::Text { .. }));
    let Content::Question { text: last, choices, .. } = &parts[1] else { panic!() };
    assert!(last.ends_with("Create the invoice?") && choices.len() == 2);
}

#[test]
fn long_titles_leave_less_room_for_the_question() {
    let titles = choices(3, &"long title ".repeat(8));
    let parts = plan(&question(&"word ".repeat(180), titles));
    assert_eq!(parts.len(), 2);
    let Content::Question { text, choices, .. } = &parts[1] else { panic!() };
    let body = shape::question(text, choices);
    assert!(units(body.body()) <= BODY);
}

#[test]
fn a_numbered_question_beyond_one_text_is_several_texts() {
    let parts = plan(&question("Which one?", choices(60, &"a long name of a part ".repeat(5))));
    assert!(parts.len() > 1);
    let last = parts.last().unwrap();
    assert!(
        matches!(last, Content::Question { choices, .. } if choices.is_empty()),
        "the numbers are in the text"
    );
    assert!(text_of(last).contains("60. "));
}

#[test]
fn a_caption_that_fits_nowhere_follows() {
    let media = |kind, caption: &str| {
        Content::Media(Media {
            kind,
            mime: "x/y".into(),
            name: None,
            caption: Some(caption.into()),
            source: MediaSource::Url("https://example.org".into()),
            transcript: None,
            voice: false,
            sha256: None,
        })
    };
    assert_eq!(plan(&media(MediaKind::Image, "short")).len(), 1);
    assert_eq!(plan(&media(MediaKind::Audio, "short")).len(), 2);
    let parts = plan(&media(MediaKind::Image, &"long ".repeat(300)));
    assert_eq!(parts.len(), 2);
    assert!(matches!(&parts[0], Content::Media(media) if media.caption.is_none()));
}

#[test]
fn a_reply_quotes_once() {
    let long = Content::Text { text: "word ".repeat(2000) };
    let parts = plan(&Content::Reply { quotes: "w".into(), body: Box::new(long) });
    assert!(parts.len() > 1);
    assert!(matches!(&parts[0], Content::Reply { quotes, .. } if quotes == "w"));
    assert!(parts[1..].iter().all(|part| matches!(part, Content::Text { .. })));
}

fn fits(content: &Content) -> bool {
    match content {
        Content::Text { text } => units(text) <= TEXT,
        Content::Question { text, choices, .. } => {
            let shape = shape::question(text, choices);
            units(shape.body()) <= shape.limit()
        }
        _ => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_part_fits_and_planning_again_changes_nothing(
        text in "(\\PC|[ \n.🔧]){0,3000}", repeat in 1_usize..6, options in 0_usize..14, title in "\\PC{0,120}"
    ) {
        let text = text.repeat(repeat);
        for content in [Content::Text { text: text.clone() }, question(&text, choices(options, &title))] {
            let parts = plan(&content);
            prop_assert!(!parts.is_empty());
            for part in &parts {
                prop_assert!(fits(part), "{part:?}");
                prop_assert_eq!(plan(part), vec![part.clone()]);
            }
            let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let whole: String = parts.iter().map(|part| bare(&text_of(part))).collect();
            prop_assert!(whole.starts_with(&bare(&text)), "nothing of the text is lost");
        }
    }
}
