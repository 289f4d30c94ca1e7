//! How important a call is, in the words of the schema.

/// How important a call is: its business class first, then the rank of its user within the class. Smaller is more important.
///
/// The method that was called first says the class ([`Spec::priority`](crate::Spec::priority)); all calls below it have the same, and
/// the same rank. Ordered as servers admit calls: whatever is of a smaller class goes before, whoever its user is.
///
/// ```
/// use svrkit_runtime::Priority;
///
/// let (payment, avatar) = (Priority::CORE, Priority::LOSSY);
/// assert!(payment < avatar);
/// assert!(Priority { rank: 9, ..Priority::CORE } < Priority::IMPORTANT);
/// assert_eq!(Priority::of_class(64), Priority::IMPORTANT);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Priority {
    /// Business class: what the call is for.
    pub class: u8,
    /// Rank of the user: for whom it is.
    pub rank: u8,
}

impl Priority {
    /// What the business stands and falls with: `priority="core"`.
    pub const CORE: Self = Self::of_class(0);
    /// What users notice at once: `priority="important"`.
    pub const IMPORTANT: Self = Self::of_class(64);
    /// What a method has that names none: `priority="normal"`.
    pub const NORMAL: Self = Self::of_class(128);
    /// What may be lost: `priority="lossy"`.
    pub const LOSSY: Self = Self::of_class(192);

    /// The highest priority of a business class: that of rank 0.
    #[must_use]
    pub const fn of_class(class: u8) -> Self {
        Self { class, rank: 0 }
    }
}
