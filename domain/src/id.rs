//! Ids: UUIDv7 newtypes kept as text, so that both databases store and sort them alike. Never parsed for meaning.

use std::sync::{Arc, Mutex, PoisonError};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;

/// The one source of ids. Built from a clock and a seed, so that a test repeats the same ids.
pub struct Ids {
    clock: Arc<dyn Clock>,
    rng: Mutex<StdRng>,
}

impl Ids {
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, seed: [u8; 32]) -> Self {
        Self { clock, rng: Mutex::new(StdRng::from_seed(seed)) }
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// A new UUIDv7 (RFC 9562 section 5.7) in its hyphenated form.
    #[must_use]
    pub fn uuid(&self) -> String {
        let millis = u64::try_from(self.clock.now().0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.random::<10>()).into_uuid().to_string()
    }

    /// 128 random bits in hex, for what must not be guessed: a button's token, a secret.
    #[must_use]
    pub fn token(&self) -> String {
        hex::encode(self.random::<16>())
    }

    /// A number in `0.0..1.0`, for the jitter of a backoff.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        f64::from(u32::from_le_bytes(self.random::<4>())) / (f64::from(u32::MAX) + 1.0)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            #[must_use]
            pub fn new(ids: &Ids) -> Self {
                Self(ids.uuid())
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    ContactId,
    ConversationId,
    MessageId,
    TurnId,
    QuestionId,
    InboxId,
    OutboxId,
    TimerId,
    /// The id a model gave a tool call, or one made for it; unique within its turn.
    CallId,
    /// `JOB-<customer>-<nnn>`, given by whoever reports the job first.
    JobId,
    /// `RE-<year>-<nnnn>`, gapless within the firm's year.
    InvoiceId,
    CustomerId,
    /// Somebody at the console.
    UserId,
    /// A visit in the calendar.
    VisitId,
    NoteId,
    /// A task of staff.
    TodoId,
    UploadId,
    /// A call by telephone; [`CallId`] is a tool's.
    PhoneCallId,
}
