//! What is kept of an attempt in order to count it: once when it begins, once when it has ended.

use std::time::Duration;

use tokio::time::Instant;

use super::Metrics;
use super::catalogue::{cause_index, handler, method};
use super::histogram::Scale;
use super::registry::{SeriesId, add};
use crate::interceptor::Side;
use crate::monitor::StreamTotals;
use crate::spec::Spec;
use crate::status::{Code, Status};

/// An attempt that is counted.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Its method's, once that is known.
    series: Option<SeriesId>,
    request_len: u32,
    began: Instant,
    /// In nanoseconds, if it has started.
    wait: Option<u64>,
}

/// How an attempt has ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TallyEnd<'a> {
    pub(crate) side: Side,
    pub(crate) now: Instant,
    /// Why there is no answer; `None`: there is one.
    pub(crate) status: Option<&'a Status>,
    pub(crate) response_len: usize,
    /// What went through its stream, where it has one.
    pub(crate) stream: Option<StreamTotals>,
}

impl<'a> TallyEnd<'a> {
    /// By a refusal, before it began.
    pub(crate) fn refused(side: Side, now: Instant, status: &'a Status) -> Self {
        Self { side, now, status: Some(status), response_len: 0, stream: None }
    }
}

impl Tally {
    /// One that came, or was first polled, at `began`.
    #[inline]
    pub(crate) fn new(began: Instant, request_len: usize) -> Self {
        // What is longer is refused before it gets here: bodies are below 4 GiB.
        let request_len = u32::try_from(request_len).unwrap_or(u32::MAX);
        Self { series: None, request_len, began, wait: None }
    }

    /// Counts that it begins: its method is known.
    #[inline]
    pub(crate) fn begin(&mut self, metrics: &Metrics, side: Side, spec: &'static Spec) {
        let series = metrics.0.method(side, spec);
        self.series = Some(series);
        add(&metrics.0, series, method::IN_FLIGHT, 1);
    }

    /// Notes that it starts: its handler, or its way to the server.
    #[inline]
    pub(crate) fn started(&mut self, now: Instant) {
        self.wait = Some(nanos(now.saturating_duration_since(self.began)));
    }

    /// Counts that it has ended. One that never got as far as its method is counted as one that nobody knows.
    #[inline]
    pub(crate) fn end(self, metrics: &Metrics, ended: &TallyEnd<'_>) {
        let registry = &metrics.0;
        let left = if self.series.is_some() { 1 } else { 0 };
        let series = self.series.unwrap_or_else(|| registry.unknown_method(ended.side));
        registry.update(series, |cells| {
            let code = ended.status.map_or(Code::Ok, Status::code);
            cells.add(method::CALLS + usize::from(code.number()), 1);
            cells.add(method::IN_FLIGHT, 0_u64.wrapping_sub(left));
            let took = nanos(ended.now.saturating_duration_since(self.began));
            cells.record(if code == Code::Ok { DURATION_OK } else { DURATION_FAILED }, Scale::TIME, took);
            if let Some(wait) = self.wait {
                cells.record(method::WAIT, Scale::TIME, wait);
            }
            cells.record(method::REQUEST, Scale::LENGTH, self.request_len.into());
            match ended.status {
                None => cells.record(method::RESPONSE, Scale::LENGTH, ended.response_len as u64),
                Some(status) => {
                    let facts = status.facts();
                    cells.add(method::FAILED + usize::from(facts.layer.number()), 1);
                    if let Some(cause) = cause_index(facts.cause) {
                        cells.add(method::REFUSED + cause, 1);
                    }
                }
            }
            if let Some(totals) = ended.stream {
                cells.add(method::MESSAGES, totals.requests);
                cells.add(method::MESSAGES + 1, totals.responses);
                cells.add(method::STREAMED, totals.request_bytes);
                cells.add(method::STREAMED + 1, totals.response_bytes);
            }
        });
    }
}

const DURATION_OK: usize = method::DURATION;
const DURATION_FAILED: usize = method::DURATION + 1 + Scale::TIME.buckets as usize;

impl Metrics {
    /// Counts a handler that has panicked, of a method that may not have been found.
    #[cold]
    pub(crate) fn panicked(&self, spec: Option<&'static Spec>) {
        add(&self.0, self.0.handler(spec), handler::PANICS, 1);
    }

    /// Counts a call that was refused before it was handed to its service.
    #[cold]
    pub(crate) fn refused(&self, mut tally: Tally, spec: Option<&'static Spec>, ended: &TallyEnd<'_>) {
        if let Some(spec) = spec {
            tally.begin(self, ended.side, spec);
        }
        tally.end(self, ended);
    }
}

#[inline]
fn nanos(duration: Duration) -> u64 {
    // Not by way of 128 bits: an attempt does not last for five hundred years.
    duration.as_secs().wrapping_mul(1_000_000_000).wrapping_add(duration.subsec_nanos().into())
}
