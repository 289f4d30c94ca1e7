//! Calls as spans of the `tracing` crate.

use std::future::poll_fn;
use std::pin::pin;

use svrkit_runtime::{Envelope, Interceptor, Next, Reply, Side, Status};
use tracing::{Span, field};

/// Has handlers, and the sending of requests, run in a span of the `tracing` crate (feature `tracing`).
///
/// The span is called `call`, of level INFO and target `svrkit`. Its fields are `method` (`shop.orders.Orders.Place`), `side`
/// (`server`, `client`), `trace_id` and `span_id` as hexadecimal digits where the call is part of a trace (put [`Spans`](crate::Spans) in
/// front to have it so), and `code`, set when the call has ended (`OK`, `NOT_FOUND`); it stays empty of a call that was given up.
///
/// ```
/// use svrkit_runtime::Server;
/// use svrkit_tracing::Subscribed;
///
/// let server = Server::new().interceptor(Subscribed);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Subscribed;

impl Interceptor for Subscribed {
    async fn intercept(&self, envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        let span = span_of(&envelope);
        let mut call = pin!(next.run(envelope));
        // Entered for each poll alone: between them the thread is others'.
        let outcome = poll_fn(|cx| span.in_scope(|| call.as_mut().poll(cx))).await;
        match &outcome {
            Ok(_) => span.record("code", "OK"),
            Err(status) => span.record("code", field::display(status.code())),
        };
        outcome
    }
}

fn span_of(envelope: &Envelope) -> Span {
    let side = match envelope.side() {
        Side::Server => "server",
        Side::Client => "client",
    };
    let span = tracing::info_span!(
        target: "svrkit",
        "call",
        method = %envelope.spec(),
        side,
        trace_id = field::Empty,
        span_id = field::Empty,
        code = field::Empty,
    );
    if let Some(trace) = envelope.context().trace() {
        span.record("trace_id", field::display(format_args!("{:032x}", trace.trace_id())));
        span.record("span_id", field::display(format_args!("{:016x}", trace.span_id())));
    }
    span
}
