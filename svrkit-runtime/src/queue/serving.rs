//! The queued methods of a server: what holds their jobs, and who does them.

use std::fmt;
use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use super::Queue;
use super::asking;
use super::spec::QueueSpec;
use super::work::Work;
use super::workers::{Workers, Working};
use crate::dispatch::Service;
use crate::limits::Limits;
use crate::server::ServeError;
use crate::spec::Spec;

/// The queued methods of a server, and what holds their jobs. A clone is of the same server.
#[derive(Clone, Default)]
pub(crate) struct Queues {
    /// `None`: nothing is queued.
    engine: Option<Arc<dyn Queue>>,
    methods: Arc<[Queued]>,
}

/// A queued method of a server.
#[derive(Clone)]
pub(super) struct Queued {
    pub(super) spec: &'static Spec,
    pub(super) queue: QueueSpec,
    service: Arc<dyn Service>,
}

/// Who does the jobs of a server. When it is dropped, they are given up as those of [`Working`] are.
#[derive(Debug, Default)]
pub(crate) struct AtWork(Vec<Working>);

impl Queues {
    /// Those of these services.
    ///
    /// # Errors
    /// There are some, and nothing that holds their jobs; or two have one queue.
    pub(crate) fn of(
        services: &[Arc<dyn Service>],
        engine: Option<Arc<dyn Queue>>,
    ) -> Result<Self, ServeError> {
        let mut methods: Vec<Queued> = Vec::new();
        for service in services {
            for spec in service.spec().methods.iter().copied() {
                let Some(queue) = spec.queue else { continue };
                if engine.is_none() {
                    return Err(ServeError::QueueMissing { method: spec, queue: queue.name });
                }
                if let Some(first) = methods.iter().find(|known| known.queue.name == queue.name) {
                    return Err(ServeError::QueueTaken {
                        queue: queue.name,
                        first: first.spec,
                        second: spec,
                    });
                }
                methods.push(Queued { spec, queue, service: Arc::clone(service) });
            }
        }
        let engine = engine.filter(|_| !methods.is_empty());
        Ok(Self { engine, methods: methods.into() })
    }

    /// What holds the jobs; `None`: nothing is queued.
    pub(crate) fn engine(&self) -> Option<&Arc<dyn Queue>> {
        self.engine.as_ref()
    }

    pub(super) fn methods(&self) -> &[Queued] {
        &self.methods
    }

    /// What answers who asks for jobs; `None`: nothing is queued.
    pub(crate) fn service(&self) -> Option<Arc<dyn Service>> {
        self.engine.as_ref().map(|engine| asking::served(Arc::clone(engine), self.clone()))
    }

    /// Has the jobs done from now on.
    ///
    /// # Panics
    /// Outside of a runtime, where there are queued methods.
    pub(crate) fn start(&self, limits: &Limits) -> AtWork {
        let Some(engine) = &self.engine else { return AtWork::default() };
        let limits = *limits;
        let workers = self.methods.iter().map(|method| {
            let Queued { spec, queue, service } = method.clone();
            Workers::of_spec(Arc::clone(engine), &queue).start(move |taken| {
                service.work(Work { method_id: spec.method_id, request: taken.request, limits })
            })
        });
        AtWork(workers.collect())
    }
}

impl AtWork {
    /// Has them take no more jobs.
    pub(crate) fn take_no_more(&self) {
        self.0.iter().for_each(Working::take_no_more);
    }

    /// Waits until those are done that they are at, until then at most: the others are given up, and taken again when their leases are over.
    pub(crate) async fn ended(self, until: Instant) {
        let all = async {
            for working in self.0 {
                working.stop().await;
            }
        };
        // Over time, or not: what is left is dropped with it.
        let _in_time = timeout_at(until, all).await;
    }
}

impl fmt::Debug for Queues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queues")
            .field("engine", &self.engine)
            .field("methods", &self.methods.iter().map(|method| method.spec).collect::<Vec<_>>())
            .finish()
    }
}
