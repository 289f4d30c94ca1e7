//! How much is in each packet, and in each part of it: by chance, and exact to the fen.

use fastrand::Rng;

use super::tables::{Night, Packet};

/// What a night is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// What all that is by chance follows from.
    pub(super) seed: u64,
    /// How many packets; at least one.
    pub(super) packets: u64,
    /// Most parts of a packet; at least one.
    pub(super) parts: u64,
    /// How much is in all of them. At least a fen for each part that there may be: less is taken for that.
    pub(super) fen: u64,
}

/// The packets of a night, with their numbers from 1 on, and their sums. The same plan has the same packets.
pub(super) fn issue(plan: &Plan) -> (Night, Vec<(u64, Packet)>) {
    let mut rng = Rng::with_seed(plan.seed);
    let amounts = split(&mut rng, plan.fen, plan.packets, plan.parts);
    let packets: Vec<_> = (1..)
        .zip(amounts)
        .map(|(number, fen)| {
            let parts = rng.u64(1..=plan.parts.max(1));
            (number, Packet { key: rng.u64(..), fen, parts: split(&mut rng, fen, parts, 1), opened: 0 })
        })
        .collect();
    let night = Night {
        seed: plan.seed,
        packets: packets.len() as u64,
        parts: packets.iter().map(|(_, packet)| packet.parts.len() as u64).sum(),
        fen: packets.iter().map(|(_, packet)| packet.fen).sum(),
    };
    (night, packets)
}

/// An amount in so many parts of `least` at least, whose sum it is; where it is less than these together, it is taken for as much.
///
/// Each part but the last is uniform between nothing and twice the mean of what is left (the "double mean", by which WeChat's red packets are said to be
/// filled), beside its least: so all have the same expected amount, whoever opens them first.
fn split(rng: &mut Rng, amount: u64, parts: u64, least: u64) -> Vec<u64> {
    let mut rest = amount.saturating_sub(parts.saturating_mul(least));
    (1..=parts)
        .rev()
        .map(|left| {
            let part = if left == 1 { rest } else { rng.u64(..=rest / left * 2) };
            rest -= part;
            least + part
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    proptest! {
        #[test]
        fn the_parts_of_an_amount_are_all_of_it(seed in any::<u64>(), parts in 1_u64..100, least in 0_u64..10, more in 0_u64..1_000_000) {
            let amount = parts * least + more;
            let split = split(&mut Rng::with_seed(seed), amount, parts, least);
            prop_assert_eq!(split.len() as u64, parts);
            prop_assert_eq!(split.iter().sum::<u64>(), amount);
            prop_assert!(split.iter().all(|part| *part >= least));
        }
    }

    #[test]
    fn a_night_is_what_its_plan_says_and_the_same_each_time() {
        let plan = Plan { seed: 7, packets: 1_000, parts: 5, fen: 123_456 };
        let (night, packets) = issue(&plan);
        assert_eq!((night.packets, night.fen), (1_000, 123_456));
        assert_eq!(packets.iter().map(|(_, packet)| packet.fen).sum::<u64>(), 123_456);
        for (number, packet) in &packets {
            assert_eq!(packet.parts.iter().sum::<u64>(), packet.fen, "packet {number}");
            assert!((1..=5).contains(&packet.parts.len()), "packet {number}");
            assert!(packet.parts.iter().all(|fen| *fen > 0), "packet {number}");
        }
        assert_eq!(issue(&plan), (night, packets.clone()));
        assert_ne!(issue(&Plan { seed: 8, ..plan }).1, packets);
    }

    #[test]
    fn whoever_opens_first_gets_no_more_than_others_on_average() {
        let mut rng = Rng::with_seed(1);
        let mut sums = [0; 4];
        for _ in 0..20_000 {
            for (sum, part) in sums.iter_mut().zip(split(&mut rng, 4_000, 4, 1)) {
                *sum += part;
            }
        }
        for sum in sums {
            assert!(sum.abs_diff(20_000 * 1_000) < 20_000 * 20, "{sums:?}");
        }
    }
}
