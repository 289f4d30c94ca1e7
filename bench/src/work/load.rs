//! The callers: an open loop, whose calls are made when they are due, and a closed one, which finds what a server can do.
//!
//! The open loop asks nobody: a call that is due is made, and its time counts from when it was due, so that nothing which keeps
//! it from being made in time is left out. How late it was made is told, for that is a fault of this side.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use serde::{Deserialize, Serialize};
use tokio::task::{JoinSet, yield_now};
use tokio::time::{sleep, sleep_until};

use super::peers::{Wiring, WorkCall, WorkClient, WorkPeer};
use super::record::{Closed, Open, Outcome, Record};
use super::schedule::Schedule;
pub(crate) use super::schedule::{Phase, Spacing};
use crate::cpu_clock::CpuClocks;

/// What a client does, as its command line carries it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// Addresses, with commas between; more than one for svrkit alone.
    pub target: String,
    pub connections: usize,
    /// How long an answer is of use.
    pub deadline_ms: u64,
    /// Whether calls are such as may be made twice.
    pub may_repeat: bool,
    /// Whether there is a budget for that; otherwise a request is made ten times before it is given up.
    pub has_budget: bool,
    pub arrivals: Arrivals,
    /// The server's process, for its CPU time.
    pub server: Option<i32>,
}

/// When it calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Arrivals {
    /// So many callers, each of whom calls again as soon as it is answered.
    Closed {
        callers: usize,
        warm_up_s: f64,
        seconds: f64,
    },
    /// One phase after the other.
    Open {
        phases: Vec<Phase>,
        spacing: Spacing,
        /// How the calls are spread over the classes.
        shares: [f64; 4],
        seed: u64,
    },
}

/// What it has seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Seen {
    Closed(Closed),
    Open(Open),
}

/// How many calls have ended how.
pub(super) type Counts = [AtomicU64; 5];

/// So many are made at once before others have their turn.
const TOGETHER: usize = 64;

/// Connects and calls.
pub(crate) async fn drive<P: WorkPeer>(plan: Plan) -> Result<Seen> {
    let clocks = CpuClocks::open(plan.server)?;
    let began = Instant::now();
    let wiring = Wiring::new(&plan, began);
    let mut clients = Vec::new();
    for _ in 0..plan.connections.max(1) {
        clients.push(P::connect(&wiring).await.context("cannot connect")?);
    }
    let deadline = Duration::from_millis(plan.deadline_ms);
    match plan.arrivals {
        Arrivals::Closed {
            callers,
            warm_up_s,
            seconds,
        } => {
            let window = (
                Duration::from_secs_f64(warm_up_s),
                Duration::from_secs_f64(seconds),
            );
            closed(clients, callers, deadline, window, clocks)
                .await
                .map(Seen::Closed)
        }
        Arrivals::Open {
            phases,
            spacing,
            shares,
            seed,
        } => {
            let schedule = Schedule::new(phases, spacing, shares, seed);
            let (records, from) = open(clients, schedule, deadline).await?;
            let (attempts, ejections) = wiring.witness.told(from.duration_since(began))?;
            Ok(Seen::Open(Open {
                records,
                attempts,
                ejections,
            }))
        }
    }
}

async fn open<C: WorkClient>(
    clients: Vec<C>,
    schedule: Schedule,
    deadline: Duration,
) -> Result<(Vec<Record>, Instant)> {
    let records = Arc::new(Mutex::new(Vec::new()));
    let began = Instant::now();
    let mut clients = clients.into_iter().cycle();
    let mut calls = JoinSet::new();
    let mut together = 0;
    for (number, planned) in schedule.enumerate() {
        let due = began + Duration::from_micros(planned.at);
        if Instant::now() < due {
            together = 0;
            sleep_until(due.into()).await;
        } else if together == TOGETHER {
            together = 0;
            yield_now().await;
        }
        together += 1;
        let Some(mut client) = clients.next() else { break };
        let records = Arc::clone(&records);
        calls.spawn(async move {
            let late = due.elapsed();
            let call = WorkCall {
                id: number as u64,
                class: planned.class,
                rank: planned.rank,
                timeout: deadline.saturating_sub(late),
            };
            let outcome = match call.timeout.is_zero() {
                true => Outcome::Late,
                false => client.work(call).await,
            };
            let record = Record {
                at: planned.at,
                took: due.elapsed().as_micros() as u64,
                late: late.as_micros() as u64,
                class: planned.class,
                outcome,
            };
            if let Ok(mut records) = records.lock() {
                records.push(record);
            }
        });
        while calls.try_join_next().is_some() {}
    }
    while let Some(ended) = calls.join_next().await {
        ended.context("a caller panicked")?;
    }
    let mut records = std::mem::take(&mut *records.lock().map_err(|_| anyhow!("a caller panicked"))?);
    records.sort_by_key(|record: &Record| record.at);
    Ok((records, began))
}

async fn closed<C: WorkClient>(
    clients: Vec<C>,
    callers: usize,
    deadline: Duration,
    window: (Duration, Duration),
    clocks: CpuClocks,
) -> Result<Closed> {
    let counts = Arc::<Counts>::default();
    let is_over = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    for (number, client) in clients.iter().cycle().take(callers).enumerate() {
        let (mut client, counts, is_over) = (client.clone(), Arc::clone(&counts), Arc::clone(&is_over));
        tasks.spawn(async move {
            let rank = (number * 256 / callers.max(1)) as u8;
            for id in 0.. {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let call = WorkCall {
                    id,
                    class: 2,
                    rank,
                    timeout: deadline,
                };
                let outcome = client.work(call).await;
                counts[outcome as usize].fetch_add(1, Ordering::Relaxed);
                if outcome == Outcome::NotSent {
                    // Nothing was waited for, and the others want their turn.
                    yield_now().await;
                }
            }
        });
    }
    let closed = counted(&counts, window, &clocks).await?;
    is_over.store(true, Ordering::Relaxed);
    while let Some(ended) = tasks.join_next().await {
        ended.context("a caller panicked")?;
    }
    Ok(closed)
}

/// Waits for a time, and says what was counted in one after it, and what the server has used then.
pub(super) async fn counted(
    counts: &Counts,
    (warm_up, measured): (Duration, Duration),
    clocks: &CpuClocks,
) -> Result<Closed> {
    sleep(warm_up).await;
    let read = || {
        let calls = counts.each_ref().map(|count| count.load(Ordering::Relaxed));
        Ok::<_, anyhow::Error>((Instant::now(), clocks.read()?.server, calls))
    };
    let (began, cpu, before) = read()?;
    sleep(measured).await;
    let (ended, cpu_after, after) = read()?;
    let mut calls = after;
    for (calls, before) in calls.iter_mut().zip(before) {
        *calls -= before;
    }
    Ok(Closed {
        calls,
        seconds: (ended - began).as_secs_f64(),
        server_cpu_s: cpu_after.saturating_sub(cpu).as_secs_f64(),
    })
}
