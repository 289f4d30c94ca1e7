//! The endpoints that one request has tried to connect to.

use std::fmt::Write as _;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::time::timeout;

use super::Peer;
use super::opening::{Opened, Opening};
use crate::client::connection::Connection;
use crate::status::catalogue::connecting;
use crate::status::{Party, Status};

/// Most endpoints that an error names.
const NAMED_MAX: usize = 8;

/// The wait for what comes of an opening.
type Waiting = Pin<Box<dyn Future<Output = Opened> + Send>>;

/// What came of them so far.
#[derive(Default)]
pub(super) struct Tried {
    peers: Vec<Arc<Peer>>,
    failures: Vec<(Arc<str>, Status)>,
    /// Those that take longer than `connect.timeout`: others are tried meanwhile.
    slow: Vec<(Arc<str>, Waiting)>,
}

impl Tried {
    pub(super) fn peers(&self) -> &[Arc<Peer>] {
        &self.peers
    }

    pub(super) fn contains(&self, peer: &Arc<Peer>) -> bool {
        self.peers.iter().any(|tried| Arc::ptr_eq(tried, peer))
    }

    /// Waits for an opening, at most `patience`.
    pub(super) async fn join(
        &mut self,
        peer: Arc<Peer>,
        opening: Opening,
        patience: Duration,
    ) -> Option<Arc<Connection>> {
        let name = Arc::clone(&peer.name);
        self.peers.push(peer);
        let mut opening: Waiting = Box::pin(opening.result());
        match timeout(patience, &mut opening).await {
            Ok(Ok(connection)) => return Some(connection),
            Ok(Err(status)) => self.failures.push((name, status)),
            Err(_) => self.slow.push((name, opening)),
        }
        None
    }

    /// Waits for the slow ones: the first that is open, or `None` when none will be.
    pub(super) async fn last(&mut self) -> Option<Arc<Connection>> {
        poll_fn(|cx| {
            let mut at = 0;
            while let Some((name, opening)) = self.slow.get_mut(at) {
                match opening.as_mut().poll(cx) {
                    Poll::Ready(Ok(connection)) => return Poll::Ready(Some(connection)),
                    Poll::Ready(Err(status)) => {
                        self.failures.push((Arc::clone(name), status));
                        drop(self.slow.swap_remove(at));
                    }
                    Poll::Pending => at += 1,
                }
            }
            if self.slow.is_empty() { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
    }

    /// How the request ends, of `known` endpoints of `target`.
    pub(super) fn into_status(self, target: &str, known: usize) -> Status {
        let untried = known.saturating_sub(self.failures.len());
        match &*self.failures {
            // What there was to try was taken off the list meanwhile.
            [] => connecting::endpoints_missing(target),
            [(name, only)] => {
                let only = only.clone();
                let only =
                    if only.facts().endpoint.is_some() { only } else { only.endpoint(Arc::clone(name)) };
                match untried {
                    0 => only,
                    1 => only.append("; the other endpoint could not be connected to shortly before"),
                    _ => only.append(&format!(
                        "; the other {untried} endpoints could not be connected to shortly before"
                    )),
                }
            }
            several => all(several, untried),
        }
    }
}

fn all(failures: &[(Arc<str>, Status)], untried: usize) -> Status {
    let mut words = String::new();
    for (index, (name, status)) in failures.iter().take(NAMED_MAX).enumerate() {
        let separator = if index == 0 { "" } else { "; " };
        // A text takes all that is written to it.
        let _ = write!(words, "{separator}{name}: {}", status.message());
        if let Some(error) = status.io_error() {
            let _ = write!(words, ": {error}");
        }
    }
    if failures.len() > NAMED_MAX {
        let _ = write!(words, "; and {} more", failures.len() - NAMED_MAX);
    }
    if untried > 0 {
        let _ = write!(words, "; {untried} others could not be shortly before");
    }
    let party = failures[0].1.facts().party;
    let is_shared = failures.iter().all(|(_, status)| status.facts().party == party);
    connecting::endpoints_unreachable(failures.len(), words).party(if is_shared {
        party
    } else {
        Party::Unknown
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(count: usize) -> Tried {
        let failure =
            |number: usize| (format!("a:{number}").into(), Status::unavailable("no").party(Party::Callee));
        Tried { failures: (0..count).map(failure).collect(), ..Tried::default() }
    }

    #[track_caller]
    fn check(failures: usize, known: usize, expected: &str) {
        let status = tried(failures).into_status("shop", known);
        assert_eq!((status.message(), status.facts().party), (expected, Party::Callee));
    }

    #[test]
    fn the_error_of_a_request_names_what_it_tried() {
        check(1, 1, "no");
        check(1, 2, "no; the other endpoint could not be connected to shortly before");
        check(1, 9, "no; the other 8 endpoints could not be connected to shortly before");
        check(2, 2, "none of 2 endpoints can be connected to: a:0: no; a:1: no");
        check(
            2,
            5,
            "none of 2 endpoints can be connected to: a:0: no; a:1: no; 3 others could not be shortly before",
        );
        let many = tried(10_000).into_status("shop", 10_000);
        assert!(many.message().ends_with("; a:7: no; and 9992 more"), "{many}");
        let named = tried(1).into_status("shop", 1);
        assert_eq!(named.facts().endpoint, Some("a:0"));
    }

    #[tokio::test]
    async fn parties_that_differ_leave_nobody_at_fault() {
        let mut tried = tried(2);
        tried.failures[1].1 = Status::unavailable("lost").party(Party::Network);
        assert_eq!(tried.into_status("shop", 2).facts().party, Party::Unknown);
    }
}
