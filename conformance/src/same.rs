//! Whether a value of ours is the value of another library: floats by their bits, enums by their numbers.

use std::collections::BTreeMap;

use svrkit_runtime::Bytes;

/// A value that another library holds in a type of its own.
pub trait SameAs<Other> {
    /// Whether both hold the same.
    fn same_as(&self, other: &Other) -> bool;
}

/// What is left of a type without the box around it: libraries box where they like.
pub trait Unboxed {
    /// The type without the box.
    type Inner;

    /// The value without the box.
    fn unboxed(&self) -> &Self::Inner;
}

impl<T> Unboxed for Box<T> {
    type Inner = T;

    fn unboxed(&self) -> &T {
        self
    }
}

/// Types that stand for themselves where boxes are taken off.
macro_rules! unboxed {
    ($($Type:ty),+ $(,)?) => {$(
        impl $crate::same::Unboxed for $Type {
            type Inner = Self;

            fn unboxed(&self) -> &Self {
                self
            }
        }
    )+};
}

pub(crate) use unboxed;

unboxed!(bool, i32, i64, u32, u64, f32, f64, String, Bytes, Vec<u8>);

macro_rules! equal {
    ($($Type:ty),+) => {$(
        impl SameAs<$Type> for $Type {
            fn same_as(&self, other: &Self) -> bool {
                self == other
            }
        }
    )+};
}

equal!(bool, i32, i64, u32, u64, String);

impl SameAs<f32> for f32 {
    fn same_as(&self, other: &Self) -> bool {
        self.to_bits() == other.to_bits()
    }
}

impl SameAs<f64> for f64 {
    fn same_as(&self, other: &Self) -> bool {
        self.to_bits() == other.to_bits()
    }
}

impl SameAs<Vec<u8>> for Bytes {
    fn same_as(&self, other: &Vec<u8>) -> bool {
        **self == **other
    }
}

impl SameAs<Bytes> for Bytes {
    fn same_as(&self, other: &Bytes) -> bool {
        self == other
    }
}

impl<A, B> SameAs<Option<B>> for Option<A>
where
    A: Unboxed<Inner: SameAs<B::Inner>>,
    B: Unboxed,
{
    fn same_as(&self, other: &Option<B>) -> bool {
        match (self, other) {
            (Some(own), Some(other)) => own.unboxed().same_as(other.unboxed()),
            (None, None) => true,
            _ => false,
        }
    }
}

impl<A: SameAs<B>, B> SameAs<Vec<B>> for Vec<A> {
    fn same_as(&self, other: &Vec<B>) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(own, other)| own.same_as(other))
    }
}

impl<K: SameAs<L>, L, A: SameAs<B>, B> SameAs<BTreeMap<L, B>> for BTreeMap<K, A> {
    fn same_as(&self, other: &BTreeMap<L, B>) -> bool {
        let mut pairs = self.iter().zip(other);
        self.len() == other.len() && pairs.all(|((k, a), (l, b))| k.same_as(l) && a.same_as(b))
    }
}
