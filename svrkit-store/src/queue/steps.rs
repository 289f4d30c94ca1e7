//! What each step of a job's way changes, as batches.

use std::collections::HashMap;
use std::time::Duration;

use svrkit_runtime::Bytes;
use svrkit_runtime::queue::{NewJob, Outcome, Taken};

use super::millis;
use super::record::{DEAD, DONE, DUE, JOBS, JobRecord, Mark, Place, id_of, number_of};
use crate::batch::Batch;
use crate::error::StoreError;
use crate::store::{Store, Versioned};

/// Jobs are counted so many at a time.
const COUNTED_AT_ONCE: usize = 10_000;

pub(super) fn is_leased(job: &Versioned<JobRecord>, taken: &Taken) -> bool {
    job.record.place == Place::Leased && job.version == taken.lease
}

pub(super) fn is_dead(job: &JobRecord) -> bool {
    job.place == Place::Dead
}

/// How many jobs are not ended, by queue.
pub(super) async fn count_open(store: &Store) -> Result<HashMap<String, usize>, StoreError> {
    let mut open = HashMap::new();
    let mut from = (String::new(), 0, 0);
    loop {
        let due = store.scan(&DUE, from.clone().., COUNTED_AT_ONCE).await?;
        let Some((last, _)) = due.last() else { return Ok(open) };
        from = after(last);
        for ((queue, ..), _) in due {
            *open.entry(queue).or_default() += 1;
        }
    }
}

/// The first key behind this one.
fn after((queue, due, id): &(String, u64, u128)) -> (String, u64, u128) {
    match (id.checked_add(1), due.checked_add(1)) {
        (Some(id), _) => (queue.clone(), *due, id),
        (None, Some(due)) => (queue.clone(), due, 0),
        (None, None) => (format!("{queue}\0"), 0, 0),
    }
}

pub(super) fn accept(batch: Batch, job: NewJob, now: u64) -> Batch {
    let NewJob { queue, id, request, delay } = job;
    let (id, time_ms) = (number_of(id), now.saturating_add(millis(delay)));
    let record = JobRecord { request, time_ms, accepted_ms: now, ..JobRecord::default() };
    batch.put_new(&JOBS, &(queue.clone(), id), &record).put(&DUE, &(queue, time_ms, id), &Mark {})
}

/// Takes the job of this place among those that are due. `None`: somebody else was first.
pub(super) async fn lease(
    store: &Store,
    due: (String, u64, u128),
    (now, until): (u64, u64),
) -> Result<Option<Taken>, StoreError> {
    let (queue, time_ms, id) = due.clone();
    let key = (queue.clone(), id);
    let Some(job) = store.get(&JOBS, &key).await?.filter(|job| job.record.time_ms == time_ms) else {
        return Ok(None);
    };
    let attempts = job.record.attempts.saturating_add(1);
    let record = JobRecord { attempts, place: Place::Leased, time_ms: until, ..job.record };
    let batch = Batch::new().put_if(&JOBS, &key, job.version, &record).delete(&DUE, &due).put(
        &DUE,
        &(queue.clone(), until, id),
        &Mark {},
    );
    match store.commit(batch).await {
        Ok(lease) => {
            let age = Duration::from_millis(now.saturating_sub(record.accepted_ms));
            Ok(Some(Taken { queue, id: id_of(id), request: record.request, attempt: attempts, age, lease }))
        }
        Err(StoreError::Conflict(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Ends an attempt at a job that is leased.
pub(super) fn end(
    batch: Batch,
    taken: &Taken,
    job: Versioned<JobRecord>,
    outcome: Outcome,
    now: u64,
) -> Batch {
    let (queue, id) = (taken.queue.clone(), number_of(taken.id));
    let key = (queue.clone(), id);
    let batch = batch.delete(&DUE, &(queue.clone(), job.record.time_ms, id));
    let (version, record) = (job.version, job.record);
    match outcome {
        Outcome::Done(answer) => {
            let record = JobRecord {
                request: Bytes::new(),
                place: Place::Done,
                time_ms: now,
                answer,
                why: String::new(),
                ..record
            };
            batch.put_if(&JOBS, &key, version, &record).put(&DONE, &(now, queue, id), &Mark {})
        }
        Outcome::Again { delay, why } => {
            let time_ms = now.saturating_add(millis(delay));
            let record = JobRecord { place: Place::Waiting, time_ms, why, ..record };
            batch.put_if(&JOBS, &key, version, &record).put(&DUE, &(queue, time_ms, id), &Mark {})
        }
        Outcome::Dead { why } => {
            let record = JobRecord { place: Place::Dead, time_ms: now, why, ..record };
            batch.put_if(&JOBS, &key, version, &record).put(&DEAD, &key, &Mark {})
        }
    }
}

/// Has a dead letter be tried again.
pub(super) fn revive(key: (String, u128), job: Versioned<JobRecord>, now: u64) -> Batch {
    let record = JobRecord { attempts: 0, place: Place::Waiting, time_ms: now, ..job.record };
    let due = (key.0.clone(), now, key.1);
    Batch::new().put_if(&JOBS, &key, job.version, &record).delete(&DEAD, &key).put(&DUE, &due, &Mark {})
}
