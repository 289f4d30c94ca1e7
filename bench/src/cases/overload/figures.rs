//! Numbers of records. Times are microseconds from the beginning of the calls on.

use std::ops::Range;

use crate::work::record::{Outcome, Record};

/// Microseconds of so many seconds.
pub(super) fn us(seconds: f64) -> u64 {
    (seconds * 1e6) as u64
}

/// Those that were to be made in a time.
pub(super) fn within(records: &[Record], time: Range<u64>) -> Vec<Record> {
    let is_in = |record: &&Record| time.contains(&record.at);
    records.iter().filter(is_in).copied().collect()
}

/// The share of calls that were answered in time; of none, none.
pub(super) fn success(records: &[Record], deadline: u64) -> f64 {
    let good = records.iter().filter(|record| record.is_good(deadline));
    good.count() as f64 / records.len().max(1) as f64
}

/// The 99th of a hundred of the times of calls that nobody refused, in milliseconds; `None`: there are none.
pub(super) fn p99_ms(records: &[Record]) -> Option<f64> {
    let is_admitted = |record: &&Record| matches!(record.outcome, Outcome::Answered | Outcome::Late);
    quantile(records.iter().filter(is_admitted).map(|record| record.took), 0.99)
}

/// How late the 99th of a hundred calls was made, in milliseconds.
pub(super) fn made_late_ms(records: &[Record]) -> f64 {
    quantile(records.iter().map(|record| record.late), 0.99).unwrap_or_default()
}

fn quantile(times: impl Iterator<Item = u64>, share: f64) -> Option<f64> {
    let mut times: Vec<u64> = times.collect();
    times.sort_unstable();
    let index = ((times.len() as f64 * share).ceil() as usize).saturating_sub(1);
    times.get(index).map(|us| *us as f64 / 1e3)
}

/// Calls of each class that were refused although one of a less important class, made within the same `window`, was answered.
pub(super) fn inversions(records: &[Record], window: u64) -> u64 {
    records
        .chunk_by(|one, other| one.at / window == other.at / window)
        .map(|window| {
            let answered = window.iter().filter(|record| record.outcome == Outcome::Answered);
            let Some(least) = answered.map(|record| record.class).max() else {
                return 0;
            };
            let is_inverted = |record: &&Record| record.is_refused() && record.class < least;
            window.iter().filter(is_inverted).count() as u64
        })
        .sum()
}

/// Good answers in each of so many bins from `from` on, by when they came.
pub(super) fn answers(records: &[Record], deadline: u64, from: u64, bin: u64, bins: usize) -> Vec<f64> {
    let mut counts = vec![0.0; bins];
    for record in records.iter().filter(|record| record.is_good(deadline)) {
        let index = record.end().checked_sub(from).map(|since| since / bin);
        if let Some(count) = index.and_then(|index| counts.get_mut(index as usize)) {
            *count += 1.0;
        }
    }
    counts
}

/// The first bin from which on three together have nine tenths of what the last half of all has on average, and that average. `None`: there is no such bin
/// before the last half.
pub(super) fn settled(bins: &[f64]) -> (Option<usize>, f64) {
    let late = &bins[bins.len() / 2..];
    let steady = late.iter().sum::<f64>() / late.len().max(1) as f64;
    let is_there = |three: &[f64]| three[0] >= 0.9 * steady && three.iter().sum::<f64>() >= 2.7 * steady;
    let first = bins.windows(3).take(bins.len() / 2).position(is_there);
    (first, steady)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(at: u64, took: u64, class: usize, outcome: Outcome) -> Record {
        Record {
            at,
            took,
            late: took / 10,
            class,
            outcome,
        }
    }

    #[test]
    fn an_answer_after_the_deadline_is_none_and_takes_time_all_the_same() {
        let records = [
            record(0, 100, 0, Outcome::Answered),
            record(10, 700, 0, Outcome::Answered),
            record(20, 500, 0, Outcome::Late),
            record(30, 1, 0, Outcome::Refused),
        ];
        assert_eq!(success(&records, 500), 0.25);
        assert_eq!(p99_ms(&records), Some(0.7));
        assert_eq!(p99_ms(&records[3..]), None);
        assert_eq!(made_late_ms(&records), 0.07);
        assert_eq!(within(&records, 10..30), records[1..3]);
        assert_eq!(answers(&records, 500, 50, 50, 2), [0.0, 1.0]);
    }

    #[test]
    fn an_inversion_is_between_classes_and_within_a_window() {
        let rows: &[(&[Record], u64)] = &[
            (
                &[
                    record(1, 9, 1, Outcome::Refused),
                    record(2, 9, 2, Outcome::Answered),
                ],
                1,
            ),
            (
                &[
                    record(1, 9, 1, Outcome::NotSent),
                    record(2, 9, 1, Outcome::Answered),
                ],
                0,
            ),
            (
                &[
                    record(1, 9, 1, Outcome::Refused),
                    record(12, 9, 2, Outcome::Answered),
                ],
                0,
            ),
            (
                &[record(1, 9, 0, Outcome::Late), record(2, 9, 2, Outcome::Answered)],
                0,
            ),
        ];
        for (records, expected) in rows {
            assert_eq!(inversions(records, 10), *expected, "{records:?}");
        }
    }

    #[test]
    fn it_has_settled_where_nine_tenths_are_there_to_stay() {
        for (bins, expected) in [
            ([10.0; 8], (Some(0), 10.0)),
            ([0.0, 0.0, 10.0, 9.0, 11.0, 9.0, 10.0, 10.0], (Some(2), 10.0)),
            ([10.0, 0.0, 0.0, 10.0, 10.0, 10.0, 10.0, 10.0], (Some(3), 10.0)),
            ([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 8.0], (None, 2.0)),
        ] {
            assert_eq!(settled(&bins), expected, "{bins:?}");
        }
    }
}
