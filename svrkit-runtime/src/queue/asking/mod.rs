//! Asking where jobs are: `svrkit.queue.Jobs`, service id 4, in every server that has queued methods.
//!
//! Generated clients ask by it. Without generated code [`JobsClient`] does, and the answer of a job is bytes.

// What the generator writes for schemas/queue.xml.
#[path = "messages.rs"]
#[rustfmt::skip]
mod generated;

use std::sync::Arc;

pub(crate) use self::generated::svrkit::queue as messages;
use self::messages::JobsServer;
pub use self::messages::{JOBS, JOBS_STATE, JobsClient, State, StateReply, StateRequest, Ticket};
use super::Queue;
use super::job::{JobId, JobState};
use super::serving::Queues;
use crate::dispatch::Service;
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::queueing;

/// The method by which jobs are asked for.
pub(crate) const STATE: &Spec = &JOBS_STATE;

/// The service of a server with these queues.
pub(super) fn served(engine: Arc<dyn Queue>, queues: Queues) -> Arc<dyn Service> {
    Arc::new(JobsServer::new(Served { engine, queues }))
}

struct Served {
    engine: Arc<dyn Queue>,
    queues: Queues,
}

impl messages::Jobs for Served {
    async fn state(&self, request: StateRequest) -> Result<StateReply, Status> {
        let names = || self.queues.methods().iter().map(|method| method.spec.to_string());
        let method = self.queues.methods().iter().zip(names()).find(|(_, name)| *name == request.method);
        let Some((method, _)) = method else {
            let queued: Vec<String> = names().collect();
            return Err(queueing::job_method_unknown(request.method, queued.join(", ")));
        };
        let id = request.job.parse().map_err(|_| queueing::job_id_unreadable())?;
        Ok(reply(self.engine.state(method.queue.name, id).await?))
    }
}

/// The question for a job of this method.
pub(crate) fn question(method: &Spec, job: JobId) -> StateRequest {
    StateRequest { method: method.to_string(), job: job.to_string(), ..StateRequest::default() }
}

fn reply(state: Option<JobState>) -> StateReply {
    let none = StateReply::default();
    match state {
        None => none,
        Some(JobState::Waiting { attempts, why }) => {
            StateReply { state: State::Waiting, attempts, why, ..none }
        }
        Some(JobState::Running { attempts }) => StateReply { state: State::Running, attempts, ..none },
        Some(JobState::Done { answer }) => StateReply { state: State::Done, answer, ..none },
        Some(JobState::Dead { attempts, why }) => StateReply { state: State::Dead, attempts, why, ..none },
    }
}

/// What a reply says. A state of a later version is that of a job which has not ended.
pub(crate) fn state_of_reply(reply: StateReply) -> Option<JobState> {
    let StateReply { state, attempts, why, answer, .. } = reply;
    match state {
        State::Unknown => None,
        State::Waiting => Some(JobState::Waiting { attempts, why }),
        State::Running | State::Unrecognized(_) => Some(JobState::Running { attempts }),
        State::Done => Some(JobState::Done { answer }),
        State::Dead => Some(JobState::Dead { attempts, why }),
    }
}
