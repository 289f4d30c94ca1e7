//! What workers do, on a paused clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use svrkit_runtime::queue::{JobError, JobId, JobState, NewJob, Queue, Workers};
use svrkit_runtime::{Bytes, Rate};
use tokio::time::{Instant, sleep};

use crate::{queues, seconds};

async fn put(queue: &Arc<dyn Queue>, jobs: usize) -> Vec<JobId> {
    let mut ids = Vec::new();
    for number in 0..jobs {
        ids.push(JobId::random());
        queue.put(NewJob::new("mails", ids[number], number.to_string())).await.unwrap();
    }
    ids
}

async fn state(queue: &Arc<dyn Queue>, id: JobId) -> JobState {
    queue.state("mails", id).await.unwrap().unwrap()
}

/// Counts, at once.
fn counting(count: &Arc<AtomicUsize>) -> impl Fn() + Send + Sync + 'static {
    let count = Arc::clone(count);
    move || {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn they_are_no_faster_than_their_rate() {
    for queue in queues().await {
        put(&queue, 100).await;
        let done = Arc::new(AtomicUsize::new(0));
        let count = counting(&done);
        let working = Workers::of(Arc::clone(&queue), "mails")
            .rate(Rate::per_second(10).with_burst(5))
            .start(move |_| {
                count();
                async { Ok(Bytes::new()) }
            });
        for (after, expected) in [(50, 5), (1_000, 15), (1_000, 25), (3_000, 55)] {
            sleep(std::time::Duration::from_millis(after)).await;
            assert_eq!(done.load(Ordering::Relaxed), expected, "{after} ms later");
        }
        working.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn so_many_are_done_at_once() {
    for queue in queues().await {
        let ids = put(&queue, 20).await;
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (at, highest) = (Arc::clone(&now), Arc::clone(&most));
        let working = Workers::of(Arc::clone(&queue), "mails").at_once(3).start(move |_| {
            let (at, highest) = (Arc::clone(&at), Arc::clone(&highest));
            async move {
                highest.fetch_max(at.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                sleep(seconds(1)).await;
                at.fetch_sub(1, Ordering::Relaxed);
                Ok(Bytes::new())
            }
        });
        sleep(seconds(8)).await;
        assert_eq!(most.load(Ordering::Relaxed), 3);
        for id in ids {
            assert_eq!(state(&queue, id).await, JobState::Done { answer: Bytes::new() });
        }
        working.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_tried_again_and_is_a_dead_letter_after_so_many_times() {
    for queue in queues().await {
        let id = put(&queue, 1).await[0];
        let tried = Arc::new(AtomicUsize::new(0));
        let count = counting(&tried);
        let working = Workers::of(Arc::clone(&queue), "mails")
            .attempts(4)
            .backoff(seconds(1), seconds(10))
            .start(move |taken| {
                count();
                async move {
                    match taken.attempt {
                        1 => Err(std::io::Error::other("no line"))?,
                        2 => panic!("a bug"),
                        _ => Err(JobError::again("no paper")),
                    }
                }
            });
        // At most 1, 2 and 4 seconds between them, and a second until somebody looks.
        sleep(seconds(12)).await;
        assert_eq!(state(&queue, id).await, JobState::Dead { attempts: 4, why: "no paper".into() });
        assert_eq!(tried.load(Ordering::Relaxed), 4);
        assert_eq!(queue.dead("mails", None, 9).await.unwrap(), [id]);
        working.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_of_no_use_is_not_tried_again() {
    for queue in queues().await {
        let id = put(&queue, 1).await[0];
        let working =
            Workers::of(Arc::clone(&queue), "mails").start(|_| async { Err(JobError::dead("no such user")) });
        sleep(seconds(1)).await;
        assert_eq!(state(&queue, id).await, JobState::Dead { attempts: 1, why: "no such user".into() });
        working.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_takes_longer_than_its_lease_is_stopped() {
    for queue in queues().await {
        let id = put(&queue, 1).await[0];
        let workers = Workers::of(Arc::clone(&queue), "mails")
            .lease(seconds(5))
            .attempts(2)
            .backoff(seconds(0), seconds(0));
        let working = workers.start(|taken| async move {
            sleep(seconds(if taken.attempt == 1 { 3600 } else { 1 })).await;
            Ok("done".into())
        });
        sleep(seconds(9)).await;
        assert_eq!(state(&queue, id).await, JobState::Done { answer: "done".into() });
        working.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_stops_ends_what_it_is_at_and_takes_no_more() {
    for queue in queues().await {
        let ids = put(&queue, 3).await;
        let working = Workers::of(Arc::clone(&queue), "mails").at_once(2).start(|_| async {
            sleep(seconds(7)).await;
            Ok(Bytes::new())
        });
        sleep(seconds(1)).await;
        let began = Instant::now();
        working.stop().await;
        assert_eq!(began.elapsed(), seconds(6));
        let mut waiting = 0;
        for id in ids {
            match state(&queue, id).await {
                JobState::Done { .. } => {}
                JobState::Waiting { attempts: 0, .. } => waiting += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(waiting, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn those_that_are_dropped_give_up_what_they_are_at_and_others_have_it_later() {
    for queue in queues().await {
        let id = put(&queue, 1).await[0];
        let workers = || Workers::of(Arc::clone(&queue), "mails").lease(seconds(30));
        let ended = Arc::new(AtomicUsize::new(0));
        let count = counting(&ended);
        let working = workers().start(move |_| {
            let sleeping = sleep(seconds(20));
            async move {
                sleeping.await;
                Ok(Bytes::new())
            }
        });
        sleep(seconds(1)).await;
        drop(working);
        let working = workers().start(move |taken| {
            count();
            async move { Ok(taken.attempt.to_string().into()) }
        });
        sleep(seconds(28)).await;
        assert_eq!(state(&queue, id).await, JobState::Running { attempts: 1 }, "its lease is not over");
        sleep(seconds(3)).await;
        assert_eq!(state(&queue, id).await, JobState::Done { answer: "2".into() });
        assert_eq!(ended.load(Ordering::Relaxed), 1);
        working.stop().await;
    }
}
