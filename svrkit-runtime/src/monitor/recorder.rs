//! A monitor for tests: it keeps what it is told.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::{
    CallEnd, CallFacts, CallerBlocked, ClientDecision, ConnectionEnd, ConnectionFacts, Decision, Ending,
    HandlerPanic, LevelChange, Monitor, TierChange,
};
use crate::interceptor::Side;
use crate::server::Drained;
use crate::status::{Cause, Code};

/// Keeps every event it is told, in order. A clone has the same events.
///
/// ```
/// use svrkit_runtime::{Code, Event, Recorder, Server};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # static SPEC: svrkit_runtime::Spec = svrkit_runtime::Spec::new("shop.Orders", 2000, "Place", 1);
/// # #[derive(Default, Debug, svrkit_runtime::Tlv)]
/// # struct Nothing {}
/// let recorder = Recorder::default();
/// let client = Server::new().monitor(recorder.clone()).in_process().unwrap();
/// let answer = client.request::<_, Nothing>(&SPEC, &Nothing {}).await;
/// assert_eq!(answer.unwrap_err().code(), Code::Unimplemented);
/// recorder.until(|events| events.iter().any(|event| event.ended() == Some(Code::Unimplemented))).await;
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    events: Mutex<Vec<Event>>,
    more: Notify,
}

/// Something that a [`Recorder`] was told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// [`Monitor::call_began`].
    Began {
        /// Who told.
        side: Side,
        /// Full name of the method, `2000.7` where the ids are no method's.
        method: String,
    },
    /// [`Monitor::call_ended`].
    Ended {
        /// Who told.
        side: Side,
        /// Full name of the method, `2000.7` where the ids are no method's.
        method: String,
        /// How.
        code: Code,
        /// Why it was refused, where it was.
        cause: Cause,
        /// Whether it got as far as its handler, or its connection.
        started: bool,
        /// Length of the encoded request in bytes.
        request_len: usize,
        /// Length of the encoded answer in bytes.
        response_len: usize,
    },
    /// [`Monitor::handler_panicked`].
    Panicked {
        /// Full name of the method.
        method: String,
        /// What it said.
        message: String,
        /// Where.
        place: String,
    },
    /// [`Monitor::connection_opened`].
    Opened {
        /// Who told.
        side: Side,
        /// The endpoint, or the caller's name.
        peer: String,
    },
    /// [`Monitor::connection_ended`].
    ConnectionEnded {
        /// Who told.
        side: Side,
        /// The endpoint, or the caller's name.
        peer: String,
        /// How.
        ending: Ending,
    },
    /// [`Monitor::client_decided`].
    Decided {
        /// What.
        decision: Decision,
        /// Whether nothing comes of it.
        is_watched: bool,
        /// The endpoint that it is about; empty where it is about none.
        endpoint: String,
    },
    /// [`Monitor::caller_blocked`].
    Blocked {
        /// Who.
        caller: String,
        /// Full name of the method.
        method: String,
        /// Which offence it was.
        offences: u32,
        /// Whether nothing comes of it.
        is_watched: bool,
    },
    /// [`Monitor::tier_changed`].
    TierChanged(TierChange),
    /// [`Monitor::level_changed`].
    LevelChanged(LevelChange),
    /// [`Monitor::server_drained`].
    Drained(Drained),
}

impl Event {
    /// How a call ended, if this is the end of one.
    #[must_use]
    pub fn ended(&self) -> Option<Code> {
        match self {
            Self::Ended { code, .. } => Some(*code),
            _ => None,
        }
    }
}

impl Recorder {
    /// All events until now.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.lock().clone()
    }

    /// Waits until the events are as wanted, and gives them.
    pub async fn until(&self, is_wanted: impl Fn(&[Event]) -> bool) -> Vec<Event> {
        loop {
            let more = self.0.more.notified();
            let events = self.events();
            if is_wanted(&events) {
                return events;
            }
            more.await;
        }
    }

    fn keep(&self, event: Event) {
        self.lock().push(event);
        self.0.more.notify_waiters();
    }

    /// Each change under the lock is one push: a panic cannot leave it half done.
    fn lock(&self) -> MutexGuard<'_, Vec<Event>> {
        self.0.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Monitor for Recorder {
    fn call_began(&self, call: &CallFacts<'_>) {
        self.keep(Event::Began { side: call.side, method: method(call) });
    }

    fn call_ended(&self, end: &CallEnd<'_>) {
        self.keep(Event::Ended {
            side: end.call.side,
            method: method(&end.call),
            code: end.code(),
            cause: end.status.map_or(Cause::None, |status| status.facts().cause),
            started: end.stages.started.is_some(),
            request_len: end.call.request_len,
            response_len: end.response_len,
        });
    }

    fn handler_panicked(&self, panic: &HandlerPanic<'_>) {
        let (message, place) = (panic.message.to_owned(), panic.place.to_owned());
        self.keep(Event::Panicked { method: method(&panic.call), message, place });
    }

    fn connection_opened(&self, connection: &ConnectionFacts<'_>) {
        self.keep(Event::Opened { side: connection.side, peer: connection.peer.to_owned() });
    }

    fn connection_ended(&self, end: &ConnectionEnd<'_>) {
        let ConnectionFacts { side, peer } = end.connection;
        self.keep(Event::ConnectionEnded { side, peer: peer.to_owned(), ending: end.ending });
    }

    fn client_decided(&self, decided: &ClientDecision<'_>) {
        let ClientDecision { decision, is_watched, endpoint, .. } = *decided;
        self.keep(Event::Decided { decision, is_watched, endpoint: endpoint.unwrap_or_default().to_owned() });
    }

    fn caller_blocked(&self, blocked: &CallerBlocked<'_>) {
        let CallerBlocked { caller, spec, offences, is_watched, .. } = *blocked;
        self.keep(Event::Blocked {
            caller: caller.to_owned(),
            method: spec.to_string(),
            offences,
            is_watched,
        });
    }

    fn tier_changed(&self, change: &TierChange) {
        self.keep(Event::TierChanged(*change));
    }

    fn level_changed(&self, change: &LevelChange) {
        self.keep(Event::LevelChanged(*change));
    }

    fn server_drained(&self, drained: &Drained) {
        self.keep(Event::Drained(*drained));
    }
}

fn method(call: &CallFacts<'_>) -> String {
    match call.spec {
        Some(spec) => spec.to_string(),
        None => fmt::format(format_args!("{}.{}", call.service_id, call.method_id)),
    }
}
