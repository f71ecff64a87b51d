//! Lines in: limits, bad bytes, commands.

use std::io::{BufReader, Cursor};

use super::super::tests::{Printed, both, setup};
use super::*;

fn read_all(input: &[u8], limit: usize, buffer: usize) -> Vec<RawLine> {
    let mut reader = BufReader::with_capacity(buffer, Cursor::new(input.to_vec()));
    std::iter::from_fn(|| read_line(&mut reader, limit).unwrap()).collect()
}

fn line(text: &str) -> RawLine {
    RawLine::Text { text: text.into(), lossy: false }
}

#[test]
fn lines_come_apart_at_any_buffer_size() {
    let input = "\u{feff}one\r\n\n  two\nthree".as_bytes();
    for buffer in 1..20 {
        assert_eq!(
            read_all(input, 100, buffer),
            [line("one"), line(""), line("  two"), line("three")],
            "{buffer}"
        );
    }
    assert_eq!(read_all(b"", 100, 8), []);
}

#[test]
fn a_line_at_the_limit_passes_and_one_byte_more_does_not() {
    let input = format!("{}\n{}\nnext\n", "a".repeat(10), "b".repeat(11));
    for buffer in [1, 3, 64] {
        assert_eq!(
            read_all(input.as_bytes(), 10, buffer),
            [line(&"a".repeat(10)), RawLine::TooLong { bytes: 11 }, line("next")]
        );
    }
    assert_eq!(read_all(&[b'x'; 100_000], 10, 64), [RawLine::TooLong { bytes: 100_000 }]);
}

#[test]
fn what_is_not_utf8_is_replaced_and_told() {
    let lossy = |text: &str| RawLine::Text { text: text.into(), lossy: true };
    assert_eq!(read_all(b"Gr\xfc\xdfe\n", 100, 8), [lossy("Gr\u{fffd}\u{fffd}e")]);
    assert_eq!(read_all(b"a\0b\n", 100, 8), [lossy("a\u{fffd}b")]);
}

/// What the terminal says to `script`, without what it echoes.
async fn answers(script: &[u8], roles: &[Role]) -> (usize, String) {
    let printed = Printed::default();
    let terminal = Terminal::plain(setup(roles), printed.clone());
    let mut lines = terminal.piped(Cursor::new(script.to_vec()));
    let mut said = 0;
    while let Some(input) = lines.next().await {
        said += usize::from(matches!(input, Input::Said(_)));
    }
    let notes: Vec<String> =
        printed.text().lines().filter(|line| !line.contains("> ")).map(ToOwned::to_owned).collect();
    (said, notes.join("\n"))
}

const BOTH: [Role; 2] = [Role::Technician, Role::Office];

#[tokio::test]
async fn bad_input_gets_one_clear_sentence_and_nothing_else_is_lost() {
    let mut script = b"\n   \nfirst\n/jbos\n/trace\nGr\xfc\xdfe\n".to_vec();
    script.extend_from_slice("x".repeat(1_001).as_bytes());
    script.extend_from_slice(b"\nsee /nowhere/leak.jpg\nlast");
    let (said, notes) = answers(&script, &BOTH).await;
    assert_eq!(said, 4);
    insta::assert_snapshot!(notes, @r#"
    There is no command /jbos: the commands are /help, /jobs, /trace on|off and /quit.
    Say /trace on or /trace off.
    That line is not UTF-8 text: what could not be read became �.
    That line has 1001 bytes and was not sent: a line may have 1000 (PLUMBLINE__TERMINAL__LINE_BYTES).
    There is no file "/nowhere/leak.jpg": it was sent as words.
    "#);
}

#[tokio::test]
async fn one_who_is_not_played_here_cannot_speak() {
    let (said, notes) = answers(b"@technician hello\n@customer hello\nmine\n", &[Role::Office]).await;
    assert_eq!(said, 1);
    insta::assert_snapshot!(notes, @r"
    Nobody plays the technician in this terminal, so that line was not sent: it plays office.
    Nobody plays the customer in this terminal, so that line was not sent: it plays office.
    ");
}

#[tokio::test]
async fn commands_are_told_apart() {
    let (terminal, _) = both();
    let mut lines = terminal.piped(Cursor::new("/trace on\n@office /jobs\n/quit\n"));
    assert!(matches!(lines.next().await, Some(Input::Jobs(Role::Office))));
    assert!(terminal.state().screen.tracing);
    assert!(matches!(lines.next().await, Some(Input::Quit)));
    assert!(!lines.interactive());
}

#[tokio::test]
async fn an_unreadable_input_ends_the_session_with_a_sentence() {
    struct Broken;
    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::IsADirectory.into())
        }
    }
    let (terminal, printed) = both();
    let mut lines = terminal.piped(BufReader::new(Broken));
    assert!(lines.next().await.is_none());
    assert_eq!(printed.text(), "The input cannot be read any further (is a directory): the session ends.\n");
}

#[tokio::test]
async fn what_is_echoed_cannot_move_the_cursor() {
    let (terminal, printed) = both();
    let mut lines = terminal.piped(Cursor::new("a\u{1b}[2Jb\n"));
    let Some(Input::Said(arrival)) = lines.next().await else { panic!("nothing was said") };
    let Inbound::Message(message) = arrival.body else { panic!("no message") };
    assert_eq!(message.parts, [Part::text("a\u{1b}[2Jb")]);
    assert_eq!(printed.text(), "technician> a␛[2Jb\n");
}
