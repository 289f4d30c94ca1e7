//! A caller that gives up wherever it may: at each poll of what it awaits, and at each turn of the runtime.

use std::future::{Future, poll_fn};
use std::task::Poll;
use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{
    Cause, Client, Context, Envelope, Interceptor, Limits, Next, Recorder, Reply, Server, Status,
};
use tokio::task::yield_now;

use crate::nothing_left::leaving_nothing;
use crate::steps::{PLOD, STEP, STROLL, STUMBLE, Steps, all_ended};
use crate::support::Note;

/// Calls that a server takes at once: if places were lost, the next calls would have none.
const PLACES: u32 = 2;

/// The moment at which a caller gives up.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// After so many polls.
    Polled(usize),
    /// After so many polls, when it is woken again: what it waited for is there, and it does not take it.
    Woken(usize),
    /// After so many turns of the runtime, as a task.
    Turns(usize),
}

impl Moment {
    /// Drops `work` at this moment. True: it was ready before.
    async fn cut(self, work: impl Future<Output = ()> + Send + 'static) -> bool {
        match self {
            Self::Polled(polls) => polled(polls, false, work).await,
            Self::Woken(polls) => polled(polls, true, work).await,
            Self::Turns(turns) => {
                let task = tokio::spawn(work);
                for _ in 0..turns {
                    yield_now().await;
                }
                task.abort();
                task.await.is_ok()
            }
        }
    }
}

async fn polled(polls: usize, and_woken: bool, work: impl Future<Output = ()>) -> bool {
    let mut work = Box::pin(work);
    let mut left = polls;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match work.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending if left == 0 && !and_woken => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Turns that something over a socket may take; more add nothing.
const TURNS_MAX: usize = 300;

/// Cuts what `begin` gives at every moment until one is after its end, and has `check` look at what that left.
async fn cut_everywhere<Work>(begin: impl Fn() -> Work, check: impl AsyncFn(Moment))
where
    Work: Future<Output = ()> + Send + 'static,
{
    for moment in [Moment::Polled, Moment::Woken, Moment::Turns] {
        for times in 0..=TURNS_MAX {
            let moment = moment(times);
            let was_ready = moment.cut(begin()).await;
            check(moment).await;
            if was_ready {
                assert!(times > 0, "{moment:?}: ready before it began");
                break;
            }
        }
    }
}

/// Waits at both sides of what it lets pass.
struct Dawdle;

impl Interceptor for Dawdle {
    async fn intercept(&self, envelope: Envelope, next: Next<'_>) -> Result<Reply, Status> {
        yield_now().await;
        let reply = next.run(envelope).await;
        yield_now().await;
        reply
    }
}

/// A server of [`Steps`], and who sees to it that nothing stays there.
struct Watched {
    server: TestServer,
    recorder: Recorder,
}

impl Watched {
    async fn start(limits: Limits) -> Self {
        let recorder = Recorder::default();
        let server = Server::new().service(Steps::default()).interceptor(Dawdle).monitor(recorder.clone());
        Self { server: TestServer::start(server.limits(limits)).await, recorder }
    }

    fn client(&self, limits: Limits) -> Client {
        Client::builder(self.server.address()).limits(limits).interceptor(Dawdle).lazy()
    }

    async fn stop(self) {
        assert_eq!(self.server.stop().await.calls_cut, 0);
    }
}

/// All places are there again, at both sides: as many calls as there are places are answered at once.
async fn check_places(client: &Client, recorder: &Recorder, moment: Moment) {
    let call = || client.request::<_, Note>(&STEP, &Note::number(1));
    // What was cancelled just now counts at the server until its handlers are gone, and may be on its way there only.
    while call().await.is_err_and(|status| status.facts().cause == Cause::Concurrency) {
        yield_now().await;
    }
    all_ended(recorder).await;
    let (one, other) = tokio::join!(call(), call());
    assert!(one.is_ok() && other.is_ok(), "after {moment:?}: {one:?}, {other:?}");
    all_ended(recorder).await;
}

pub(crate) fn limits() -> Limits {
    Limits { calls_in_flight: PLACES, ..Limits::default() }
}

pub(crate) type Work = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// What is cut, on a client that has two places.
fn over_a_socket(work: fn(Client) -> Work, client_limits: Limits) {
    over_a_socket_with(limits(), work, client_limits);
}

pub(crate) fn over_a_socket_with(server_limits: Limits, work: fn(Client) -> Work, client_limits: Limits) {
    leaving_nothing(async || {
        let watched = Watched::start(server_limits).await;
        let client = watched.client(client_limits);
        let check = async |moment| check_places(&client, &watched.recorder, moment).await;
        cut_everywhere(|| work(client.clone()), check).await;
        drop(client);
        watched.stop().await;
    });
}

fn in_process(work: fn(Client) -> Work) {
    leaving_nothing(async || {
        let recorder = Recorder::default();
        let server = Server::new().service(Steps::default()).interceptor(Dawdle).monitor(recorder.clone());
        let client = server.limits(limits()).in_process().unwrap();
        let check = async |moment| check_places(&client, &recorder, moment).await;
        cut_everywhere(|| work(client.clone()), check).await;
    });
}

pub(crate) fn both(work: fn(Client) -> Work) {
    over_a_socket(work, Limits::default());
    in_process(work);
}

#[test]
fn a_call() {
    both(|client| {
        Box::pin(async move {
            let answer: Note = client.request(&STEP, &Note::number(3)).await.unwrap();
            assert_eq!(answer, Note::number(3));
        })
    });
}

#[test]
fn a_call_that_fails() {
    both(|client| {
        Box::pin(async move {
            let answer: Result<Note, _> = client.request(&STUMBLE, &Note::number(3)).await;
            assert!(answer.is_err());
        })
    });
}

#[test]
fn a_oneway_call() {
    both(|client| Box::pin(async move { client.oneway(&STROLL, &Note::number(3)).await.unwrap() }));
}

#[test]
fn a_call_on_the_blocking_pool() {
    both(|client| {
        Box::pin(async move {
            let answer: Note = client.request(&PLOD, &Note::number(3)).await.unwrap();
            assert_eq!(answer, Note::number(3));
        })
    });
}

/// The third and the fourth wait for places.
#[test]
fn more_calls_than_there_are_places() {
    both(|client| {
        Box::pin(async move {
            let call = || client.request::<_, Note>(&STEP, &Note::number(2));
            let answers = tokio::join!(call(), call(), call(), call());
            assert!(answers.0.is_ok() && answers.1.is_ok() && answers.2.is_ok() && answers.3.is_ok());
        })
    });
}

/// The second waits for room in the outbound queue.
#[test]
fn more_bytes_than_the_queue_takes() {
    fn work(client: Client) -> Work {
        Box::pin(async move {
            let note = Note { payload: vec![7; 2_000_000].into(), ..Note::default() };
            let call = || client.request::<_, Note>(&STEP, &note);
            let answers = tokio::join!(call(), call());
            assert!(answers.0.is_ok() && answers.1.is_ok());
        })
    }
    over_a_socket(work, Limits { outbound_queue: 1 << 10, ..Limits::default() });
}

/// A client that is not connected, so that the way there is cut as well.
#[test]
fn the_first_call_of_a_client() {
    leaving_nothing(async || {
        let watched = Watched::start(limits()).await;
        let begin = || {
            let client = watched.client(Limits::default());
            async move {
                let answer: Note = client.request(&STEP, &Note::number(1)).await.unwrap();
                assert_eq!(answer, Note::number(1));
            }
        };
        let other = watched.client(Limits::default());
        let check = async |moment| check_places(&other, &watched.recorder, moment).await;
        cut_everywhere(begin, check).await;
        drop(other);
        watched.stop().await;
    });
}

/// The inner call is made for the outer one, by its handler's context.
#[test]
fn a_call_with_a_deadline_of_another() {
    both(|client| {
        Box::pin(async move {
            let context = Context::default().timeout(Duration::from_secs(20));
            let answer: Note = client.request(&STEP, &Note::number(1)).context(context).await.unwrap();
            assert_eq!(answer, Note::number(1));
        })
    });
}
