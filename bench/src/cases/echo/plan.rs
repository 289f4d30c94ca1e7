//! What is run and for how long: the case's options, and what comes of them.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::child::peer_names;
use crate::load::Load;
use crate::peers::{PEERS, Peer};
use crate::pin::CorePair;
use crate::scheduler::Scheduler;

/// The longest payload: every peer's own limits leave room for it.
const PAYLOAD_LEN_MAX: u64 = 1 << 20;

/// Options of the case; each filters or changes the whole plan.
#[derive(Args, Clone, Debug)]
pub(super) struct EchoArguments {
    /// Only these peers
    #[arg(long, value_name = "PEER,…", value_delimiter = ',', value_parser = peer_names())]
    peers: Vec<String>,
    /// Connections x calls in flight on each
    #[arg(
        long,
        value_name = "CxF,…",
        value_delimiter = ',',
        default_value = "1x1,1x128,16x64"
    )]
    loads: Vec<Load>,
    /// Lengths of the payload in bytes
    #[arg(long, value_name = "BYTES,…", value_delimiter = ',', default_value = "64,1024,65536",
        value_parser = clap::value_parser!(u64).range(0..=PAYLOAD_LEN_MAX))]
    payloads: Vec<u64>,
    /// Repeats of each row [default: 5; quick: 1]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeats: Option<u32>,
    /// Length of one measured window [default: 2; quick: 0.3]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    measure: Option<Duration>,
    /// Before each window [default: 0.5; quick: 0.1]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    warm_up: Option<Duration>,
    /// Tokio's scheduler, the same for every server and client
    #[arg(long, value_enum, default_value_t)]
    scheduler: Scheduler,
    /// Which cores to use [default: chosen among those allowed]
    #[arg(long, value_name = "SERVER,CLIENT")]
    pub cores: Option<CorePair>,
}

/// The whole run.
#[derive(Debug)]
pub(super) struct Plan {
    pub peers: Vec<&'static Peer>,
    loads: Vec<Load>,
    payloads: Vec<usize>,
    pub repeats: u32,
    pub warm_up: Duration,
    pub measure: Duration,
    pub scheduler: Scheduler,
}

/// One load with one payload, run by every peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cases) struct Cell {
    pub load: Load,
    pub payload: usize,
}

impl Plan {
    pub(super) fn new(arguments: &EchoArguments, quick: bool) -> Result<Self> {
        let asked = |peer: &&Peer| peer.is_asked_for(&arguments.peers);
        let plan = Self {
            peers: PEERS.iter().filter(asked).collect(),
            loads: arguments.loads.clone(),
            payloads: arguments.payloads.iter().map(|&len| len as usize).collect(),
            scheduler: arguments.scheduler,
            repeats: arguments.repeats.unwrap_or(if quick { 1 } else { 5 }),
            warm_up: arguments
                .warm_up
                .unwrap_or(Duration::from_millis(if quick { 100 } else { 500 })),
            measure: arguments
                .measure
                .unwrap_or(Duration::from_millis(if quick { 300 } else { 2_000 })),
        };
        ensure!(
            plan.cells().next().is_some(),
            "nothing to run: --loads and --payloads leave nothing"
        );
        Ok(plan)
    }

    /// Every load with every payload.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cell> + '_ {
        self.loads
            .iter()
            .flat_map(|&load| self.payloads.iter().map(move |&payload| Cell { load, payload }))
    }

    fn duration(&self) -> Duration {
        let runs = self.cells().count() as u32 * self.peers.len() as u32 * self.repeats;
        (self.warm_up + self.measure) * runs
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "scheduler {}; {} × {} s after {} s of warm-up, {} s in all",
            self.scheduler,
            self.repeats,
            self.measure.as_secs_f64(),
            self.warm_up.as_secs_f64(),
            self.duration().as_secs()
        )
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} B", self.load, self.payload)
    }
}

/// From a hundredth of a second to an hour.
pub(in crate::cases) fn seconds(text: &str) -> Result<Duration> {
    let seconds: f64 = text.parse().context("expected seconds, as in 2 or 0.5")?;
    ensure!(
        (0.01..=3600.0).contains(&seconds),
        "expected 0.01 to 3600 seconds"
    );
    Ok(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Command, FromArgMatches};

    fn plan(args: &[&str], quick: bool) -> Result<Plan> {
        let command = EchoArguments::augment_args(Command::new("echo").no_binary_name(true));
        Plan::new(
            &EchoArguments::from_arg_matches(&command.try_get_matches_from(args)?)?,
            quick,
        )
    }

    #[test]
    fn the_whole_plan_is_nine_cells_for_every_peer() {
        let whole = plan(&[], false).unwrap();
        assert_eq!(whole.cells().count(), 9);
        let by_default = PEERS.iter().filter(|peer| peer.by_default).count();
        assert_eq!(whole.peers.len(), by_default);
        assert_eq!(
            (whole.repeats, whole.measure, whole.warm_up.as_millis()),
            (5, Duration::from_secs(2), 500)
        );
    }

    #[test]
    fn a_quick_plan_is_short_unless_told_otherwise() {
        assert_eq!(plan(&[], true).unwrap().measure, Duration::from_millis(300));
        let told = plan(&["--repeats=3", "--measure=1", "--warm-up=0.25"], true).unwrap();
        assert_eq!(
            (told.repeats, told.measure.as_millis(), told.warm_up.as_millis()),
            (3, 1000, 250)
        );
    }

    #[test]
    fn filters_leave_what_they_name_in_the_registrys_order() {
        let plan = plan(
            &["--peers=bare,tonic", "--loads=1x1,2x3", "--payloads=0,1048576"],
            true,
        )
        .unwrap();
        let names: Vec<&str> = plan.peers.iter().map(|peer| peer.name).collect();
        assert_eq!(names, ["tonic", "bare"]);
        let cells: Vec<String> = plan.cells().map(|cell| cell.to_string()).collect();
        assert_eq!(cells, ["1x1 0 B", "1x1 1048576 B", "2x3 0 B", "2x3 1048576 B"]);
    }

    #[test]
    fn a_wrong_option_is_refused_by_its_name() {
        for arg in [
            "--peers=grpc",
            "--loads=1",
            "--payloads=1048577",
            "--repeats=0",
            "--measure=0",
            "--cores=1,1",
        ] {
            let error = plan(&[arg], false).unwrap_err().to_string();
            let (name, _) = arg.split_once('=').unwrap();
            assert!(error.contains(name), "{arg}: {error}");
        }
    }
}
