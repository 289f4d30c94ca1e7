//! A call that somebody listens to, with the context that is told of it.

use std::sync::{Arc, OnceLock};

use tokio::time::Instant;

use crate::context::Context;
use crate::monitor::{StreamTotals, Watch, WhenWritten};
use crate::spec::Spec;
use crate::status::Status;

/// Kept apart from the permit, on the heap: most calls have none.
#[derive(Debug)]
pub(super) struct Watched {
    watch: Watch,
    /// The one that the call arrived with.
    context: Context,
    /// What interceptors have made of it, where there are some.
    passed: Option<Arc<OnceLock<Context>>>,
}

impl Watched {
    pub(super) fn new(watch: Watch) -> Self {
        Self { watch, context: Context::default(), passed: None }
    }

    /// The call has this context.
    pub(super) fn arrived(&mut self, context: &Context) {
        self.context = context.clone();
        self.watch.queued();
    }

    /// Its method has been found.
    pub(super) fn begin(&mut self, spec: &'static Spec) {
        self.watch.begin(Some(spec), self.context.caller().unwrap_or_default(), &self.context);
    }

    /// Its request has been read.
    pub(super) fn decoded(&mut self) {
        self.watch.decoded();
    }

    /// Its handler starts.
    pub(super) fn started(&mut self, now: Instant) {
        self.watch.started(now);
    }

    /// Its handler has ended.
    pub(super) fn handled(&mut self) {
        self.watch.handled();
    }

    /// Its handler has panicked.
    pub(super) fn panicked(&self, message: &str, place: &str) {
        let context = self.told();
        self.watch.panicked(context.caller().unwrap_or_default(), context, message, place);
    }

    /// Its answer is marked as degraded.
    pub(super) fn degraded(&mut self) {
        self.watch.degraded();
    }

    /// So much went through its stream.
    pub(super) fn streamed(&mut self, totals: StreamTotals) {
        self.watch.passed(totals);
    }

    /// It has ended. Gives back who wants to know when the answer is written.
    pub(super) fn end(self, status: Option<&Status>, response_len: usize, now: Instant) -> WhenWritten {
        let Self { watch, context, passed } = self;
        let context = passed.as_ref().and_then(|passed| passed.get()).unwrap_or(&context);
        watch.end(context.caller().unwrap_or_default(), context, status, response_len, now)
    }

    /// Where the context is to be put that its handler will run in.
    pub(super) fn passed(&mut self) -> Arc<OnceLock<Context>> {
        Arc::clone(self.passed.get_or_insert_default())
    }

    fn told(&self) -> &Context {
        self.passed.as_ref().and_then(|passed| passed.get()).unwrap_or(&self.context)
    }
}
