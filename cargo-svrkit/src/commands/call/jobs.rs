//! Jobs of queued methods: which is wanted, and where one is, in words.

use svrkit_runtime::queue::JobId;
use svrkit_runtime::queue::asking::{State, StateReply, StateRequest};

/// The metadata that has the id of a job.
pub(super) const JOB_KEY: &str = "svrkit.job";

/// What of a queued method's jobs is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted {
    /// A new one, of this id if of any.
    Accepted(Option<JobId>),
    /// Where this one is.
    Asked(JobId),
}

pub(super) fn question(method: String, job: JobId) -> StateRequest {
    StateRequest { method, job: job.to_string(), ..StateRequest::default() }
}

/// Where a job is that is not done.
pub(super) fn words(job: JobId, reply: &StateReply) -> String {
    let StateReply { attempts, why, .. } = reply;
    let said = match reply.state {
        State::Unknown => "is not known: it was never accepted, or is forgotten by now".to_owned(),
        State::Waiting if *attempts == 0 => "waits for its turn".to_owned(),
        State::Waiting => format!("waits to be tried again after {attempts} attempts: {why}"),
        State::Running => format!("is being done, by attempt {attempts}"),
        State::Done => "is done".to_owned(),
        State::Dead => format!("is a dead letter after {attempts} attempts: {why}"),
        State::Unrecognized(number) => format!("is in a state of a later version: {number}"),
    };
    format!("job {job} {said}\n")
}
