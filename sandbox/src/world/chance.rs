//! Seeded randomness and every kind of id that is made from it.
//! It never draws from the system, so the same seed and the same calls give the same ids.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

/// A source of randomness that can be written down: the seed and how often it was used.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Chance {
    seed: u64,
    drawn: u64,
}

/// Which way a message goes; a wamid tells it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    /// From the person to the business.
    In,
    /// From the business to the person.
    Out,
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, drawn: 0 }
    }

    fn rng(&mut self) -> StdRng {
        self.drawn += 1;
        StdRng::seed_from_u64(self.seed.wrapping_add(self.drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    fn pick(&mut self, alphabet: &[u8], length: usize) -> String {
        let mut rng = self.rng();
        (0..length).map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())])).collect()
    }

    /// A number without a leading zero.
    pub(crate) fn digits(&mut self, length: usize) -> String {
        let head = self.pick(b"123456789", 1);
        head + &self.pick(b"0123456789", length.saturating_sub(1))
    }

    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.pick(b"0123456789ABCDEF", length)
    }

    pub(crate) fn letters(&mut self, length: usize) -> String {
        self.pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length)
    }

    pub(crate) fn trace_id(&mut self) -> String {
        format!("A{}", self.letters(21))
    }

    /// A message id in Meta's layout: it contains the person's number.
    pub(crate) fn wamid(&mut self, person: &str, direction: Direction) -> String {
        let (mark, length) = match direction {
            Direction::Out => (0x11, 18),
            Direction::In => (0x12, 20),
        };
        let tail = self.hex(length);
        let mut raw = vec![0x1c, 0x18, u8::try_from(person.len()).unwrap_or(u8::MAX)];
        raw.extend_from_slice(person.as_bytes());
        raw.extend_from_slice(&[0x15, 0x02, 0x00, mark, 0x18, u8::try_from(length).unwrap_or(u8::MAX)]);
        raw.extend_from_slice(tail.as_bytes());
        raw.push(0x00);
        format!("wamid.{}", STANDARD.encode(raw))
    }
}

#[cfg(test)]
mod tests {
    use super::{Chance, Direction};

    #[test]
    fn a_seed_repeats_itself() {
        let (mut one, mut two) = (Chance::new(7), Chance::new(7));
        for _ in 0..3 {
            assert_eq!(one.wamid("491713920017", Direction::Out), two.wamid("491713920017", Direction::Out));
        }
        assert_ne!(one.digits(15), one.digits(15));
    }

    #[test]
    fn a_message_id_has_the_known_layout() {
        let id = Chance::new(1).wamid("16505551234", Direction::In);
        assert!(id.starts_with("wamid.HBgLMTY1MDU1NTEyMzQVAgASGB"), "{id}");
    }
}
