//! Failed logins, counted by address. Only failures count: an office behind one address logs in as often as it likes.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::clock::Millis;

/// Addresses remembered at once; beyond, those whose time is over are dropped, and then the oldest.
const REMEMBERED: usize = 10_000;

pub(crate) struct Attempts {
    most: u32,
    within: Duration,
    failed: Mutex<HashMap<IpAddr, Failed>>,
}

struct Failed {
    count: u32,
    /// When the count starts anew.
    until: Millis,
}

impl Attempts {
    pub(crate) fn new(most: u32, within: Duration) -> Self {
        Self { most: most.max(1), within, failed: Mutex::default() }
    }

    /// How long `source` has to wait before it may try again; `None` when it may now.
    pub(crate) fn wait(&self, source: IpAddr, now: Millis) -> Option<Duration> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = failed.get(&network(source))?;
        (entry.count >= self.most && entry.until > now).then(|| now.until(entry.until))
    }

    pub(crate) fn failed(&self, source: IpAddr, now: Millis) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.len() >= REMEMBERED {
            failed.retain(|_, entry| entry.until > now);
        }
        if failed.len() >= REMEMBERED
            && let Some(oldest) = failed.iter().min_by_key(|(_, entry)| entry.until).map(|(ip, _)| *ip)
        {
            failed.remove(&oldest);
        }
        let fresh = Failed { count: 0, until: now.plus(self.within) };
        let entry = failed.entry(network(source)).or_insert(fresh);
        if entry.until <= now {
            *entry = Failed { count: 0, until: now.plus(self.within) };
        }
        entry.count = entry.count.saturating_add(1);
    }
}

/// One customer of a provider has a whole /64: its addresses count as one.
fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_failure_waits_and_others_do_not() {
        let attempts = Attempts::new(5, Duration::from_secs(300));
        let (ours, theirs): (IpAddr, IpAddr) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        for second in 0..5 {
            assert_eq!(attempts.wait(ours, Millis(second * 1_000)), None);
            attempts.failed(ours, Millis(second * 1_000));
        }
        assert_eq!(attempts.wait(ours, Millis(5_000)), Some(Duration::from_secs(295)));
        assert_eq!(attempts.wait(theirs, Millis(5_000)), None);
        assert_eq!(attempts.wait(ours, Millis(300_000)), None, "the window is over");
        attempts.failed(ours, Millis(300_000));
        assert_eq!(attempts.wait(ours, Millis(300_001)), None);
    }

    #[test]
    fn a_flood_of_addresses_is_forgotten_and_one_network_is_one() {
        let attempts = Attempts::new(1, Duration::from_secs(300));
        for n in 0..=u32::try_from(REMEMBERED).unwrap() {
            attempts.failed(IpAddr::from(n.to_be_bytes()), Millis(i64::from(n)));
        }
        assert_eq!(attempts.failed.lock().unwrap().len(), REMEMBERED);
        let neighbours: [IpAddr; 2] = ["2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap()];
        attempts.failed(neighbours[0], Millis(20_000));
        assert!(attempts.wait(neighbours[1], Millis(20_000)).is_some());
    }
}
