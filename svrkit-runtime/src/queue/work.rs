//! From a job to its method's handler.

use std::fmt;
use std::pin::Pin;

use bytes::Bytes;

use super::workers::JobError;
use crate::context::Context;
use crate::dispatch::on_blocking_pool;
use crate::limits::Limits;
use crate::spec::{ServiceSpec, Spec};
use crate::status::{Retry, Status, as_told};
use crate::wire::tlv::{Tlv, Violations};

/// A job that has to find its method. Generated services do so.
#[derive(Debug)]
#[must_use = "a job that is dropped is not done"]
pub struct Work {
    pub(super) method_id: u16,
    pub(super) request: Bytes,
    pub(super) limits: Limits,
}

/// What comes of a job.
pub type Worked = Pin<Box<dyn Future<Output = Result<Bytes, JobError>> + Send>>;

impl Work {
    /// The method that it is of.
    #[must_use]
    pub fn method_id(&self) -> u16 {
        self.method_id
    }

    /// Has `handler` do it.
    pub fn run<Req, Resp, F, Fut>(self, spec: &'static Spec, handler: F) -> Worked
    where
        Req: Tlv,
        Resp: Tlv,
        F: FnOnce(Req) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Resp, Status>> + Send + 'static,
    {
        Box::pin(async move {
            let request = self.read()?;
            let context = Context::current().with_priority(spec.priority);
            let answer = context.scope(handler(request)).await.map_err(|status| failed(spec, status))?;
            encode(&answer)
        })
    }

    /// The same for one that computes for long, or blocks its thread: on tokio's blocking pool.
    pub fn run_blocking<Req, Resp, F, Fut>(self, spec: &'static Spec, handler: F) -> Worked
    where
        Req: Tlv,
        Resp: Tlv,
        F: FnOnce(Req) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Resp, Status>> + Send + 'static,
    {
        let worked = self.run(spec, handler);
        Box::pin(async move {
            let (done, ended) = tokio::sync::oneshot::channel();
            on_blocking_pool(async move {
                // Who would take it is gone: the attempt was given up.
                let _taken = done.send(worked.await);
            })
            .await;
            // It panicked otherwise, and its thread has said so.
            ended.await.unwrap_or_else(|_| Err(JobError::again("its handler panicked")))
        })
    }

    /// Says that the service has no such method, or that it is not queued.
    pub fn refuse(self, service: &ServiceSpec) -> Worked {
        let why = format!("{} does no jobs of a method {}", service.name, self.method_id);
        Box::pin(async move { Err(JobError::dead(why)) })
    }

    /// What cannot be read, or breaks its constraints, does so at each attempt. A job that was accepted by an older schema may.
    fn read<R: Tlv>(&self) -> Result<R, JobError> {
        let request = R::decode_shared(&self.request, &self.limits.of_decoding());
        let request =
            request.map_err(|error| JobError::dead(format_args!("its request cannot be read: {error}")))?;
        let violations = Violations::of(&request);
        if violations.is_empty() { Ok(request) } else { Err(JobError::dead(violations)) }
    }
}

fn encode(answer: &impl Tlv) -> Result<Bytes, JobError> {
    let encoded = answer
        .encode()
        .map_err(|error| JobError::dead(format_args!("its answer cannot be kept: {error}")))?;
    Ok(encoded.into())
}

/// By the advice that a status has: never again, not before a time, or as the back-off says. Callers are told of it what they would be told of a call.
fn failed(spec: &'static Spec, status: Status) -> JobError {
    let told = as_told(&status);
    let why = Why { spec, status: &told };
    let error = match status.facts().retry {
        Retry::Never => JobError::dead(why),
        Retry::After(wait) | Retry::ElsewhereOrAfter(wait) => JobError::again(why).not_before(wait),
        Retry::Unknown | Retry::Elsewhere => JobError::again(why),
    };
    match status.private_error() {
        Some(private) => error.because(crate::status::story(private)),
        None => error,
    }
}

struct Why<'a> {
    spec: &'static Spec,
    status: &'a Status,
}

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { spec, status } = self;
        write!(f, "{}: {} ({})", status.code(), status.message(), spec.method)
    }
}
