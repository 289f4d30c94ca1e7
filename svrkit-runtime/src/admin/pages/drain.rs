//! `/drain`: has the server stop, by POST alone.

use std::sync::Arc;

use crate::admin::Subject;
use crate::admin::http::HttpStatus;
use crate::admin::page::{Document, Page, Showing, Shown};

pub(super) struct Drain(pub(super) Arc<dyn Subject>);

impl Page for Drain {
    fn path(&self) -> &'static str {
        "/drain"
    }

    fn about(&self) -> &'static str {
        "has the server stop without losing calls"
    }

    fn show(&self) -> Showing<'_> {
        let document = Document::new("Drain")
            .words(
                "The server takes no more calls, lets those end that are in flight (drain.timeout), and stops, as at SIGTERM.",
            )
            .facts([("calls in flight", self.0.overview().calls_in_flight.to_string())])
            .button("/drain", "Drain and stop");
        Shown::from(document).now()
    }

    fn act<'a>(&'a self, _: &'a [u8]) -> Option<Showing<'a>> {
        self.0.stop();
        let document = Document::new("Draining").words("The server stops when its calls have ended.");
        Some(Shown::new(HttpStatus::ACCEPTED, document).now())
    }
}
