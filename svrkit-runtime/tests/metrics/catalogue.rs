//! `docs/monitoring.md` has every built-in metric.

use std::fmt::Write as _;

use svrkit_runtime::Metrics;
use svrkit_runtime::metrics::{Described, Unit};

use crate::support::check_table;

#[test]
fn the_document_has_every_metric() {
    let mut table = String::new();
    let mut last = "";
    for Described { of, name, kind, unit, labels, help, .. } in Metrics::catalogue() {
        if of != last {
            let space = if last.is_empty() { "" } else { "\n" };
            write!(
                table,
                "{space}**{of}**\n\n| metric | type | unit | labels | meaning |\n|---|---|---|---|---|\n"
            )
            .unwrap();
            last = of;
        }
        let unit = if unit == Unit::None { "–".to_owned() } else { unit.to_string() };
        let labels: Vec<_> = labels.iter().map(|label| format!("`{label}`")).collect();
        writeln!(table, "| `{name}` | {kind} | {unit} | {} | {help} |", labels.join(", ")).unwrap();
    }
    check_table(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/monitoring.md"), "metrics", &table);
}
