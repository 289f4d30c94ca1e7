//! The people: who shakes, who is lucky enough to share, how long they think. All of it follows from the seed, whatever becomes of their calls.

use std::time::Duration;

use fastrand::Rng;

use super::profile::Profile;

/// How unequal people are: the one of rank r shakes in proportion to 1/√r, so that of a million the busiest shakes five times a second at the peak
/// and half of all shakes are by a quarter of the people.
const SKEW: f64 = 0.5;

/// Of a thousand who got something out of a packet, how many pass it on to a friend.
const SHARERS: u32 = 300;

/// How long people look at a packet before they open it, or pass it on, on average.
const THOUGHT: Duration = Duration::from_millis(400);
/// Nobody looks longer.
const THOUGHT_MAX: Duration = Duration::from_secs(3);

/// For each shake at this time, how many open a packet that they were sent before the night.
pub(crate) const GIFTS: f64 = 1.0 / 120.0;

/// What somebody does of their own accord.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Deed {
    /// Since the beginning of the night.
    pub(crate) due: Duration,
    pub(crate) user: u64,
    pub(crate) what: What,
    /// What they throw for what they do afterwards.
    pub(crate) seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Shake,
    /// Opens a packet that was sent before.
    Gift,
    /// A turn of an endless loop.
    Loop,
}

/// All deeds of a night, in the order in which they are due.
#[derive(Debug)]
pub(crate) struct Deeds {
    profile: Profile,
    users: u64,
    wild: Wild,
    rng: Rng,
    /// The number of the shake that is next, with chance in it.
    shake: f64,
    /// The same of the loops' turns.
    turn: u64,
    /// What is next of each.
    crowd: Option<Deed>,
    loops: Option<Deed>,
}

/// Clients that call in an endless loop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wild {
    pub(crate) clients: u64,
    /// Calls of each in a second.
    pub(crate) rate: f64,
    /// When they begin, in seconds.
    pub(crate) from: f64,
}

impl Deeds {
    pub(crate) fn new(profile: Profile, users: u64, wild: Wild, seed: u64) -> Self {
        let rng = Rng::with_seed(seed);
        let mut deeds = Self { profile, users, wild, rng, shake: 0.0, turn: 0, crowd: None, loops: None };
        deeds.crowd = deeds.of_crowd();
        deeds.loops = deeds.of_wild();
        deeds
    }

    /// Shakes come by chance, each without regard to the others (Poisson), and now and then somebody opens a gift.
    fn of_crowd(&mut self) -> Option<Deed> {
        self.shake -= (1.0 - self.rng.f64()).ln() / (1.0 + GIFTS);
        let due = Duration::from_secs_f64(self.profile.when(self.shake)?);
        let what = if self.rng.f64() < GIFTS / (1.0 + GIFTS) { What::Gift } else { What::Shake };
        let user = someone(&mut self.rng, self.users);
        Some(Deed { due, user, what, seed: self.rng.u64(..) })
    }

    /// The turns of all loops, in equal distances, until the night ends.
    fn of_wild(&mut self) -> Option<Deed> {
        let at = self.wild.from + self.turn as f64 / (self.wild.rate * self.wild.clients as f64);
        if self.wild.clients == 0 || at >= self.profile.seconds() {
            return None;
        }
        // They are nobody of the crowd.
        let user = self.users + 1 + self.turn % self.wild.clients;
        self.turn += 1;
        Some(Deed { due: Duration::from_secs_f64(at), user, what: What::Loop, seed: self.turn })
    }
}

impl Iterator for Deeds {
    type Item = Deed;

    fn next(&mut self) -> Option<Deed> {
        let wild_first = match (&self.crowd, &self.loops) {
            (Some(crowd), Some(wild)) => wild.due < crowd.due,
            (crowd, _) => crowd.is_none(),
        };
        if wild_first {
            let next = self.of_wild();
            std::mem::replace(&mut self.loops, next)
        } else {
            let next = self.of_crowd();
            std::mem::replace(&mut self.crowd, next)
        }
    }
}

/// What somebody thinks and throws while a packet is in their hands.
#[derive(Debug)]
pub(crate) struct Mind {
    rng: Rng,
    users: u64,
}

impl Mind {
    pub(crate) fn new(seed: u64, users: u64) -> Self {
        Self { rng: Rng::with_seed(seed), users }
    }

    /// How long it takes until the next thing is done: by chance, without memory, and short more often than long.
    pub(crate) fn thinks(&mut self) -> Duration {
        THOUGHT.mul_f64(-(1.0 - self.rng.f64()).ln()).min(THOUGHT_MAX)
    }

    /// Whom a packet is passed on to, if to anybody.
    pub(crate) fn friend(&mut self) -> Option<u64> {
        (self.rng.u32(..1_000) < SHARERS).then(|| someone(&mut self.rng, self.users))
    }
}

/// One of the users, from 1 on: the lower the number, the more often.
fn someone(rng: &mut Rng, users: u64) -> u64 {
    let most = (users as f64).powf(1.0 - SKEW);
    let rank = (1.0 + rng.f64() * (most - 1.0)).powf(1.0 / (1.0 - SKEW));
    (rank as u64).clamp(1, users.max(1))
}

/// The rank of a user within a class of calls, so that under load some hear each time that they have to wait, and others are served: as an entry would
/// have it by a hash of who calls and the hour.
pub(crate) fn rank(user: u64) -> u8 {
    // Fibonacci hashing: the top byte depends on all of the number.
    (user.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::night::profile::Lengths;

    const LENGTHS: Lengths = Lengths { calm: 2.0, ramp: 1.0, peak: 3.0, tail: 4.0 };
    const WILD: Wild = Wild { clients: 2, rate: 50.0, from: 1.0 };

    fn deeds(seed: u64) -> Vec<Deed> {
        Deeds::new(Profile::new_years_eve(2_000.0, 10.0, LENGTHS), 1_000_000, WILD, seed).collect()
    }

    #[track_caller]
    fn check_is_about(count: usize, expected: f64) {
        // Of a Poisson distribution, with which one seed in a thousand millions would fail.
        assert!((count as f64 - expected).abs() < 6.0 * expected.sqrt() + 1.0, "{count}, not {expected}");
    }

    #[test]
    fn each_part_of_the_night_has_as_many_shakes_as_its_rate_says() {
        let deeds = deeds(7);
        assert!(deeds.is_sorted_by_key(|deed| deed.due));
        let count = |what, from: u64, to: u64| {
            let within = |deed: &&Deed| (from..to).contains(&deed.due.as_secs()) && deed.what == what;
            deeds.iter().filter(within).count()
        };
        let gifts = GIFTS / (1.0 + GIFTS) * 2_000.0;
        for (from, to, seconds) in [(0, 2, 2.0 * 0.35), (2, 3, 5.175), (3, 6, 30.0), (6, 10, 4.0 * 0.35)] {
            let all = count(What::Shake, from, to) + count(What::Gift, from, to);
            check_is_about(all, 2_000.0 * seconds * (1.0 + GIFTS));
            check_is_about(count(What::Gift, from, to), gifts * seconds * (1.0 + GIFTS));
        }
        assert_eq!((count(What::Loop, 0, 1), count(What::Loop, 1, 10)), (0, 900));
    }

    #[test]
    fn some_shake_far_more_often_than_others_and_nobody_like_a_loop() {
        let mut shakes: BTreeMap<u64, usize> = BTreeMap::new();
        let peak = deeds(7)
            .into_iter()
            .filter(|deed| (3..6).contains(&deed.due.as_secs()) && deed.what == What::Shake);
        for deed in peak {
            assert!((1..=1_000_000).contains(&deed.user));
            *shakes.entry(deed.user).or_default() += 1;
        }
        let all: usize = shakes.values().sum();
        let first_quarter: usize = shakes.range(..250_000).map(|(_, count)| count).sum();
        check_is_about(first_quarter, all as f64 / 2.0);
        let busiest = shakes.values().max().copied().unwrap_or_default();
        assert!((10..100).contains(&busiest), "{busiest} in three seconds");
    }

    #[test]
    fn the_same_seed_is_the_same_night() {
        assert_eq!(deeds(3), deeds(3));
        assert_ne!(deeds(3), deeds(4));
    }

    #[test]
    fn three_of_ten_share_after_a_thought() {
        let mut minds = (0..10_000).map(|seed| Mind::new(seed, 1_000));
        let friends = minds.by_ref().filter_map(|mut mind| mind.friend());
        let friends: Vec<u64> = friends.collect();
        check_is_about(friends.len(), 3_000.0);
        assert!(friends.iter().all(|friend| (1..=1_000).contains(friend)));
        let mut mind = Mind::new(1, 1_000);
        let thoughts: Vec<Duration> = (0..10_000).map(|_| mind.thinks()).collect();
        let mean = thoughts.iter().sum::<Duration>() / 10_000;
        assert!((Duration::from_millis(380)..Duration::from_millis(420)).contains(&mean), "{mean:?}");
        assert!(thoughts.iter().all(|thought| *thought <= THOUGHT_MAX));
    }

    #[test]
    fn ranks_are_spread_evenly() {
        let mut counts = [0_u32; 256];
        (1..=25_600).for_each(|user| counts[usize::from(rank(user))] += 1);
        assert!(counts.iter().all(|count| (80..=120).contains(count)), "{counts:?}");
    }
}
