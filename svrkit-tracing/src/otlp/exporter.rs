//! From the end of a call to a collector, with a queue between: calls never wait.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use svrkit_runtime::Tlv;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::endpoint::{Endpoint, NoExporter};
use super::messages::Resource;
use super::post::{Posted, post};
use super::request;
use crate::span::Span;
use crate::spans::SpanSink;

/// Most spans that wait to be sent. Those that come when so many wait are left out, and counted.
const QUEUE_LEN: usize = 4096;

/// Most spans of one request.
const BATCH_LEN: usize = 512;

/// How long the first span of a batch waits for others.
const GATHERING: Duration = Duration::from_secs(1);

/// How long one attempt to send a batch may take.
const ATTEMPT: Duration = Duration::from_secs(10);

/// Attempts of a batch. The waits between them begin with a second and double.
const ATTEMPTS: u32 = 5;

/// Sends finished spans to a collector (feature `otlp`).
///
/// A batch leaves when 512 spans are there or a second after its first. Calls never wait for it: of the spans that come while 4,096
/// wait, and of batches that five attempts did not bring there, the collector never hears, and [`Exporter::totals`] says how many
/// they are. A clone is the same exporter; when the last one is gone, what waits is sent and its task ends.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use svrkit_runtime::{Client, Server};
/// use svrkit_tracing::{Exporter, Sampling, Spans};
///
/// let exporter = Exporter::to("http://127.0.0.1:4318").service("shop.orders").start()?;
/// let spans = Spans::new(exporter.clone()).sampling(Sampling::Share(0.01));
/// let client = Client::builder("127.0.0.1:4310").interceptor(spans.clone()).lazy();
/// Server::new().interceptor(spans).serve("127.0.0.1:4311").await?;
/// exporter.flush().await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Exporter {
    messages: Sender<Message>,
    counters: Arc<Counters>,
}

/// An [`Exporter`] that is not started yet.
#[derive(Clone, Debug)]
#[must_use = "it sends nothing until it is started"]
pub struct ExporterBuilder {
    endpoint: String,
    service: String,
    attributes: Vec<(String, String)>,
}

/// What became of the spans that an [`Exporter`] was given. Those that neither number has are on their way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportTotals {
    /// The collector has taken them.
    pub exported: u64,
    /// They came while too many waited, or the collector took them neither at once nor later.
    pub lost: u64,
}

#[derive(Debug, Default)]
struct Counters {
    exported: AtomicU64,
    lost: AtomicU64,
}

enum Message {
    Span(Box<Span>),
    /// Asks for an answer when all before it are sent or given up.
    Flush(oneshot::Sender<()>),
}

impl Exporter {
    /// An exporter to the collector at `endpoint`, `http://HOST[:PORT][/PATH]`: port 4318 and path `/v1/traces` unless it says so.
    pub fn to(endpoint: impl Into<String>) -> ExporterBuilder {
        ExporterBuilder { endpoint: endpoint.into(), service: "svrkit".into(), attributes: Vec::new() }
    }

    /// Ends when all spans of calls that have ended were sent, or given up.
    pub async fn flush(&self) {
        let (done, is_done) = oneshot::channel();
        if self.messages.send(Message::Flush(done)).await.is_ok() {
            // An error: its runtime has ended, and all that waited with it.
            let _ = is_done.await;
        }
    }

    /// What became of the spans so far.
    #[must_use]
    pub fn totals(&self) -> ExportTotals {
        let Counters { exported, lost } = &*self.counters;
        ExportTotals { exported: exported.load(Ordering::Relaxed), lost: lost.load(Ordering::Relaxed) }
    }
}

impl SpanSink for Exporter {
    fn ended(&self, span: Span) {
        if self.messages.try_send(Message::Span(Box::new(span))).is_err() {
            self.counters.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl ExporterBuilder {
    /// Names the program, as `service.name`; `svrkit` unless it is called.
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.service = name.into();
        self
    }

    /// Says more of the program: another attribute of its resource.
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.push((key.into(), value.into()));
        self
    }

    /// Starts it on the tokio runtime that this is called in. Whether anybody listens at the endpoint is not asked.
    ///
    /// # Errors
    ///
    /// The endpoint is none, or there is no runtime.
    pub fn start(self) -> Result<Exporter, NoExporter> {
        let endpoint: Endpoint = self.endpoint.parse()?;
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| NoExporter::NoRuntime)?;
        let (messages, incoming) = channel(QUEUE_LEN);
        let counters = Arc::new(Counters::default());
        let resource = request::resource(&self.service, &self.attributes);
        let sending = Sending { endpoint, resource, counters: Arc::clone(&counters) };
        runtime.spawn(sending.run(incoming));
        Ok(Exporter { messages, counters })
    }
}

/// The task that sends.
struct Sending {
    endpoint: Endpoint,
    resource: Resource,
    counters: Arc<Counters>,
}

impl Sending {
    async fn run(self, mut incoming: Receiver<Message>) {
        let mut flushes = Vec::new();
        while let Some(first) = incoming.recv().await {
            let batch = gather(first, &mut incoming, &mut flushes).await;
            if !batch.is_empty() {
                self.send(&batch).await;
            }
            for flush in flushes.drain(..) {
                // Nobody waits any longer.
                let _ = flush.send(());
            }
        }
    }

    async fn send(&self, batch: &[Span]) {
        let count = batch.len() as u64;
        let lost = match request::request(&self.resource, batch).encode() {
            Ok(encoded) => self.deliver(encoded.into(), count).await,
            Err(_) => count,
        };
        self.counters.exported.fetch_add(count - lost, Ordering::Relaxed);
        self.counters.lost.fetch_add(lost, Ordering::Relaxed);
    }

    /// How many of `count` were not taken.
    async fn deliver(&self, encoded: Bytes, count: u64) -> u64 {
        let mut wait = Duration::from_secs(1);
        for attempt in 1..=ATTEMPTS {
            let posted = timeout(ATTEMPT, post(&self.endpoint, encoded.clone())).await;
            match posted.unwrap_or(Posted::NotNow(None)) {
                Posted::Taken { rejected } => return rejected.min(count),
                Posted::Refused => return count,
                Posted::NotNow(_) if attempt == ATTEMPTS => {}
                Posted::NotNow(told) => {
                    // Not all programs that the same collector has refused come back at once.
                    sleep(told.unwrap_or(wait).mul_f64(0.5 + fastrand::f64())).await;
                    wait *= 2;
                }
            }
        }
        count
    }
}

/// `first` and what comes within a second, up to a whole batch. A flush is not kept waiting.
async fn gather(
    first: Message,
    incoming: &mut Receiver<Message>,
    flushes: &mut Vec<oneshot::Sender<()>>,
) -> Vec<Span> {
    let until = Instant::now() + GATHERING;
    let mut batch = Vec::new();
    let mut next = Some(first);
    while let Some(message) = next {
        match message {
            Message::Span(span) => batch.push(*span),
            Message::Flush(done) => flushes.push(done),
        }
        if batch.len() == BATCH_LEN || !flushes.is_empty() {
            break;
        }
        next = timeout_at(until, incoming.recv()).await.ok().flatten();
    }
    batch
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter").field("totals", &self.totals()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use svrkit_runtime::{Side, Spec, Trace};

    use super::*;
    use crate::span::Outcome;

    static ECHO: Spec = Spec::new("test.Test", 4000, "Echo", 1);

    #[tokio::test]
    async fn spans_beyond_the_queue_are_left_out_and_counted() {
        let exporter = Exporter::to("http://127.0.0.1").start().unwrap();
        // Its task has no turn meanwhile.
        for _ in 0..QUEUE_LEN + 10 {
            exporter.ended(Span {
                trace: Trace::new(1, 1, true).unwrap(),
                parent: None,
                spec: &ECHO,
                side: Side::Client,
                caller: None,
                began: SystemTime::now(),
                took: Duration::ZERO,
                outcome: Outcome::Answered,
            });
        }
        assert_eq!(exporter.totals(), ExportTotals { exported: 0, lost: 10 });
    }
}
