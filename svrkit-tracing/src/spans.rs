//! The interceptor that makes spans.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use svrkit_runtime::{Envelope, Interceptor, Next, Reply, Side, Status};
use tokio::time::Instant;

use crate::sampling::Sampling;
use crate::span::{Outcome, Span};

/// Who is given finished spans.
pub trait SpanSink: Send + Sync + 'static {
    /// Takes a span. It is called where the call has ended: what takes long here makes calls take long.
    fn ended(&self, span: Span);
}

/// Makes a span of every call that it stands before, of a server or a client.
///
/// The span's place goes on in the [context](svrkit_runtime::Context::trace): to the handler and all it calls, at a client to the
/// server. What interceptors in front of it refuse it does not see, nor what is refused before any interceptor; what comes behind
/// it, decoding and constraints included, is part of the span. At a client the span of a stream ends when the stream has begun.
///
/// A clone hands to the same sink.
#[derive(Clone)]
pub struct Spans {
    sink: Arc<dyn SpanSink>,
    sampling: Sampling,
}

impl Spans {
    /// Hands finished spans to `sink`: all of those that no trace leaves out.
    pub fn new(sink: impl SpanSink) -> Self {
        Self { sink: Arc::new(sink), sampling: Sampling::All }
    }

    /// Says which calls begin a trace that is recorded.
    #[must_use]
    pub fn sampling(mut self, sampling: Sampling) -> Self {
        self.sampling = sampling;
        self
    }
}

impl Interceptor for Spans {
    async fn intercept(&self, mut envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        let parent = envelope.context().trace();
        let trace = self.sampling.place(parent);
        envelope.set_context(envelope.context().clone().with_trace(trace));
        if !trace.is_sampled() {
            return next.run(envelope).await;
        }
        let caller = match envelope.side() {
            Side::Server => envelope.context().caller().map(str::to_owned),
            Side::Client => None,
        };
        let span = Span {
            trace,
            parent: parent.map(|parent| parent.span_id()),
            spec: envelope.spec(),
            side: envelope.side(),
            caller,
            began: SystemTime::now(),
            took: std::time::Duration::ZERO,
            outcome: Outcome::Abandoned,
        };
        let mut open = Open { sink: &*self.sink, began: Instant::now(), span: Some(span) };
        let outcome = next.run(envelope).await;
        open.end(match &outcome {
            Ok(_) => Outcome::Answered,
            Err(status) => Outcome::Failed(status.clone()),
        });
        outcome
    }
}

/// A span that has not ended. Whoever drops it waits no longer.
struct Open<'a> {
    sink: &'a dyn SpanSink,
    began: Instant,
    span: Option<Span>,
}

impl Open<'_> {
    fn end(&mut self, outcome: Outcome) {
        if let Some(span) = self.span.take() {
            self.sink.ended(Span { took: self.began.elapsed(), outcome, ..span });
        }
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.end(Outcome::Abandoned);
    }
}

impl fmt::Debug for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spans").field("sampling", &self.sampling).finish_non_exhaustive()
    }
}
