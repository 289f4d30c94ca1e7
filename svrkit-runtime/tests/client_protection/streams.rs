//! Calls with streams: what they say of an endpoint counts as any call's, and what it does not want is not sent.

use std::time::Duration;

use svrkit_runtime::{Cause, Layer, Limits, Retry, Status};

use crate::scripted::{Scripted, WRITE, Watched, limits, lost, refused};
use crate::support::in_time;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_server_that_wants_no_more_of_a_stream_gets_none() {
    let scripted = Scripted::start().await;
    scripted.script.then(1, &refused(Retry::After(HOUR)).cause(Cause::Blocked));
    let watched = Watched::of(&scripted.address(), limits(), |builder| builder);
    assert_eq!(watched.watch().await.unwrap_err().facts().layer, Layer::Admission);
    for _ in 0..10 {
        let status = watched.watch().await.unwrap_err();
        assert_eq!((status.facts().layer, status.facts().cause), (Layer::Client, Cause::Blocked));
    }
    assert_eq!((scripted.script.calls(), watched.decided("blocked")), (1, 10));
    assert_eq!(watched.call(&WRITE).await.unwrap(), 7, "another method");
}

#[tokio::test]
async fn streams_that_a_server_refuses_are_throttled() {
    let scripted = Scripted::start().await;
    scripted.script.then(100_000, &refused(Retry::Never).cause(Cause::Queue));
    let watched = Watched::of(&scripted.address(), limits(), |builder| builder);
    for _ in 0..200 {
        watched.watch().await.unwrap_err();
    }
    let kept_back = watched.decided("throttled");
    assert!(kept_back > 0);
    assert_eq!(scripted.script.calls() as u64 + kept_back, 200);
}

#[tokio::test]
async fn an_endpoint_whose_streams_always_fail_gets_no_more_of_them() {
    let servers = [Scripted::start().await, Scripted::start().await, Scripted::start().await];
    let target = servers.each_ref().map(Scripted::address).join(",");
    let limits = Limits { ejection_min: HOUR, ejection_max: HOUR, ..limits() };
    let watched = Watched::of(&target, limits, |builder| builder);
    while watched.connections() < 3 {
        watched.watch().await.unwrap();
    }
    servers[0].script.then(1_000_000, &Status::internal("broken"));
    in_time(async {
        while watched.decided("ejected_by_row") == 0 {
            let _ = watched.watch().await;
        }
    })
    .await;
    let before = servers[0].script.calls();
    for _ in 0..50 {
        assert_eq!(watched.watch().await.unwrap(), 7);
    }
    assert_eq!(servers[0].script.calls(), before);
}

#[tokio::test]
async fn a_stream_is_sent_once_whatever_comes_of_it() {
    for failure in [lost(), refused(Retry::Elsewhere)] {
        let servers = [Scripted::start().await, Scripted::start().await];
        let target = servers.each_ref().map(Scripted::address).join(",");
        let eager = Limits { hedge_delay: Duration::from_millis(1), ..limits() };
        let watched = Watched::of(&target, eager, |builder| builder);
        while watched.connections() < 2 {
            watched.watch().await.unwrap();
        }
        let calls = || servers.each_ref().map(|server| server.script.calls()).iter().sum::<usize>();
        let before = calls();
        servers.iter().for_each(|server| server.script.then(1, &failure));
        assert_eq!(watched.watch().await.unwrap_err().code(), failure.code());
        assert_eq!(calls(), before + 1);
        assert_eq!(watched.decided("retried") + watched.decided("hedged"), 0);
    }
}
