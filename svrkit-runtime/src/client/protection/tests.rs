//! Endpoints that fail, by a clock of the test's: who is ejected, when, and how many.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::ward::Ward;
use super::{Announcer, Standing};
use crate::client::pool::Report;
use crate::limits::Limits;
use crate::mode::Mode;

const MS: Duration = Duration::from_millis(1);

/// Endpoints of one client.
struct Endpoints {
    now: Instant,
    ward: Arc<Ward>,
    all: Vec<Arc<Standing>>,
}

impl Endpoints {
    fn new(count: usize, mode: Mode, limits: Limits) -> Self {
        let now = Instant::now();
        let ward = Ward::new(mode, &limits, Arc::new(Announcer::default()));
        let all: Vec<_> = (0..count)
            .map(|index| Standing::new(index.to_string().into(), Arc::downgrade(&ward), now))
            .collect();
        ward.set(all.clone(), now);
        Self { now, ward, all }
    }

    /// A call to an endpoint begins now and ends a millisecond later.
    fn call(&mut self, index: usize, report: Report) {
        let began = self.now;
        self.now += MS;
        self.all[index].note(report, began, self.now);
    }

    fn ejected(&self) -> Vec<usize> {
        (0..self.all.len()).filter(|index| self.all[*index].is_ejected(self.now)).collect()
    }

    /// Of a thousand looks, how many find that it takes calls.
    fn takes(&self, index: usize) -> usize {
        (0..1000).filter(|_| self.all[index].takes_calls(self.now)).count()
    }
}

#[test]
fn five_failures_in_a_row_eject_and_a_success_between_does_not() {
    let mut endpoints = Endpoints::new(3, Mode::On, Limits::default());
    for _ in 0..100 {
        (0..4).for_each(|_| endpoints.call(1, Report::Failed));
        endpoints.call(1, Report::Answered);
        endpoints.call(0, Report::Answered);
        endpoints.now += 1000 * MS;
        // Four of five are a share that is found as well: it has to be well in between.
        (0..40).for_each(|_| endpoints.call(1, Report::Answered));
    }
    assert_eq!(endpoints.ejected(), [] as [usize; 0]);
    (0..4).for_each(|_| endpoints.call(1, Report::Failed));
    assert_eq!(endpoints.ejected(), [] as [usize; 0]);
    endpoints.call(1, Report::Failed);
    assert_eq!((endpoints.ejected(), endpoints.takes(1), endpoints.takes(0)), (vec![1], 0, 1000));
}

#[test]
fn a_blip_that_fails_all_calls_under_way_ejects_nobody() {
    let mut endpoints = Endpoints::new(2, Mode::On, Limits::default());
    for _ in 0..10 {
        let began = endpoints.now;
        // A hundred were under way when it stood still for a second.
        for late in 1000..1100 {
            endpoints.all[0].note(Report::Failed, began, began + MS * late);
        }
        endpoints.now += 30_000 * MS;
        (0..10).for_each(|_| endpoints.call(0, Report::Answered));
    }
    assert_eq!(endpoints.ejected(), [] as [usize; 0]);
}

#[test]
fn a_sick_node_of_few_calls_is_found_within_ten_seconds() {
    // 46 calls a second, of which 60 of 100 fail, never five in a row: beside nine that are well.
    let mut endpoints = Endpoints::new(10, Mode::On, Limits::default());
    let began = endpoints.now;
    let mut calls = 0;
    while endpoints.ejected().is_empty() {
        calls += 1;
        let report = if calls % 5 < 3 { Report::Faulty } else { Report::Answered };
        endpoints.call(0, report);
        (1..10).for_each(|index| endpoints.all[index].note(Report::Answered, began, endpoints.now));
        endpoints.now = began + Duration::from_secs_f64(f64::from(calls) / 46.0);
        assert!(calls <= 460, "not found within ten seconds");
    }
    assert_eq!(endpoints.ejected(), [0]);
}

#[test]
fn refusals_are_no_failures_in_a_row_and_count_for_the_share() {
    let mut endpoints = Endpoints::new(3, Mode::On, Limits::default());
    (0..100).for_each(|_| endpoints.call(0, Report::Refused));
    assert_eq!(endpoints.ejected(), [] as [usize; 0], "an overloaded node is not a broken one");
    for _ in 0..5 {
        endpoints.now += 1000 * MS;
        (0..20).for_each(|_| endpoints.call(0, Report::Refused));
        (0..20).for_each(|_| endpoints.call(1, Report::Answered));
    }
    assert_eq!(endpoints.ejected(), [0], "where the others refuse nothing");
}

#[test]
fn what_says_nothing_of_the_endpoint_changes_nothing() {
    let mut endpoints = Endpoints::new(3, Mode::On, Limits::default());
    (0..4).for_each(|_| endpoints.call(0, Report::Failed));
    (0..100).for_each(|_| endpoints.call(0, Report::Abandoned));
    assert_eq!(endpoints.ejected(), [] as [usize; 0]);
    endpoints.call(0, Report::Failed);
    assert_eq!(endpoints.ejected(), [0]);
    (0..100).for_each(|_| endpoints.call(1, Report::Declined));
    assert_eq!(endpoints.ejected(), [0]);
}

#[test]
fn it_comes_back_slowly_and_for_longer_each_time_it_fails_again() {
    let mut endpoints = Endpoints::new(2, Mode::On, Limits::default());
    for seconds in [5, 10, 20, 40, 80, 160, 300, 300] {
        (0..5).for_each(|_| endpoints.call(0, Report::Failed));
        let ejected_at = endpoints.now;
        let tenth = seconds * 100;
        endpoints.now = ejected_at + MS * (9 * tenth - 1);
        assert_eq!(endpoints.takes(0), 0, "for {seconds} s");
        endpoints.now = ejected_at + MS * 11 * tenth;
        let takes = endpoints.takes(0);
        assert!(takes > 20, "after {seconds} s it takes {takes} of a thousand");
        // One of 5 s comes back within the one second in which it may.
        assert!(seconds > 5 || takes < 400, "a part of its calls at first, not {takes} of a thousand");
    }
    endpoints.now += 10_000 * MS;
    assert_eq!(endpoints.takes(0), 1000, "all of them after ten seconds");
    // Well for as long as it was away: it begins anew.
    endpoints.now += 400_000 * MS;
    (0..5).for_each(|_| endpoints.call(0, Report::Failed));
    endpoints.now += 5501 * MS;
    assert!(endpoints.takes(0) > 0);
}

#[test]
fn pages_show_that_an_endpoint_is_ejected_and_how_it_comes_back() {
    let limits = Limits { ejection_min: 1000 * MS, ejection_max: 1000 * MS, ..Limits::default() };
    let mut endpoints = Endpoints::new(2, Mode::On, limits);
    let seen = |endpoints: &Endpoints| {
        endpoints.all[0].seen(endpoints.now).map(|it| (it.what.to_string(), it.left.unwrap()))
    };
    let returning = |share| format!("returning, takes {share} % of its calls");
    assert_eq!(seen(&endpoints), None);
    (0..5).for_each(|_| endpoints.call(0, Report::Failed));
    let (what, exile) = seen(&endpoints).unwrap();
    assert!(what == "ejected" && exile >= 900 * MS && exile <= 1100 * MS, "{what} {exile:?}");
    endpoints.now += exile;
    assert_eq!(seen(&endpoints), Some((returning(10), 10_000 * MS)));
    endpoints.now += 4000 * MS;
    assert_eq!(seen(&endpoints), Some((returning(40), 6000 * MS)));
    endpoints.now += 6000 * MS;
    assert_eq!(seen(&endpoints), None);
    assert!(endpoints.all[1].seen(endpoints.now).is_none(), "the other one was well");
}

#[test]
fn where_all_fail_nobody_is_ejected_for_long() {
    let mut endpoints = Endpoints::new(10, Mode::On, Limits::default());
    for _ in 0..1000 {
        (0..10).for_each(|index| endpoints.call(index, Report::Failed));
        assert!(endpoints.ejected().len() <= 5);
    }
    endpoints.now += 5500 * MS;
    for _ in 0..1000 {
        (0..10).for_each(|index| endpoints.call(index, Report::Failed));
    }
    assert_eq!(endpoints.ejected(), [] as [usize; 0], "there is nowhere better to go");
}

#[test]
fn a_mechanism_that_is_off_or_watches_ejects_nobody() {
    for mode in [Mode::Off, Mode::Watching] {
        let mut endpoints = Endpoints::new(3, mode, Limits::default());
        (0..100).for_each(|_| endpoints.call(0, Report::Failed));
        assert_eq!((endpoints.ejected(), endpoints.takes(0)), (vec![], 1000), "{mode}");
    }
}

#[test]
fn a_shorter_list_readmits_whoever_is_too_many() {
    let limits = Limits { ejection_share: 50, ..Limits::default() };
    let mut endpoints = Endpoints::new(6, Mode::On, limits);
    for index in 0..3 {
        (0..10).for_each(|_| (3..6).for_each(|well| endpoints.call(well, Report::Answered)));
        (0..5).for_each(|_| endpoints.call(index, Report::Failed));
    }
    assert_eq!(endpoints.ejected(), [0, 1, 2]);
    endpoints.ward.set(endpoints.all[..4].to_vec(), endpoints.now);
    assert_eq!(endpoints.ejected(), [0, 1]);
    endpoints.ward.set(endpoints.all[..1].to_vec(), endpoints.now);
    assert!(!endpoints.all[0].is_ejected(endpoints.now), "the only one");
}

proptest! {
    /// Whatever fails wherever: never more than the share is ejected, and never all.
    #[test]
    fn never_more_than_its_share_is_ejected(
        count in 1..12_usize,
        share in 0..=100_u32,
        calls in prop::collection::vec((0..12_usize, 0..4_u8, 0..2000_u32), 0..600),
    ) {
        let mut endpoints = Endpoints::new(count, Mode::On, Limits { ejection_share: share, ejection_failures: 2, ..Limits::default() });
        let max = (count * share as usize / 100).max(usize::from(share > 0)).min(count - 1);
        for (index, report, ms) in calls {
            let report = [Report::Failed, Report::Faulty, Report::Refused, Report::Answered][usize::from(report)];
            endpoints.call(index % count, report);
            prop_assert!(endpoints.ejected().len() <= max, "{:?} of {count}", endpoints.ejected());
            endpoints.now += MS * ms;
        }
    }
}
