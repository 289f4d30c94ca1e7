//! `/connections`: who is connected, and to whom this process's clients are.

use std::fmt::Write as _;
use std::sync::Arc;

use super::measure;
use crate::admin::page::{Column, Document, Page, Showing, Shown};
use crate::admin::{ConnectionSeen, Subject};
use crate::client::{DialState, Dialed, DialedSeen};
use crate::one_line::one_line;

/// Connections that are shown; beyond them they are only counted.
const SHOWN_MAX: usize = 1000;

/// Most bytes of a failure that are shown.
const WHY_LEN_MAX: usize = 200;

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

const DIALED_COLUMNS: [Column; 6] = [
    Column::left("target"),
    Column::left("endpoint"),
    Column::left("state"),
    Column::right("age"),
    Column::right("calls"),
    Column::left("last failure"),
];

pub(super) struct Connections(pub(super) Arc<dyn Subject>);

impl Page for Connections {
    fn path(&self) -> &'static str {
        "/connections"
    }

    fn about(&self) -> &'static str {
        "who is connected, and to whom this process is"
    }

    fn show(&self) -> Showing<'_> {
        let seen = self.0.connections();
        let caption = match seen.len() {
            count @ ..=SHOWN_MAX => format!("{count} open"),
            count => format!("the oldest {SHOWN_MAX} of {count} open"),
        };
        let rows = seen.iter().take(SHOWN_MAX).map(row);
        let document = Document::new("Connections").table(caption, &COLUMNS, rows, "Nobody is connected.");
        let dialed = self.0.dialed(SHOWN_MAX);
        let rows = dialed.connections.iter().map(dialed_row);
        let empty = "No client of this process is connected.";
        Shown::from(document.table(dialed_caption(&dialed), &DIALED_COLUMNS, rows, empty)).now()
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

fn dialed_caption(dialed: &Dialed) -> String {
    let shown = dialed.connections.len();
    let mut caption = match dialed.left_out {
        0 => format!("{shown} of this process's clients"),
        more => format!("{shown} of {} of this process's clients", shown + more),
    };
    if dialed.unconnected > 0 {
        // A String takes whatever it is given.
        let _ = write!(caption, "; endpoints without one: {}", dialed.unconnected);
    }
    caption
}

fn dialed_row(seen: &DialedSeen) -> Vec<String> {
    let (state, why) = match &seen.state {
        DialState::Busy => ("busy".into(), ""),
        DialState::Idle => ("idle".into(), ""),
        DialState::Leaving => ("leaving".into(), ""),
        DialState::Opening => ("being opened".into(), ""),
        DialState::Failed { times, next, why } => {
            (format!("failed {times} times in a row, left alone for {}", measure::long(*next)), why.as_str())
        }
    };
    vec![
        seen.target.to_string(),
        seen.endpoint.to_string(),
        state,
        seen.age.map(measure::long).unwrap_or_default(),
        seen.calls_in_flight.to_string(),
        one_line(format_args!("{why}"), WHY_LEN_MAX),
    ]
}
