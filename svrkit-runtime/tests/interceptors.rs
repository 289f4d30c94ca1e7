//! What stands between callers and handlers, at both sides.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod support;

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::{ECHO, FAIL, METADATA, Note, Running, WAIT};
use svrkit_runtime::wire::frame::Facts;
use svrkit_runtime::{
    AllowList, BearerCheck, BearerToken, CallEnd, Client, Code, Context, Envelope, Event, Interceptor, Layer,
    Monitor, Next, Recorder, Reply, Server, Side, Status, Tlv, Tower,
};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// Writes down who is passed, on the way there and on the way back.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn write(&self, entry: String) {
        self.0.lock().unwrap().push(entry);
    }

    fn entries(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

struct Pass(&'static str, Diary);

impl Interceptor for Pass {
    async fn intercept(&self, envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        let Self(name, diary) = self;
        let (side, method) = (envelope.side(), envelope.spec().method);
        let number = envelope.message::<Note>()?.number;
        diary.write(format!("{name}: {side:?} {method} {number}"));
        let reply = next.run(envelope).await;
        match &reply {
            Ok(reply) => diary.write(format!("{name}: answered {}", reply.message::<Note>()?.number)),
            Err(status) => diary.write(format!("{name}: {}", status.code())),
        }
        reply
    }
}

/// An interceptor of one function.
struct Do<F>(F);

impl<F> Interceptor for Do<F>
where
    F: Fn(&mut Envelope) -> Option<Result<Reply, Status>> + Send + Sync + 'static,
{
    async fn intercept(&self, mut envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        match (self.0)(&mut envelope) {
            Some(outcome) => outcome,
            None => next.run(envelope).await,
        }
    }
}

fn change(
    what: impl Fn(&mut Envelope) + Send + Sync + 'static,
) -> Do<impl Fn(&mut Envelope) -> Option<Result<Reply, Status>> + Send + Sync> {
    Do(move |envelope: &mut Envelope| {
        what(envelope);
        None
    })
}

async fn client_of(server: &Running, interceptor: impl Interceptor) -> Client {
    Client::builder(server.address.to_string()).interceptor(interceptor).connect().await.unwrap()
}

async fn echo(client: &Client, number: u64) -> Result<Note, Status> {
    client.request(&ECHO, &Note::number(number)).await
}

#[tokio::test]
async fn all_are_passed_in_order_and_back_in_the_other() {
    let diary = Diary::default();
    let server =
        Server::new().interceptor(Pass("third", diary.clone())).interceptor(Pass("fourth", diary.clone()));
    let server = Running::of(server).await;
    let client = Client::builder(server.address.to_string())
        .interceptor(Pass("first", diary.clone()))
        .interceptor(Pass("second", diary.clone()))
        .connect()
        .await
        .unwrap();
    assert_eq!(echo(&client, 7).await.unwrap().number, 7);
    let expected = [
        "first: Client Echo 7",
        "second: Client Echo 7",
        "third: Server Echo 7",
        "fourth: Server Echo 7",
        "fourth: answered 7",
        "third: answered 7",
        "second: answered 7",
        "first: answered 7",
    ];
    assert_eq!(diary.entries(), expected);

    diary.0.lock().unwrap().clear();
    let status = client.request::<_, Note>(&FAIL, &Note::number(8)).await.unwrap_err();
    assert_eq!((status.code(), status.facts().error_code), (Code::NotFound, 1001));
    assert_eq!(
        diary.entries()[4..],
        ["fourth", "third", "second", "first"].map(|name| format!("{name}: NOT_FOUND"))
    );
}

#[tokio::test]
async fn what_is_refused_is_neither_decoded_nor_handled() {
    #[derive(Default, Tlv)]
    struct Wrong {
        #[tlv(2)]
        text: Vec<u8>,
    }
    let refuse = Do(|_: &mut Envelope| Some(Err(Status::failed_precondition("closed on Sundays"))));
    let server = Running::of(Server::new().interceptor(refuse)).await;
    let client = server.client().await;
    let wrong = Wrong { text: vec![0xff] };
    let status = client.request::<_, Note>(&WAIT, &wrong).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::FailedPrecondition, "closed on Sundays"));
    let started = tokio::time::timeout(Duration::ZERO, server.gate.started.notified()).await;
    assert!(started.is_err(), "the handler has started");
}

#[tokio::test]
async fn a_client_that_refuses_sends_nothing() {
    let refuse = Do(|_: &mut Envelope| Some(Err(Status::failed_precondition("not today"))));
    let endpoint = "127.0.0.1:1";
    let client = Client::builder(endpoint).interceptor(refuse).lazy();
    let status = echo(&client, 1).await.unwrap_err();
    assert_eq!((status.message(), status.facts().endpoint), ("not today", Some(endpoint)));
}

#[tokio::test]
async fn request_answer_metadata_and_context_can_be_changed() {
    let double = change(|envelope| {
        let note = envelope.message::<Note>().unwrap();
        envelope.set_message(&Note { number: note.number * 2, ..note }).unwrap();
    });
    let server = Running::of(Server::new().interceptor(double)).await;
    assert_eq!(echo(&server.client().await, 21).await.unwrap().number, 42);

    let known = Do(|envelope: &mut Envelope| Some(envelope.reply(&Note::number(99))));
    let client = client_of(&server, known).await;
    assert_eq!(echo(&client, 1).await.unwrap().number, 99);

    let color = change(|envelope| envelope.metadata_mut().insert("color", "red"));
    let server = Running::start().await;
    let client = client_of(&server, color).await;
    let note = Note { text: "color".into(), ..Note::default() };
    assert_eq!(client.request::<_, Note>(&METADATA, &note).await.unwrap().payload, "red");

    // Set by one side's interceptor, found by that of the other.
    let (label, found) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(None)));
    let look = change({
        let (label, found) = (Arc::clone(&label), Arc::clone(&found));
        move |envelope| {
            *label.lock().unwrap() = envelope.context().label("tenant").map(str::to_owned);
            *found.lock().unwrap() = envelope.metadata().value("color").cloned();
        }
    });
    let server = Running::of(Server::new().interceptor(look)).await;
    let tenant = change(|envelope| {
        let context = envelope.context().clone().with_label("tenant", "blue");
        envelope.set_context(context);
    });
    let client = client_of(&server, tenant).await;
    client.request::<_, Note>(&ECHO, &Note::number(1)).metadata("color", "red").await.unwrap();
    assert_eq!(label.lock().unwrap().as_deref(), Some("blue"));
    assert_eq!(found.lock().unwrap().as_deref(), Some(&b"red"[..]));
}

#[tokio::test]
async fn who_has_no_known_token_is_nobody() {
    let identity = Arc::new(Mutex::new(None));
    let look = change({
        let identity = Arc::clone(&identity);
        move |envelope| *identity.lock().unwrap() = envelope.context().identity().map(str::to_owned)
    });
    let check = BearerCheck::new(|token| (token == "s3cret").then(|| "shop".to_owned()));
    let server = Running::of(Server::new().interceptor(check).interceptor(look)).await;

    let client = client_of(&server, BearerToken::new("s3cret")).await;
    assert_eq!(echo(&client, 1).await.unwrap().number, 1);
    assert_eq!(identity.lock().unwrap().take().as_deref(), Some("shop"));

    let basic = change(|envelope| envelope.metadata_mut().insert("authorization", "Basic s3cret"));
    let no_text = change(|envelope| envelope.metadata_mut().insert("authorization", &b"Bearer \xff"[..]));
    for (client, words) in [
        (server.client().await, "no token came with the call"),
        (client_of(&server, BearerToken::new("s3cre")).await, "the token is not known here"),
        (client_of(&server, BearerToken::new("")).await, "the token is not known here"),
        (client_of(&server, basic).await, "the metadata entry authorization is no bearer token"),
        (client_of(&server, no_text).await, "the metadata entry authorization is no bearer token"),
    ] {
        let status = echo(&client, 1).await.unwrap_err();
        assert_eq!((status.code(), status.facts().layer), (Code::Unauthenticated, Layer::Admission));
        assert!(status.message().starts_with(words), "{status}");
    }
    assert_eq!(*identity.lock().unwrap(), None, "nobody of them has passed");
    assert!(!format!("{:?}", BearerToken::new("s3cret")).contains("s3cret"));
}

#[tokio::test]
async fn what_is_not_on_the_list_is_denied() {
    let whose = |token: &str| Some(token.to_owned());
    let list = AllowList::new().allow(&ECHO, ["shop"]).allow(&ECHO, ["till"]).allow_all(&METADATA);
    let server = Server::new().interceptor(BearerCheck::new(whose)).interceptor(list.clone());
    let server = Running::of(server).await;
    for (who, may_echo) in [("shop", true), ("till", true), ("shopper", false)] {
        let client = client_of(&server, BearerToken::new(who)).await;
        let status = echo(&client, 1).await.err();
        assert_eq!(status.as_ref().map(Status::code), (!may_echo).then_some(Code::PermissionDenied));
        if let Some(status) = status {
            assert_eq!(
                status.message(),
                "\"shopper\" may not call test.Test.Echo: it is not on the server's list"
            );
        }
        let open = client.request::<_, Note>(&METADATA, &Note::default()).await.unwrap_err();
        assert_eq!(open.code(), Code::NotFound, "the handler was asked");
        let unlisted = client.request::<_, Note>(&FAIL, &Note::default()).await.unwrap_err();
        assert_eq!(unlisted.code(), Code::PermissionDenied);
    }
    // Without anybody to say who calls, only what is open to all is.
    let server = Running::of(Server::new().interceptor(list)).await;
    let status = echo(&server.client().await, 1).await.unwrap_err();
    assert!(status.message().starts_with("nobody known may not call test.Test.Echo"), "{status}");
}

/// Goes no further, and tells when it is passed and when it is dropped.
#[derive(Clone, Default)]
struct Stuck {
    passed: Arc<Notify>,
    gone: Arc<Notify>,
}

impl Interceptor for Stuck {
    async fn intercept(&self, _: Envelope, _: Next<'_>) -> Result<Reply, Status> {
        struct Gone(Arc<Notify>);
        impl Drop for Gone {
            fn drop(&mut self) {
                self.0.notify_one();
            }
        }
        let _gone = Gone(Arc::clone(&self.gone));
        self.passed.notify_one();
        pending().await
    }
}

#[tokio::test]
async fn cancel_and_deadline_end_interceptors_too() {
    let stuck = Stuck::default();
    let server = Running::of(Server::new().interceptor(stuck.clone())).await;
    let client = server.client().await;
    let waiting = tokio::spawn(client.request::<_, Note>(&ECHO, &Note::number(1)));
    stuck.passed.notified().await;
    waiting.abort();
    stuck.gone.notified().await;

    let late = client.request::<_, Note>(&ECHO, &Note::number(1)).timeout(Duration::from_millis(20));
    assert_eq!(late.await.unwrap_err().code(), Code::DeadlineExceeded);
    stuck.gone.notified().await;

    let stuck = Stuck::default();
    let client = client_of(&Running::start().await, stuck.clone()).await;
    let late = client.request::<_, Note>(&ECHO, &Note::number(1)).timeout(Duration::from_millis(20));
    let status = late.await.unwrap_err();
    assert_eq!(
        (status.code(), status.message()),
        (Code::DeadlineExceeded, "no answer within 20 ms (the call's timeout)")
    );
    stuck.gone.notified().await;
}

#[tokio::test]
async fn oneway_calls_pass_them_as_well() {
    let (diary, passed) = (Diary::default(), Arc::new(Notify::new()));
    let note = |name: &'static str| {
        let (diary, passed) = (diary.clone(), Arc::clone(&passed));
        change(move |envelope| {
            diary.write(format!("{name} {}", envelope.body().len()));
            passed.notify_one();
        })
    };
    let server = Running::of(Server::new().interceptor(note("server"))).await;
    let client = client_of(&server, note("client")).await;
    client.oneway(&ECHO, &Note::number(1)).await.unwrap();
    while diary.entries().len() < 2 {
        passed.notified().await;
    }
    assert_eq!(diary.entries(), ["client 2", "server 2"]);
}

#[tokio::test]
async fn the_handler_runs_in_the_context_that_was_left_for_it() {
    let label = change(|envelope| {
        let context = envelope.context().clone().with_label("tenant", "blue");
        envelope.set_context(context);
    });
    // The handler of the first server asks the second one, whose interceptor looks.
    let seen = Arc::new(Mutex::new(None));
    let look = change({
        let seen = Arc::clone(&seen);
        move |envelope| *seen.lock().unwrap() = envelope.context().label("tenant").map(str::to_owned)
    });
    let second = Running::of(Server::new().interceptor(look)).await;
    let asking = second.client().await;
    let ask = AskInside(asking);
    let first = Running::of(Server::new().interceptor(label).interceptor(ask)).await;
    assert_eq!(echo(&first.client().await, 1).await.unwrap().number, 1);
    assert_eq!(seen.lock().unwrap().as_deref(), None, "an interceptor runs in the call's own context");
    let context = Context::current().with_label("tenant", "green");
    let client = first.client().await;
    context.scope(async { echo(&client, 1).await }).await.unwrap();
    assert_eq!(seen.lock().unwrap().as_deref(), Some("green"));
}

/// Asks another server before it goes on.
struct AskInside(Client);

impl Interceptor for AskInside {
    async fn intercept(&self, envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        assert_eq!(envelope.side(), Side::Server);
        echo(&self.0, 1).await?;
        next.run(envelope).await
    }
}

#[tokio::test]
async fn layers_of_tower_count_over_all_calls() {
    let layers = tower::ServiceBuilder::new().load_shed().concurrency_limit(1).into_inner();
    let server = Running::of(Server::new().interceptor(Tower::new(layers))).await;
    let client = server.client().await;
    assert_eq!(echo(&client, 1).await.unwrap().number, 1);
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(2)));
    server.gate.started.notified().await;
    let status = echo(&client, 3).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::Unavailable, Layer::Admission));
    assert!(status.message().contains("overloaded"), "{status}");
    server.gate.go.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap().number, 2);
    // A status goes through a layer as it is.
    let status = client.request::<_, Note>(&FAIL, &Note::number(4)).await.unwrap_err();
    assert_eq!((status.code(), status.facts().error_code), (Code::NotFound, 1001));
}

#[tokio::test]
async fn a_layers_time_out_ends_what_comes_behind_it() {
    let stuck = Stuck::default();
    let layer = tower::timeout::TimeoutLayer::new(Duration::from_millis(20));
    let server = Running::of(Server::new().interceptor(Tower::new(layer)).interceptor(stuck.clone())).await;
    let status = echo(&server.client().await, 1).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    stuck.gone.notified().await;
}

#[tokio::test]
async fn a_deadline_is_told_as_one_whoever_stands_before_the_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = listener.local_addr().unwrap().to_string();
    let recorder = Recorder::default();
    let pass = change(|_| {});
    let client = Client::builder(endpoint).interceptor(pass).monitor(recorder.clone());
    let (mut raw, client) = tokio::join!(support::Raw::accept(&listener), client.connect());
    let client = client.unwrap();
    let late = client.request::<_, Note>(&ECHO, &Note::number(1)).timeout(Duration::from_millis(20));
    assert_eq!(late.await.unwrap_err().code(), Code::DeadlineExceeded);
    let ended: Vec<Code> = recorder.events().iter().filter_map(Event::ended).collect();
    assert_eq!(ended, [Code::DeadlineExceeded], "and not a cancel");
    // Whether anyone is there is asked as well.
    let mut kinds = Vec::new();
    while kinds.len() < 3 {
        kinds.push(raw.receive().await.unwrap().header.facts);
    }
    assert!(matches!(kinds[..], [Facts::Request(_), Facts::Cancel, Facts::Ping(_)]), "{kinds:?}");
}

#[tokio::test]
async fn a_context_that_is_set_ends_no_later_than_the_call_and_may_end_earlier() {
    // Earlier, at a client.
    let hurry = change(|envelope| {
        let context = envelope.context().clone().timeout(Duration::from_millis(20));
        envelope.set_context(context);
    });
    let server = Running::start().await;
    let client = client_of(&server, hurry).await;
    let status = client.request::<_, Note>(&WAIT, &Note::number(1)).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);

    // Without any, at a server; and what monitors are told of is what was left for the handler.
    let forget = change(|envelope| envelope.set_context(Context::default().with_identity("shop")));
    let seen = Arc::new(Mutex::new(None));
    struct Keep(Arc<Mutex<Option<Context>>>);
    impl Monitor for Keep {
        fn call_ended(&self, end: &CallEnd<'_>) {
            *self.0.lock().unwrap() = Some(end.call.context.clone());
        }
    }
    let server = Server::new().interceptor(forget).monitor(Keep(Arc::clone(&seen)));
    let server = Running::of(server).await;
    echo(&server.client().await, 1).await.unwrap();
    let seen = seen.lock().unwrap().take().unwrap();
    assert_eq!(seen.identity(), Some("shop"));
    assert!(seen.remaining().is_some_and(|remaining| remaining <= Duration::from_secs(30)));
}
