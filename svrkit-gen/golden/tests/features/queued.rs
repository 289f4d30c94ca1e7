//! Requests that are taken now and done later: what a schema says of a queue is what a server does, and what callers see of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use svrkit_golden::schemas::queued::queued::{
    CreditRequest, CreditResponse, Ledger, LedgerClient, LedgerCredit, LedgerCreditTicket, LedgerError,
    LedgerServer, Nothing,
};
use svrkit_runtime::queue::{Accepted, JobId, JobState, MemoryQueue, NewJob, Offer, Queue, QueuedMethod};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Code, Context, Limits, Priority, Retry, ServeError, Server, Status};
use tokio::sync::Notify;
use tokio::time::{Instant, advance};

/// Users from here on are strangers, and refused before they are kept.
const STRANGERS: u64 = 1000;
/// Whose account is closed, whose is audited, and whose breaks the ledger.
const CLOSED: u64 = 7;
const AUDITED: u64 = 8;
const CURSED: u64 = 9;
/// Whose credit takes as long as the test wants.
const SLOW: u64 = 10;

/// A ledger in memory, and what it has seen.
#[derive(Clone, Default)]
struct Book(Arc<Mutex<Pages>>, Arc<Slow>);

/// That a slow credit has begun, and that it may end.
#[derive(Default)]
struct Slow {
    begun: Notify,
    may_end: Notify,
}

#[derive(Default)]
struct Pages {
    balances: HashMap<u64, u64>,
    /// When each credit was begun, and its job.
    begun: Vec<(Instant, JobId)>,
    threads: Vec<String>,
}

impl Ledger for Book {
    async fn credit(&self, request: CreditRequest) -> Result<CreditResponse, LedgerError> {
        let context = Context::current();
        let job = context.job().unwrap();
        assert_eq!((job.queue(), context.priority()), ("credits", Some(Priority::CORE)));
        assert!(context.remaining().unwrap() <= Duration::from_secs(90), "its lease");
        if request.user == SLOW {
            self.1.begun.notify_one();
            self.1.may_end.notified().await;
        }
        let mut pages = self.0.lock().unwrap();
        pages.begun.push((Instant::now(), job.id()));
        match request.user {
            CLOSED => return Err(LedgerError::Closed),
            AUDITED if job.attempt() < 3 => return Err(LedgerError::Busy),
            CURSED => {
                drop(pages);
                panic!("a curse");
            }
            _ => {}
        }
        let balance = pages.balances.entry(request.user).or_default();
        *balance += request.fen;
        Ok(CreditResponse { balance: *balance, attempt: job.attempt(), ..CreditResponse::default() })
    }

    async fn credit_accept(&self, offer: Offer<LedgerCredit>) -> Result<Accepted, Status> {
        if offer.request().user >= STRANGERS {
            return Err(Status::permission_denied("nobody knows this user"));
        }
        offer.enqueue().await
    }

    async fn audit(&self, _: Nothing) -> Result<Nothing, Status> {
        assert_eq!(Context::current().job().unwrap().queue(), "audits");
        self.0.lock().unwrap().threads.push(format!("{:?}", std::thread::current().id()));
        Ok(Nothing::default())
    }

    async fn balance(&self, request: CreditRequest) -> Result<CreditResponse, Status> {
        assert_eq!(Context::current().job(), None);
        let balance = self.0.lock().unwrap().balances.get(&request.user).copied().unwrap_or_default();
        Ok(CreditResponse { balance, ..CreditResponse::default() })
    }
}

fn credit(user: u64, fen: u64) -> CreditRequest {
    CreditRequest { user, fen, ..CreditRequest::default() }
}

/// A server over a socket, what holds its jobs, and what it has done.
async fn served() -> (TestServer, LedgerClient, Arc<MemoryQueue>, Book) {
    let (book, queue) = (Book::default(), Arc::new(MemoryQueue::default()));
    let server = Server::new().service(LedgerServer::new(book.clone())).queue(Arc::clone(&queue));
    let server = TestServer::start(server).await;
    let client = LedgerClient::new(server.client().await);
    (server, client, queue, book)
}

/// The same in the process, by a clock that the test has.
fn in_process() -> (LedgerClient, Arc<MemoryQueue>, Book) {
    let (book, queue) = (Book::default(), Arc::new(MemoryQueue::default()));
    let server = Server::new().service(LedgerServer::new(book.clone())).queue(Arc::clone(&queue));
    (LedgerClient::new(server.in_process().unwrap()), queue, book)
}

/// Asks until the job has ended.
async fn ended(client: &LedgerClient, ticket: &LedgerCreditTicket) -> JobState<CreditResponse> {
    loop {
        match client.credit_state(ticket).await.unwrap().unwrap() {
            ended @ (JobState::Done { .. } | JobState::Dead { .. }) => return ended,
            _ => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
}

#[tokio::test]
async fn a_request_is_accepted_at_once_and_done_later() {
    let (_server, client, _, _) = served().await;
    let ticket = client.credit(&credit(1, 500)).await.unwrap();
    assert!(ticket.is_new());
    let JobState::Done { answer } = ended(&client, &ticket).await else { panic!("it is done") };
    assert_eq!((answer.balance, answer.attempt), (500, 1));
    assert_eq!(client.balance(&credit(1, 0)).await.unwrap().balance, 500);

    let forgotten = LedgerCreditTicket::from(JobId::from_bytes([9; 16]));
    assert_eq!(client.credit_state(&forgotten).await.unwrap(), None);
}

#[tokio::test]
async fn an_id_is_one_job_however_often_it_is_sent() {
    let (_server, client, _, book) = served().await;
    let id = JobId::from_bytes([1; 16]);
    let first = client.credit(&credit(1, 500)).job_id(id).await.unwrap();
    assert_eq!((first.id(), first.is_new()), (id, true));
    ended(&client, &first).await;
    let again = client.credit(&credit(1, 500)).job_id(id).await.unwrap();
    assert_eq!((again, again.is_new()), (first, false));
    // One that its caller does not name is one of its own.
    let other = client.credit(&credit(1, 500)).await.unwrap();
    assert!(other.is_new());
    ended(&client, &other).await;
    let pages = book.0.lock().unwrap();
    assert_eq!((pages.balances[&1], pages.begun.len()), (1000, 2));
}

#[tokio::test]
async fn what_breaks_a_constraint_or_is_refused_is_no_job() {
    let (_server, client, queue, book) = served().await;
    let id = JobId::from_bytes([2; 16]);
    let status = client.credit(&credit(1, 20_001)).job_id(id).await.unwrap_err();
    assert_eq!((status.code(), status.facts().retry), (Code::InvalidArgument, Retry::Never));
    assert!(status.message().contains("fen"), "{status}");
    let status = client.credit(&credit(STRANGERS, 1)).job_id(id).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::PermissionDenied, "nobody knows this user"));
    let status = client.credit(&credit(1, 1)).metadata("svrkit.job", "nonsense").await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(queue.state("credits", id).await.unwrap(), None);
    assert!(book.0.lock().unwrap().begun.is_empty());
}

#[tokio::test(start_paused = true)]
async fn errors_say_whether_a_job_is_tried_again() {
    let (client, queue, book) = in_process();
    // Never again, by the schema.
    let closed = client.credit(&credit(CLOSED, 1)).await.unwrap();
    let JobState::Dead { attempts: 1, why } = ended(&client, &closed).await else { panic!("it is dead") };
    assert_eq!(why, "FAILED_PRECONDITION: the account is closed (Credit)");

    // Not before five seconds, by the schema, and the third attempt is the last one.
    let begun = Instant::now();
    let audited = client.credit(&credit(AUDITED, 1)).await.unwrap();
    let JobState::Done { answer } = ended(&client, &audited).await else { panic!("it is done") };
    assert_eq!(answer.attempt, 3);
    assert!(begun.elapsed() >= Duration::from_secs(10));

    let cursed = client.credit(&credit(CURSED, 1)).await.unwrap();
    let dead = ended(&client, &cursed).await;
    assert_eq!(dead, JobState::Dead { attempts: 3, why: "its handler panicked".into() });
    assert_eq!(queue.dead("credits", None, 9).await.unwrap().len(), 2);

    // Whoever runs the server has found the closed account open again.
    book.0.lock().unwrap().begun.clear();
    assert!(queue.revive("credits", cursed.id()).await.unwrap());
    ended(&client, &cursed).await;
    assert_eq!(book.0.lock().unwrap().begun.len(), 3, "as if for the first time");
}

#[tokio::test(start_paused = true)]
async fn no_more_jobs_begin_than_the_rate_of_the_schema() {
    let (client, _, book) = in_process();
    for user in 100..150 {
        client.credit(&credit(user, 1)).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    let pages = book.0.lock().unwrap();
    assert_eq!(pages.begun.len(), 50);
    for two in pages.begun.windows(2) {
        assert!(two[1].0 - two[0].0 >= Duration::from_millis(100), "ten in a second");
    }
}

#[tokio::test]
async fn a_blocking_method_does_its_jobs_on_the_blocking_pool() {
    let (_server, client, _, book) = served().await;
    let ticket = client.audit(&Nothing::default()).await.unwrap();
    while !matches!(client.audit_state(&ticket).await.unwrap(), Some(JobState::Done { .. })) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let here = format!("{:?}", std::thread::current().id());
    // The tests' runtime has one thread.
    assert_ne!(book.0.lock().unwrap().threads, [here]);
}

#[tokio::test]
async fn jobs_of_the_process_itself_are_done_as_well() {
    let (_server, client, queue, _) = served().await;
    let id = JobId::random();
    let job: NewJob = LedgerCredit::job(id, &credit(3, 30)).unwrap();
    queue.put(job).await.unwrap();
    let JobState::Done { answer } = ended(&client, &id.into()).await else { panic!("it is done") };
    assert_eq!(answer.balance, 30);
    // Nobody has looked at its constraints.
    let id = JobId::random();
    queue.put(LedgerCredit::job(id, &credit(0, 30)).unwrap()).await.unwrap();
    let JobState::Dead { attempts: 1, why } = ended(&client, &id.into()).await else { panic!("it is dead") };
    assert!(why.contains("user"), "{why}");
}

#[tokio::test]
async fn jobs_that_were_accepted_are_done_by_the_next_run_and_by_one_that_drains() {
    let (mut server, client, queue, book) = served().await;
    server.crash().await;
    let id = JobId::random();
    queue.put(LedgerCredit::job(id, &credit(4, 40)).unwrap()).await.unwrap();
    assert!(book.0.lock().unwrap().begun.is_empty(), "nobody is at work");
    server.restart().await;
    ended(&client, &id.into()).await;
    assert_eq!(book.0.lock().unwrap().balances[&4], 40);
    server.stop().await;
    queue.put(LedgerCredit::job(JobId::random(), &credit(4, 40)).unwrap()).await.unwrap();
    assert_eq!(book.0.lock().unwrap().balances[&4], 40, "who was stopped takes no more");
}

#[tokio::test]
async fn a_job_that_has_begun_may_end_while_its_server_drains() {
    let (server, client, queue, book) = served().await;
    let id = client.credit(&credit(SLOW, 1)).await.unwrap().id();
    book.1.begun.notified().await;
    let stopping = tokio::spawn(server.stop());
    // Calls are taken no more, and nothing but the job is waited for.
    while client.balance(&credit(SLOW, 0)).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(matches!(queue.state("credits", id).await.unwrap(), Some(JobState::Running { attempts: 1 })));
    book.1.may_end.notify_one();
    stopping.await.unwrap();
    assert!(matches!(queue.state("credits", id).await.unwrap(), Some(JobState::Done { .. })));
}

#[tokio::test]
async fn a_job_that_does_not_end_in_time_is_given_up_and_stays_accepted() {
    let (book, queue) = (Book::default(), Arc::new(MemoryQueue::default()));
    let limits = Limits { drain_timeout: Duration::ZERO, ..Limits::default() };
    let server = Server::new().service(LedgerServer::new(book.clone())).queue(Arc::clone(&queue));
    let server = TestServer::start(server.limits(limits)).await;
    let client = LedgerClient::new(server.client().await);
    let id = client.credit(&credit(SLOW, 1)).await.unwrap().id();
    book.1.begun.notified().await;
    server.stop().await;
    book.1.may_end.notify_one();
    // Until its lease is over it seems to be done by somebody.
    let state = queue.state("credits", id).await.unwrap();
    assert!(matches!(state, Some(JobState::Running { attempts: 1 })), "{state:?}");
    assert_eq!(book.0.lock().unwrap().balances.get(&SLOW), None);
}

#[tokio::test]
async fn without_a_queue_a_server_does_not_start() {
    let server = Server::new().service(LedgerServer::new(Book::default()));
    let expected = "queued.Ledger.Credit is queued (credits), and the server has nothing that holds its jobs: give it a queue (Server::queue)";
    let error = server.clone().bind("127.0.0.1:0").await.unwrap_err();
    assert!(matches!(error, ServeError::QueueMissing { queue: "credits", .. }));
    assert_eq!(error.to_string(), expected);
    assert_eq!(server.in_process().unwrap_err().to_string(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_job_waits_for_as_long_as_its_acceptor_says() {
    struct Later(Book);

    impl Ledger for Later {
        async fn credit(&self, request: CreditRequest) -> Result<CreditResponse, LedgerError> {
            self.0.credit(request).await
        }

        async fn credit_accept(&self, offer: Offer<LedgerCredit>) -> Result<Accepted, Status> {
            offer.delay(Duration::from_secs(60)).enqueue().await
        }

        async fn audit(&self, nothing: Nothing) -> Result<Nothing, Status> {
            Ok(nothing)
        }

        async fn balance(&self, request: CreditRequest) -> Result<CreditResponse, Status> {
            self.0.balance(request).await
        }
    }

    let server = Server::new().service(LedgerServer::new(Later(Book::default())));
    let client = LedgerClient::new(server.queue(MemoryQueue::default()).in_process().unwrap());
    let ticket = client.credit(&credit(1, 1)).await.unwrap();
    advance(Duration::from_secs(59)).await;
    let waiting = JobState::Waiting { attempts: 0, why: String::new() };
    assert_eq!(client.credit_state(&ticket).await.unwrap(), Some(waiting));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(matches!(client.credit_state(&ticket).await.unwrap(), Some(JobState::Done { .. })));
}
