//! One row: how the pairs of one cell differ.

use serde::Serialize;

use super::{Cell, Sample};
use crate::stats::{median, ratio_upper_95};

pub(super) const COLUMNS: &[&str] = &[
    "load",
    "payload",
    "server CPU",
    "95 % ≤",
    "client CPU",
    "95 % ≤",
    "p50",
    "95 % ≤",
    "p99",
    "95 % ≤",
];

/// The figures stand from this column on.
pub(super) const FIRST_NUMBER: usize = 2;

/// The JSON line: this build's figures as multiples of the other's. Its fields are an interface: programs read them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Row {
    case: &'static str,
    connections: u32,
    /// On each connection.
    in_flight: u32,
    /// In bytes.
    payload: usize,
    pairs: usize,
    server_cpu: Ratio,
    client_cpu: Ratio,
    p50: Ratio,
    p99: Ratio,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
struct Ratio {
    /// The middle one of the pairs'.
    median: f64,
    /// The upper 95 % bound of their mean.
    upper_95: f64,
}

impl Row {
    /// Of pairs (this build, the other one); `None` under two.
    pub(super) fn new(cell: Cell, pairs: &[(Sample, Sample)]) -> Option<Self> {
        let ratio = |value: fn(&Sample) -> f64| {
            let pairs: Vec<(f64, f64)> = pairs
                .iter()
                .map(|(after, before)| (value(after), value(before)))
                .collect();
            Some(Ratio {
                median: rounded(median(pairs.iter().map(|(after, before)| after / before))?),
                upper_95: rounded(ratio_upper_95(&pairs)?),
            })
        };
        Some(Self {
            case: "pair",
            connections: cell.load.connections,
            in_flight: cell.load.in_flight,
            payload: cell.payload,
            pairs: pairs.len(),
            server_cpu: ratio(|sample| sample.measured.server_cpu_us)?,
            client_cpu: ratio(|sample| sample.measured.client_cpu_us)?,
            p50: ratio(|sample| sample.measured.p50_us)?,
            p99: ratio(|sample| sample.measured.p99_us)?,
        })
    }

    /// For the table.
    pub(super) fn cells(&self) -> Vec<String> {
        let ratios = [self.server_cpu, self.client_cpu, self.p50, self.p99];
        let ratios = ratios
            .iter()
            .flat_map(|ratio| [ratio.median, ratio.upper_95].map(|value| format!("{value:.2}")));
        [
            format!("{}x{}", self.connections, self.in_flight),
            format!("{} B", self.payload),
        ]
        .into_iter()
        .chain(ratios)
        .collect()
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

    fn sample(value: f64) -> Sample {
        Sample {
            measured: Measured {
                calls: 1,
                calls_s: 1.0,
                p50_us: value,
                p99_us: 2.0 * value,
                p999_us: 3.0 * value,
                server_cpu_us: value / 2.0,
                client_cpu_us: value / 4.0,
            },
            rss_kib: 1,
        }
    }

    const CELL: Cell = Cell {
        load: Load {
            connections: 2,
            in_flight: 3,
        },
        payload: 64,
    };

    #[test]
    fn an_hour_in_which_all_is_slower_changes_no_ratio() {
        let pairs = [(11.0, 10.0), (33.0, 30.0), (110.0, 100.0)]
            .map(|(after, before)| (sample(after), sample(before)));
        let row = Row::new(CELL, &pairs).unwrap();
        assert_eq!(
            row.cells(),
            [
                "2x3", "64 B", "1.10", "1.10", "1.10", "1.10", "1.10", "1.10", "1.10", "1.10"
            ]
        );
    }

    #[test]
    fn one_pair_bounds_nothing() {
        assert_eq!(Row::new(CELL, &[(sample(1.0), sample(1.0))]), None);
    }
}
