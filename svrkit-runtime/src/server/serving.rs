//! A server that serves, and how that ends.

use std::future::pending;
use std::mem;
use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{Drained, Shared, accept, drain};
use crate::admin::AdminServing;
use crate::admission::ServerRules;
use crate::deadline::after;
use crate::log::{self, Event};
use crate::metrics::measure;
use crate::queue::AtWork;
use crate::race::before;
use crate::task;
use crate::transport::Listener;

/// A server that serves. Dropping it stops it at once.
pub(crate) struct Serving {
    accepting: JoinHandle<()>,
    /// Measures the executor; `None`: nothing is counted.
    measuring: Option<JoinHandle<()>>,
    /// Ends when another process serves here in its place; `None`: nobody may take over.
    succession: Option<JoinHandle<()>>,
    admin: Option<AdminServing>,
    /// Who does the jobs of queued methods.
    at_work: AtWork,
    shared: Arc<Shared>,
}

/// Why serving ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It was told to stop.
    Stopped,
    /// Another process serves in its place.
    TakenOver,
}

impl Serving {
    pub(super) fn start(listener: Arc<Listener>, shared: Arc<Shared>, admin: Option<AdminServing>) -> Self {
        let accepting = task::spawn(accept::accept(listener, Arc::clone(&shared)));
        let measuring = measure(shared.metrics.as_ref());
        let at_work = shared.queues.start(&shared.limits);
        Self { accepting, measuring, succession: None, admin, at_work, shared }
    }

    /// What its methods are held to.
    pub(crate) fn rules(&self) -> ServerRules {
        ServerRules::new(&self.shared.rules, self.shared.gate.as_ref())
    }

    /// Lets another process take over: `succession` ends when that serves.
    #[cfg(all(unix, feature = "takeover"))]
    pub(super) fn set_succession(&mut self, succession: JoinHandle<()>) {
        self.succession = Some(succession);
    }

    /// Serves until `stop` is ready, a page asks for it, or another process serves in its place.
    pub(super) async fn until(&mut self, stop: impl Future<Output = ()>) -> End {
        let taken_over = async {
            // One that ends otherwise was stopped, with its runtime.
            let has_ended = match &mut self.succession {
                Some(succession) => succession.await.is_ok(),
                None => false,
            };
            if !has_ended {
                pending().await
            }
        };
        let stopped = before(stop, self.shared.stop_asked.notified());
        match before(stopped, taken_over).await {
            Some(_) => End::Stopped,
            None => End::TakenOver,
        }
    }

    /// Accepts no more and lets every call end that was accepted, without further patience from `hurry` on.
    pub(super) async fn end(mut self, end: End, hurry: impl Future<Output = ()>) -> Drained {
        self.accept_no_more().await;
        self.log_draining(end);
        // Jobs that have begun may end as calls may.
        self.at_work.take_no_more();
        let jobs =
            mem::take(&mut self.at_work).ended(after(Instant::now(), self.shared.limits.drain_timeout));
        let drained = match end {
            End::Stopped => {
                let drained = drain::drain(&self.shared, jobs, hurry).await;
                // Until now, so that a drain can be watched.
                if let Some(admin) = self.admin.take() {
                    admin.end().await;
                }
                drained
            }
            End::TakenOver => {
                // Its successor has the pages.
                self.admin = None;
                drain::hand_over(&self.shared, jobs, hurry).await
            }
        };
        let (calls, connections) = (drained.calls_cut.to_string(), drained.connections_cut.to_string());
        let fields = [("calls_cut", &*calls), ("connections_cut", &*connections)];
        log::line(Event::ServerStopped, &fields, format_args!("stopped: {drained}"));
        drained
    }

    fn log_draining(&self, end: End) {
        let why = match end {
            End::Stopped => "told to stop",
            End::TakenOver => "another process serves in its place",
        };
        let open = self.shared.connections.all();
        let calls: usize = open.iter().map(|connection| connection.in_flight().len()).sum();
        let (connections, calls) = (open.len().to_string(), calls.to_string());
        let fields = [("why", why), ("connections", &*connections), ("calls", &*calls)];
        let words =
            format_args!("{why}: {calls} calls on {connections} connections may end within drain.timeout");
        log::line(Event::ServerDraining, &fields, words);
    }

    pub(crate) async fn drain(self, hurry: impl Future<Output = ()>) -> Drained {
        self.end(End::Stopped, hurry).await
    }

    /// Ends without a drain. Who connects from here on is refused by the system.
    pub(crate) async fn crash(mut self) {
        self.accept_no_more().await;
        // Dropping it cuts the connections.
    }

    /// Waits until the listening socket is closed here: who connects from then on is refused by the system, or accepted by
    /// another process that has it.
    async fn accept_no_more(&mut self) {
        let tasks = [Some(&mut self.accepting), self.succession.as_mut()];
        for task in tasks.into_iter().flatten() {
            task.abort();
            if !task.is_finished() {
                let _ = task.await;
            }
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.accepting.abort();
        if let Some(measuring) = &self.measuring {
            measuring.abort();
        }
        if let Some(succession) = &self.succession {
            succession.abort();
        }
        for connection in self.shared.connections.all() {
            connection.cut();
        }
    }
}
