//! fanout: a task is one, two or four calls of a leaf, which has twice as many to do as it can; three tiers, each a process of its own.
//!
//! A task is done when all its calls are. Who sheds by chance does p^k of them; who sheds the same users' everywhere, as many as there is room for.

use anyhow::Result;

use super::figures::{p99_ms, success, us, within};
use super::row::Row;
use super::stage::{DEADLINE_MS, Stage};
use crate::work::handler::Handler;
use crate::work::load::{Phase, Spacing};
use crate::work::peers::Peer;

/// Calls of the leaf, as a multiple of what it can do.
const LOAD: f64 = 2.0;
/// So far from the best there can be.
const POINTS: f64 = 0.1;

pub(super) async fn rows(stage: &mut Stage, peer: &'static Peer) -> Result<Vec<Row>> {
    if !peer.is_svrkit() {
        return Ok(Vec::new());
    }
    let capacity = stage.capacity(peer, stage.compute()).await?;
    let (warm_up, measured) = (stage.seconds(1.0, 0.3), stage.seconds(2.5, 0.5));
    let mut rows = Vec::new();
    for calls in [1, 2, 4] {
        let leaf = stage.server(peer, stage.compute()).await?;
        let to = leaf.target.parse()?;
        let middle = stage.tier(peer, Handler::Forward { to, calls }).await?;
        let to = middle.target.parse()?;
        let access = stage.tier(peer, Handler::Forward { to, calls: 1 }).await?;
        let phase = Phase {
            rate: LOAD * capacity / f64::from(calls),
            seconds: warm_up + measured,
        };
        let seen = stage
            .call(peer, &stage.plan(&access, vec![phase], Spacing::Chance))
            .await?;
        let tasks = within(&seen.records, us(warm_up)..us(warm_up + measured));
        let done = success(&tasks, DEADLINE_MS * 1000);
        let best = 1.0 / LOAD;
        rows.push(
            Row::new("fanout", peer.name, LOAD, done * LOAD, p99_ms(&tasks))
                .with("calls", calls)
                .with("success", done)
                .with("optimum", best)
                .with("by_chance", best.powi(calls as i32))
                .held_to(
                    peer.is_protected(),
                    &format!("success ≥ {:.2}", best - POINTS),
                    done >= best - POINTS,
                ),
        );
        for server in [access, middle, leaf] {
            server.stop().await?;
        }
    }
    Ok(rows)
}
