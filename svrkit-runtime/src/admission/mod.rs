//! Which calls a server takes, and what becomes of the others.
//!
//! [`Door`] decides: a pure value, told the time and what happens, made of a [`queue`] that is bounded by time and pushes out the least important, the
//! [`capacity`] it is bounded by, the [`level`] that [`overload`] sets, the [`limit`] of handlers under way and the [`tier`] that people are told.
//! Before it [`Rules`] ask what does not depend on how much there is to do. [`Porter`] says how important a stranger's calls are. [`Gate`] enforces what it decides: it has the calls and the handlers, and a [`Slot`] for each of these. What it costs while nothing waits is in
//! [`gate`].

mod capacity;
mod demand;
mod door;
mod entry;
mod gate;
mod level;
mod limit;
mod load;
mod overload;
mod queue;
mod rules;
mod seen;
#[cfg(test)]
mod simulation;
mod slot;
mod stillness;
mod tier;
mod wild;

pub(crate) use door::Bounds;
pub(crate) use entry::{Entry, Porter};
pub(crate) use gate::{Gate, ShutOut};
pub(crate) use load::LoadOfRun;
pub use load::{HeldTier, Load};
pub(crate) use rules::{Arriving, Broken, Longest, Pass, Rules, RulesSeen, Seen as HandlerSeen, keys};
pub(crate) use rules::{
    CALLER_RATE, DEGRADED_FROM, HANDLERS_MAX, LAST_GOOD, LAST_GOOD_MAX, Method, MethodSeen, RATE,
    REFUSED_FROM, RESERVE, RUNNING_MAX, TIERS,
};
pub use rules::{MethodRules, NotHeld, ServerProtection, ServerRules, UnknownMethod};
pub(crate) use seen::Seen;
pub(crate) use slot::{End, Slot};
pub(crate) use tier::CALMS_IN;
pub use tier::{NotATier, Tier};
pub(crate) use wild::{BlockSeen, Sentry, Told, Wild};
