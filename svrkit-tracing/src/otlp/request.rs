//! Spans as the protocol's messages.

use std::time::UNIX_EPOCH;

use svrkit_runtime::{Code, Side, Status};

use super::messages::{
    AnyValue, ExportTraceServiceRequest, KeyValue, Resource, ResourceSpans, Scope, ScopeSpans,
    Span as SpanMessage, SpanKind, SpanStatus, StatusCode, any_value,
};
use crate::span::{Outcome, Span};

/// Longest text of a status that goes along, in bytes.
const MESSAGE_LEN_MAX: usize = 1024;

/// The resource that all spans of a program are of.
pub(super) fn resource(service: &str, attributes: &[(String, String)]) -> Resource {
    let service = text("service.name", service);
    let process = number("process.pid", std::process::id().into());
    let attributes = attributes.iter().map(|(key, value)| text(key, value));
    Resource { attributes: [service, process].into_iter().chain(attributes).collect(), ..Default::default() }
}

/// A request with these spans.
pub(super) fn request(resource: &Resource, spans: &[Span]) -> ExportTraceServiceRequest {
    let scope =
        Scope { name: "svrkit".into(), version: env!("CARGO_PKG_VERSION").into(), ..Default::default() };
    let spans = spans.iter().map(message).collect();
    let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, ..Default::default() }];
    let of_resource = ResourceSpans { resource: Some(resource.clone()), scope_spans, ..Default::default() };
    ExportTraceServiceRequest { resource_spans: vec![of_resource], ..Default::default() }
}

/// By OpenTelemetry's conventions for RPC.
fn message(span: &Span) -> SpanMessage {
    let began = span.began.duration_since(UNIX_EPOCH).unwrap_or_default();
    let nanos = |time: std::time::Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let spec = span.spec;
    let mut attributes = vec![
        text("rpc.system", "svrkit"),
        text("rpc.service", spec.service),
        text("rpc.method", spec.method),
    ];
    if let Some(caller) = &span.caller {
        attributes.push(text("svrkit.caller", caller));
    }
    let mut status = None;
    match &span.outcome {
        Outcome::Answered => {}
        Outcome::Failed(failure) => {
            attributes.push(text("error.type", &failure.code().to_string()));
            if let Some(endpoint) = failure.facts().endpoint.filter(|_| span.side == Side::Client) {
                attributes.push(text("server.address", endpoint));
            }
            status = is_fault(span.side, failure).then(|| error(failure.message()));
        }
        Outcome::Abandoned => {
            attributes.push(text("error.type", &Code::Cancelled.to_string()));
            let is_fault = span.side == Side::Client;
            status = is_fault.then(|| error("nobody waited any longer"));
        }
    }
    SpanMessage {
        trace_id: span.trace.trace_id().to_be_bytes().to_vec().into(),
        span_id: span.trace.span_id().to_be_bytes().to_vec().into(),
        parent_span_id: span.parent.map(|id| id.to_be_bytes().to_vec().into()).unwrap_or_default(),
        name: format!("{}/{}", spec.service, spec.method),
        kind: match span.side {
            Side::Client => SpanKind::Client,
            Side::Server => SpanKind::Server,
        },
        start_time_unix_nano: nanos(began),
        end_time_unix_nano: nanos(began.saturating_add(span.took)),
        attributes,
        status,
        ..Default::default()
    }
}

/// Whether the side has failed, and not its caller: a server that refuses a wrong request did well.
fn is_fault(side: Side, status: &Status) -> bool {
    let is_servers = matches!(
        status.code(),
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    );
    side == Side::Client || is_servers
}

fn error(message: &str) -> SpanStatus {
    let mut end = message.len().min(MESSAGE_LEN_MAX);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    SpanStatus { message: message[..end].to_owned(), code: StatusCode::Error, ..Default::default() }
}

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, any_value::Value::StringValue(value.into()))
}

fn number(key: &str, value: i64) -> KeyValue {
    attribute(key, any_value::Value::IntValue(value))
}

fn attribute(key: &str, value: any_value::Value) -> KeyValue {
    let value = AnyValue { value: Some(value), ..Default::default() };
    KeyValue { key: key.into(), value: Some(value), ..Default::default() }
}
