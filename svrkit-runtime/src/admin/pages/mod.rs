//! The pages: one a file, one line each in [`Pages::of`].

mod calls;
mod clients;
mod config;
mod connections;
mod drain;
mod health;
mod index;
mod level;
mod measure;
mod metrics;
mod queues;
mod ready;
mod rules;
mod status;
mod wild;

use std::fmt;
use std::sync::Arc;

use super::Subject;
use super::calls::CallRing;
use super::history::History;
use super::page::{Link, Page};

/// All pages of a server.
pub(super) struct Pages {
    pages: Vec<Box<dyn Page>>,
    links: Vec<Link>,
}

impl Pages {
    /// Those that show `subject` and its `calls`, in the order of the index. Without a `history` nothing is counted.
    pub(super) fn of(
        subject: Arc<dyn Subject>,
        calls: Arc<CallRing>,
        history: Option<&Arc<History>>,
    ) -> Self {
        let of = || Arc::clone(&subject);
        let mut pages: Vec<Box<dyn Page>> = vec![
            Box::new(calls::Calls(calls)),
            Box::new(level::Level(of())),
            Box::new(rules::Rules(of())),
            Box::new(wild::Wild(of())),
            Box::new(queues::QueuesPage(of())),
            Box::new(connections::Connections(of())),
            Box::new(clients::Clients(of())),
            Box::new(config::Config(of())),
            Box::new(health::Health(of())),
            Box::new(ready::Ready(of())),
            Box::new(drain::Drain(of())),
        ];
        if let Some(history) = history {
            pages.insert(0, Box::new(status::Status(Arc::clone(history))));
            pages.push(Box::new(metrics::Metrics(Arc::clone(history))));
        }
        pages.insert(0, Box::new(index::Index::new(of(), &pages)));
        let links = pages.iter().map(|page| link(&**page)).collect();
        Self { pages, links }
    }

    pub(super) fn at(&self, path: &str) -> Option<&dyn Page> {
        self.pages.iter().map(|page| &**page).find(|page| page.path() == path)
    }

    pub(super) fn links(&self) -> &[Link] {
        &self.links
    }
}

fn link(page: &dyn Page) -> Link {
    Link { path: page.path(), about: page.about() }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.links.iter().map(|link| link.path)).finish()
    }
}
