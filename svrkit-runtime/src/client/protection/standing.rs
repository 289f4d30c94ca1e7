//! How an endpoint stands: whether calls go there, and what is known of its faults.
//!
//! An endpoint that answers costs each of its calls one addition. All else happens when a call fails there.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::time::Instant;

use super::ejection;
use super::restraint::{Restrained, Restraint};
use super::ward::Ward;
use super::window::{Totals, Window};
use crate::client::pool::Report;
use crate::deadline;
use crate::mode::Mode;
use crate::random;

/// After this time an endpoint that has come back takes all calls that it would.
const RETURN: Duration = Duration::from_secs(10);

/// The share of its calls that it takes at first.
const RETURN_SHARE: f64 = 0.1;

/// How one endpoint stands.
#[derive(Debug)]
pub(in crate::client) struct Standing {
    born: Instant,
    /// The client's, which is told when it looks sick.
    ward: Weak<Ward>,
    name: Arc<str>,
    /// Calls that have ended since the last fault.
    ended: AtomicU32,
    /// Failures in a row.
    row: AtomicU32,
    /// Until when it is ejected, in nanoseconds since `born`; 0: it never was.
    until: AtomicU64,
    /// From the first one on: most endpoints of a client that has many never have any.
    faults: Mutex<Option<Box<Faults>>>,
}

#[derive(Debug)]
struct Faults {
    window: Window,
    /// When the last failure of the row was known.
    row_at: Option<Instant>,
    /// Ejections, each soon after the one before.
    ejections: u32,
    /// When the last one ended, or will.
    returned: Instant,
    /// How long that was.
    exile: Duration,
}

impl Standing {
    pub(in crate::client) fn new(name: Arc<str>, ward: Weak<Ward>, now: Instant) -> Arc<Self> {
        Arc::new(Self {
            born: now,
            ward,
            name,
            ended: AtomicU32::new(0),
            row: AtomicU32::new(0),
            until: AtomicU64::new(0),
            faults: Mutex::default(),
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A call that began at `began` has ended there.
    #[inline]
    pub(in crate::client) fn note(self: &Arc<Self>, report: Report, began: Instant, now: Instant) {
        match report {
            Report::Answered | Report::Declined => {
                self.ended.fetch_add(1, Ordering::Relaxed);
                if self.row.load(Ordering::Relaxed) != 0 {
                    self.row.store(0, Ordering::Relaxed);
                }
            }
            // It says nothing of the endpoint.
            Report::Abandoned => {}
            Report::Failed | Report::Faulty => self.note_fault(true, began, now),
            // Who has too much to do is not broken.
            Report::Refused => self.note_fault(false, began, now),
        }
    }

    /// Whether a call may go there: not while it is ejected, and more and more often when it has come back.
    #[inline]
    pub(in crate::client) fn takes_calls(&self, now: Instant) -> bool {
        match self.until.load(Ordering::Relaxed) {
            0 => true,
            until => self.takes_again(until, now, random::next()),
        }
    }

    /// Whether it is ejected.
    pub(in crate::client) fn is_ejected(&self, now: Instant) -> bool {
        self.nanos(now) < self.until.load(Ordering::Relaxed)
    }

    #[cold]
    fn takes_again(&self, until: u64, now: Instant, random: u64) -> bool {
        let Some(back) = self.nanos(now).checked_sub(until) else { return false };
        (random as f64) < returning_share(back) * u64::MAX as f64
    }

    /// Whether it is ejected, or coming back.
    #[cold]
    pub(in crate::client) fn seen(&self, now: Instant) -> Option<Restrained> {
        let (until, now) = (self.until.load(Ordering::Relaxed), self.nanos(now));
        let returned = until.saturating_add(RETURN.as_nanos() as u64);
        let (what, end) = match until {
            0 => return None,
            _ if now < until => (Restraint::Ejected, until),
            _ if now < returned => (Restraint::Returning(returning_share(now - until)), returned),
            _ => return None,
        };
        Some(Restrained { what, mode: Mode::On, left: Some(Duration::from_nanos(end - now)) })
    }

    #[cold]
    fn note_fault(self: &Arc<Self>, is_failure: bool, began: Instant, now: Instant) {
        let Some(ward) = self.ward.upgrade() else { return };
        let (symptom, own) = {
            let mut faults = self.lock();
            let faults = self.faults(&mut faults);
            let ended = self.ended.swap(0, Ordering::Relaxed);
            faults.window.note(now, u64::from(ended) + 1, 1);
            if is_failure && faults.row_at.is_none_or(|known| known <= began) {
                faults.row_at = Some(now);
                self.row.fetch_add(1, Ordering::Relaxed);
            }
            let own = faults.window.totals();
            (ejection::symptom(self.row.load(Ordering::Relaxed), ward.row_max(), own), own)
        };
        // Without its own lock: others may be looking at this one.
        if let Some(symptom) = symptom.filter(|_| !self.is_ejected(now)) {
            ward.look_at(self, symptom, own, now);
        }
    }

    /// What was counted of it until `now`.
    pub(super) fn totals(&self, now: Instant) -> Totals {
        let mut faults = self.lock();
        let faults = self.faults(&mut faults);
        let ended = self.ended.swap(0, Ordering::Relaxed);
        faults.window.note(now, u64::from(ended), 0);
        faults.window.totals()
    }

    /// How long it is to be ejected, as `term` says of so many times: longer, if it has come back not long ago.
    pub(super) fn sentence(&self, now: Instant, term: impl FnOnce(u32) -> Duration) -> Duration {
        let mut faults = self.lock();
        let faults = self.faults(&mut faults);
        let is_soon = faults.ejections > 0 && now < deadline::after(faults.returned, faults.exile);
        faults.ejections = if is_soon { faults.ejections.saturating_add(1) } else { 1 };
        faults.exile = term(faults.ejections);
        faults.returned = deadline::after(now, faults.exile);
        faults.exile
    }

    /// Forgets what was known of it, so that it is judged anew.
    pub(super) fn forget(&self, now: Instant) {
        self.faults(&mut self.lock()).window = Window::new(now);
        self.row.store(0, Ordering::Relaxed);
    }

    /// No call goes there until then.
    pub(super) fn eject(&self, until: Instant) {
        self.until.store(self.nanos(until).max(1), Ordering::Relaxed);
    }

    /// It takes all calls again.
    pub(super) fn readmit(&self) {
        self.until.store(0, Ordering::Relaxed);
    }

    fn nanos(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.born).as_nanos()).unwrap_or(u64::MAX)
    }

    /// Calls that were counted before there was a window came evenly since the endpoint was known.
    fn faults<'a>(&self, faults: &'a mut Option<Box<Faults>>) -> &'a mut Faults {
        faults.get_or_insert_with(|| {
            Box::new(Faults {
                window: Window::new(self.born),
                row_at: None,
                ejections: 0,
                returned: self.born,
                exile: Duration::ZERO,
            })
        })
    }

    /// Changed by plain assignments, none of which panics: a poisoned one is whole.
    fn lock(&self) -> MutexGuard<'_, Option<Box<Faults>>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The share of its calls that an endpoint takes which came back so many nanoseconds ago.
fn returning_share(back: u64) -> f64 {
    (back as f64 / RETURN.as_nanos() as f64).max(RETURN_SHARE)
}
