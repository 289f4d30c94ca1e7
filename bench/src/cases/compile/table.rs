//! The table for people: one row for each JSON line, cells empty where a line has no such figure.

use comfy_table::Table;

use super::row::Row;
use crate::report;

const COLUMNS: &[&str] = &[
    "op",
    "of",
    "ms",
    "CPU ms",
    "peak MiB",
    "output KiB",
    "errors",
    "CPU ÷ prost's",
    "code B a message",
];

/// The figures stand from this column on.
const FIRST_NUMBER: usize = 2;

pub(super) fn of(rows: &[Row]) -> Table {
    let mut table = report::table(COLUMNS, FIRST_NUMBER);
    for row in rows {
        table.add_row(cells(row));
    }
    table
}

fn cells(row: &Row) -> [String; COLUMNS.len()] {
    let ms = |ms: f64| format!("{ms:.1}");
    let none = String::new;
    match row {
        Row::Tree(row) => [
            row.op.to_owned(),
            format!("{} files, {} fields", row.files, row.fields),
            ms(row.ms),
            ms(row.cpu_ms),
            ms(row.peak_mib),
            if row.output_bytes == 0 {
                none()
            } else {
                (row.output_bytes / 1024).to_string()
            },
            none(),
            none(),
            none(),
        ],
        Row::Hostile(row) => [
            row.op.to_owned(),
            row.input.to_owned(),
            ms(row.ms),
            ms(row.cpu_ms),
            ms(row.peak_mib),
            none(),
            row.errors.to_string(),
            none(),
            none(),
        ],
        Row::Rustc(row) => [
            format!("rustc, {}", row.profile),
            format!(
                "{}: {} messages, {}, {} lines",
                row.lib, row.messages, row.code, row.lines
            ),
            ms(row.seconds * 1e3),
            ms(row.cpu_seconds * 1e3),
            none(),
            none(),
            none(),
            format!("{:.2}", row.ratio),
            none(),
        ],
        Row::Weight(row) => [
            row.op.to_owned(),
            format!("{}: {} messages, {} fields", row.lib, row.messages, row.fields),
            none(),
            none(),
            none(),
            none(),
            none(),
            none(),
            format!("{:.0}", row.text_bytes_per_message),
        ],
    }
}
