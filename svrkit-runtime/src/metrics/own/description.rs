//! What a metric of the program's own is called and means.

use super::name::{self, LABELS_MAX, Said};
use super::{OwnMetric, RegisterError};
use crate::metrics::family::{Group, Kind, Metric, Unit};

/// A metric of the program's own: `#[derive(Metrics)]` makes one of each field.
#[derive(Debug, PartialEq, Eq)]
pub struct Description {
    labels: &'static [&'static str],
    metrics: [Metric; 1],
}

impl Description {
    /// Of this name, and what it means. It is judged when it is registered.
    #[doc(hidden)]
    #[must_use]
    pub const fn of<M: OwnMetric>(name: &'static str, unit: Unit, help: &'static str) -> Self {
        Self { labels: M::LABELS, metrics: [Metric { name, kind: M::KIND, unit, by: None, help }] }
    }

    pub(super) fn name(&self) -> &'static str {
        self.metrics[0].name
    }

    pub(super) fn group(&'static self) -> Group {
        Group { labels: self.labels, metrics: &self.metrics }
    }

    /// Whether it can be registered under its name and those of its labels.
    pub(super) fn check(&self) -> Result<(), RegisterError> {
        let Metric { name, kind, unit, .. } = self.metrics[0];
        let said = Said { is_counter: kind == Kind::Counter, is_time: unit == Unit::Seconds };
        if let Some(why) = name::metric_fault(name, said) {
            return Err(RegisterError::Name { name, why });
        }
        let refuse = |label, why| Err(RegisterError::Label { name, label, why });
        for (at, &label) in self.labels.iter().enumerate() {
            if let Some(why) = name::label_fault(label) {
                return refuse(label, why);
            }
            if self.labels[..at].contains(&label) {
                return refuse(label, "is there twice");
            }
            if at == LABELS_MAX {
                return refuse(label, "is one too many: a metric has at most 16 labels");
            }
        }
        Ok(())
    }

    /// Whether it can have its name although `known` has it.
    pub(super) fn check_beside(&self, known: Option<&Self>) -> Result<(), RegisterError> {
        match known.filter(|known| *known != self) {
            None => Ok(()),
            Some(known) => Err(RegisterError::Taken {
                name: self.name(),
                registered: known.told(),
                refused: self.told(),
            }),
        }
    }

    /// It in a few words, for who has two of one name.
    pub(super) fn told(&self) -> String {
        let Metric { kind, help, .. } = self.metrics[0];
        let labels: Vec<_> = self.labels.iter().map(|label| format!("`{label}`")).collect();
        let by = if labels.is_empty() { "" } else { " by " };
        format!("a {kind}{by}{} ({help:?})", labels.join(", "))
    }
}
