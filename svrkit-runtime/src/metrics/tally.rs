//! What is kept of an attempt in order to count it: once when it begins, once when it has ended.

use std::num::NonZero;
use std::time::Duration;

use tokio::time::Instant;

use super::catalogue::{cause_index, handler, load, method};
use super::endpoint::count_at_endpoint;
use super::histogram::Scale;
use super::registry::{SeriesId, add};
use super::shard::Cells;
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
    /// Whether it is counted as in flight.
    has_begun: bool,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) series: SeriesId,
    pub(super) began: Instant,
    wait: Option<NonZero<u64>>,
    request_len: u32,
    response_len: u32,
    /// Whether it has begun: then it is in flight no more.
    has_begun: bool,
    code: Code,
    layer: Layer,
    cause: Cause,
}

/// To whom a client sent an attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TallySent {
    /// When.
    pub(crate) at: Instant,
    /// Where calls to the endpoint are counted.
    pub(crate) endpoint: SeriesId,
}

impl<'a> TallyEnd<'a> {
    /// By a refusal, before it began.
    pub(crate) fn refused(side: Side, status: &'a Status) -> Self {
        Self { side, now: None, status: Some(status), response_len: 0, stream: None }
    }
}

impl Tally {
    /// One that came, or was first polled, at `began`.
    #[inline]
    pub(crate) fn new(began: Instant, request_len: usize) -> Self {
        Self { began, wait: None, request_len: short(request_len), series: None, has_begun: false }
    }

    /// Counts that it begins: its method is known.
    #[inline]
    pub(crate) fn begin(&mut self, metrics: &Metrics, side: Side, spec: &'static Spec) {
        let series = metrics.0.method(side, spec);
        self.series = Some(series);
        self.has_begun = true;
        add(&metrics.0, series, method::IN_FLIGHT, 1);
    }

    /// When it came, or was first polled.
    #[inline]
    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    /// Notes that it starts after so long: its handler, or its way to the server.
    #[inline]
    pub(crate) fn waited(&mut self, wait: Duration) {
        self.wait = NonZero::new(nanos(wait).wrapping_add(1));
    }

    /// Counts that its answer is marked as degraded.
    #[cold]
    pub(crate) fn degraded(&self, metrics: &Metrics) {
        if let Some(series) = self.series {
            add(&metrics.0, series, method::DEGRADED, 1);
        }
    }

    /// Counts that it has ended. One that never got as far as its method is counted as one that nobody knows.
    #[inline]
    pub(crate) fn end(self, metrics: &Metrics, end: &TallyEnd<'_>) {
        let told = self.told(metrics, end);
        match end.now {
            Some(now) => metrics.0.update(told.series, |cells| told.count(cells, told.took(now), 1)),
            None => batch::count(metrics, told),
        }
    }

    /// The same for one that was sent by a client, at the look at the clock that its end has.
    #[inline]
    pub(crate) fn end_sent(self, metrics: &Metrics, sent: TallySent, now: Instant, end: &TallyEnd<'_>) {
        let told = self.told(metrics, end);
        let took = told.took(now);
        let took_there =
            if sent.at == told.began { took } else { nanos(now.saturating_duration_since(sent.at)) };
        // How long a stream lasts is its callers' affair.
        let took_there = end.stream.is_none().then_some(took_there);
        metrics.0.count(|mut counting| {
            counting.update(told.series, |cells| told.count(cells, took, 1));
            counting.update(sent.endpoint, |cells| count_at_endpoint(cells, end.status, took_there));
        });
    }

    #[inline]
    fn told(self, metrics: &Metrics, end: &TallyEnd<'_>) -> Told {
        let series = self.series.unwrap_or_else(|| metrics.0.unknown_method(end.side));
        if let Some(totals) = end.stream {
            count_stream(metrics, series, totals);
        }
        let (code, layer, cause) = match end.status {
            None => (Code::Ok, Layer::Unknown, Cause::None),
            Some(status) => (status.code(), status.facts().layer, status.facts().cause),
        };
        Told {
            series,
            began: self.began,
            wait: self.wait,
            request_len: self.request_len,
            response_len: short(end.response_len),
            has_begun: self.has_begun,
            code,
            layer,
            cause,
        }
    }
}

impl Told {
    /// How long it has taken that ends now, in nanoseconds.
    #[inline]
    pub(super) fn took(&self, now: Instant) -> u64 {
        nanos(now.saturating_duration_since(self.began))
    }

    /// Counts it, and others that are alike, in the slots of their series: so many of them, each of which took so long.
    #[inline]
    pub(super) fn count(&self, cells: Cells<'_>, took: u64, times: u64) {
        cells.add(method::CALLS + usize::from(self.code.number()), times);
        cells.add(method::IN_FLIGHT, 0_u64.wrapping_sub(if self.has_begun { times } else { 0 }));
        if let Some(wait) = self.wait {
            cells.record_times(method::WAIT, Scale::TIME, wait.get() - 1, times);
        }
        cells.record_times(method::REQUEST, Scale::LENGTH, self.request_len.into(), times);
        if self.code != Code::Ok {
            return self.count_failed(cells, took, times);
        }
        cells.record_times(DURATION_OK, Scale::TIME, took, times);
        cells.record_times(method::RESPONSE, Scale::LENGTH, self.response_len.into(), times);
    }

    #[cold]
    fn count_failed(&self, cells: Cells<'_>, took: u64, times: u64) {
        cells.record_times(DURATION_FAILED, Scale::TIME, took, times);
        cells.add(method::FAILED + usize::from(self.layer.number()), times);
        if let Some(cause) = cause_index(self.cause) {
            cells.add(method::REFUSED + cause, times);
        }
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

    /// Counts that a caller is blocked for its calls of a method; `is_watched`: nothing comes of it.
    #[cold]
    pub(crate) fn caller_blocked(&self, spec: &'static Spec, is_watched: bool) {
        add(&self.0, self.0.handler(Some(spec)), handler::BLOCKED + usize::from(is_watched), 1);
    }

    /// Counts a call that would have been refused for `cause`, did the mechanism that says so not only watch.
    #[cold]
    pub(crate) fn spared(&self, spec: Option<&'static Spec>, cause: Cause) {
        if let Some(cause) = cause_index(cause) {
            add(&self.0, self.0.handler(spec), handler::SPARED + cause, 1);
        }
    }

    /// Counts that a server's load has another tier, by the tiers' numbers, or that it is held by hand where it was not, or no more.
    #[cold]
    pub(crate) fn tier_changed(&self, (tier, is_held): (u8, bool), (before, was_held): (u8, bool)) {
        let series = self.0.series(&load::GROUP, &[]);
        // Differences, in numbers that wrap around: they may be below zero.
        add(&self.0, series, load::TIER, u64::from(tier).wrapping_sub(before.into()));
        add(&self.0, series, load::HELD, u64::from(is_held).wrapping_sub(was_held.into()));
    }

    /// Counts a call that was refused before it was handed to its service, and was never in flight.
    pub(crate) fn refused(&self, mut tally: Tally, spec: Option<&'static Spec>, end: &TallyEnd<'_>) {
        tally.series = spec.map(|spec| self.0.method(end.side, spec));
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
