//! Numbers and names that are never used again.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::diagnostic::Span;
use crate::parse::syntax;

/// What a message, an enum or a service keeps from being used.
#[derive(Debug, Default)]
pub(crate) struct Reserved {
    /// First, last and place; ascending, and no two overlap.
    ranges: Vec<(i64, i64, Span)>,
    names: BTreeMap<Rc<str>, Span>,
}

impl Reserved {
    pub(crate) fn new(elements: &[syntax::Reserved]) -> Self {
        let mut sorted: Vec<_> =
            elements.iter().flat_map(|element| element.numbers.iter().copied()).collect();
        sorted.sort();
        let mut ranges: Vec<(i64, i64, Span)> = Vec::new();
        for (first, last, span) in sorted {
            match ranges.last_mut() {
                Some(before) if first <= before.1 => before.1 = before.1.max(last),
                _ => ranges.push((first, last, span)),
            }
        }
        let mut names = BTreeMap::new();
        for name in elements.iter().flat_map(|element| &element.names) {
            names.entry(Rc::clone(&name.value)).or_insert(name.span);
        }
        Self { ranges, names }
    }

    /// Where this number is reserved.
    pub(crate) fn number(&self, number: i64) -> Option<Span> {
        let after = self.ranges.partition_point(|(first, ..)| *first <= number);
        let (_, last, span) = self.ranges.get(after.checked_sub(1)?)?;
        (number <= *last).then_some(*span)
    }

    /// Where this name is reserved.
    pub(crate) fn name(&self, name: &str) -> Option<Span> {
        self.names.get(name).copied()
    }

    /// Where numbers are reserved, if no name is.
    pub(crate) fn numbers_without_names(&self) -> Option<Span> {
        let (.., span) = self.ranges.first().filter(|_| self.names.is_empty())?;
        Some(*span)
    }

    /// Every reserved name, and where it is reserved.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, Span)> {
        self.names.iter().map(|(name, span)| (&**name, *span))
    }

    /// Every range of reserved numbers, first and last, ascending.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (i64, i64)> {
        self.ranges.iter().map(|(first, last, _)| (*first, *last))
    }

    /// The largest reserved number.
    pub(crate) fn numbers_max(&self) -> Option<i64> {
        self.ranges.last().map(|(_, last, _)| *last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_overlapping_ranges() {
        let numbers = vec![(9, 12, Span::default()), (4, 4, Span::default()), (10, 11, Span::default())];
        let reserved = Reserved::new(&[syntax::Reserved { numbers, names: Vec::new() }]);
        let inside: Vec<i64> = (0..15).filter(|number| reserved.number(*number).is_some()).collect();
        assert_eq!(inside, [4, 9, 10, 11, 12]);
        assert_eq!(reserved.numbers_max(), Some(12));
    }
}
