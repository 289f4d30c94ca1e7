//! What jobs in tables have beyond other queues: commits with other tables, limits, forgetting.

use svrkit_runtime::Tlv;
use svrkit_runtime::queue::{Accepted, JobId, JobState, NewJob, Outcome, Queue, QueueError};
use svrkit_store::{Batch, QueueLimits, Store, StoreError, Table};
use tokio::time::advance;

use crate::{seconds, tables};

#[derive(Tlv, Clone, Debug, Default, PartialEq)]
struct Account {
    #[tlv(1)]
    fen: u64,
}

static ACCOUNTS: Table<u64, Account> = Table::new("accounts");

fn id(number: u8) -> JobId {
    JobId::from_bytes([number; 16])
}

fn job(number: u8) -> NewJob {
    NewJob::new("credits", id(number), vec![number])
}

#[tokio::test(start_paused = true)]
async fn a_job_and_what_it_follows_from_are_one_commit() {
    let store = Store::in_memory();
    let queue = tables(store.clone(), QueueLimits::default()).await;
    let paid = |fen| Batch::new().put(&ACCOUNTS, &7, &Account { fen });
    store.commit(queue.put_in(paid(100), job(1))).await.unwrap();
    assert!(matches!(queue.state("credits", id(1)).await.unwrap(), Some(JobState::Waiting { .. })));

    let twice = store.commit(queue.put_in(paid(200), job(1))).await;
    assert!(matches!(twice, Err(StoreError::Conflict(_))));
    assert_eq!(store.get(&ACCOUNTS, &7).await.unwrap().unwrap().record, Account { fen: 100 });
}

#[tokio::test(start_paused = true)]
async fn a_job_whose_end_is_one_commit_with_what_it_does_does_it_once() {
    let store = Store::in_memory();
    let queue = tables(store.clone(), QueueLimits::default()).await;
    queue.put(job(1)).await.unwrap();
    let first = queue.take("credits", 1, seconds(60)).await.unwrap().remove(0);
    let credit = |fen| Batch::new().put(&ACCOUNTS, &7, &Account { fen });
    let slow = queue.settle_in(credit(1), &first, Outcome::Done("".into())).await.unwrap();
    advance(seconds(60)).await;
    let second = queue.take("credits", 1, seconds(60)).await.unwrap().remove(0);
    let quick = queue.settle_in(credit(2), &second, Outcome::Done("".into())).await.unwrap();
    store.commit(quick).await.unwrap();

    assert!(matches!(store.commit(slow).await, Err(StoreError::Conflict(_))));
    let late = queue.settle_in(credit(3), &second, Outcome::Done("".into())).await;
    assert!(matches!(late, Err(QueueError::Lost { .. })));
    assert_eq!(store.get(&ACCOUNTS, &7).await.unwrap().unwrap().record, Account { fen: 2 });
}

#[tokio::test(start_paused = true)]
async fn so_many_jobs_may_wait_and_no_more() {
    let store = Store::in_memory();
    let mut limits = QueueLimits::default();
    limits.jobs = 2;
    let queue = tables(store.clone(), limits).await;
    for number in [1, 2] {
        assert_eq!(queue.put(job(number)).await.unwrap(), Accepted::New);
    }
    let full = "queue credits has 2 jobs already (queue.jobs): its workers do not keep up";
    assert_eq!(queue.put(job(3)).await.unwrap_err().to_string(), full);
    assert!(matches!(queue.put(job(2)).await.unwrap(), Accepted::Known(_)), "what is known is no more");
    assert_eq!(queue.put(NewJob::new("other", id(3), "")).await.unwrap(), Accepted::New);

    // Another value for the same store knows.
    let queue = tables(store, limits).await;
    assert_eq!(queue.put(job(3)).await.unwrap_err().to_string(), full);
    let taken = queue.take("credits", 1, seconds(60)).await.unwrap();
    queue.settle(&taken[0], Outcome::Dead { why: String::new() }).await.unwrap();
    assert_eq!(queue.put(job(3)).await.unwrap(), Accepted::New, "one has ended");
    assert!(queue.revive("credits", taken[0].id).await.unwrap());
    assert_eq!(queue.put(job(4)).await.unwrap_err().to_string(), full);
}

#[tokio::test(start_paused = true)]
async fn what_is_done_is_forgotten_after_a_time_and_dead_letters_are_not() {
    let store = Store::in_memory();
    let mut limits = QueueLimits::default();
    limits.keep = seconds(100);
    let queue = tables(store.clone(), limits).await;
    for number in [1, 2, 3] {
        queue.put(job(number)).await.unwrap();
    }
    let taken = queue.take("credits", 3, seconds(60)).await.unwrap();
    queue.settle(&taken[0], Outcome::Done("done".into())).await.unwrap();
    queue.settle(&taken[1], Outcome::Dead { why: String::new() }).await.unwrap();
    advance(seconds(100)).await;
    queue.take("other", 1, seconds(1)).await.unwrap();
    let known = async |taken: usize| queue.state("credits", id(taken as u8 + 1)).await.unwrap();
    assert_eq!(
        known(0).await,
        Some(JobState::Done { answer: "done".into() }),
        "a hundred seconds are not more"
    );
    advance(seconds(30)).await;
    queue.take("other", 1, seconds(1)).await.unwrap();
    assert_eq!(known(0).await, None);
    assert!(matches!(known(1).await, Some(JobState::Dead { .. })));
    assert!(matches!(known(2).await, Some(JobState::Running { .. })));
    // It may be accepted anew then: an id is told apart for as long as its outcome is kept.
    assert_eq!(queue.put(job(1)).await.unwrap(), Accepted::New);
}
