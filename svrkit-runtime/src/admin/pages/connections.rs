//! `/connections`: who is connected.

use std::sync::Arc;

use super::measure;
use crate::admin::page::{Column, Document, Page, Showing, Shown};
use crate::admin::{ConnectionSeen, Subject};

/// Connections that are shown; beyond them they are only counted.
const SHOWN_MAX: usize = 1000;

const COLUMNS: [Column; 9] = [
    Column::left("peer"),
    Column::left("name"),
    Column::left("identity"),
    Column::left("state"),
    Column::right("age"),
    Column::right("silent for"),
    Column::right("calls"),
    Column::right("bytes in"),
    Column::right("bytes out"),
];

pub(super) struct Connections(pub(super) Arc<dyn Subject>);

impl Page for Connections {
    fn path(&self) -> &'static str {
        "/connections"
    }

    fn about(&self) -> &'static str {
        "who is connected"
    }

    fn show(&self) -> Showing<'_> {
        let seen = self.0.connections();
        let caption = match seen.len() {
            count @ ..=SHOWN_MAX => format!("{count} open"),
            count => format!("the oldest {SHOWN_MAX} of {count} open"),
        };
        let rows = seen.iter().take(SHOWN_MAX).map(row);
        let document = Document::new("Connections").table(caption, &COLUMNS, rows, "Nobody is connected.");
        Shown::from(document).now()
    }
}

fn row(seen: &ConnectionSeen) -> Vec<String> {
    vec![
        seen.peer.map_or_else(|| "on this machine".into(), |peer| peer.to_string()),
        seen.name.clone(),
        seen.identity.clone(),
        seen.state.into(),
        measure::long(seen.age),
        measure::long(seen.silence),
        seen.calls_in_flight.to_string(),
        measure::bytes(seen.bytes_in),
        measure::bytes(seen.bytes_out),
    ]
}
