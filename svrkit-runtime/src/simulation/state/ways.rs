//! Ways between hosts: what they are like, and whether anything arrives.

use std::time::Duration;

use tokio::time::Instant;

use super::State;
use crate::simulation::link::Conditions;

impl State {
    pub(in crate::simulation) fn set_conditions(&mut self, conditions: Conditions) {
        self.conditions = conditions;
        self.conditions_of.clear();
    }

    pub(in crate::simulation) fn set_conditions_of(
        &mut self,
        from: usize,
        to: usize,
        conditions: Conditions,
    ) {
        self.conditions_of.insert((from, to), conditions);
    }

    pub(in crate::simulation) fn cut(&mut self, from: usize, to: usize, now: Instant) {
        if self.cuts.insert((from, to)) {
            let words = format!("{} -> {}: cut", self.hosts[from].name, self.hosts[to].name);
            self.note(now, &words);
        }
    }

    pub(in crate::simulation) fn heal(&mut self, now: Instant) {
        if !self.cuts.is_empty() {
            self.cuts.clear();
            self.note(now, &"all ways are whole");
        }
    }

    pub(super) fn passes(&self, from: usize, to: usize) -> bool {
        self.hosts[to].is_up && !self.cuts.contains(&(from, to))
    }

    pub(super) fn delay(&mut self, from: usize, to: usize) -> Duration {
        if from == to {
            return Duration::ZERO;
        }
        self.conditions_of.get(&(from, to)).unwrap_or(&self.conditions).draw(&mut self.random)
    }
}
