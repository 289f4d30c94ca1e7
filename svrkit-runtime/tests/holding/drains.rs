//! Servers that stop under load: what they have accepted is answered, and what does not end in time is cut and said.

use std::net::TcpStream as BlockingStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{
    Call, Client, Code, Limits, Recorder, Retry, Server, Service, ServiceSpec, Spec, Status, Tlv,
};
use tokio::task::{JoinHandle, yield_now};

use crate::nothing_left::leaving_nothing;
use crate::steps::{STEP, Steps};
use crate::support::{GROW, Note, Raw, Running, WAIT, request_header};

const SERVERS: usize = 3;
const CALLERS: u64 = 8;
const RESTARTS: usize = 20;

/// Calls until it is answered, on the word of the servers alone that a call had no effect.
async fn call(client: &Client, number: u64) -> Result<(), Status> {
    loop {
        match client.request::<_, Note>(&STEP, &Note::number(number)).await {
            Ok(answer) => {
                assert_eq!(answer.number, number);
                return Ok(());
            }
            Err(status) if status.facts().retry == Retry::Elsewhere => yield_now().await,
            Err(status) => return Err(status),
        }
    }
}

/// Servers, and callers who call them without a pause.
struct Load {
    servers: Vec<TestServer>,
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    /// Each gives the calls that it has lost.
    callers: Vec<JoinHandle<Vec<Status>>>,
}

impl Load {
    async fn start() -> Self {
        let mut servers = Vec::new();
        for _ in 0..SERVERS {
            servers.push(TestServer::start(Steps::default()).await);
        }
        let addresses: Vec<&str> = servers.iter().map(TestServer::address).collect();
        let client = Client::connect(addresses.join(",")).await.unwrap();
        let (stop, answered) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let callers = (0..CALLERS)
            .map(|number| {
                tokio::spawn(call_on(client.clone(), number, Arc::clone(&stop), Arc::clone(&answered)))
            })
            .collect();
        Self { servers, stop, answered, callers }
    }

    /// Has calls answered before it goes on.
    async fn go_on(&self) {
        let before = self.answered.load(Ordering::Relaxed);
        while self.answered.load(Ordering::Relaxed) < before + 100 {
            yield_now().await;
        }
    }

    async fn stop(self) -> Vec<Status> {
        self.stop.store(true, Ordering::Relaxed);
        let mut lost = Vec::new();
        for caller in self.callers {
            lost.extend(caller.await.unwrap());
        }
        lost
    }
}

async fn call_on(
    client: Client,
    number: u64,
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
) -> Vec<Status> {
    let mut lost = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        match call(&client, number).await {
            Ok(()) => {
                answered.fetch_add(1, Ordering::Relaxed);
            }
            Err(status) => lost.push(status),
        }
    }
    lost
}

#[test]
fn twenty_rolling_restarts_under_load_lose_no_call() {
    leaving_nothing(async || {
        let mut load = Load::start().await;
        for restart in 0..RESTARTS {
            load.go_on().await;
            let drained = load.servers[restart % SERVERS].restart().await;
            assert_eq!(drained.calls_cut, 0, "restart {restart}");
        }
        load.go_on().await;
        let lost = load.stop().await;
        assert!(lost.is_empty(), "{lost:?}");
    });
}

#[test]
fn a_crash_loses_no_call_but_those_in_flight() {
    leaving_nothing(async || {
        let mut load = Load::start().await;
        for crash in 0..RESTARTS {
            load.go_on().await;
            load.servers[crash % SERVERS].crash().await;
            load.go_on().await;
            load.servers[crash % SERVERS].restart().await;
        }
        load.go_on().await;
        let lost = load.stop().await;
        // Each caller has one call in flight.
        assert!(lost.len() <= RESTARTS * CALLERS as usize, "{} lost: {lost:?}", lost.len());
        for status in lost {
            assert_eq!(status.code(), Code::Unavailable, "{status}");
            assert!(status.message().ends_with("had an effect is not known"), "{status}");
        }
    });
}

fn impatient() -> Limits {
    Limits { drain_timeout: Duration::from_millis(10), ..Limits::default() }
}

static HANG: Spec = Spec::new("test.Hang", 4103, "Hang", 1).messages("test.Note", "test.Note");
static HANGING: ServiceSpec = ServiceSpec::new("test.Hang", 4103, &[&HANG]);

/// Its handler blocks its thread, whatever it is told, until the test is over.
struct Hanging {
    started: tokio::sync::mpsc::UnboundedSender<mpsc::Sender<()>>,
}

impl Service for Hanging {
    fn spec(&self) -> &'static ServiceSpec {
        &HANGING
    }

    fn dispatch(&self, call: Call) {
        let started = self.started.clone();
        call.handle_blocking(&HANG, move |note: Note| async move {
            let (release, released) = mpsc::channel();
            started.send(release).unwrap();
            let _ = released.recv();
            Ok::<_, Status>(note)
        });
    }
}

#[test]
fn handlers_that_take_no_notice_do_not_keep_a_server_from_stopping() {
    leaving_nothing(async || {
        let (started, mut releases) = tokio::sync::mpsc::unbounded_channel();
        let server = TestServer::start(Server::new().service(Hanging { started }).limits(impatient())).await;
        let client = server.client().await;
        let calls: Vec<_> =
            (0..3).map(|_| tokio::spawn(client.request::<_, Note>(&HANG, &Note::number(1)))).collect();
        let mut hanging = Vec::new();
        for _ in 0..3 {
            hanging.push(releases.recv().await.unwrap());
        }
        let drained = server.stop().await;
        assert_eq!(drained.calls_cut, 3, "{drained}");
        for call in calls {
            assert!(call.await.unwrap().is_err());
        }
        drop(client);
        drop(hanging);
    });
}

/// One answer is more than its sockets hold, so the next one waits for room for ever.
#[test]
fn a_peer_that_never_reads_does_not_keep_a_server_from_stopping() {
    leaving_nothing(async || {
        let recorder = Recorder::default();
        let limits = impatient();
        let server = Running::of(Server::new().limits(limits).monitor(recorder.clone())).await;
        let mut peer = Raw::greeted(server.address).await;
        peer.send(request_header(1, WAIT.method_id), &Note::default().encode().unwrap()).await;
        server.gate.started.notified().await;
        peer.send(request_header(2, GROW.method_id), &Note::number(60_000_000).encode().unwrap()).await;
        recorder.until(|events| events.iter().any(|event| event.ended() == Some(Code::Ok))).await;
        server.gate.go.notify_one();
        let drained = server.stop().await;
        assert_eq!((drained.calls_cut, drained.connections_cut), (1, 1), "{drained}");
        drop(peer);
    });
}

#[test]
fn a_peer_that_never_closes_does_not_keep_a_server_from_stopping() {
    leaving_nothing(async || {
        let server = Running::start().await;
        let peers = [Raw::greeted(server.address).await, Raw::connect(server.address).await];
        // One that has closed its writing side only is served to its end.
        let half = BlockingStream::connect(server.address).unwrap();
        half.shutdown(std::net::Shutdown::Write).unwrap();
        let drained = server.stop().await;
        assert_eq!(drained.calls_cut, 0, "{drained}");
        assert!(drained.connections_cut >= 1, "{drained}");
        drop((peers, half));
    });
}
