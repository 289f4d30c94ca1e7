//! A request that has arrived: counted, or refused, and handed to the router.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Connection;
use crate::admission::{Arriving, Broken, Entry, Gate, Pass, Sentry, ShutOut};
use crate::context::Context;
use crate::dispatch::{Call, Full, NotBegun, Permit, Responder, Room, Starts, Wanted};
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::log;
use crate::metrics::{Tally, TallyEnd};
use crate::monitor::Watch;
use crate::priority::Priority;
use crate::server::Shared;
use crate::server::capacity::PeerNetwork;
use crate::spec::is_kit;
use crate::status::catalogue::admitting;
use crate::status::{Retry, Status};
use crate::stream::FramedStreams;
use crate::transport::{NEUTRAL, USELESS, Worth};
use crate::wire::frame::{FLAG_ONEWAY, FLAG_STREAM, Frame, RequestFacts};

impl Connection {
    pub(super) fn request(
        self: &Arc<Self>,
        facts: RequestFacts,
        frame: Frame,
        read: Read,
        starts: Starts,
        shared: &Shared,
        sentry: Option<&mut Sentry>,
    ) -> Worth {
        let (call_id, arrived) = (frame.header.call_id, read.at);
        let facts = match &shared.entry {
            Some(entry) => RequestFacts { priority: self.entered(entry, &facts, arrived, shared), ..facts },
            None => facts,
        };
        let wanted = wanted(frame.header.flags);
        let watch = Watch::new(&shared.hooks, Side::Server, facts.ids(), frame.body.len(), || arrived);
        let tally = self.metrics.as_ref().map(|_| Tally::new(arrived, frame.body.len()));
        let time = wanted.time(facts.remaining(), &self.limits);
        let context = Context::of_call(&facts, arrived, time, self.peer_name.get().cloned());
        #[cfg(feature = "tls")]
        let context = context.certified(self.certificate.get().cloned());
        let (room, lasts) = (Room::of(&self.limits), wanted.lasts(&context));
        let len = frame.metadata.len() + frame.body.len();
        let is_kit = is_kit(facts.service_id);
        // While the server is calm, and for who routes and watches, there is no gate.
        let gate = self.gate.as_ref().filter(|gate| !gate.is_calm() && !is_kit && facts.remaining_us != 0);
        let begun = if is_kit {
            // Who routes and watches is told why, not refused.
            let begun = self.in_flight.begin_while_draining(call_id, len, room, lasts);
            begun.map(|stops| (stops, Pass::default())).map_err(Refused::NotBegun)
        } else {
            let call = Arriving { facts: &facts, at: arrived, is_first: read.is_first, len };
            let passed = sentry.map_or(Ok(()), |sentry| sentry.pass(&facts, &frame.body, arrived));
            let passed = passed.map_err(Refused::Blocked);
            passed.and_then(|()| self.admit(&call, gate, shared)).and_then(|pass| {
                let begun = self.in_flight.begin(call_id, len, room, lasts);
                begun.map(|stops| (stops, pass)).map_err(Refused::NotBegun)
            })
        };
        let (stops, pass) = match begun {
            Ok(begun) => begun,
            Err(refused) => {
                let unbegun = Unbegun { call_id, facts, wanted, tally, watch, context };
                return self.refuse(refused, unbegun, shared);
            }
        };
        let responder = Arc::clone(self) as Arc<dyn Responder>;
        let mut permit =
            Permit::new(call_id, wanted, stops, starts, context.deadline(), responder, (tally, watch));
        permit.keep(pass);
        if wanted == Wanted::Stream {
            permit = permit.with_stream(FramedStreams::open(self, call_id));
        }
        if let Some(call) = Call::arrive(facts, &frame.metadata, frame.body, context, permit) {
            match gate.filter(|_| wanted != Wanted::Stream) {
                Some(gate) => gate.enter(call, facts.priority, arrived),
                None => shared.router.dispatch(call),
            }
        }
        Worth::Call
    }

    /// Whether a call is taken, in the order of the tests: the rules, the level, and what there is room for.
    #[inline]
    fn admit(&self, call: &Arriving<'_>, gate: Option<&Arc<Gate>>, shared: &Shared) -> Result<Pass, Refused> {
        let mut pass = shared.rules.admit(call, |secret| self.rated_as(secret)).map_err(Refused::Broken)?;
        if let Some(gate) = gate {
            gate.admits(call.facts, pass.has_own()).map_err(|ShutOut| Refused::ShutOut)?;
        }
        shared.rules.make_room(&mut pass, call).map_err(Refused::Broken)?;
        Ok(pass)
    }

    /// The number of the caller, as far as it is told apart: by what it has proved to be, or else by its address; what it says of itself would be anybody's choice.
    fn rated_as(&self, secret: &RandomState) -> u64 {
        *self.rated_as.get_or_init(|| {
            #[cfg(feature = "tls")]
            if let Some(name) = self.certificate.get().and_then(|it| it.identities().next()) {
                return secret.hash_one((name, 0));
            }
            secret.hash_one(self.peer.map(|peer| PeerNetwork::from(peer.ip())))
        })
    }

    /// How important a stranger's call is. Who names no user by a route key is told apart by the address.
    fn entered(&self, entry: &Entry, facts: &RequestFacts, now: Instant, shared: &Shared) -> Priority {
        let user = match facts.route_hash {
            0 => Err(self.peer.map(|peer| peer.ip())),
            key => Ok(key),
        };
        match shared.router.method(facts.ids()) {
            Some(spec) => entry.priority(facts.priority, spec, user, now),
            // It will be refused for being unknown.
            None => Priority::LOSSY,
        }
    }

    /// Answers a call that has not begun, and tells who listens.
    fn refuse(&self, refused: Refused, unbegun: Unbegun, shared: &Shared) -> Worth {
        let Unbegun { call_id, facts, wanted, tally, watch, context } = unbegun;
        let status = refused.status(&self.limits);
        // Of an id that is in use nothing can be said: its one answer belongs to the first.
        let is_answered =
            wanted != Wanted::Nothing && !matches!(refused, Refused::NotBegun(NotBegun::Duplicate));
        if is_answered {
            self.answer(call_id, Err(&status));
        }
        let method = shared.router.method(facts.ids());
        log::refused(&status, method);
        let now = Instant::now();
        if let (Some(tally), Some(metrics)) = (tally, &self.metrics) {
            let ended = TallyEnd::refused(Side::Server, now, &status);
            metrics.refused(tally, method, &ended);
        }
        if let Some(watch) = watch {
            let caller = context.caller().unwrap_or_default();
            let when_written = watch.end(caller, &context, Some(&status), 0, now);
            if is_answered && !when_written.is_empty() {
                self.outbox.when_written(when_written);
            }
        }
        refused.worth()
    }
}

/// A call that has not begun, and whom to tell.
struct Unbegun {
    call_id: u32,
    facts: RequestFacts,
    wanted: Wanted,
    tally: Option<Tally>,
    watch: Option<Watch>,
    context: Context,
}

/// The read that a request came by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    pub(super) at: Instant,
    /// Whether the request was the first frame of it.
    pub(super) is_first: bool,
}

/// Why a call is not taken.
#[derive(Clone, Copy, Debug)]
enum Refused {
    /// Its caller runs wild, and is to send no more for so long.
    Blocked(Duration),
    /// A rule forbids it.
    Broken(Broken),
    /// The server takes only what is more important.
    ShutOut,
    /// The connection has no room for it.
    NotBegun(NotBegun),
}

impl Refused {
    fn status(self, limits: &Limits) -> Status {
        match self {
            Self::Blocked(left) => admitting::blocked(left.as_millis()).retry(Retry::After(left)),
            Self::Broken(broken) => broken.status(),
            Self::ShutOut => admitting::level_shut(),
            Self::NotBegun(not_begun) => not_begun.status(limits),
        }
    }

    /// What its request was worth to the connection.
    fn worth(self) -> Worth {
        match self {
            // It was told how many it may have in flight, and sends more all the same.
            Self::NotBegun(NotBegun::Duplicate | NotBegun::Lingering | NotBegun::Full(Full::Calls)) => {
                USELESS
            }
            // It is told for how long to send none.
            Self::Blocked(_) => USELESS,
            // It was told nothing of bytes and rules, and of the level once it is asked for.
            Self::Broken(_)
            | Self::ShutOut
            | Self::NotBegun(NotBegun::Draining | NotBegun::Full(Full::Bytes)) => NEUTRAL,
        }
    }
}

fn wanted(flags: u16) -> Wanted {
    match flags & (FLAG_ONEWAY | FLAG_STREAM) {
        0 => Wanted::Answer,
        FLAG_STREAM => Wanted::Stream,
        _ => Wanted::Nothing,
    }
}
