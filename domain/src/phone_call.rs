//! A call by telephone: which way it went, between which numbers, how far it came. Nothing is picked up by this house: the
//! telephone system tells of calls, or staff write them down.

use serde::{Deserialize, Serialize};

use crate::{clock::Millis, message::Media};

/// How far a call came. It only ever goes on: see [`CallState::rank`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    Ringing,
    Answered,
    Ended,
    /// Nobody picked up.
    Missed,
    /// It never came about.
    Failed,
}

impl CallState {
    pub const ALL: [Self; 5] = [Self::Ringing, Self::Answered, Self::Ended, Self::Missed, Self::Failed];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Ended => "ended",
            Self::Missed => "missed",
            Self::Failed => "failed",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// What is told late changes nothing: a state gives way only to one of a higher rank.
    #[must_use]
    pub fn rank(self) -> i64 {
        match self {
            Self::Ringing => 0,
            Self::Answered => 1,
            Self::Ended | Self::Missed | Self::Failed => 2,
        }
    }
}

/// What a telephone system told of a call, all at once or bit by bit.
#[derive(Clone, Debug, PartialEq)]
pub struct CallNews {
    /// What the telephone system calls it.
    pub external: String,
    pub inbound: bool,
    pub state: CallState,
    /// The person's end of it and ours, as they were told.
    pub number: String,
    pub line: String,
    /// The earliest moment that it was told of.
    pub started: Millis,
    pub answered: Option<Millis>,
    pub ended: Option<Millis>,
    pub recording: Option<Media>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_is_over_stays_so() {
        let over = CallState::ALL.into_iter().filter(|state| state.rank() == 2).count();
        assert_eq!(over, 3);
        assert!(CallState::Ringing.rank() < CallState::Answered.rank());
        for state in CallState::ALL {
            assert_eq!(CallState::parse(state.as_str()), Some(state));
        }
    }
}
