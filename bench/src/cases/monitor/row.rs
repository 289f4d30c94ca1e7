//! One row: what metrics have cost in one cell.

use serde::Serialize;

use crate::cases::echo::{Cell, Sample};
use crate::stats::{median, ratio_upper_95};

pub(super) const COLUMNS: &[&str] = &[
    "load",
    "payload",
    "server ns/call",
    "client ns/call",
    "calls/s lost",
    "95 % ≤",
    "p99 ratio",
    "95 % ≤",
];

/// The figures stand from this column on.
pub(super) const FIRST_NUMBER: usize = 2;

/// The JSON line. Its fields are an interface: programs read them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Row {
    case: &'static str,
    connections: u32,
    /// On each connection.
    in_flight: u32,
    /// In bytes.
    payload: usize,
    pairs: usize,
    /// CPU time of the server more than without, the median of the pairs' differences.
    ns_per_call: f64,
    /// The same of the client.
    client_ns_per_call: f64,
    /// Which share of the calls a second without is missing with: the median of the pairs'.
    throughput_loss: f64,
    /// The upper 95 % bound of its mean.
    throughput_loss_upper_95: f64,
    p99_ratio: f64,
    p99_ratio_upper_95: f64,
}

impl Row {
    /// Of pairs (with, without); `None` under two.
    pub(super) fn new(cell: Cell, pairs: &[(Sample, Sample)]) -> Option<Self> {
        let values = |value: fn(&Sample) -> f64| -> Vec<(f64, f64)> {
            pairs
                .iter()
                .map(|(with, without)| (value(with), value(without)))
                .collect()
        };
        let more = |value: fn(&Sample) -> f64| {
            let pairs = values(value);
            median(pairs.iter().map(|(with, without)| 1000.0 * (with - without)))
        };
        // As many times as long does a call take then: a share that is lost has a bound above.
        let pace = values(|sample| sample.measured.calls_s.recip());
        let p99 = values(|sample| sample.measured.p99_us);
        let middle = |pairs: &[(f64, f64)]| median(pairs.iter().map(|(with, without)| with / without));
        let lost = |ratio: f64| 1.0 - ratio.recip();
        Some(Self {
            case: "monitor",
            connections: cell.load.connections,
            in_flight: cell.load.in_flight,
            payload: cell.payload,
            pairs: pairs.len(),
            ns_per_call: rounded(more(|sample| sample.measured.server_cpu_us)?),
            client_ns_per_call: rounded(more(|sample| sample.measured.client_cpu_us)?),
            throughput_loss: rounded(lost(middle(&pace)?)),
            throughput_loss_upper_95: rounded(lost(ratio_upper_95(&pace)?)),
            p99_ratio: rounded(middle(&p99)?),
            p99_ratio_upper_95: rounded(ratio_upper_95(&p99)?),
        })
    }

    /// For the table.
    pub(super) fn cells(&self) -> Vec<String> {
        let share = |value: f64| format!("{:.1} %", 100.0 * value);
        vec![
            format!("{}x{}", self.connections, self.in_flight),
            format!("{} B", self.payload),
            format!("{:.0}", self.ns_per_call),
            format!("{:.0}", self.client_ns_per_call),
            share(self.throughput_loss),
            share(self.throughput_loss_upper_95),
            format!("{:.2}", self.p99_ratio),
            format!("{:.2}", self.p99_ratio_upper_95),
        ]
    }
}

/// To a thousandth: more digits than any measurement has.
fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Load;
    use crate::window::Measured;

    fn sample(calls_s: f64, cpu_us: f64, p99_us: f64) -> Sample {
        Sample {
            measured: Measured {
                calls: 1,
                calls_s,
                p50_us: 1.0,
                p99_us,
                p999_us: 1.0,
                server_cpu_us: cpu_us,
                client_cpu_us: 2.0 * cpu_us,
            },
            rss_kib: 1,
        }
    }

    const CELL: Cell = Cell {
        load: Load {
            connections: 1,
            in_flight: 128,
        },
        payload: 64,
    };

    #[test]
    fn what_metrics_cost_is_told_in_time_and_in_calls() {
        let pairs = [1.0, 2.0, 3.0].map(|hour| {
            let with = sample(900_000.0 / hour, 1.05, 220.0 * hour);
            (with, sample(1_000_000.0 / hour, 1.0, 200.0 * hour))
        });
        let row = Row::new(CELL, &pairs).unwrap();
        assert_eq!(
            row.cells(),
            ["1x128", "64 B", "50", "100", "10.0 %", "10.0 %", "1.10", "1.10"]
        );
    }

    #[test]
    fn one_pair_bounds_nothing() {
        let sample = sample(1.0, 1.0, 1.0);
        assert_eq!(Row::new(CELL, &[(sample, sample)]), None);
    }
}
