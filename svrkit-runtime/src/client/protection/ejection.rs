//! Whether an endpoint is sick, seen beside the others. Pure.
//!
//! Two looks, as Envoy's outlier detection has them. *Failures in a row* find what fails always, also where calls are few. *The share of faults*
//! within ten seconds finds what fails often. Envoy holds the share to mean − 1.9 standard deviations of all endpoints, which below five of
//! them no endpoint can be beyond, however sick; here it is held to the share of all others together, by a margin and by four standard
//! deviations of what chance would give. Where the others fail as much nobody is ejected: calls would be moved and not mended.
//!
//! A blip ejects nobody. All calls that were under way when an endpoint stood still fail at once and say one thing, so a row grows by calls alone
//! that began after the last failure was known, and a share counts only when faults were in three seconds of the ten.

use super::window::Totals;

/// Fewest calls of ten seconds of which a share says something.
const CALLS_MIN: f64 = 20.0;

/// Fewest faults among them.
const FAULTS_MIN: f64 = 5.0;

/// Fewest seconds with a fault.
const FAULTY_SECONDS_MIN: usize = 3;

/// By how much of all calls an endpoint has to be worse than the others.
const MARGIN: f64 = 0.2;

/// By how many standard deviations of what chance would give.
const DEVIATIONS: f64 = 4.0;

/// From this share of faults on the others are no place to move calls to.
const OTHERS_MAX: f64 = 0.5;

/// Why an endpoint looks sick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symptom {
    /// So many failures in a row.
    Row,
    /// So large a share of faults, whatever the others have.
    Share,
}

/// Whether an endpoint looks sick by itself: only then the others are looked at.
pub(super) fn symptom(row: u32, row_max: u32, own: Totals) -> Option<Symptom> {
    if row >= row_max {
        return Some(Symptom::Row);
    }
    let is_known =
        own.all >= CALLS_MIN && own.faults >= FAULTS_MIN && own.faulty_seconds >= FAULTY_SECONDS_MIN;
    (is_known && own.fault_share() >= MARGIN).then_some(Symptom::Share)
}

/// Whether one that looks so is sick beside all others.
pub(super) fn is_sick(symptom: Symptom, own: Totals, others: Totals) -> bool {
    let share = others.fault_share();
    match symptom {
        Symptom::Row => share < OTHERS_MAX,
        Symptom::Share => {
            let chance = DEVIATIONS * (own.all * share * (1.0 - share)).sqrt();
            let excess = own.faults.min(own.all) - own.all * share;
            share < OTHERS_MAX && excess >= MARGIN * own.all && excess > chance
        }
    }
}

/// How many of `endpoints` may be ejected at once, by a share in percent: one in any case where there are two, and never all.
pub(super) fn ejected_max(endpoints: usize, share: u32) -> usize {
    if share == 0 {
        return 0;
    }
    (endpoints.saturating_mul(share as usize) / 100).max(1).min(endpoints.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random;

    fn totals(all: f64, faults: f64, faulty_seconds: usize) -> Totals {
        Totals { all, faults, faulty_seconds }
    }

    /// An endpoint of this row and these totals, beside others of which so many of so many calls fail.
    #[track_caller]
    fn check(row: u32, own: (f64, f64, usize), others: (f64, f64), expected: Option<Symptom>) {
        let own = totals(own.0, own.1, own.2);
        let others = totals(others.0, others.1, 10);
        let found = symptom(row, 5, own).filter(|symptom| is_sick(*symptom, own, others));
        assert_eq!(found, expected, "row {row}, {own:?} beside {others:?}");
    }

    #[test]
    fn failures_in_a_row_are_found_however_few_calls_there_are() {
        check(5, (5.0, 5.0, 1), (50.0, 0.0), Some(Symptom::Row));
        check(5, (5.0, 5.0, 1), (0.0, 0.0), Some(Symptom::Row));
        check(4, (4.0, 4.0, 1), (50.0, 0.0), None);
        check(99, (99.0, 99.0, 9), (100.0, 60.0), None);
    }

    #[test]
    fn a_share_is_held_to_that_of_the_others() {
        // 60 of 100 fail of 46 a second, after three seconds; the nine others are well.
        check(0, (138.0, 83.0, 3), (1200.0, 0.0), Some(Symptom::Share));
        // The same beside one other alone.
        check(0, (138.0, 83.0, 3), (138.0, 1.0), Some(Symptom::Share));
        // A blip, however many calls it takes along.
        check(0, (1000.0, 900.0, 2), (9000.0, 0.0), None);
        // What all have is nobody's.
        check(0, (138.0, 83.0, 10), (1200.0, 700.0), None);
        check(0, (138.0, 60.0, 10), (1200.0, 480.0), None);
        // Too few to say, too few failures, too little worse.
        check(0, (19.0, 12.0, 5), (1200.0, 0.0), None);
        check(0, (20.0, 4.0, 4), (1200.0, 0.0), None);
        check(0, (1000.0, 190.0, 9), (1200.0, 0.0), None);
        check(0, (1000.0, 210.0, 9), (1200.0, 0.0), Some(Symptom::Share));
    }

    #[test]
    fn a_share_of_the_endpoints_is_the_most() {
        let table = [
            (0, 50, 0),
            (1, 50, 0),
            (2, 50, 1),
            (3, 50, 1),
            (10, 50, 5),
            (10, 100, 9),
            (10, 1, 1),
            (10, 0, 0),
        ];
        for (endpoints, share, expected) in table {
            assert_eq!(ejected_max(endpoints, share), expected, "{share} % of {endpoints}");
        }
    }

    proptest! {
        /// Endpoints that are all alike: chance makes none of them sick.
        #[test]
        fn chance_ejects_nobody(fault_share in 0.0..1.0_f64, calls in 20..2000_u32, seed: u64) {
            let mut state = seed;
            let mut draw = || {
                state = state.wrapping_add(random::GAMMA);
                random::mix(state) as f64 / u64::MAX as f64
            };
            let mut faults = |calls: u32| (0..calls).filter(|_| draw() < fault_share).count() as f64;
            let own = totals(f64::from(calls), faults(calls), 10);
            let others = totals(f64::from(calls) * 9.0, faults(calls * 9), 10);
            // 4 standard deviations and a fifth of all: one of many thousands would be.
            let is_sick = symptom(0, 5, own).is_some_and(|symptom| is_sick(symptom, own, others));
            prop_assert!(!is_sick, "{own:?} beside {others:?}");
        }
    }
}
