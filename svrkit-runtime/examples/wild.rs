//! One client in an endless loop among a thousand good ones, and then a thousand busy ones: who is blocked, and what becomes of the others.
//!
//! `cargo run --release -p svrkit-runtime --example wild` serves and calls over 1,001 connections of this process, which takes 2,002 of the files that it
//! may open (`ulimit -n`, 4,096 at least, for servers take half of them), and prints a line of JSON for each of the two.

#![allow(clippy::print_stdout, reason = "what it shows is for whoever runs it")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{
    Call, CallerBlocked, Client, Limits, Mode, Monitor, Server, Service, ServiceSpec, Spec, Tlv,
};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

const CLIENTS: u32 = 1000;
const SECOND: Duration = Duration::from_secs(1);

/// What is read of it counts, not what it is.
#[derive(Clone, Debug, Default, Tlv)]
struct Ask {
    #[tlv(1)]
    number: u64,
}

static LOOK: Spec = Spec::new("demo.Shop", 4302, "Look", 1).timeout(Duration::from_secs(10));
static SHOP: ServiceSpec = ServiceSpec::new("demo.Shop", 4302, &[&LOOK]);

struct Shop;

impl Service for Shop {
    fn spec(&self) -> &'static ServiceSpec {
        &SHOP
    }

    fn dispatch(&self, call: Call) {
        call.handle(&LOOK, |ask: Ask| async move { Ok(ask) });
    }
}

/// When somebody was blocked, in milliseconds since the beginning, and how many were.
struct Blocks {
    began: Instant,
    first_ms: AtomicU64,
    count: AtomicU64,
}

/// One that is told of blocks.
#[derive(Clone)]
struct Told(Arc<Blocks>);

impl Monitor for Told {
    fn caller_blocked(&self, _: &CallerBlocked<'_>) {
        if self.0.count.fetch_add(1, Ordering::Relaxed) == 0 {
            self.0.first_ms.store(self.0.began.elapsed().as_millis() as u64, Ordering::Relaxed);
        }
    }
}

/// A server, and what it tells.
async fn serve() -> (TestServer, Told) {
    let told = Told(Arc::new(Blocks {
        began: Instant::now(),
        first_ms: AtomicU64::new(0),
        count: AtomicU64::new(0),
    }));
    // All come from one address, which may have all connections here. What a slow machine cannot do is to wait, and not be refused.
    let limits = Limits { peer_share: 100, queue_wait: Duration::from_secs(60), ..Limits::default() };
    let server = Server::new().limits(limits).admission(Mode::Off).without_metrics().monitor(told.clone());
    (TestServer::start(server.service(Shop)).await, told)
}

fn client(server: &TestServer, name: String) -> Client {
    let limits = Limits { connect_timeout: Duration::from_secs(10), ..Limits::default() };
    Client::builder(server.address()).name(name).limits(limits).without_metrics().lazy()
}

/// Has clients call so often in a second for a time, and counts the calls and those of them that were not answered.
async fn good(server: &TestServer, a_second: u32, lasts: Duration, repeats: bool) -> (u64, u64) {
    let (mut clients, began) = (JoinSet::new(), Instant::now());
    for number in 0..CLIENTS {
        let client = client(server, format!("client {number}"));
        clients.spawn(async move {
            let (mut calls, mut failed) = (0, 0);
            // Spread over the time between two calls, so that not all come at one moment.
            let mut next = began + SECOND * number / CLIENTS / a_second;
            while began.elapsed() < lasts {
                sleep_until(next).await;
                let ask = Ask { number: if repeats { 7 } else { calls << 32 | u64::from(number) } };
                failed += u64::from(client.request::<_, Ask>(&LOOK, &ask).await.is_err());
                calls += 1;
                next += SECOND / a_second;
            }
            (calls, failed)
        });
    }
    let all = clients.join_all().await;
    all.into_iter().fold((0, 0), |(calls, failed), (more, fail)| (calls + more, failed + fail))
}

/// One loops among the others.
async fn looping() {
    let (server, told) = serve().await;
    let wild = client(&server, "wild".into());
    let after = 5 * SECOND;
    let mut loops = JoinSet::new();
    for _ in 0..8 {
        let wild = wild.clone();
        loops.spawn(async move {
            sleep(after).await;
            // Until it is told to stop; a client of another make might go on.
            while wild.request::<_, Ask>(&LOOK, &Ask { number: 7 }).await.is_ok() {}
        });
    }
    let began = told.0.began.elapsed();
    let (calls, failed) = good(&server, 2, 15 * SECOND, false).await;
    let blocked_s = told.0.first_ms.load(Ordering::Relaxed) as f64 / 1e3 - (began + after).as_secs_f64();
    println!(
        "{{\"case\":\"wild\",\"row\":\"loop\",\"clients\":{CLIENTS},\"blocked\":{},\"blocked_after_s\":{blocked_s:.2},\"calls\":{calls},\"success\":{:.5}}}",
        told.0.count.load(Ordering::Relaxed),
        1.0 - failed as f64 / calls.max(1) as f64,
    );
}

/// All are busy, and always ask the same.
async fn busy() {
    let (server, told) = serve().await;
    let (calls, failed) = good(&server, 10, 15 * SECOND, true).await;
    println!(
        "{{\"case\":\"wild\",\"row\":\"busy\",\"clients\":{CLIENTS},\"blocked\":{},\"calls\":{calls},\"success\":{:.5}}}",
        told.0.count.load(Ordering::Relaxed),
        1.0 - failed as f64 / calls.max(1) as f64,
    );
}

#[tokio::main]
async fn main() {
    looping().await;
    busy().await;
}
