//! One row: a refusal by one cause beside calls that are served.

use serde::Serialize;

use super::Costs;
use crate::stats::median;

/// A refusal is to cost no more than such a share of an echo, and of a handler of a millisecond.
const OF_ECHO: f64 = 0.5;
const OF_COMPUTING: f64 = 0.01;

pub(super) const COLUMNS: &[&str] = &[
    "refused by",
    "µs",
    "µs of an echo",
    "share",
    "goal",
    "",
    "µs of a call of 1 ms",
    "share",
    "goal",
    "",
];

/// The JSON line. Its fields are an interface: programs read them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Row {
    case: &'static str,
    /// Why calls were refused.
    cause: &'static str,
    /// CPU time of the server for each, in microseconds; medians.
    refusal_us: f64,
    echo_us: f64,
    computing_us: f64,
    /// Medians of the repeats' own.
    of_echo: f64,
    of_computing: f64,
    met: bool,
}

impl Row {
    /// Of the repeats; `None`: there are none.
    pub(super) fn new(cause: &'static str, all: &[Costs], cost: impl Fn(&Costs) -> f64) -> Option<Self> {
        let of = |value: &dyn Fn(&Costs) -> f64| median(all.iter().map(value)).map(rounded);
        let (of_echo, of_computing) = (
            of(&|costs| cost(costs) / costs.echo)?,
            of(&|costs| cost(costs) / costs.computing)?,
        );
        Some(Self {
            case: "refusal",
            cause,
            refusal_us: of(&cost)?,
            echo_us: of(&|costs| costs.echo)?,
            computing_us: of(&|costs| costs.computing)?,
            of_echo,
            of_computing,
            met: of_echo <= OF_ECHO && of_computing <= OF_COMPUTING,
        })
    }

    /// For the table.
    pub(super) fn cells(&self) -> [String; 10] {
        let word = |met| if met { "met" } else { "missed" }.to_owned();
        [
            self.cause.to_owned(),
            format!("{:.2}", self.refusal_us),
            format!("{:.2}", self.echo_us),
            format!("{:.2}", self.of_echo),
            format!("≤ {OF_ECHO}"),
            word(self.of_echo <= OF_ECHO),
            format!("{:.0}", self.computing_us),
            format!("{:.4}", self.of_computing),
            format!("≤ {OF_COMPUTING}"),
            word(self.of_computing <= OF_COMPUTING),
        ]
    }
}

/// To a ten-thousandth: more digits than any measurement has.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    const COSTS: Costs = Costs {
        echo: 2.0,
        computing: 1000.0,
        by_level: 0.9,
        by_queue: 3.0,
        draining: 0.8,
        blocked: 0.7,
        by_rate: 1.0,
    };

    #[test]
    fn a_goal_is_missed_by_who_misses_either() {
        let level = Row::new("level", &[COSTS], |costs| costs.by_level).unwrap();
        assert!(level.met && level.of_echo == 0.45, "{level:?}");
        let queue = Row::new("queue", &[COSTS], |costs| costs.by_queue).unwrap();
        assert!(!queue.met && queue.of_computing == 0.003, "{queue:?}");
        assert_eq!(Row::new("level", &[], |costs| costs.by_level), None);
    }

    #[test]
    fn an_hour_in_which_all_is_slower_changes_no_share() {
        let slower = Costs {
            echo: 8.0,
            computing: 4000.0,
            by_level: 3.6,
            by_queue: 12.0,
            ..COSTS
        };
        let row = Row::new("level", &[COSTS, slower, slower], |costs| costs.by_level).unwrap();
        assert_eq!((row.of_echo, row.refusal_us), (0.45, 3.6));
    }
}
