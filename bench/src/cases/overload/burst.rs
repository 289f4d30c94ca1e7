//! burst: two seconds of four times the capacity, and then what there was before, while requests that fail are repeated: whether it comes back.
//!
//! The handler waits for one of 32 places, for 20 ms; after 200 ms without a place it gives up by half of the work, and says UNAVAILABLE, which is
//! repeated. Requests have 5 s. `svrkit` is as it comes, `svrkit-off` repeats each request up to nine times without a budget.

use anyhow::Result;

use super::figures::{p99_ms, success, us, within};
use super::row::Row;
use super::stage::Stage;
use crate::work::handler::{Handler, Wait};
use crate::work::load::{Phase, Plan, Spacing};
use crate::work::peers::Peer;

const BURST: f64 = 4.0;
const BURST_S: f64 = 2.0;
/// Looked at so long after the burst.
const AFTER_S: f64 = 5.0;
const DEADLINE_MS: u64 = 5_000;
/// Attempts there may be for a request, and in a second.
const SHARE: f64 = 1.1;
const FLOOR: f64 = 10.0;

pub(super) async fn rows(stage: &mut Stage, peer: &'static Peer) -> Result<Vec<Row>> {
    if !peer.is_svrkit() || peer.name == "svrkit-server" {
        return Ok(Vec::new());
    }
    let capacity = stage.capacity(peer, stage.wait()).await?;
    let (before, after) = (stage.seconds(3.0, 0.3), stage.seconds(AFTER_S, 0.5));
    let (burst, measured) = (stage.seconds(BURST_S, 0.3), stage.seconds(3.0, 0.5));
    let bases: &[f64] = if stage.times(3, 1) == 3 {
        &[0.5, 0.7, 0.85]
    } else {
        &[0.7]
    };
    let mut rows = Vec::new();
    for &base in bases {
        let handler = Wait {
            patience_ms: 200,
            ..Wait::of(20, 32)
        };
        let server = stage.server(peer, Handler::Wait(handler)).await?;
        let phase = |load: f64, seconds| Phase {
            rate: load * capacity,
            seconds,
        };
        let phases = vec![
            phase(base, before),
            phase(BURST, burst),
            phase(base, after + measured),
        ];
        let plan = Plan {
            connections: 1,
            deadline_ms: DEADLINE_MS,
            may_repeat: true,
            has_budget: peer.is_protected(),
            ..stage.plan(&server, phases, Spacing::Chance)
        };
        let seen = stage.call(peer, &plan).await?;
        server.stop().await?;
        let from = us(before + burst + after);
        let calls = within(&seen.records, from..from + us(measured));
        let goodput = success(&calls, DEADLINE_MS * 1000);
        let requests = seen.records.len() as f64;
        let most = SHARE * requests + FLOOR * (before + burst + after + measured + 1.0);
        let is_met = goodput >= 0.95 && seen.attempts as f64 <= most;
        rows.push(
            Row::new("burst", peer.name, base, goodput, p99_ms(&calls))
                .with("attempts_per_request", seen.attempts as f64 / requests.max(1.0))
                .with("may_be", most / requests.max(1.0))
                .held_to(
                    peer.is_protected(),
                    "goodput ≥ 0.95, attempts ≤ 1.1 × requests + 10/s",
                    is_met,
                ),
        );
    }
    Ok(rows)
}
