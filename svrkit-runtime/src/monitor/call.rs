//! What is told of one attempt of a call.

use std::time::Duration;

use tokio::time::Instant;

use super::written::WhenWritten;
use crate::context::Context;
use crate::interceptor::Side;
use crate::spec::Spec;
use crate::status::{Code, Status};

/// An attempt of a call, as it begins.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallFacts<'a> {
    /// Who tells: the side that calls, or the side that is called.
    pub side: Side,
    /// The method; `None` where the ids are no method's.
    pub spec: Option<&'static Spec>,
    /// The service's id, as the call says it.
    pub service_id: u32,
    /// The method's id, as the call says it.
    pub method_id: u16,
    /// At a server what the caller calls itself, empty where it did not say; at a client what it calls: its target until an
    /// endpoint of it was chosen.
    pub peer: &'a str,
    /// At a server what the handler runs in, at a client what the request was made in: deadline, priority, trace, labels,
    /// and who calls.
    pub context: &'a Context,
    /// Length of the encoded request in bytes; 0 where requests are a stream.
    pub request_len: usize,
    /// Which attempt of a request it is, from 1 on. A server does not know, and has 1.
    pub attempt: u32,
}

/// An attempt of a call that has ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallEnd<'a> {
    /// As it was told when it began, but for what was found since: the endpoint, and what interceptors have made of the context.
    pub call: CallFacts<'a>,
    /// Why there is no answer; `None`: there is one. Of a oneway call, how its handler ended, though the caller is not told.
    pub status: Option<&'a Status>,
    /// Whether the answer is marked as degraded.
    pub is_degraded: bool,
    /// Length of the encoded answer in bytes; 0 where there is none.
    pub response_len: usize,
    /// What went through, of a call with a stream.
    pub stream: Option<StreamTotals>,
    /// When was what.
    pub stages: Stages,
    pub(super) written: &'a WhenWritten,
}

/// The messages of a call with a stream: at a caller those that it sent, and those that came to it whether or not they were taken; at
/// a handler likewise. A request that came with the call, and an answer at its end, are not among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamTotals {
    /// Messages of the caller.
    pub requests: u64,
    /// Their bytes.
    pub request_bytes: u64,
    /// Messages of the handler.
    pub responses: u64,
    /// Their bytes.
    pub response_bytes: u64,
}

/// The instants of an attempt, of tokio's clock, in their order in time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Stages {
    /// At a server when the request's bytes had been read, which all requests of one read share; at a client when the
    /// request was first polled.
    pub began: Instant,
    /// At a server when the call was counted among those in flight and its metadata read, if a monitor wants stages: what it waited until
    /// then was the turn of its request among those that were read with it.
    pub queued: Option<Instant>,
    /// At a server when the request had been decoded and its constraints checked, if a monitor wants stages and no interceptors
    /// stand before.
    pub decoded: Option<Instant>,
    /// At a server when its handler, or the first interceptor before it, started; at a client when the request was handed to its
    /// connection. `None`: it did not get that far.
    pub started: Option<Instant>,
    /// At a server when the handler had ended and nothing was encoded yet, if a monitor wants stages.
    pub handled: Option<Instant>,
    /// At a server when the answer had been handed to its connection; at a client when it had been decoded.
    pub ended: Instant,
}

/// A handler that has panicked. Its caller is told INTERNAL, and nobody else notices.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct HandlerPanic<'a> {
    /// The call that it was for.
    pub call: CallFacts<'a>,
    /// What it said; empty where it was no text, and where there is no place.
    pub message: &'a str,
    /// Where in the source, as `src/orders.rs:12:5`; empty where somebody's panic hook kept it from us, and where the panic was resumed
    /// (`resume_unwind`), which no hook is told of. A handler that resumes another panic than the one it has caught last, between two
    /// of its waits, is told of by the place of that one.
    pub place: &'a str,
}

impl CallEnd<'_> {
    /// Has `then` called with the instant at which the answer had been written to the socket, which all answers of one write share: what it
    /// waited for from [`Stages::ended`] on. It is called on the task that writes to the caller, and must not block or panic.
    ///
    /// Never called, but dropped, where nothing is written: at a client, in process, for a call that nobody waits for, and where the
    /// connection ends before.
    pub fn when_written(&self, then: impl FnOnce(Instant) + Send + 'static) {
        self.written.push(Box::new(then));
    }

    /// How it ended.
    #[must_use]
    pub fn code(&self) -> Code {
        self.status.map_or(Code::Ok, Status::code)
    }
}

impl Stages {
    /// From the beginning to the end.
    #[must_use]
    pub fn latency(&self) -> Duration {
        self.ended - self.began
    }

    /// What it waited before it started. `None`: it did not start.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        self.started.map(|started| started - self.began)
    }
}
