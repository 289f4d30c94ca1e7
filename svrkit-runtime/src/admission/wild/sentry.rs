//! Who stands at a connection: picks the calls that are looked at, and keeps out those that are blocked.
//!
//! A call that is not picked costs a load of a number that changes with blocks alone, and a subtraction here.

use std::hash::{BuildHasher, Hash};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::blocks::Lasting;
use super::sampling::skipped;
use super::{Caller, Habit, Who, Wild};
use crate::random;
use crate::wire::frame::RequestFacts;

/// So many bytes at the beginning of a request and as many at its end tell it from others, with its length.
const TOLD_APART_BY: usize = 2 << 10;

/// The sentry of one connection.
#[derive(Debug)]
pub(crate) struct Sentry {
    wild: Arc<Wild>,
    caller: Caller,
    /// As of which change the blocks of the caller are known.
    change: u32,
    blocks: Vec<Lasting>,
    /// Calls that are not looked at before the next one that is.
    skipped: u32,
    /// How many calls that one stands for.
    weight: u32,
}

impl Sentry {
    pub(crate) fn new(wild: &Arc<Wild>, caller: Caller) -> Self {
        let mut sentry =
            Self { wild: Arc::clone(wild), caller, change: 0, blocks: Vec::new(), skipped: 0, weight: 1 };
        sentry.draw();
        sentry
    }

    /// Lets a call pass that came at `now`; else it is blocked for so long.
    #[inline]
    pub(crate) fn pass(&mut self, call: &RequestFacts, request: &[u8], now: Instant) -> Result<(), Duration> {
        let change = self.wild.change();
        if change != self.change {
            self.learn(change, now);
        }
        if !self.blocks.is_empty()
            && let Some(left) = self.left_of(call, now)
        {
            return if self.wild.spares(call.ids()) { Ok(()) } else { Err(left) };
        }
        match self.skipped.checked_sub(1) {
            Some(skipped) => self.skipped = skipped,
            None => self.look_at(call, request, now),
        }
        Ok(())
    }

    #[cold]
    fn learn(&mut self, change: u32, now: Instant) {
        (self.change, self.blocks) = (change, self.wild.blocks_of(&self.caller, now));
    }

    /// How long it is blocked, if it is.
    #[cold]
    fn left_of(&mut self, call: &RequestFacts, now: Instant) -> Option<Duration> {
        self.blocks.retain(|block| now < block.until);
        let habit = self.habit(call);
        let block = self.blocks.iter().find(|block| block.habit == habit)?;
        Some(block.until.saturating_duration_since(now))
    }

    fn habit(&self, call: &RequestFacts) -> Habit {
        let user = if self.caller.has_users { call.route_hash } else { 0 };
        Habit { who: Who { caller: self.caller.id, user }, ids: call.ids() }
    }

    fn look_at(&mut self, call: &RequestFacts, request: &[u8], now: Instant) {
        self.wild.note(self.habit(call), &self.caller.name, request, self.weight, now);
        self.draw();
    }

    fn draw(&mut self) {
        self.weight = self.wild.one_in();
        self.skipped = skipped(self.weight, random::next());
    }
}

/// What tells a request from others.
pub(super) fn hash_of(request: &[u8], secret: &impl BuildHasher) -> u64 {
    struct Ends<'a>(&'a [u8]);

    impl Hash for Ends<'_> {
        fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
            let Self(request) = self;
            let long = request.len() > 2 * TOLD_APART_BY;
            state.write_usize(request.len());
            match (long, request.first_chunk::<TOLD_APART_BY>(), request.last_chunk::<TOLD_APART_BY>()) {
                (true, Some(first), Some(last)) => {
                    state.write(first);
                    state.write(last);
                }
                _ => state.write(request),
            }
        }
    }

    secret.hash_one(Ends(request))
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use super::*;

    #[test]
    fn requests_are_told_apart_by_their_ends_and_lengths() {
        let secret = RandomState::new();
        let of = |request: &[u8]| hash_of(request, &secret);
        assert_eq!(of(b"abc"), of(b"abc"));
        assert_ne!(of(b"abc"), of(b"abd"));
        assert_ne!(of(b""), of(b"\0"));
        let long = vec![7; 10_000];
        for (at, is_same) in
            [(0, false), (2047, false), (2048, true), (7951, true), (7952, false), (9999, false)]
        {
            let mut other = long.clone();
            other[at] = 8;
            assert_eq!(of(&other) == of(&long), is_same, "at {at}");
        }
        assert_ne!(of(&long[1..]), of(&long));
        // As long as both ends together: all of it.
        let mut whole = vec![7; 2 * TOLD_APART_BY];
        let before = of(&whole);
        whole[TOLD_APART_BY] = 8;
        assert_ne!(of(&whole), before);
    }
}
