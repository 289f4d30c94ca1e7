//! Servers that wish to be called less often.

use std::time::Duration;

use svrkit_runtime::{Cause, ClientProtection, Code, Layer, Mode, Rate, Retry, Server, Status};

use crate::scripted::{READ, Script, WRITE, Watched, limits};
use crate::support::{Folder, in_time};

const HOUR: Duration = Duration::from_secs(3600);

/// A client of a server at this address that has wished for one call of `READ` in a second.
async fn told(address: &str, protection: ClientProtection) -> (Script, Watched) {
    let script = Script::default();
    let bound = Server::new().without_metrics().service(script.clone()).bind(address).await.unwrap();
    let address = bound.local_addr().to_string();
    tokio::spawn(bound.run_until(std::future::pending()));
    script.then(1, &Status::resource_exhausted("busy").slow_down(Rate::per_minute(60), HOUR));
    let watched = Watched::of(&address, limits(), |builder| builder.protection(protection));
    assert_eq!(watched.call(&READ).await.unwrap_err().message(), "busy");
    (script, watched)
}

/// How the first call ends that does not end well.
async fn first_failure(watched: &Watched) -> Status {
    in_time(async {
        loop {
            if let Err(status) = watched.call(&READ).await {
                return status;
            }
        }
    })
    .await
}

#[cfg(unix)]
#[tokio::test]
async fn over_a_unix_socket_a_wish_is_obeyed_by_its_method_alone() {
    let folder = Folder::new("wishes");
    let (script, watched) = told(&folder.address(), ClientProtection::new()).await;
    assert_eq!(watched.call(&READ).await.unwrap(), 7, "it begins with one");
    let status = first_failure(&watched).await;
    let facts = status.facts();
    assert_eq!(
        (status.code(), facts.layer, facts.cause),
        (Code::ResourceExhausted, Layer::Client, Cause::Rate)
    );
    assert!(matches!(facts.retry, Retry::After(wait) if wait <= Duration::from_secs(1)), "{status}");
    for _ in 0..50 {
        assert_eq!(watched.call(&WRITE).await.unwrap(), 7, "another method");
    }
    // On a machine that stands still for a second one more of each may go.
    let (before, slowed) = (script.calls(), watched.decided("slowed"));
    let mut answered = 0;
    for _ in 0..20 {
        answered += usize::from(watched.call(&READ).await.is_ok());
    }
    assert_eq!(script.calls() - before, answered);
    assert_eq!(watched.decided("slowed") - slowed, 20 - answered as u64);
}

#[tokio::test]
async fn a_wish_of_somebody_who_has_proven_nothing_is_ignored_and_counted() {
    let (_script, watched) = told("127.0.0.1:0", ClientProtection::new()).await;
    for _ in 0..50 {
        assert_eq!(watched.call(&READ).await.unwrap(), 7);
    }
    assert_eq!((watched.decided("slowed"), watched.decided("wish_ignored")), (0, 1));
}

#[tokio::test]
async fn who_takes_wishes_of_all_obeys_and_who_only_watches_does_not() {
    let of_all = ClientProtection::new().wishes_of_all(true);
    let (_script, watched) = told("127.0.0.1:0", of_all).await;
    assert_eq!(first_failure(&watched).await.facts().layer, Layer::Client);
    assert_eq!(watched.decided("wish_ignored"), 0);
    for (mode, expected) in [(Mode::Watching, true), (Mode::Off, false)] {
        let (_script, watched) = told("127.0.0.1:0", of_all.wishes(mode)).await;
        for _ in 0..50 {
            assert_eq!(watched.call(&READ).await.unwrap(), 7);
        }
        assert_eq!((watched.decided("slowed"), watched.watched("slowed") > 0), (0, expected));
    }
}
