//! The limits of copies of requests: when one is sent to another endpoint, in simulated time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::support::Note;
use svrkit_runtime::simulation::{Conditions, Network, Simulation};
use svrkit_runtime::{Call, Client, Limits, Server, Service, ServiceSpec, Spec};
use tokio::time::sleep;

const MS: Duration = Duration::from_millis(1);

static REST: Spec = Spec::new("test.Resting", 4104, "Rest", 1).timeout(Duration::from_secs(30)).idempotent();
static RESTING: ServiceSpec = ServiceSpec::new("test.Resting", 4104, &[&REST]);

/// Answers after as many milliseconds as it is told, and counts calls.
#[derive(Clone, Default)]
struct Resting(Arc<AtomicUsize>);

impl Service for Resting {
    fn spec(&self) -> &'static ServiceSpec {
        &RESTING
    }

    fn dispatch(&self, call: Call) {
        self.0.fetch_add(1, Ordering::Relaxed);
        call.handle(&REST, |note: Note| async move {
            sleep(MS * note.number as u32).await;
            Ok(note)
        });
    }
}

fn serve(network: &Network, name: &str, resting: Resting) -> String {
    network.host(name).spawn(async move {
        let bound = Server::new().without_metrics().service(resting).bind("0.0.0.0:4310").await.unwrap();
        bound.run_until(std::future::pending()).await;
    });
    format!("{name}:4310")
}

/// After so many calls of 2 ms, how many attempts a call comes to that takes so long, its ways of a millisecond each included.
fn attempts(before: usize, took_ms: u64, limits: Limits) -> usize {
    Simulation::seeded(1).conditions(Conditions::delay(MS)).run(async |network| {
        let resting = Resting::default();
        let target = ["one", "other"].map(|name| serve(&network, name, resting.clone())).join(",");
        let client = Client::builder(target).limits(limits).without_metrics().lazy();
        let call = async |ms| client.request::<_, Note>(&REST, &Note::number(ms)).await.unwrap();
        for _ in 0..before {
            call(0).await;
        }
        let until_then = resting.0.load(Ordering::Relaxed);
        call(took_ms - 2).await;
        resting.0.load(Ordering::Relaxed) - until_then
    })
}

#[test]
pub(super) fn hedge_delay() {
    let limits = Limits { hedge_delay: MS * 50, ..Limits::default() };
    // What is answered at that very moment may come first or not.
    assert_eq!([49, 51].map(|took| attempts(10, took, limits)), [1, 2]);
    // Learned by then: 2 ms, and 10 at least.
    assert_eq!([49, 51].map(|took| attempts(200, took, limits)), [1, 2]);
}

#[test]
pub(super) fn hedge_delay_min() {
    let limits = |min| Limits { hedge_delay_min: MS * min, ..Limits::default() };
    assert_eq!([9, 12].map(|took| attempts(200, took, limits(10))), [1, 2]);
    assert_eq!([29, 32].map(|took| attempts(200, took, limits(30))), [1, 2]);
    assert_eq!(attempts(200, 9, limits(1)), 2, "what is usual is more");
    assert_eq!(attempts(50, 1000, limits(1)), 1, "nobody knows what is usual");
}
