//! Calls of many messages: each says whose it is, and the how manyth.

use std::time::Duration;

use svrkit_runtime::{Client, Receiver, Sender, Status};
use tokio::time::{Instant, sleep};

use crate::ledger::Ledger;
use crate::work::{Job, Task};

/// Most messages of a stream.
const MESSAGES_MAX: u64 = 40;

/// The longest that a stream lasts behind its deadline: it goes on while messages come, and silence ends it.
pub(crate) const TIME_MAX: Duration = Duration::from_secs(60);

fn messages(job: &Job) -> u64 {
    job.answer_len % MESSAGES_MAX
}

fn message(job: &Job, index: u64) -> Job {
    // All of one stream together are as long as a request: a full socket would keep cancels for more than one delay.
    let payload = job.payload.slice(..job.payload.len() / MESSAGES_MAX as usize);
    Job { answer_len: index, payload, ..job.clone() }
}

pub(crate) async fn pour(ledger: Ledger, job: Job, mut out: Sender<Job>) -> Result<(), Status> {
    let _running = ledger.start(&job, Task::Pour);
    for index in 0..messages(&job) {
        out.send(&message(&job, index)).await?;
    }
    Ok(())
}

pub(crate) async fn collect(ledger: Ledger, mut jobs: Receiver<Job>) -> Result<Job, Status> {
    let first = jobs.next().await?.ok_or_else(nothing_came)?;
    let _running = ledger.start(&first, Task::Collect);
    let mut count = 1;
    while let Some(job) = jobs.next().await? {
        check(&ledger, &job, first.number, count);
        count += 1;
    }
    Ok(message(&first, count))
}

pub(crate) async fn chat(
    ledger: Ledger,
    mut jobs: Receiver<Job>,
    mut out: Sender<Job>,
) -> Result<(), Status> {
    let first = jobs.next().await?.ok_or_else(nothing_came)?;
    let _running = ledger.start(&first, Task::Chat);
    out.send(&first).await?;
    while let Some(job) = jobs.next().await? {
        out.send(&job).await?;
    }
    Ok(())
}

fn nothing_came() -> Status {
    Status::invalid_argument("a stream of nothing")
}

/// Has `client` do a task of many messages. The answer is of the call that has got all of its own.
pub(crate) async fn call(
    ledger: &Ledger,
    client: &Client,
    task: Task,
    job: &Job,
    timeout: Duration,
) -> Result<Job, Status> {
    let wanted = messages(job).max(1);
    match task {
        Task::Pour => {
            let mut jobs = client.server_stream::<_, Job>(task.spec(), job).timeout(timeout);
            let mut count = 0;
            while let Some(next) = jobs.next().await? {
                check(ledger, &next, job.number, count);
                count += 1;
            }
            must_be(ledger, job, count, messages(job));
        }
        Task::Collect => {
            let mut jobs = client.client_stream::<Job, Job>(task.spec()).timeout(timeout);
            for index in 0..wanted {
                jobs.send(&message(job, index)).await?;
            }
            let answer = jobs.finish().await?;
            must_be(ledger, job, answer.answer_len, wanted);
            return Ok(answer);
        }
        _ => {
            let mut jobs = client.both_streams::<Job, Job>(task.spec()).timeout(timeout);
            for index in 0..wanted {
                jobs.send(&message(job, index)).await?;
                let Some(next) = jobs.next().await? else { break };
                check(ledger, &next, job.number, index);
            }
            jobs.end().await?;
            let more = jobs.next().await?;
            ledger.must(more.is_none(), || format!("call {}: more comes back than was sent", job.number));
        }
    }
    Ok(job.clone())
}

/// A stream on which a message leaves every 100 ms for so long, whatever comes back; in the end all have.
pub(crate) async fn steady(ledger: &Ledger, client: &Client, time: Duration) -> Result<(), Status> {
    const BETWEEN: Duration = Duration::from_millis(100);
    let calling = ledger.call(Task::Chat, Instant::now() + time + TIME_MAX);
    let job = Job { number: calling.number(), ..Job::default() };
    let (mut sender, mut receiver) =
        client.both_streams::<Job, Job>(Task::Chat.spec()).timeout(TIME_MAX).split().await?;
    let wanted = (time.as_millis() / BETWEEN.as_millis()) as u64;
    let sending = async {
        for index in 0..wanted {
            sender.send(&message(&job, index)).await?;
            sleep(BETWEEN).await;
        }
        sender.end();
        Ok(())
    };
    let receiving = async {
        let mut count = 0;
        while let Some(next) = receiver.next().await? {
            check(ledger, &next, job.number, count);
            count += 1;
        }
        must_be(ledger, &job, count, wanted);
        Ok(())
    };
    let ended = tokio::try_join!(sending, receiving).map(drop);
    calling.end(ended.as_ref().map(|()| None));
    ended
}

fn check(ledger: &Ledger, job: &Job, number: u64, index: u64) {
    ledger.must((job.number, job.answer_len) == (number, index), || {
        format!("call {number}: message {index} is message {} of call {}", job.answer_len, job.number)
    });
}

fn must_be(ledger: &Ledger, job: &Job, count: u64, wanted: u64) {
    ledger.must(count == wanted, || format!("call {}: {count} messages of {wanted} have come", job.number));
}
