//! How often a server takes calls, of a method and of a caller.

use std::net::Ipv4Addr;

use svrkit_runtime::wire::frame::ResponseFacts;
use svrkit_runtime::{Cause, Code, Config, Metrics, Mode, Priority, Rate, Server, ServerProtection};

use crate::server::{ECHO, HOLD, Holding, facts, request};
use crate::support::Raw;

/// How many of so many calls are answered, and what the last of the others are told.
async fn echo(raw: &mut Raw, calls: u32) -> (u32, Option<ResponseFacts>) {
    let (mut taken, mut refused) = (0, None);
    for call_id in 1..=calls {
        raw.send(request(call_id, ECHO, Priority::CORE), b"").await;
        let (_, facts) = facts(&raw.receive().await.unwrap());
        if facts.code == Code::Ok.number() {
            taken += 1;
        } else {
            refused = Some(facts);
        }
    }
    (taken, refused)
}

fn config(key: &str, rate: &str) -> Config {
    Config::builder().set(key, rate).load().unwrap()
}

#[tokio::test]
async fn calls_of_a_method_beyond_its_rate_are_told_when_there_is_room() {
    let metrics = Metrics::new();
    let config = config("method.test.Held.Echo.rate", "1/min burst 3");
    let mut holding = Holding::of(Server::new().config(&config).metrics(metrics.clone())).await;
    let (taken, refused) = echo(&mut holding.raw, 5).await;
    assert_eq!(taken, 3);
    let refused = refused.unwrap();
    assert_eq!((refused.code, refused.cause), (Code::ResourceExhausted.number(), Cause::Rate.number()));
    assert!((1..=60_000).contains(&refused.retry_after_ms), "{refused:?}");
    let counted = [("side", "server"), ("method", "Echo"), ("cause", "rate")];
    assert_eq!(metrics.snapshot().counter("svrkit_calls_refused_total", &counted), 2);
    holding.raw.send(request(9, HOLD, Priority::LOSSY), b"").await;
    assert_eq!(holding.started().await, 0, "other methods are not held to it");
}

#[tokio::test]
async fn who_calls_too_often_takes_nothing_from_other_callers() {
    for (key, of_all) in [("method.test.Held.Echo.caller_rate", false), ("server.caller_rate", true)] {
        let config = config(key, "1/min burst 2");
        let mut holding = Holding::of(Server::new().config(&config)).await;
        let address = holding.server.address().parse().unwrap();
        assert_eq!(echo(&mut holding.raw, 10).await.0, 2, "{key}");
        // The same caller on another connection, and another caller.
        let mut again = Raw::greeted(address).await;
        assert_eq!(echo(&mut again, 2).await.0, 0, "{key}");
        let mut other = Raw::greeted_from(Ipv4Addr::new(127, 0, 0, 2), address).await;
        assert_eq!(echo(&mut other, 3).await.0, 2, "{key}");
        again.send(request(9, HOLD, Priority::LOSSY), b"").await;
        if of_all {
            assert_eq!(facts(&again.receive().await.unwrap()).1.cause, Cause::Rate.number());
        } else {
            assert_eq!(holding.started().await, 0, "other methods are not held to it");
        }
    }
}

#[tokio::test]
async fn a_rate_is_changed_while_the_server_serves() {
    let mut holding = Holding::of(Server::new()).await;
    let rules = holding.server.rules();
    assert_eq!(echo(&mut holding.raw, 20).await.0, 20);
    let mut of_echo = rules.of("test.Held.Echo").unwrap();
    of_echo.rate = Some(Rate::per_minute(1).with_burst(4));
    rules.hold("test.Held.Echo", of_echo).unwrap();
    assert_eq!(echo(&mut holding.raw, 20).await.0, 4);
    of_echo.rate = None;
    rules.hold("test.Held.Echo", of_echo).unwrap();
    assert_eq!(echo(&mut holding.raw, 20).await.0, 20);
}

#[tokio::test]
async fn who_only_watches_rates_counts_what_would_be_refused() {
    let metrics = Metrics::new();
    let config = config("method.test.Held.Echo.rate", "1/min burst 3");
    let protection = ServerProtection::new().rates(Mode::Watching);
    let server = Server::new().config(&config).protection(protection).metrics(metrics.clone());
    let mut holding = Holding::of(server).await;
    assert_eq!(echo(&mut holding.raw, 10).await.0, 10);
    let spared = [("method", "Echo"), ("cause", "rate")];
    assert_eq!(metrics.snapshot().counter("svrkit_calls_spared_total", &spared), 7);
}
