//! What the machine says of itself and of a process, read from `/proc` (proc(5)). Changes nothing.

use std::{fs, time::Duration};

/// Clock ticks a second in `/proc/PID/stat`: 100 on every Linux that Rust runs on (`USER_HZ`).
const TICKS: u64 = 100;

/// What a process has used since it started.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    /// Processor time, user and system.
    pub cpu: Duration,
    /// Memory now, and at most so far, in MB (10^6 bytes).
    pub memory_mb: f64,
    pub peak_mb: f64,
}

pub fn used(pid: u32) -> Used {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    Used { cpu: cpu(&stat), memory_mb: megabytes(&status, "VmRSS:"), peak_mb: megabytes(&status, "VmHWM:") }
}

/// Sets the peak back to what is used now.
pub fn forget_peak(pid: u32) {
    // Only a container without that right refuses; then the peak is the whole run's.
    let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
}

/// Fields 14 and 15; the name in field 2 may hold spaces and stands in parentheses.
fn cpu(stat: &str) -> Duration {
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 1000 / TICKS)
}

fn megabytes(status: &str, field: &str) -> f64 {
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default();
    let kib: f64 = line.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or_default();
    kib * 1024.0 / 1e6
}

/// One line about the machine: cores, processor, memory, and what else ran.
pub fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let name = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = megabytes(&read("/proc/meminfo"), "MemTotal:");
    let load = read("/proc/loadavg");
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    let name = name.map_or("an unknown processor", |(_, name)| name);
    format!("{cores} cores of {name}, {:.0} GB, load of the last minute {load}", memory / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_name_with_a_parenthesis_changes_nothing() {
        let stat = "7 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20";
        assert_eq!(cpu(stat), Duration::from_secs(3));
        assert!((megabytes("VmPeak: 1 kB\nVmHWM:\t  2000 kB\n", "VmHWM:") - 2.048).abs() < 1e-9);
    }

    #[test]
    fn this_process_uses_something() {
        assert!(used(std::process::id()).peak_mb > 0.5);
    }
}
