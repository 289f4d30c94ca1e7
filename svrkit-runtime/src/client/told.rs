//! An attempt of a client, as far as anybody is told of it: it is counted, and monitors hear of it.

use tokio::time::Instant;

use super::Client;
use super::pool::Peer;
use crate::context::Context;
use crate::interceptor::Side;
use crate::metrics::{SeriesId, Tally, TallyEnd};
use crate::monitor::{StreamTotals, Watch};
use crate::spec::Spec;
use crate::status::Status;

/// Empty until the attempt begins, and once its end has been told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    tally: Option<Tally>,
    watch: Option<Box<Watch>>,
    /// When it was sent, and where calls to the endpoint are counted.
    sent: Option<(Instant, SeriesId)>,
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
            tally.started(now);
            self.sent = Some((now, peer.series.of(metrics, client.target(), &peer.name)));
        }
        if let Some(watch) = &mut self.watch {
            watch.sent(now, &peer.name);
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
        let now = Instant::now();
        if let (Some(tally), Some(metrics)) = (self.tally.take(), client.metrics()) {
            if let Some((sent, series)) = self.sent.take() {
                // How long a stream lasts is its callers' affair.
                let took = stream.is_none().then(|| now.saturating_duration_since(sent));
                metrics.endpoint_ended(series, status, took);
            }
            let (side, now) = (Side::Client, Some(now));
            tally.end(metrics, &TallyEnd { side, now, status, response_len, stream });
        }
        if let Some(mut watch) = self.watch.take() {
            if let Some(totals) = stream {
                watch.passed(totals);
            }
            watch.end(client.target(), context, status, response_len, now);
        }
    }
}
