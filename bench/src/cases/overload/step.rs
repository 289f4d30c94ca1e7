//! step: from 0.8 of the capacity to twice or three times, and back, again and again: how soon goodput is what it then stays at.
//!
//! Calls come in equal distances and the cycles are put on top of one another: in bins of 20 ms chance would be all there is to see.

use anyhow::Result;

use super::figures::{answers, p99_ms, settled, us, within};
use super::row::Row;
use super::stage::{DEADLINE_MS, Stage};
use crate::work::load::{Phase, Spacing};
use crate::work::peers::Peer;

const BASE: f64 = 0.8;
const BIN_MS: u64 = 20;
/// A change is to be over in so long.
const GOAL_MS: u64 = 100;

pub(super) async fn rows(stage: &mut Stage, peer: &'static Peer) -> Result<Vec<Row>> {
    let handler = stage.compute();
    let capacity = stage.capacity(peer, handler).await?;
    let (cycles, seconds) = (stage.times(4, 1), stage.seconds(1.0, 0.4));
    let phase = |load: f64| Phase {
        rate: load * capacity,
        seconds,
    };
    let mut rows = Vec::new();
    for load in [2.0, 3.0] {
        let server = stage.server(peer, handler).await?;
        let mut phases = vec![phase(BASE)];
        phases.extend([phase(load), phase(BASE)].repeat(cycles));
        let seen = stage
            .call(peer, &stage.plan(&server, phases, Spacing::Even))
            .await?;
        server.stop().await?;

        // Of all cycles' phases that begin after so many, the bins on top of one another.
        let bins = (us(seconds) / (BIN_MS * 1000)) as usize;
        let on_top = |first: usize| {
            let mut sums = vec![0.0; bins];
            for cycle in 0..cycles {
                let from = us(seconds * (first + 2 * cycle) as f64);
                let counts = answers(&seen.records, DEADLINE_MS * 1000, from, BIN_MS * 1000, bins);
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
            sums
        };
        let (rise, high) = settled(&on_top(1));
        let (fall, _) = settled(&on_top(2));
        let in_ms = |bin: Option<usize>| bin.map(|bin| bin as u64 * BIN_MS);
        let per_bin = capacity * BIN_MS as f64 / 1e3 * cycles as f64;
        let calls = within(&seen.records, us(seconds)..u64::MAX);
        let is_met = [rise, fall]
            .iter()
            .all(|bin| in_ms(*bin).is_some_and(|ms| ms < GOAL_MS));
        rows.push(
            Row::new("step", peer.name, load, high / per_bin, p99_ms(&calls))
                .with("rise_ms", in_ms(rise))
                .with("fall_ms", in_ms(fall))
                .held_to(peer.is_protected(), &format!("each < {GOAL_MS} ms"), is_met),
        );
    }
    Ok(rows)
}
