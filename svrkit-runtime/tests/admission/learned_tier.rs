//! A tier that a server learns from its load: calls in a time that stands still unless the test lets it pass.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use svrkit_runtime::wire::frame::{Facts, Header};
use svrkit_runtime::{Cause, Event, Limits, Metrics, Priority, Recorder, Server, Tier};
use tokio::task::spawn_blocking;
use tokio::time::advance;

use crate::tiers::{BY_TIER, Got, PLACE, Serving, WORK};

const BY_QUEUE: Got = Got::Refused(Cause::Queue.number());

/// Lets no time pass but what the test says, for as long as what it gives is there: a paused clock goes on by itself when there is nothing else to do,
/// as while bytes are on their way, unless a thread is blocked.
fn hold_time() -> Sender<()> {
    let (held, until_dropped) = channel::<()>();
    spawn_blocking(move || until_dropped.recv());
    held
}

/// The tiers that a server went through.
fn tiers(recorder: &Recorder) -> Vec<Tier> {
    let tier = |event: &Event| match event {
        Event::TierChanged(change) => Some(change.tier),
        _ => None,
    };
    recorder.events().iter().filter_map(tier).collect()
}

/// Calls that a server with one handler at a time and room for five others has at once.
const TAKEN: u32 = 6;

impl Serving {
    /// Waits until the server has read all that was sent.
    async fn is_read(&mut self) {
        self.raw.send(Header::new(0, Facts::Ping(7)), b"").await;
        assert_eq!(self.raw.receive().await.unwrap().header.facts, Facts::Pong(7));
    }

    /// So many calls come at once, and one of the core last, which is answered as all for which there is room. Most are at work for half a second, and
    /// the last until the server has learned this tier.
    async fn rush(&mut self, works: u32, recorder: &Recorder, tier: Tier) {
        for _ in 0..works {
            self.send(WORK, Priority::NORMAL).await;
        }
        let place = self.send(PLACE, Priority::CORE).await;
        let taken = (works + 1).min(TAKEN);
        for _ in taken..works + 1 {
            assert_eq!(self.answer().await.1, BY_QUEUE);
        }
        self.is_read().await;
        advance(Duration::from_millis(400)).await;
        for _ in 2..taken {
            self.go.add_permits(1);
            assert_eq!(self.answer().await.1, Got::Whole);
        }
        // When the window ends, in half a second at the latest.
        for _ in 0..10 {
            if tiers(recorder).last() != Some(&tier) {
                advance(Duration::from_millis(50)).await;
                self.is_read().await;
            }
        }
        assert_eq!(tiers(recorder).last(), Some(&tier));
        self.go.add_permits(1);
        assert_eq!(self.answer().await.1, Got::Whole);
        assert_eq!(self.answer().await, (place, Got::Whole));
    }
}

#[tokio::test(start_paused = true)]
async fn a_tier_that_is_learned_degrades_a_method_and_refuses_it_and_is_over_with_the_load() {
    let _held = hold_time();
    let (metrics, recorder) = (Metrics::new(), Recorder::default());
    let limits = Limits { handlers_running: 1, queue_calls: TAKEN as usize - 1, ..Limits::default() };
    let server = Server::new().limits(limits).metrics(metrics.clone()).monitor(recorder.clone());
    let mut serving = Serving::of(server).await;
    assert_eq!(serving.advise().await, Got::Whole);
    let mut advised = Vec::new();
    // All wait, a few are refused, most are.
    for (works, tier, expected) in
        [(4, Tier::Busy, Got::Whole), (7, Tier::High, Got::Degraded), (30, Tier::Critical, BY_TIER)]
    {
        serving.rush(works, &recorder, tier).await;
        advised.push(serving.advise().await);
        assert_eq!(advised.last(), Some(&expected), "{tier}");
        assert_eq!(serving.place().await, Got::Whole, "{tier}");
    }
    for _ in 0..100 {
        advance(Duration::from_millis(50)).await;
        advised.push(serving.advise().await);
        assert_eq!(serving.place().await, Got::Whole);
    }
    let rising_and_falling = [Tier::Busy, Tier::High, Tier::Critical, Tier::High, Tier::Busy, Tier::Calm];
    assert_eq!(tiers(&recorder), rising_and_falling);
    let of_advise = [("side", "server"), ("method", "Advise")];
    let counted = |got| advised.iter().filter(|advice| **advice == got).count() as u64;
    let counter = |name, cause: &[_]| metrics.snapshot().counter(name, &[&of_advise, cause].concat());
    assert_eq!(counter("svrkit_calls_degraded_total", &[]), counted(Got::Degraded));
    assert_eq!(counter("svrkit_calls_refused_total", &[("cause", "tier")]), counted(BY_TIER));
    advised.dedup();
    assert_eq!(advised, [Got::Whole, Got::Degraded, BY_TIER, Got::Degraded, Got::Whole]);
}
