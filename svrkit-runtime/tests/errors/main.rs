//! Every error of the framework, provoked: what arrives is what the catalogue says, and what `docs/errors.md` shows.
//!
//! `SVRKIT_BLESS=1 cargo test -p svrkit-runtime --test errors` writes the tables of the document anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

#[path = "../support/authority.rs"]
mod authority;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tls_peers.rs"]
mod tls_peers;

mod admitting;
mod calling;
mod connecting;
mod handling;
mod keeping_out;
mod layering;
mod leaving;
mod queueing;
mod securing;
mod source;
mod starting;
mod streaming;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use support::words;
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::wire::frame::{Facts, Frame};
use svrkit_runtime::{
    Call, CatalogueEntry, Cause, Client, Code, Layer, Limits, Party, Retry, Server, Service, ServiceSpec,
    Spec, Status,
};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const DOCUMENT: &str = "../docs/errors.md";

/// What no test can provoke, and why.
const UNPROVOKED: &[(&str, &str)] = &[
    ("name_without_address", "resolvers answer with an error instead of nothing"),
    ("stream_cut", "a stream is sent as soon as it has its slot"),
];

/// The names in the catalogue of what was provoked.
#[derive(Default)]
struct Seen(BTreeSet<&'static str>);

impl Seen {
    /// What a caller has got.
    #[track_caller]
    fn caller(&mut self, name: &'static str, status: Status) {
        assert!(status.facts().endpoint.is_some(), "it does not name its endpoint: {status}");
        self.handler(name, status);
    }

    /// What a handler, an interceptor or a monitor has got: it knows the call, and needs no names.
    #[track_caller]
    fn handler(&mut self, name: &'static str, status: Status) {
        check(name, &status);
        self.elsewhere(name);
    }

    /// What was provoked, and checked, in a process of its own.
    #[track_caller]
    fn elsewhere(&mut self, name: &'static str) {
        assert!(self.0.insert(name), "{name} twice");
    }
}

#[track_caller]
fn check(name: &str, status: &Status) {
    let entry = Status::catalogue().find(|entry| entry.name == name).unwrap();
    let facts = status.facts();
    assert_eq!(
        (status.code(), facts.layer, facts.party, facts.cause, facts.retry),
        (entry.code, entry.layer, entry.party, entry.cause, entry.retry),
        "{name}: {status}"
    );
    assert!(fits(entry.text, status.message()), "{name}: {:?} begins otherwise: {status}", entry.text);
    if let Some(key) = entry.key {
        assert!(status.message().contains(key), "{name} does not name {key}: {status}");
    }
}

/// Whether `message` begins as `text` does, with anything where `text` has names in braces.
fn fits(text: &str, message: &str) -> bool {
    let mut rest = message;
    for (at, part) in text.split('{').enumerate() {
        let literal = if at == 0 { part } else { part.split_once('}').unwrap().1 };
        match rest.find(literal) {
            Some(found) if at > 0 || found == 0 => rest = &rest[found + literal.len()..],
            _ => return false,
        }
    }
    true
}

#[test]
fn a_message_fits_its_own_text_alone() {
    assert!(fits("a {b} c", "a 7 c") && fits("{a}", "") && fits("a", "a, and more"));
    assert!(!fits("a {b} c", "b 7 c") && !fits("a {b} c", "a 7") && !fits("a", ""));
}

#[tokio::test]
async fn every_error_is_what_the_catalogue_says() {
    let mut seen = Seen::default();
    connecting::provoke(&mut seen).await;
    calling::provoke(&mut seen).await;
    keeping_out::provoke(&mut seen).await;
    admitting::provoke(&mut seen).await;
    handling::provoke(&mut seen).await;
    streaming::provoke(&mut seen).await;
    layering::provoke(&mut seen).await;
    securing::provoke(&mut seen).await;
    queueing::provoke(&mut seen).await;
    let mut keys = Limits::keys().iter().map(svrkit_runtime::Key::name).collect::<Vec<_>>();
    keys.sort_unstable();
    let mut rows = String::new();
    for entry in Status::catalogue() {
        assert!(entry.key.is_none_or(|key| keys.binary_search(&key).is_ok()), "{} names no key", entry.name);
        let unprovoked = UNPROVOKED.iter().find(|(name, _)| *name == entry.name);
        assert_ne!(
            unprovoked.is_some(),
            seen.0.contains(entry.name),
            "{}: provoke it, or say in UNPROVOKED why that cannot be done",
            entry.name
        );
        rows.push_str(&row(entry, unprovoked.is_some()));
    }
    let table = format!(
        "| error | code | layer | refused | at fault | retry | key | text | when | what to do |\n\
         |---|---|---|---|---|---|---|---|---|---|\n{rows}"
    );
    support::check_table(DOCUMENT, "statuses", &table);
}

/// A line of the table; what could not be provoked is marked.
fn row(entry: &CatalogueEntry, is_unprovoked: bool) -> String {
    let cause = if entry.cause == Cause::None { String::new() } else { entry.cause.to_string() };
    let retry = match entry.retry {
        Retry::Never => "never",
        Retry::Elsewhere | Retry::ElsewhereOrAfter(_) => "elsewhere",
        _ => "",
    };
    let key = entry.key.map_or_else(String::new, |key| format!("`{key}`"));
    let (name, mark) = (entry.name, if is_unprovoked { " †" } else { "" });
    let (code, layer, party) = (entry.code, entry.layer, entry.party);
    let (text, when, remedy) = (entry.text, entry.when, entry.remedy);
    format!(
        "| `{name}`{mark} | {code} | {layer} | {cause} | {party} | {retry} | {key} | {text} | {when} | {remedy} |\n"
    )
}

/// A service of one function.
struct Own<F>(F);

const OWN_ID: u32 = 4200;

const fn own(method: &'static str, method_id: u16) -> Spec {
    Spec::new("test.Own", OWN_ID, method, method_id)
        .messages("test.Note", "test.Note")
        .timeout(std::time::Duration::from_secs(30))
}

static DO: Spec = own("Do", 1);
static OWN: ServiceSpec = ServiceSpec::new("test.Own", OWN_ID, &[&DO]);

impl<F: Fn(Call) + Send + Sync + 'static> Service for Own<F> {
    fn spec(&self) -> &'static ServiceSpec {
        &OWN
    }

    fn dispatch(&self, call: Call) {
        (self.0)(call);
    }
}

/// A client of a server over a socket whose only service is `dispatch`, and the server.
async fn serve(dispatch: impl Fn(Call) + Send + Sync + 'static) -> (Client, TestServer) {
    let server = TestServer::start(Server::new().service(Own(dispatch))).await;
    (server.client().await, server)
}

/// The same without a socket.
fn in_process(limits: Limits, dispatch: impl Fn(Call) + Send + Sync + 'static) -> Client {
    Server::new().limits(limits).service(Own(dispatch)).in_process().unwrap()
}

/// A client of this address with other limits.
async fn limited(address: impl ToString, limits: Limits) -> Client {
    Client::builder(address.to_string()).limits(limits).connect().await.unwrap()
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// A runtime that can be shut down while others go on.
fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// The status that a frame carries.
fn told(frame: &Frame) -> Status {
    let Facts::Response(facts) = frame.header.facts else { panic!("{frame:?}") };
    let retry = match facts.retry {
        1 => Retry::Never,
        2 => Retry::Elsewhere,
        3 => Retry::After(Duration::from_millis(facts.retry_after_ms.into())),
        _ => Retry::Unknown,
    };
    Status::new(Code::from_number(facts.code), words(frame))
        .layer(Layer::from_number(facts.layer))
        .party(Party::from_number(facts.party))
        .cause(Cause::from_number(facts.cause))
        .retry(retry)
        .endpoint(Arc::from("by hand"))
}
