//! What breaks the constraints of a message: all of it at once, each with its place.
//!
//! A violation is made where it is found and learns its path on the way out, so that a message in order pays
//! nothing for it.

use std::fmt;

use super::path::{Path, Step};
use super::{Bound, Tlv};

/// Violations of one message that are kept; what is beyond is counted.
pub const VIOLATIONS_KEPT_MAX: usize = 100;

/// Everything in a message that breaks a constraint of its schema, in the order of the tags.
///
/// The sender's fault: the same message will break them again.
///
/// ```
/// use svrkit_runtime::wire::tlv::{Tlv, Violations};
///
/// #[derive(Clone, Debug, Default, PartialEq, Tlv)]
/// #[tlv(name = "shop.Order")]
/// struct Order {
///     #[tlv(1, min = 1)]
///     id: u64,
///     #[tlv(2, min_items = 1)]
///     items: Vec<Item>,
/// }
///
/// #[derive(Clone, Debug, Default, PartialEq, Tlv)]
/// struct Item {
///     #[tlv(1, max_len = 5)]
///     note: String,
/// }
///
/// let order = Order { id: 0, items: vec![Item { note: "fragile".to_owned() }] };
/// let violations = Violations::of(&order);
/// assert_eq!(
///     violations.to_string(),
///     "Order.id: must be at least 1, is 0; Order.items[0].note: must be at most 5 bytes, is 7",
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Violations {
    message: &'static str,
    kept: Vec<Broken>,
    /// How many were found after as many as are kept.
    not_kept: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct Broken {
    rule: Rule,
    /// From the inside to the outside.
    steps: Vec<Step>,
}

/// One constraint that one field breaks.
#[derive(Clone, Copy, PartialEq)]
pub struct Violation<'a> {
    message: &'static str,
    broken: &'a Broken,
}

/// The constraint, and what was found instead: of a sensitive field (`#[tlv(1, sensitive)]`) `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Rule {
    /// `required`: it is absent or empty.
    Required,
    /// `min`: the number is below, or none at all (NaN).
    Min {
        /// The least number allowed.
        min: Bound,
        /// The number found.
        found: Option<Bound>,
    },
    /// `max`: the number is above, or none at all (NaN).
    Max {
        /// The greatest number allowed.
        max: Bound,
        /// The number found.
        found: Option<Bound>,
    },
    /// `min_len`: too few bytes.
    MinLen {
        /// The least length allowed.
        min: usize,
        /// The length found.
        found: Option<usize>,
    },
    /// `max_len`: too many bytes.
    MaxLen {
        /// The greatest length allowed.
        max: usize,
        /// The length found.
        found: Option<usize>,
    },
    /// `min_items`: too few items or entries.
    MinItems {
        /// The least number of items allowed.
        min: usize,
        /// The number found.
        found: Option<usize>,
    },
    /// `max_items`: too many items or entries.
    MaxItems {
        /// The greatest number of items allowed.
        max: usize,
        /// The number found.
        found: Option<usize>,
    },
    /// `ensure`: a function said no.
    Ensured {
        /// What the value must be.
        text: &'static str,
    },
}

impl Violations {
    /// Checks `message` and everything inside it. Goes as deep as the message, which a decode has bounded.
    pub fn of<M: Tlv>(message: &M) -> Self {
        let mut violations = Self { message: M::NAME, kept: Vec::new(), not_kept: 0 };
        message.check(&mut violations);
        violations
    }

    /// Adds one, of the value that is being looked at. For implementations of [`Tlv::check`].
    #[cold]
    pub fn add(&mut self, rule: Rule) {
        if self.kept.len() < VIOLATIONS_KEPT_MAX {
            self.kept.push(Broken { rule, steps: Vec::new() });
        } else {
            self.not_kept = self.not_kept.saturating_add(1);
        }
    }

    /// Where the next one will stand, for [`in_field`](Self::in_field).
    #[inline]
    pub fn mark(&self) -> usize {
        self.kept.len()
    }

    /// Puts all that were added since `mark` into the field `name`. For implementations of [`Tlv::check`].
    #[inline]
    pub fn in_field(&mut self, mark: usize, name: &'static str) {
        if mark < self.kept.len() {
            self.step(mark, &Step::Field(name));
        }
    }

    /// Takes out of all that were added since `mark` what was found, and the keys of maps: to be called before
    /// [`in_field`](Self::in_field) puts them into a sensitive field. For implementations of [`Tlv::check`].
    #[inline]
    pub fn withhold(&mut self, mark: usize) {
        if mark < self.kept.len() {
            self.withhold_values(mark);
        }
    }

    /// Puts all that were added since `mark` into item `index` of a repeated field.
    #[inline]
    pub(super) fn in_item(&mut self, mark: usize, index: usize) {
        if mark < self.kept.len() {
            self.step(mark, &Step::Item(index));
        }
    }

    /// Puts all that were added since `mark` into the entry of `key` of a map.
    #[inline]
    pub(super) fn in_entry(&mut self, mark: usize, key: &impl fmt::Debug) {
        if mark < self.kept.len() {
            self.step(mark, &Step::entry(key));
        }
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many were found, more than [`VIOLATIONS_KEPT_MAX`] perhaps.
    pub fn len(&self) -> usize {
        self.kept.len() + self.not_kept
    }

    /// One after the other, the first [`VIOLATIONS_KEPT_MAX`] of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Violation<'_>> {
        self.kept.iter().map(|broken| Violation { message: self.message, broken })
    }

    #[cold]
    fn withhold_values(&mut self, mark: usize) {
        for Broken { rule, steps } in &mut self.kept[mark..] {
            rule.withhold();
            steps.iter_mut().for_each(Step::withhold);
        }
    }

    #[cold]
    fn step(&mut self, mark: usize, step: &Step) {
        for broken in &mut self.kept[mark..] {
            broken.steps.push(step.clone());
        }
    }
}

/// All that are kept, and how many more there are.
impl fmt::Display for Violations {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, violation) in self.iter().enumerate() {
            let between = if at == 0 { "" } else { "; " };
            write!(out, "{between}{violation}")?;
        }
        match self.not_kept {
            0 => Ok(()),
            not_kept => write!(out, "; and {not_kept} more"),
        }
    }
}

impl Violation<'_> {
    /// Which field it is, for people: `Order.items[3].note`.
    pub fn path(&self) -> String {
        self.place().to_string()
    }

    /// What it breaks.
    pub fn rule(&self) -> Rule {
        self.broken.rule
    }

    fn place(&self) -> Path<'_> {
        Path { message: self.message, steps: &self.broken.steps }
    }
}

impl fmt::Display for Violation<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place(), self.broken.rule)
    }
}

impl fmt::Debug for Violation<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Violation").field("path", &self.path()).field("rule", &self.broken.rule).finish()
    }
}

impl Rule {
    fn withhold(&mut self) {
        match self {
            Self::Min { found, .. } | Self::Max { found, .. } => *found = None,
            Self::MinLen { found, .. }
            | Self::MaxLen { found, .. }
            | Self::MinItems { found, .. }
            | Self::MaxItems { found, .. } => *found = None,
            Self::Required | Self::Ensured { .. } => {}
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: &usize| if *count == 1 { "" } else { "s" };
        match self {
            Self::Required => out.write_str("is required"),
            Self::Min { min, found } => write!(out, "must be at least {min}{}", Found(", is", *found)),
            Self::Max { max, found } => write!(out, "must be at most {max}{}", Found(", is", *found)),
            Self::MinLen { min, found } => {
                write!(out, "must be at least {min} byte{}{}", plural(min), Found(", is", *found))
            }
            Self::MaxLen { max, found } => {
                write!(out, "must be at most {max} byte{}{}", plural(max), Found(", is", *found))
            }
            Self::MinItems { min, found } => {
                write!(out, "must have at least {min} item{}{}", plural(min), Found(", has", *found))
            }
            Self::MaxItems { max, found } => {
                write!(out, "must have at most {max} item{}{}", plural(max), Found(", has", *found))
            }
            Self::Ensured { text } => write!(out, "must be {text}"),
        }
    }
}

/// What was found, behind a word, or nothing where it is withheld.
struct Found<T>(&'static str, Option<T>);

impl<T: fmt::Display> fmt::Display for Found<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(word, found) = self;
        found.as_ref().map_or(Ok(()), |found| write!(out, "{word} {found}"))
    }
}
