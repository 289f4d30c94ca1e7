//! Where endpoints come from, and what becomes of a client while that changes or fails.

#![allow(clippy::unwrap_used, reason = "a test ends where what it stands on fails")]

mod support;

use std::pin::Pin;
use std::time::Duration;

use support::{ECHO, Folder, Note, Raw, Running};
use svrkit_runtime::{
    Candidates, Client, Code, Endpoint, Layer, Limits, OutgoingCall, Party, Picker, Resolution, Resolver,
    Status,
};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

/// A client that looks at what it stands on again and again.
fn restless() -> Limits {
    let soon = Duration::from_millis(1);
    Limits {
        resolve_rest: soon,
        resolve_refresh: soon,
        resolve_watch: soon,
        client_backoff_max: soon,
        ..Limits::default()
    }
}

async fn echo(client: &Client, number: u64) -> Result<u64, Status> {
    client.request::<_, Note>(&ECHO, &Note::number(number)).await.map(|note| note.number)
}

fn endpoint(server: &Running) -> Endpoint {
    Endpoint::new(server.address.into())
}

#[tokio::test]
async fn a_name_is_looked_up() {
    let server = Running::start().await;
    // It may stand for an address of IPv6 as well, at which nobody listens: that costs no call.
    let client = Client::builder(format!("localhost:{}", server.address.port())).limits(restless()).lazy();
    for number in 0..50 {
        assert_eq!(echo(&client, number).await.unwrap(), number);
    }
    let address = server.address;
    server.stop().await;
    let status = echo(&client, 1).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::Unavailable, Layer::Connect));
    assert!(status.message().contains(&format!("cannot connect to {address}")), "{status}");
}

#[tokio::test]
async fn a_name_that_nobody_has_is_told() {
    // Reserved for this (RFC 6761).
    let client = Client::builder("nobody.invalid:80").lazy();
    for _ in 0..2 {
        // The second one ends as the first, without another question so soon.
        let status = echo(&client, 1).await.unwrap_err();
        let facts = status.facts();
        assert_eq!(
            (status.code(), facts.layer, facts.party),
            (Code::Unavailable, Layer::Connect, Party::Network)
        );
        assert_eq!(status.message(), "the endpoint's name cannot be resolved");
        assert_eq!(facts.endpoint, Some("nobody.invalid:80"));
    }
}

#[tokio::test]
async fn a_file_is_read_again_when_it_changes() {
    let (first, second) = (Running::start().await, Running::start().await);
    let folder = Folder::new("file-changes");
    let file = folder.0.join("endpoints");
    std::fs::write(&file, format!("# shop\n{} version=1\n", first.address)).unwrap();
    let client =
        Client::builder(format!("file:{}", file.display())).limits(restless()).connect().await.unwrap();
    assert_eq!(client.target(), format!("file:{}", file.display()));

    // A fault in it, and even its absence, leave what was there.
    for fault in ["nonsense\n", "127.0.0.1:1 two\n", ""] {
        std::fs::write(&file, format!("{}\n{fault}", second.address)).unwrap();
        if fault.is_empty() {
            std::fs::remove_file(&file).unwrap();
        }
        for number in 0..20 {
            assert_eq!(echo(&client, number).await.unwrap(), number);
        }
    }
    std::fs::write(&file, second.address.to_string()).unwrap();
    // Whoever answers says so by its address: the first one, until the second is known.
    let who = async || {
        let status = client.request::<_, Note>(&support::FAIL, &Note::number(1)).await.unwrap_err();
        status.facts().endpoint.unwrap().to_owned()
    };
    while who().await != second.address.to_string() {}
    first.stop().await;
    for number in 0..20 {
        assert_eq!(echo(&client, number).await.unwrap(), number, "the first one is not asked any more");
    }
}

#[tokio::test]
async fn a_file_that_was_never_good_says_where_it_is_not() {
    let folder = Folder::new("file-faults");
    let file = folder.0.join("endpoints");
    for (text, expected) in [
        (
            Some("127.0.0.1:1\nnonsense\n"),
            "line 2: `nonsense`: an address is HOST:PORT, as in 127.0.0.1:4310, or unix:/PATH",
        ),
        (None, "it cannot be read"),
    ] {
        match text {
            Some(text) => std::fs::write(&file, text).unwrap(),
            None => std::fs::remove_file(&file).unwrap(),
        }
        let target = format!("file:{}", file.display());
        let status = Client::connect(&target).await.unwrap_err();
        assert_eq!((status.code(), status.facts().party), (Code::FailedPrecondition, Party::Caller));
        assert_eq!(status.message(), format!("{target} gives no endpoints: {expected}"));
    }
    std::fs::write(&file, "# nobody yet\n").unwrap();
    let target = format!("file:{}", file.display());
    let client = Client::builder(&target).limits(restless()).lazy();
    let status = echo(&client, 1).await.unwrap_err();
    assert_eq!(status.message(), format!("{target} has no endpoint"));
    // It is looked at again, and good.
    let server = Running::start().await;
    std::fs::write(&file, server.address.to_string()).unwrap();
    while echo(&client, 1).await.is_err() {}
}

#[tokio::test]
async fn a_file_that_stays_without_endpoints_says_why_to_every_request() {
    let folder = Folder::new("file-stays");
    let file = folder.0.join("endpoints");
    let target = format!("file:{}", file.display());
    let form = "an address is HOST:PORT, as in 127.0.0.1:4310, or unix:/PATH";
    for (text, expected) in [
        ("nonsense\n", format!("{target} gives no endpoints: line 1: `nonsense`: {form}")),
        ("# nobody yet\n", format!("{target} has no endpoint")),
    ] {
        std::fs::write(&file, text).unwrap();
        // So old that it is surely what was read before.
        let opened = std::fs::File::options().write(true).open(&file).unwrap();
        opened.set_modified(std::time::SystemTime::now() - Duration::from_secs(60)).unwrap();
        // No failure is young enough to be told again: each request waits for another look.
        let limits = Limits { resolve_rest: Duration::ZERO, ..restless() };
        let client = Client::builder(&target).limits(limits).lazy();
        for number in 0..20 {
            assert_eq!(echo(&client, number).await.unwrap_err().message(), expected);
        }
    }
}

/// Ends, or panics, without having told anything.
#[derive(Debug)]
struct Mute {
    panics: bool,
}

impl Resolver for Mute {
    fn target(&self) -> String {
        "shop".into()
    }

    fn resolve<'a>(&'a self, _: &'a Resolution) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async { assert!(!self.panics, "as the test wants it") })
    }
}

#[tokio::test]
async fn nobody_waits_for_a_resolver_that_ended_or_panicked() {
    for (panics, expected) in
        [(false, "the resolver has ended without any endpoint"), (true, "the resolver panicked")]
    {
        let status = Client::resolved_by(Mute { panics }).connect().await.unwrap_err();
        assert_eq!((status.code(), status.message()), (Code::Unavailable, expected));
        assert_eq!((status.facts().party, status.facts().endpoint), (Party::Caller, Some("shop")));
        // However often, and however long ago it was.
        let limits = Limits { resolve_rest: Duration::ZERO, ..Limits::default() };
        let client = Client::resolved_by(Mute { panics }).limits(limits).lazy();
        for number in 0..3 {
            assert_eq!(echo(&client, number).await.unwrap_err().message(), expected);
        }
    }
}

/// Finds what the test says.
#[derive(Debug)]
struct Told(Mutex<mpsc::Receiver<Result<Vec<Endpoint>, Status>>>);

impl Resolver for Told {
    fn target(&self) -> String {
        "shop".into()
    }

    fn resolve<'a>(&'a self, resolution: &'a Resolution) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            while let Some(news) = self.0.lock().await.recv().await {
                match news {
                    Ok(endpoints) => resolution.found(endpoints),
                    Err(status) => resolution.failed(status),
                }
            }
        })
    }
}

fn told() -> (mpsc::Sender<Result<Vec<Endpoint>, Status>>, Client) {
    let (tell, told) = mpsc::channel(1);
    (tell, Client::resolved_by(Told(Mutex::new(told))).limits(restless()).lazy())
}

#[tokio::test]
async fn a_list_that_becomes_empty_fails_or_flaps_costs_no_call() {
    let (first, second) = (Running::start().await, Running::start().await);
    let (tell, client) = told();
    let (both, one) = (vec![endpoint(&first), endpoint(&second)], vec![endpoint(&second)]);
    tell.send(Ok(both.clone())).await.unwrap();
    // The first request has the resolver run.
    assert_eq!(echo(&client, 7).await.unwrap(), 7);
    for round in 0..100_u64 {
        let news = match round % 4 {
            0 => Ok(Vec::new()),
            1 => Err(Status::unavailable("the registry is away")),
            2 => Ok(one.clone()),
            _ => Ok(both.clone()),
        };
        tell.send(news).await.unwrap();
        assert_eq!(echo(&client, round).await.unwrap(), round);
    }
    // Only the last good list counts: nothing was heard since.
    tell.send(Ok(one)).await.unwrap();
    tell.send(Ok(Vec::new())).await.unwrap();
    tell.send(Err(Status::unavailable("the registry is away"))).await.unwrap();
    drop(tell);
    first.stop().await;
    for number in 0..20 {
        assert_eq!(echo(&client, number).await.unwrap(), number);
    }
}

#[tokio::test]
async fn requests_wait_for_the_first_list_and_hear_why_there_is_none() {
    let server = Running::start().await;
    let (tell, client) = told();
    let waiting = tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(1)));
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    tell.send(Err(Status::unavailable("the registry is away"))).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap_err().message(), "the registry is away");
    // Later the failure is too old to end a request at once: it waits for news, and says what it knows when its time is over.
    let late = |client: &Client| {
        client.request::<_, Note>(&ECHO, &Note::number(1)).timeout(Duration::from_millis(20))
    };
    let failed = loop {
        let status = late(&client).await.unwrap_err();
        if status.code() == Code::DeadlineExceeded {
            break status;
        }
        assert_eq!(status.message(), "the registry is away");
    };
    assert_eq!(
        failed.message(),
        "no list of endpoints within 20 ms (the call's timeout): the resolver failed before, and has said \
         nothing since: the registry is away"
    );
    let (_silent, unheard) = told();
    assert_eq!(
        late(&unheard).await.unwrap_err().message(),
        "no list of endpoints within 20 ms (the call's timeout): the resolver has said nothing yet"
    );
    tell.send(Ok(vec![endpoint(&server)])).await.unwrap();
    // The news may still be on its way.
    while echo(&client, 2).await.is_err() {}
}

/// The last endpoint of its list.
#[derive(Debug)]
struct Last(usize);

impl Picker for Last {
    fn pick(&self, _: &OutgoingCall<'_>, endpoints: &Candidates<'_>) -> Option<usize> {
        assert_eq!(endpoints.len(), self.0, "it is asked for another list than the one it was made for");
        Some(self.0 - 1)
    }
}

#[tokio::test]
async fn a_picker_goes_on_with_the_last_good_list_when_its_resolver_fails_and_falls_silent() {
    let (first, second) = (Running::start().await, Running::start().await);
    let (tell, told) = mpsc::channel(1);
    let client = Client::resolved_by(Told(Mutex::new(told)))
        .picker(|endpoints: &[Endpoint]| Box::new(Last(endpoints.len())))
        .limits(restless())
        .lazy();
    tell.send(Ok(vec![endpoint(&first), endpoint(&second)])).await.unwrap();
    let who = async || {
        let status = client.request::<_, Note>(&support::FAIL, &Note::number(1)).await.unwrap_err();
        status.facts().endpoint.unwrap().to_owned()
    };
    for news in [Ok(Vec::new()), Err(Status::unavailable("the registry is away"))] {
        assert_eq!(who().await, second.address.to_string());
        tell.send(news).await.unwrap();
    }
    // It has taken the last news by then, and says nothing more.
    let permit = tell.reserve().await.unwrap();
    for _ in 0..20 {
        assert_eq!(who().await, second.address.to_string());
    }
    drop(permit);
}

#[tokio::test]
async fn a_call_in_flight_to_an_endpoint_that_left_the_list_is_answered() {
    let (first, second) = (Running::start().await, Running::start().await);
    let (tell, client) = told();
    tell.send(Ok(vec![endpoint(&first)])).await.unwrap();
    let waiting = tokio::spawn(client.request::<_, Note>(&support::WAIT, &Note::number(1)));
    first.gate.started.notified().await;
    tell.send(Ok(vec![endpoint(&second)])).await.unwrap();
    let who = async || {
        let status = client.request::<_, Note>(&support::FAIL, &Note::number(1)).await.unwrap_err();
        status.facts().endpoint.unwrap().to_owned()
    };
    while who().await != second.address.to_string() {}
    first.gate.go.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap().number, 1);
    // Its connection is closed then: it does not keep the server that it belongs to.
    assert_eq!(first.stop().await.connections_cut, 0);
}

#[tokio::test]
async fn a_client_that_is_dropped_ends_its_resolver_and_its_connections() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (tell, client) = told();
    tell.send(Ok(vec![Endpoint::new(listener.local_addr().unwrap().into())])).await.unwrap();
    let request = client.request::<_, Note>(&ECHO, &Note::number(1));
    let request = tokio::spawn(request);
    let mut peer = Raw::accept(&listener).await;
    assert!(peer.receive().await.is_some());
    request.abort();
    drop(client);
    while peer.receive().await.is_some() {}
    tell.closed().await;
}

#[test]
fn a_resolver_runs_again_on_the_next_runtime() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = Folder::new("runtimes");
    let file = folder.0.join("endpoints");
    let client = Client::builder(format!("file:{}", file.display())).limits(restless()).lazy();
    for number in 0..3 {
        runtime().block_on(async {
            let server = Running::start().await;
            std::fs::write(&file, server.address.to_string()).unwrap();
            // Until the file of this round is read.
            while echo(&client, number).await.is_err() {}
            server.stop().await;
        });
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn ten_thousand_endpoints_are_no_trouble() {
    use svrkit_runtime::Server;
    // All of 127/8 is this machine: ten thousand addresses of one server.
    let bound = Server::new().service(support::Test::default()).bind("0.0.0.0:0").await.unwrap();
    let port = bound.local_addr().socket_addr().unwrap().port();
    let serving = tokio::spawn(bound.run_until(std::future::pending()));
    let list = |net: u8| -> Vec<Endpoint> {
        let address = |index: u16| {
            let [high, low] = index.to_be_bytes();
            std::net::SocketAddr::from(([127, net, high, low], port))
        };
        (1..=10_000).map(|index| Endpoint::new(address(index).into())).collect()
    };
    let (tell, told) = mpsc::channel(1);
    // One at a time is opened in the background: a descriptor a call at the most.
    let limits = Limits { client_opening: 1, ..restless() };
    let client = Client::resolved_by(Told(Mutex::new(told))).limits(limits).lazy();
    for net in [1, 2, 1] {
        tell.send(Ok(list(net))).await.unwrap();
        for number in 0..50 {
            assert_eq!(echo(&client, number).await.unwrap(), number);
        }
    }
    serving.abort();
}
