//! A queue in ordinary memory, for tests.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::error::QueueError;
use super::guarantee::Guarantee;
use super::job::{Accepted, JobId, JobState, NewJob, Outcome, QueueLoad, Taken};
use super::{Pending, Queue};
use crate::deadline;

/// Who takes nothing looks again after this at the latest.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A queue in ordinary memory: for tests, by tokio's clock, which they can pause. It forgets nothing.
#[derive(Debug, Default)]
pub struct MemoryQueue {
    jobs: Mutex<BTreeMap<(String, JobId), Job>>,
    came: Notify,
}

#[derive(Debug)]
struct Job {
    request: Bytes,
    accepted: Instant,
    attempts: u32,
    /// How often it was ever taken.
    leases: u64,
    place: Place,
    why: String,
}

/// Where a job is.
#[derive(Debug)]
enum Place {
    /// It may be taken from then on.
    Waiting(Instant),
    /// Until then nobody else has it.
    Leased(Instant),
    Done(Bytes),
    Dead,
}

impl Job {
    /// From when on it may be taken.
    fn due(&self) -> Option<Instant> {
        match self.place {
            Place::Waiting(due) | Place::Leased(due) => Some(due),
            Place::Done(_) | Place::Dead => None,
        }
    }

    fn state(&self) -> JobState {
        let (attempts, why) = (self.attempts, self.why.clone());
        match &self.place {
            Place::Waiting(_) => JobState::Waiting { attempts, why },
            Place::Leased(_) => JobState::Running { attempts },
            Place::Done(answer) => JobState::Done { answer: answer.clone() },
            Place::Dead => JobState::Dead { attempts, why },
        }
    }
}

impl MemoryQueue {
    /// Nothing panics while it is held: a poisoned one is whole.
    fn jobs(&self) -> MutexGuard<'_, BTreeMap<(String, JobId), Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(&self, job: NewJob) -> Accepted {
        let NewJob { queue, id, request, delay } = job;
        let mut jobs = self.jobs();
        let key = (queue, id);
        if let Some(known) = jobs.get(&key) {
            return Accepted::Known(known.state());
        }
        let accepted = Instant::now();
        let place = Place::Waiting(deadline::after(accepted, delay));
        jobs.insert(key, Job { request, accepted, attempts: 0, leases: 0, place, why: String::new() });
        Accepted::New
    }

    fn lease(&self, queue: &str, most: usize, lease: Duration) -> Vec<Taken> {
        let now = Instant::now();
        let mut jobs = self.jobs();
        let mut due: Vec<(Instant, JobId)> = Vec::new();
        for ((_, id), job) in jobs.iter().filter(|((of, _), _)| of == queue) {
            due.extend(job.due().filter(|due| *due <= now).map(|due| (due, *id)));
        }
        due.sort_unstable();
        let mut taken = Vec::new();
        for (_, id) in due.into_iter().take(most) {
            let Some(job) = jobs.get_mut(&(queue.to_owned(), id)) else { continue };
            job.attempts = job.attempts.saturating_add(1);
            job.leases += 1;
            job.place = Place::Leased(deadline::after(now, lease));
            taken.push(Taken {
                queue: queue.to_owned(),
                id,
                request: job.request.clone(),
                attempt: job.attempts,
                age: now.saturating_duration_since(job.accepted),
                lease: job.leases,
            });
        }
        taken
    }

    fn end(&self, taken: &Taken, outcome: Outcome) -> Result<(), QueueError> {
        let mut jobs = self.jobs();
        let job = jobs.get_mut(&(taken.queue.clone(), taken.id));
        let is_leased = |job: &&mut Job| matches!(job.place, Place::Leased(_)) && job.leases == taken.lease;
        let job = job.filter(is_leased).ok_or_else(|| QueueError::lost(&taken.queue, taken.id))?;
        match outcome {
            Outcome::Done(answer) => job.place = Place::Done(answer),
            Outcome::Again { delay, why } => {
                job.place = Place::Waiting(deadline::after(Instant::now(), delay));
                job.why = why;
            }
            Outcome::Dead { why } => {
                job.place = Place::Dead;
                job.why = why;
            }
        }
        Ok(())
    }

    fn now_has(&self, queue: &str) -> QueueLoad {
        let now = Instant::now();
        let jobs = self.jobs();
        let open = jobs.iter().filter(|((of, _), _)| of == queue).filter_map(|(_, job)| job.due());
        open.fold(QueueLoad::default(), |load, due| QueueLoad {
            jobs: load.jobs + 1,
            late: load.late.max(now.saturating_duration_since(due)),
        })
    }

    fn next_due(&self, queue: &str) -> Option<Instant> {
        self.jobs().iter().filter(|((of, _), _)| of == queue).filter_map(|(_, job)| job.due()).min()
    }
}

impl Queue for MemoryQueue {
    fn guarantee(&self) -> Guarantee {
        Guarantee::Memory
    }

    fn put(&self, job: NewJob) -> Pending<'_, Accepted> {
        Box::pin(async move {
            let accepted = self.accept(job);
            self.came.notify_waiters();
            Ok(accepted)
        })
    }

    fn take<'a>(&'a self, queue: &'a str, most: usize, lease: Duration) -> Pending<'a, Vec<Taken>> {
        Box::pin(async move { Ok(self.lease(queue, most, lease)) })
    }

    fn settle<'a>(&'a self, taken: &'a Taken, outcome: Outcome) -> Pending<'a, ()> {
        Box::pin(async move {
            self.end(taken, outcome)?;
            self.came.notify_waiters();
            Ok(())
        })
    }

    fn state<'a>(&'a self, queue: &'a str, id: JobId) -> Pending<'a, Option<JobState>> {
        Box::pin(async move { Ok(self.jobs().get(&(queue.to_owned(), id)).map(Job::state)) })
    }

    fn dead<'a>(&'a self, queue: &'a str, after: Option<JobId>, most: usize) -> Pending<'a, Vec<JobId>> {
        Box::pin(async move {
            let jobs = self.jobs();
            let dead = jobs.iter().filter(|((of, _), job)| of == queue && matches!(job.place, Place::Dead));
            let ids = dead.map(|((_, id), _)| *id).filter(|id| after.is_none_or(|after| *id > after));
            Ok(ids.take(most).collect())
        })
    }

    fn revive<'a>(&'a self, queue: &'a str, id: JobId) -> Pending<'a, bool> {
        Box::pin(async move {
            let mut jobs = self.jobs();
            let job = jobs.get_mut(&(queue.to_owned(), id)).filter(|job| matches!(job.place, Place::Dead));
            let Some(job) = job else { return Ok(false) };
            job.attempts = 0;
            job.place = Place::Waiting(Instant::now());
            drop(jobs);
            self.came.notify_waiters();
            Ok(true)
        })
    }

    fn load<'a>(&'a self, queue: &'a str) -> Pending<'a, QueueLoad> {
        Box::pin(async move { Ok(self.now_has(queue)) })
    }

    fn changed<'a>(&'a self, queue: &'a str) -> Pending<'a, ()> {
        Box::pin(async move {
            let came = self.came.notified();
            let look = deadline::after(Instant::now(), LOOK_EVERY);
            let due = self.next_due(queue).map_or(look, |due| due.min(look));
            // Over time, or told: it looks either way.
            let _told = timeout_at(due, came).await;
            Ok(())
        })
    }
}
