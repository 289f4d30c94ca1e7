//! How far a client obeys a server that wishes to be called less often.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::support::{ECHO, Note};
use svrkit_runtime::simulation::{Conditions, Simulation};
use svrkit_runtime::{Call, Client, ClientProtection, Limits, Rate, Server, Service, ServiceSpec, Status};
use tokio::time::sleep;

const MS: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3600);

static TEST: ServiceSpec = ServiceSpec::new("test.Test", 4000, &[&ECHO]);

/// Wishes for one call a minute when the first one comes, and answers all others.
#[derive(Clone, Default)]
struct Wishing(Arc<AtomicUsize>);

impl Service for Wishing {
    fn spec(&self) -> &'static ServiceSpec {
        &TEST
    }

    fn dispatch(&self, call: Call) {
        let is_first = self.0.fetch_add(1, Ordering::Relaxed) == 0;
        call.handle(&ECHO, move |note: Note| async move {
            let busy = || Status::unavailable("busy").slow_down(Rate::per_minute(1), HOUR);
            if is_first { Err(busy()) } else { Ok(note) }
        });
    }
}

/// How many calls reach the server in these many seconds, of a hundred a second.
fn sent(seconds: u32, limits: Limits) -> usize {
    Simulation::seeded(1).conditions(Conditions::delay(MS)).run(async |network| {
        let wishing = Wishing::default();
        let service = wishing.clone();
        network.host("server").spawn(async move {
            let bound = Server::new().without_metrics().service(service).bind("0.0.0.0:4310").await.unwrap();
            bound.run_until(std::future::pending()).await;
        });
        let protection = ClientProtection::new().wishes_of_all(true);
        let client =
            Client::builder("server:4310").limits(limits).protection(protection).without_metrics().lazy();
        let call = async || client.request::<_, Note>(&ECHO, &Note::number(1)).await;
        call().await.unwrap_err();
        for _ in 0..100 * seconds {
            let _ = call().await;
            sleep(MS * 10).await;
        }
        wishing.0.load(Ordering::Relaxed) - 1
    })
}

#[test]
pub(super) fn wish_max() {
    let limits = |max| Limits { wish_max: max, ..Limits::default() };
    assert_eq!(sent(2, limits(Duration::ZERO)), 200, "nothing is obeyed");
    let of_a_second = sent(2, limits(MS * 1000));
    assert!((80..=120).contains(&of_a_second), "{of_a_second}");
    assert!((2..=4).contains(&sent(3, limits(HOUR))));
}

#[test]
pub(super) fn wish_rate_min() {
    for min in [1, 10] {
        let found = sent(4, Limits { wish_rate_min: min, ..Limits::default() });
        let expected = 4 * min as usize + 1;
        assert!((expected - 2..=expected + 2).contains(&found), "{found} by {min} a second");
    }
}
