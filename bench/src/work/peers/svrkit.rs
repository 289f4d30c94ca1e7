//! svrkit: with all its protection, which is its default, with the server's alone, and with none.
//!
//! Without any, a connection may have as many calls in flight as there are ids for: its bound would protect as well.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use svrkit_runtime::{
    Bound, Client, ClientProtection, Code, Context, Layer, Limits, Mode, Priority, Rate, Server, Status, Tlv,
};

use super::witness::Shared;
use super::{Announce, Wiring, WorkCall, WorkClient, WorkPeer};
use crate::work::frames::Deaf;
use crate::work::handler::{Duty, Handler, Trouble, Worker};
use crate::work::record::Outcome;
use generated::bench::work::{self, Task, WorkServer};

mod generated {
    svrkit_runtime::include_protocols!();
}

/// The classes of calls.
const CLASSES: [Priority; 4] = [
    Priority::CORE,
    Priority::IMPORTANT,
    Priority::NORMAL,
    Priority::LOSSY,
];

/// What is on.
pub(crate) trait Shield: Send + Sync + 'static {
    const NAME: &'static str;
    const SERVER: Mode;
    const CLIENT: Mode;
}

pub(crate) struct Both;
pub(crate) struct AtServer;
pub(crate) struct None;

impl Shield for Both {
    const NAME: &'static str = "svrkit";
    const SERVER: Mode = Mode::On;
    const CLIENT: Mode = Mode::On;
}

impl Shield for AtServer {
    const NAME: &'static str = "svrkit-server";
    const SERVER: Mode = Mode::On;
    const CLIENT: Mode = Mode::Off;
}

impl Shield for None {
    const NAME: &'static str = "svrkit-off";
    const SERVER: Mode = Mode::Off;
    const CLIENT: Mode = Mode::Off;
}

pub(crate) type Protected = Svrkit<Both>;
pub(crate) type ServerAlone = Svrkit<AtServer>;
pub(crate) type Off = Svrkit<None>;

pub(crate) struct Svrkit<S>(PhantomData<S>);

impl<S: Shield> WorkPeer for Svrkit<S> {
    const NAME: &'static str = S::NAME;
    type Client = Calling;

    async fn serve(duty: Duty, announce: Announce) -> Result<()> {
        run(bind::<S>(duty, limits::<S>()).await?, announce).await
    }

    async fn connect(wiring: &Wiring) -> Result<Calling> {
        let client =
            client::<S>(&wiring.target, wiring.has_budget).monitor(Shared(Arc::clone(&wiring.witness)));
        Ok(Calling {
            client: work::WorkClient::new(client.connect().await?),
            may_repeat: wiring.may_repeat,
        })
    }
}

/// Serves callers who heed nothing that they are told, and refuses them for that.
pub(crate) async fn serve_deaf(deaf: Deaf, duty: Duty, announce: Announce) -> Result<()> {
    // Who goes on with what is refused would be cut.
    let as_they_come = Limits {
        flood_frames: 1_000_000_000,
        ..limits::<AtServer>()
    };
    let limits = match deaf {
        Deaf::Draining => Limits {
            drain_timeout: LONG,
            ..as_they_come
        },
        // Few others are there to be held to.
        Deaf::Blocked => Limits {
            wild_callers: 1,
            wild_times: 2,
            wild_time: Duration::from_secs(1),
            wild_block_min: LONG,
            wild_block_max: LONG,
            ..as_they_come
        },
        Deaf::Rate => as_they_come,
    };
    let bound = bind::<AtServer>(duty, limits).await?;
    if deaf == Deaf::Rate {
        let (rules, method) = (bound.rules(), work::WORK_WORK.to_string());
        let mut held = rules.of(&method)?;
        held.rate = Some(Rate::per_minute(1));
        rules.hold(&method, held)?;
    }
    run(bound, announce).await
}

/// Longer than any of this takes.
const LONG: Duration = Duration::from_secs(3600);

/// The ids of the method that is called.
pub(crate) fn work_ids() -> (u32, u16) {
    (work::WORK_WORK.service_id, work::WORK_WORK.method_id)
}

/// A request of it, encoded.
pub(crate) fn task_of(id: u64) -> Result<Vec<u8>> {
    let task = Task {
        id,
        ..Task::default()
    };
    Ok(task.encode()?.to_vec())
}

async fn bind<S: Shield>(duty: Duty, mut limits: Limits) -> Result<Bound> {
    let onward = match duty.handler {
        Handler::Forward { to, calls } => Some((client::<S>(&to.to_string(), true).lazy(), calls)),
        Handler::Compute { .. } | Handler::Wait(_) => Option::None,
    };
    let service = Service {
        worker: Worker::new(duty.handler),
        onward: onward.map(|(client, calls)| (work::WorkClient::new(client), calls)),
    };
    if let Some((running, wait_ms)) = duty.bounds {
        limits.handlers_running = running;
        limits.queue_wait = Duration::from_millis(wait_ms);
    }
    let server = Server::new().admission(S::SERVER).limits(limits);
    let bound = server
        .service(WorkServer::new(service))
        .bind("127.0.0.1:0")
        .await?;
    Ok(bound)
}

async fn run(bound: Bound, announce: Announce) -> Result<()> {
    announce.send(bound.local_addr().socket_addr().context("it listens on a port")?)?;
    bound.run().await?;
    Ok(())
}

fn limits<S: Shield>() -> Limits {
    match S::SERVER {
        Mode::Off => Limits {
            calls_in_flight: 65_535,
            ..Limits::default()
        },
        _ => Limits::default(),
    }
}

fn client<S: Shield>(target: &str, has_budget: bool) -> svrkit_runtime::ClientBuilder {
    let (protection, limits) = match (S::CLIENT, has_budget) {
        (_, true) => (protection(S::CLIENT), limits::<S>()),
        // Who repeats without a budget.
        (_, false) => (
            protection(S::CLIENT).retries(Mode::On),
            Limits {
                retry_share: 100,
                retry_floor: 1_000_000,
                retry_attempts: 10,
                ..limits::<S>()
            },
        ),
    };
    Client::builder(target).protection(protection).limits(limits)
}

fn protection(mode: Mode) -> ClientProtection {
    match mode {
        Mode::Off => ClientProtection::off(),
        _ => ClientProtection::new(),
    }
}

/// A client of the service.
#[derive(Clone)]
pub(crate) struct Calling {
    client: work::WorkClient,
    may_repeat: bool,
}

impl WorkClient for Calling {
    async fn work(&mut self, call: WorkCall) -> Outcome {
        let task = Task {
            id: call.id,
            ..Task::default()
        };
        let request = match self.may_repeat {
            true => self.client.again(&task),
            false => self.client.work(&task),
        };
        let class = CLASSES.get(call.class).copied().unwrap_or_default();
        let priority = Priority {
            rank: call.rank,
            ..class
        };
        let context = Context::current().with_priority(priority);
        match request.timeout(call.timeout).context(context).await {
            Ok(task) if task.id == call.id => Outcome::Answered,
            Ok(_) => Outcome::Failed,
            Err(status) => outcome(&status),
        }
    }
}

fn outcome(status: &Status) -> Outcome {
    match (status.code(), status.facts().layer) {
        (Code::ResourceExhausted, Layer::Client) => Outcome::NotSent,
        (Code::ResourceExhausted, _) => Outcome::Refused,
        (Code::DeadlineExceeded, _) => Outcome::Late,
        _ => Outcome::Failed,
    }
}

struct Service {
    worker: Worker,
    onward: Option<(work::WorkClient, u32)>,
}

impl Service {
    async fn work(&self, task: Task) -> Result<Task, Status> {
        if let Some((client, calls)) = &self.onward {
            for _ in 0..*calls {
                client.work(&task).await?;
            }
            return Ok(task);
        }
        self.worker.work().await.map_err(|trouble| match trouble {
            Trouble::TooLong => Status::unavailable("it took too long"),
            Trouble::Broken | Trouble::Unknown => Status::internal("broken"),
        })?;
        Ok(task)
    }
}

impl work::Work for Service {
    async fn work(&self, task: Task) -> Result<Task, Status> {
        Self::work(self, task).await
    }

    async fn again(&self, task: Task) -> Result<Task, Status> {
        Self::work(self, task).await
    }
}
