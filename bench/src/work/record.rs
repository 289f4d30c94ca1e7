//! What became of each call.

use serde::{Deserialize, Serialize};

/// How a call ended, as its caller sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Answered. In time or not, that shows its time.
    Answered,
    /// The server has refused it, or one beneath.
    Refused,
    /// It was not sent: this side has refused it.
    NotSent,
    /// Its deadline came first.
    Late,
    /// Anything else.
    Failed,
}

impl Outcome {
    pub(crate) const ALL: [Self; 5] = [
        Self::Answered,
        Self::Refused,
        Self::NotSent,
        Self::Late,
        Self::Failed,
    ];
}

/// One call of an open loop. Times are microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Numbers", from = "Numbers")]
pub(crate) struct Record {
    /// When it was to be made, from the first one's time on.
    pub at: u64,
    /// From then on, until it had ended.
    pub took: u64,
    /// How much later than it was to be it was made.
    pub late: u64,
    /// How important it was: 0 to 3, less is more.
    pub class: usize,
    pub outcome: Outcome,
}

/// A record is a line of five numbers: there are a hundred thousand of them.
type Numbers = (u64, u64, u64, usize, usize);

impl From<Record> for Numbers {
    fn from(record: Record) -> Self {
        let Record {
            at,
            took,
            late,
            class,
            outcome,
        } = record;
        (at, took, late, class, outcome as usize)
    }
}

impl From<Numbers> for Record {
    fn from((at, took, late, class, outcome): Numbers) -> Self {
        let outcome = Outcome::ALL.get(outcome).copied().unwrap_or(Outcome::Failed);
        Self {
            at,
            took,
            late,
            class,
            outcome,
        }
    }
}

impl Record {
    /// Whether its answer came within so many microseconds.
    pub(crate) fn is_good(&self, deadline: u64) -> bool {
        self.outcome == Outcome::Answered && self.took <= deadline
    }

    /// When it ended.
    pub(crate) fn end(&self) -> u64 {
        self.at + self.took
    }

    pub(crate) fn is_refused(&self) -> bool {
        matches!(self.outcome, Outcome::Refused | Outcome::NotSent)
    }
}

/// What a client has seen of a closed loop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Closed {
    /// Calls that ended in the window, by [`Outcome`].
    pub calls: [u64; 5],
    pub seconds: f64,
    /// CPU time of the server.
    pub server_cpu_s: f64,
}

/// What a client has seen of an open loop.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Open {
    pub records: Vec<Record>,
    /// How often a request was sent, where that was counted.
    pub attempts: u64,
    /// When an endpoint was ejected, in microseconds from the beginning, and which.
    pub ejections: Vec<(u64, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_from_its_numbers() {
        for outcome in Outcome::ALL {
            let record = Record {
                at: 1,
                took: 2,
                late: 3,
                class: 3,
                outcome,
            };
            let json = serde_json::to_string(&record).unwrap();
            assert_eq!(serde_json::from_str::<Record>(&json).unwrap(), record, "{json}");
        }
    }
}
