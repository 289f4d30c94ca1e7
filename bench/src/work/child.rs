//! The hidden commands `__work-server PLAN` and `__work-client PEER PLAN`: either side in a process of its own, on a core of its own.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};

use super::handler::{Duty, Handler};
use super::load::{Arrivals, Plan, Seen};
use super::peers::Peer;
use super::record::{Closed, Open};
use crate::pin::pin_to;
use crate::process::Process;
use crate::scheduler::Scheduler;

/// The hidden command of a server that has something to do.
pub(crate) const SERVER: &str = "__work-server";
/// The hidden command of its callers.
pub(crate) const CLIENT: &str = "__work-client";

/// How long a server may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(10);
/// How much longer than its plan a client may take.
const DRAIN_LIMIT: Duration = Duration::from_secs(30);

#[derive(Args, Clone, Debug)]
struct Arguments {
    /// Whose server or client
    peer: String,
    /// What it does: JSON
    plan: String,
    /// Runs on this core only
    #[arg(long)]
    core: Option<usize>,
}

/// What a server process does: so many listeners, of which the first may have a handler of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Serving {
    pub duty: Duty,
    pub listeners: usize,
    pub first: Option<Handler>,
}

impl<D: Into<Duty>> From<D> for Serving {
    fn from(duty: D) -> Self {
        Self {
            duty: duty.into(),
            listeners: 1,
            first: None,
        }
    }
}

pub(crate) fn server_command() -> Command {
    Arguments::augment_args(Command::new(SERVER))
        .hide(true)
        .about("Serves one peer that has something to do; prints its addresses")
}

pub(crate) fn client_command() -> Command {
    Arguments::augment_args(Command::new(CLIENT))
        .hide(true)
        .about("Calls one peer that has something to do; prints what became of the calls")
}

/// Runs `__work-server`.
pub(crate) fn serve(matches: &ArgMatches) -> Result<()> {
    let (peer, plan) = prepare(matches)?;
    let serving: Serving = serde_json::from_str(&plan).context("no plan of a server")?;
    let served = Scheduler::default().run(async move {
        let mut servers = tokio::task::JoinSet::new();
        let (announce, mut announced) = tokio::sync::mpsc::unbounded_channel();
        for index in 0..serving.listeners.max(1) {
            let first = serving.first.filter(|_| index == 0);
            let duty = first.map_or(serving.duty, Duty::from);
            servers.spawn((peer.serve)(duty, announce.clone()));
            // One after the other: the first address is the first listener's.
            let address: SocketAddr = tokio::select! {
                Some(address) = announced.recv() => address,
                Some(ended) = servers.join_next() => return ended.context("the server panicked")?,
            };
            let end = if index + 1 == serving.listeners.max(1) {
                "\n"
            } else {
                ","
            };
            print!("{address}{end}");
        }
        match servers.join_next().await {
            Some(ended) => ended.context("the server panicked")?,
            None => bail!("there was no server"),
        }
    });
    served.with_context(|| format!("the {} server ended", peer.name))
}

/// Runs `__work-client`.
pub(crate) fn call(matches: &ArgMatches) -> Result<()> {
    let (peer, plan) = prepare(matches)?;
    let plan: Plan = serde_json::from_str(&plan).context("no plan of a client")?;
    let seen = Scheduler::default().run((peer.drive)(plan));
    let seen = seen.with_context(|| format!("the {} client failed", peer.name))?;
    println!("{}", serde_json::to_string(&seen)?);
    Ok(())
}

fn prepare(matches: &ArgMatches) -> Result<(&'static Peer, String)> {
    let Arguments { peer, plan, core } = Arguments::from_arg_matches(matches)?;
    set_pdeathsig(Signal::SIGKILL).context("cannot ask to end with the parent")?;
    if let Some(core) = core {
        pin_to(core)?;
    }
    let known = Peer::named(&peer).with_context(|| format!("there is no peer `{peer}`"))?;
    Ok((known, plan))
}

/// A server that runs, and where it is called.
#[derive(Debug)]
pub(crate) struct Server {
    process: Process,
    pub target: String,
}

impl Server {
    /// Starts one on a core.
    pub(crate) async fn start(peer: &Peer, serving: Serving, core: Option<usize>) -> Result<Self> {
        let mut process = Process::start(&arguments(SERVER, peer, &serving, core)?)?;
        let target = process
            .line(START_LIMIT)
            .await
            .context("the server did not start")?;
        Ok(Self { process, target })
    }

    /// Its process.
    pub(crate) fn id(&self) -> Result<i32> {
        Ok(self.process.id()? as i32)
    }

    pub(crate) async fn stop(self) -> Result<()> {
        self.process.stop().await.context("the server")
    }
}

/// Calls by an open loop, from a core.
pub(crate) async fn call_open(peer: &Peer, plan: &Plan, core: Option<usize>) -> Result<Open> {
    match call_by(peer, plan, core).await? {
        Seen::Open(open) => Ok(open),
        Seen::Closed(_) => bail!("the client has seen a closed loop"),
    }
}

/// Calls by a closed loop, from a core.
pub(crate) async fn call_closed(peer: &Peer, plan: &Plan, core: Option<usize>) -> Result<Closed> {
    match call_by(peer, plan, core).await? {
        Seen::Closed(closed) => Ok(closed),
        Seen::Open(_) => bail!("the client has seen an open loop"),
    }
}

async fn call_by(peer: &Peer, plan: &Plan, core: Option<usize>) -> Result<Seen> {
    let seconds = match &plan.arrivals {
        Arrivals::Closed {
            warm_up_s, seconds, ..
        } => warm_up_s + seconds,
        Arrivals::Open { phases, .. } => phases.iter().map(|phase| phase.seconds).sum(),
    };
    let mut client = Process::start(&arguments(CLIENT, peer, plan, core)?)?;
    let limit = Duration::from_secs_f64(seconds) + Duration::from_millis(plan.deadline_ms) + DRAIN_LIMIT;
    let line = client.line(limit).await.context("the client gave no figures")?;
    serde_json::from_str(&line).context("the client printed no figures")
}

fn arguments(command: &str, peer: &Peer, plan: &impl Serialize, core: Option<usize>) -> Result<Vec<String>> {
    let mut arguments = vec![
        command.to_owned(),
        peer.name.to_owned(),
        serde_json::to_string(plan)?,
    ];
    if let Some(core) = core {
        arguments.extend(["--core".to_owned(), core.to_string()]);
    }
    Ok(arguments)
}
