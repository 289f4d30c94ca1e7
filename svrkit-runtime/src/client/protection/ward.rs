//! The endpoints of a client that are ejected: no calls go there for a time.
//!
//! Which of them is sick `ejection.rs` says. Here is what holds for all together: never more than `ejection.share` of them at once, each for
//! `ejection.min`, twice that if it is soon sick again, up to `ejection.max`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::announcer::Announcer;
use super::ejection::{self, Symptom};
use super::standing::Standing;
use super::window::Totals;
use crate::client::backoff::Backoff;
use crate::deadline;
use crate::limits::Limits;
use crate::mode::Mode;
use crate::monitor::Decision;
use crate::random;

/// How many of the others one is held to, taken in turn from a random one on: a client may have ten thousand.
const LOOKED_AT_MAX: usize = 64;

/// The endpoints of a client, and which of them are ejected.
#[derive(Debug)]
pub(in crate::client) struct Ward {
    mode: Mode,
    limits: Limits,
    announcer: Arc<Announcer>,
    patients: Mutex<Patients>,
}

#[derive(Debug, Default)]
struct Patients {
    all: Vec<Arc<Standing>>,
    ejected: Vec<(Arc<Standing>, Instant)>,
}

impl Ward {
    pub(in crate::client) fn new(mode: Mode, limits: &Limits, announcer: Arc<Announcer>) -> Arc<Self> {
        Arc::new(Self { mode, limits: *limits, announcer, patients: Mutex::default() })
    }

    /// There is another list of endpoints. Who is on it no more is ejected no more, and where too few are left, others are readmitted.
    pub(in crate::client) fn set(&self, all: Vec<Arc<Standing>>, now: Instant) {
        let mut patients = self.lock();
        patients.all = all;
        let Patients { all, ejected } = &mut *patients;
        ejected.retain(|(standing, until)| {
            now < *until && all.iter().any(|listed| Arc::ptr_eq(listed, standing))
        });
        let max = ejection::ejected_max(all.len(), self.limits.ejection_share);
        for (standing, _) in ejected.drain(max.min(ejected.len())..) {
            standing.readmit();
        }
    }

    pub(super) fn row_max(&self) -> u32 {
        self.limits.ejection_failures
    }

    /// An endpoint looks sick: it is held to the others, and ejected if it is.
    #[cold]
    pub(super) fn look_at(&self, standing: &Arc<Standing>, symptom: Symptom, own: Totals, now: Instant) {
        if self.mode == Mode::Off {
            return;
        }
        let others: Vec<Arc<Standing>> = {
            let patients = self.lock();
            let (all, from) = (&patients.all, random::below(random::next() as u32, patients.all.len()));
            let in_turn = all[from..].iter().chain(&all[..from]);
            in_turn.filter(|other| !Arc::ptr_eq(other, standing)).take(LOOKED_AT_MAX).cloned().collect()
        };
        let others = others.iter().map(|other| other.totals(now)).fold(Totals::default(), Totals::and);
        if !ejection::is_sick(symptom, own, others) {
            return;
        }
        let decision = self.eject(standing, symptom, now);
        self.announcer.tell(decision, self.mode, None, Some(standing.name()));
    }

    fn eject(&self, standing: &Arc<Standing>, symptom: Symptom, now: Instant) -> Decision {
        let mut patients = self.lock();
        patients.ejected.retain(|(other, until)| now < *until && !Arc::ptr_eq(other, standing));
        standing.forget(now);
        let max = ejection::ejected_max(patients.all.len(), self.limits.ejection_share);
        if patients.ejected.len() >= max {
            return Decision::EjectionOverShare;
        }
        let backoff = Backoff { min: self.limits.ejection_min, max: self.limits.ejection_max };
        let exile = standing.sentence(now, |times| random::around(backoff.ceiling(times)));
        if self.mode.is_on() {
            let until = deadline::after(now, exile);
            standing.eject(until);
            patients.ejected.push((Arc::clone(standing), until));
        }
        match symptom {
            Symptom::Row => Decision::EjectedByRow,
            Symptom::Share => Decision::EjectedByShare,
        }
    }

    /// Changed by plain assignments, none of which panics: a poisoned one is whole.
    fn lock(&self) -> MutexGuard<'_, Patients> {
        self.patients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// None: nobody is ejected.
impl Default for Ward {
    fn default() -> Self {
        Self {
            mode: Mode::Off,
            limits: Limits::default(),
            announcer: Arc::default(),
            patients: Mutex::default(),
        }
    }
}
