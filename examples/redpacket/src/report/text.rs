//! A night on a terminal.

use super::model::Night;
use super::numbers::percent;
use super::tables::{self, Table};
use super::verdict::{OPENS_GOAL, Peak, books_are_exact};

/// The tables, and the verdict as the last line.
pub(crate) fn text(night: &Night) -> String {
    let mut text: String = tables::of(night).iter().map(plain).collect();
    let books = if books_are_exact(night) { "exact" } else { "NOT EXACT" };
    text += &format!("the books are {books}\n");
    for run in &night.runs {
        let peak = Peak::of(night, run);
        let goal = match (run.is_protected, peak.keeps_opens()) {
            (true, true) => format!(" (goal: {OPENS_GOAL} %, met)"),
            (true, false) => format!(" (goal: {OPENS_GOAL} %, MISSED)"),
            (false, _) => String::new(),
        };
        text += &format!(
            "{} protection, at the peak: {} of {:.0} opens a second in time{goal}; of {:.0} shakes a second {:.0} answered, {} of all with less, {} refused, {} in vain\n",
            if run.is_protected { "with" } else { "without" },
            percent(peak.in_time),
            peak.opens,
            peak.shakes,
            peak.answered,
            percent(peak.degraded),
            percent(peak.refused),
            percent(peak.in_vain),
        );
    }
    text
}

fn plain(table: &Table) -> String {
    let width_of = |column: usize| {
        let cells = [&table.head].into_iter().chain(&table.rows);
        cells.filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..table.head.len()).map(width_of).collect();
    let mut text = format!("{}\n", table.title);
    for row in [&table.head].into_iter().chain(&table.rows) {
        let mut line = String::from(" ");
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            line += &if column == 0 { format!(" {cell:<width$}") } else { format!("  {cell:>width$}") };
        }
        if !line.trim().is_empty() {
            text += line.trim_end();
            text.push('\n');
        }
    }
    text.push('\n');
    text
}
