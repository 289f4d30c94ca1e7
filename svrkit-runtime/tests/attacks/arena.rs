//! What is attacked: a server that counts what it is told of, and callers who mean no harm.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use svrkit_runtime::{
    AllowList, Call, CallEnd, CallFacts, Client, ConnectionEnd, ConnectionFacts, Ending, Framing, Limits,
    Monitor, Server, Service, ServiceSpec, Spec, Tlv,
};
use tokio::task::JoinSet;

use crate::support::{ECHO, FAIL, GROW, KEEP, METADATA, Note, PANIC, TRIP, Test, WAIT};

pub(crate) const NESTED_ID: u32 = 4300;
pub(crate) const MERGE_ID: u16 = 1;
pub(crate) const FORBIDDEN_ID: u16 = 2;

static MERGE: Spec = Spec::new("test.Nested", NESTED_ID, "Merge", MERGE_ID).timeout(Duration::from_secs(60));
static FORBIDDEN: Spec =
    Spec::new("test.Nested", NESTED_ID, "Forbidden", FORBIDDEN_ID).timeout(Duration::from_secs(60));
static NESTED: ServiceSpec = ServiceSpec::new("test.Nested", NESTED_ID, &[&MERGE, &FORBIDDEN]);

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Outer")]
struct Outer {
    #[tlv(1)]
    inner: Option<Inner>,
}

#[derive(Clone, Debug, Default, PartialEq, Tlv)]
#[tlv(name = "test.Inner")]
struct Inner {
    #[tlv(1)]
    items: Vec<u32>,
}

/// Says how many items there are in a message, and has a method that nobody may call.
struct Nested(Arc<Counts>);

impl Service for Nested {
    fn spec(&self) -> &'static ServiceSpec {
        &NESTED
    }

    fn dispatch(&self, call: Call) {
        let counts = Arc::clone(&self.0);
        match call.method_id() {
            MERGE_ID => call.handle(&MERGE, |outer: Outer| async move {
                Ok(Note::number(outer.inner.map_or(0, |inner| inner.items.len() as u64)))
            }),
            FORBIDDEN_ID => call.handle(&FORBIDDEN, move |note: Note| async move {
                counts.forbidden.fetch_add(1, Ordering::Relaxed);
                Ok(note)
            }),
            _ => call.refuse_unknown_method(&NESTED),
        }
    }
}

/// What a server has been told of.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) calls_began: AtomicU64,
    pub(crate) calls_ended: AtomicU64,
    pub(crate) opened: AtomicU64,
    pub(crate) ended: AtomicU64,
    /// Of those that ended: cut, or turned away, by a limit.
    pub(crate) limited: AtomicU64,
    /// Of those that ended: cut for what they sent.
    pub(crate) broke_protocol: AtomicU64,
    /// Calls of the method that nobody may call.
    pub(crate) forbidden: AtomicU64,
}

/// Tells the counts.
struct Ledger(Arc<Counts>);

impl Monitor for Ledger {
    fn call_began(&self, _: &CallFacts<'_>) {
        self.0.calls_began.fetch_add(1, Ordering::Relaxed);
    }

    fn call_ended(&self, _: &CallEnd<'_>) {
        self.0.calls_ended.fetch_add(1, Ordering::Relaxed);
    }

    fn connection_opened(&self, _: &ConnectionFacts<'_>) {
        self.0.opened.fetch_add(1, Ordering::Relaxed);
    }

    fn connection_ended(&self, end: &ConnectionEnd<'_>) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
        match end.ending {
            Ending::Limit => self.0.limited.fetch_add(1, Ordering::Relaxed),
            Ending::Protocol => self.0.broke_protocol.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |count: &AtomicU64| count.load(Ordering::Relaxed);
        write!(
            f,
            "{} of {} calls ended, {} connections ended, {} by a limit, {} for what they sent",
            number(&self.calls_ended),
            number(&self.calls_began),
            number(&self.ended),
            number(&self.limited),
            number(&self.broke_protocol)
        )
    }
}

/// A server to be attacked.
pub(crate) fn server(limits: Limits, counts: &Arc<Counts>) -> Server {
    let methods = [&ECHO, &FAIL, &PANIC, &WAIT, &GROW, &METADATA, &TRIP, &KEEP, &MERGE];
    let list = methods.into_iter().fold(AllowList::new(), AllowList::allow_all);
    let list = list.allow(&FORBIDDEN, ["nobody"]);
    Server::new()
        .limits(limits)
        .framing(Framing::new().compression())
        .interceptor(list)
        .monitor(Ledger(Arc::clone(counts)))
        .service(Test::default())
        .service(Nested(Arc::clone(counts)))
}

/// Callers who call one after the other, until they are told to stop.
pub(crate) struct Callers {
    stop: Arc<AtomicBool>,
    tasks: JoinSet<Calls>,
}

/// What came of their calls.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls {
    pub(crate) failed: u64,
    /// How long each took that did not fail.
    pub(crate) times: Vec<Duration>,
}

impl Callers {
    pub(crate) async fn start(address: SocketAddr, count: usize) -> Self {
        let (stop, mut tasks) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
        for number in 0..count {
            let client = Client::connect(address.to_string()).await.unwrap();
            let stop = Arc::clone(&stop);
            tasks.spawn(async move {
                let mut calls = Calls::default();
                while !stop.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    match client.request::<_, Note>(&ECHO, &Note::number(number as u64)).await {
                        Ok(_) => calls.times.push(began.elapsed()),
                        Err(_) => calls.failed += 1,
                    }
                }
                calls
            });
        }
        Self { stop, tasks }
    }

    pub(crate) async fn stop(self) -> Calls {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Calls::default();
        for calls in self.tasks.join_all().await {
            all.failed += calls.failed;
            all.times.extend(calls.times);
        }
        all.times.sort_unstable();
        all
    }
}

impl Calls {
    /// The time within which so many of a thousand calls have ended.
    pub(crate) fn quantile(&self, of_thousand: usize) -> Duration {
        let at = (self.times.len() * of_thousand / 1000).min(self.times.len().saturating_sub(1));
        self.times.get(at).copied().unwrap_or_default()
    }
}
