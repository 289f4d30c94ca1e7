//! refusal: what a server pays for a call that it does not take, beside what it pays for an echo, and for one that computes for a millisecond.
//!
//! The echo is that of the case `echo`: 64 bytes, 64 calls in flight on each of 16 connections, as many as are refused.
//!
//! Callers send whatever they like, without protection of their own, so that each refusal is one of the server's; where a client of ours would heed what it is told all the
//! same (that the server stops, that it is blocked), they speak frames by hand. A server that refuses serves a few calls as
//! well: what these cost is measured by themselves before, and taken off.

mod row;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::{ArgMatches, Args, FromArgMatches};

use self::row::Row;
use super::Case;
use super::echo::{Cell, Once};
use crate::load::Load;
use crate::peers::Peer as Echoing;
use crate::pin::{CorePair, Placement};
use crate::process::own_program;
use crate::report::{self, Report};
use crate::scheduler::Scheduler;
use crate::work::child::{Server, call_closed};
use crate::work::handler::{Duty, Handler, Wait};
use crate::work::load::{Arrivals, Plan};
use crate::work::peers::Peer;
use crate::work::record::{Closed, Outcome};
use crate::work::spins_for;

/// The registering line's other end.
pub(super) const CASE: Case = Case {
    name: "refusal",
    about: "CPU time of a refusal beside that of an echo and of a call that computes for 1 ms",
    arguments: RefusalArguments::augment_args,
    run,
};

/// The server protects itself, and callers send all the same.
const PEER: &str = "svrkit-server";

/// Callers where calls are refused, and where none are.
const MANY: usize = 1024;
const FEW: usize = 24;

/// Calls that are served at once, where others are refused.
const PLACES: usize = 32;

const CONNECTIONS: usize = 16;
const DEADLINE_MS: u64 = 5_000;

#[derive(Args, Clone, Debug)]
struct RefusalArguments {
    /// How often all of it is measured, by turns; medians count [default: 5; quick: 1]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100))]
    repeats: Option<u32>,
    /// Cores by hand
    #[arg(long, value_name = "SERVER,CLIENT")]
    cores: Option<CorePair>,
}

/// What a server pays for, in microseconds of CPU time.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Costs {
    echo: f64,
    computing: f64,
    /// Refused by the level, from the header alone.
    by_level: f64,
    /// Refused at the queue.
    by_queue: f64,
    /// Refused by a server that stops.
    draining: f64,
    /// Refused to a caller that is blocked, for it runs wild.
    blocked: f64,
    /// Refused for its method's rate.
    by_rate: f64,
}

fn run(matches: &ArgMatches, quick: bool, mut report: Report) -> Result<()> {
    let arguments = RefusalArguments::from_arg_matches(matches)?;
    let placement = Placement::choose(arguments.cores)?;
    let repeats = arguments.repeats.unwrap_or(if quick { 1 } else { 5 });
    let bench = Bench {
        peer: Peer::named(PEER).context("there is no such peer")?,
        placement,
        spins: spins_for(Duration::from_millis(1)),
        seconds: if quick { 0.4 } else { 2.0 },
    };
    let title = format!("refusal: {placement}; {repeats} repeats of {} s", bench.seconds);
    eprintln!("{title}");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut all = Vec::new();
    for _ in 0..repeats {
        let costs = runtime.block_on(bench.costs())?;
        eprintln!(
            "a refusal by the level {:.2} µs, at the queue {:.2} µs, by a server that stops {:.2} µs, of who is blocked {:.2} µs, for a rate {:.2} µs; an echo {:.2} µs",
            costs.by_level, costs.by_queue, costs.draining, costs.blocked, costs.by_rate, costs.echo
        );
        all.push(costs);
    }
    let mut table = report::table(row::COLUMNS, 1);
    for (cause, cost) in [
        ("level", (|costs| costs.by_level) as fn(&Costs) -> f64),
        ("queue", |costs| costs.by_queue),
        ("draining", |costs| costs.draining),
        ("blocked", |costs| costs.blocked),
        ("rate", |costs| costs.by_rate),
    ] {
        let row = Row::new(cause, &all, cost).context("there were no repeats")?;
        report.row(&row)?;
        table.add_row(row.cells());
    }
    report.print(&title, &table);
    Ok(())
}

struct Bench {
    peer: &'static Peer,
    placement: Placement,
    spins: u64,
    seconds: f64,
}

impl Bench {
    async fn costs(&self) -> Result<Costs> {
        let compute = Duty::from(Handler::Compute { spins: self.spins });
        // 32 handlers that wait for 20 ms are 30 calls in a queue of 20 ms: the level steers by that. By five, which is the least, it
        // cannot, and the queue alone decides.
        let wait = |queue_wait_ms| Duty {
            handler: Handler::Wait(Wait::of(20, PLACES)),
            bounds: Some((PLACES as u32, queue_wait_ms)),
        };
        // A server that stops does so for as long as a call is under way.
        let held = Handler::Wait(Wait::of(3_600_000, MANY)).into();
        let at_once = Handler::Compute { spins: 0 }.into();
        Ok(Costs {
            echo: self.of_echo().await?,
            computing: self.of_served(compute, FEW).await?,
            by_level: self.of_refused(wait(20)).await?,
            by_queue: self.of_refused(wait(1)).await?,
            draining: self.of_deaf("svrkit-draining", held).await?,
            blocked: self.of_deaf("svrkit-blocked", at_once).await?,
            by_rate: self.of_deaf("svrkit-rate", at_once).await?,
        })
    }

    /// What an echo costs, with as many callers as are refused.
    async fn of_echo(&self) -> Result<f64> {
        let program = own_program()?;
        let load = Load {
            connections: CONNECTIONS as u32,
            in_flight: (MANY / CONNECTIONS) as u32,
        };
        let once = Once {
            program: &program,
            peer: Echoing::named("svrkit").context("there is no such peer")?,
            cell: Cell { load, payload: 64 },
            scheduler: Scheduler::default(),
            warm_up: Duration::from_secs_f64(self.seconds / 2.0),
            measure: Duration::from_secs_f64(self.seconds),
            placement: self.placement,
        };
        Ok(once.run().await?.measured.server_cpu_us)
    }

    /// What each of them costs where all are served.
    async fn of_served(&self, duty: Duty, callers: usize) -> Result<f64> {
        let (seen, served, _) = self.measure(self.peer, duty, callers).await?;
        ensure!(served > 0, "no call was answered: {seen:?}");
        Ok(seen.server_cpu_s * 1e6 / served as f64)
    }

    /// What each costs that is refused to callers who heed nothing, where none is served.
    async fn of_deaf(&self, peer: &str, duty: Duty) -> Result<f64> {
        let peer = Peer::named(peer).context("there is no such peer")?;
        let (seen, _, refused) = self.measure(peer, duty, MANY).await?;
        ensure!(refused > 0, "no call was refused: {seen:?}");
        Ok(seen.server_cpu_s * 1e6 / refused as f64)
    }

    async fn of_refused(&self, duty: Duty) -> Result<f64> {
        let served_us = self.of_served(duty, FEW).await?;
        let (seen, served, refused) = self.measure(self.peer, duty, MANY).await?;
        ensure!(refused > 0, "no call was refused: {seen:?}");
        Ok((seen.server_cpu_s * 1e6 - served as f64 * served_us) / refused as f64)
    }

    /// What a closed loop has seen, and how many calls were answered and refused there.
    async fn measure(&self, peer: &Peer, duty: Duty, callers: usize) -> Result<(Closed, u64, u64)> {
        let server = Server::start(peer, duty.into(), self.placement.server()).await?;
        let plan = Plan {
            target: server.target.clone(),
            connections: CONNECTIONS,
            deadline_ms: DEADLINE_MS,
            may_repeat: false,
            has_budget: true,
            arrivals: Arrivals::Closed {
                callers,
                warm_up_s: self.seconds / 2.0,
                seconds: self.seconds,
            },
            server: Some(server.id()?),
        };
        let seen = call_closed(peer, &plan, self.placement.client()).await?;
        server.stop().await?;
        let calls = |outcome| seen.calls[outcome as usize];
        let (served, refused) = (calls(Outcome::Answered), calls(Outcome::Refused));
        ensure!(
            served + refused == seen.calls.iter().sum::<u64>(),
            "calls ended otherwise: {seen:?}"
        );
        Ok((seen, served, refused))
    }
}
