//! At the caller: before a call is sent, and while it is waited for.

use std::process::Command;
use std::time::Duration;

use svrkit_runtime::{CallEnd, Client, Context, Limits, Metrics, Monitor, Server, Spec, Status};
use tokio::sync::mpsc;

use crate::support::{ECHO, GROW, Note, Raw, Running, TEST_ID, Test, WAIT};
use crate::{Seen, check, limited, listen, runtime};

/// A method whose time nobody sets.
pub(crate) static UNTIMED: Spec = Spec::new("test.Test", TEST_ID, "Wait", 4);

fn short_of_time() -> Limits {
    Limits { deadline_default: Duration::from_millis(20), ..Limits::default() }
}

async fn echo(client: &Client) -> Result<Note, Status> {
    client.request(&ECHO, &Note::default()).await
}

fn long(len: usize) -> Note {
    Note { payload: vec![7; len].into(), ..Note::default() }
}

pub(crate) async fn provoke(seen: &mut Seen) {
    sizes(seen).await;
    times(seen).await;
    others(seen).await;
}

async fn sizes(seen: &mut Seen) {
    let server = Running::with(Limits { message_in: 1000, metadata_bytes: 90, ..Limits::default() }).await;
    let (address, client) = (server.address, server.client().await);
    let small = limited(address, Limits { message_out: 100, ..Limits::default() }).await;
    seen.caller("request_unencodable", small.request::<_, Note>(&ECHO, &long(100)).await.unwrap_err());
    seen.caller("request_over_limit", client.request::<_, Note>(&ECHO, &long(1000)).await.unwrap_err());
    let with_metadata = |client: &Client, len| {
        client.request::<_, Note>(&ECHO, &Note::default()).metadata("key", vec![1; len])
    };
    let few = limited(address, Limits { metadata_entries: 0, ..Limits::default() }).await;
    seen.caller("metadata_entries_over_limit", with_metadata(&few, 1).await.unwrap_err());
    let little = limited(address, Limits { metadata_bytes: 50, ..Limits::default() }).await;
    seen.caller("metadata_over_limit", with_metadata(&little, 60).await.unwrap_err());
    seen.caller("metadata_over_peers_limit", with_metadata(&client, 100).await.unwrap_err());
    seen.caller("metadata_unencodable", with_metadata(&client, (64 << 20) + 1).await.unwrap_err());

    let server = Running::start().await;
    let forgetful = limited(server.address, Limits { decode_memory: 100, ..Limits::default() }).await;
    let status = forgetful.request::<_, Note>(&GROW, &Note::number(1000)).await.unwrap_err();
    seen.caller("response_unreadable", status);
}

async fn times(seen: &mut Seen) {
    let over = Context::current().timeout(Duration::ZERO);
    let server = Running::start().await;
    let client = server.client().await;
    seen.caller("outer_deadline_over", over.scope(async { echo(&client).await }).await.unwrap_err());

    let hasty = limited(server.address, short_of_time()).await;
    let status = hasty.request::<_, Note>(&UNTIMED, &Note::default()).await.unwrap_err();
    seen.caller("late_answer", status);

    let server = Running::with(Limits { calls_in_flight: 1, ..Limits::default() }).await;
    let hasty = limited(server.address, short_of_time()).await;
    let patient = tokio::spawn(hasty.request::<_, Note>(&WAIT, &Note::default()));
    server.gate.started.notified().await;
    let status = hasty.request::<_, Note>(&UNTIMED, &Note::default()).await.unwrap_err();
    seen.caller("late_for_place", status);
    patient.abort();

    let (_silent, address) = listen().await;
    let unconnected = Client::builder(&address).limits(short_of_time()).lazy();
    let status = unconnected.request::<_, Note>(&UNTIMED, &Note::default()).await.unwrap_err();
    seen.caller("late_connecting", status);

    let (listener, address) = listen().await;
    let limits = Limits { outbound_queue: 1024, ..short_of_time() };
    let (client, _never_reads) = tokio::join!(limited(&address, limits), Raw::accept(&listener));
    // More than the sockets' buffers hold; and then one more, for which there is no room.
    let large = Note { payload: vec![7; 32 << 20].into(), ..Note::default() };
    let first = tokio::spawn(client.request::<_, Note>(&WAIT, &large));
    tokio::task::yield_now().await;
    let status = client.request::<_, Note>(&UNTIMED, &Note::default()).await.unwrap_err();
    seen.caller("late_for_room", status);
    first.abort();

    let (listener, address) = listen().await;
    let script = std::thread::spawn(move || {
        // Longer than others have: it has to be connected by then.
        let limits = Limits { deadline_default: Duration::from_secs(1), ..Limits::default() };
        Client::builder(&address).limits(limits).lazy().oneway(&UNTIMED, &large).wait()
    });
    let _never_reads = Raw::accept(&listener).await;
    let status = tokio::task::spawn_blocking(|| script.join().unwrap()).await.unwrap().unwrap_err();
    seen.caller("late_leaving", status);
}

/// Sends on what monitors are told.
struct Statuses(mpsc::UnboundedSender<Status>);

impl Monitor for Statuses {
    fn call_ended(&self, call: &CallEnd<'_>) {
        if let Some(status) = call.status {
            // The test has heard enough.
            let _ = self.0.send(status.clone());
        }
    }
}

async fn others(seen: &mut Seen) {
    static OTHER: Spec = Spec::new("other.Service", TEST_ID, "Echo", 1);
    let server = Running::start().await;
    let client = server.client().await;
    seen.caller("service_mismatch", client.request::<_, Note>(&OTHER, &Note::default()).await.unwrap_err());

    let mut request = client.request::<_, Note>(&ECHO, &Note::default());
    (&mut request).await.unwrap();
    seen.caller("awaited_again", (&mut request).await.unwrap_err());
    // Nothing was called: there is no endpoint to name.
    seen.handler(
        "wait_within_runtime",
        client.request::<_, Note>(&ECHO, &Note::default()).wait().unwrap_err(),
    );
    run_without_threads();
    seen.elsewhere("wait_without_runtime");

    let (told, mut statuses) = mpsc::unbounded_channel();
    let watched =
        Client::builder(server.address.to_string()).monitor(Statuses(told)).connect().await.unwrap();
    let waiting = tokio::spawn(watched.request::<_, Note>(&WAIT, &Note::default()));
    server.gate.started.notified().await;
    waiting.abort();
    seen.handler("caller_gone", statuses.recv().await.unwrap());

    outrun(seen).await;

    let service = Test::default();
    let gate = std::sync::Arc::clone(&service.0);
    let client = Server::new().service(service).in_process().unwrap();
    let elsewhere = runtime();
    elsewhere.spawn(client.request::<_, Note>(&WAIT, &Note::default()));
    gate.started.notified().await;
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::default()));
    gate.started.notified().await;
    elsewhere.shutdown_background();
    seen.caller("runtime_ended", waiting.await.unwrap().unwrap_err());
}

/// A request that is at two servers, of which one answers.
async fn outrun(seen: &mut Seen) {
    static READ: Spec = Spec::new("test.Test", TEST_ID, "Wait", 4).idempotent();
    let servers = [Running::start().await, Running::start().await];
    let (told, mut statuses) = mpsc::unbounded_channel();
    let metrics = Metrics::new();
    let limits = Limits { hedge_delay: Duration::from_millis(1), ..Limits::default() };
    let builder = Client::builder(format!("{},{}", servers[0].address, servers[1].address)).limits(limits);
    let client = builder.metrics(metrics.clone()).monitor(Statuses(told)).lazy();
    while metrics.snapshot().counter("svrkit_connections_opened_total", &[("side", "client")]) < 2 {
        echo(&client).await.unwrap();
    }
    let request = client.request::<_, Note>(&READ, &Note::default()).timeout(Duration::from_secs(60));
    let waiting = tokio::spawn(request);
    for server in &servers {
        server.gate.started.notified().await;
    }
    servers[0].gate.go.notify_one();
    waiting.await.unwrap().unwrap();
    seen.caller("outrun", statuses.recv().await.unwrap());
}

/// Runs [`a_wait_that_gets_no_thread`] where no thread can be started: each would have a stack that no memory holds.
fn run_without_threads() {
    let mut itself = Command::new(std::env::current_exe().unwrap());
    itself.args(["--exact", "calling::a_wait_that_gets_no_thread", "--ignored", "--test-threads=1"]);
    let run = itself.env("RUST_MIN_STACK", (1_u64 << 60).to_string()).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&run.stderr)
    );
}

#[test]
#[ignore = "it needs a process that can start no thread, which `run_without_threads` makes"]
fn a_wait_that_gets_no_thread() {
    check("wait_without_runtime", &svrkit_runtime::wait(async { Ok(()) }).unwrap_err());
}
