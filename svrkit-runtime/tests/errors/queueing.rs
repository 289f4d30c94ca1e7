//! At the server, where a request is accepted as a job, and where jobs are asked for.

use std::future::{pending, ready};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use svrkit_runtime::queue::{
    Accepted, Guarantee, JobId, JobState, NewJob, Offer, Outcome, Pending, Queue, QueueError, QueueLoad,
    QueueSpec, QueuedMethod, Taken, Ticket,
};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Call, Client, ClientProtection, Retry, Server, Service, ServiceSpec, Spec, Status};

use crate::support::Note;
use crate::{OWN_ID, Seen, own};

static QUEUED: Spec = own("Do", 1).queue(QueueSpec::new("things"));
static KEEPER: ServiceSpec = ServiceSpec::new("test.Own", OWN_ID, &[&QUEUED]);
/// A service that says nothing of its method.
static SECRETIVE: ServiceSpec = ServiceSpec::new("test.Own", OWN_ID, &[]);
/// Which no server has.
static ABSENT: Spec = own("Undo", 2).queue(QueueSpec::new("other things"));

enum Do {}

impl QueuedMethod for Do {
    type Request = Note;
    type Response = Note;
    const SPEC: &'static Spec = &QUEUED;
}

enum Undo {}

impl QueuedMethod for Undo {
    type Request = Note;
    type Response = Note;
    const SPEC: &'static Spec = &ABSENT;
}

struct Keeper(&'static ServiceSpec);

impl Service for Keeper {
    fn spec(&self) -> &'static ServiceSpec {
        self.0
    }

    fn dispatch(&self, call: Call) {
        call.handle_queued(Offer::<Do>::enqueue);
    }
}

/// Fails as it is told to.
#[derive(Debug, Default)]
struct Failing(Mutex<Option<QueueError>>);

impl Queue for Failing {
    fn guarantee(&self) -> Guarantee {
        Guarantee::Memory
    }

    fn put(&self, _: NewJob) -> Pending<'_, Accepted> {
        let error = self.0.lock().unwrap().take();
        Box::pin(ready(Err(error.unwrap())))
    }

    fn take<'a>(&'a self, _: &'a str, _: usize, _: Duration) -> Pending<'a, Vec<Taken>> {
        Box::pin(pending())
    }

    fn settle<'a>(&'a self, _: &'a Taken, _: Outcome) -> Pending<'a, ()> {
        Box::pin(pending())
    }

    fn state<'a>(&'a self, _: &'a str, _: JobId) -> Pending<'a, Option<JobState>> {
        Box::pin(pending())
    }

    fn dead<'a>(&'a self, _: &'a str, _: Option<JobId>, _: usize) -> Pending<'a, Vec<JobId>> {
        Box::pin(pending())
    }

    fn revive<'a>(&'a self, _: &'a str, _: JobId) -> Pending<'a, bool> {
        Box::pin(pending())
    }

    fn load<'a>(&'a self, _: &'a str) -> Pending<'a, QueueLoad> {
        Box::pin(pending())
    }

    fn changed<'a>(&'a self, _: &'a str) -> Pending<'a, ()> {
        Box::pin(pending())
    }
}

/// Calls once, whatever comes of it.
fn once(server: &TestServer) -> Client {
    Client::builder(server.address()).protection(ClientProtection::off()).lazy()
}

async fn accept(client: &Client) -> Result<Ticket<Do>, Status> {
    client.enqueue::<Do>(&Note::default()).await
}

pub(crate) async fn provoke(seen: &mut Seen) {
    let queue = Arc::new(Failing::default());
    let server = TestServer::start(Server::new().service(Keeper(&KEEPER)).queue(Arc::clone(&queue))).await;
    let client = once(&server);
    let fail = async |error| {
        *queue.0.lock().unwrap() = Some(error);
        accept(&client).await.unwrap_err()
    };
    let full = fail(QueueError::Full { queue: "things".into(), max: 9, limit: "queue.jobs" }).await;
    assert_eq!(full.facts().retry, Retry::After(Duration::from_secs(1)));
    // After how long is the queue's own.
    seen.caller("queue_jobs_full", full.retry(Retry::Unknown));
    seen.caller("queue_failed", fail(QueueError::Failed("the disk is gone".into())).await);
    seen.caller("job_conflict", fail(QueueError::Conflict("the account has another balance".into())).await);
    seen.caller("job_refused", fail(QueueError::Refused("a record is over its limit".into())).await);
    seen.caller("job_lost", fail(QueueError::lost("things", JobId::random())).await);

    let nonsense = client.enqueue::<Do>(&Note::default()).metadata("svrkit.job", "nonsense");
    seen.caller("job_id_unreadable", nonsense.await.unwrap_err());
    let ticket = Ticket::<Undo>::from(JobId::random());
    seen.caller("job_method_unknown", client.job_state(&ticket).await.unwrap_err());

    let server = TestServer::start(Server::new().service(Keeper(&SECRETIVE))).await;
    seen.caller("queue_absent", accept(&once(&server)).await.unwrap_err());
}
