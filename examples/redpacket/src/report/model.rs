//! What a night was: numbers alone, second by second. Who collects them and who shows them know nothing of one another.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use super::latencies::Latencies;
use crate::fleet::Tier;

/// A night, run once with protection and once without.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Night {
    pub(crate) setting: Setting,
    pub(crate) runs: Vec<Run>,
}

/// What was set beforehand, alike for both runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Setting {
    pub(crate) seed: u64,
    pub(crate) users: u64,
    /// Shakes that the access tier can answer in a second.
    pub(crate) capacity: f64,
    /// How many times that is asked of it at the peak.
    pub(crate) peak: f64,
    /// The parts of the night, in their order.
    pub(crate) parts: Vec<Part>,
    /// Clients that call in an endless loop.
    pub(crate) wild: u64,
    /// Connections that stand for all of them.
    pub(crate) connections: usize,
    /// Cores that services and driver share.
    pub(crate) cores: usize,
}

/// A part of the night, in seconds from its beginning on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

/// One run of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Run {
    pub(crate) is_protected: bool,
    /// One for each second from the beginning on, until all is done.
    pub(crate) seconds: Vec<Second>,
    pub(crate) books: Books,
}

/// What came to be in one second, counted by when calls were due.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Second {
    pub(crate) calls: BTreeMap<Ask, Calls>,
    /// How late the driver made calls.
    pub(crate) made_late: Latencies,
    /// What each service said of itself at its end; none where it could not be read.
    pub(crate) services: BTreeMap<Tier, Reading>,
}

/// What is asked for, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Ask {
    /// A phone was shaken: is there a packet for its user?
    Shake,
    /// A packet is opened.
    Open,
    /// A packet is shared with a friend.
    Share,
    /// The shakes of clients that run wild.
    Loop,
}

/// How a call ended for whoever made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Outcome {
    /// In time, and in full.
    Answered,
    /// In time, with less: the service's second, cheaper handler.
    Degraded,
    /// By the service, before its handler.
    Refused,
    /// Not sent: the client knew that it would be refused.
    Kept,
    /// Not in time.
    Late,
    /// In any other way.
    Failed,
}

/// Calls of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Calls {
    pub(crate) outcomes: BTreeMap<Outcome, u64>,
    /// From when they were due: of those that were answered, and those that were late.
    pub(crate) took: Latencies,
}

/// What a service says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reading {
    /// The tier of its load: 0 calm, 3 critical.
    pub(crate) load: u8,
    /// The least important calls that it takes, as class × 256 + rank; 65,535 takes all. `None`: it did not say in time, or has no level.
    pub(crate) level: Option<u16>,
    /// Calls that it has refused in this second, by cause.
    pub(crate) refused: BTreeMap<String, u64>,
    /// Calls that it has answered by its cheaper handlers in this second.
    pub(crate) degraded: u64,
    /// Jobs that wait in its queue.
    pub(crate) jobs: u64,
    /// Callers that it has blocked in this second.
    pub(crate) blocked: u64,
    /// Cores that it has used in this second.
    pub(crate) cores: f64,
}

/// What the books say at the end.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Books {
    pub(crate) sums: Vec<Sum>,
    /// All that is wrong, in words.
    pub(crate) faults: Vec<String>,
}

/// A sum of the books.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sum {
    /// Of what.
    pub(crate) what: &'static str,
    pub(crate) count: u64,
    pub(crate) fen: u64,
}

impl Night {
    pub(crate) fn run(&self, is_protected: bool) -> Option<&Run> {
        self.runs.iter().find(|run| run.is_protected == is_protected)
    }

    /// The longest run, in seconds.
    pub(crate) fn lasts(&self) -> usize {
        self.runs.iter().map(|run| run.seconds.len()).max().unwrap_or_default()
    }
}

impl Setting {
    /// The seconds of the part of this name that are wholly of it, so that a rate of them is of it alone.
    pub(crate) fn seconds_of(&self, name: &str) -> std::ops::Range<usize> {
        match self.parts.iter().find(|part| part.name == name) {
            Some(part) => part.from.ceil() as usize..part.to.floor() as usize,
            None => 0..0,
        }
    }
}

impl Run {
    /// All calls of one kind.
    pub(crate) fn calls(&self, ask: Ask) -> Calls {
        Self::sum(&self.seconds, ask)
    }

    /// Those that were due in these seconds.
    pub(crate) fn calls_in(&self, ask: Ask, seconds: std::ops::Range<usize>) -> Calls {
        let from = seconds.start.min(self.seconds.len());
        let to = seconds.end.clamp(from, self.seconds.len());
        Self::sum(self.seconds.get(from..to).unwrap_or_default(), ask)
    }

    fn sum(seconds: &[Second], ask: Ask) -> Calls {
        seconds.iter().filter_map(|second| second.calls.get(&ask)).sum()
    }

    /// What services have refused, by cause.
    pub(crate) fn refused(&self, tier: Tier) -> BTreeMap<String, u64> {
        let mut sums = BTreeMap::new();
        let readings = self.seconds.iter().filter_map(|second| second.services.get(&tier));
        for (cause, count) in readings.flat_map(|reading| &reading.refused) {
            *sums.entry(cause.clone()).or_default() += count;
        }
        sums
    }

    /// How late calls were made.
    pub(crate) fn made_late(&self) -> Latencies {
        let mut all = Latencies::default();
        for second in &self.seconds {
            all.merge(&second.made_late);
        }
        all
    }

    /// Most jobs that waited at the end of a second, and when that was.
    pub(crate) fn jobs_max(&self) -> (u64, usize) {
        let jobs = self.seconds.iter().enumerate().map(|(at, second)| (second.jobs(), at));
        jobs.fold((0, 0), |most, now| if now.0 > most.0 { now } else { most })
    }
}

impl Second {
    pub(crate) fn jobs(&self) -> u64 {
        self.services.values().map(|reading| reading.jobs).sum()
    }

    pub(crate) fn of(&self, ask: Ask, outcome: Outcome) -> u64 {
        self.calls.get(&ask).map_or(0, |calls| calls.of(outcome))
    }

    pub(crate) fn made(&self, ask: Ask) -> u64 {
        self.calls.get(&ask).map_or(0, Calls::made)
    }
}

impl Calls {
    pub(crate) fn of(&self, outcome: Outcome) -> u64 {
        self.outcomes.get(&outcome).copied().unwrap_or_default()
    }

    pub(crate) fn made(&self) -> u64 {
        self.outcomes.values().sum()
    }

    /// Those that were answered in time, be it with less.
    pub(crate) fn in_time(&self) -> u64 {
        self.of(Outcome::Answered) + self.of(Outcome::Degraded)
    }

    /// Of a hundred that were made, those that ended so; `None`: none were made.
    pub(crate) fn percent(&self, count: u64) -> Option<f64> {
        (self.made() > 0).then(|| count as f64 / self.made() as f64 * 100.0)
    }
}

impl AddAssign<&Self> for Calls {
    fn add_assign(&mut self, more: &Self) {
        for (outcome, count) in &more.outcomes {
            *self.outcomes.entry(*outcome).or_default() += count;
        }
        self.took.merge(&more.took);
    }
}

impl<'a> std::iter::Sum<&'a Self> for Calls {
    fn sum<I: Iterator<Item = &'a Self>>(calls: I) -> Self {
        calls.fold(Self::default(), |mut sum, calls| {
            sum += calls;
            sum
        })
    }
}

impl Books {
    /// Whether they were made at all, and nothing is wrong with them.
    pub(crate) fn are_exact(&self) -> bool {
        !self.sums.is_empty() && self.faults.is_empty()
    }
}

/// Words for people, and for JSON.
macro_rules! words {
    ($name:ident: $($variant:ident $word:literal,)+) => {
        impl $name {
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),+];

            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

words! { Ask: Shake "shake", Open "open", Share "share", Loop "loop", }
words! { Outcome:
    Answered "answered", Degraded "degraded", Refused "refused", Kept "kept back", Late "late", Failed "failed",
}
