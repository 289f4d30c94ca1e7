//! What a gate keeps out, as pages show it: nothing of it is changed by the look.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::{CLASSES, Gate, Guard};
use crate::client::protection::restraint::{Restrained, Restraint};
use crate::client::protection::{ClientProtection, throttle};
use crate::mode::Mode;

impl Gate {
    /// What it keeps out at `now`, but for what is `off`: first what is about all methods.
    #[cold]
    pub(in crate::client) fn seen(&self, settings: ClientProtection, now: Instant) -> Vec<Restrained> {
        let sent = std::array::from_fn(|index| self.sent[index].load(Ordering::Relaxed));
        let mut seen: Vec<_> = {
            let guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(guard) = &*guard else { return Vec::new() };
            guard.announced(settings, now).chain(guard.throttles(settings.throttle, sent, now)).collect()
        };
        seen.retain(|restrained| restrained.mode != Mode::Off);
        // Without the lock: calls may be waiting for it.
        seen.sort_by_cached_key(|restrained| restrained.what.method().map(ToString::to_string));
        seen
    }
}

impl Guard {
    /// What the server has said: its level, blocks and wishes.
    fn announced(&self, settings: ClientProtection, now: Instant) -> impl Iterator<Item = Restrained> + '_ {
        let restrained = move |what, mode, left: Duration| {
            (!left.is_zero()).then_some(Restrained { what, mode, left: Some(left) })
        };
        let level = self
            .level
            .and_then(|level| restrained(Restraint::Level(level.level), settings.levels, level.left(now)?));
        let blocks = self.blocks.iter().filter_map(move |((_, user), block)| {
            let what = Restraint::Blocked { spec: block.spec, is_one_user: *user != 0 };
            restrained(what, settings.blocks, block.until.saturating_duration_since(now))
        });
        let slowed = self.paces.values().filter_map(move |(spec, pace)| {
            let what = Restraint::Slowed { spec, per_second: pace.per_second() };
            restrained(what, settings.wishes, pace.left(now))
        });
        let spared = self.spared.values().filter_map(move |spared| {
            let what = Restraint::Spared { spec: spared.spec, age_max: spared.age_max };
            restrained(what, settings.last_good, spared.left(now))
        });
        level.into_iter().chain(blocks).chain(slowed).chain(spared)
    }

    fn throttles(
        &self,
        mode: Mode,
        sent: [u64; CLASSES],
        now: Instant,
    ) -> impl Iterator<Item = Restrained> + '_ {
        let is_announced = self.level.is_some_and(|level| level.left(now).is_some());
        let classes = self.classes.iter().zip(sent).enumerate().filter(move |_| !is_announced);
        classes.filter_map(move |(index, (class, sent))| {
            let mut requests = class.requests.clone();
            requests.note(now, sent.saturating_sub(class.sent), 0);
            let share = throttle::refused_share(requests.totals());
            let first = (index * 256 / CLASSES) as u8;
            let what = Restraint::Throttled { first, last: first + (256 / CLASSES - 1) as u8, share };
            (share > 0.0).then_some(Restrained { what, mode, left: None })
        })
    }
}
