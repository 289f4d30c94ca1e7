//! Queued methods are shown with what they have to do, and their dead letters are tried again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use svrkit_runtime::queue::{
    JobId, JobState, MemoryQueue, Offer, QueueSpec, QueuedMethod, Ticket, Work, Worked,
};
use svrkit_runtime::{Call, Client, Metrics, Retry, Server, Service, ServiceSpec, Spec, Status};

use crate::client::Shown;
use crate::support::Note;

static SEND: Spec = Spec::new("test.Post", 4500, "Send", 1).queue(QueueSpec::new("letters"));
static POST: ServiceSpec = ServiceSpec::new("test.Post", 4500, &[&SEND]);

enum Send {}

impl QueuedMethod for Send {
    type Request = Note;
    type Response = Note;
    const SPEC: &'static Spec = &SEND;
}

/// Sends letters while it is open.
#[derive(Clone, Default)]
struct Post(Arc<AtomicBool>);

impl Service for Post {
    fn spec(&self) -> &'static ServiceSpec {
        &POST
    }

    fn dispatch(&self, call: Call) {
        call.handle_queued(Offer::<Send>::enqueue);
    }

    fn work(&self, work: Work) -> Worked {
        let is_open = self.0.load(Ordering::SeqCst);
        work.run(&SEND, move |note: Note| async move {
            match is_open {
                true => Ok(note),
                false => Err(Status::failed_precondition("the <post> is closed").retry(Retry::Never)),
            }
        })
    }
}

/// Sends so many letters, and waits until they have come to something.
async fn send(client: &Client, letters: u64) -> Vec<JobId> {
    let mut ids = Vec::new();
    for number in 0..letters {
        let ticket: Ticket<Send> = client.enqueue(&Note::number(number)).await.unwrap();
        ended(client, &ticket).await;
        ids.push(ticket.id());
    }
    ids.sort_unstable();
    ids
}

async fn ended(client: &Client, ticket: &Ticket<Send>) -> JobState<Note> {
    loop {
        match client.job_state(ticket).await.unwrap().unwrap() {
            state @ (JobState::Done { .. } | JobState::Dead { .. }) => return state,
            _ => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
}

/// The row of the queue, as soon as it says so: what has become of a job is counted after that is known.
async fn row_when(server: &Shown, is_so: impl Fn(&[String]) -> bool) -> Vec<String> {
    loop {
        let row: Vec<String> =
            server.get("/queues").await.row("test.Post.Send").iter().map(ToString::to_string).collect();
        if is_so(&row) {
            return row;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn served() -> (Shown, Client, Post) {
    let post = Post::default();
    let server = Server::new().service(post.clone()).queue(MemoryQueue::default());
    let server = Shown::of(server.metrics(Metrics::new()).admin("127.0.0.1:0")).await;
    let client = server.client().await;
    (server, client, post)
}

#[tokio::test]
async fn dead_letters_are_shown_and_revived() {
    let (server, client, post) = served().await;
    let dead = send(&client, 3).await;
    let row = row_when(&server, |row| row[8] == "3").await;
    let shown = server.get("/queues").await;
    assert_eq!(row, ["letters", "test.Post.Send", "0", "0.0 s", "3", "0", "0", "0", "3"]);
    let row = shown.row(&dead[0].to_string());
    let why = "FAILED_PRECONDITION: the <post> is closed (Send)";
    assert_eq!(row, ["letters", &dead[0].to_string(), "1", why]);
    assert!(!server.html("/queues").await.body.contains("<post>"));

    for wish in ["", "revive=letters/nonsense", "revive=others", "revive=others/x"] {
        assert_eq!(server.send("POST", "/queues", &[], wish).await.status, 404, "{wish}");
    }
    let unknown = format!("revive=letters/{}", JobId::random());
    assert_eq!(server.send("POST", "/queues", &[], &unknown).await.status, 404);

    post.0.store(true, Ordering::SeqCst);
    let one = format!("revive=letters/{}", dead[1]);
    assert_eq!(server.send("POST", "/queues", &[], &one).await.status, 200);
    while !matches!(ended(&client, &dead[1].into()).await, JobState::Done { .. }) {}
    let all = server.send("POST", "/queues", &[], "revive=letters").await;
    assert!(all.body.contains("2 of letters will be tried again"), "{}", all.body);
    for job in dead {
        while !matches!(ended(&client, &job.into()).await, JobState::Done { .. }) {}
    }
    assert_eq!(row_when(&server, |row| row[6] == "3").await[6..], ["3", "0", "3"]);
    let shown = server.get("/queues").await;
    assert!(shown.body.contains("No dead letters."), "{}", shown.body);
}

#[tokio::test]
async fn what_becomes_of_jobs_is_counted() {
    let (post, metrics) = (Post(Arc::new(AtomicBool::new(true))), Metrics::new());
    let server = Server::new().service(post).queue(MemoryQueue::default());
    let server = Shown::of(server.metrics(metrics.clone()).admin("127.0.0.1:0")).await;
    let client = server.client().await;
    let known = send(&client, 2).await[0];
    client.enqueue::<Send>(&Note::default()).job_id(known).await.unwrap();
    // The last one is counted after its end is known.
    let text = loop {
        let text = server.get("/metrics").await.body;
        if text.contains("svrkit_job_duration_seconds_count{queue=\"letters\"} 2") {
            break text;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    };
    for line in [
        "svrkit_jobs_accepted_total{queue=\"letters\",job=\"new\"} 2",
        "svrkit_jobs_accepted_total{queue=\"letters\",job=\"known\"} 1",
        "svrkit_job_attempts_total{queue=\"letters\",outcome=\"done\"} 2",
        "svrkit_queue_jobs{queue=\"letters\"} 0",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[tokio::test]
async fn without_queued_methods_there_is_nothing_to_show() {
    let server = Shown::start().await;
    assert!(server.get("/queues").await.body.contains("No method of this server is queued."));
    assert_eq!(server.send("POST", "/queues", &[], "revive=letters").await.status, 404);
}
