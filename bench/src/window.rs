//! The measured window: which calls count, and what they cost.
//!
//! It opens and closes at the end of a call, and the CPU clocks are read at those two ends: calls, latencies, time
//! and CPU are all of the same stretch. It reads no clock itself.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::cpu_clock::CpuTimes;

/// Latencies above it are counted as this long.
const LATENCY_MAX: Duration = Duration::from_secs(60);
/// Digits of a latency that are kept.
const LATENCY_DIGITS: u8 = 3;

/// Counts the calls that end between two instants.
#[derive(Debug)]
pub(crate) struct Window {
    opens: Instant,
    closes: Instant,
    opened: Option<Reading>,
    closed: Option<Reading>,
    /// In nanoseconds.
    latencies: Histogram<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Reading {
    at: Instant,
    cpu: CpuTimes,
}

/// One run of one client against one server.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// Calls that ended in the window.
    pub calls: u64,
    /// Calls a second.
    pub calls_s: f64,
    /// Latency in microseconds: half of the calls were at most this long.
    pub p50_us: f64,
    /// 99 of 100 were at most this long.
    pub p99_us: f64,
    /// 999 of 1,000 were at most this long.
    pub p999_us: f64,
    /// The server's CPU time per call, user and system, in microseconds; zero when its clock was not read.
    pub server_cpu_us: f64,
    /// The client's, likewise.
    pub client_cpu_us: f64,
}

impl Window {
    /// A window of `length` that opens after `warm_up`, counted from `now`.
    pub(crate) fn after(warm_up: Duration, length: Duration, now: Instant) -> Result<Self> {
        let opens = now + warm_up;
        Ok(Self {
            opens,
            closes: opens + length,
            opened: None,
            closed: None,
            latencies: Histogram::new_with_max(LATENCY_MAX.as_nanos() as u64, LATENCY_DIGITS)
                .context("the histogram's bounds")?,
        })
    }

    /// Takes note of a call that lasted from `started` to `now`; `Break` when no more are wanted.
    ///
    /// `cpu` is asked twice in all: at the call that opens the window, which does not count, and at the one that
    /// closes it, which does.
    pub(crate) fn call_ended(
        &mut self,
        started: Instant,
        now: Instant,
        cpu: impl FnOnce() -> Result<CpuTimes>,
    ) -> Result<ControlFlow<()>> {
        if self.closed.is_some() {
            return Ok(ControlFlow::Break(()));
        }
        if self.opened.is_none() {
            if now >= self.opens {
                self.opened = Some(Reading { at: now, cpu: cpu()? });
            }
            return Ok(ControlFlow::Continue(()));
        }
        let latency = now.saturating_duration_since(started).as_nanos();
        self.latencies
            .saturating_record(u64::try_from(latency).unwrap_or(u64::MAX));
        if now < self.closes {
            return Ok(ControlFlow::Continue(()));
        }
        self.closed = Some(Reading { at: now, cpu: cpu()? });
        Ok(ControlFlow::Break(()))
    }

    /// What the window saw. Fails when it never closed or nothing ended in it.
    pub(crate) fn measured(&self) -> Result<Measured> {
        let opened = self.opened.context("no call ended after the warm-up")?;
        let closed = self.closed.context("no call ended after the measured window")?;
        let calls = self.latencies.len();
        let seconds = closed.at.saturating_duration_since(opened.at).as_secs_f64();
        ensure!(
            calls > 0 && seconds > 0.0,
            "no call ended within the measured window"
        );
        let latency = |quantile| micros(Duration::from_nanos(self.latencies.value_at_quantile(quantile)));
        let per_call =
            |before: Duration, after: Duration| micros(after.saturating_sub(before)) / calls as f64;
        Ok(Measured {
            calls,
            calls_s: calls as f64 / seconds,
            p50_us: latency(0.5),
            p99_us: latency(0.99),
            p999_us: latency(0.999),
            server_cpu_us: per_call(opened.cpu.server, closed.cpu.server),
            client_cpu_us: per_call(opened.cpu.client, closed.cpu.client),
        })
    }
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Ends calls of the given lengths, one after another, in a window from 10 to 20 ms; the server has used a
    /// quarter of the time, the client half.
    fn run(lengths_ms: &[u32]) -> Result<Measured> {
        let begin = Instant::now();
        let mut window = Window::after(10 * MS, 10 * MS, begin).unwrap();
        let mut now = begin;
        for &length in lengths_ms {
            let started = now;
            now += length * MS;
            let used = now - begin;
            let cpu = CpuTimes {
                server: used / 4,
                client: used / 2,
            };
            let _ = window.call_ended(started, now, || Ok(cpu)).unwrap();
        }
        window.measured()
    }

    #[test]
    fn calls_time_and_cpu_are_of_the_same_stretch() {
        // Opens with the call that ends at 12, closes with the one that ends at 22; 27 comes too late.
        let measured = run(&[4, 8, 2, 2, 2, 4, 5]).unwrap();
        assert_eq!(measured.calls, 4);
        assert!((measured.calls_s - 400.0).abs() < 1e-6, "{measured:?}");
        assert!((measured.server_cpu_us - 625.0).abs() < 1e-6, "{measured:?}");
        assert!((measured.client_cpu_us - 1250.0).abs() < 1e-6, "{measured:?}");
        assert!((measured.p50_us - 2000.0).abs() < 2.0, "{measured:?}");
        assert!((measured.p999_us - 4000.0).abs() < 4.0, "{measured:?}");
    }

    #[test]
    fn a_window_that_saw_nothing_is_no_row() {
        for (lengths, reason) in [
            (&[1][..], "after the warm-up"),
            (&[11, 1][..], "after the measured window"),
            (&[][..], "after the warm-up"),
        ] {
            let error = run(lengths).unwrap_err().to_string();
            assert!(error.contains(reason), "{lengths:?}: {error}");
        }
    }

    #[test]
    fn a_call_longer_than_the_scale_counts_as_its_end() {
        let measured = run(&[10, 70_000]).unwrap();
        assert!((measured.p999_us / 60e6 - 1.0).abs() < 0.01, "{measured:?}");
    }

    #[test]
    fn no_more_calls_are_wanted_once_it_has_closed() {
        let begin = Instant::now();
        let mut window = Window::after(MS, MS, begin).unwrap();
        let mut end = |ms: u32| {
            window
                .call_ended(begin, begin + ms * MS, || Ok(CpuTimes::default()))
                .unwrap()
        };
        assert!(end(1).is_continue());
        assert!(end(2).is_break());
        assert!(end(1).is_break());
    }

    #[test]
    fn a_server_whose_clock_is_gone_fails_the_run() {
        let begin = Instant::now();
        let mut window = Window::after(MS, MS, begin).unwrap();
        let error = window
            .call_ended(begin, begin + MS, || anyhow::bail!("gone"))
            .unwrap_err();
        assert_eq!(error.to_string(), "gone");
    }
}
