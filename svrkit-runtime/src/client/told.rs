//! An attempt of a client, as far as anybody is told of it: it is counted, and monitors hear of it.

use std::time::Duration;

use tokio::time::Instant;

use super::Client;
use super::pool::Peer;
use crate::context::Context;
use crate::interceptor::Side;
use crate::metrics::{Tally, TallyEnd, TallySent};
use crate::monitor::{StreamTotals, Watch};
use crate::spec::Spec;
use crate::status::Status;

/// Empty until the attempt begins, and once its end has been told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    tally: Option<Tally>,
    watch: Option<Box<Watch>>,
    sent: Option<TallySent>,
    /// When its answer had been read.
    answered: Option<Instant>,
}

impl Told {
    /// The attempt of this number begins, unless it has already.
    pub(super) fn begin(
        &mut self,
        client: &Client,
        spec: &'static Spec,
        context: &Context,
        request_len: usize,
        (attempt, now): (u32, Instant),
    ) {
        if self.is_told() {
            return;
        }
        self.answered = None;
        if let Some(metrics) = client.metrics() {
            let mut tally = Tally::new(now, request_len);
            tally.begin(metrics, Side::Client, spec);
            self.tally = Some(tally);
        }
        let ids = (spec.service_id, spec.method_id);
        self.watch = Watch::new(client.hooks(), Side::Client, ids, request_len, || now)
            .map(|watch| Box::new(watch.attempt(attempt)));
        if let Some(watch) = &mut self.watch {
            watch.begin(Some(spec), client.target(), context);
        }
    }

    /// It has been sent, and to whom.
    pub(super) fn sent(&mut self, client: &Client, peer: &Peer, now: Instant) {
        if let (Some(tally), Some(metrics)) = (&mut self.tally, client.metrics()) {
            // Most are sent when they are first polled, at the same look at the clock.
            let began = tally.began();
            tally.waited(if now == began { Duration::ZERO } else { now.saturating_duration_since(began) });
            let endpoint = peer.series.of(metrics, client.target(), &peer.name);
            self.sent = Some(TallySent { at: now, endpoint });
        }
        if let Some(watch) = &mut self.watch {
            watch.sent(now, &peer.name);
        }
    }

    /// Its answer had been read at this moment. Whoever listens is told of when it has been decoded.
    pub(super) fn answered(&mut self, read_at: Option<Instant>) {
        self.answered = read_at.filter(|_| self.watch.is_none());
    }

    /// Its answer is marked as degraded.
    #[cold]
    pub(super) fn degraded(&mut self, client: &Client) {
        if let (Some(tally), Some(metrics)) = (&self.tally, client.metrics()) {
            tally.degraded(metrics);
        }
        if let Some(watch) = &mut self.watch {
            watch.degraded();
        }
    }

    /// Whether its end is to be told.
    pub(crate) fn is_told(&self) -> bool {
        self.tally.is_some() || self.watch.is_some()
    }

    /// It has ended. What is told twice is told once.
    pub(crate) fn end(
        &mut self,
        client: &Client,
        context: &Context,
        status: Option<&Status>,
        response_len: usize,
        stream: Option<StreamTotals>,
    ) {
        if !self.is_told() {
            return;
        }
        let now = self.answered.take().unwrap_or_else(Instant::now);
        if let (Some(tally), Some(metrics)) = (self.tally.take(), client.metrics()) {
            let end = TallyEnd { side: Side::Client, now: Some(now), status, response_len, stream };
            match self.sent.take() {
                Some(sent) => tally.end_sent(metrics, sent, now, &end),
                None => tally.end(metrics, &end),
            }
        }
        if let Some(mut watch) = self.watch.take() {
            if let Some(totals) = stream {
                watch.passed(totals);
            }
            watch.end(client.target(), context, status, response_len, now);
        }
    }
}
