//! endpoint: one of ten servers is 200 ms slower than the others, or fails 60 of 100 calls, at 46 calls a second each: what callers see of it.

use anyhow::Result;

use super::figures::{p99_ms, success, us, within};
use super::row::Row;
use super::stage::{DEADLINE_MS, Stage};
use crate::work::child::Serving;
use crate::work::handler::{Handler, Wait};
use crate::work::load::{Phase, Plan, Spacing};
use crate::work::peers::Peer;
use crate::work::record::{Open, Outcome, Record};

const ENDPOINTS: usize = 10;
/// Calls a second of each.
const RATE: f64 = 46.0;
/// The sick one is to be found in so long, in milliseconds.
const FOUND_MS: u64 = 10_000;
/// Callers' 99th of a hundred may be so many times what it is while all are well.
const SLOWER: f64 = 2.0;

/// What a server does that is well, and has room for everybody.
const WELL: Wait = Wait {
    ms: 5,
    places: 100_000,
    patience_ms: u64::MAX,
    sickness: 0,
};

pub(super) async fn rows(stage: &mut Stage, peer: &'static Peer) -> Result<Vec<Row>> {
    if !peer.is_svrkit() || peer.name == "svrkit-server" {
        return Ok(Vec::new());
    }
    let warm_up = stage.seconds(1.0, 0.2);
    let (healthy, _) = run(stage, peer, WELL, stage.seconds(4.0, 0.5)).await?;
    let healthy = p99_ms(&within(&healthy.records, us(warm_up)..u64::MAX)).unwrap_or_default();
    let slow = Wait {
        ms: WELL.ms + 200,
        ..WELL
    };
    let failing = Wait { sickness: 60, ..WELL };
    let mut rows = Vec::new();
    for (trouble, wait) in [("slow", slow), ("failing", failing)] {
        let (seen, sick) = run(stage, peer, wait, stage.seconds(12.0, 0.8)).await?;
        let calls = within(&seen.records, us(warm_up)..u64::MAX);
        let p99 = p99_ms(&calls);
        let found = seen.ejections.iter().find(|(_, endpoint)| *endpoint == sick);
        let found_ms = found.map(|(at, _)| at / 1000);
        let is_error = |call: &&Record| call.outcome == Outcome::Failed;
        let errors = seen.records.iter().filter(is_error).count();
        let until = found.map_or(u64::MAX, |(at, _)| *at);
        let before = seen.records.iter().filter(|call| call.end() <= until);
        let row = Row::new(
            "endpoint",
            peer.name,
            1.0,
            success(&calls, DEADLINE_MS * 1000),
            p99,
        )
        .with("trouble", trouble)
        .with("healthy_p99_ms", healthy)
        .with("errors", errors);
        let is_held = peer.is_protected();
        rows.push(match trouble {
            "slow" => row.held_to(
                is_held,
                "p99 ≤ 2 × healthy",
                p99.is_some_and(|p99| p99 <= SLOWER * healthy),
            ),
            _ => row
                .with("until_found", before.filter(is_error).count())
                .with("found_ms", found_ms)
                .held_to(
                    is_held,
                    "found within 10 s",
                    found_ms.is_some_and(|ms| ms <= FOUND_MS),
                ),
        });
    }
    Ok(rows)
}

/// Calls ten servers, of which the first is as `first` says. The address of that one, too.
async fn run(stage: &Stage, peer: &Peer, first: Wait, seconds: f64) -> Result<(Open, String)> {
    let serving = Serving {
        duty: Handler::Wait(WELL).into(),
        listeners: ENDPOINTS,
        first: Some(Handler::Wait(first)),
    };
    let server = stage.server(peer, serving).await?;
    let sick = server.target.split(',').next().unwrap_or_default().to_owned();
    let phase = Phase {
        rate: RATE * ENDPOINTS as f64,
        seconds,
    };
    let plan = Plan {
        connections: 1,
        ..stage.plan(&server, vec![phase], Spacing::Chance)
    };
    let seen = stage.call(peer, &plan).await?;
    server.stop().await?;
    Ok((seen, sick))
}
