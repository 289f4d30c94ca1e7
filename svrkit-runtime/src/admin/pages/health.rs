//! `/health`: whether the server serves, by status: 200 or 503.

use std::sync::Arc;

use crate::admin::Subject;
use crate::admin::http::HttpStatus;
use crate::admin::page::{Column, Document, Page, Showing, Shown};

const COLUMNS: [Column; 3] = [Column::left("service"), Column::left("state"), Column::left("reason")];

pub(super) struct Health(pub(super) Arc<dyn Subject>);

impl Page for Health {
    fn path(&self) -> &'static str {
        "/health"
    }

    fn about(&self) -> &'static str {
        "whether it serves: status 200 or 503"
    }

    fn is_for_everyone(&self) -> bool {
        true
    }

    fn show(&self) -> Showing<'_> {
        let health = self.0.health();
        let rows = health.states().map(|(service, state)| match state {
            Ok(()) => vec![service.into(), "serving".into(), String::new()],
            Err(why) => vec![service.into(), "not serving".into(), why.to_string()],
        });
        let (status, title) = match health.state() {
            Ok(()) => (HttpStatus::OK, "Serving"),
            Err(_) => (HttpStatus::UNAVAILABLE, "Not serving"),
        };
        let document = Document::new(title).table("Services", &COLUMNS, rows, "There is none.");
        Shown::new(status, document).now()
    }
}
