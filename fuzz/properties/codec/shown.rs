//! Values of Rust as the reference decoder shows them.

use std::collections::{BTreeMap, HashMap};

use svrkit_runtime::wire::tlv::{Bytes, TlvEnum};

use super::messages::{Choice, Mood, OlderMood};
use super::reference::{Content, Value};

/// A type that one value may have.
pub(crate) trait Shown {
    fn shown(&self) -> Value;
}

/// A type that a field may have. `None`: it is not on the wire.
pub(crate) trait ShownField {
    fn shown_field(&self) -> Option<Content>;
}

macro_rules! single {
    ($($type:ty: |$value:ident| $shown:expr;)*) => {$(
        impl Shown for $type {
            fn shown(&self) -> Value {
                let $value = self;
                $shown
            }
        }

        impl ShownField for $type {
            fn shown_field(&self) -> Option<Content> {
                Some(self.shown()).filter(|value| !value.is_zero()).map(Content::One)
            }
        }
    )*};
}

single! {
    bool: |value| Value::Bool(*value);
    u32: |value| Value::Unsigned(u64::from(*value));
    u64: |value| Value::Unsigned(*value);
    i32: |value| Value::Signed(i64::from(*value));
    i64: |value| Value::Signed(*value);
    f32: |value| Value::Float(value.to_bits());
    f64: |value| Value::Double(value.to_bits());
    String: |value| Value::Text(value.clone());
    Bytes: |value| Value::Blob(value.to_vec());
    Vec<u8>: |value| Value::Blob(value.clone());
    Mood: |value| Value::Signed(i64::from(value.number()));
    OlderMood: |value| Value::Signed(i64::from(value.number()));
}

/// A message stands in an `Option`, a list or a map: never as a field by itself.
macro_rules! message {
    ($type:ty) => {
        impl $crate::codec::shown::Shown for $type {
            fn shown(&self) -> $crate::codec::reference::Value {
                $crate::codec::reference::Value::Message(self.tree())
            }
        }
    };
}
pub(crate) use message;

impl<T: Shown> Shown for Box<T> {
    fn shown(&self) -> Value {
        (**self).shown()
    }
}

impl<T: Shown> ShownField for Option<T> {
    fn shown_field(&self) -> Option<Content> {
        self.as_ref().map(|value| Content::One(value.shown()))
    }
}

impl<T: Shown> ShownField for Vec<T> {
    fn shown_field(&self) -> Option<Content> {
        (!self.is_empty()).then(|| Content::Many(self.iter().map(Shown::shown).collect()))
    }
}

impl<K: Shown, V: Shown> ShownField for BTreeMap<K, V> {
    fn shown_field(&self) -> Option<Content> {
        entries(self)
    }
}

impl<K: Shown, V: Shown, S> ShownField for HashMap<K, V, S> {
    fn shown_field(&self) -> Option<Content> {
        entries(self)
    }
}

fn entries<'m, K: Shown + 'm, V: Shown + 'm>(
    entries: impl IntoIterator<Item = (&'m K, &'m V)>,
) -> Option<Content> {
    let entries: BTreeMap<_, _> =
        entries.into_iter().map(|(key, value)| (key.shown(), value.shown())).collect();
    (!entries.is_empty()).then_some(Content::Map(entries))
}

impl Choice {
    /// The member that is set, by its tag.
    pub(crate) fn shown(&self) -> (u32, Content) {
        let (tag, value) = match self {
            Self::Number(value) => (21, value.shown()),
            Self::Delta(value) => (22, value.shown()),
            Self::Fixed(value) => (23, value.shown()),
            Self::Double(value) => (24, value.shown()),
            Self::Text(value) => (25, value.shown()),
            Self::Blob(value) => (26, value.shown()),
            Self::Mood(value) => (27, value.shown()),
            Self::Singles(value) => (28, value.shown()),
            Self::Every(value) => (3000, value.shown()),
        };
        (tag, Content::One(value))
    }
}
