//! The service of the simulated servers: handlers of every temper.

use std::panic::resume_unwind;
use std::time::Duration;

use svrkit_runtime::{Bytes, Call, Client, Service, ServiceSpec, Spec, Status, Streaming, Tlv};
use tokio::time::{Instant, advance, sleep};

use crate::ledger::Ledger;
use crate::streams;

/// What a handler is to do, and its answer.
#[derive(Clone, Debug, Default, PartialEq, Tlv)]
pub(crate) struct Job {
    /// The call's.
    #[tlv(1)]
    pub(crate) number: u64,
    /// For how long it works.
    #[tlv(2)]
    pub(crate) milliseconds: u64,
    /// How long an answer it gives.
    #[tlv(3)]
    pub(crate) answer_len: u64,
    #[tlv(4)]
    pub(crate) payload: Bytes,
}

/// The methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Task {
    /// Answers at once.
    Quick,
    /// Works for a while.
    Slow,
    /// Fails with an error of its own.
    Fail,
    /// Panics.
    Panic,
    /// Waits until it is stopped.
    Wait,
    /// Nobody waits for it.
    Tell,
    /// Sends more than what it got.
    Grow,
    /// Has another server do it.
    Relay,
    /// Keeps its thread, on which nothing else runs meanwhile.
    Compute,
    /// Sends many messages.
    Pour,
    /// Is sent many.
    Collect,
    /// Sends each one back.
    Chat,
}

impl Task {
    pub(crate) const ALL: [Self; 12] = [
        Self::Quick,
        Self::Slow,
        Self::Fail,
        Self::Panic,
        Self::Wait,
        Self::Tell,
        Self::Grow,
        Self::Relay,
        Self::Compute,
        Self::Pour,
        Self::Collect,
        Self::Chat,
    ];

    /// Whether it has many messages: then its deadline holds for the first answer, and silence ends the rest.
    pub(crate) fn is_stream(self) -> bool {
        self.spec().streaming != Streaming::Unary
    }

    pub(crate) fn spec(self) -> &'static Spec {
        SPECS[self as usize]
    }

    fn of(method_id: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.spec().method_id == method_id)
    }
}

const ID: u32 = 4500;

static QUICK: Spec = Spec::new("test.Work", ID, "Quick", 1);
static SLOW: Spec = Spec::new("test.Work", ID, "Slow", 2);
static FAIL: Spec = Spec::new("test.Work", ID, "Fail", 3);
static PANIC: Spec = Spec::new("test.Work", ID, "Panic", 4);
static WAIT: Spec = Spec::new("test.Work", ID, "Wait", 5);
static TELL: Spec = Spec::new("test.Work", ID, "Tell", 6).oneway();
static GROW: Spec = Spec::new("test.Work", ID, "Grow", 7);
static RELAY: Spec = Spec::new("test.Work", ID, "Relay", 8);
static COMPUTE: Spec = Spec::new("test.Work", ID, "Compute", 9);
static POUR: Spec = Spec::new("test.Work", ID, "Pour", 10).streaming(Streaming::Server);
static COLLECT: Spec = Spec::new("test.Work", ID, "Collect", 11).streaming(Streaming::Client);
static CHAT: Spec = Spec::new("test.Work", ID, "Chat", 12).streaming(Streaming::Both);
static SPECS: [&Spec; 12] =
    [&QUICK, &SLOW, &FAIL, &PANIC, &WAIT, &TELL, &GROW, &RELAY, &COMPUTE, &POUR, &COLLECT, &CHAT];
static WORK: ServiceSpec = ServiceSpec::new("test.Work", ID, &SPECS);

pub(crate) struct Work {
    pub(crate) ledger: Ledger,
    /// Calls the other servers.
    pub(crate) others: Client,
}

impl Service for Work {
    fn spec(&self) -> &'static ServiceSpec {
        &WORK
    }

    fn dispatch(&self, call: Call) {
        let (ledger, others) = (self.ledger.clone(), self.others.clone());
        let Some(task) = Task::of(call.method_id()) else { return call.refuse_unknown_method(&WORK) };
        match task {
            Task::Tell => call.handle_oneway(&TELL, move |job: Job| async move {
                run(ledger, others, task, job).await.map(drop)
            }),
            Task::Pour => call.handle_server_stream(&POUR, move |job, out| streams::pour(ledger, job, out)),
            Task::Collect => call.handle_client_stream(&COLLECT, move |jobs| streams::collect(ledger, jobs)),
            Task::Chat => call.handle_both_streams(&CHAT, move |jobs, out| streams::chat(ledger, jobs, out)),
            _ => call.handle(task.spec(), move |job: Job| run(ledger, others, task, job)),
        }
    }
}

async fn run(ledger: Ledger, others: Client, task: Task, mut job: Job) -> Result<Job, Status> {
    let _running = ledger.start(&job, task);
    let work = Duration::from_millis(job.milliseconds);
    match task {
        Task::Quick | Task::Pour | Task::Collect | Task::Chat => {}
        Task::Slow | Task::Tell => sleep(work).await,
        Task::Fail => return Err(Status::not_found(format!("no {}", job.number)).error_code(1001)),
        Task::Panic => {
            sleep(work).await;
            // As a panic does, without its noise.
            resume_unwind(Box::new("as the test wants it"));
        }
        Task::Wait => std::future::pending().await,
        Task::Grow => job.payload = vec![7; job.answer_len as usize].into(),
        Task::Compute => {
            // In whole milliseconds, as all that happens in simulation.
            let computing = Duration::from_millis(job.milliseconds / 10);
            ledger.stand_still(computing);
            advance(computing).await;
        }
        Task::Relay => {
            let number = job.number;
            let inner = call(&ledger, &others, Task::Slow, job, Duration::from_secs(30)).await?;
            job = Job { number, ..inner.unwrap_or_default() };
        }
    }
    Ok(job)
}

/// Has `client` do `task`, and writes down what becomes of it.
pub(crate) async fn call(
    ledger: &Ledger,
    client: &Client,
    task: Task,
    mut job: Job,
    timeout: Duration,
) -> Result<Option<Job>, Status> {
    let own = Instant::now() + timeout;
    let inherited = svrkit_runtime::Context::current().deadline();
    // A oneway call does not end with the call that it was made for.
    let deadline = inherited.filter(|_| task != Task::Tell).map_or(own, |earlier| earlier.min(own));
    let deadline = if task.is_stream() { own + streams::TIME_MAX } else { deadline };
    let calling = ledger.call(task, deadline);
    job.number = calling.number();
    let answer = match task {
        Task::Tell => client.oneway(task.spec(), &job).timeout(timeout).await.map(|()| None),
        _ if task.is_stream() => streams::call(ledger, client, task, &job, timeout).await.map(Some),
        _ => client.request::<_, Job>(task.spec(), &job).timeout(timeout).await.map(Some),
    };
    calling.end(answer.as_ref().map(Option::as_ref));
    answer
}
