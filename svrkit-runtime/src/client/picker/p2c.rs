//! The power of two choices (Mitzenmacher, 2001): of two endpoints taken at random, the one with the smaller load.
//!
//! Its load is latency times calls in flight (`pool/outcomes.rs`), as in Finagle. Two looks spread load nearly as well as
//! looking at all endpoints does, cost the same for ten and for ten thousand, and do not send everybody to the one that
//! looks best. Pure: the caller throws the dice.

use crate::random;

/// How many pairs are thrown before the caller has to look at all.
const THROWS: usize = 4;

/// A number below `len` whose `load` is not greater than that of another one taken at random. `load` says `None` of what
/// cannot be taken; `None`: nothing that can was met.
pub(in crate::client) fn choose(
    len: usize,
    mut random: impl FnMut() -> u64,
    load: impl Fn(usize) -> Option<f64>,
) -> Option<usize> {
    (0..THROWS).find_map(|_| {
        let (one, other) = two_of(len, random())?;
        match (load(one), load(other)) {
            (Some(here), Some(there)) if there < here => Some(other),
            (Some(_), _) => Some(one),
            (None, Some(_)) => Some(other),
            (None, None) => None,
        }
    })
}

/// Two different numbers below `len`, the same twice where there is one only.
fn two_of(len: usize, random: u64) -> Option<(usize, usize)> {
    match len {
        0 => None,
        1 => Some((0, 0)),
        len => {
            let one = random::below(random as u32, len);
            let other = random::below((random >> 32) as u32, len - 1);
            Some((one, if other < one { other } else { other + 1 }))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chosen(loads: &[Option<f64>]) -> Vec<usize> {
        let mut counts = vec![0; loads.len()];
        for _ in 0..10_000 {
            if let Some(index) = choose(loads.len(), random::next, |index| loads[index]) {
                counts[index] += 1;
            }
        }
        counts
    }

    #[test]
    fn equal_loads_get_equal_shares_and_the_greatest_gets_none() {
        for count in chosen(&[Some(1.0); 5]) {
            assert!((1500..2500).contains(&count), "{count} of 10,000 among five");
        }
        let counts = chosen(&[Some(1.0), Some(9.0), Some(2.0)]);
        assert_eq!(counts[1], 0, "whatever it is compared with is better");
        // It wins against both others, the middle one against one: two thirds and one third.
        assert!((6000..7400).contains(&counts[0]), "{counts:?}");
    }

    #[test]
    fn what_cannot_be_taken_is_not() {
        assert_eq!(chosen(&[None, None]), [0, 0]);
        let counts = chosen(&[None, Some(1e30), None]);
        assert!(counts[1] > 9000 && counts[0] + counts[2] == 0, "{counts:?}");
        assert_eq!(choose(0, random::next, |_| Some(0.0)), None);
        assert_eq!(choose(1, random::next, |_| Some(f64::NAN)), Some(0));
    }

    proptest! {
        #[test]
        fn two_numbers_differ_and_are_below_the_end(len in 2..100_000_usize, random: u64) {
            let (one, other) = two_of(len, random).unwrap();
            prop_assert!(one != other && one < len && other < len);
        }

        #[test]
        fn the_chosen_one_is_no_worse_than_the_other(loads in prop::collection::vec(0.0..1e12_f64, 2..20), random: u64) {
            let (one, other) = two_of(loads.len(), random).unwrap();
            let chosen = choose(loads.len(), || random, |index| Some(loads[index])).unwrap();
            prop_assert!(chosen == one || chosen == other);
            prop_assert!(loads[chosen] <= loads[one] && loads[chosen] <= loads[other]);
        }
    }
}
