//! `/clients`: what this process's clients do to protect the servers that they call.

use std::sync::Arc;

use tokio::time::Instant;

use super::measure;
use crate::admin::Subject;
use crate::admin::page::{Column, Document, Page, Showing, Shown};
use crate::client::{ClientSeen, Kept, RestrainedSeen};

/// Rows of each table; beyond them they are only counted.
const SHOWN_MAX: usize = 1000;

const CLIENTS: [Column; 6] = [
    Column::left("target"),
    Column::right("endpoints"),
    Column::right("attempts left"),
    Column::right("last good answers"),
    Column::right("their bytes"),
    Column::left("not on"),
];

const RESTRAINED: [Column; 5] = [
    Column::left("target"),
    Column::left("endpoint"),
    Column::left("what"),
    Column::left("method"),
    Column::right("left"),
];

const DECIDED: [Column; 6] = [
    Column::left("target"),
    Column::left("decision"),
    Column::left("method"),
    Column::left("endpoint"),
    Column::right("times"),
    Column::right("last"),
];

pub(super) struct Clients(pub(super) Arc<dyn Subject>);

impl Page for Clients {
    fn path(&self) -> &'static str {
        "/clients"
    }

    fn about(&self) -> &'static str {
        "what this process's clients do to protect the servers that they call"
    }

    fn show(&self) -> Showing<'_> {
        let now = Instant::now();
        let seen = self.0.protecting(SHOWN_MAX);
        let document = Document::new("Clients")
            .words(
                "Attempts left are retries and second copies that the budget of a client has (retry.share, retry.floor).",
            )
            .table(
                caption("Clients", seen.clients_left_out),
                &CLIENTS,
                seen.clients.iter().map(client_row),
                "This process has none.",
            )
            .table(
                caption("What keeps calls from endpoints", seen.restrained_left_out),
                &RESTRAINED,
                seen.restrained.iter().map(restrained_row),
                "Nothing: all of them serve.",
            )
            .table(
                caption("Decided, the last first", seen.decided_left_out),
                &DECIDED,
                seen.decided.iter().map(|(target, kept)| decided_row(target, kept, now)),
                "Nothing yet.",
            );
        Shown::from(document).now()
    }
}

fn caption(what: &str, left_out: usize) -> String {
    match left_out {
        0 => what.into(),
        others => format!("{what}; {others} others are not shown"),
    }
}

fn client_row(seen: &ClientSeen) -> Vec<String> {
    let modes = seen.modes_not_on.iter().map(|(key, mode)| format!("{key} = {mode}"));
    vec![
        seen.target.to_string(),
        seen.endpoints.to_string(),
        seen.attempts_left.to_string(),
        seen.kept_answers.0.to_string(),
        seen.kept_answers.1.to_string(),
        modes.collect::<Vec<_>>().join(", "),
    ]
}

fn restrained_row(seen: &RestrainedSeen) -> Vec<String> {
    let restrained = &seen.restrained;
    let mut what = restrained.what.to_string();
    if !restrained.mode.is_on() {
        what += " (only watched)";
    }
    vec![
        seen.target.to_string(),
        seen.endpoint.to_string(),
        what,
        restrained.what.method().map_or_else(|| "all".into(), ToString::to_string),
        restrained.left.map(measure::short).unwrap_or_default(),
    ]
}

fn decided_row(target: &str, kept: &Kept, now: Instant) -> Vec<String> {
    let watched = if kept.is_watched { " (only watched)" } else { "" };
    vec![
        target.into(),
        format!("{}{watched}", kept.decision.as_str()),
        kept.spec.map(ToString::to_string).unwrap_or_default(),
        kept.endpoint.as_deref().unwrap_or_default().into(),
        kept.times.to_string(),
        format!("{} ago", measure::long(now.saturating_duration_since(kept.last))),
    ]
}
