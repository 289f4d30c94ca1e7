//! The table for people: the rows, and how they compare with the others of their cell.

use comfy_table::Table;

use super::Row;
use crate::report;
use crate::stats::ratio_upper_95;

const COLUMNS: &[&str] = &[
    "load",
    "payload",
    "peer",
    "calls/s",
    "p50 µs",
    "p99 µs",
    "p99.9 µs",
    "server µs/call",
    "client µs/call",
    "peak KiB",
    "server ÷ bare",
    "client ÷ bare",
    "p50 ÷ bare",
    "95 % ≤",
    "tonic ÷ it",
    "tarpc ÷ it",
];

/// The figures stand from this column on.
const FIRST_NUMBER: usize = 3;
/// The floor, which everybody is compared with.
const FLOOR: &str = "bare";
/// Who is compared with the other peers as well.
const OURS: &str = "svrkit";

/// Ratios are of the medians shown; "95 % ≤" is the upper bound of the p50's ratio to bare, paired by repeat;
/// "tonic ÷ it" says how many times as much server CPU tonic takes.
pub(super) fn of(rows: &[Row]) -> Table {
    let mut table = report::table(COLUMNS, FIRST_NUMBER);
    for row in rows {
        let other = |name: &str| {
            rows.iter()
                .find(|other| other.cell == row.cell && other.line.peer == name)
        };
        let floor = other(FLOOR).filter(|_| row.line.peer != FLOOR);
        let to_floor = |value: fn(&Row) -> f64| times(floor.map(|floor| value(row) / value(floor)));
        let to_peer = |name: &str| {
            let peer = other(name).filter(|_| row.line.peer == OURS);
            times(peer.map(|peer| peer.line.server_cpu_us / row.line.server_cpu_us))
        };
        let line = &row.line;
        table.add_row([
            row.cell.load.to_string(),
            bytes(row.cell.payload),
            line.peer.to_owned(),
            format!("{:.0}", line.calls_s),
            format!("{:.0}", line.p50_us),
            format!("{:.0}", line.p99_us),
            format!("{:.0}", line.p999_us),
            format!("{:.2}", line.server_cpu_us),
            format!("{:.2}", line.client_cpu_us),
            line.rss_kib.to_string(),
            to_floor(|row| row.line.server_cpu_us),
            to_floor(|row| row.line.client_cpu_us),
            to_floor(|row| row.line.p50_us),
            times(floor.and_then(|floor| p50_bound(row, floor))),
            to_peer("tonic"),
            to_peer("tarpc"),
        ]);
    }
    table
}

fn p50_bound(row: &Row, floor: &Row) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = row
        .samples
        .iter()
        .zip(&floor.samples)
        .map(|(ours, theirs)| (ours.measured.p50_us, theirs.measured.p50_us))
        .collect();
    ratio_upper_95(&pairs)
}

fn times(ratio: Option<f64>) -> String {
    ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default()
}

fn bytes(len: usize) -> String {
    match len {
        1024.. if len.is_multiple_of(1024) => format!("{} KiB", len / 1024),
        _ => format!("{len} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::tests::{CELL, row};
    use super::*;

    /// The cells of each line of the table, the header left out.
    fn lines(rows: &[Row]) -> Vec<Vec<String>> {
        let cells = |line: &str| {
            line.trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect()
        };
        of(rows).to_string().lines().skip(2).map(cells).collect()
    }

    #[test]
    fn each_row_shows_its_figures_and_its_ratio_to_bare() {
        let lines = lines(&[row("tarpc", &[40.0, 20.0, 80.0]), row("bare", &[10.0, 5.0, 20.0])]);
        let tarpc = "16x64;1 KiB;tarpc;40000;40;80;120;20.00;10.00;40;4.00;4.00;4.00;4.00;;";
        let bare = "16x64;1 KiB;bare;10000;10;20;30;5.00;2.50;10;;;;;;";
        assert_eq!(
            lines.iter().map(|line| line.join(";")).collect::<Vec<_>>(),
            [tarpc, bare]
        );
    }

    #[test]
    fn ours_is_compared_with_the_other_peers_too() {
        let lines = lines(&[
            row("svrkit", &[2.0]),
            row("tonic", &[24.0]),
            row("tarpc", &[10.0]),
        ]);
        assert_eq!(lines[0][10..], ["", "", "", "", "12.00", "5.00"]);
        assert_eq!(lines[1][10..], ["", "", "", "", "", ""]);
    }

    #[test]
    fn rows_of_another_cell_are_not_compared() {
        let mut elsewhere = row("bare", &[1.0]);
        elsewhere.cell.payload = CELL.payload + 1;
        assert_eq!(
            lines(&[row("tonic", &[2.0]), elsewhere])[0][10..],
            ["", "", "", "", "", ""]
        );
    }

    #[test]
    fn lengths_are_in_kib_where_they_are_round() {
        for (len, expected) in [
            (0, "0 B"),
            (64, "64 B"),
            (1000, "1000 B"),
            (1024, "1 KiB"),
            (65_536, "64 KiB"),
        ] {
            assert_eq!(bytes(len), expected);
        }
    }
}
