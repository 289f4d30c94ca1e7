//! The hidden commands of peers: `__server PEER`, `__client PEER ADDRESS …` and `__hold PEER ADDRESS …`, each one process of a
//! measurement.
//!
//! Cases start them through `process`; people do for perf and callgrind (README.md). Each pins itself before its runtime
//! starts, and runs one thread of calls on it.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::builder::PossibleValuesParser;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;

use crate::cpu_clock::CpuClocks;
use crate::load::{Drive, Load};
use crate::peers::{PEERS, Peer};
use crate::pin::pin_to;
use crate::scheduler::Scheduler;

/// The hidden command of a server.
pub(crate) const SERVER: &str = "__server";
/// The hidden command of a client.
pub(crate) const CLIENT: &str = "__client";
/// The hidden command of a client that has messages streamed to it.
pub(crate) const POURER: &str = "__pour";
/// The hidden command of a client that only holds connections.
pub(crate) const HOLDER: &str = "__hold";

/// Linux gives no higher process id.
const PID_MAX: i64 = 4_194_304;

/// What both commands take.
#[derive(Args, Clone, Debug, PartialEq)]
struct Common {
    /// Whose server or client
    #[arg(value_parser = peer_names())]
    peer: String,
    /// Runs on this core only
    #[arg(long)]
    core: Option<usize>,
    /// Tokio's scheduler
    #[arg(long, value_enum, default_value_t)]
    scheduler: Scheduler,
    /// Ends when the process that started it does
    #[arg(long)]
    die_with_parent: bool,
}

#[derive(Args, Clone, Debug, PartialEq)]
struct ClientArguments {
    #[command(flatten)]
    common: Common,
    /// Where the server listens
    address: SocketAddr,
    /// Connections x calls in flight on each
    #[arg(long, default_value = "16x64")]
    load: Load,
    /// Length of the payload in bytes
    #[arg(long, default_value_t = 64)]
    payload: usize,
    /// Before anything is measured
    #[arg(long, default_value_t = 500)]
    warm_up_ms: u64,
    /// Length of the measured window
    #[arg(long, default_value_t = 2_000)]
    measure_ms: u64,
    /// Beside a stream whose reader has stopped
    #[arg(long)]
    beside_stopped: bool,
    /// The server's process, for its CPU time; without it server_cpu_us is 0
    #[arg(long, value_parser = clap::value_parser!(i32).range(1..=PID_MAX))]
    server_pid: Option<i32>,
}

#[derive(Args, Clone, Debug, PartialEq)]
struct HolderArguments {
    #[command(flatten)]
    common: Common,
    /// Where the server listens
    address: SocketAddr,
    /// How many connections it opens
    #[arg(long, default_value_t = 1)]
    connections: u32,
}

pub(crate) fn server_command() -> Command {
    Common::augment_args(Command::new(SERVER))
        .hide(true)
        .about("Serves one peer; prints its address")
}

pub(crate) fn client_command() -> Command {
    ClientArguments::augment_args(Command::new(CLIENT))
        .hide(true)
        .about("Calls one peer; prints a JSON line")
}

pub(crate) fn pourer_command() -> Command {
    ClientArguments::augment_args(Command::new(POURER))
        .hide(true)
        .about("Has one peer stream messages; prints a JSON line")
}

pub(crate) fn holder_command() -> Command {
    HolderArguments::augment_args(Command::new(HOLDER))
        .hide(true)
        .about("Holds connections to one peer; says when all are open")
}

/// Where and under what a child runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    /// `None`: wherever the system puts it.
    pub core: Option<usize>,
    pub scheduler: Scheduler,
}

/// Names of the peers, as clap checks and lists them.
pub(crate) fn peer_names() -> PossibleValuesParser {
    PossibleValuesParser::new(PEERS.iter().map(|peer| peer.name))
}

/// The command line of a server that a case starts. It prints its address as its only line.
pub(crate) fn server_arguments(peer: &Peer, seat: Seat) -> Vec<String> {
    let mut arguments = vec![SERVER.to_owned(), peer.name.to_owned()];
    push_seat(seat, &mut arguments);
    arguments
}

/// The command line of a client that a case starts. It prints a `Measured` as its only line.
pub(crate) fn client_arguments(peer: &Peer, drive: &Drive, server: u32, seat: Seat) -> Vec<String> {
    let mut arguments = vec![CLIENT.to_owned(), peer.name.to_owned(), drive.address.to_string()];
    let mut push = |name: &str, value: String| arguments.extend([name.to_owned(), value]);
    push("--load", drive.load.to_string());
    push("--payload", drive.payload.to_string());
    push("--warm-up-ms", drive.warm_up.as_millis().to_string());
    push("--measure-ms", drive.measure.as_millis().to_string());
    push("--server-pid", server.to_string());
    push_seat(seat, &mut arguments);
    arguments
}

/// The same beside a stream whose reader has stopped.
pub(crate) fn client_arguments_beside(peer: &Peer, drive: &Drive, server: u32, seat: Seat) -> Vec<String> {
    let mut arguments = client_arguments(peer, drive, server, seat);
    arguments.push("--beside-stopped".to_owned());
    arguments
}

/// The command line of a client that has messages streamed to it. It prints a `Poured` as its only line.
pub(crate) fn pourer_arguments(peer: &Peer, drive: &Drive, server: u32, seat: Seat) -> Vec<String> {
    let mut arguments = client_arguments(peer, drive, server, seat);
    POURER.clone_into(&mut arguments[0]);
    arguments
}

/// The command line of a process that holds connections for a case.
pub(crate) fn holder_arguments(
    peer: &Peer,
    address: SocketAddr,
    connections: u32,
    seat: Seat,
) -> Vec<String> {
    let mut arguments = vec![HOLDER.to_owned(), peer.name.to_owned(), address.to_string()];
    arguments.extend(["--connections".to_owned(), connections.to_string()]);
    push_seat(seat, &mut arguments);
    arguments
}

fn push_seat(seat: Seat, arguments: &mut Vec<String>) {
    if let Some(core) = seat.core {
        arguments.extend(["--core".to_owned(), core.to_string()]);
    }
    arguments.extend(["--scheduler".to_owned(), seat.scheduler.to_string()]);
    arguments.push("--die-with-parent".to_owned());
}

/// Runs `__server`.
pub(crate) fn serve(matches: &ArgMatches) -> Result<()> {
    let common = Common::from_arg_matches(matches)?;
    let peer = common.prepare()?;
    let served = common
        .scheduler
        .run((peer.serve)(|address| println!("{address}")));
    served.with_context(|| format!("the {} server ended", peer.name))
}

/// Runs `__hold`.
pub(crate) fn hold(matches: &ArgMatches) -> Result<()> {
    let arguments = HolderArguments::from_arg_matches(matches)?;
    let peer = arguments.common.prepare()?;
    let HolderArguments {
        common,
        address,
        connections,
    } = arguments;
    common
        .scheduler
        .run((peer.hold)(address, connections))
        .with_context(|| format!("the connections to {} were not held", peer.name))
}

/// Runs `__client`.
pub(crate) fn drive(matches: &ArgMatches) -> Result<()> {
    let arguments = ClientArguments::from_arg_matches(matches)?;
    let peer = arguments.common.prepare()?;
    let clocks = CpuClocks::open(arguments.server_pid)?;
    let drive = match arguments.beside_stopped {
        true => peer
            .drive_beside
            .with_context(|| format!("{} has no streams", peer.name))?,
        false => peer.drive,
    };
    let measured = arguments.common.scheduler.run(drive(arguments.drive(), clocks));
    let measured = measured.with_context(|| format!("the {} client failed", peer.name))?;
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

/// Runs `__pour`.
pub(crate) fn pour(matches: &ArgMatches) -> Result<()> {
    let arguments = ClientArguments::from_arg_matches(matches)?;
    let peer = arguments.common.prepare()?;
    let clocks = CpuClocks::open(arguments.server_pid)?;
    let pour = peer
        .pour
        .with_context(|| format!("{} has no streams", peer.name))?;
    let poured = arguments.common.scheduler.run(pour(arguments.drive(), clocks));
    let poured = poured.with_context(|| format!("the {} client failed", peer.name))?;
    println!("{}", serde_json::to_string(&poured)?);
    Ok(())
}

impl Common {
    fn prepare(&self) -> Result<&'static Peer> {
        if self.die_with_parent {
            set_pdeathsig(Signal::SIGKILL).context("cannot ask to end with the parent")?;
        }
        if let Some(core) = self.core {
            pin_to(core)?;
        }
        // As many connections as the system lets us have.
        let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).context("cannot read the limit of open files")?;
        setrlimit(Resource::RLIMIT_NOFILE, most, most).context("cannot raise the limit of open files")?;
        Peer::named(&self.peer).with_context(|| format!("there is no peer `{}`", self.peer))
    }
}

impl ClientArguments {
    fn drive(&self) -> Drive {
        Drive {
            address: self.address,
            load: self.load,
            payload: self.payload,
            warm_up: Duration::from_millis(self.warm_up_ms),
            measure: Duration::from_millis(self.measure_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_reads_from_its_command_line_what_the_case_meant() {
        let drive = Drive {
            address: "127.0.0.1:4711".parse().unwrap(),
            load: Load {
                connections: 3,
                in_flight: 5,
            },
            payload: 1024,
            warm_up: Duration::from_millis(100),
            measure: Duration::from_millis(300),
        };
        let seat = Seat {
            core: Some(1),
            scheduler: Scheduler::CurrentThread,
        };
        let arguments = client_arguments(&PEERS[0], &drive, 42, seat);
        let matches = client_command().try_get_matches_from(&arguments).unwrap();
        let read = ClientArguments::from_arg_matches(&matches).unwrap();
        assert_eq!(read.drive(), drive);
        assert_eq!(read.server_pid, Some(42));
        assert_eq!(read.common, common(seat));
    }

    #[test]
    fn a_server_reads_from_its_command_line_what_the_case_meant() {
        for seat in [None, Some(0)].map(|core| Seat {
            core,
            scheduler: Scheduler::OneWorker,
        }) {
            let arguments = server_arguments(&PEERS[0], seat);
            let matches = server_command().try_get_matches_from(&arguments).unwrap();
            assert_eq!(Common::from_arg_matches(&matches).unwrap(), common(seat));
        }
    }

    fn common(seat: Seat) -> Common {
        let Seat { core, scheduler } = seat;
        Common {
            peer: PEERS[0].name.to_owned(),
            core,
            scheduler,
            die_with_parent: true,
        }
    }
}
