//! One attempt of a caller, from its arrival to its answer.
//!
//! This file is what has arrived; [`handling`] gives it a handler, [`serving`] runs that one.

mod handling;
mod serving;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::permit::Permit;
use crate::context::Context;
use crate::interceptor::Chain;
use crate::spec::ServiceSpec;
use crate::status::Status;
use crate::status::catalogue::admitting;
use crate::wire::frame::{Metadata, RequestFacts};

/// A call that has arrived and is counted: its ids, its context and the encoded request.
///
/// It is answered exactly once: by [`Call::handle`], by a refusal, or, if it is dropped unanswered, by INTERNAL.
#[must_use = "a call that is dropped is answered with INTERNAL"]
pub struct Call {
    facts: RequestFacts,
    metadata: Bytes,
    body: Bytes,
    permit: Permit,
    /// What its handler stands behind. `None`: nothing.
    interceptors: Option<Arc<Chain>>,
}

impl Call {
    pub(crate) fn new(facts: RequestFacts, metadata: Bytes, body: Bytes, permit: Permit) -> Self {
        Self { facts, metadata, body, permit, interceptors: None }
    }

    /// Has it pass `interceptors`.
    pub(super) fn through(mut self, interceptors: &Arc<Chain>) -> Self {
        if !interceptors.is_empty() {
            self.interceptors = Some(Arc::clone(interceptors));
        }
        self
    }

    /// Reads what came beside the request. `None`: it cannot be read, and the call has been answered.
    pub(super) fn with_metadata(mut self) -> Option<Self> {
        if self.metadata.is_empty() {
            return Some(self);
        }
        match self.receive_metadata() {
            Ok(()) => Some(self),
            Err(refused) => {
                self.refuse(&refused);
                None
            }
        }
    }

    #[cold]
    fn receive_metadata(&mut self) -> Result<(), Status> {
        let metadata = Metadata::read(&self.metadata).map_err(admitting::metadata_unreadable)?;
        let (len, max) = (metadata.entries.len(), self.permit.limits().metadata_entries);
        if len > max {
            return Err(admitting::metadata_entries_over_servers_limit(len, max));
        }
        self.permit.context_mut().receive(metadata).map_err(admitting::metadata_unreadable)
    }

    /// The service called.
    #[must_use]
    pub fn service_id(&self) -> u32 {
        self.facts.service_id
    }

    /// The method called.
    #[must_use]
    pub fn method_id(&self) -> u16 {
        self.facts.method_id
    }

    /// What its handler will run in, with what came in its metadata.
    #[must_use]
    pub fn context(&self) -> &Context {
        self.permit.context()
    }

    /// Answers UNIMPLEMENTED: the service has no method of this id.
    pub fn refuse_unknown_method(self, service: &ServiceSpec) {
        let methods: Vec<String> =
            service.methods.iter().map(|method| format!("{} {}", method.method_id, method.method)).collect();
        let status = admitting::method_unknown(service.name, self.facts.method_id, list(&methods));
        self.refuse(&status);
    }

    /// Answers with `status` without a handler.
    pub fn refuse(self, status: &Status) {
        self.permit.answer(Err(status));
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("permit", &self.permit)
            .field("facts", &self.facts)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// `a, b and c`, or `nothing`.
pub(super) fn list(words: &[String]) -> String {
    match words {
        [] => "nothing".into(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
