//! Which calls are recorded.

use svrkit_runtime::Trace;

use crate::identifiers;

/// Which calls that are part of no trace begin one that is recorded. Of the others whoever began their trace has decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sampling {
    /// All of them.
    All,
    /// This share, from 0 to 1; what is outside counts as the nearer end.
    Share(f64),
}

impl Sampling {
    /// The place of a new span below `parent`, or of the first of a new trace.
    pub(crate) fn place(self, parent: Option<Trace>) -> Trace {
        let (trace_id, is_sampled) = match parent {
            Some(parent) => (parent.trace_id(), parent.is_sampled()),
            None => (identifiers::trace_id(), self.takes()),
        };
        Trace::new(trace_id, identifiers::span_id(), is_sampled).expect("neither id is 0")
    }

    fn takes(self) -> bool {
        match self {
            Self::All => true,
            Self::Share(share) => fastrand::f64() < share,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_that_has_begun_is_gone_on_with() {
        for is_sampled in [true, false] {
            let parent = Trace::new(7, 9, is_sampled).unwrap();
            let place = Sampling::Share(0.5).place(Some(parent));
            assert_eq!((place.trace_id(), place.is_sampled()), (7, is_sampled));
            assert_ne!(place.span_id(), 9);
        }
    }

    #[test]
    fn a_share_of_new_traces_is_recorded() {
        let recorded = |sampling: Sampling| (0..10_000).filter(|_| sampling.place(None).is_sampled()).count();
        assert_eq!(recorded(Sampling::All), 10_000);
        assert_eq!((recorded(Sampling::Share(0.0)), recorded(Sampling::Share(1.0))), (0, 10_000));
        assert_eq!((recorded(Sampling::Share(-1.0)), recorded(Sampling::Share(f64::NAN))), (0, 0));
        // Ten standard deviations wide.
        assert!((1_400..=2_600).contains(&recorded(Sampling::Share(0.2))));
    }
}
