//! One attempt of a caller, from its arrival to its answer.
//!
//! This file is what has arrived; [`handling`] gives it a handler, [`serving`] runs that one.

mod handling;
mod serving;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::permit::Permit;
use crate::admission::{Method, Slot};
use crate::context::Context;
use crate::interceptor::Chain;
use crate::spec::{ServiceSpec, Spec};
use crate::status::Status;
use crate::status::catalogue::admitting;
use crate::wire::frame::{Metadata, RequestFacts};
use crate::wire::tlv::Records;

/// A call that has arrived and is counted: its ids, its context and the encoded request.
///
/// It is answered exactly once: by [`Call::handle`], by a refusal, or, if it is dropped unanswered, by INTERNAL.
#[must_use = "a call that is dropped is answered with INTERNAL"]
pub struct Call {
    facts: RequestFacts,
    body: Bytes,
    /// What its handler will run in.
    context: Context,
    permit: Permit,
    /// What its handler stands behind. `None`: nothing.
    interceptors: Option<Arc<Chain>>,
}

impl Call {
    /// A call that came with `metadata`. `None`: that cannot be read, and the call has been answered.
    #[inline]
    pub(crate) fn arrive(
        facts: RequestFacts,
        metadata: &Bytes,
        body: Bytes,
        mut context: Context,
        mut permit: Permit,
    ) -> Option<Self> {
        if !permit.keeps_deadline() {
            // It was that of its start, or of its first answer: what its handler calls after that must not end with it.
            context = context.without_deadline();
        }
        let read = match metadata.is_empty() {
            true => Ok(()),
            false => receive(&mut context, metadata, permit.limits().metadata_entries),
        };
        permit.arrived(&context);
        if let Err(refused) = read {
            permit.answer(Err(&refused));
            return None;
        }
        Some(Self { facts, body, context, permit, interceptors: None })
    }

    /// Has it pass `interceptors`.
    pub(super) fn pass(&mut self, interceptors: &Arc<Chain>) {
        if !interceptors.is_empty() {
            self.interceptors = Some(Arc::clone(interceptors));
        }
    }

    /// Gives its handler a place among those under way.
    pub(crate) fn in_slot(mut self, slot: Slot) -> Self {
        self.permit = self.permit.in_slot(slot);
        self
    }

    /// Its method, where that has a bulkhead.
    pub(crate) fn method(&self) -> Option<&Arc<Method>> {
        self.permit.pass().method()
    }

    /// Whether its method has a place of its own left among the handlers.
    pub(crate) fn has_own_place(&self) -> bool {
        self.permit.pass().has_own()
    }

    /// Whether its caller, or a deadline, has given it up.
    pub(crate) fn is_given_up(&self) -> bool {
        self.permit.is_given_up()
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
        &self.context
    }

    /// Whether the second handler of its method is to answer it, as the server's load is what `degraded-from` says of it or worse: the schema's, or what the
    /// method is held to since ([`MethodRules`](crate::MethodRules)). Its answer is marked as degraded then.
    #[must_use]
    #[inline]
    pub fn is_degraded(&mut self, spec: &'static Spec) -> bool {
        self.permit.degrade(spec)
    }

    /// Answers UNIMPLEMENTED: the service has no method of this id.
    pub fn refuse_unknown_method(self, service: &ServiceSpec) {
        let methods: Vec<String> =
            service.methods.iter().map(|method| format!("{} {}", method.method_id, method.method)).collect();
        let status = admitting::method_unknown(service.name, self.facts.method_id, list(&methods));
        self.refuse(&status);
    }

    /// The same before its method has been looked for, which is this one.
    pub(crate) fn refuse_of(mut self, spec: Option<&'static Spec>, status: &Status) {
        if let Some(spec) = spec {
            self.permit.begin(spec);
        }
        self.refuse(status);
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
            .field("context", &self.context)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Reads what came beside a request, at most `entries_max` entries of it.
#[cold]
fn receive(context: &mut Context, metadata: &Bytes, entries_max: usize) -> Result<(), Status> {
    // Counted before any is read: two bytes of them here are a hundred there. In fewer there cannot be too many.
    if metadata.len() > entries_max.saturating_mul(2) {
        let entries = Records::new(metadata).flatten().filter(|record| record.tag == 1).count();
        if entries > entries_max {
            return Err(admitting::metadata_entries_over_servers_limit(entries, entries_max));
        }
    }
    let metadata = Metadata::read(metadata).map_err(admitting::metadata_unreadable)?;
    context.receive(metadata).map_err(admitting::metadata_unreadable)
}

/// `a, b and c`, or `nothing`.
pub(super) fn list(words: &[String]) -> String {
    match words {
        [] => "nothing".into(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
