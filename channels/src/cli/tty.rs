//! The few things asked of a terminal device: is it one, how wide is it, does somebody press a key, and putting it back as
//! it was. Elsewhere than on Unix it answers with safe defaults.

use std::io::{self, IsTerminal as _};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::time::Duration;

/// Whether a person types into this process.
pub fn keys() -> bool {
    io::stdin().is_terminal()
}

/// Whether a person sits at both ends of this process.
pub fn both_ends() -> bool {
    keys() && io::stdout().is_terminal()
}

#[cfg(unix)]
mod device {
    use std::io::Write as _;

    use super::{Arc, AtomicBool, Duration, Ordering, io};
    use rustix::{
        event::{PollFd, PollFlags, Timespec, poll},
        termios::{self, LocalModes, OptionalActions, Termios},
    };

    pub fn width() -> Option<usize> {
        let size = termios::tcgetwinsize(io::stdout()).ok()?;
        (size.ws_col > 0).then_some(usize::from(size.ws_col))
    }

    /// Waits at most `time` for a key; the key stays to be read.
    pub fn key_within(time: Duration) -> bool {
        let stdin = io::stdin();
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        let limit = Timespec { tv_sec: 0, tv_nsec: i64::from(time.subsec_nanos()) };
        poll(&mut fds, Some(&limit)).is_ok_and(|ready| ready > 0)
    }

    /// The terminal's settings, put back when dropped.
    pub struct Kept(Option<Termios>);

    /// The terminal as a whole session found it: also ends the line and the bracketed paste that an editor began and,
    /// stopped by a signal, could not end.
    pub struct Session {
        #[expect(dead_code, reason = "put back when dropped")]
        kept: Kept,
        at_prompt: Arc<AtomicBool>,
    }

    impl Session {
        pub fn begin(at_prompt: Arc<AtomicBool>) -> Self {
            Self { kept: Kept::as_it_is(), at_prompt }
        }
    }

    impl Drop for Session {
        fn drop(&mut self) {
            if self.at_prompt.load(Ordering::SeqCst) {
                let mut out = io::stdout().lock();
                // The terminal may be gone, and then there is nothing to put back.
                let _ = out.write_all(b"\x1b[?2004l\r\n").and_then(|()| out.flush());
            }
        }
    }

    impl Kept {
        fn as_it_is() -> Self {
            Self(termios::tcgetattr(io::stdin()).ok())
        }

        /// Keys are neither shown nor gathered into lines, so that what is typed meanwhile waits for the prompt.
        pub fn without_echo() -> Self {
            let kept = Self::as_it_is();
            if let Some(mut quiet) = kept.0.clone() {
                quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
                // Where it fails the keys are shown, and nothing worse.
                let _ = termios::tcsetattr(io::stdin(), OptionalActions::Drain, &quiet);
            }
            kept
        }
    }

    impl Drop for Kept {
        fn drop(&mut self) {
            if let Some(kept) = &self.0 {
                let _ = termios::tcsetattr(io::stdin(), OptionalActions::Drain, kept);
            }
        }
    }
}

#[cfg(not(unix))]
mod device {
    use super::{Arc, AtomicBool, Duration};

    pub fn width() -> Option<usize> {
        Some(100)
    }

    pub fn key_within(time: Duration) -> bool {
        std::thread::sleep(time);
        false
    }

    pub struct Kept;

    pub struct Session;

    impl Session {
        pub fn begin(_at_prompt: Arc<AtomicBool>) -> Self {
            Self
        }
    }

    impl Kept {
        pub fn without_echo() -> Self {
            Self
        }
    }
}

pub use device::{Kept, Session, key_within, width};
