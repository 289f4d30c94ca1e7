//! What one method may have of a server's handlers, and what no other can take from it.

use svrkit_runtime::{Cause, Code, Config, Limits, Mode, Priority, Server, ServerProtection};

use crate::server::{HOLD, Holding, KEPT};

/// One that has four handlers at once at most, of which two are for one method.
async fn holding(queue_calls: usize, bulkheads: Mode) -> Holding {
    let limits = Limits { handlers_running: 4, queue_calls, ..Limits::default() };
    let protection = ServerProtection::new().bulkheads(bulkheads);
    let config = Config::builder().set("method.test.Held.Kept.reserve", "2").load().unwrap();
    Holding::of(Server::new().config(&config).limits(limits).protection(protection)).await
}

#[tokio::test]
async fn overload_of_one_method_cannot_take_another_below_its_reserve() {
    let mut holding = holding(0, Mode::On).await;
    for number in 1..=10 {
        holding.send(number, Priority::CORE).await;
    }
    assert_eq!((holding.started().await, holding.started().await), (1, 2));
    for number in 3..=10 {
        let (refused, facts) = holding.answer().await;
        assert_eq!((refused, facts.cause), (number, Cause::Queue.number()));
    }
    // However little they are worth, these have places of their own; a third has none.
    for number in 11..=13 {
        holding.send_to(KEPT, number, Priority::LOSSY).await;
    }
    assert_eq!((holding.started().await, holding.started().await), (11, 12));
    assert_eq!(holding.answer().await.0, 13);
    // The one that has waited longest is the first of the others.
    holding.let_go(1);
    assert_eq!(holding.answer().await.0, 1);
    holding.send_to(KEPT, 14, Priority::LOSSY).await;
    assert_eq!(holding.started().await, 14, "what is free is for all");
}

#[tokio::test]
async fn a_place_of_its_own_that_is_free_again_is_for_a_call_that_waits_behind_others() {
    let mut holding = holding(10, Mode::On).await;
    for (method, number) in [(KEPT, 1), (KEPT, 2), (HOLD, 3), (HOLD, 4), (HOLD, 5), (KEPT, 6)] {
        holding.send_to(method, number, Priority::NORMAL).await;
    }
    let mut started = Vec::new();
    for _ in 1..=4 {
        started.push(holding.started().await);
    }
    assert_eq!(started, [1, 2, 3, 4]);
    holding.is_read().await;
    holding.let_go(1);
    assert_eq!(holding.answer().await.0, 1);
    assert_eq!(holding.started().await, 6, "5 came before it, and has no place");
}

#[tokio::test]
async fn without_bulkheads_who_comes_first_takes_all() {
    for mode in [Mode::Off, Mode::Watching] {
        let mut holding = holding(0, mode).await;
        for number in 1..=4 {
            holding.send(number, Priority::NORMAL).await;
            assert_eq!(holding.started().await, number.into());
        }
        holding.send_to(KEPT, 5, Priority::NORMAL).await;
        assert_eq!(holding.answer().await.0, 5);
    }
}

#[tokio::test]
async fn a_method_has_as_many_calls_at_once_as_it_may_and_others_are_not_held_to_that() {
    let mut holding = Holding::of(Server::new()).await;
    let rules = holding.server.rules();
    let mut of_hold = rules.of("test.Held.Hold").unwrap();
    of_hold.running_max = Some(2);
    rules.hold("test.Held.Hold", of_hold).unwrap();
    assert!(rules.hold("test.Held.Hole", of_hold).is_err());
    for number in 1..=3 {
        holding.send(number, Priority::CORE).await;
    }
    assert_eq!((holding.started().await, holding.started().await), (1, 2));
    let (refused, facts) = holding.answer().await;
    assert_eq!((refused, facts.code), (3, Code::ResourceExhausted.number()));
    assert_eq!(facts.cause, Cause::Concurrency.number());
    holding.send_to(KEPT, 4, Priority::LOSSY).await;
    assert_eq!(holding.started().await, 4);
    holding.let_go(1);
    assert_eq!(holding.answer().await.0, 1);
    holding.send(5, Priority::LOSSY).await;
    assert_eq!(holding.started().await, 5, "its place is free again");
    // More at once from now on, by a word.
    of_hold.running_max = None;
    rules.hold("test.Held.Hold", of_hold).unwrap();
    holding.send(6, Priority::LOSSY).await;
    assert_eq!(holding.started().await, 6);
}
