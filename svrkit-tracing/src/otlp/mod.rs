//! Export of spans by OTLP over HTTP, as `application/x-protobuf`
//! ([OTLP 1.9](https://opentelemetry.io/docs/specs/otlp/#otlphttp)).
//!
//! [`exporter`] has the queue between calls and the task that sends, [`request`] makes the protocol's messages of spans, [`endpoint`] is
//! where they go, [`post`] sends one batch.

mod endpoint;
mod exporter;
mod post;
mod request;

mod messages {
    #![allow(missing_docs, unreachable_pub, reason = "generated, and seen by this folder alone")]
    svrkit_runtime::include_protocols!();
    pub(super) use self::svrkit::otlp::*;
}

pub use self::endpoint::NoExporter;
pub use self::exporter::{ExportTotals, Exporter, ExporterBuilder};
