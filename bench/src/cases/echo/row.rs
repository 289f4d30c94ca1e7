//! One row: the repeats of one peer in one cell, and the JSON line made of them.

use anyhow::{Context, Result};
use serde::Serialize;

use super::Cell;
use crate::stats::median;
use crate::window::Measured;

/// What one repeat found.
#[derive(Clone, Copy, Debug)]
pub(in crate::cases) struct Sample {
    pub measured: Measured,
    /// The server's peak, in KiB.
    pub rss_kib: u64,
}

/// All that is known of one peer in one cell.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub cell: Cell,
    /// In the order of the repeats, so that peers can be compared repeat by repeat.
    pub samples: Vec<Sample>,
    pub line: Line,
}

/// The JSON line: medians of the repeats, each by itself. Its fields are an interface: programs read them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Line {
    pub case: &'static str,
    pub peer: &'static str,
    pub connections: u32,
    /// On each connection.
    pub in_flight: u32,
    /// In bytes.
    pub payload: usize,
    pub calls_s: f64,
    pub p50_us: f64,
    pub p99_us: f64,
    pub p999_us: f64,
    /// CPU time of the server per call, user and system, in the measured window only.
    pub server_cpu_us: f64,
    pub client_cpu_us: f64,
    /// The server's peak, from its start to the end of the run.
    pub rss_kib: u64,
}

impl Row {
    /// Fails when there are no samples.
    pub(super) fn new(peer: &'static str, cell: Cell, samples: Vec<Sample>) -> Result<Self> {
        let middle =
            |value: fn(&Sample) -> f64| median(samples.iter().map(value)).context("a row without repeats");
        let line = Line {
            case: "echo",
            peer,
            connections: cell.load.connections,
            in_flight: cell.load.in_flight,
            payload: cell.payload,
            calls_s: rounded(middle(|sample| sample.measured.calls_s)?),
            p50_us: rounded(middle(|sample| sample.measured.p50_us)?),
            p99_us: rounded(middle(|sample| sample.measured.p99_us)?),
            p999_us: rounded(middle(|sample| sample.measured.p999_us)?),
            server_cpu_us: rounded(middle(|sample| sample.measured.server_cpu_us)?),
            client_cpu_us: rounded(middle(|sample| sample.measured.client_cpu_us)?),
            rss_kib: middle(|sample| sample.rss_kib as f64)? as u64,
        };
        Ok(Self { cell, samples, line })
    }
}

/// To a thousandth: more digits than any measurement has.
fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::load::Load;

    pub(crate) const CELL: Cell = Cell {
        load: Load {
            connections: 16,
            in_flight: 64,
        },
        payload: 1024,
    };

    /// A row whose every figure is made of `values`, one a repeat.
    pub(crate) fn row(peer: &'static str, values: &[f64]) -> Row {
        let sample = |&value: &f64| Sample {
            measured: Measured {
                calls: 1,
                calls_s: 1000.0 * value,
                p50_us: value,
                p99_us: 2.0 * value,
                p999_us: 3.0 * value,
                server_cpu_us: value / 2.0,
                client_cpu_us: value / 4.0,
            },
            rss_kib: value as u64,
        };
        Row::new(peer, CELL, values.iter().map(sample).collect()).unwrap()
    }

    #[test]
    fn the_json_line_has_these_fields_and_no_other() {
        let line = serde_json::to_string(&row("bare", &[30.0, 10.0, 900.0]).line).unwrap();
        assert_eq!(
            line,
            r#"{"case":"echo","peer":"bare","connections":16,"in_flight":64,"payload":1024,"calls_s":30000.0,"#
                .to_owned()
                + r#""p50_us":30.0,"p99_us":60.0,"p999_us":90.0,"server_cpu_us":15.0,"client_cpu_us":7.5,"rss_kib":30}"#
        );
    }

    #[test]
    fn figures_are_rounded_to_a_thousandth() {
        assert_eq!(row("bare", &[0.123_456]).line.p50_us, 0.123);
    }

    #[test]
    fn a_row_without_repeats_is_no_row() {
        assert!(Row::new("bare", CELL, Vec::new()).is_err());
    }
}
