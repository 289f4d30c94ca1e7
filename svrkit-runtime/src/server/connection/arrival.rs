//! A request that has arrived: counted, or refused, and handed to the router.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Connection;
use super::whose::Attendants;
use crate::admission::{Arriving, Broken, CALMS_IN, Gate, Pass, ShutOut, Tier};
use crate::context::Context;
use crate::dispatch::{Call, Full, NotBegun, Permit, Responder, Room, Starts, Wanted, looked};
use crate::interceptor::Side;
use crate::limits::Limits;
use crate::log;
use crate::metrics::{Tally, TallyEnd};
use crate::monitor::Watch;
use crate::server::Shared;
use crate::spec::{Spec, is_kit};
use crate::status::catalogue::admitting;
use crate::status::{Retry, Status, TakeLastGood};
use crate::stream::FramedStreams;
use crate::transport::{NEUTRAL, USELESS, Worth};
use crate::wire::frame::{FLAG_IN_PARTS, FLAG_ONEWAY, FLAG_STREAM, Facts, Frame, Header, RequestFacts};

impl Connection {
    pub(super) fn request(
        self: &Arc<Self>,
        facts: RequestFacts,
        frame: Frame,
        read: Read,
        starts: Starts,
        shared: &Shared,
        attendants: &mut Attendants,
    ) -> Worth {
        let (call_id, arrived) = (frame.header.call_id, read.at);
        let facts = match &mut attendants.porter {
            Some(porter) => RequestFacts { priority: porter.priority(&facts, arrived), ..facts },
            None => facts,
        };
        let wanted = wanted(frame.header.flags);
        // Nobody wanted its body when that was announced, and there is none.
        let is_unread = frame.header.flags & FLAG_IN_PARTS != 0;
        let body_len = if is_unread { frame.header.body_len as usize } else { frame.body.len() };
        let watch = Watch::new(&shared.hooks, Side::Server, facts.ids(), body_len, || arrived);
        let tally = self.metrics.as_ref().map(|_| Tally::new(arrived, body_len));
        let time = wanted.time(facts.remaining(), &self.limits);
        let context = Context::of_call(&facts, arrived, time);
        let (room, lasts) = (Room::of(&self.limits), wanted.lasts(&context));
        let len = frame.metadata.len() + body_len;
        let is_kit = is_kit(facts.service_id);
        // While the server is calm, and for who routes and watches, there is no gate.
        let gate = self.gate.as_ref().filter(|gate| !gate.is_calm() && !is_kit && facts.remaining_us != 0);
        let begun = if is_kit {
            // Who routes and watches is told why, not refused.
            let begun = self.in_flight.begin_while_draining(call_id, len, room, lasts);
            begun.map(|stops| (stops, Pass::default())).map_err(Refused::NotBegun)
        } else {
            let call = Arriving { facts: &facts, at: arrived, is_first: read.is_first, len };
            // Of a body that has not come nothing can be said, as that it is the same as others.
            let passed = attendants.sentry.as_mut().filter(|_| !is_unread);
            let passed = passed.map_or(Ok(()), |sentry| sentry.pass(&facts, &frame.body, arrived));
            let passed = passed.map_err(Refused::Blocked);
            passed.and_then(|()| self.admit(&call, gate, wanted, shared)).and_then(|pass| {
                let stops = self.in_flight.begin(call_id, len, room, lasts).map_err(Refused::NotBegun)?;
                if is_unread {
                    // It would be taken by now.
                    self.in_flight.end(call_id);
                    return Err(Refused::ShutOut(ShutOut::ByLevel { opens_in: Duration::ZERO }));
                }
                Ok((stops, pass))
            })
        };
        let (stops, pass) = match begun {
            Ok(begun) => begun,
            Err(refused) => {
                let unbegun = Unbegun { call_id, facts, at: arrived, wanted, tally, watch, context };
                return self.refuse(refused, unbegun, shared, &mut attendants.told_last);
            }
        };
        let context = self.of_this_caller(context);
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

    /// Whether the body of a call is wanted that is announced and has not come: what would be refused now, is, and not when it is there.
    pub(super) fn wants(&self, header: &Header, shared: &Shared) -> bool {
        let Facts::Request(facts) = &header.facts else { return true };
        if is_kit(facts.service_id) {
            return true;
        }
        let priority = if self.is_believed(shared) {
            facts.priority
        } else {
            let address = self.peer.map(|peer| peer.ip());
            shared.entry.priority(facts, address, &shared.router, Instant::now())
        };
        let is_admitted = self.gate.as_ref().is_none_or(|gate| gate.would_admit(priority));
        let is_refused = self.load.may_refuse(false) && self.load.would_refuse(facts.ids());
        !is_refused
            && (is_admitted || shared.rules.has_own(facts.ids()))
            && shared.rules.would_hold(header.body_len as usize)
    }

    /// Whether a call is taken, in the order of the tests: the rules, the tier, the level, and what there is room for.
    #[inline]
    fn admit(
        &self,
        call: &Arriving<'_>,
        gate: Option<&Arc<Gate>>,
        wanted: Wanted,
        shared: &Shared,
    ) -> Result<Pass, Refused> {
        let mut pass =
            shared.rules.admit(call, |secret| self.rated_as(secret, shared)).map_err(Refused::Broken)?;
        if self.load.may_refuse(gate.is_none()) && call.facts.remaining_us != 0 {
            self.check_tier(call.facts)?;
        }
        if let Some(gate) = gate {
            let may_wait = wanted != Wanted::Stream;
            gate.admits(call.facts, call.at, pass.has_own(), may_wait).map_err(Refused::ShutOut)?;
        }
        shared.rules.make_room(&mut pass, call).map_err(Refused::Broken)?;
        Ok(pass)
    }

    /// The number that its caller is metered by.
    fn rated_as(&self, secret: &RandomState, shared: &Shared) -> u64 {
        *self.rated_as.get_or_init(|| secret.hash_one(self.told(self.is_believed(shared))))
    }

    /// Whether the method is not to be refused under this load.
    fn check_tier(&self, call: &RequestFacts) -> Result<(), Refused> {
        self.load.refuses(call.ids()).map_or(Ok(()), |(spec, tier)| Err(Refused::Tier { spec, tier }))
    }

    /// The context with what is known of its caller.
    fn of_this_caller(&self, context: Context) -> Context {
        let context = context.named(self.peer_name.get().cloned());
        #[cfg(feature = "tls")]
        let context = context.certified(self.certificate.get().cloned());
        context
    }

    /// Answers a call that has not begun, and tells who listens.
    fn refuse(&self, refused: Refused, unbegun: Unbegun, shared: &Shared, told_last: &mut ToldLast) -> Worth {
        let Unbegun { call_id, facts, at, wanted, tally, watch, context } = unbegun;
        let last_good = || shared.rules.methods().last_good(facts.ids());
        let once;
        let status = match refused {
            Refused::ShutOut(shut_out) => told_last.status(shut_out, last_good()),
            refused => {
                let status = refused.status(&self.limits);
                let is_load = status.facts().cause.is_load();
                once = status.take_last_good(is_load.then(last_good).flatten());
                &once
            }
        };
        // Of an id that is in use nothing can be said: its one answer belongs to the first.
        let is_answered =
            wanted != Wanted::Nothing && !matches!(refused, Refused::NotBegun(NotBegun::Duplicate));
        if is_answered {
            self.answer(call_id, Err(status));
        }
        let method = shared.router.method(facts.ids());
        log::refused(status, method, || at.into_std());
        if let (Some(tally), Some(metrics)) = (tally, &self.metrics) {
            let ended = TallyEnd::refused(Side::Server, status);
            metrics.refused(tally, method, &ended);
        }
        if let Some(watch) = watch {
            let context = self.of_this_caller(context);
            let caller = context.caller().unwrap_or_default();
            let when_written = watch.end(caller, &context, Some(status), 0, looked());
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
    /// When it came.
    at: Instant,
    wanted: Wanted,
    tally: Option<Tally>,
    watch: Option<Watch>,
    context: Context,
}

/// What a call was told last that was shut out: most of those that are read together are told the same, and under overload these are most calls.
#[derive(Debug, Default)]
pub(super) struct ToldLast(Option<(Shut, Status)>);

/// Why a call is shut out, and what its caller is told of last good answers.
type Shut = (ShutOut, Option<TakeLastGood>);

impl ToldLast {
    fn status(&mut self, why: ShutOut, last_good: Option<TakeLastGood>) -> &Status {
        let told = self.0.take().filter(|(last, _)| *last == (why, last_good));
        let (_, status) = self.0.insert(told.unwrap_or_else(|| ((why, last_good), why.status(last_good))));
        status
    }
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
    /// The method is refused under this load.
    Tier { spec: &'static Spec, tier: Tier },
    /// The server takes only what is more important, or has no room for it.
    ShutOut(ShutOut),
    /// The connection has no room for it.
    NotBegun(NotBegun),
}

impl Refused {
    fn status(self, limits: &Limits) -> Status {
        match self {
            Self::Blocked(left) => admitting::blocked(left.as_millis()).retry(Retry::After(left)),
            Self::Broken(broken) => broken.status(),
            Self::Tier { spec, tier } => {
                // It may fall by then, at the earliest.
                admitting::refused_by_tier(spec, tier).retry(Retry::ElsewhereOrAfter(CALMS_IN))
            }
            Self::ShutOut(shut_out) => shut_out.status(None),
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
            | Self::Tier { .. }
            | Self::ShutOut(_)
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
