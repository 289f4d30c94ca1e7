//! Clients of several endpoints: where calls go, and what becomes of endpoints that are slow, dead, gone or back again.
//!
//! Over TCP and over Unix sockets alike.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test ends where what it stands on fails")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use support::{ECHO, Folder, Note, Raw, TEST};
use svrkit_runtime::{
    Call, Candidates, Client, Code, Drained, Endpoint, Layer, Limits, OutgoingCall, Party, Picker, Retry,
    RouteKey, Server, Service, ServiceSpec, Status,
};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::{JoinHandle, yield_now};

/// What a server has been asked, and whether it answers.
#[derive(Default)]
struct Calls {
    arrived: AtomicUsize,
    answered: AtomicUsize,
    is_held: AtomicBool,
    release: Option<Semaphore>,
}

impl Calls {
    fn arrived(&self) -> usize {
        self.arrived.load(Ordering::Relaxed)
    }

    fn hold(&self) {
        self.is_held.store(true, Ordering::Relaxed);
    }

    fn release(&self) {
        self.is_held.store(false, Ordering::Relaxed);
        self.release.as_ref().unwrap().close();
    }
}

/// Echoes, and counts.
#[derive(Clone)]
struct Counting(Arc<Calls>);

impl Service for Counting {
    fn spec(&self) -> &'static ServiceSpec {
        &TEST
    }

    fn dispatch(&self, call: Call) {
        let calls = Arc::clone(&self.0);
        calls.arrived.fetch_add(1, Ordering::Relaxed);
        call.handle(&ECHO, |note: Note| async move {
            if calls.is_held.load(Ordering::Relaxed) {
                // Closed, it lets everybody go.
                let _ = calls.release.as_ref().unwrap().acquire().await;
            }
            calls.answered.fetch_add(1, Ordering::Relaxed);
            Ok(note)
        });
    }
}

/// What sockets a test is about.
#[derive(Clone, Copy)]
enum Kind {
    Tcp,
    Unix,
}

/// A server that counts.
struct Site {
    address: String,
    calls: Arc<Calls>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Drained>,
    /// Of its socket.
    _folder: Option<Folder>,
}

impl Site {
    async fn start(kind: Kind) -> Self {
        Self::with(kind, Limits::default()).await
    }

    async fn with(kind: Kind, limits: Limits) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = matches!(kind, Kind::Unix).then(|| Folder::new(&format!("site-{number}")));
        let address = folder.as_ref().map_or_else(|| "127.0.0.1:0".into(), Folder::address);
        Self { _folder: folder, ..Self::at(&address, limits).await }
    }

    async fn at(address: &str, limits: Limits) -> Self {
        let calls = Arc::new(Calls { release: Some(Semaphore::new(0)), ..Calls::default() });
        let service = Counting(Arc::clone(&calls));
        let bound = Server::new().limits(limits).service(service).bind(address).await.unwrap();
        let address = bound.local_addr().to_string();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(bound.run_until(async {
            let _ = stopped.await;
        }));
        Self { address, calls, stop, task, _folder: None }
    }

    /// Stops it and gives its address, at which nobody listens then.
    async fn stop(self) -> String {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
        self.address
    }
}

async fn sites<const N: usize>(kind: Kind) -> [Site; N] {
    let mut sites = Vec::new();
    for _ in 0..N {
        sites.push(Site::start(kind).await);
    }
    sites.try_into().ok().unwrap()
}

fn list(addresses: &[&String]) -> String {
    addresses.iter().map(|address| address.as_str()).collect::<Vec<_>>().join(",")
}

async fn echo(client: &Client, number: u64) -> Result<u64, Status> {
    client.request::<_, Note>(&ECHO, &Note::number(number)).await.map(|note| note.number)
}

/// Lets everything else go on until `is_so`.
async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        yield_now().await;
    }
}

/// Runs a test over both kinds of sockets.
macro_rules! both_kinds {
    ($($name:ident: $test:expr;)+) => {$(
        mod $name {
            use super::*;

            #[tokio::test]
            async fn over_tcp() {
                ($test)(Kind::Tcp).await;
            }

            #[tokio::test]
            async fn over_unix_sockets() {
                ($test)(Kind::Unix).await;
            }
        }
    )+};
}

both_kinds! {
    calls_spread_over_all_endpoints: async |kind: Kind| {
        let sites: [Site; 3] = sites(kind).await;
        let client = Client::builder(list(&[&sites[0].address, &sites[1].address, &sites[2].address])).lazy();
        sites.iter().for_each(|site| site.calls.hold());
        let arrived = || sites.iter().map(|site| site.calls.arrived()).sum::<usize>();
        let mut calls = Vec::new();
        let call = async |calls: &mut Vec<_>| {
            calls.push(tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(1))));
            let count = calls.len();
            until(|| arrived() == count).await;
        };
        // Until all are connected to, which happens while others take the calls.
        while sites.iter().any(|site| site.calls.arrived() == 0) {
            call(&mut calls).await;
        }
        // None is answered, so that their numbers alone decide: the next ones go where there are fewer.
        for _ in 0..3 * calls.len() {
            call(&mut calls).await;
        }
        let most = sites.iter().map(|site| site.calls.arrived()).max().unwrap();
        let least = sites.iter().map(|site| site.calls.arrived()).min().unwrap();
        assert!(most - least <= calls.len() / 4, "{least} to {most} of {}", calls.len());
        sites.iter().for_each(|site| site.calls.release());
        for call in calls {
            call.await.unwrap().unwrap();
        }
    };

    an_endpoint_that_does_not_answer_gets_no_more_calls: async |kind: Kind| {
        let [one, other, stuck] = sites(kind).await;
        stuck.calls.hold();
        let client = Client::builder(list(&[&one.address, &other.address, &stuck.address])).lazy();
        let mut waiting = Vec::new();
        let call = async |waiting: &mut Vec<_>| {
            let call = tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(1)));
            let held = waiting.len();
            until(|| call.is_finished() || stuck.calls.arrived() > held).await;
            if stuck.calls.arrived() > held {
                waiting.push(call);
            }
        };
        // Until all are connected to, two have answered, and one has not.
        while [&one, &other, &stuck].iter().any(|site| site.calls.arrived() == 0) {
            call(&mut waiting).await;
        }
        let before = waiting.len();
        for _ in 0..500 {
            call(&mut waiting).await;
        }
        assert_eq!(waiting.len(), before, "whatever it is compared with is better");
        stuck.calls.release();
        for call in waiting {
            assert!(call.await.unwrap().is_ok());
        }
    };

    a_dead_endpoint_costs_no_call: async |kind: Kind| {
        let [live, dead] = sites(kind).await;
        let dead = dead.stop().await;
        for _ in 0..8 {
            let client = Client::builder(list(&[&dead, &live.address])).lazy();
            for number in 0..20 {
                assert_eq!(echo(&client, number).await.unwrap(), number);
            }
        }
    };

    where_all_are_dead_the_error_names_them: async |kind: Kind| {
        let [one, other] = sites(kind).await;
        let (one, other) = (one.stop().await, other.stop().await);
        let client = Client::builder(list(&[&one, &other])).lazy();
        let status = echo(&client, 1).await.unwrap_err();
        let facts = status.facts();
        assert_eq!((status.code(), facts.layer, facts.party), (Code::Unavailable, Layer::Connect, Party::Callee));
        assert_eq!(facts.retry, Retry::Elsewhere);
        let words = status.message();
        assert!(words.starts_with("none of 2 endpoints can be connected to: "), "{words}");
        for address in [&one, &other] {
            let cause = format!("{address}: cannot connect to {address}: is the server running there?: ");
            assert!(words.contains(&cause), "{words}");
        }
        // Both are left alone now, for as long as chance has it; one is tried all the same.
        let status = echo(&client, 1).await.unwrap_err();
        let words = status.message();
        let of_one = "; the other endpoint could not be connected to shortly before";
        assert!(words.ends_with(of_one) || words.starts_with("none of 2 endpoints"), "{words}");
    };

    an_endpoint_that_comes_back_gets_calls_again: async |kind: Kind| {
        let [stays, goes] = sites(kind).await;
        let limits = Limits { client_backoff_max: Duration::from_millis(5), ..Limits::default() };
        let client = Client::builder(list(&[&stays.address, &goes.address])).limits(limits).lazy();
        while goes.calls.arrived() == 0 {
            echo(&client, 1).await.unwrap();
        }
        let folder_kept = goes._folder.is_some();
        let Site { address, stop, task, _folder, .. } = goes;
        stop.send(()).unwrap();
        task.await.unwrap();
        for number in 0..20 {
            assert_eq!(echo(&client, number).await.unwrap(), number, "the other one takes all");
        }
        let back = Site::at(&address, Limits::default()).await;
        while back.calls.arrived() == 0 {
            echo(&client, 1).await.unwrap();
        }
        assert_eq!(_folder.is_some(), folder_kept);
    };

    a_client_of_one_waits_for_a_server_that_restarts: async |kind: Kind| {
        let [site] = sites(kind).await;
        let client = Client::connect(&site.address).await.unwrap();
        assert_eq!(echo(&client, 1).await.unwrap(), 1);
        let Site { address, stop, task, _folder, .. } = site;
        stop.send(()).unwrap();
        task.await.unwrap();
        assert_eq!(echo(&client, 2).await.unwrap_err().code(), Code::Unavailable);
        let back = Site::at(&address, Limits::default()).await;
        // It was left alone after the failure; the request waits for the end of that, and does not fail.
        assert_eq!(echo(&client, 3).await.unwrap(), 3);
        assert_eq!(back.calls.arrived(), 1);
    };

    several_connections_are_opened_to_an_endpoint_when_all_are_in_use: async |kind: Kind| {
        // One call a connection: three at once need three of them.
        let site = Site::with(kind, Limits { calls_in_flight: 1, ..Limits::default() }).await;
        site.calls.hold();
        let limits = Limits { client_connections: 3, ..Limits::default() };
        let client = Client::builder(&site.address).limits(limits).lazy();
        let mut calls = Vec::new();
        while site.calls.arrived() < 3 {
            calls.push(tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(1))));
            yield_now().await;
        }
        // There is no fourth.
        calls.push(tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(1))));
        assert!(client.request::<_, Note>(&ECHO, &Note::number(1)).timeout(Duration::from_millis(20)).await.is_err());
        assert_eq!(site.calls.arrived(), 3);
        site.calls.release();
        for call in calls {
            assert!(call.await.unwrap().is_ok());
        }
    };
}

#[tokio::test]
async fn an_endpoint_that_does_not_greet_is_not_waited_for_alone() {
    let live = Site::start(Kind::Tcp).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = (silent.local_addr().unwrap().to_string(), silent);
    let limits = Limits { connect_timeout: Duration::from_millis(20), ..Limits::default() };
    for _ in 0..4 {
        let client = Client::builder(list(&[&silent.0, &live.address])).limits(limits).lazy();
        assert_eq!(echo(&client, 7).await.unwrap(), 7);
    }
}

/// Calls with a key go to the endpoint whose label is the key's, those without to whichever.
#[derive(Debug)]
struct ByLabel;

impl Picker for ByLabel {
    fn pick(&self, call: &OutgoingCall<'_>, endpoints: &Candidates<'_>) -> Option<usize> {
        assert_eq!(call.spec().method, "Echo");
        let is_it = |index: &usize| {
            let value = endpoints.get(*index).endpoint().value("key").unwrap_or_default();
            value.route_hash() == call.route_hash() && !call.has_tried(&endpoints.get(*index))
        };
        (0..endpoints.len()).find(is_it)
    }
}

#[tokio::test]
async fn a_picker_sees_labels_and_keys_and_what_it_leaves_open_the_client_chooses() {
    let [red, blue] = sites(Kind::Tcp).await;
    let folder = Folder::new("picker");
    let file = folder.0.join("endpoints");
    std::fs::write(&file, format!("{} key=red\n{} key=blue\n", red.address, blue.address)).unwrap();
    let client = Client::builder(format!("file:{}", file.display())).picker(|_| Box::new(ByLabel)).lazy();
    let call = async |key: &str| {
        client.request::<_, Note>(&ECHO, &Note::number(1)).route_key(key).await.unwrap();
        (red.calls.arrived(), blue.calls.arrived())
    };
    assert_eq!(call("blue").await, (0, 1));
    assert_eq!(call("blue").await, (0, 2));
    assert_eq!(call("red").await, (1, 2));
    assert_eq!(call("blue").await, (1, 3));
    let (reds, blues) = call("green").await;
    assert_eq!(reds + blues, 5, "nobody's key: the client chooses");
    // Where the chosen one cannot be connected to, the call goes elsewhere.
    blue.stop().await;
    let before = red.calls.arrived();
    client.request::<_, Note>(&ECHO, &Note::number(1)).route_key("blue").await.unwrap();
    assert_eq!(red.calls.arrived(), before + 1);
}

/// Chooses by a number that it was made with.
#[derive(Debug)]
struct Only(usize);

impl Picker for Only {
    fn pick(&self, _: &OutgoingCall<'_>, _: &Candidates<'_>) -> Option<usize> {
        Some(self.0)
    }
}

#[tokio::test]
async fn a_picker_is_made_of_the_endpoints_that_it_chooses_among() {
    let [one, wanted, other] = sites(Kind::Tcp).await;
    let target = list(&[&one.address, &one.address, &wanted.address, &other.address]);
    let address = wanted.address.clone();
    let make = move |endpoints: &[Endpoint]| -> Box<dyn Picker> {
        let index = endpoints.iter().position(|endpoint| endpoint.address().to_string() == address);
        Box::new(Only(index.unwrap()))
    };
    let client = Client::builder(target).picker(make).lazy();
    for number in 1..=20 {
        echo(&client, number).await.unwrap();
        assert_eq!(wanted.calls.arrived() as u64, number, "an address that is there twice counts once");
    }
}

#[tokio::test]
async fn a_call_in_flight_outlives_the_age_of_its_connection() {
    let site = Site::start(Kind::Tcp).await;
    site.calls.hold();
    let limits = Limits { connection_age: Duration::from_millis(20), ..Limits::default() };
    let client = Client::builder(&site.address).limits(limits).lazy();
    let waiting = tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(1)));
    until(|| site.calls.arrived() == 1).await;
    site.calls.is_held.store(false, Ordering::Relaxed);
    // Others are answered over the connections that follow, while the first one's goes on.
    for number in 0..2000 {
        assert_eq!(echo(&client, number).await.unwrap(), number);
    }
    assert!(!waiting.is_finished());
    site.calls.release();
    assert_eq!(waiting.await.unwrap().unwrap().number, 1);
}

#[tokio::test]
async fn a_peer_that_does_not_leave_is_refused_and_cut_in_the_end() {
    let limits = Limits {
        connection_idle: Duration::from_millis(1),
        drain_timeout: Duration::from_millis(1),
        ..Limits::default()
    };
    let site = Site::at("127.0.0.1:0", limits).await;
    let mut raw = Raw::greeted(site.address.parse().unwrap()).await;
    assert!(support::words(&raw.receive().await.unwrap()).contains("connection.idle"));
    loop {
        raw.send(support::request_header(1, 1), b"").await;
        let answer = raw.receive().await.unwrap();
        let words = support::words(&answer);
        if words == "the server is about to stop, or to leave this connection" {
            break;
        }
        assert_eq!(words, "", "an answer");
    }
    while raw.receive().await.is_some() {}
}

#[tokio::test]
async fn clients_do_not_notice_that_their_server_ends_old_connections() {
    let limits = Limits { connection_age: Duration::from_millis(5), ..Limits::default() };
    let site = Site::at("127.0.0.1:0", limits).await;
    let client = Client::connect(&site.address).await.unwrap();
    for number in 0..3000 {
        assert_eq!(echo(&client, number).await.unwrap(), number);
    }
}

#[test]
fn endpoints_are_read_and_shown_the_same_way() {
    let endpoint = Endpoint::new("a:1".parse().unwrap()).label("x", "1").label("y", "2").label("x", "3");
    assert_eq!(endpoint.to_string(), "a:1 y=2 x=3");
    assert_eq!(endpoint.labels().collect::<Vec<_>>(), [("y", "2"), ("x", "3")]);
    assert_eq!(endpoint.value("z"), None);
}
