//! An attempt of a client, as far as anybody is told of it: it is counted, and monitors hear of it.

use std::sync::Arc;

use tokio::time::Instant;

use super::Client;
use crate::context::Context;
use crate::interceptor::Side;
use crate::metrics::{Tally, TallyEnd};
use crate::monitor::{StreamTotals, Watch};
use crate::spec::Spec;
use crate::status::Status;

/// Empty until the attempt begins, and once its end has been told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    tally: Option<Tally>,
    watch: Option<Box<Watch>>,
}

impl Told {
    /// The attempt begins, unless it has already.
    pub(super) fn begin(
        &mut self,
        client: &Client,
        spec: &'static Spec,
        context: &Context,
        request_len: usize,
        now: Instant,
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
        self.watch = Watch::new(client.hooks(), Side::Client, ids, request_len, || now).map(Box::new);
        if let Some(watch) = &mut self.watch {
            watch.begin(Some(spec), client.target(), context);
        }
    }

    /// It has been sent, and to whom.
    pub(super) fn sent(&mut self, now: Instant, endpoint: &Arc<str>) {
        if let Some(tally) = &mut self.tally {
            tally.started(now);
        }
        if let Some(watch) = &mut self.watch {
            watch.sent(now, endpoint);
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
            tally
                .end(metrics, &TallyEnd { side: Side::Client, now: Some(now), status, response_len, stream });
        }
        if let Some(mut watch) = self.watch.take() {
            if let Some(totals) = stream {
                watch.passed(totals);
            }
            watch.end(client.target(), context, status, response_len, now);
        }
    }
}
