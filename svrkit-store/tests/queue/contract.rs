//! What every queue keeps.

use std::collections::HashMap;
use std::sync::Arc;

use svrkit_runtime::Bytes;
use svrkit_runtime::queue::{Accepted, JobId, JobState, NewJob, Outcome, Queue, QueueError, Taken};
use tokio::time::{Instant, advance};

use crate::{queues, seconds};

const LEASE: std::time::Duration = seconds(60);

fn id(number: u8) -> JobId {
    JobId::from_bytes([number; 16])
}

fn job(number: u8) -> NewJob {
    NewJob::new("mails", id(number), vec![number])
}

async fn taken(queue: &Arc<dyn Queue>, most: usize) -> Vec<Taken> {
    queue.take("mails", most, LEASE).await.unwrap()
}

fn ids(taken: &[Taken]) -> Vec<JobId> {
    taken.iter().map(|taken| taken.id).collect()
}

fn is_lost(outcome: Result<(), QueueError>) -> bool {
    matches!(outcome, Err(QueueError::Lost { .. }))
}

#[tokio::test(start_paused = true)]
async fn an_id_is_accepted_once() {
    for queue in queues().await {
        assert_eq!(queue.state("mails", id(1)).await.unwrap(), None);
        assert_eq!(queue.put(job(1)).await.unwrap(), Accepted::New);
        let waiting = JobState::Waiting { attempts: 0, why: String::new() };
        let other = NewJob::new("mails", id(1), "another request");
        assert_eq!(queue.put(other).await.unwrap(), Accepted::Known(waiting.clone()));
        assert_eq!(queue.state("mails", id(1)).await.unwrap(), Some(waiting));

        let first = taken(&queue, 9).await;
        assert_eq!((first.len(), &first[0].request[..], first[0].attempt), (1, &[1][..], 1));
        let running = JobState::Running { attempts: 1 };
        assert_eq!(queue.put(job(1)).await.unwrap(), Accepted::Known(running));
        queue.settle(&first[0], Outcome::Done("sent".into())).await.unwrap();
        let done = JobState::Done { answer: "sent".into() };
        assert_eq!(queue.put(job(1)).await.unwrap(), Accepted::Known(done));
        assert_eq!(taken(&queue, 9).await, []);
    }
}

#[tokio::test(start_paused = true)]
async fn queues_are_apart() {
    for queue in queues().await {
        queue.put(job(1)).await.unwrap();
        assert_eq!(queue.put(NewJob::new("mail", id(1), "")).await.unwrap(), Accepted::New);
        assert_eq!(queue.take("mai", 9, LEASE).await.unwrap(), []);
        assert_eq!(queue.take("mail", 9, LEASE).await.unwrap().len(), 1);
        assert_eq!(taken(&queue, 9).await.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_waited_longest_is_taken_first_and_nobody_before_its_time() {
    for queue in queues().await {
        queue.put(NewJob { delay: seconds(10), ..job(1) }).await.unwrap();
        for number in [4, 3, 2] {
            queue.put(job(number)).await.unwrap();
            advance(seconds(1)).await;
        }
        assert_eq!(ids(&taken(&queue, 2).await), [id(4), id(3)]);
        assert_eq!(ids(&taken(&queue, 2).await), [id(2)]);
        advance(seconds(6)).await;
        assert_eq!(taken(&queue, 2).await, [], "nine seconds are not ten");
        advance(seconds(1)).await;
        assert_eq!(ids(&taken(&queue, 2).await), [id(1)]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_whose_lease_is_over_is_anothers_and_the_first_ones_outcome_counts_for_nothing() {
    for queue in queues().await {
        queue.put(job(1)).await.unwrap();
        let first = taken(&queue, 1).await.remove(0);
        advance(LEASE - seconds(1)).await;
        assert_eq!(taken(&queue, 1).await, []);
        advance(seconds(1)).await;
        let second = taken(&queue, 1).await.remove(0);
        assert_eq!((second.attempt, second.id), (2, id(1)));

        assert!(is_lost(queue.settle(&first, Outcome::Done("first".into())).await));
        queue.settle(&second, Outcome::Done("second".into())).await.unwrap();
        let done = JobState::Done { answer: "second".into() };
        assert_eq!(queue.state("mails", id(1)).await.unwrap(), Some(done.clone()));
        for (late, why) in [(&first, "first"), (&second, "second")] {
            assert!(is_lost(queue.settle(late, Outcome::Dead { why: why.into() }).await));
        }
        assert_eq!(queue.state("mails", id(1)).await.unwrap(), Some(done));
        let unknown = Taken { id: id(9), ..second };
        assert!(is_lost(queue.settle(&unknown, Outcome::Done(Bytes::new())).await));
    }
}

#[tokio::test(start_paused = true)]
async fn an_outcome_may_come_after_the_lease_as_long_as_nobody_else_has_the_job() {
    for queue in queues().await {
        queue.put(job(1)).await.unwrap();
        let first = taken(&queue, 1).await.remove(0);
        advance(LEASE * 2).await;
        queue.settle(&first, Outcome::Done("late".into())).await.unwrap();
        assert_eq!(taken(&queue, 1).await, []);
    }
}

#[tokio::test(start_paused = true)]
async fn what_there_is_to_do_is_counted_until_it_has_ended() {
    for queue in queues().await {
        let load = async || {
            let load = queue.load("mails").await.unwrap();
            (load.jobs, load.late)
        };
        assert_eq!(load().await, (0, seconds(0)));
        for number in [1, 2, 3] {
            queue.put(job(number)).await.unwrap();
            queue.put(job(number)).await.unwrap();
            advance(seconds(10)).await;
        }
        assert_eq!(load().await, (3, seconds(30)));
        let jobs = taken(&queue, 2).await;
        assert_eq!((jobs[0].age, jobs[1].age), (seconds(30), seconds(20)));
        assert_eq!(load().await, (3, seconds(10)), "who has been taken waits no more");
        queue.settle(&jobs[0], Outcome::Done(Bytes::new())).await.unwrap();
        queue.settle(&jobs[1], Outcome::Dead { why: String::new() }).await.unwrap();
        assert_eq!(load().await, (1, seconds(10)));
        queue.revive("mails", jobs[1].id).await.unwrap();
        assert_eq!((load().await.0, queue.load("others").await.unwrap().jobs), (2, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_to_be_tried_again_waits_for_its_time() {
    for queue in queues().await {
        queue.put(job(1)).await.unwrap();
        let first = taken(&queue, 1).await.remove(0);
        let again = Outcome::Again { delay: seconds(5), why: "no line".into() };
        queue.settle(&first, again).await.unwrap();
        let waiting = JobState::Waiting { attempts: 1, why: "no line".into() };
        assert_eq!(queue.state("mails", id(1)).await.unwrap(), Some(waiting));
        advance(seconds(4)).await;
        assert_eq!(taken(&queue, 1).await, []);
        advance(seconds(1)).await;
        let second = taken(&queue, 1).await.remove(0);
        assert_eq!((second.attempt, second.request), (2, first.request));
    }
}

#[tokio::test(start_paused = true)]
async fn dead_letters_are_kept_and_can_be_revived() {
    for queue in queues().await {
        for number in 1..=3 {
            queue.put(job(number)).await.unwrap();
        }
        let all = taken(&queue, 9).await;
        for taken in &all {
            queue.settle(taken, Outcome::Dead { why: "no such user".into() }).await.unwrap();
        }
        let dead = JobState::Dead { attempts: 1, why: "no such user".into() };
        assert_eq!(queue.state("mails", id(2)).await.unwrap(), Some(dead));
        advance(LEASE * 100).await;
        assert_eq!(taken(&queue, 9).await, []);

        assert_eq!(queue.dead("mails", None, 2).await.unwrap(), [id(1), id(2)]);
        assert_eq!(queue.dead("mails", Some(id(2)), 2).await.unwrap(), [id(3)]);
        assert_eq!(queue.dead("mails", Some(JobId::from_bytes([255; 16])), 2).await.unwrap(), []);
        assert_eq!(queue.dead("other", None, 2).await.unwrap(), []);

        assert!(queue.revive("mails", id(2)).await.unwrap());
        assert!(!queue.revive("mails", id(2)).await.unwrap(), "it is none any more");
        assert!(!queue.revive("mails", id(9)).await.unwrap());
        assert_eq!(queue.dead("mails", None, 9).await.unwrap(), [id(1), id(3)]);
        let again = taken(&queue, 9).await;
        assert_eq!((ids(&again), again[0].attempt), (vec![id(2)], 1));
        let old = all.iter().find(|taken| taken.id == id(2)).unwrap();
        assert!(
            is_lost(queue.settle(old, Outcome::Done(Bytes::new())).await),
            "its lease was of its first life"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_told_of_a_new_job_and_of_one_whose_time_has_come() {
    for queue in queues().await {
        let began = Instant::now();
        let waiting = tokio::spawn({
            let queue = Arc::clone(&queue);
            async move { queue.changed("mails").await.unwrap() }
        });
        tokio::task::yield_now().await;
        queue.put(job(1)).await.unwrap();
        waiting.await.unwrap();
        assert_eq!(began.elapsed(), seconds(0), "at once");

        let first = taken(&queue, 1).await.remove(0);
        queue.settle(&first, Outcome::Again { delay: seconds(20), why: String::new() }).await.unwrap();
        while taken(&queue, 1).await.is_empty() {
            queue.changed("mails").await.unwrap();
        }
        assert_eq!(began.elapsed(), seconds(20));
    }
}

#[tokio::test(start_paused = true)]
async fn however_many_take_each_job_is_one_takers() {
    const JOBS: usize = 200;
    for queue in queues().await {
        for number in 0..JOBS {
            queue.put(NewJob::new("mails", JobId::random(), number.to_string())).await.unwrap();
        }
        let takers = (0..8).map(|_| {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move {
                let mut done = Vec::new();
                loop {
                    let taken = queue.take("mails", 7, LEASE).await.unwrap();
                    if taken.is_empty() {
                        return done;
                    }
                    for taken in taken {
                        tokio::task::yield_now().await;
                        queue.settle(&taken, Outcome::Done(Bytes::new())).await.unwrap();
                        done.push(taken.id);
                    }
                }
            })
        });
        let mut times: HashMap<JobId, usize> = HashMap::new();
        for taker in takers.collect::<Vec<_>>() {
            for id in taker.await.unwrap() {
                *times.entry(id).or_default() += 1;
            }
        }
        assert_eq!(times.len(), JOBS);
        assert!(times.values().all(|times| *times == 1));
    }
}
