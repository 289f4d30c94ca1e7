//! At the server, before a handler starts.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{Facts, Header, Metadata, RequestFacts};
use svrkit_runtime::{
    AllowList, BearerCheck, BearerToken, Call, Cause, Client, Config, Limits, Priority, Retry, Server,
    Service, ServiceSpec, Spec, Status, Streaming, Tier, Tlv,
};
use tokio::sync::Notify;

use crate::support::{ECHO, MISSING, Note, Raw, Running, TEST_ID, request_header, words};
use crate::{DO, OWN_ID, Seen, own, serve, told};

pub(crate) async fn provoke(seen: &mut Seen) {
    crowded(seen).await;
    overloaded(seen).await;
    blocked(seen).await;
    heavily_loaded(seen).await;
    late(seen).await;
    hopeless(seen).await;
    held(seen).await;
    unknown(seen).await;
    unreadable(seen).await;
    uninvited(seen).await;
}

/// Handlers are held while more calls come than can wait, and let go.
async fn overloaded(seen: &mut Seen) {
    let limits = Limits { handlers_running: 2, queue_calls: 50, ..Limits::default() };
    let mut server = Running::with(limits).await;
    let mut raw = Raw::greeted(server.address).await;
    let body = Note::number(7).encode().unwrap();
    let (mut by_queue, mut by_level, mut call_id) = (None, None, 0);
    // As often as it takes, and by another server where one has learned nothing: how fast the machine is, nobody knows.
    while by_queue.is_none() || by_level.is_none() {
        if call_id >= 20_000 {
            server = Running::with(limits).await;
            raw = Raw::greeted(server.address).await;
            call_id = 0;
        }
        for _ in 0..2 {
            call_id += 1;
            raw.send(request_header(call_id, 4), b"").await;
        }
        for rank in 0..=255 {
            call_id += 1;
            let mut header = request_header(call_id, 1);
            if let Facts::Request(facts) = &mut header.facts {
                facts.priority = Priority { rank, ..Priority::LOSSY };
            }
            raw.send(header, &body).await;
        }
        for _ in 0..258 {
            let answer = raw.receive().await.unwrap();
            server.gate.go.notify_one();
            let Facts::Response(facts) = answer.header.facts else { panic!("{answer:?}") };
            match Cause::from_number(facts.cause) {
                Cause::Queue => by_queue = Some(told(&answer)),
                Cause::Level => by_level = Some(told(&answer)),
                cause => assert_eq!(cause, Cause::None),
            }
        }
    }
    seen.caller("queue_full", by_queue.unwrap());
    seen.caller("level_shut", by_level.unwrap());
}

/// One asks the same over and over, and ten others were there.
async fn blocked(seen: &mut Seen) {
    let limits = Limits { wild_time: Duration::from_secs(1), ..Limits::default() };
    let server = Running::with(limits).await;
    for other in 0..10 {
        let mut raw = Raw::connect(server.address).await.greet(&format!("other {other}")).await;
        raw.send(request_header(1, 1), b"").await;
        raw.receive().await.unwrap();
    }
    let mut raw = Raw::greeted(server.address).await;
    let mut call_id = 0;
    let refused = 'refused: loop {
        for _ in 0..50 {
            call_id += 1;
            raw.send(request_header(call_id, 1), b"").await;
        }
        for _ in 0..50 {
            let answer = raw.receive().await.unwrap();
            let Facts::Response(facts) = answer.header.facts else { panic!("{answer:?}") };
            // A machine that stands still for a moment is overloaded as well.
            if Cause::from_number(facts.cause) == Cause::Blocked {
                break 'refused told(&answer);
            }
        }
    };
    let longest = Limits::default().wild_block_min;
    assert!(matches!(refused.facts().retry, Retry::After(left) if left <= longest), "{refused}");
    // For how long is each case's own.
    seen.caller("blocked", refused.retry(Retry::Elsewhere));
}

/// The load is held by hand at what a method says it is refused from.
async fn heavily_loaded(seen: &mut Seen) {
    static LOSSY: Spec = own("Do", 1).refused_from(Tier::High);
    static LOSSES: ServiceSpec = ServiceSpec::new("test.Own", OWN_ID, &[&LOSSY]);
    struct Losses;
    impl Service for Losses {
        fn spec(&self) -> &'static ServiceSpec {
            &LOSSES
        }

        fn dispatch(&self, call: Call) {
            call.handle(&LOSSY, |note: Note| async move { Ok(note) });
        }
    }
    let server = Server::new().service(Losses);
    let load = server.load();
    let server = TestServer::start(server).await;
    load.hold(Tier::High, Duration::from_secs(3600), "a test");
    let mut raw = Raw::greeted(server.address().parse().unwrap()).await;
    let facts =
        RequestFacts { service_id: OWN_ID, method_id: 1, remaining_us: u32::MAX, ..RequestFacts::default() };
    raw.send(Header::new(1, Facts::Request(facts)), b"").await;
    seen.caller("refused_by_tier", told(&raw.receive().await.unwrap()));
}

async fn crowded(seen: &mut Seen) {
    let server = Running::with(Limits { calls_in_flight: 1, ..Limits::default() }).await;
    let gate = Arc::clone(&server.gate);
    let mut raw = Raw::greeted(server.address).await;
    raw.send(request_header(1, 4), b"").await;
    gate.started.notified().await;
    raw.send(request_header(2, 4), b"").await;
    seen.caller("calls_in_flight_full", told(&raw.receive().await.unwrap()));
    let limits = Limits { calls_bytes: 1024, message_in: 10_000, ..Limits::default() };
    let narrow = Running::with(limits).await;
    let mut long = Raw::greeted(narrow.address).await;
    let body = Note { payload: vec![7; 6000].into(), ..Note::default() }.encode().unwrap();
    long.send(request_header(1, 4), &body).await;
    long.send(request_header(2, 4), &body).await;
    seen.caller("calls_bytes_full", told(&long.receive().await.unwrap()));
    let limits = Limits { calls_memory: 1024, message_in: 10_000, ..Limits::default() };
    let small = Running::with(limits).await;
    let mut long = Raw::greeted(small.address).await;
    long.send(request_header(1, 4), &body).await;
    long.send(request_header(2, 4), &body).await;
    seen.caller("calls_memory_full", told(&long.receive().await.unwrap()));
    let stopping = tokio::spawn(server.stop());
    // The goaway says that it has begun to stop.
    raw.receive().await.unwrap();
    raw.send(request_header(3, 4), b"").await;
    seen.caller("draining", told(&raw.receive().await.unwrap()));
    gate.go.notify_one();
    drop(raw);
    stopping.await.unwrap();

    // A handler that blocks its thread cannot be stopped before it goes on.
    let started = Arc::new(Notify::new());
    let (release, blocked) = mpsc::channel::<()>();
    let blocked = Arc::new(Mutex::new(blocked));
    let (_, server) = serve({
        let started = Arc::clone(&started);
        move |call| {
            let (started, blocked) = (Arc::clone(&started), Arc::clone(&blocked));
            call.handle_blocking(&DO, move |note: Note| async move {
                started.notify_one();
                // Fails once the test has dropped its end: then nothing blocks any more.
                let _ = blocked.lock().unwrap().recv();
                Ok(note)
            });
        }
    })
    .await;
    let mut raw = Raw::greeted(server.address().parse().unwrap()).await;
    let facts = RequestFacts {
        service_id: OWN_ID,
        method_id: 1,
        remaining_us: 30_000_000,
        ..RequestFacts::default()
    };
    let request = || Header::new(1, Facts::Request(facts));
    raw.send(request(), b"").await;
    started.notified().await;
    raw.send(Header::new(1, Facts::Cancel), b"").await;
    raw.send(request(), b"").await;
    seen.caller("call_lingering", told(&raw.receive().await.unwrap()));
    drop(release);
}

async fn late(seen: &mut Seen) {
    let server = Running::start().await;
    let header = |call_id, remaining_us| {
        let facts =
            RequestFacts { service_id: TEST_ID, method_id: 1, remaining_us, ..RequestFacts::default() };
        Header::new(call_id, Facts::Request(facts))
    };
    let mut raw = Raw::greeted(server.address).await;
    raw.send(header(1, 0), b"").await;
    seen.caller("late_on_arrival", told(&raw.receive().await.unwrap()));
    // All that comes by one read is as old: most of their turns come after many others.
    let many: Vec<u8> = (1..=500).flat_map(|call_id| header(call_id, 1).to_bytes()).collect();
    raw.send_bytes(&many).await;
    let late = loop {
        let frame = raw.receive().await.unwrap();
        if !frame.body.is_empty() {
            break told(&frame);
        }
    };
    seen.caller("late_in_turn", late);
}

/// Handlers take ten milliseconds, and callers come that have five.
async fn hopeless(seen: &mut Seen) {
    let (_, server) = serve(|call| {
        call.handle(&DO, |note: Note| async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            Ok(note)
        });
    })
    .await;
    let mut raw = Raw::greeted(server.address().parse().unwrap()).await;
    let mut call_id = 0;
    // As often as it takes to know what is usual: the machine may be slower than the handlers.
    let refused = loop {
        let mut end = async |remaining_us| {
            call_id += 1;
            let facts =
                RequestFacts { service_id: OWN_ID, method_id: 1, remaining_us, ..RequestFacts::default() };
            raw.send(Header::new(call_id, Facts::Request(facts)), b"").await;
            raw.receive().await.unwrap()
        };
        end(30_000_000).await;
        let answer = end(5_000).await;
        if words(&answer).contains("usually takes") {
            break told(&answer);
        }
    };
    seen.caller("time_too_short", refused);
}

/// A method of which a server takes one call a minute, and one that has one handler at once.
async fn held(seen: &mut Seen) {
    let config = Config::builder()
        .set("method.test.Test.Echo.rate", "1/min")
        .set("method.test.Test.Wait.running_max", "1")
        .load()
        .unwrap();
    let server = Running::of(Server::new().config(&config)).await;
    let mut raw = Raw::greeted(server.address).await;
    raw.send(request_header(1, 1), b"").await;
    raw.receive().await.unwrap();
    raw.send(request_header(2, 1), b"").await;
    let refused = told(&raw.receive().await.unwrap());
    let Retry::After(wait) = refused.facts().retry else { panic!("{refused}") };
    assert!(Duration::ZERO < wait && wait <= Duration::from_secs(60), "{wait:?}");
    // For how long is each case's own.
    seen.caller("rate_over", refused.retry(Retry::Elsewhere));
    raw.send(request_header(3, 4), b"").await;
    server.gate.started.notified().await;
    raw.send(request_header(4, 4), b"").await;
    seen.caller("running_max_reached", told(&raw.receive().await.unwrap()));
}

async fn unknown(seen: &mut Seen) {
    static NOWHERE: Spec = Spec::new("test.Nowhere", 4999, "Do", 1);
    static TELL: Spec = own("Tell", 1).oneway();
    static FLOW: Spec = own("Flow", 1).streaming(Streaming::Server);
    let server = Running::start().await;
    let client = server.client().await;
    seen.caller("service_unknown", client.request::<_, Note>(&NOWHERE, &Note::default()).await.unwrap_err());
    seen.caller("method_unknown", client.request::<_, Note>(&MISSING, &Note::default()).await.unwrap_err());
    let (client, _server) = serve(|call| call.handle_oneway(&TELL, |_: Note| async { Ok(()) })).await;
    seen.caller("oneway_awaited", client.request::<_, Note>(&DO, &Note::default()).await.unwrap_err());
    let (client, _server) = serve(|call| {
        call.handle_server_stream(&FLOW, |_: Note, _: svrkit_runtime::Sender<Note>| async { Ok(()) });
    })
    .await;
    seen.caller(
        "stream_without_streams",
        client.request::<_, Note>(&DO, &Note::default()).await.unwrap_err(),
    );
    let (client, _server) = serve(|call| call.handle(&DO, |note: Note| async { Ok(note) })).await;
    let mut flow = client.server_stream::<_, Note>(&FLOW, &Note::default());
    seen.caller("streams_without_stream", flow.next().await.unwrap_err());
}

async fn unreadable(seen: &mut Seen) {
    #[derive(Default, Tlv)]
    struct Wrong {
        #[tlv(2)]
        text: Vec<u8>,
    }
    let server = Running::with(Limits { metadata_entries: 1, ..Limits::default() }).await;
    let client = server.client().await;
    let wrong = Wrong { text: vec![0xff] };
    seen.caller("request_unreadable", client.request::<_, Note>(&ECHO, &wrong).await.unwrap_err());
    let over = Note::number(2_000_000_000);
    seen.caller("constraints_broken", client.request::<_, Note>(&ECHO, &over).await.unwrap_err());

    let mut raw = Raw::greeted(server.address).await;
    let mut with_metadata = async |metadata: &[u8]| {
        let header = Header { metadata_len: metadata.len() as u16, ..request_header(1, 1) };
        raw.send_bytes(&[&header.to_bytes()[..], metadata].concat()).await;
        told(&raw.receive().await.unwrap())
    };
    seen.caller("metadata_unreadable", with_metadata(&[0xff]).await);
    let mut metadata = Metadata::default();
    metadata.insert("a", "1");
    metadata.insert("b", "2");
    seen.caller("metadata_entries_over_servers_limit", with_metadata(&metadata.encode().unwrap()).await);
}

async fn uninvited(seen: &mut Seen) {
    let check = BearerCheck::new(|token| (token == "known").then(|| "shop".to_owned()));
    let server = Running::of(Server::new().interceptor(check).interceptor(AllowList::new())).await;
    let client = server.client().await;
    let echo = |client: &Client| client.request::<_, Note>(&ECHO, &Note::default());
    seen.caller("token_missing", echo(&client).await.unwrap_err());
    let malformed = echo(&client).metadata("authorization", "Basic known");
    seen.caller("token_malformed", malformed.await.unwrap_err());
    let with_token = async |token: &str| -> Status {
        let client = Client::builder(server.address.to_string()).interceptor(BearerToken::new(token));
        echo(&client.connect().await.unwrap()).await.unwrap_err()
    };
    seen.caller("token_unknown", with_token("unknown").await);
    seen.caller("not_on_list", with_token("known").await);
}
