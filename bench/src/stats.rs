//! What is made of repeats: medians, and ratios of runs that stood side by side.

/// Student's t, one-sided 95 %, for 1, 2, 3 … degrees of freedom. The last serves all above it, a little too
/// cautiously.
const T_95: [f64; 30] = [
    6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753,
    1.746, 1.740, 1.734, 1.729, 1.725, 1.721, 1.717, 1.714, 1.711, 1.708, 1.706, 1.703, 1.701, 1.699, 1.697,
];

/// The middle of `values`, or the mean of the two middle ones; `None` when there are none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        return values.get(middle).copied();
    }
    Some((values.get(middle.checked_sub(1)?)? + values.get(middle)?) / 2.0)
}

/// The upper 95 % bound (one-sided) of the mean ratio of `pairs`, (ours, theirs) from the same repeat.
///
/// Taken on logarithms, so that 2 and ½ average to 1. `None` under two pairs: one pair bounds nothing.
pub(crate) fn ratio_upper_95(pairs: &[(f64, f64)]) -> Option<f64> {
    let freedom = pairs.len().checked_sub(1).filter(|&freedom| freedom > 0)?;
    let logs: Vec<f64> = pairs.iter().map(|(ours, theirs)| (ours / theirs).ln()).collect();
    let count = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / count;
    let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / freedom as f64;
    let t = T_95[freedom.min(T_95.len()) - 1];
    Some((mean + t * (variance / count).sqrt()).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        let rows: &[(&[f64], Option<f64>)] = &[
            (&[], None),
            (&[7.0], Some(7.0)),
            (&[9.0, 1.0], Some(5.0)),
            (&[900.0, 1.0, 2.0], Some(2.0)),
            (&[4.0, 1.0, 900.0, 2.0], Some(3.0)),
        ];
        for (values, expected) in rows {
            assert_eq!(median(values.iter().copied()), *expected, "{values:?}");
        }
    }

    #[track_caller]
    fn check_bound(pairs: &[(f64, f64)], expected: Option<f64>) {
        let bound = ratio_upper_95(pairs);
        let close = match (bound, expected) {
            (Some(bound), Some(expected)) => (bound - expected).abs() < 1e-3,
            (bound, expected) => bound == expected,
        };
        assert!(close, "{bound:?}, expected {expected:?}");
    }

    #[test]
    fn a_ratio_is_bounded_by_how_much_the_pairs_differ() {
        check_bound(&[], None);
        check_bound(&[(2.0, 1.0)], None);
        // No spread: the bound is the ratio, however far the machine drifted between the pairs.
        check_bound(&[(11.0, 10.0), (22.0, 20.0), (55.0, 50.0)], Some(1.1));
        // Logarithms -ln 2, 0, ln 2: mean 0, standard error 0.4002, t 2.920.
        check_bound(
            &[(1.0, 2.0), (1.0, 1.0), (2.0, 1.0)],
            Some((2.920_f64 * 2.0_f64.ln() / 3.0_f64.sqrt()).exp()),
        );
    }

    #[test]
    fn more_pairs_than_the_table_has_still_have_a_bound() {
        check_bound(&[(3.0, 2.0); 100], Some(1.5));
    }
}
