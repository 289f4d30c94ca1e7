//! Views, looked at until nothing is left, as the reference decoder shows what they see.

use std::collections::BTreeMap;

use svrkit_runtime::wire::tlv::{
    DecodeError, Encoding, EntryViews, ItemViews, MapKey, TlvEnum, Value as TlvValue,
};

use super::messages::{ChoiceView, Mood, OlderMood};
use super::reference::{Content, Value};

/// What a view answers for one value.
pub(crate) trait Seen {
    fn seen(self) -> Result<Value, DecodeError>;
}

/// What a view answers for a field. `None`: it is not on the wire.
pub(crate) trait SeenField {
    fn seen_field(self) -> Result<Option<Content>, DecodeError>;
}

macro_rules! single {
    ($($type:ty: |$value:ident| $seen:expr;)*) => {$(
        impl Seen for $type {
            fn seen(self) -> Result<Value, DecodeError> {
                let $value = self;
                Ok($seen)
            }
        }

        impl SeenField for $type {
            fn seen_field(self) -> Result<Option<Content>, DecodeError> {
                Ok(Some(self.seen()?).filter(|value| !value.is_zero()).map(Content::One))
            }
        }
    )*};
}

single! {
    bool: |value| Value::Bool(value);
    u32: |value| Value::Unsigned(u64::from(value));
    u64: |value| Value::Unsigned(value);
    i32: |value| Value::Signed(i64::from(value));
    i64: |value| Value::Signed(value);
    f32: |value| Value::Float(value.to_bits());
    f64: |value| Value::Double(value.to_bits());
    &str: |value| Value::Text(value.to_owned());
    &[u8]: |value| Value::Blob(value.to_vec());
    Mood: |value| Value::Signed(i64::from(value.number()));
    OlderMood: |value| Value::Signed(i64::from(value.number()));
}

/// A message stands in an `Option`, a list or a map: never as a field by itself.
macro_rules! view {
    ($type:ty) => {
        impl $crate::codec::seen::Seen for <$type as ::svrkit_runtime::Tlv>::View<'_> {
            fn seen(self) -> Result<$crate::codec::reference::Value, ::svrkit_runtime::DecodeError> {
                <$type>::seen(self).map($crate::codec::reference::Value::Message)
            }
        }
    };
}
pub(crate) use view;

impl<T: Seen> SeenField for Option<T> {
    fn seen_field(self) -> Result<Option<Content>, DecodeError> {
        self.map(|value| value.seen().map(Content::One)).transpose()
    }
}

/// What can be wrong late.
impl<T: SeenField> SeenField for Result<T, DecodeError> {
    fn seen_field(self) -> Result<Option<Content>, DecodeError> {
        self?.seen_field()
    }
}

impl<'a, T: TlvValue<E>, E: Encoding> SeenField for ItemViews<'a, T, E>
where
    T::Seen<'a>: Seen,
{
    fn seen_field(self) -> Result<Option<Content>, DecodeError> {
        let items = self.map(|item| item?.seen()).collect::<Result<Vec<_>, _>>()?;
        Ok((!items.is_empty()).then_some(Content::Many(items)))
    }
}

impl<'a, K, V, KE, VE> SeenField for EntryViews<'a, K, V, KE, VE>
where
    K: MapKey<KE>,
    V: TlvValue<VE>,
    KE: Encoding,
    VE: Encoding,
    K::Seen<'a>: Seen,
    V::Seen<'a>: Seen,
{
    fn seen_field(self) -> Result<Option<Content>, DecodeError> {
        let mut entries = BTreeMap::new();
        for entry in self {
            let (key, value) = entry?;
            // Of entries with one key the last one counts.
            entries.insert(key.seen()?, value.seen()?);
        }
        Ok((!entries.is_empty()).then_some(Content::Map(entries)))
    }
}

impl ChoiceView<'_> {
    /// The member that is set, by its tag.
    pub(crate) fn seen(self) -> Result<(u32, Content), DecodeError> {
        let (tag, value) = match self {
            Self::Number(value) => (21, value.seen()?),
            Self::Delta(value) => (22, value.seen()?),
            Self::Fixed(value) => (23, value.seen()?),
            Self::Double(value) => (24, value.seen()?),
            Self::Text(value) => (25, value.seen()?),
            Self::Blob(value) => (26, value.seen()?),
            Self::Mood(value) => (27, value.seen()?),
            Self::Singles(value) => (28, Seen::seen(value)?),
            Self::Every(value) => (3000, Seen::seen(value)?),
        };
        Ok((tag, Content::One(value)))
    }
}
