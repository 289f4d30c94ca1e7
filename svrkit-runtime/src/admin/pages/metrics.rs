//! `/metrics`: everything that is counted, as Prometheus scrapes it.

use std::sync::Arc;

use crate::admin::history::History;
use crate::admin::page::{Page, Showing, Shown};

/// The text format, which is what a scraper is told that it gets.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) struct Metrics(pub(super) Arc<History>);

impl Page for Metrics {
    fn path(&self) -> &'static str {
        "/metrics"
    }

    fn about(&self) -> &'static str {
        "everything that is counted, for Prometheus"
    }

    fn show(&self) -> Showing<'_> {
        Shown::text(CONTENT_TYPE, self.0.metrics().snapshot().prometheus()).now()
    }
}
