//! What is kept of an attempt in order to count it: once when it begins, once when it has ended.

use std::num::NonZero;
use std::time::Duration;

use tokio::time::Instant;

use super::catalogue::{cause_index, handler, method};
use super::histogram::Scale;
use super::registry::{SeriesId, add};
use super::{Metrics, batch};
use crate::interceptor::Side;
use crate::monitor::StreamTotals;
use crate::spec::Spec;
use crate::status::{Cause, Code, Layer, Status};

/// An attempt that is counted.
#[derive(Debug)]
pub(crate) struct Tally {
    began: Instant,
    /// One more than it has waited, in nanoseconds, if it has started.
    wait: Option<NonZero<u64>>,
    request_len: u32,
    /// Its method's, once that is known.
    series: Option<SeriesId>,
}

/// How an attempt has ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TallyEnd<'a> {
    pub(crate) side: Side,
    /// When, where somebody has looked at the clock.
    pub(crate) now: Option<Instant>,
    /// Why there is no answer; `None`: there is one.
    pub(crate) status: Option<&'a Status>,
    pub(crate) response_len: usize,
    /// What went through its stream, where it has one.
    pub(crate) stream: Option<StreamTotals>,
}

/// An attempt that has ended, to be counted.
#[derive(Debug)]
pub(super) struct Told {
    tally: Tally,
    /// Whether it has begun: then it is in flight no more.
    has_begun: bool,
    response_len: u32,
    code: Code,
    layer: Layer,
    cause: Cause,
}

impl<'a> TallyEnd<'a> {
    /// By a refusal, before it began.
    pub(crate) fn refused(side: Side, now: Instant, status: &'a Status) -> Self {
        Self { side, now: Some(now), status: Some(status), response_len: 0, stream: None }
    }
}

impl Tally {
    /// One that came, or was first polled, at `began`.
    #[inline]
    pub(crate) fn new(began: Instant, request_len: usize) -> Self {
        Self { began, wait: None, request_len: short(request_len), series: None }
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
        self.wait = NonZero::new(nanos(now.saturating_duration_since(self.began)).wrapping_add(1));
    }

    /// Counts that it has ended. One that never got as far as its method is counted as one that nobody knows.
    #[inline]
    pub(crate) fn end(mut self, metrics: &Metrics, end: &TallyEnd<'_>) {
        let has_begun = self.series.is_some();
        let series = self.series.unwrap_or_else(|| metrics.0.unknown_method(end.side));
        self.series = Some(series);
        if let Some(totals) = end.stream {
            count_stream(metrics, series, totals);
        }
        let (code, layer, cause) = match end.status {
            None => (Code::Ok, Layer::Unknown, Cause::None),
            Some(status) => (status.code(), status.facts().layer, status.facts().cause),
        };
        let response_len = short(end.response_len);
        let told = Told { tally: self, has_begun, response_len, code, layer, cause };
        match end.now {
            Some(now) => told.count(metrics, now),
            None => batch::count(metrics, told),
        }
    }
}

impl Told {
    /// Counts it as one that has ended now.
    #[inline]
    pub(super) fn count(self, metrics: &Metrics, now: Instant) {
        let Self {
            tally: Tally { began, wait, request_len, series },
            has_begun,
            response_len,
            code,
            layer,
            cause,
        } = self;
        let Some(series) = series else { return };
        let took = nanos(now.saturating_duration_since(began));
        metrics.0.update(series, |cells| {
            cells.add(method::CALLS + usize::from(code.number()), 1);
            cells.add(method::IN_FLIGHT, 0_u64.wrapping_sub(has_begun.into()));
            if let Some(wait) = wait {
                cells.record(method::WAIT, Scale::TIME, wait.get() - 1);
            }
            cells.record(method::REQUEST, Scale::LENGTH, request_len.into());
            if code == Code::Ok {
                cells.record(DURATION_OK, Scale::TIME, took);
                cells.record(method::RESPONSE, Scale::LENGTH, response_len.into());
                return;
            }
            cells.record(DURATION_FAILED, Scale::TIME, took);
            cells.add(method::FAILED + usize::from(layer.number()), 1);
            if let Some(cause) = cause_index(cause) {
                cells.add(method::REFUSED + cause, 1);
            }
        });
    }
}

const DURATION_OK: usize = method::DURATION;
const DURATION_FAILED: usize = method::DURATION + 1 + Scale::TIME.buckets as usize;

fn count_stream(metrics: &Metrics, series: SeriesId, totals: StreamTotals) {
    metrics.0.update(series, |cells| {
        cells.add(method::MESSAGES, totals.requests);
        cells.add(method::MESSAGES + 1, totals.responses);
        cells.add(method::STREAMED, totals.request_bytes);
        cells.add(method::STREAMED + 1, totals.response_bytes);
    });
}

impl Metrics {
    /// Counts a handler that has panicked, of a method that may not have been found.
    #[cold]
    pub(crate) fn panicked(&self, spec: Option<&'static Spec>) {
        add(&self.0, self.0.handler(spec), handler::PANICS, 1);
    }

    /// Counts a call that was refused before it was handed to its service.
    #[cold]
    pub(crate) fn refused(&self, mut tally: Tally, spec: Option<&'static Spec>, end: &TallyEnd<'_>) {
        if let Some(spec) = spec {
            tally.begin(self, end.side, spec);
        }
        tally.end(self, end);
    }
}

/// A length in 32 bits: bodies are below 4 GiB, what is longer is refused before it gets here.
#[inline]
fn short(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[inline]
pub(super) fn nanos(duration: Duration) -> u64 {
    // Not by way of 128 bits: an attempt does not last for five hundred years.
    duration.as_secs().wrapping_mul(1_000_000_000).wrapping_add(duration.subsec_nanos().into())
}
