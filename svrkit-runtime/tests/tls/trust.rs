//! What a certificate makes of a word: a server takes its caller's for how important calls are, and a client its server's for what it wishes.

use std::net::{IpAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use svrkit_runtime::tls::ClientTls;
use svrkit_runtime::{
    Call, Client, Context, Priority, Rate, Server, Service, ServiceSpec, Spec, Status, Trust,
};

use crate::authority::{Authority, Leaf};
use crate::support::Note;

const HOUR: Duration = Duration::from_secs(3600);

static CLAIM: Spec =
    Spec::new("test.Claims", 4301, "Claim", 1).messages("test.Note", "test.Note").priority(64);
static CLAIMS: ServiceSpec = ServiceSpec::new("test.Claims", 4301, &[&CLAIM]);

/// Answers of which class its own calls would be.
struct Claims;

impl Service for Claims {
    fn spec(&self) -> &'static ServiceSpec {
        &CLAIMS
    }

    fn dispatch(&self, call: Call) {
        call.handle(&CLAIM, |_: Note| async {
            let class = Context::current().priority().unwrap().class;
            Ok(Note::number(class.into()))
        });
    }
}

/// An address of this machine that is not its loopback's: who calls from there is no neighbour to a server. A machine that is connected to nothing has none, and
/// the loopback's is given.
fn outside() -> IpAddr {
    let route = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        // An address for documentation (RFC 5737); nothing is sent.
        socket.connect("203.0.113.1:9")?;
        socket.local_addr()
    });
    route.map_or(IpAddr::from([127, 0, 0, 1]), |address| address.ip())
}

/// Of which class a call is that claims to be of the core.
async fn taken(client: &Client) -> u64 {
    let core = Context::current().with_priority(Priority::CORE);
    client.request::<_, Note>(&CLAIM, &Note::default()).context(core).await.unwrap().number
}

#[tokio::test]
async fn who_has_a_certificate_is_believed_and_who_has_none_is_a_stranger() {
    let (authority, ip) = (Authority::new("the CA of tests"), outside());
    let strangers_class = if ip.is_loopback() { 0 } else { 64 };
    for (trust, known, stranger) in
        [(Trust::Auto, 0, strangers_class), (Trust::Entry, 64, 64), (Trust::Inherit, 0, 0)]
    {
        let leaf = Leaf::of(&[&ip.to_string()]);
        let tls = authority.issue(leaf).server().accept_client_certificates(authority.pem()).load().unwrap();
        let server = Server::new().tls(tls).trust(trust).service(Claims);
        let bound = server.bind(format!("{ip}:0")).await.unwrap();
        let address = bound.local_addr().to_string();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = tokio::spawn(bound.run_until(async { drop(stopped.await) }));

        let trusting = || ClientTls::builder(authority.pem());
        let (certificate, key) = authority.issue(Leaf::of(&["web.example"]).for_clients()).pems();
        let with = trusting().certificate(certificate, key).load().unwrap();
        let with = Client::builder(&address).tls(with).connect().await.unwrap();
        let without = Client::builder(&address).tls(trusting().load().unwrap()).connect().await.unwrap();
        assert_eq!((taken(&with).await, taken(&without).await), (known, stranger), "{trust} at {ip}");
        drop((with, without, stop));
        serving.await.unwrap();
    }
}

static READ: Spec = Spec::new("test.Wishing", 4302, "Read", 1).idempotent().last_good(HOUR);
static WISHING: ServiceSpec = ServiceSpec::new("test.Wishing", 4302, &[&READ]);

/// Answers the first call, ends the second one so, and answers all others.
#[derive(Clone)]
struct Wishing {
    calls: Arc<AtomicUsize>,
    second: Status,
}

impl Service for Wishing {
    fn spec(&self) -> &'static ServiceSpec {
        &WISHING
    }

    fn dispatch(&self, call: Call) {
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let status = (number == 2).then(|| self.second.clone());
        call.handle(&READ, move |_: Note| async move { status.map_or(Ok(Note::number(number as u64)), Err) });
    }
}

/// How the second call of a client ends and how many of fifty more reach a server that wishes so, with a certificate of its own or without.
async fn after_a_wish(second: Status, has_tls: bool) -> (Result<u64, Status>, usize) {
    let calls = Arc::<AtomicUsize>::default();
    let service = Wishing { calls: Arc::clone(&calls), second };
    let authority = Authority::new("the CA of tests");
    let mut server = Server::new().without_metrics().service(service);
    if has_tls {
        server = server.tls(authority.issue(Leaf::here()).server().load().unwrap());
    }
    let bound = server.bind("127.0.0.1:0").await.unwrap();
    let mut client = Client::builder(bound.local_addr().to_string());
    if has_tls {
        client = client.tls(ClientTls::builder(authority.pem()).load().unwrap());
    }
    tokio::spawn(bound.run_until(std::future::pending()));
    let client = client.lazy();
    let read = async || client.request::<_, Note>(&READ, &Note::default()).await.map(|note| note.number);
    assert_eq!(read().await.unwrap(), 1);
    let second = read().await;
    let before = calls.load(Ordering::Relaxed);
    for _ in 0..50 {
        // What is kept back is answered by what is kept.
        read().await.unwrap();
    }
    (second, calls.load(Ordering::Relaxed) - before)
}

#[tokio::test]
async fn a_wish_for_last_good_answers_is_obeyed_over_tls_and_not_without() {
    let wish = || Status::not_found("the catalogue is being rebuilt").last_good(HOUR, HOUR);
    let (second, sent) = after_a_wish(wish(), true).await;
    assert_eq!(second.unwrap(), 1, "the last good answer");
    assert!(sent < 25, "{sent}: only those that ask");
    let (second, sent) = after_a_wish(wish(), false).await;
    assert_eq!((second.unwrap_err().message(), sent), (wish().message(), 50));
}

#[tokio::test]
async fn a_wish_for_fewer_calls_is_obeyed_over_tls_and_not_without() {
    let wish = || Status::not_found("busy").slow_down(Rate::per_minute(1), HOUR);
    for has_tls in [true, false] {
        let (second, sent) = after_a_wish(wish(), has_tls).await;
        assert_eq!(second.unwrap_err().message(), "busy");
        // A call a second, by the client's own bounds (wish.rate_min), beside those of a machine that stands still.
        assert_eq!(sent == 50, !has_tls, "{sent}");
    }
}
