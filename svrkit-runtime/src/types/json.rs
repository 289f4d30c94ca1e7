//! Values of JSON's kinds: made of the plain types, and looked at as them.

use std::collections::BTreeMap;

use super::value::Kind;
use super::{ListValue, NullValue, Struct, Value};

impl Value {
    /// `null`.
    #[must_use]
    pub fn null() -> Self {
        Kind::NullValue(NullValue::NullValue).into()
    }

    /// The number, if it is one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        if let Some(Kind::NumberValue(number)) = self.kind { Some(number) } else { None }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Some(Kind::StringValue(text)) = &self.kind { Some(text) } else { None }
    }

    /// `true` or `false`, if it is one of the two.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Some(Kind::BoolValue(value)) = self.kind { Some(value) } else { None }
    }

    /// The values by names, if it holds such.
    #[must_use]
    pub fn as_struct(&self) -> Option<&Struct> {
        if let Some(Kind::StructValue(value)) = &self.kind { Some(value) } else { None }
    }

    /// The values in their order, if it holds such.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Some(Kind::ListValue(list)) = &self.kind { Some(&list.values) } else { None }
    }

    /// Is it `null`?
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Some(Kind::NullValue(_)))
    }
}

impl From<Kind> for Value {
    fn from(kind: Kind) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }
}

macro_rules! from {
    ($($type:ty => |$value:ident| $kind:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $kind.into()
            }
        }
    )*};
}

from! {
    () => |_value| Kind::NullValue(NullValue::NullValue);
    bool => |value| Kind::BoolValue(value);
    f64 => |value| Kind::NumberValue(value);
    f32 => |value| Kind::NumberValue(value.into());
    i32 => |value| Kind::NumberValue(value.into());
    u32 => |value| Kind::NumberValue(value.into());
    String => |value| Kind::StringValue(value);
    &str => |value| Kind::StringValue(value.to_owned());
    Struct => |value| Kind::StructValue(value);
    ListValue => |value| Kind::ListValue(value);
}

/// `null` for `None`.
impl<V: Into<Value>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or_else(Self::null, Into::into)
    }
}

impl<V: Into<Value>> From<Vec<V>> for Value {
    fn from(values: Vec<V>) -> Self {
        ListValue::from_iter(values).into()
    }
}

impl<K: Into<String>, V: Into<Value>> From<BTreeMap<K, V>> for Value {
    fn from(values: BTreeMap<K, V>) -> Self {
        Struct::from_iter(values).into()
    }
}

impl<V: Into<Value>> FromIterator<V> for ListValue {
    fn from_iter<I: IntoIterator<Item = V>>(values: I) -> Self {
        Self { values: values.into_iter().map(Into::into).collect(), ..Self::default() }
    }
}

/// The last of two values of one name stays.
///
/// ```
/// use svrkit_runtime::types::{Struct, Value};
///
/// let order: Struct = [("id", Value::from(7)), ("tags", vec!["a", "b"].into()), ("note", Value::null())].into_iter().collect();
/// assert_eq!(order.fields["id"].as_f64(), Some(7.0));
/// assert_eq!(order.fields["tags"].as_list().unwrap()[1].as_str(), Some("b"));
/// ```
impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Struct {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(values: I) -> Self {
        let fields = values.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { fields, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tlv::Tlv;

    #[test]
    fn values_have_the_bytes_of_protobufs() {
        for (value, bytes) in [
            (Value::default(), &b""[..]),
            (Value::null(), b"\x08\x00"),
            (Value::from(None::<bool>), b"\x08\x00"),
            (1.0.into(), b"\x11\0\0\0\0\0\0\xf0\x3f"),
            ("a".into(), b"\x1a\x01a"),
            (false.into(), b"\x20\x00"),
            (Struct::from_iter([("k", true)]).into(), b"\x2a\x09\x0a\x07\x0a\x01k\x12\x02\x20\x01"),
            (vec![(), ()].into(), b"\x32\x08\x0a\x02\x08\x00\x0a\x02\x08\x00"),
        ] {
            assert_eq!(value.encode().unwrap(), bytes);
            assert_eq!(Value::decode(bytes), Ok(value));
        }
    }

    #[test]
    fn a_value_is_looked_at_as_what_it_is() {
        let value = Value::from(vec![Value::from(2_u32), Value::from("a"), Value::from(true), Value::null()]);
        let [number, text, truth, null] = value.as_list().unwrap() else { panic!("{value:?}") };
        assert_eq!((number.as_f64(), number.as_str()), (Some(2.0), None));
        assert_eq!((text.as_str(), text.as_bool()), (Some("a"), None));
        assert_eq!((truth.as_bool(), truth.as_f64()), (Some(true), None));
        assert!(null.is_null() && !truth.is_null() && null.as_struct().is_none());
    }
}
