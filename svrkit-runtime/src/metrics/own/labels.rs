//! What the numbers of a [`Family`](super::Family) are told apart by.

use std::borrow::Cow;
use std::hash::Hash;
use std::sync::Arc;

pub use svrkit_macros::Labels;

/// The labels of a metric of the program's own, with their values: a struct of [`LabelValue`]s, or an enum, which is one label. Derived.
///
/// ```
/// use svrkit_runtime::metrics::{Labels, LabelValue};
///
/// #[derive(Clone, PartialEq, Eq, Hash, Labels)]
/// enum Payment {
///     Card,
///     #[metric(value = "cash")]
///     CashOnDelivery,
/// }
///
/// #[derive(Clone, PartialEq, Eq, Hash, Labels)]
/// struct Sale {
///     payment: Payment,
///     #[metric(name = "is_new")]
///     is_new_customer: bool,
/// }
///
/// assert_eq!(Payment::NAMES, ["payment"]);
/// assert_eq!(Payment::CashOnDelivery.text(), "cash");
/// assert_eq!((Sale::NAMES, Sale::COUNT), (&["payment", "is_new"][..], Some(4)));
/// ```
///
/// | where | attribute | meaning |
/// |---|---|---|
/// | on an enum | `#[metric(name = "method")]` | what the label is called; otherwise the enum's name in small letters: `payment` |
/// | on a variant | `#[metric(value = "cash")]` | what is told; otherwise the variant's name in small letters: `cash_on_delivery` |
/// | on a field | `#[metric(name = "is_new")]` | what the label is called; otherwise as the field is |
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no set of labels",
    note = "derive it: `#[derive(Clone, PartialEq, Eq, Hash, svrkit_runtime::metrics::Labels)]`"
)]
pub trait Labels: Clone + Eq + Hash + Send + Sync + 'static {
    /// What they are called.
    const NAMES: &'static [&'static str];

    /// How many combinations of values there are, if their types say so.
    const COUNT: Option<usize>;

    /// Which of these combinations it is, from 0 on. `None`: their types do not say how many there are.
    fn index(&self) -> Option<usize>;

    /// Their values, in the order of the names.
    fn texts(&self) -> Vec<Cow<'_, str>>;
}

/// The value of a label.
///
/// An enum that derives [`Labels`], a `bool`, a number or a text. Of numbers and texts there is no end: as many combinations as `metrics.label_sets` says are
/// counted by themselves, and all others as `other`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value of a label",
    note = "an enum that derives `svrkit_runtime::metrics::Labels` is one, a `bool`, a number without a sign, a `String`, an `Arc<str>` and a `&'static str`"
)]
pub trait LabelValue: Clone + Eq + Hash + Send + Sync + 'static {
    /// How many values there are, if the type says so.
    const COUNT: Option<usize> = None;

    /// Which of these values it is, from 0 on. `None`: the type does not say how many there are.
    fn index(&self) -> Option<usize> {
        None
    }

    /// The value as it is told. What is beyond 1024 bytes is left out.
    fn text(&self) -> Cow<'_, str>;
}

impl LabelValue for bool {
    const COUNT: Option<usize> = Some(2);

    fn index(&self) -> Option<usize> {
        Some((*self).into())
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(if *self { "true" } else { "false" })
    }
}

macro_rules! texts {
    ($($text:ty),+) => {
        $(impl LabelValue for $text {
            fn text(&self) -> Cow<'_, str> {
                Cow::Borrowed(self)
            }
        })+
    };
}

texts!(String, &'static str, Arc<str>);

macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl LabelValue for $number {
            fn text(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }
        })+
    };
}

numbers!(u8, u16, u32, u64);

/// How many combinations there are of as many values as each of `counts`.
#[doc(hidden)]
#[must_use]
pub const fn combinations(counts: &[Option<usize>]) -> Option<usize> {
    let (mut at, mut all) = (0, 1_usize);
    while at < counts.len() {
        let Some(count) = counts[at] else { return None };
        let Some(product) = all.checked_mul(count) else { return None };
        all = product;
        at += 1;
    }
    Some(all)
}

/// Which of the combinations it is that has these values, each with how many there are.
#[doc(hidden)]
#[must_use]
pub fn combination(values: &[(Option<usize>, Option<usize>)]) -> Option<usize> {
    values
        .iter()
        .try_fold(0_usize, |index, (value, count)| index.checked_mul((*count)?)?.checked_add((*value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_combination_has_a_number_of_its_own() {
        assert_eq!(combinations(&[Some(3), Some(2)]), Some(6));
        assert_eq!(combinations(&[]), Some(1));
        assert_eq!(combinations(&[Some(3), None]), None);
        assert_eq!(combinations(&[Some(usize::MAX), Some(2)]), None);
        let numbers: Vec<_> = (0..3)
            .flat_map(|first| (0..2).map(move |second| [(Some(first), Some(3)), (Some(second), Some(2))]))
            .map(|values| combination(&values))
            .collect();
        assert_eq!(numbers, (0..6).map(Some).collect::<Vec<_>>());
        assert_eq!(combination(&[(None, None)]), None);
    }

    #[test]
    fn values_are_told_as_they_are() {
        assert_eq!((true.text(), false.index()), ("true".into(), Some(0)));
        assert_eq!((404_u16.text(), 404_u16.index()), ("404".into(), None));
        assert_eq!(Arc::<str>::from("north").text(), "north");
    }
}
