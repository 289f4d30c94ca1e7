//! A server that ends each call as the test says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{
    Call, Client, ClientBuilder, Layer, Limits, Metrics, Recorder, Retry, Sender, Server, Service,
    ServiceSpec, Spec, Status, Streaming,
};

use crate::support::Note;

const ID: u32 = 4100;

const fn spec(method: &'static str, id: u16) -> Spec {
    Spec::new("test.Scripted", ID, method, id).timeout(Duration::from_secs(30))
}

/// Doing it twice is as good as once.
pub(crate) static READ: Spec = spec("Read", 1).idempotent();
/// Doing it twice is not.
pub(crate) static WRITE: Spec = spec("Write", 2);

/// Its answers are a stream: one of them.
pub(crate) static WATCH: Spec = spec("Watch", 3).idempotent().streaming(Streaming::Server);

static SERVICE: ServiceSpec = ServiceSpec::new("test.Scripted", ID, &[&READ, &WRITE, &WATCH]);

/// How the next calls end, whatever the method; where nothing is left, well.
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<(VecDeque<Status>, usize)>>);

impl Script {
    pub(crate) fn then(&self, times: usize, status: &Status) {
        self.0.lock().unwrap().0.extend(std::iter::repeat_n(status.clone(), times));
    }

    /// All calls end well from now on.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap().0.clear();
    }

    /// How many calls have come.
    pub(crate) fn calls(&self) -> usize {
        self.0.lock().unwrap().1
    }

    fn next(&self) -> Option<Status> {
        let mut script = self.0.lock().unwrap();
        script.1 += 1;
        script.0.pop_front()
    }
}

impl Service for Script {
    fn spec(&self) -> &'static ServiceSpec {
        &SERVICE
    }

    fn dispatch(&self, call: Call) {
        let status = self.next();
        let spec = match call.method_id() {
            1 => &READ,
            2 => &WRITE,
            _ => {
                return call.handle_server_stream(&WATCH, |note: Note, mut out: Sender<Note>| async move {
                    match status {
                        Some(status) => Err(status),
                        None => out.send(&note).await,
                    }
                });
            }
        };
        call.handle(spec, |note: Note| async move { status.map_or(Ok(note), Err) });
    }
}

/// A running server of a script.
pub(crate) struct Scripted {
    pub(crate) script: Script,
    pub(crate) server: TestServer,
}

impl Scripted {
    pub(crate) async fn start() -> Self {
        let script = Script::default();
        let server = TestServer::start(Server::new().without_metrics().service(script.clone())).await;
        Self { script, server }
    }

    pub(crate) fn address(&self) -> String {
        self.server.address().to_string()
    }
}

/// A client of `target`, what it tells and what it counts.
pub(crate) struct Watched {
    pub(crate) client: Client,
    pub(crate) told: Recorder,
    pub(crate) metrics: Metrics,
}

impl Watched {
    pub(crate) fn of(target: &str, limits: Limits, set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let (told, metrics) = (Recorder::default(), Metrics::new());
        let builder = Client::builder(target).limits(limits).monitor(told.clone()).metrics(metrics.clone());
        Self { client: set(builder).lazy(), told, metrics }
    }

    pub(crate) async fn call(&self, spec: &'static Spec) -> Result<u64, Status> {
        self.client.request::<_, Note>(spec, &Note::number(7)).await.map(|note| note.number)
    }

    /// The number that the stream of a call of `WATCH` brings.
    pub(crate) async fn watch(&self) -> Result<u64, Status> {
        let mut notes = self.client.server_stream::<_, Note>(&WATCH, &Note::number(7));
        let mut number = 0;
        while let Some(note) = notes.next().await? {
            number = note.number;
        }
        Ok(number)
    }

    /// How many it has opened.
    pub(crate) fn connections(&self) -> u64 {
        self.metrics.snapshot().counter("svrkit_connections_opened_total", &[("side", "client")])
    }

    /// How often this was decided.
    pub(crate) fn decided(&self, decision: &str) -> u64 {
        self.metrics.snapshot().counter("svrkit_client_decisions_total", &[("decision", decision)])
    }

    /// How often this would have been decided.
    pub(crate) fn watched(&self, decision: &str) -> u64 {
        self.metrics.snapshot().counter("svrkit_client_decisions_watched_total", &[("decision", decision)])
    }
}

/// Waits between attempts that no test waits for.
pub(crate) fn limits() -> Limits {
    let soon = Duration::from_millis(1);
    Limits { retry_backoff_min: soon, retry_backoff_max: soon, ..Limits::default() }
}

pub(crate) fn lost() -> Status {
    Status::unavailable("not now")
}

pub(crate) fn refused(retry: Retry) -> Status {
    Status::resource_exhausted("full").layer(Layer::Admission).retry(retry)
}
