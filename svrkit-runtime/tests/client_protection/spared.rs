//! What last good answers are worth: a method that is asked for ten times as often as it can be served, on a simulated network.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use svrkit_runtime::simulation::{Conditions, Simulation};
use svrkit_runtime::{
    Call, Client, ClientProtection, Limits, Metrics, Mode, Server, Service, ServiceSpec, Spec,
};
use tokio::time::{Instant, sleep, sleep_until};

use crate::support::Note;

const MS: Duration = Duration::from_millis(1);

/// Four calls at once, each of 40 ms: a hundred a second.
static PRICES: Spec = Spec::new("test.Market", 4104, "Prices", 1)
    .timeout(Duration::from_secs(1))
    .idempotent()
    .running_max(4)
    .last_good(Duration::from_secs(30));
static MARKET: ServiceSpec = ServiceSpec::new("test.Market", 4104, &[&PRICES]);

#[derive(Clone, Default)]
struct Market(Arc<AtomicUsize>);

impl Service for Market {
    fn spec(&self) -> &'static ServiceSpec {
        &MARKET
    }

    fn dispatch(&self, call: Call) {
        let served = Arc::clone(&self.0);
        call.handle(&PRICES, move |note: Note| async move {
            sleep(40 * MS).await;
            served.fetch_add(1, Ordering::Relaxed);
            Ok(note)
        });
    }
}

/// Fifty goods, whose prices are asked for in turn: fifty times a second for two seconds, then a thousand times for five. The share of the latter that is answered,
/// how many calls the client has sent for them, and how many of these were served.
fn rush(seed: u64, mode: Mode) -> (f64, u64, usize) {
    Simulation::seeded(seed).conditions(Conditions::delay(MS)).run(async |network| {
        let market = Market::default();
        let service = market.clone();
        network.host("server").spawn(async move {
            let server = Server::new().without_metrics().service(service);
            server.bind("0.0.0.0:4310").await.unwrap().run_until(std::future::pending()).await;
        });
        let protection = ClientProtection::new().wishes_of_all(true).last_good(mode);
        let metrics = Metrics::new();
        let limits = Limits { calls_in_flight: 4096, ..Limits::default() };
        let client = Client::builder("server:4310").limits(limits).protection(protection);
        let client = client.metrics(metrics.clone()).lazy();
        let host = network.host("client");
        let load = async |each: Duration, count: u32| {
            let began = Instant::now();
            let mut calls = Vec::new();
            for number in 0..count {
                sleep_until(began + each * number).await;
                let call = client.request::<_, Note>(&PRICES, &Note::number(u64::from(number % 50)));
                calls.push(host.spawn(async move { call.await.is_ok() }));
            }
            let mut answered = 0;
            for call in calls {
                answered += u32::from(call.await.unwrap());
            }
            f64::from(answered) / f64::from(count)
        };
        assert_eq!(load(20 * MS, 100).await, 1.0, "while there is little to do");
        let sent = || metrics.snapshot().counter("svrkit_endpoint_calls_total", &[]);
        let before = (sent(), market.0.load(Ordering::Relaxed));
        let answered = load(MS, 5000).await;
        (answered, sent() - before.0, market.0.load(Ordering::Relaxed) - before.1)
    })
}

#[test]
fn what_is_asked_for_ten_times_too_often_is_answered_all_the_same() {
    for seed in 1..=3 {
        let (without, ..) = rush(seed, Mode::Off);
        let (with, sent, served) = rush(seed, Mode::On);
        assert!(without < 0.15, "{seed}: {without}");
        assert_eq!(with, 1.0, "{seed}");
        // One of 64 asks, and mostly there is room for it.
        assert!(
            (40..=200).contains(&sent) && served * 2 > sent as usize,
            "{seed}: {sent} sent, {served} served"
        );
    }
}
