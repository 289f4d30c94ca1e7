//! Spans of svrkit's calls: who called what, in which trace, from when until when, and how it ended.
//!
//! [`Spans`] is an interceptor for servers and clients alike. It gives each call a span of its own in the trace that came with it, so
//! that the calls below are its children on whatever host they run, and hands finished ones to a [`SpanSink`]: with the feature
//! `otlp` an `Exporter`, which sends them to a collector of OpenTelemetry. With the feature `tracing`, `Subscribed` has handlers
//! and requests run in a span of the `tracing` crate, for those who log and trace by its subscribers.
//!
//! ```
//! use svrkit_runtime::{Client, Server};
//! use svrkit_tracing::{Sampling, Span, SpanSink, Spans};
//!
//! struct Print;
//!
//! impl SpanSink for Print {
//!     fn ended(&self, span: Span) {
//!         println!("{} {} took {:?}", span.trace, span.spec, span.took);
//!     }
//! }
//!
//! let spans = Spans::new(Print).sampling(Sampling::Share(0.01));
//! let client = Client::builder("127.0.0.1:4310").interceptor(spans.clone()).lazy();
//! let server = Server::new().interceptor(spans);
//! ```

mod identifiers;
#[cfg(feature = "otlp")]
mod otlp;
mod sampling;
mod span;
mod spans;
#[cfg(feature = "tracing")]
mod subscribed;

#[cfg(feature = "otlp")]
pub use self::otlp::{ExportTotals, Exporter, ExporterBuilder, NoExporter};
pub use self::sampling::Sampling;
pub use self::span::{Outcome, Span};
pub use self::spans::{SpanSink, Spans};
#[cfg(feature = "tracing")]
pub use self::subscribed::Subscribed;
