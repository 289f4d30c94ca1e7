//! What travels with a call, from hop to hop.
#![allow(clippy::unwrap_used, reason = "a test ends where what it stands on fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures_poll::poll_once;
use svrkit_runtime::{
    Call, Cause, Client, Code, Context, Layer, Limits, Party, Priority, RouteKey, Server, Service,
    ServiceSpec, Spec, Status, Tlv, UnknownFields,
};
use tokio::time::{advance, sleep};

mod futures_poll {
    use std::future::poll_fn;
    use std::pin::Pin;
    use std::task::Poll;

    /// Polls `future` once, whoever it would wake.
    pub(super) async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
        poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
    }
}

/// What a handler knows.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "hop.Seen")]
struct Seen {
    /// Zero where there is none.
    #[tlv(1)]
    remaining_us: u64,
    #[tlv(2)]
    class: u32,
    #[tlv(3)]
    rank: u32,
    #[tlv(4, fixed)]
    route_hash: u32,
    #[tlv(5)]
    caller: String,
    /// The hop asked next, what it knew.
    #[tlv(6)]
    next: Option<Box<Seen>>,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "hop.Ask")]
struct Ask {
    /// What the handler takes before it asks the next hop.
    #[tlv(1)]
    pause_ms: u64,
    #[tlv(unknown)]
    unknown: UnknownFields,
}

const HOP_ID: u32 = 4100;
static HOP: ServiceSpec = ServiceSpec::new("hop.Hop", HOP_ID, &[&ASK]);
static ASK: Spec = Spec::new("hop.Hop", HOP_ID, "Ask", 1)
    .messages("hop.Ask", "hop.Seen")
    .timeout(Duration::from_secs(30))
    .priority(192);
/// As a service knows it that takes everything for core.
static ASK_CORE: Spec = Spec::new("hop.Hop", HOP_ID, "Ask", 1).timeout(Duration::from_secs(30)).priority(0);

static TELL: Spec = Spec::new("hop.Hop", HOP_ID, "Tell", 2).oneway();

/// Says what it knows, and what the next hop knows when it is asked on behalf of this one.
#[derive(Clone, Default)]
struct Hop {
    next: Option<Client>,
    on_a_task_of_its_own: bool,
    oneway: bool,
    started: Arc<AtomicUsize>,
}

impl Hop {
    async fn ask(self, ask: Ask) -> Result<Seen, Status> {
        self.started.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(ask.pause_ms)).await;
        let context = Context::current();
        let next = match self.next {
            None => None,
            Some(next) if self.on_a_task_of_its_own => {
                let request = async move { next.request::<_, Seen>(&ASK, &Ask::default()).await };
                Some(svrkit_runtime::spawn(request).await.unwrap()?)
            }
            Some(next) => Some(next.request::<_, Seen>(&ASK, &Ask::default()).await?),
        };
        Ok(Seen {
            remaining_us: context.remaining().map_or(0, |remaining| remaining.as_micros() as u64),
            class: context.priority().unwrap().class.into(),
            rank: context.priority().unwrap().rank.into(),
            route_hash: context.route_hash(),
            caller: context.caller().unwrap_or_default().to_owned(),
            next: next.map(Box::new),
            ..Seen::default()
        })
    }
}

impl Service for Hop {
    fn spec(&self) -> &'static ServiceSpec {
        &HOP
    }

    fn dispatch(&self, call: Call) {
        let hop = self.clone();
        if hop.oneway {
            call.handle_oneway(&TELL, move |ask| async move { hop.ask(ask).await.map(drop) });
        } else {
            call.handle(&ASK, move |ask| hop.ask(ask));
        }
    }
}

fn in_process(hop: Hop) -> Client {
    Server::new().service(hop).in_process().unwrap()
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[tokio::test(start_paused = true)]
async fn a_call_below_has_what_is_left_to_the_one_above() {
    for on_a_task_of_its_own in [false, true] {
        let last = in_process(Hop::default());
        let middle = in_process(Hop { next: Some(last), on_a_task_of_its_own, ..Hop::default() });
        let first = in_process(Hop { next: Some(middle), on_a_task_of_its_own, ..Hop::default() });
        let seen: Seen =
            first.request(&ASK, &Ask { pause_ms: 100, ..Ask::default() }).timeout(ms(400)).await.unwrap();
        let middle = seen.next.unwrap();
        assert_eq!((seen.remaining_us, middle.remaining_us), (300_000, 300_000));
        assert_eq!(middle.next.unwrap().remaining_us, 300_000);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_below_may_take_less_and_never_more() {
    let last = in_process(Hop::default());
    let context = Context::current().timeout(ms(200));
    let request = async {
        let shorter: Seen = last.request(&ASK, &Ask::default()).timeout(ms(50)).await.unwrap();
        let longer: Seen = last.request(&ASK, &Ask::default()).timeout(ms(5_000)).await.unwrap();
        (shorter.remaining_us, longer.remaining_us)
    };
    assert_eq!(context.scope(request).await, (50_000, 200_000));
}

#[tokio::test(start_paused = true)]
async fn what_ends_with_the_call_above_says_so() {
    let last = in_process(Hop::default());
    let ask = Ask { pause_ms: 1_000, ..Ask::default() };
    let request = async { last.request::<_, Seen>(&ASK, &ask).await.unwrap_err() };
    let status = Context::current().timeout(ms(200)).scope(request).await;
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(status.message(), "no answer within 200 ms (what is left to the call it was made for)");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_is_not_sent() {
    let hop = Hop::default();
    let started = Arc::clone(&hop.started);
    let last = in_process(hop);
    let context = Context::current().timeout(ms(200));
    advance(ms(200)).await;
    let request = async { last.request::<_, Seen>(&ASK, &Ask::default()).await.unwrap_err() };
    let status = context.scope(request).await;
    assert_eq!((status.code(), status.facts().layer), (Code::DeadlineExceeded, Layer::Client));
    assert_eq!(status.facts().cause, Cause::Deadline);
    assert_eq!(started.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn no_handler_starts_late() {
    let hop = Hop::default();
    let started = Arc::clone(&hop.started);
    let client = in_process(hop);
    // Connected before, so that the first poll sends.
    let _: Seen = client.request(&ASK, &Ask::default()).await.unwrap();
    let mut request = std::pin::pin!(client.request::<_, Seen>(&ASK, &Ask::default()).timeout(ms(100)));
    assert!(matches!(poll_once(request.as_mut()).await, Poll::Pending), "its handler waits for its turn");
    // One thread: the handler's turn comes when this one waits, at the deadline.
    advance(ms(100)).await;
    assert_eq!(request.await.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(started.load(Ordering::Relaxed), 1, "the first one");
}

#[tokio::test]
async fn importance_and_key_are_those_of_the_call_above() {
    let last = in_process(Hop::default());
    let first = in_process(Hop { next: Some(last.clone()), ..Hop::default() });
    let seen: Seen = first.request(&ASK_CORE, &Ask::default()).route_key("alice").await.unwrap();
    assert_eq!((seen.class, seen.route_hash), (0, "alice".route_hash()), "the caller's own");
    let next = seen.next.unwrap();
    assert_eq!((next.class, next.route_hash), (0, "alice".route_hash()), "though the method is lossy");

    let alone: Seen = last.request(&ASK, &Ask::default()).await.unwrap();
    assert_eq!((alone.class, alone.rank, alone.route_hash), (192, 0, 0));
    let context = Context::current().with_priority(Priority::IMPORTANT).route_key(&7_u64);
    let given: Seen = last.request(&ASK, &Ask::default()).context(context.clone()).await.unwrap();
    assert_eq!((given.class, given.route_hash), (64, 7_u64.route_hash()), "passed by hand");
    let keyed: Seen = last.request(&ASK, &Ask::default()).context(context).route_key("bob").await.unwrap();
    assert_eq!(keyed.route_hash, "bob".route_hash(), "its own key goes first");
    let context = Context::current().route_key("alice");
    let keyed: Seen = last.request(&ASK, &Ask::default()).route_key("bob").context(context).await.unwrap();
    assert_eq!(keyed.route_hash, "bob".route_hash(), "whichever was said first");
}

#[tokio::test]
async fn a_task_that_others_began_knows_nothing() {
    let context = Context::current().with_priority(Priority::IMPORTANT);
    let (inherited, alone) = context
        .scope(async {
            let inherited = svrkit_runtime::spawn(async { Context::current() }).await.unwrap();
            (inherited, tokio::spawn(async { Context::current() }).await.unwrap())
        })
        .await;
    assert_eq!((inherited.priority(), alone.priority()), (Some(Priority::IMPORTANT), None));
}

#[tokio::test]
async fn a_caller_is_known_by_the_name_it_gives() {
    let server = Server::new().service(Hop::default()).bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr().to_string();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run_until(async move { drop(stopped.await) }));
    for (name, expected) in [("shop", "shop"), ("", "")] {
        let client = Client::builder(&address).name(name).connect().await.unwrap();
        let seen: Seen = client.request(&ASK, &Ask::default()).await.unwrap();
        assert_eq!(seen.caller, expected);
        assert!(seen.remaining_us > 0 && seen.remaining_us <= 30_000_000);
    }
    stop.send(()).unwrap();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn deadline_max_is_kept_to_the_microsecond() {
    let limits = Limits { deadline_max: ms(500), ..Limits::default() };
    let client = Server::new().limits(limits).service(Hop::default()).in_process().unwrap();
    for (timeout_us, expected) in [(499_999, 499_999), (500_000, 500_000), (500_001, 500_000)] {
        let request = client.request::<_, Seen>(&ASK, &Ask::default());
        let seen = request.timeout(Duration::from_micros(timeout_us)).await.unwrap();
        assert_eq!(seen.remaining_us, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_stops_what_takes_longer_than_it_gives() {
    let limits = Limits { deadline_max: ms(500), ..Limits::default() };
    let client = Server::new().limits(limits).service(Hop::default()).in_process().unwrap();
    let began = tokio::time::Instant::now();
    let ask = Ask { pause_ms: 5_000, ..Ask::default() };
    let status = client.request::<_, Seen>(&ASK, &ask).await.unwrap_err();
    assert_eq!(began.elapsed(), ms(500), "and not the 30 s that its caller would wait");
    assert_eq!((status.code(), status.facts().layer), (Code::DeadlineExceeded, Layer::Handler));
    assert_eq!((status.facts().cause, status.facts().party), (Cause::None, Party::Callee), "it had started");
    assert!(status.message().contains("deadline.max"), "{status}");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_has_time_of_its_own() {
    let last = Hop::default();
    let called = Arc::clone(&last.started);
    let hop = Hop { next: Some(in_process(last)), ..Hop::default() };
    let started = Arc::clone(&hop.started);
    let client = in_process(Hop { oneway: true, ..hop });
    // Made for a call whose deadline is over, handed over at once, and at work for longer than that took.
    let context = Context::current().timeout(ms(50));
    advance(ms(50)).await;
    let ask = Ask { pause_ms: 60_000, ..Ask::default() };
    context.scope(async { client.oneway(&TELL, &ask).await }).await.unwrap();
    sleep(ms(61_000)).await;
    assert_eq!((started.load(Ordering::Relaxed), called.load(Ordering::Relaxed)), (1, 1));
}

#[tokio::test]
async fn trace_and_labels_follow_over_every_hop_and_metadata_over_one() {
    /// What the innermost of three servers sees.
    #[derive(Clone, Default)]
    struct Look(Arc<std::sync::Mutex<Option<Context>>>);
    impl svrkit_runtime::Interceptor for Look {
        async fn intercept(
            &self,
            envelope: svrkit_runtime::Envelope,
            next: svrkit_runtime::Next<'_>,
        ) -> Result<svrkit_runtime::Reply, Status> {
            *self.0.lock().unwrap() = Some(envelope.context().clone());
            next.run(envelope).await
        }
    }
    let (first_look, last_look) = (Look::default(), Look::default());
    let last = Server::new().service(Hop::default()).interceptor(last_look.clone()).in_process().unwrap();
    let middle = in_process(Hop { next: Some(last), on_a_task_of_its_own: true, ..Hop::default() });
    let first = Hop { next: Some(middle), ..Hop::default() };
    let first = Server::new().service(first).interceptor(first_look.clone()).in_process().unwrap();
    let trace: svrkit_runtime::Trace =
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse().unwrap();
    let context = Context::current()
        .with_trace(trace)
        .with_label("tenant", "blue")
        .with_label("gray", "1")
        .with_label("gray", "2");
    let request = first.request::<_, Seen>(&ASK, &Ask::default()).context(context).metadata("color", "red");
    request.await.unwrap();

    let of = |look: &Look| look.0.lock().unwrap().clone().unwrap();
    for seen in [of(&first_look), of(&last_look)] {
        assert_eq!(seen.trace(), Some(trace));
        assert_eq!(seen.labels().collect::<Vec<_>>(), [("tenant", "blue"), ("gray", "2")]);
    }
    assert_eq!(of(&first_look).metadata("color").unwrap(), "red");
    assert_eq!(of(&last_look).metadata("color"), None, "what one caller says to one callee goes no further");
}

#[tokio::test]
async fn labels_take_of_the_metadatas_limits_and_must_be_text() {
    let limits = Limits { metadata_entries: 2, ..Limits::default() };
    let client = Server::new().limits(limits).service(Hop::default()).in_process().unwrap();
    let context = Context::current().with_label("a", "1").with_label("b", "2");
    let request = |context: Context| client.request::<_, Seen>(&ASK, &Ask::default()).context(context);
    assert!(request(context.clone()).await.is_ok());
    let status = request(context.with_label("c", "3")).await.unwrap_err();
    assert!(
        status.message().contains("3 metadata entries are over the limit of 2 (metadata.entries)"),
        "{status}"
    );

    let request = client.request::<_, Seen>(&ASK, &Ask::default());
    let status = request.metadata("svrkit.label.tenant", &b"\xff"[..]).await.unwrap_err();
    assert_eq!((status.code(), status.facts().layer), (Code::InvalidArgument, Layer::Codec));
    assert_eq!(status.message(), "the metadata cannot be read: the label tenant is no text (UTF-8)");
}
