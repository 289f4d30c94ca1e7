//! For how long who ran wild is blocked: `wild.block.min` at first, twice as long with each further offence, up to `wild.block.max`. Offences are forgotten
//! `wild.forget` after the last block was over, or when somebody pardons. Pure: it is told the time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Habit;
use super::detector::Found;
use crate::deadline;
use crate::limits::Limits;

/// How long blocks are, and how many are known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub(super) min: Duration,
    pub(super) max: Duration,
    pub(super) forget: Duration,
    /// Habits whose blocks and offences are known, at most (`wild.blocks`).
    pub(super) known: usize,
}

/// Whose calls of which method are blocked, or were.
#[derive(Debug)]
pub(super) struct Blocks {
    terms: Terms,
    offenders: HashMap<Habit, Offender>,
    /// How many blocks there were.
    count: u64,
}

#[derive(Clone, Debug)]
struct Offender {
    /// The number of its last block.
    number: u64,
    name: Arc<str>,
    offences: u32,
    began: Instant,
    until: Instant,
    rate: f64,
    norm: f64,
}

/// A block that lasts, as the connections of its caller know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lasting {
    pub(super) habit: Habit,
    pub(super) until: Instant,
}

/// A block as people see it.
#[derive(Clone, Debug)]
pub(crate) struct BlockSeen {
    /// By which it is pardoned.
    pub(crate) number: u64,
    /// Who that is.
    pub(crate) caller: Arc<str>,
    /// The hash of its user's route key; 0: all of its calls.
    pub(crate) user: u32,
    /// The ids of the service and the method.
    pub(crate) ids: (u32, u16),
    /// Offences that are remembered.
    pub(crate) offences: u32,
    /// How long ago it began.
    pub(crate) age: Duration,
    /// How long it lasts; nothing: it is over, and only remembered.
    pub(crate) left: Duration,
    /// How often in a second the same request came, and how often most others called.
    pub(crate) rate: f64,
    pub(crate) norm: f64,
}

impl Terms {
    pub(super) fn of(limits: &Limits) -> Self {
        Self {
            min: limits.wild_block_min,
            max: limits.wild_block_max,
            forget: limits.wild_forget,
            known: limits.wild_blocks,
        }
    }

    /// How long the block of the `offences`th offence is.
    fn sentence(&self, offences: u32) -> Duration {
        self.min.saturating_mul(1 << offences.saturating_sub(1).min(31)).min(self.max)
    }
}

impl Offender {
    fn is_forgotten(&self, now: Instant, forget: Duration) -> bool {
        self.until <= now && now.duration_since(self.until) >= forget
    }

    fn seen(&self, habit: Habit, now: Instant) -> BlockSeen {
        BlockSeen {
            number: self.number,
            caller: Arc::clone(&self.name),
            user: habit.who.user,
            ids: habit.ids,
            offences: self.offences,
            age: now.saturating_duration_since(self.began),
            left: self.until.saturating_duration_since(now),
            rate: self.rate,
            norm: self.norm,
        }
    }
}

impl Blocks {
    pub(super) fn new(terms: Terms) -> Self {
        Self { terms, offenders: HashMap::new(), count: 0 }
    }

    /// Blocks whoever was found. `None`: as many are blocked as are to be known.
    pub(super) fn block(&mut self, now: Instant, found: Found) -> Option<BlockSeen> {
        let forget = self.terms.forget;
        self.offenders.retain(|_, offender| !offender.is_forgotten(now, forget));
        let offences = self.offenders.get(&found.habit).map_or(1, |known| known.offences.saturating_add(1));
        if offences == 1 && self.offenders.len() >= self.terms.known {
            // Who is blocked no more is forgotten sooner than that somebody is not blocked.
            let first = self.offenders.iter().min_by_key(|(_, offender)| offender.until);
            let (first, _) = first.filter(|(_, offender)| offender.until <= now)?;
            let first = *first;
            self.offenders.remove(&first);
        }
        self.count += 1;
        let offender = Offender {
            number: self.count,
            name: found.name,
            offences,
            began: now,
            until: deadline::after(now, self.terms.sentence(offences)),
            rate: found.rate,
            norm: found.norm,
        };
        let seen = offender.seen(found.habit, now);
        self.offenders.insert(found.habit, offender);
        Some(seen)
    }

    /// The blocks of a caller that last.
    pub(super) fn of(&self, caller: u64, now: Instant) -> Vec<Lasting> {
        let of_caller = self.offenders.iter().filter(|(habit, _)| habit.who.caller == caller);
        let lasting = of_caller.map(|(habit, offender)| Lasting { habit: *habit, until: offender.until });
        lasting.filter(|block| now < block.until).collect()
    }

    /// Ends a block, and forgets all offences of whoever had it.
    pub(super) fn pardon(&mut self, number: u64, now: Instant) -> Option<BlockSeen> {
        let (habit, _) = self.offenders.iter().find(|(_, offender)| offender.number == number)?;
        let habit = *habit;
        self.offenders.remove(&habit).map(|offender| offender.seen(habit, now))
    }

    /// All that are remembered, the last first.
    pub(super) fn seen(&self, now: Instant) -> Vec<BlockSeen> {
        let known = self.offenders.iter();
        let known = known.filter(|(_, offender)| !offender.is_forgotten(now, self.terms.forget));
        let mut seen: Vec<_> = known.map(|(habit, offender)| offender.seen(*habit, now)).collect();
        seen.sort_unstable_by_key(|block| std::cmp::Reverse(block.number));
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::wild::Who;

    const SECOND: Duration = Duration::from_secs(1);
    const TERMS: Terms = Terms {
        min: Duration::from_secs(10),
        max: Duration::from_secs(60),
        forget: Duration::from_secs(100),
        known: 3,
    };

    fn habit(caller: u64) -> Habit {
        Habit { who: Who { caller, user: 0 }, ids: (4000, 1) }
    }

    fn found(caller: u64) -> Found {
        Found { habit: habit(caller), name: Arc::from("somebody"), rate: 500.0, norm: 2.0 }
    }

    #[test]
    fn a_block_doubles_with_each_offence_up_to_the_longest_and_offences_are_forgotten() {
        let mut now = Instant::now();
        let mut blocks = Blocks::new(TERMS);
        for (rest, offences, seconds) in
            [(0, 1, 10), (0, 2, 20), (99, 3, 40), (0, 4, 60), (0, 5, 60), (100, 1, 10), (0, 2, 20)]
        {
            now += SECOND * rest;
            let seen = blocks.block(now, found(7)).unwrap();
            assert_eq!(
                (seen.offences, seen.left),
                (offences, SECOND * seconds),
                "{rest} s after the last was over"
            );
            now = now + seen.left - SECOND;
            assert_eq!(blocks.of(7, now).len(), 1);
            now += SECOND;
            assert_eq!(blocks.of(7, now), []);
        }
        assert_eq!((blocks.seen(now).len(), blocks.seen(now)[0].left), (1, Duration::ZERO));
        assert_eq!(blocks.seen(now + SECOND * 100).len(), 0);
        assert_eq!(TERMS.sentence(u32::MAX), TERMS.max);
    }

    #[test]
    fn who_is_pardoned_has_never_been_blocked() {
        let now = Instant::now();
        let mut blocks = Blocks::new(TERMS);
        blocks.block(now, found(1)).unwrap();
        let again = blocks.block(now + SECOND * 10, found(1)).unwrap();
        let other = blocks.block(now, found(2)).unwrap();
        assert!(blocks.pardon(99, now).is_none());
        assert_eq!(blocks.pardon(again.number, now).unwrap().offences, 2);
        assert_eq!((blocks.of(1, now).len(), blocks.of(2, now).len()), (0, 1));
        assert!(blocks.pardon(again.number, now).is_none());
        assert_eq!(blocks.block(now, found(1)).unwrap().offences, 1);
        assert_eq!(blocks.seen(now).iter().map(|seen| seen.number).collect::<Vec<_>>(), [4, other.number]);
    }

    #[test]
    fn so_many_are_known_and_those_that_are_over_make_room() {
        let now = Instant::now();
        let mut blocks = Blocks::new(TERMS);
        (1..=3).for_each(|caller| drop(blocks.block(now + SECOND * caller as u32, found(caller)).unwrap()));
        assert!(blocks.block(now + SECOND * 10, found(4)).is_none(), "all of them last");
        assert_eq!(blocks.of(1, now + SECOND * 10).len(), 1);
        let later = now + SECOND * 11;
        assert!(blocks.block(later, found(4)).is_some(), "the first is over");
        assert_eq!(
            (blocks.of(2, later).len(), blocks.of(4, later).len(), blocks.seen(later).len()),
            (1, 1, 3)
        );
        // Who is known needs no room.
        assert_eq!(blocks.block(later, found(2)).unwrap().offences, 2);
    }
}
