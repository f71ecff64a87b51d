//! Figures out of many measurements: percentiles. No average hides a tail here.

use std::time::Duration;

/// Latencies, kept in microseconds.
#[derive(Clone, Debug, Default)]
pub struct Latencies(Vec<u32>);

impl Latencies {
    pub fn note(&mut self, took: Duration) {
        self.0.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }

    pub fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The value that `percent` of all are not above, in milliseconds (nearest rank); zero of none.
    pub fn percentile(&self, percent: u32) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent as usize).div_ceil(100).max(1);
        sorted.get(rank - 1).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }

    pub fn shown(&self) -> String {
        format!("p50 {:.1} ms, p99 {:.1} ms", self.percentile(50), self.percentile(99))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_measured_values() {
        let mut latencies = Latencies::default();
        assert!(latencies.percentile(99).abs() < f64::EPSILON);
        (1..=200).rev().for_each(|ms| latencies.note(Duration::from_millis(ms)));
        assert!((latencies.percentile(50) - 100.0).abs() < 0.001);
        assert!((latencies.percentile(99) - 198.0).abs() < 0.001);
        assert!((latencies.percentile(100) - 200.0).abs() < 0.001);
    }
}
