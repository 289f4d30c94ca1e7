//! What passes from one server to the next, and what does not: servers of one process.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::wire::frame::{Facts, GoawayReason, Hello, hello_header};
use svrkit_runtime::{Bound, Client, Config, Drained, Limits, ServeError, Server, TakeoverError, Tlv};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, yield_now};

use crate::support::{ECHO, Folder, Gate, Note, Raw, Test, WAIT, request_header, words};

const TCP: &str = "127.0.0.1:0";

fn path(folder: &Folder) -> PathBuf {
    folder.0.join("takeover")
}

async fn bind(folder: &Folder, address: &str) -> (Bound, Arc<Gate>) {
    let test = Test::default();
    let gate = Arc::clone(&test.0);
    (Server::new().service(test).takeover(path(folder)).bind(address).await.unwrap(), gate)
}

/// A server that serves until it is told to stop, or taken over from.
struct Serving {
    address: String,
    gate: Arc<Gate>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Drained>,
}

impl Serving {
    async fn start(folder: &Folder, address: &str) -> Self {
        let (bound, gate) = bind(folder, address).await;
        Self::run(bound, gate)
    }

    fn run(bound: Bound, gate: Arc<Gate>) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let address = bound.local_addr().to_string();
        let ended = tokio::spawn(bound.run_until(async {
            let _ = stopped.await;
        }));
        Self { address, gate, stop, ended }
    }

    async fn answers(&self) {
        let client = Client::connect(&self.address).await.unwrap();
        assert_eq!(client.request::<_, Note>(&ECHO, &Note::number(7)).await.unwrap().number, 7);
    }

    async fn stop(self) -> Drained {
        self.stop.send(()).unwrap();
        self.ended.await.unwrap()
    }
}

/// Tells when the server that it is connected to has been taken over from.
async fn witness(serving: &Serving) -> Raw {
    Raw::greeted(serving.address.parse().unwrap()).await
}

async fn is_told(witness: &mut Raw) {
    let goaway = witness.receive().await.unwrap();
    assert!(matches!(goaway.header.facts, Facts::Goaway { reason: GoawayReason::Draining }), "{goaway:?}");
    assert_eq!(words(&goaway), "another process has taken over here");
}

#[tokio::test]
async fn a_call_in_flight_is_answered_by_the_old_one_and_the_next_by_the_new_one() {
    let folder = Folder::new("over-calls");
    let first = Serving::start(&folder, TCP).await;
    let client = Client::connect(&first.address).await.unwrap();
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)));
    first.gate.started.notified().await;
    let mut witness = witness(&first).await;

    let second = Serving::start(&folder, TCP).await;
    assert_eq!(second.address, first.address);
    is_told(&mut witness).await;
    // What crosses the goaway is served where it arrives.
    witness.send(request_header(1, 1), &Note::number(3).encode().unwrap()).await;
    let answer = witness.receive().await.unwrap();
    assert!(matches!(answer.header.facts, Facts::Response(facts) if facts.code == 0), "{answer:?}");
    drop(witness);

    let other = Client::connect(&first.address).await.unwrap();
    let next = tokio::spawn(other.request::<_, Note>(&WAIT, &Note::number(2)));
    second.gate.started.notified().await;
    second.gate.go.notify_one();
    assert_eq!(next.await.unwrap().unwrap().number, 2);

    assert!(!first.ended.is_finished());
    first.gate.go.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap().number, 1);
    assert_eq!(first.ended.await.unwrap(), Drained::default());
    second.answers().await;
    assert_eq!(second.stop().await, Drained::default());
    assert!(!path(&folder).exists());
}

#[tokio::test]
async fn a_peer_that_has_no_hello_yet_is_told_to_leave_after_it() {
    let folder = Folder::new("over-hello");
    let first = Serving::start(&folder, TCP).await;
    let mut early = Raw::connect(first.address.parse().unwrap()).await;
    // Accepted behind it.
    let mut witness = witness(&first).await;
    let second = Serving::start(&folder, TCP).await;
    is_told(&mut witness).await;
    early.send(hello_header(), &Hello::default().encode().unwrap()).await;
    let hello = early.receive().await.unwrap();
    assert!(matches!(hello.header.facts, Facts::Hello { .. }), "{hello:?}");
    is_told(&mut early).await;
    drop((early, witness));
    assert_eq!(first.ended.await.unwrap(), Drained::default());
    second.answers().await;
}

#[tokio::test]
async fn a_peer_that_does_not_leave_is_cut_after_the_time_of_a_drain() {
    let folder = Folder::new("over-stays");
    let limits = Limits { drain_timeout: Duration::from_millis(20), ..Limits::default() };
    let bound = Server::new().limits(limits).service(Test::default()).takeover(path(&folder));
    let first = Serving::run(bound.bind(TCP).await.unwrap(), Arc::default());
    let mut witness = witness(&first).await;
    let second = Serving::start(&folder, TCP).await;
    is_told(&mut witness).await;
    let drained = first.ended.await.unwrap();
    assert_eq!((drained.calls_cut, drained.connections_cut), (0, 1));
    second.answers().await;
}

#[tokio::test]
async fn where_the_address_has_changed_the_new_one_is_listened_on_and_the_old_one_left() {
    let folder = Folder::new("over-address");
    let first = Serving::start(&folder, TCP).await;
    let mut witness = witness(&first).await;
    let second = Serving::start(&folder, &folder.address()).await;
    assert_eq!(second.address, folder.address());
    is_told(&mut witness).await;
    drop(witness);
    assert_eq!(first.ended.await.unwrap(), Drained::default());
    assert!(Client::connect(&first.address).await.is_err(), "nobody listens there any more");
    second.answers().await;
    // And the one after it is asked at the same path.
    let third = Serving::start(&folder, &folder.address()).await;
    second.ended.await.unwrap();
    third.answers().await;
    assert_eq!(third.stop().await, Drained::default());
    assert!(!folder.path().exists() && !path(&folder).exists());
}

#[tokio::test]
async fn an_address_is_the_same_by_the_socket_that_it_stands_for() {
    let folder = Folder::new("over-name");
    let first = Serving::start(&folder, TCP).await;
    let port = first.address.rsplit_once(':').unwrap().1;
    for address in [first.address.clone(), format!("localhost:{port}")] {
        let bound = bind_in_turn(&folder, &address).await;
        assert_eq!(bound.local_addr().to_string(), first.address, "{address}");
    }
    first.answers().await;
}

#[tokio::test]
async fn a_successor_that_never_serves_leaves_everything_in_its_place() {
    let folder = Folder::new("over-dropped");
    let first = Serving::start(&folder, &folder.address()).await;
    for _ in 0..3 {
        let bound = bind_in_turn(&folder, &folder.address()).await;
        assert_eq!(bound.local_addr().to_string(), folder.address());
        first.answers().await;
    }
    // One that is told to stop while it waits to be ready has served nothing.
    let server = never_ready(&folder);
    let bound = in_turn(|| server.clone().bind(folder.address())).await;
    assert_eq!(bound.run_until(async {}).await, Drained::default());
    first.answers().await;
    let second = Serving::run(bind_in_turn(&folder, &folder.address()).await, Arc::default());
    assert_eq!(first.ended.await.unwrap(), Drained::default());
    second.answers().await;
}

#[tokio::test]
async fn of_two_successors_one_is_told_that_it_has_come_second() {
    let folder = Folder::new("over-two");
    let first = Serving::start(&folder, TCP).await;
    let (second, gate) = bind(&folder, TCP).await;
    let third = Server::new().service(Test::default()).takeover(path(&folder)).bind(TCP).await;
    let error = third.unwrap_err();
    assert!(matches!(error, ServeError::Takeover { error: TakeoverError::Refused { .. }, .. }));
    let expected = format!(
        "cannot take over at {}: the server there goes on by itself: process {} is taking over already: wait \
         until it serves, or end it",
        path(&folder).display(),
        std::process::id()
    );
    assert_eq!(error.to_string(), expected);
    let second = Serving::run(second, gate);
    assert_eq!(first.ended.await.unwrap(), Drained::default());
    second.answers().await;
}

#[tokio::test]
async fn a_server_that_stops_while_its_successor_gets_ready_leaves_it_everything() {
    let folder = Folder::new("over-stops");
    let first = Serving::start(&folder, &folder.address()).await;
    let second = never_ready(&folder).bind(folder.address()).await.unwrap();
    let second = Serving::run(second, Arc::default());
    first.answers().await;
    assert_eq!(first.stop().await, Drained::default());
    // Nobody else is there to serve: it does not wait until it is ready.
    second.answers().await;
    assert_eq!(second.stop().await, Drained::default());
    assert!(!folder.path().exists() && !path(&folder).exists());
}

#[tokio::test]
async fn only_its_user_may_take_over_and_the_configuration_says_where() {
    let folder = Folder::new("over-config");
    let config = Config::builder().set("server.takeover", path(&folder).to_str().unwrap()).load().unwrap();
    assert_eq!(Config::builder().load().unwrap().takeover(), None);
    let bound = Server::new().config(&config).service(Test::default()).bind(TCP).await.unwrap();
    let mode = std::fs::metadata(path(&folder)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 1, "no draft of it is left");
    drop(bound);
    assert!(!path(&folder).exists());
}

/// One that is not ready for as long as there is another.
fn never_ready(folder: &Folder) -> Server {
    let server = Server::new().service(Test::default()).takeover(path(folder));
    server.health().readiness_check("never", || async { Err("as the test wants it") });
    server
}

async fn bind_in_turn(folder: &Folder, address: &str) -> Bound {
    in_turn(|| Server::new().service(Test::default()).takeover(path(folder)).bind(address)).await
}

/// Binds when the successor before it, which is gone, was seen to be gone.
async fn in_turn<F: Future<Output = Result<Bound, ServeError>>>(bind: impl Fn() -> F) -> Bound {
    loop {
        match bind().await {
            Err(ServeError::Takeover { error: TakeoverError::Refused { .. }, .. }) => yield_now().await,
            bound => return bound.unwrap(),
        }
    }
}
