//! The queued methods of a server: what holds their jobs, and who does them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout_at};

use super::Queue;
use super::asking;
use super::job::Accepted;
use super::spec::QueueSpec;
use super::work::Work;
use super::workers::{Workers, Working};
use crate::dispatch::Service;
use crate::limits::Limits;
use crate::metrics::{Metrics, QueueSeries};
use crate::server::ServeError;
use crate::spec::Spec;
use crate::task;

/// How often queues are asked what they have.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The queued methods of a server, and what holds their jobs. A clone is of the same server.
#[derive(Clone, Default)]
pub(crate) struct Queues(Option<Arc<Inner>>);

struct Inner {
    engine: Arc<dyn Queue>,
    methods: Vec<Queued>,
}

/// A queued method of a server.
pub(crate) struct Queued {
    pub(crate) spec: &'static Spec,
    pub(crate) queue: QueueSpec,
    service: Arc<dyn Service>,
    counted: Option<QueueSeries>,
}

/// Who does the jobs of a server, and who looks how many there are. When it is dropped, they are given up as those of [`Working`] are.
#[derive(Debug, Default)]
pub(crate) struct AtWork {
    working: Vec<Working>,
    looking: Option<AbortHandle>,
}

impl Queues {
    /// Those of these services, held by `engine` and counted in `metrics`.
    ///
    /// # Errors
    /// There are some, and nothing that holds their jobs; or two have one queue.
    pub(crate) fn of(
        services: &[Arc<dyn Service>],
        engine: Option<Arc<dyn Queue>>,
        metrics: Option<&Metrics>,
    ) -> Result<Self, ServeError> {
        let mut methods: Vec<Queued> = Vec::new();
        for service in services {
            for spec in service.spec().methods.iter().copied() {
                let Some(queue) = spec.queue else { continue };
                if engine.is_none() {
                    return Err(ServeError::QueueMissing { method: spec, queue: queue.name });
                }
                if let Some(first) = methods.iter().find(|known| known.queue.name == queue.name) {
                    let first = first.spec;
                    return Err(ServeError::QueueTaken { queue: queue.name, first, second: spec });
                }
                let counted = metrics.map(|metrics| QueueSeries::of(metrics, queue.name));
                methods.push(Queued { spec, queue, service: Arc::clone(service), counted });
            }
        }
        let inner = engine.filter(|_| !methods.is_empty()).map(|engine| Arc::new(Inner { engine, methods }));
        Ok(Self(inner))
    }

    /// What holds the jobs; `None`: nothing is queued.
    pub(crate) fn engine(&self) -> Option<&Arc<dyn Queue>> {
        Some(&self.0.as_ref()?.engine)
    }

    pub(crate) fn methods(&self) -> &[Queued] {
        self.0.as_ref().map_or(&[], |inner| &inner.methods)
    }

    /// Counts a request of `spec` that was accepted.
    pub(crate) fn accepted(&self, spec: &'static Spec, accepted: &Accepted) {
        let method = self.methods().iter().find(|method| std::ptr::eq(method.spec, spec));
        if let Some(counted) = method.and_then(|method| method.counted.as_ref()) {
            counted.accepted(matches!(accepted, Accepted::Known(_)));
        }
    }

    /// What answers who asks for jobs; `None`: nothing is queued.
    pub(crate) fn service(&self) -> Option<Arc<dyn Service>> {
        self.engine().map(|engine| asking::served(Arc::clone(engine), self.clone()))
    }

    /// Has the jobs done from now on.
    ///
    /// # Panics
    /// Outside of a runtime, where there are queued methods.
    pub(crate) fn start(&self, limits: &Limits) -> AtWork {
        let Some(engine) = self.engine() else { return AtWork::default() };
        let limits = *limits;
        let workers = self.methods().iter().map(|Queued { spec, queue, service, counted }| {
            let (spec, service) = (*spec, Arc::clone(service));
            let workers = Workers::of_spec(Arc::clone(engine), queue).counted(counted.clone());
            workers.start(move |taken| {
                service.work(Work { method_id: spec.method_id, request: taken.request, limits })
            })
        });
        let working = workers.collect();
        let is_counted = self.methods().iter().any(|method| method.counted.is_some());
        let looking = is_counted.then(|| task::spawn(self.clone().keep_looking()).abort_handle());
        AtWork { working, looking }
    }

    async fn keep_looking(self) {
        let Some(engine) = self.engine() else { return };
        loop {
            for method in self.methods() {
                // One that fails says so to its workers, which log it.
                if let (Some(counted), Ok(load)) = (&method.counted, engine.load(method.queue.name).await) {
                    counted.has(load);
                }
            }
            sleep(LOOK_EVERY).await;
        }
    }
}

impl AtWork {
    /// Has them take no more jobs.
    pub(crate) fn take_no_more(&self) {
        self.working.iter().for_each(Working::take_no_more);
    }

    /// Waits until those are done that they are at, until then at most: the others are given up, and taken again when their leases are over.
    pub(crate) async fn ended(mut self, until: Instant) {
        let working = std::mem::take(&mut self.working);
        let all = async {
            for working in working {
                working.stop().await;
            }
        };
        // Over time, or not: what is left is dropped with it.
        let _in_time = timeout_at(until, all).await;
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        if let Some(looking) = &self.looking {
            looking.abort();
        }
    }
}

impl fmt::Debug for Queues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queues")
            .field("engine", &self.engine())
            .field("methods", &self.methods().iter().map(|method| method.spec).collect::<Vec<_>>())
            .finish()
    }
}
