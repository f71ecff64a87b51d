//! The terminal from outside: what goes in, what is printed.

use std::sync::mpsc as std_mpsc;

use domain::{
    address::Address,
    clock::{ManualClock, Millis},
    inbound::Inbound,
    job::JobNotice,
    message::Part,
    question::Choice,
};

use super::*;

/// What was printed, for a test to read while the terminal still prints.
#[derive(Clone, Default)]
pub(super) struct Printed(Arc<Mutex<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Printed {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

pub(super) fn setup(roles: &[Role]) -> Setup {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Millis(1_800_000_000_000)));
    Setup {
        config: Config { line_bytes: 1_000, ..Config::default() },
        roles: roles.to_vec(),
        ids: Arc::new(Ids::new(Arc::clone(&clock), [7; 32])),
        clock,
        folder: PathBuf::from("/jobs"),
        home: None,
    }
}

pub(super) fn both() -> (Terminal, Printed) {
    let printed = Printed::default();
    (Terminal::plain(setup(&[Role::Technician, Role::Office]), printed.clone()), printed)
}

pub(super) fn outbound(id: &str, speaker: &str, role: &str, content: Content) -> Outbound {
    Outbound {
        id: id.into(),
        to: Address::new(ChannelName::terminal(role), role),
        conversation: "c1".into(),
        content,
        turn: Some("t1".into()),
        speaker: speaker.into(),
        attempts: 0,
    }
}

pub(super) fn text(id: &str, text: &str) -> Outbound {
    outbound(id, "field", "technician", Content::Text { text: text.into() })
}

fn question(id: &str, speaker: &str, role: &str, text: &str, titles: &[&str]) -> Outbound {
    let choice = |title: &&str| Choice {
        id: format!("{id}-{}", title.to_lowercase()),
        title: (*title).into(),
        value: title.to_lowercase(),
    };
    let choices = titles.iter().map(choice).collect();
    outbound(
        &format!("o-{id}"),
        speaker,
        role,
        Content::Question { question: id.into(), text: text.into(), choices },
    )
}

const NOW: Facts = Facts { now: Millis(5_000), last_inbound: Millis(0), queued: Millis(0) };

async fn send(terminal: &Terminal, role: Role, outbound: &Outbound) -> SendOutcome {
    terminal.channel(role).send(outbound, &NOW).await
}

fn said(input: Option<Input>) -> Arrival {
    match input {
        Some(Input::Said(arrival)) => *arrival,
        other => panic!("nothing was said: {other:?}"),
    }
}

use domain::inbound::Arrival;

fn parts(arrival: &Arrival) -> &[Part] {
    match &arrival.body {
        Inbound::Message(message) => &message.parts,
        other => panic!("no message: {other:?}"),
    }
}

#[tokio::test]
async fn a_piped_story_reads_like_a_session() {
    let (terminal, printed) = both();
    let script = "Done at Meier, Schillerstrasse 12. 1.5h\n1\n@office 1\nwhat is open?\n@technician thanks\n";
    let mut lines = terminal.piped(io::Cursor::new(script));
    let report = said(lines.next().await);
    assert_eq!(report.channel, ChannelName::terminal("technician"));
    assert_eq!(parts(&report), [Part::text("Done at Meier, Schillerstrasse 12. 1.5h")]);
    let confirm = question(
        "q1",
        "field",
        "technician",
        "Customer 789 Klaus Meier · 1.5 h.\nIs that right?",
        &["Confirm", "Correct"],
    );
    let sent = send(&terminal, Role::Technician, &confirm).await;
    assert_eq!(sent, SendOutcome::Sent { external: "o-q1".into() });
    let confirmed = said(lines.next().await);
    assert_eq!(parts(&confirmed), [Part::Choice { id: "q1-confirm".into(), title: "Confirm".into() }]);
    terminal.closed(&"q1".into());
    send(&terminal, Role::Technician, &text("o2", "The job is with the office.")).await;
    let goodwill =
        question("q2", "office", "office", "JOB-789-001: 0.5 h over. Grant goodwill?", &["Grant", "Reject"]);
    send(&terminal, Role::Office, &goodwill).await;
    let granted = said(lines.next().await);
    assert_eq!(granted.channel, ChannelName::terminal("office"));
    assert_eq!(parts(&granted), [Part::Choice { id: "q2-grant".into(), title: "Grant".into() }]);
    assert_eq!(said(lines.next().await).channel, ChannelName::terminal("office"));
    assert_eq!(said(lines.next().await).channel, ChannelName::terminal("technician"));
    assert!(lines.next().await.is_none());
    insta::assert_snapshot!(printed.text());
}

#[tokio::test]
async fn the_same_outbox_row_is_printed_once() {
    let (terminal, printed) = both();
    for _ in 0..3 {
        let sent = send(&terminal, Role::Technician, &text("o1", "Good morning.")).await;
        assert_eq!(sent, SendOutcome::Sent { external: "o1".into() });
    }
    assert_eq!(printed.text(), "field -> technician: Good morning.\n");
    assert_eq!(terminal.channel(Role::Office).lost_answer(), LostAnswer::Repeat);
    assert_eq!(terminal.channel(Role::Office).name(), ChannelName::terminal("office"));
}

#[tokio::test]
async fn a_notice_between_agents_is_refused_and_a_closed_terminal_waits() {
    let (terminal, _) = both();
    let notice = JobNotice::Withdrawn { job_id: "JOB-1-001".into(), reason: "wrong".into() };
    let refused =
        send(&terminal, Role::Office, &outbound("o1", "office", "office", Content::Job(notice))).await;
    assert!(matches!(refused, SendOutcome::Refused { .. }));

    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let terminal = Terminal::plain(setup(&[Role::Technician]), Gone);
    let mut lines = terminal.piped(io::Cursor::new("hello\n"));
    let outcome = send(&terminal, Role::Technician, &text("o1", "Hello")).await;
    assert_eq!(
        outcome,
        SendOutcome::RetryAt { at: Millis(10_000), reason: Unshown::NobodyReads.to_string() }
    );
    assert!(lines.next().await.is_none(), "a session that nobody reads ends");
}

#[tokio::test]
async fn a_number_is_text_unless_an_option_of_the_speaker_has_it() {
    let (terminal, _) = both();
    let mut lines = terminal.piped(io::Cursor::new("1\n@office 1\n3\n@technician 2\n"));
    send(&terminal, Role::Office, &question("q1", "office", "office", "Create?", &["Create", "Not now"]))
        .await;
    assert_eq!(parts(&said(lines.next().await)), [Part::text("1")]);
    assert_eq!(
        parts(&said(lines.next().await)),
        [Part::Choice { id: "q1-create".into(), title: "Create".into() }]
    );
    assert_eq!(parts(&said(lines.next().await)), [Part::text("3")]);
    assert_eq!(parts(&said(lines.next().await)), [Part::text("2")]);
}

#[tokio::test]
async fn a_question_that_was_decided_frees_its_numbers_before_the_next_is_printed() {
    struct Decided(Mutex<Vec<&'static str>>);
    #[async_trait]
    impl Questions for Decided {
        async fn closed(&self, shown: Vec<QuestionId>) -> Vec<QuestionId> {
            let decided = self.0.lock().unwrap();
            shown.into_iter().filter(|id| decided.contains(&id.as_str())).collect()
        }
    }
    let (terminal, printed) = both();
    let decided = Arc::new(Decided(Mutex::default()));
    terminal.ask_about_questions(Arc::clone(&decided) as Arc<dyn Questions>);
    let ask = |id: &'static str| question(id, "office", "office", id, &["Yes", "No"]);
    send(&terminal, Role::Office, &ask("q1")).await;
    send(&terminal, Role::Office, &ask("q2")).await;
    decided.0.lock().unwrap().push("q1");
    send(&terminal, Role::Office, &ask("q3")).await;
    *decided.0.lock().unwrap() = vec!["q2", "q3"];
    send(&terminal, Role::Office, &ask("q4")).await;
    let numbers: Vec<String> =
        printed.text().lines().map(|line| line.replace("office -> office:    ", "")).collect();
    assert_eq!(
        numbers,
        ["q1   [1] Yes  [2] No", "q2   [3] Yes  [4] No", "q3   [5] Yes  [6] No", "q4   [1] Yes  [2] No"]
    );
}

#[tokio::test]
async fn each_line_has_an_id_of_its_own_also_after_a_restart() {
    let mut ids = std::collections::BTreeSet::new();
    for seed in [1, 2] {
        let mut setup = setup(&[Role::Technician]);
        setup.ids = Arc::new(Ids::new(Arc::clone(&setup.clock), [seed; 32]));
        let terminal = Terminal::plain(setup, Printed::default());
        let mut lines = terminal.piped(io::Cursor::new("same\n".repeat(50)));
        while let Some(input) = lines.next().await {
            ids.insert(said(Some(input)).external);
        }
    }
    assert_eq!(ids.len(), 100);
}

#[tokio::test]
async fn the_next_line_is_read_only_when_it_is_asked_for() {
    struct Told(std_mpsc::Receiver<&'static str>);
    impl io::Read for Told {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let Ok(text) = self.0.recv() else { return Ok(0) };
            into[..text.len()].copy_from_slice(text.as_bytes());
            Ok(text.len())
        }
    }
    let (terminal, printed) = both();
    let (say, heard) = std_mpsc::channel();
    let mut lines = terminal.piped(io::BufReader::new(Told(heard)));
    say.send("one\ntwo\n").unwrap();
    said(lines.next().await);
    terminal.note("the house is busy");
    said(lines.next().await);
    drop(say);
    assert!(lines.next().await.is_none());
    assert_eq!(printed.text(), "technician> one\nthe house is busy\ntechnician> two\n");
}
