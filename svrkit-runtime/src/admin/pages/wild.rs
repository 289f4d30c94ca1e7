//! `/wild`: callers that ran wild and are blocked or remembered, and by POST their pardon.

use std::sync::Arc;
use std::time::Duration;

use crate::admin::Subject;
use crate::admin::http::{HttpStatus, form};
use crate::admin::page::{Column, Document, Page, Showing, Shown};
use crate::admission::{self, BlockSeen};
use crate::mode::Mode;

pub(super) struct Wild(pub(super) Arc<dyn Subject>);

/// Blocks that are shown; the others are counted.
const SHOWN_MAX: usize = 100;

const COLUMNS: &[Column] = &[
    Column::left("caller"),
    Column::left("user"),
    Column::left("method"),
    Column::right("left"),
    Column::right("began"),
    Column::right("offences"),
    Column::right("same a second"),
    Column::right("others a second"),
];

impl Page for Wild {
    fn path(&self) -> &'static str {
        "/wild"
    }

    fn about(&self) -> &'static str {
        "callers that run wild: who is blocked, for how long, and their pardon"
    }

    fn show(&self) -> Showing<'_> {
        let document = Document::new("Callers that run wild");
        let document = match self.0.wild() {
            Some(wild) => shown(document, wild),
            None => document.words("Nobody is watched, and nobody blocked (server.wild = \"off\")."),
        };
        Shown::from(document).now()
    }

    fn act<'a>(&'a self, form: &'a [u8]) -> Option<Showing<'a>> {
        let pardoned = self.0.wild().and_then(|wild| {
            let number = form::field(form, "pardon")?.parse().ok()?;
            Some((wild.pardon(number)?, wild))
        });
        let shown = match pardoned {
            Some((block, wild)) => {
                let words = format!("{} may call {} again.", block.caller, wild.method(block.ids));
                Shown::from(Document::new("Pardoned").words(words))
            }
            None => {
                let words = "No block has this number: say one of /wild, as in curl -d pardon=7.";
                Shown::new(HttpStatus::NOT_FOUND, Document::new("Nobody to pardon").words(words))
            }
        };
        Some(shown.now())
    }
}

fn shown(document: Document, wild: &admission::Wild) -> Document {
    let all = wild.seen();
    let document = match wild.mode() {
        Mode::On => document,
        _ => document
            .words("The server only watches: calls of those below are counted, and pass (server.wild)."),
    };
    let caption = match all.len().saturating_sub(SHOWN_MAX) {
        0 => "Blocks".into(),
        others => format!("Blocks, and {others} others"),
    };
    let shown = &all[..all.len().min(SHOWN_MAX)];
    let rows = shown.iter().map(|block| row(block, wild.method(block.ids)));
    let document = document.table(caption, COLUMNS, rows, "Nobody is blocked, and no offence remembered.");
    shown.iter().fold(document, |document, block| {
        let button = format!("Pardon {} for {}", block.caller, wild.method(block.ids));
        document.button_of("/wild", ("pardon", block.number), &button)
    })
}

fn row(block: &BlockSeen, method: String) -> Vec<String> {
    vec![
        block.caller.to_string(),
        if block.user == 0 { "all".into() } else { format!("{:08x}", block.user) },
        method,
        if block.left.is_zero() { "over".into() } else { seconds(block.left) },
        format!("{} ago", seconds(block.age)),
        block.offences.to_string(),
        format!("{:.0}", block.rate),
        format!("{:.0}", block.norm),
    ]
}

/// Begun ones count: who is blocked for a moment more is not blocked for 0 s.
fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64().ceil())
}
