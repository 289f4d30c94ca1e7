//! What travels with a call without being passed by hand: until when, how important, by which key, for whom.

mod baggage;
mod scope;
mod trace;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use self::baggage::Baggage;
pub use self::scope::{spawn, spawn_blocking};
pub use self::trace::{NotATrace, Trace};
use crate::deadline::{after, instant_after};
use crate::priority::Priority;
use crate::queue::Job;
use crate::route_key::RouteKey;
use crate::spec::Spec;
use crate::status::Status;
use crate::status::catalogue::calling;
#[cfg(feature = "tls")]
use crate::tls::PeerCertificate;
use crate::wire::frame::{Metadata, RequestFacts};

/// What a call knows of the request it is a part of.
///
/// A handler runs in the context of its call, and every request it makes takes from there what it does not say itself:
/// no call below ends later than the one above, all have its priority, its trace and its labels, and a key that chose a server
/// goes on choosing.
/// Of a stream this holds for the first answer; a oneway call, which nobody waits for, has time of its own.
/// The context follows the task, over every `.await`. Work on another task has it by [`spawn`], on the blocking pool by [`spawn_blocking`], or by
/// [`scope`](Self::scope); a request made elsewhere by [`Request::context`](crate::Request::context).
///
/// ```
/// use std::time::Duration;
/// use svrkit_runtime::{Context, Priority};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// assert_eq!(Context::current().remaining(), None, "outside of a call nothing is known");
/// let context = Context::current().timeout(Duration::from_secs(2)).with_priority(Priority::IMPORTANT);
/// context.scope(async {
///     let below = svrkit_runtime::spawn(async { Context::current() }).await.unwrap();
///     assert!(below.remaining().unwrap() <= Duration::from_secs(2));
///     assert_eq!(below.priority(), Some(Priority::IMPORTANT));
/// }).await;
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Context {
    deadline: Option<Instant>,
    priority: Option<Priority>,
    /// 0: none.
    route_hash: u32,
    caller: Option<Arc<str>>,
    identity: Option<Arc<str>>,
    #[cfg(feature = "tls")]
    certificate: Option<Arc<PeerCertificate>>,
    baggage: Option<Arc<Baggage>>,
}

impl Context {
    /// The context of a call that has arrived and is given this time; `None`: as long as it takes.
    pub(crate) fn of_call(facts: &RequestFacts, arrived: Instant, time: Option<Duration>) -> Self {
        Self {
            // Later than any clock can tell is never.
            deadline: time.and_then(|time| arrived.checked_add(time)),
            priority: Some(facts.priority),
            route_hash: facts.route_hash,
            caller: None,
            identity: None,
            #[cfg(feature = "tls")]
            certificate: None,
            baggage: None,
        }
    }

    /// The same for a caller that calls itself so.
    pub(crate) fn named(self, caller: Option<Arc<str>>) -> Self {
        Self { caller, ..self }
    }

    /// The same for a caller that has proved who it is.
    #[cfg(feature = "tls")]
    pub(crate) fn certified(self, certificate: Option<Arc<PeerCertificate>>) -> Self {
        Self { certificate, ..self }
    }

    /// Takes over what came in a call's metadata.
    ///
    /// # Errors
    ///
    /// Something of the kit's there cannot be read; what it is.
    pub(crate) fn receive(&mut self, metadata: Metadata) -> Result<(), String> {
        let baggage =
            Baggage::of(metadata).map_err(|label| format!("the label {label} is no text (UTF-8)"))?;
        self.baggage = Some(Arc::new(baggage));
        Ok(())
    }

    /// The context that this code runs in; one that says nothing outside of calls.
    #[must_use]
    pub fn current() -> Self {
        scope::current()
    }

    /// The instant at which nobody waits any more; `None`: nobody said.
    ///
    /// Of tokio's clock, which tests may stop.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The time until the deadline, zero once it is over; `None` where there is none.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// How important it is: what [`Spec::priority`] says of the method that was called first. `None`: nobody said, and each
    /// call has its own method's.
    #[must_use]
    pub fn priority(&self) -> Option<Priority> {
        self.priority
    }

    /// Hash of the key that chose the server; 0 where none did.
    #[must_use]
    pub fn route_hash(&self) -> u32 {
        self.route_hash
    }

    /// What the caller calls itself, by its word alone; `None` where it did not say, and outside of calls.
    #[must_use]
    pub fn caller(&self) -> Option<&str> {
        self.caller.as_deref()
    }

    /// Who calls, where it was found to be true. It goes no further than here. An interceptor that checks tokens says so
    /// ([`Self::with_identity`]); where none does, it is the first of the names in the certificate that the caller proved to have (TLS).
    #[must_use]
    pub fn identity(&self) -> Option<&str> {
        self.identities().next()
    }

    /// All that the caller was found to be: what an interceptor said, and that alone, or else every name of its certificate and the
    /// certificate's fingerprint.
    pub fn identities(&self) -> impl Iterator<Item = &str> {
        let said = self.identity.as_deref();
        #[cfg(feature = "tls")]
        let proved = self.certificate.iter().filter(move |_| said.is_none()).flat_map(|it| it.identities());
        #[cfg(not(feature = "tls"))]
        let proved = std::iter::empty();
        said.into_iter().chain(proved)
    }

    /// The certificate that the caller proved to have; `None`: it has none, or the connection is not over TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn certificate(&self) -> Option<&PeerCertificate> {
        self.certificate.as_deref()
    }

    /// The trace that it is a part of.
    #[must_use]
    pub fn trace(&self) -> Option<Trace> {
        self.baggage.as_ref()?.trace
    }

    /// The value of a label that somebody above has set.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&str> {
        self.baggage.as_ref()?.label(name)
    }

    /// All labels with their values, in the order they were set.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        let labels = self.baggage.as_ref().map_or(&[][..], |baggage| &baggage.labels);
        labels.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The job that this code does, where it does one of a [queue](crate::queue).
    #[must_use]
    pub fn job(&self) -> Option<&Job> {
        self.baggage.as_ref()?.job.as_deref()
    }

    /// What the caller sent beside the request under `key`. It goes no further than here.
    #[must_use]
    pub fn metadata(&self, key: &str) -> Option<&Bytes> {
        self.baggage.as_ref()?.received.value(key)
    }

    /// Gives everything within at most this time from now. A deadline that comes earlier stays.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        let deadline = instant_after(timeout);
        self.deadline = Some(self.deadline.map_or(deadline, |earlier| earlier.min(deadline)));
        self
    }

    /// Says how important it is: for code that no call began.
    #[must_use]
    pub fn with_priority(mut self, priority: Priority) -> Self {
        self.priority = Some(priority);
        self
    }

    /// Sets the key of requests that name none.
    #[must_use]
    pub fn route_key(mut self, key: &(impl RouteKey + ?Sized)) -> Self {
        self.route_hash = key.route_hash();
        self
    }

    /// Says who calls. Whoever does so has made sure of it.
    #[must_use]
    pub fn with_identity(mut self, identity: impl Into<Arc<str>>) -> Self {
        self.identity = Some(identity.into());
        self
    }

    /// Makes it a part of a trace.
    #[must_use]
    pub fn with_trace(mut self, trace: Trace) -> Self {
        self.baggage_mut().trace = Some(trace);
        self
    }

    /// Sets a label, which every call below has, at whatever depth. It takes of their `metadata.bytes` and `metadata.entries`.
    #[must_use]
    pub fn with_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.baggage_mut().set_label(name.into(), value.into());
        self
    }

    /// Says which job this code does.
    pub(crate) fn with_job(mut self, job: Arc<Job>) -> Self {
        self.baggage_mut().job = Some(job);
        self
    }

    fn baggage_mut(&mut self) -> &mut Baggage {
        Arc::make_mut(self.baggage.get_or_insert_default())
    }

    /// All that the caller sent beside the request.
    pub(crate) fn received_metadata(&self) -> Metadata {
        self.baggage.as_ref().map(|baggage| baggage.received.clone()).unwrap_or_default()
    }

    /// Adds what travels in metadata.
    pub(crate) fn add_to(&self, metadata: &mut Metadata) {
        if let Some(baggage) = &self.baggage {
            baggage.add_to(metadata);
        }
    }

    /// Adds of that what calls have in common that are made for the same.
    pub(crate) fn add_labels_to(&self, metadata: &mut Metadata) {
        if let Some(baggage) = &self.baggage {
            baggage.add_labels_to(metadata);
        }
    }

    /// Whether [`Self::add_to`] adds nothing.
    pub(crate) fn has_baggage(&self) -> bool {
        self.baggage.as_ref().is_some_and(|baggage| baggage.trace.is_some() || !baggage.labels.is_empty())
    }

    /// Runs `future` in this context.
    pub fn scope<F: Future>(self, future: F) -> impl Future<Output = F::Output> {
        scope::scope(self, future)
    }

    /// The same, ending at `deadline` at the latest.
    pub(crate) fn until(mut self, deadline: Option<Instant>) -> Self {
        self.deadline = match (self.deadline, deadline) {
            (Some(own), Some(other)) => Some(own.min(other)),
            (own, other) => own.or(other),
        };
        self
    }

    /// The same for work that nobody waits for.
    pub(crate) fn without_deadline(self) -> Self {
        Self { deadline: None, ..self }
    }

    /// The deadline of a call that begins `now` and has `time`, as whoever `from` names set it: no later than this one's, which is named then.
    ///
    /// # Errors
    ///
    /// It is over.
    pub(crate) fn limit(&self, now: Instant, time: (Duration, &'static str)) -> Result<Limited, Status> {
        let (timeout, from) = time;
        let deadline = after(now, timeout);
        let Some(earlier) = self.deadline.filter(|earlier| *earlier < deadline) else {
            return Ok(Limited { deadline, timeout, from });
        };
        let timeout = earlier.saturating_duration_since(now);
        if timeout.is_zero() {
            return Err(calling::outer_deadline_over());
        }
        Ok(Limited { deadline: earlier, timeout, from: "what is left to the call it was made for" })
    }

    /// What the header of a call of `spec` says beside its deadline.
    pub(crate) fn facts(&self, spec: &Spec) -> RequestFacts {
        RequestFacts {
            service_id: spec.service_id,
            method_id: spec.method_id,
            priority: self.priority.unwrap_or(spec.priority),
            route_hash: self.route_hash,
            ..RequestFacts::default()
        }
    }
}

/// Until when a call may take, and who says so.
pub(crate) struct Limited {
    pub(crate) deadline: Instant,
    pub(crate) timeout: Duration,
    pub(crate) from: &'static str,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("remaining", &self.remaining())
            .field("priority", &self.priority)
            .field("route_hash", &self.route_hash)
            .field("caller", &self.caller)
            .field("identity", &self.identity())
            .field("trace", &self.trace())
            .field("labels", &self.baggage.as_ref().map(|baggage| &baggage.labels))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::Wanted;
    use crate::limits::Limits;

    fn limits() -> Limits {
        Limits { deadline_max: Duration::from_secs(60), ..Limits::default() }
    }

    fn of_call(remaining_us: u32) -> Context {
        let facts = RequestFacts {
            priority: Priority { class: 64, rank: 3 },
            remaining_us,
            route_hash: 7,
            ..RequestFacts::default()
        };
        let time = Wanted::Answer.time(facts.remaining(), &limits());
        Context::of_call(&facts, Instant::now(), time).named(Some("shop".into()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_only_comes_closer() {
        let context = of_call(2_000_000);
        assert_eq!(context.remaining(), Some(Duration::from_secs(2)));
        assert_eq!(context.clone().timeout(Duration::from_secs(9)).remaining(), Some(Duration::from_secs(2)));
        assert_eq!(context.clone().timeout(Duration::from_secs(1)).remaining(), Some(Duration::from_secs(1)));
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(context.remaining(), Some(Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_gives_no_more_than_its_most() {
        assert_eq!(of_call(60_000_000).remaining(), Some(Duration::from_secs(60)));
        assert_eq!(of_call(60_000_001).remaining(), Some(Duration::from_secs(60)));
        assert_eq!(of_call(u32::MAX).remaining(), Some(Duration::from_secs(60)), "whatever its caller says");
        let of_stream = |remaining_us| {
            let facts = RequestFacts { remaining_us, ..RequestFacts::default() };
            let time = Wanted::Stream.time(facts.remaining(), &limits());
            Context::of_call(&facts, Instant::now(), time).remaining()
        };
        assert_eq!(of_stream(60_000_001), Some(Duration::from_secs(60)), "to its first answer");
        assert_eq!(of_stream(u32::MAX), None, "its time begins when all has been sent");
    }

    #[test]
    fn calls_below_have_the_priority_and_the_key_of_the_first() {
        static SPEC: Spec = Spec::new("a.B", 5, "C", 6).priority(192);
        let alone = Context::default().facts(&SPEC);
        assert_eq!((alone.service_id, alone.method_id), (5, 6));
        assert_eq!((alone.priority, alone.route_hash), (Priority::LOSSY, 0));
        let below = of_call(1).facts(&SPEC);
        assert_eq!((below.priority, below.route_hash), (Priority { class: 64, rank: 3 }, 7));
    }
}
