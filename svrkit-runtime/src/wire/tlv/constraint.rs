//! The constraints that a field may declare: which types have which, and what they count.
//!
//! They say what a receiver demands, never what is written: bytes do not depend on them, and decoding asks for none.
//! Called by derived [`Tlv::check`](super::Tlv::check). A constraint of a `Vec` but for its items holds for each item,
//! one of an `Option` when it is set.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::RangeInclusive;

use super::{Bytes, Rule, Violations};

/// A number of any type that has a `min` or a `max`.
#[derive(Clone, Copy, PartialEq)]
pub enum Bound {
    /// Of an integer.
    Integer(i128),
    /// Of an `f32` or `f64`.
    Float(f64),
}

impl fmt::Display for Bound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => fmt::Display::fmt(number, out),
            Self::Float(number) => fmt::Display::fmt(number, out),
        }
    }
}

impl fmt::Debug for Bound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// A type with `min` and `max`: numbers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `min` and `max`",
    label = "not a number",
    note = "`min` and `max` are for numbers, `min_len` and `max_len` for text and bytes, `min_items` and `max_items` for `Vec` and maps"
)]
pub trait Ranged {
    /// Adds what is below `min` or above `max`. NaN is both.
    fn check_range(&self, min: Option<Bound>, max: Option<Bound>, violations: &mut Violations);
}

macro_rules! ranged {
    ($($type:ty, |$value:ident| $bound:expr, |$limit:ident| $compare:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Ranged for $type {
            #[inline]
            fn check_range(&self, min: Option<Bound>, max: Option<Bound>, violations: &mut Violations) {
                let $value = *self;
                let compare = |$limit: Bound| -> Option<Ordering> { $compare };
                if let Some(min) = min
                    && compare(min).is_none_or(Ordering::is_lt)
                {
                    violations.add(Rule::Min { min, found: Some($bound) });
                }
                if let Some(max) = max
                    && compare(max).is_none_or(Ordering::is_gt)
                {
                    violations.add(Rule::Max { max, found: Some($bound) });
                }
            }
        }
    )*};
}

ranged! {
    u32, |value| Bound::Integer(value.into()), |limit| compare_integer(value.into(), limit);
    u64, |value| Bound::Integer(value.into()), |limit| compare_integer(value.into(), limit);
    i32, |value| Bound::Integer(value.into()), |limit| compare_integer(value.into(), limit);
    i64, |value| Bound::Integer(value.into()), |limit| compare_integer(value.into(), limit);
    // The limit is rounded as the value was: 0.1 is at most 0.1.
    f32, |value| Bound::Float(value.into()), |limit| value.partial_cmp(&(float(limit) as f32));
    f64, |value| Bound::Float(value), |limit| value.partial_cmp(&float(limit));
}

#[inline]
fn compare_integer(value: i128, limit: Bound) -> Option<Ordering> {
    match limit {
        Bound::Integer(limit) => Some(value.cmp(&limit)),
        Bound::Float(limit) => (value as f64).partial_cmp(&limit),
    }
}

#[inline]
fn float(limit: Bound) -> f64 {
    match limit {
        Bound::Integer(limit) => limit as f64,
        Bound::Float(limit) => limit,
    }
}

/// A type with `min_len` and `max_len`, which count bytes: of a text those of its UTF-8.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `min_len` and `max_len`",
    label = "neither text nor bytes",
    note = "`min_len` and `max_len` are for text and bytes, `min` and `max` for numbers, `min_items` and `max_items` for `Vec` and maps"
)]
pub trait Measured {
    /// Adds what is shorter or longer than `len` allows.
    fn check_len(&self, len: &RangeInclusive<usize>, violations: &mut Violations);
}

macro_rules! measured {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Measured for $type {
            #[inline]
            fn check_len(&self, len: &RangeInclusive<usize>, violations: &mut Violations) {
                let (min, max, found) = (*len.start(), *len.end(), self.len());
                if found < min {
                    violations.add(Rule::MinLen { min, found: Some(found) });
                }
                if found > max {
                    violations.add(Rule::MaxLen { max, found: Some(found) });
                }
            }
        }
    )*};
}

measured! { String Bytes Vec<u8> }

/// A type with `min_items` and `max_items`: `Vec` and maps.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `min_items` and `max_items`",
    label = "neither a `Vec` nor a map",
    note = "`min_items` and `max_items` are for `Vec` and maps, `min_len` and `max_len` for text and bytes"
)]
pub trait Counted {
    /// How many items or entries there are.
    fn count(&self) -> usize;

    /// Adds what are fewer or more items than `count` allows.
    #[inline]
    fn check_items(&self, count: &RangeInclusive<usize>, violations: &mut Violations) {
        let (min, max, found) = (*count.start(), *count.end(), self.count());
        if found < min {
            violations.add(Rule::MinItems { min, found: Some(found) });
        }
        if found > max {
            violations.add(Rule::MaxItems { max, found: Some(found) });
        }
    }
}

/// A type that can be `required`: one that can be absent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be `required`",
    label = "always there",
    note = "`required` is for `Option`, `Vec` and maps; a text that must not be empty has `min_len = 1`, a number that must not be zero `min = 1`"
)]
pub trait CanBeMissing {
    /// Is it absent, or without any item?
    fn is_missing(&self) -> bool;
}

/// Adds what is not there.
#[inline]
pub fn require(field: &impl CanBeMissing, violations: &mut Violations) {
    if field.is_missing() {
        violations.add(Rule::Required);
    }
}

/// Adds that a value is not what `text` says, unless it `holds`.
#[inline]
pub fn ensure(holds: bool, text: &'static str, violations: &mut Violations) {
    if !holds {
        violations.add(Rule::Ensured { text });
    }
}

#[diagnostic::do_not_recommend]
impl<T> CanBeMissing for Option<T> {
    #[inline]
    fn is_missing(&self) -> bool {
        self.is_none()
    }
}

macro_rules! counted {
    ($($type:ty, [$($parameter:ident),*];)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter),*> Counted for $type {
            #[inline]
            fn count(&self) -> usize {
                self.len()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($parameter),*> CanBeMissing for $type {
            #[inline]
            fn is_missing(&self) -> bool {
                self.is_empty()
            }
        }
    )*};
}

counted! {
    Vec<T>, [T];
    BTreeMap<K, V>, [K, V];
    HashMap<K, V, S>, [K, V, S];
}

/// What a value must obey, an `Option` obeys when it is set, and a `Vec` with each of its items.
macro_rules! through {
    ($($trait:ident :: $check:ident($($name:ident: $type:ty),*);)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: $trait> $trait for Option<T> {
            #[inline]
            fn $check(&self, $($name: $type,)* violations: &mut Violations) {
                if let Some(value) = self {
                    value.$check($($name,)* violations);
                }
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: $trait> $trait for Vec<T> {
            fn $check(&self, $($name: $type,)* violations: &mut Violations) {
                for (index, item) in self.iter().enumerate() {
                    let mark = violations.mark();
                    item.$check($($name,)* violations);
                    violations.in_item(mark, index);
                }
            }
        }
    )*};
}

through! {
    Ranged::check_range(min: Option<Bound>, max: Option<Bound>);
    Measured::check_len(len: &RangeInclusive<usize>);
}
