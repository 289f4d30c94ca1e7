//! Ids of traces and spans: random, and never 0, which stands for none.

/// Of a new trace.
pub(crate) fn trace_id() -> u128 {
    fastrand::u128(1..)
}

/// Of a new span.
pub(crate) fn span_id() -> u64 {
    fastrand::u64(1..)
}
