//! Calls that are not sent, as their server would refuse them.

use std::time::Duration;

use svrkit_runtime::wire::frame::{Facts, Header, ResponseFacts};
use svrkit_runtime::{Cause, ClientProtection, Code, Layer, Limits, Mode, Priority, Retry, Spec, Status};
use tokio::net::TcpListener;

use crate::scripted::{READ, Scripted, WRITE, Watched, limits, refused};
use crate::support::{Note, Raw, in_time};

const HOUR: Duration = Duration::from_secs(3600);

static LOSSY: Spec = Spec::new("test.Lossy", 4102, "Read", 1).priority(192);
static CORE: Spec = Spec::new("test.Lossy", 4102, "Pay", 2).priority(0);

fn blocked() -> Status {
    refused(Retry::After(HOUR)).cause(Cause::Blocked)
}

/// A server that has blocked `READ`, and a client that was told so.
async fn told_to_stop(protection: ClientProtection, limits: Limits) -> (Scripted, Watched) {
    let scripted = Scripted::start().await;
    scripted.script.then(1, &blocked());
    let watched = Watched::of(&scripted.address(), limits, |builder| builder.protection(protection));
    assert_eq!(watched.call(&READ).await.unwrap_err().facts().layer, Layer::Admission);
    (scripted, watched)
}

#[tokio::test]
async fn a_server_that_wants_no_more_calls_of_a_method_gets_none() {
    let (scripted, watched) = told_to_stop(ClientProtection::new(), limits()).await;
    for _ in 0..100 {
        let status = watched.call(&READ).await.unwrap_err();
        let facts = status.facts();
        assert_eq!(
            (status.code(), facts.layer, facts.cause),
            (Code::ResourceExhausted, Layer::Client, Cause::Blocked)
        );
        // A server may name an hour: this side obeys for a minute at most.
        assert!(matches!(facts.retry, Retry::After(left) if left <= Duration::from_secs(60)), "{status}");
        assert_eq!(facts.endpoint, Some(&*scripted.address()));
    }
    assert_eq!((scripted.script.calls(), watched.decided("blocked")), (1, 100));
    assert_eq!(watched.call(&WRITE).await.unwrap(), 7, "another method");
}

#[tokio::test]
async fn a_block_is_over_when_its_time_is() {
    let soon = Limits { block_max: Duration::from_millis(1), ..limits() };
    let (_scripted, watched) = told_to_stop(ClientProtection::new(), soon).await;
    in_time(async { while watched.call(&READ).await.is_err() {} }).await;
}

#[tokio::test]
async fn a_block_that_is_only_watched_keeps_nothing_back() {
    for (mode, expected) in [(Mode::Watching, 1), (Mode::Off, 0)] {
        let (_scripted, watched) = told_to_stop(ClientProtection::new().blocks(mode), limits()).await;
        assert_eq!(watched.call(&READ).await.unwrap(), 7);
        assert_eq!((watched.decided("blocked"), watched.watched("blocked")), (0, expected));
    }
}

#[tokio::test]
async fn what_one_endpoint_has_blocked_another_one_takes() {
    let servers = [Scripted::start().await, Scripted::start().await];
    let target = format!("{},{}", servers[0].address(), servers[1].address());
    let watched = Watched::of(&target, limits(), |builder| builder);
    while watched.connections() < 2 {
        watched.call(&READ).await.unwrap();
    }
    servers[0].script.then(1, &blocked());
    // Until it has said so.
    in_time(async { while watched.call(&READ).await.is_ok() {} }).await;
    let before = servers[0].script.calls();
    for _ in 0..100 {
        assert_eq!(watched.call(&READ).await.unwrap(), 7);
    }
    assert_eq!((servers[0].script.calls(), watched.decided("blocked")), (before, 0));
}

#[tokio::test]
async fn a_server_that_refuses_most_gets_fewer_and_always_some() {
    let scripted = Scripted::start().await;
    scripted.script.then(100_000, &refused(Retry::Never).cause(Cause::Queue));
    let watched = Watched::of(&scripted.address(), limits(), |builder| builder);
    let mut kept_back = 0;
    for _ in 0..2000 {
        let status = watched.call(&READ).await.unwrap_err();
        kept_back += usize::from(status.facts().layer == Layer::Client);
    }
    assert_eq!(scripted.script.calls() + kept_back, 2000);
    assert_eq!(watched.decided("throttled"), kept_back as u64);
    assert!(kept_back > 1000, "{kept_back} of 2,000");
    // It is well again: nobody is locked out.
    scripted.script.forget();
    in_time(async { while watched.call(&READ).await.is_err() {} }).await;
}

#[tokio::test]
async fn a_throttle_that_only_watches_keeps_nothing_back() {
    let scripted = Scripted::start().await;
    scripted.script.then(100_000, &refused(Retry::Never).cause(Cause::Queue));
    let protection = ClientProtection::new().throttle(Mode::Watching);
    let watched = Watched::of(&scripted.address(), limits(), |builder| builder.protection(protection));
    for _ in 0..200 {
        watched.call(&READ).await.unwrap_err();
    }
    assert_eq!((scripted.script.calls(), watched.decided("throttled")), (200, 0));
    assert!(watched.watched("throttled") > 0);
}

/// How the next calls of a method end at a server that announces a level with each answer: how many of a hundred are sent.
async fn sent(watched: &Watched, server: &mut Raw, spec: &'static Spec, level: Priority) -> usize {
    let mut sent = 0;
    for _ in 0..100 {
        let mut call = tokio::spawn(watched.client.request::<_, Note>(spec, &Note::number(7)));
        tokio::select! {
            frame = server.receive() => {
                sent += 1;
                let facts = ResponseFacts { level, ..ResponseFacts::default() };
                server.send(Header::new(frame.unwrap().header.call_id, Facts::Response(facts)), &[]).await;
                call.await.unwrap().unwrap();
            }
            ended = &mut call => {
                let status = ended.unwrap().unwrap_err();
                assert_eq!((status.facts().layer, status.facts().cause), (Layer::Client, Cause::Level));
            }
        }
    }
    sent
}

#[tokio::test]
async fn what_a_server_would_refuse_by_its_level_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let watched = Watched::of(&listener.local_addr().unwrap().to_string(), limits(), |builder| builder);
    let (_, mut server) = tokio::join!(
        async { drop(tokio::spawn(watched.client.request::<_, Note>(&CORE, &Note::number(7)))) },
        Raw::accept(&listener)
    );
    let frame = server.receive().await.unwrap();
    let facts = ResponseFacts { level: Priority::NORMAL, ..ResponseFacts::default() };
    server.send(Header::new(frame.header.call_id, Facts::Response(facts)), &[]).await;
    assert_eq!(sent(&watched, &mut server, &CORE, Priority::NORMAL).await, 100);
    // Probes, and where this machine is slow one a second; all others stay here.
    let lossy = sent(&watched, &mut server, &LOSSY, Priority::NORMAL).await;
    assert!(lossy < 50 && watched.decided("shut_out") == 100 - lossy as u64, "{lossy} of 100 were sent");
    // One of them heard that all are admitted again.
    let all = Priority { class: 255, rank: 255 };
    sent(&watched, &mut server, &CORE, all).await;
    assert_eq!(sent(&watched, &mut server, &LOSSY, all).await, 100);
}

/// What a bad server says of itself keeps calls from that server alone.
#[tokio::test]
async fn a_forged_level_moves_calls_to_the_others_and_fails_none() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let good = Scripted::start().await;
    let target = format!("{},{}", listener.local_addr().unwrap(), good.address());
    let watched = Watched::of(&target, limits(), |builder| builder);
    let forging = tokio::spawn(async move {
        // It says that it admits nobody but the most important, whatever comes.
        let none = Priority { class: 0, rank: 1 };
        let mut bad = Raw::accept(&listener).await;
        while let Some(frame) = bad.receive().await {
            if !matches!(frame.header.facts, Facts::Request(_)) {
                continue;
            }
            let facts = ResponseFacts { level: none, ..ResponseFacts::default() };
            bad.send(Header::new(frame.header.call_id, Facts::Response(facts)), &frame.body).await;
        }
    });
    // While there is nobody else, its word is all that is known.
    in_time(async {
        while watched.connections() < 2 {
            let _ = watched.call(&READ).await;
        }
    })
    .await;
    let (before, shut_out) = (good.script.calls(), watched.decided("shut_out"));
    for _ in 0..300 {
        assert_eq!(watched.call(&READ).await.unwrap(), 7);
    }
    // What it said is forgotten after a second, and heard again with the next call that goes there.
    let to_good = good.script.calls() - before;
    assert!(to_good > 200, "{to_good} of 300");
    assert_eq!(watched.decided("shut_out"), shut_out, "no call is refused for it");
    forging.abort();
}
