//! steady: so many times the capacity for some seconds, by chance, and what is answered in time.

use anyhow::Result;

use super::figures::{made_late_ms, p99_ms, success, us, within};
use super::row::{Row, rounded};
use super::stage::{DEADLINE_MS, Stage};
use crate::work::handler::Handler;
use crate::work::load::{Phase, Spacing};
use crate::work::peers::Peer;
use crate::work::record::Outcome;

/// All loads of one peer and handler, by one server, one after the other.
pub(super) async fn rows(
    stage: &mut Stage,
    row: &'static str,
    handler: Handler,
    peer: &'static Peer,
    loads: &[f64],
) -> Result<Vec<Row>> {
    let capacity = stage.capacity(peer, handler).await?;
    let server = stage.server(peer, handler).await?;
    // What threads can bear, and for how many there are places, has to be learned.
    let (first, others) = match handler {
        Handler::Compute { .. } => (stage.seconds(2.0, 0.3), stage.seconds(1.0, 0.3)),
        _ => (stage.seconds(4.0, 0.5), stage.seconds(1.5, 0.5)),
    };
    let measured = stage.seconds(2.5, 0.5);
    let mut rows = Vec::new();
    for (index, &load) in loads.iter().enumerate() {
        let warm_up = if index == 0 { first } else { others };
        let phase = Phase {
            rate: load * capacity,
            seconds: warm_up + measured,
        };
        let plan = stage.plan(&server, vec![phase], Spacing::Chance);
        let seen = stage.call(peer, &plan).await?;
        let calls = within(&seen.records, us(warm_up)..us(warm_up + measured));
        let answered = success(&calls, DEADLINE_MS * 1000) * calls.len() as f64;
        let goodput = answered / measured / capacity;
        let p99 = p99_ms(&calls);
        let share = |outcome| {
            let count = calls.iter().filter(|call| call.outcome == outcome).count();
            rounded(count as f64 / calls.len().max(1) as f64)
        };
        let least = if load <= 2.0 { 0.95 } else { 0.9 };
        let is_met = goodput >= least && p99.is_some_and(|ms| ms <= DEADLINE_MS as f64 / 2.0);
        let goal = format!("goodput ≥ {least}, p99 ≤ {} ms", DEADLINE_MS / 2);
        rows.push(
            Row::new(row, peer.name, load, goodput, p99)
                .with("capacity", capacity.round())
                .with("refused", share(Outcome::Refused))
                .with("not_sent", share(Outcome::NotSent))
                .with("late", share(Outcome::Late))
                .with("failed", share(Outcome::Failed))
                .with("made_late_ms", made_late_ms(&calls))
                .held_to(peer.is_protected(), &goal, is_met),
        );
        stage.rest().await;
    }
    server.stop().await?;
    Ok(rows)
}
