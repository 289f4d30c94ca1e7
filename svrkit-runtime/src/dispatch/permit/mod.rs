//! A call's place among those in flight, and the way to its answer.
//!
//! This file is what a permit knows; [`running`] has a handler under it, [`ending`] the one answer.

mod ending;
mod running;

use std::fmt;
use std::sync::{Arc, OnceLock};

use tokio::time::Instant;

use super::in_flight::{Lasts, Stops};
use super::responder::Responder;
use crate::context::Context;
use crate::limits::Limits;
use crate::monitor::Watch;
use crate::spec::Spec;
use crate::stream::HandlerEnds;

/// What a caller waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Answer,
    /// The call is oneway.
    Nothing,
}

/// Where a handler starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Starts {
    /// Where its request was read, until it waits for something.
    AtOnce,
    /// On a task of its own.
    OnItsTask,
}

impl Wanted {
    /// How long a call may last that arrived with `context`.
    pub(crate) fn lasts(self, context: &Context) -> Lasts {
        match self {
            Self::Answer => Lasts::WhileAwaited(context.deadline()),
            Self::Nothing => Lasts::Detached,
        }
    }
}

/// A running call's permit: its place among the calls in flight. It is given back on drop, and whoever drops it
/// unanswered leaves the caller an error.
pub(crate) struct Permit {
    responder: Arc<dyn Responder>,
    call_id: u32,
    wanted: Wanted,
    stops: Stops,
    starts: Starts,
    /// What its handler runs in.
    context: Context,
    /// Its handler does not start later.
    start_by: Option<Instant>,
    /// Once it has been found.
    spec: Option<&'static Spec>,
    /// Where anybody listens.
    watch: Option<Box<Watch>>,
    /// What interceptors have made of the context, where there are some and anybody listens.
    passed: Option<Arc<OnceLock<Context>>>,
    ended: bool,
}

impl Permit {
    /// The call is counted in the responder's [`InFlight`](super::InFlight) already.
    pub(crate) fn new(
        call_id: u32,
        wanted: Wanted,
        stops: Stops,
        starts: Starts,
        context: Context,
        responder: Arc<dyn Responder>,
        watch: Option<Box<Watch>>,
    ) -> Self {
        let start_by = context.deadline();
        let context = match wanted {
            Wanted::Answer => context,
            Wanted::Nothing => context.without_deadline(),
        };
        Self {
            responder,
            call_id,
            wanted,
            stops,
            starts,
            context,
            start_by,
            spec: None,
            watch,
            passed: None,
            ended: false,
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        self.responder.limits()
    }

    /// Whether anybody waits for the answer.
    pub(super) fn is_awaited(&self) -> bool {
        self.wanted == Wanted::Answer
    }

    pub(super) fn take_stream(&self) -> Option<HandlerEnds> {
        self.responder.take_stream(self.call_id)
    }

    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    pub(super) fn context_mut(&mut self) -> &mut Context {
        &mut self.context
    }

    /// Its method has been found.
    pub(super) fn begin(&mut self, spec: &'static Spec) {
        self.spec = Some(spec);
        if let Some(watch) = &mut self.watch {
            watch.begin(Some(spec), self.context.caller().unwrap_or_default(), &self.context);
        }
    }

    /// Notes that its request has been read.
    pub(super) fn decoded(&mut self) {
        if let Some(watch) = &mut self.watch {
            watch.decoded();
        }
    }

    /// Where the context is put that the handler will run in, if anybody listens.
    pub(super) fn watch_context(&mut self) -> Option<Arc<OnceLock<Context>>> {
        self.passed = self.watch.as_ref().map(|_| Arc::default());
        self.passed.clone()
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("call_id", &self.call_id)
            .field("wanted", &self.wanted)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.ended {
            self.answer_unanswered();
        }
    }
}
