//! `/`: the server at a glance, and what else there is.

use std::sync::Arc;

use super::{link, measure};
use crate::admin::Subject;
use crate::admin::page::{Document, Link, Page, Showing, Shown};

pub(super) struct Index {
    subject: Arc<dyn Subject>,
    others: Vec<Link>,
}

impl Index {
    pub(super) fn new(subject: Arc<dyn Subject>, others: &[Box<dyn Page>]) -> Self {
        Self { subject, others: others.iter().map(|page| link(&**page)).collect() }
    }
}

impl Page for Index {
    fn path(&self) -> &'static str {
        "/"
    }

    fn about(&self) -> &'static str {
        "the server at a glance"
    }

    fn show(&self) -> Showing<'_> {
        let seen = self.subject.overview();
        let services: Vec<&str> =
            seen.services.iter().filter(|spec| !spec.is_kit()).map(|spec| spec.name).collect();
        let title = if seen.name.is_empty() { services.join(", ") } else { seen.name };
        let document = Document::new(title)
            .facts([
                ("services", services.join(", ")),
                ("address", seen.address),
                ("uptime", measure::long(seen.uptime)),
                ("connections", seen.connections.to_string()),
                ("calls in flight", seen.calls_in_flight.to_string()),
                ("process", std::process::id().to_string()),
                ("svrkit", env!("CARGO_PKG_VERSION").into()),
            ])
            .links(self.others.iter().copied());
        Shown::from(document).now()
    }
}
