//! From where on a caller runs wild, and for how long it is blocked: on a simulated network, where a second is one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use svrkit_runtime::simulation::{Conditions, Simulation};
use svrkit_runtime::{CallerBlocked, Cause, Client, Limits, Monitor, Server};
use tokio::time::{Instant, sleep_until};

use super::support::{ECHO, Note, Test};

const SECOND: Duration = Duration::from_secs(1);

/// One that is told of a block: when, for how long, and which offence it was.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<(Instant, Duration, u32)>>>);

impl Monitor for Told {
    fn caller_blocked(&self, blocked: &CallerBlocked<'_>) {
        self.0.lock().unwrap().push((Instant::now(), blocked.time, blocked.offences));
    }
}

/// What is to be tried.
#[derive(Clone, Copy)]
struct Case {
    limits: Limits,
    /// Others, who make five calls a second each, no two alike.
    others: u64,
    /// Callers who always ask the same, and how often in a second.
    wild: u32,
    rate: u32,
    seconds: u32,
}

/// A block: how long after the beginning, for how long, and which offence it was.
type Block = (Duration, Duration, u32);

/// One of 1000 calls a second among twenty others.
fn case(limits: Limits) -> Case {
    Case { limits: Limits { wild_time: SECOND, ..limits }, others: 20, wild: 1, rate: 1000, seconds: 5 }
}

fn blocks(case: Case) -> Vec<Block> {
    let Case { limits, others, wild, rate, seconds } = case;
    Simulation::seeded(1).conditions(Conditions::delay(Duration::from_micros(100))).run(
        async move |network| {
            let told = Told::default();
            let server =
                Server::new().limits(limits).without_metrics().monitor(told.clone()).service(Test::default());
            network.host("server").spawn(async move {
                server.bind("0.0.0.0:4310").await.unwrap().run_until(std::future::pending()).await;
            });
            let began = Instant::now();
            let call = |host: String, rate: u32, first: u64, step: u64| {
                network.host(&host).spawn(async move {
                    let client = Client::builder("server:4310").name(host).without_metrics().lazy();
                    for number in 0..rate * seconds {
                        sleep_until(began + SECOND * number / rate).await;
                        let note = Note::number(first + step * u64::from(number));
                        let ended = client.request::<_, Note>(&ECHO, &note).await;
                        let cause =
                            ended.as_ref().map_or_else(|status| status.facts().cause, |_| Cause::None);
                        // Who is blocked, and nobody else, is told by which limits.
                        assert!(cause == Cause::None || step == 0 && cause == Cause::Blocked, "{ended:?}");
                    }
                })
            };
            let others = (0..others).map(|other| call(format!("other{other}"), 5, other * 1_000_000, 1));
            let wild = (0..wild).map(|wild| call(format!("wild{wild}"), rate, 7, 0));
            for calling in others.chain(wild).collect::<Vec<_>>() {
                calling.await.unwrap();
            }
            let told = told.0.lock().unwrap();
            told.iter().map(|(at, time, offences)| (*at - began, *time, *offences)).collect()
        },
    )
}

fn count(case: Case) -> usize {
    blocks(case).len()
}

#[test]
pub(super) fn wild_rate() {
    let of = |rate| Case { rate, ..case(Limits { wild_rate: 300, ..Limits::default() }) };
    assert_eq!((count(of(290)), count(of(320))), (0, 1));
}

#[test]
pub(super) fn wild_times() {
    // Five or six calls of each of the others are in a window.
    let of = |rate| Case { rate, ..case(Limits { wild_rate: 1, wild_times: 40, ..Limits::default() }) };
    assert_eq!((count(of(190)), count(of(260))), (0, 1));
}

#[test]
pub(super) fn wild_callers() {
    let of = |others| Case { others, ..case(Limits { wild_callers: 12, ..Limits::default() }) };
    assert_eq!((count(of(11)), count(of(12))), (0, 1));
}

#[test]
pub(super) fn wild_time() {
    let (short, long) = (case(Limits::default()), Limits { wild_time: SECOND * 3, ..Limits::default() });
    assert!(blocks(short)[0].0 < SECOND * 3);
    let after = blocks(Case { limits: long, ..short })[0].0;
    assert!((SECOND * 3..SECOND * 5).contains(&after), "{after:?}");
}

#[test]
pub(super) fn wild_block_min() {
    let limits = Limits { wild_block_min: SECOND * 3, ..Limits::default() };
    let blocks = blocks(Case { seconds: 12, ..case(limits) });
    assert_eq!(blocks[0].1, SECOND * 3);
    let (first, second) = (blocks[0].0, blocks[1].0);
    assert!((SECOND * 4..SECOND * 6).contains(&(second - first)), "{blocks:?}");
}

#[test]
pub(super) fn wild_block_max() {
    let limits = Limits { wild_block_min: SECOND * 2, wild_block_max: SECOND * 3, ..Limits::default() };
    let blocks = blocks(Case { seconds: 10, ..case(limits) });
    assert_eq!(blocks.iter().map(|(_, time, _)| *time).take(2).collect::<Vec<_>>(), [SECOND * 2, SECOND * 3]);
}

#[test]
pub(super) fn wild_forget() {
    for (wild_forget, offence) in [(Duration::ZERO, 1), (SECOND * 60, 2)] {
        let limits = Limits { wild_block_min: SECOND * 2, wild_forget, ..Limits::default() };
        let blocks = blocks(Case { seconds: 7, ..case(limits) });
        assert_eq!(blocks[1].2, offence, "{blocks:?}");
    }
}

#[test]
pub(super) fn wild_blocks() {
    for (wild_blocks, expected) in [(1, 1), (2, 2)] {
        let limits = Limits { wild_blocks, wild_block_min: SECOND * 60, ..Limits::default() };
        assert_eq!(count(Case { wild: 2, ..case(limits) }), expected);
    }
}
