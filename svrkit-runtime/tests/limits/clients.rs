//! The limits of a client's endpoints and connections. Where a limit is a time, order is asserted: what never comes within
//! an hour, what comes by itself.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::support::{ECHO, Folder, Note, Raw, Running, WAIT, request_header, words};
use svrkit_runtime::{Client, Code, Endpoint, Limits, Resolution, Resolver, Retry, Status};
use tokio::net::TcpListener;
use tokio::task::yield_now;

const HOUR: Duration = Duration::from_secs(3600);
const SOON: Duration = Duration::from_millis(20);

async fn echo(client: &Client, number: u64) -> Result<u64, Status> {
    client.request::<_, Note>(&ECHO, &Note::number(number)).await.map(|note| note.number)
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// Where nobody listens.
async fn nobody() -> String {
    listener().await.1
}

/// Whether nobody else connects, as far as can be told now.
async fn is_alone(listener: &TcpListener) -> bool {
    for _ in 0..100 {
        yield_now().await;
    }
    tokio::time::timeout(Duration::ZERO, listener.accept()).await.is_err()
}

#[tokio::test]
pub(super) async fn client_connections() {
    let (listener, address) = listener().await;
    let client =
        Client::builder(&address).limits(Limits { client_connections: 2, ..Limits::default() }).lazy();
    let call = || tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)));
    let first_call = call();
    let mut first = Raw::accept(&listener).await;
    assert!(first.receive().await.is_some());
    assert!(is_alone(&listener).await, "one is enough for one call at a time");
    // All are in use when this one comes: another is opened for those that follow.
    let mut calls = vec![first_call, call()];
    let mut second = Raw::accept(&listener).await;
    while tokio::time::timeout(Duration::ZERO, second.receive()).await.is_err() {
        calls.push(call());
        yield_now().await;
    }
    calls.extend([call(), call(), call()]);
    assert!(is_alone(&listener).await, "two are open");
    calls.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
pub(super) async fn client_opening() {
    for max in [1, 2] {
        // Beside one in order three that accept and do not greet: who connects there stays at it.
        let server = Running::start().await;
        let silent = [listener().await, listener().await, listener().await];
        let folder = Folder::new(&format!("limits-opening-{max}"));
        let file = folder.0.join("endpoints");
        std::fs::write(&file, server.address.to_string()).unwrap();
        let often = Duration::from_millis(1);
        let limits = Limits {
            client_opening: max,
            hello_timeout: HOUR,
            resolve_rest: often,
            resolve_watch: often,
            ..Limits::default()
        };
        let client =
            Client::builder(format!("file:{}", file.display())).limits(limits).connect().await.unwrap();
        let [(_, first), (_, second), (_, third)] = &silent;
        std::fs::write(&file, format!("{}\n{first}\n{second}\n{third}\n", server.address)).unwrap();
        let mut met = Vec::new();
        let mut more = 0;
        while met.len() < max || more < 100 {
            assert_eq!(echo(&client, 1).await.unwrap(), 1);
            more += usize::from(met.len() >= max);
            for (listener, _) in &silent {
                let accepted = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
                met.extend(accepted.into_iter().map(Result::unwrap));
            }
        }
        assert_eq!(met.len(), max);
    }
}

#[tokio::test]
pub(super) async fn client_backoff_min() {
    // A request waits for no more than this, however long the endpoint is left alone.
    let unused = nobody().await;
    let limits = Limits { client_backoff_max: HOUR, ..Limits::default() };
    let client = Client::builder(&unused)
        .limits(Limits { client_backoff_min: Duration::from_millis(1), ..limits })
        .lazy();
    for _ in 0..20 {
        let status = echo(&client, 1).await.unwrap_err();
        assert_eq!(
            (status.code(), status.facts().retry),
            (Code::Unavailable, Retry::Elsewhere),
            "it was tried"
        );
    }
    // One that ends before that ends as the last try did. Any part of an hour may be none: then it was tried again.
    let client = Client::builder(&unused).limits(Limits { client_backoff_min: HOUR, ..limits }).lazy();
    let first = echo(&client, 1).await.unwrap_err();
    loop {
        let next = echo(&client, 1).await.unwrap_err();
        assert_eq!((next.code(), next.message()), (first.code(), first.message()));
        if let Retry::After(wait) = next.facts().retry {
            assert!(wait <= HOUR);
            break;
        }
    }
}

#[tokio::test]
pub(super) async fn client_backoff_max() {
    let unused = nobody().await;
    let limits = Limits {
        client_backoff_min: HOUR,
        client_backoff_max: Duration::from_millis(1),
        ..Limits::default()
    };
    let client = Client::builder(&unused).limits(limits).lazy();
    for _ in 0..20 {
        assert_eq!(echo(&client, 1).await.unwrap_err().facts().retry, Retry::Elsewhere, "it was tried");
    }
}

#[tokio::test]
pub(super) async fn connection_idle_of_the_client() {
    let (listener, address) = listener().await;
    let builder = Client::builder(address).limits(Limits { connection_idle: SOON, ..Limits::default() });
    let (mut first, client) = tokio::join!(Raw::accept(&listener), builder.connect());
    let client = client.unwrap();
    assert!(first.receive().await.is_none(), "the client closes it");
    // The next request opens another; while a call is in flight it is in use.
    let request = client.request::<_, Note>(&ECHO, &Note::number(1)).timeout(10 * SOON);
    let (second, request) = (Raw::accept(&listener), tokio::spawn(request));
    let mut second = second.await;
    assert!(second.receive().await.is_some(), "the call");
    assert_eq!(request.await.unwrap().unwrap_err().code(), Code::DeadlineExceeded);
}

#[tokio::test]
pub(super) async fn connection_age_of_the_client() {
    let (listener, address) = listener().await;
    let builder = Client::builder(address).limits(Limits { connection_age: SOON, ..Limits::default() });
    let (mut first, client) = tokio::join!(Raw::accept(&listener), builder.connect());
    // Nobody has asked for it: the client opens the next one, and lets go of the first when it is there.
    let mut second = Raw::accept(&listener).await;
    assert!(first.receive().await.is_none());
    let mut third = Raw::accept(&listener).await;
    assert!(second.receive().await.is_none());
    drop(client);
    while third.receive().await.is_some() {}
}

/// A server with these limits says goodbye in these words, and serves what was on its way.
async fn leaves(limits: Limits, expected: &str) {
    let server = Running::with(limits).await;
    let mut raw = Raw::greeted(server.address).await;
    assert_eq!(words(&raw.receive().await.unwrap()), expected);
    raw.send(request_header(1, 1), b"").await;
    let answer = raw.receive().await.unwrap();
    assert_eq!((answer.header.call_id, &*words(&answer)), (1, ""));
}

#[tokio::test]
pub(super) async fn connection_idle_of_the_server() {
    let limits = Limits { connection_idle: SOON, ..Limits::default() };
    leaves(limits, "nothing was called on the connection for 0.02 s (connection.idle)").await;
}

#[tokio::test]
pub(super) async fn connection_age_of_the_server() {
    let limits = Limits { connection_age: SOON, ..Limits::default() };
    leaves(limits, "the connection is as old as it may get, about 0.02 s (connection.age)").await;
}

/// Finds what it was given, and counts how often it looks.
#[derive(Debug)]
struct Looking {
    found: Vec<Endpoint>,
    times: Arc<AtomicUsize>,
}

impl Resolver for Looking {
    fn target(&self) -> String {
        "nothing".into()
    }

    fn resolve<'a>(&'a self, resolution: &'a Resolution) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            loop {
                self.times.fetch_add(1, Ordering::Relaxed);
                resolution.found(self.found.clone());
                resolution.pause(resolution.limits().resolve_refresh).await;
            }
        })
    }
}

fn looking(found: Vec<Endpoint>, limits: Limits) -> (Client, impl Fn() -> usize) {
    let times = Arc::new(AtomicUsize::new(0));
    let looking = Looking { found, times: Arc::clone(&times) };
    (Client::resolved_by(looking).limits(limits).lazy(), move || times.load(Ordering::Relaxed))
}

#[tokio::test]
pub(super) async fn resolve_rest() {
    // Nothing is found, so that every request asks for another look.
    let limits = |resolve_rest| Limits { resolve_rest, resolve_refresh: HOUR, ..Limits::default() };
    let (client, looked) = looking(Vec::new(), limits(HOUR));
    for _ in 0..100 {
        assert_eq!(echo(&client, 1).await.unwrap_err().message(), "nothing has no endpoint");
    }
    assert_eq!(looked(), 1);
    let (client, looked) = looking(Vec::new(), limits(Duration::from_millis(1)));
    while looked() < 3 {
        assert_eq!(echo(&client, 1).await.unwrap_err().message(), "nothing has no endpoint");
        yield_now().await;
    }
}

#[tokio::test]
pub(super) async fn resolve_refresh() {
    let server = Running::start().await;
    let found = vec![Endpoint::new(server.address.into())];
    let often = Duration::from_millis(1);
    let limits = |resolve_refresh| Limits { resolve_rest: often, resolve_refresh, ..Limits::default() };
    let (rare, seldom) = looking(found.clone(), limits(HOUR));
    let (frequent, again) = looking(found, limits(often));
    while again() < 5 {
        assert_eq!(echo(&frequent, 1).await.unwrap(), 1);
        assert_eq!(echo(&rare, 1).await.unwrap(), 1);
    }
    assert_eq!(seldom(), 1);
}

#[tokio::test]
pub(super) async fn resolve_watch() {
    let (first, second) = (Running::start().await, Running::start().await);
    let folder = Folder::new("limits-watch");
    let file = folder.0.join("endpoints");
    let often = Duration::from_millis(1);
    let client = |watch| {
        std::fs::write(&file, first.address.to_string()).unwrap();
        let limits = Limits { resolve_watch: watch, resolve_rest: often, ..Limits::default() };
        Client::builder(format!("file:{}", file.display())).limits(limits).connect()
    };
    let who = async |client: &Client| {
        let request = client.request::<_, Note>(&super::support::FAIL, &Note::number(1));
        request.await.unwrap_err().facts().endpoint.unwrap().to_owned()
    };
    let (rare, frequent) = (client(HOUR).await.unwrap(), client(often).await.unwrap());
    std::fs::write(&file, second.address.to_string()).unwrap();
    while who(&frequent).await != second.address.to_string() {
        assert_eq!(who(&rare).await, first.address.to_string());
    }
    assert_eq!(who(&rare).await, first.address.to_string());
}

/// How a client of a file with two names that nobody has ends.
async fn two_names(limits: Limits) -> Status {
    let folder = Folder::new(&format!("limits-{}-{}", limits.resolve_bytes, limits.resolve_endpoints));
    let file = folder.0.join("endpoints");
    std::fs::write(&file, "a.invalid:1\nb.invalid:1\n").unwrap();
    Client::builder(format!("file:{}", file.display())).limits(limits).connect().await.unwrap_err()
}

#[tokio::test]
pub(super) async fn resolve_endpoints() {
    let status = two_names(Limits { resolve_endpoints: 1, ..Limits::default() }).await;
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(status.message(), "2 endpoints are over the limit of 1 (resolve.endpoints)");
    let status = two_names(Limits { resolve_endpoints: 2, ..Limits::default() }).await;
    assert!(status.message().contains("the endpoint's name cannot be resolved"), "{status}");
}

#[tokio::test]
pub(super) async fn resolve_bytes() {
    let status = two_names(Limits { resolve_bytes: 23, ..Limits::default() }).await;
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.message().ends_with("is longer than the limit of 23 bytes (resolve.bytes)"), "{status}");
    let status = two_names(Limits { resolve_bytes: 24, ..Limits::default() }).await;
    assert!(status.message().contains("the endpoint's name cannot be resolved"), "{status}");
}
