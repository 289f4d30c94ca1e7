//! priority: four classes of calls at three times the capacity: who is served.

use anyhow::Result;

use super::figures::{inversions, p99_ms, success, us, within};
use super::row::{Row, rounded};
use super::stage::{DEADLINE_MS, SHARES, Stage};
use crate::work::load::{Phase, Spacing};
use crate::work::peers::Peer;

const LOAD: f64 = 3.0;
/// Of the most important class, while it is less than seven tenths of the capacity.
const CORE: f64 = 0.999;
/// Within so long a less important call is to go before no other, in microseconds.
const WINDOW: u64 = 20_000;

pub(super) async fn rows(stage: &mut Stage, peer: &'static Peer) -> Result<Vec<Row>> {
    if !peer.is_svrkit() {
        return Ok(Vec::new());
    }
    let handler = stage.compute();
    let capacity = stage.capacity(peer, handler).await?;
    let server = stage.server(peer, handler).await?;
    let (warm_up, measured) = (stage.seconds(2.0, 0.3), stage.seconds(4.0, 0.7));
    let phase = Phase {
        rate: LOAD * capacity,
        seconds: warm_up + measured,
    };
    let seen = stage
        .call(peer, &stage.plan(&server, vec![phase], Spacing::Chance))
        .await?;
    server.stop().await?;
    let calls = within(&seen.records, us(warm_up)..us(warm_up + measured));
    let by_class: Vec<f64> = (0..SHARES.len())
        .map(|class| {
            let of_class: Vec<_> = calls.iter().filter(|call| call.class == class).copied().collect();
            rounded(success(&of_class, DEADLINE_MS * 1000))
        })
        .collect();
    let per_million = inversions(&calls, WINDOW) as f64 / calls.len().max(1) as f64 * 1e6;
    let goodput = success(&calls, DEADLINE_MS * 1000) * LOAD;
    let is_met = by_class.first().is_some_and(|core| *core >= CORE) && per_million == 0.0;
    Ok(vec![
        Row::new("priority", peer.name, LOAD, goodput, p99_ms(&calls))
            .with("success_by_class", by_class)
            .with("inversions_per_million", per_million.round())
            .held_to(
                peer.is_protected(),
                &format!("core ≥ {CORE}, no inversions"),
                is_met,
            ),
    ])
}
