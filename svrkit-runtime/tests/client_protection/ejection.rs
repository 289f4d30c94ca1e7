//! Endpoints that fail more than the others.

use std::time::Duration;

use svrkit_runtime::{ClientProtection, Limits, Mode, Status};

use crate::scripted::{Scripted, WRITE, Watched, limits};
use crate::support::in_time;

const HOUR: Duration = Duration::from_secs(3600);

/// Three servers, of which the first fails every call, and a client of them.
pub(crate) async fn one_sick(protection: ClientProtection, limits: Limits) -> ([Scripted; 3], Watched) {
    let servers = [Scripted::start().await, Scripted::start().await, Scripted::start().await];
    let target = servers.each_ref().map(Scripted::address).join(",");
    let watched = Watched::of(&target, limits, |builder| builder.protection(protection));
    // Where there is no other connection yet, a sick endpoint is better than none.
    while watched.connections() < 3 {
        watched.call(&WRITE).await.unwrap();
    }
    servers[0].script.then(1_000_000, &Status::internal("broken"));
    (servers, watched)
}

fn calls(servers: &[Scripted; 3]) -> [usize; 3] {
    servers.each_ref().map(|server| server.script.calls())
}

/// Calls until the sick one would have been ejected, or is.
pub(crate) async fn until_found(watched: &Watched) {
    in_time(async {
        while watched.decided("ejected_by_row") + watched.watched("ejected_by_row") == 0 {
            let _ = watched.call(&WRITE).await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_always_fails_gets_no_more_calls() {
    let (servers, watched) =
        one_sick(ClientProtection::new(), Limits { ejection_min: HOUR, ejection_max: HOUR, ..limits() })
            .await;
    let well = calls(&servers)[0];
    until_found(&watched).await;
    let before = calls(&servers);
    assert_eq!(before[0] - well, 5, "five in a row");
    for _ in 0..200 {
        assert_eq!(watched.call(&WRITE).await.unwrap(), 7);
    }
    let after = calls(&servers);
    assert_eq!(after[0], before[0]);
    assert_eq!(after[1] + after[2], before[1] + before[2] + 200);
}

#[tokio::test]
async fn one_that_is_well_again_is_called_again() {
    let soon = Duration::from_millis(1);
    let (servers, watched) =
        one_sick(ClientProtection::new(), Limits { ejection_min: soon, ejection_max: soon, ..limits() })
            .await;
    until_found(&watched).await;
    servers[0].script.forget();
    let before = calls(&servers)[0];
    in_time(async {
        while calls(&servers)[0] == before {
            watched.call(&WRITE).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn who_only_watches_goes_on_calling_it() {
    let (servers, watched) = one_sick(ClientProtection::new().ejection(Mode::Watching), limits()).await;
    until_found(&watched).await;
    assert_eq!((watched.decided("ejected_by_row"), watched.watched("ejected_by_row")), (0, 1));
    let before = calls(&servers)[0];
    in_time(async {
        while calls(&servers)[0] == before {
            let _ = watched.call(&WRITE).await;
        }
    })
    .await;
}

#[tokio::test]
async fn where_the_others_are_gone_the_sick_one_is_called() {
    let limits = Limits { ejection_min: HOUR, ejection_max: HOUR, ..limits() };
    let (servers, watched) = one_sick(ClientProtection::new(), limits).await;
    until_found(&watched).await;
    let [sick, mut other, mut another] = servers;
    sick.script.forget();
    other.server.crash().await;
    another.server.crash().await;
    let before = sick.script.calls();
    // Those under way may be lost.
    in_time(async { while watched.call(&WRITE).await.is_err() {} }).await;
    assert!(sick.script.calls() > before, "nobody is locked out");
}
