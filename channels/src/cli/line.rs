//! What one typed line means: a command, a switch of the speaker, or words. Pure.

use domain::contact::Role;

/// A line, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// `@technician` or `@office` before it.
    pub speaker: Option<Role>,
    pub what: What<'a>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What<'a> {
    /// Nothing was typed, or nothing after `@role`.
    Empty,
    Help,
    Jobs,
    Quit,
    Trace(bool),
    /// `/trace` with neither `on` nor `off`.
    WhichTrace,
    Unknown(&'a str),
    Words(&'a str),
}

/// A slash begins a command only where one plain word follows it: `/tmp/leak.jpg` is a path, `/ 12` is text.
#[must_use]
pub fn parse(line: &str) -> Line<'_> {
    let line = line.trim();
    let (first, rest) = split(line);
    match first.strip_prefix('@').and_then(|name| Role::parse(name.trim_end_matches([':', ',']))) {
        Some(role) => Line { speaker: Some(role), what: what(rest) },
        None => Line { speaker: None, what: what(line) },
    }
}

fn what(text: &str) -> What<'_> {
    if text.is_empty() {
        return What::Empty;
    }
    let (first, rest) = split(text);
    let Some(command) = first.strip_prefix('/').filter(|c| is_plain_word(c)) else {
        return What::Words(text);
    };
    match (command.to_ascii_lowercase().as_str(), rest.to_ascii_lowercase().as_str()) {
        ("help", _) => What::Help,
        ("jobs", "") => What::Jobs,
        ("quit" | "exit", "") => What::Quit,
        ("trace", "on") => What::Trace(true),
        ("trace", "off") => What::Trace(false),
        ("trace", _) => What::WhichTrace,
        _ => What::Unknown(first),
    }
}

fn is_plain_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '?'))
}

fn split(text: &str) -> (&str, &str) {
    text.split_once(char::is_whitespace).map_or((text, ""), |(first, rest)| (first, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_command_a_switch_or_words() {
        let plain = |what| Line { speaker: None, what };
        let office = |what| Line { speaker: Some(Role::Office), what };
        let cases = [
            ("", plain(What::Empty)),
            (" \t ", plain(What::Empty)),
            ("Done at Meier", plain(What::Words("Done at Meier"))),
            ("  1 ", plain(What::Words("1"))),
            ("@office 1", office(What::Words("1"))),
            ("@OFFICE: grant it", office(What::Words("grant it"))),
            ("@office", office(What::Empty)),
            ("@office /jobs", office(What::Jobs)),
            ("@office\u{a0}1", office(What::Words("1"))),
            ("@customer hello", Line { speaker: Some(Role::Customer), what: What::Words("hello") }),
            ("@frank 1", plain(What::Words("@frank 1"))),
            ("mail frank@office 1", plain(What::Words("mail frank@office 1"))),
            ("/help", plain(What::Help)),
            ("/help trace", plain(What::Help)),
            ("/JOBS", plain(What::Jobs)),
            ("/trace on", plain(What::Trace(true))),
            ("/trace  off", plain(What::Trace(false))),
            ("/trace", plain(What::WhichTrace)),
            ("/trace loud", plain(What::WhichTrace)),
            ("/quit", plain(What::Quit)),
            ("/quit now", plain(What::Unknown("/quit"))),
            ("/qiut", plain(What::Unknown("/qiut"))),
            ("/tmp/leak.jpg under the sink", plain(What::Words("/tmp/leak.jpg under the sink"))),
            ("/leak.jpg", plain(What::Words("/leak.jpg"))),
            ("/ 12", plain(What::Words("/ 12"))),
        ];
        for (line, expected) in cases {
            assert_eq!(parse(line), expected, "{line:?}");
        }
    }
}
