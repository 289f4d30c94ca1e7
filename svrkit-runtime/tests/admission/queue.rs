//! Calls wait for a handler's turn, and the least important go when too many do.

use svrkit_runtime::wire::frame::{Facts, Header};
use svrkit_runtime::{Cause, Code, Limits, Mode, Priority, Server, Trust};

use crate::server::Holding;

#[tokio::test]
async fn as_many_handlers_start_as_may_be_and_the_others_in_the_order_they_came() {
    let mut holding = Holding::with(2, 100, Mode::On).await;
    for number in 1..=5 {
        holding.send(number, Priority::NORMAL).await;
    }
    assert_eq!([holding.started().await, holding.started().await], [1, 2]);
    for next in 3..=5 {
        holding.let_go(1);
        assert_eq!(holding.started().await, next, "one has ended, and one starts");
    }
    holding.let_go(2);
    for _ in 0..5 {
        assert_eq!(holding.answer().await.1.code, Code::Ok.number());
    }
}

#[tokio::test]
async fn when_the_queue_is_full_the_least_important_is_refused_and_the_connection_goes_on() {
    let mut holding = Holding::with(1, 2, Mode::On).await;
    holding.send(1, Priority::NORMAL).await;
    assert_eq!(holding.started().await, 1);
    holding.send(2, Priority::LOSSY).await;
    holding.send(3, Priority::NORMAL).await;
    for (number, priority, refused) in
        [(4, Priority::LOSSY, 4), (5, Priority::NORMAL, 2), (6, Priority::CORE, 5), (7, Priority::NORMAL, 7)]
    {
        holding.send(number, priority).await;
        let (call_id, facts) = holding.answer().await;
        assert_eq!((call_id, facts.cause), (refused, Cause::Queue.number()), "for {number}");
        assert_eq!(facts.code, Code::ResourceExhausted.number());
        assert_ne!(facts.level, Priority::default(), "a refusal says the level as well");
    }
    for next in [3, 6] {
        holding.let_go(1);
        assert_eq!(holding.started().await, next);
    }
}

#[tokio::test]
async fn whose_caller_has_gone_does_not_start() {
    let mut holding = Holding::with(1, 100, Mode::On).await;
    for number in 1..=3 {
        holding.send(number, Priority::NORMAL).await;
    }
    assert_eq!(holding.started().await, 1);
    holding.raw.send(Header::new(2, Facts::Cancel), b"").await;
    holding.is_read().await;
    holding.let_go(1);
    assert_eq!(holding.started().await, 3);
    assert_eq!(holding.answer().await.0, 1);
}

#[tokio::test]
async fn at_the_entry_nobody_is_more_important_than_the_schema_says() {
    let limits = Limits { handlers_running: 1, queue_calls: 1, ..Limits::default() };
    for (server, refused) in [(Server::new(), 2), (Server::new().trust(Trust::Entry), 3)] {
        let mut holding = Holding::of(server.limits(limits)).await;
        // The method is of normal importance. Users without a key are one, by their address, and of one rank.
        for (number, claimed) in [(1, Priority::NORMAL), (2, Priority::NORMAL), (3, Priority::CORE)] {
            holding.send(number, claimed).await;
        }
        assert_eq!(holding.answer().await.0, refused);
    }
}

#[tokio::test]
async fn watching_it_counts_what_it_would_refuse_and_lets_it_through() {
    let mut holding = Holding::with(1, 1, Mode::Watching).await;
    for number in 1..=4 {
        holding.send(number, Priority::NORMAL).await;
    }
    let mut started = [holding.started().await, holding.started().await, holding.started().await];
    started.sort_unstable();
    assert_eq!(started, [1, 3, 4], "the second waits, and there is no room for the others");
    holding.let_go(4);
    assert_eq!(holding.started().await, 2);
}

#[tokio::test]
async fn off_all_start_at_once() {
    let mut holding = Holding::with(1, 1, Mode::Off).await;
    for number in 1..=4 {
        holding.send(number, Priority::NORMAL).await;
    }
    for number in 1..=4 {
        assert_eq!(holding.started().await, number);
    }
    holding.let_go(1);
    assert_eq!(holding.answer().await.1.level, Priority::default(), "it says nothing of a level");
}

#[tokio::test]
async fn a_server_that_stops_serves_those_that_wait() {
    let mut holding = Holding::with(1, 100, Mode::On).await;
    for number in 1..=3 {
        holding.send(number, Priority::NORMAL).await;
    }
    assert_eq!(holding.started().await, 1);
    holding.is_read().await;
    let Holding { server, mut raw, go, .. } = holding;
    let stopping = tokio::spawn(server.stop());
    let goaway = raw.receive().await.unwrap();
    assert!(matches!(goaway.header.facts, Facts::Goaway { .. }), "{goaway:?}");
    go.add_permits(3);
    for number in 1..=3 {
        assert_eq!(crate::server::facts(&raw.receive().await.unwrap()).0, number);
    }
    drop(raw);
    stopping.await.unwrap();
}
