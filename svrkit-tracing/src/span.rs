//! What is known of a call at one of its sides, when it has ended.

use std::time::{Duration, SystemTime};

use svrkit_runtime::{Side, Spec, Status, Trace};

/// A call that has ended, at one of its sides.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Span {
    /// Its trace, and its own id there.
    pub trace: Trace,
    /// The span it was made in; `None`: it is the first of its trace.
    pub parent: Option<u64>,
    /// The method.
    pub spec: &'static Spec,
    /// Whether it was made here or handled here.
    pub side: Side,
    /// At a server what its caller calls itself, where it said so.
    pub caller: Option<String>,
    /// When it began, by the wall clock.
    pub began: SystemTime,
    /// How long it took, by a clock that nobody sets.
    pub took: Duration,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a call ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// By an answer; a client's stream, by having begun.
    Answered,
    /// By this status.
    Failed(Status),
    /// Nobody waited any longer: it was cancelled, or its deadline came.
    Abandoned,
}
