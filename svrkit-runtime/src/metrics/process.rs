//! What the process uses, as `/proc/self` has it. Where there is none, nothing of it is counted.

use std::fs;
use std::sync::atomic::Ordering;

use super::Metrics;
use super::catalogue::process;
use super::whose::field;

/// Nanoseconds of one of the ticks in which `/proc` tells times: Linux shows programs a hundred a second, whatever it uses itself.
const TICK_NS: u64 = 10_000_000;

/// What one look finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Usage {
    cpu_ns: u64,
    resident_bytes: u64,
    threads: u64,
    open_fds: u64,
    started_unix_ns: u64,
}

impl Metrics {
    /// Notes what the process uses now.
    pub(crate) fn note_process(&self) {
        let Some(usage) = Usage::now() else { return };
        let series = self.0.series(&process::GROUP, &[]);
        self.0.set(series, |slots| {
            let set = |slot: usize, number| slots[slot].store(number, Ordering::Relaxed);
            set(process::CPU, usage.cpu_ns);
            set(process::RESIDENT, usage.resident_bytes);
            set(process::THREADS, usage.threads);
            set(process::FDS, usage.open_fds);
            set(process::STARTED, usage.started_unix_ns);
        });
    }
}

impl Usage {
    fn now() -> Option<Self> {
        let read = |file| fs::read_to_string(file).ok();
        let open_fds = fs::read_dir("/proc/self/fd").ok()?.count() as u64;
        // One of them was for looking.
        Self::of(
            &read("/proc/self/stat")?,
            &read("/proc/self/status")?,
            &read("/proc/stat")?,
            open_fds.checked_sub(1)?,
        )
    }

    fn of(stat: &str, status: &str, machine: &str, open_fds: u64) -> Option<Self> {
        let ticks = field(stat, 14)?.checked_add(field(stat, 15)?)?;
        let booted_unix_s = named(machine, "btime")?;
        Some(Self {
            cpu_ns: ticks.checked_mul(TICK_NS)?,
            resident_bytes: named(status, "VmRSS:")?.checked_mul(1024)?,
            threads: named(status, "Threads:")?,
            open_fds,
            started_unix_ns: booted_unix_s
                .checked_mul(1_000_000_000)?
                .checked_add(field(stat, 22)?.checked_mul(TICK_NS)?)?,
        })
    }
}

/// The number behind a name at the beginning of a line.
fn named(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_made_of_three_files() {
        let stat = "7 (a b) S 1 7 7 0 -1 4194304 1 2 3 4 50 60 0 0 20 0 3 0 12345 1000 200";
        let status = "Name:\ta b\nVmRSS:\t    2048 kB\nThreads:\t3\n";
        let expected = Usage {
            cpu_ns: 1_100_000_000,
            resident_bytes: 2 << 20,
            threads: 3,
            open_fds: 9,
            started_unix_ns: 1_700_000_123_450_000_000,
        };
        assert_eq!(Usage::of(stat, status, "cpu 1 2\nbtime 1700000000\n", 9), Some(expected));
        assert_eq!(Usage::of("", status, "btime 1", 9), None);
        assert_eq!(Usage::of(stat, "", "btime 1", 9), None);
        assert_eq!(Usage::of(stat, status, "", 9), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_uses_something() {
        let usage = Usage::now().unwrap();
        assert!(usage.resident_bytes > 0 && usage.threads > 0 && usage.open_fds > 0, "{usage:?}");
    }
}
