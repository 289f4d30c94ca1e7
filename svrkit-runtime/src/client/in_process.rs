//! The link of a client to services in the same process: no socket, the same codec and dispatcher.

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;

use super::connection::{Connection, Link};
use super::pending::Pending;
use super::timer;
use crate::dispatch::{Call, InFlight, Responder, Router, StoppedBy};
use crate::limits::Limits;
use crate::status::{Status, from_wire, to_wire};
use crate::wire::frame::{Hello, RequestFacts};
use crate::wire::tlv::Tlv;

#[derive(Debug)]
struct InProcess {
    pending: Pending,
    in_flight: InFlight,
    router: Arc<Router>,
    limits: Limits,
}

/// A connection to the services of `router`. Must be called within a tokio runtime.
pub(super) fn open(router: Arc<Router>, limits: Limits) -> Connection {
    let link =
        Arc::new(InProcess { pending: Pending::default(), in_flight: InFlight::default(), router, limits });
    let timer = tokio::spawn(timer::run(Arc::clone(&link)));
    let server = Hello { calls_in_flight: limits.calls_in_flight, ..Hello::default() };
    Connection::new(link, server, vec![timer.abort_handle()])
}

impl Link for InProcess {
    fn pending(&self) -> &Pending {
        &self.pending
    }

    fn takes_calls(&self) -> bool {
        true
    }

    fn poll_room(&self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn send(self: Arc<Self>, call_id: u32, facts: RequestFacts, metadata: &Bytes, body: &Bytes) -> bool {
        let max = self.limits.calls_in_flight;
        // A cancelled call's handler may not have ended yet, though its slot is free again.
        if self.in_flight.begin(call_id, max).is_err() {
            self.pending.answer(call_id, Err(super::too_many_calls(max)));
            return true;
        }
        let responder = Arc::clone(&self) as Arc<dyn Responder>;
        self.router.dispatch(Call::new(call_id, facts, metadata.clone(), body.clone(), responder));
        true
    }

    fn cancel(&self, call_id: u32) {
        self.in_flight.cancel(call_id);
    }

    fn close(&self) {
        self.in_flight.stop_all(StoppedBy::Caller);
    }
}

impl Responder for InProcess {
    fn answer(&self, call_id: u32, outcome: Result<&[u8], &Status>) {
        let outcome = outcome.map(Bytes::copy_from_slice).map_err(as_told);
        self.pending.answer(call_id, outcome);
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }
}

/// The status as it would arrive over a socket.
fn as_told(status: &Status) -> Status {
    let (facts, failure) = to_wire(status);
    from_wire(&facts, &failure.encode().unwrap_or_default())
}
