//! What fields hold: one value, a list, a map.

use super::{Dynamic, DynamicError, List, Map, ScalarValue};

/// What a field holds.
#[derive(Debug)]
pub enum FieldValue<'a> {
    /// One value.
    One(Value<'a>),
    /// The values of a repeated field, at least one.
    Many(List<'a>),
    /// The entries of a map, at least one.
    Map(Map<'a>),
}

/// One value.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "one is held at a time, and a box would be an allocation a message"
)]
pub enum Value<'a> {
    /// Of a scalar or an enum.
    Scalar(ScalarValue<'a>),
    /// A message, whose own values are not read yet.
    Message(Dynamic<'a>),
}

/// Reads everything inside a value that nobody asks for.
pub(super) fn exhaust(value: Value<'_>) -> Result<(), DynamicError> {
    let Value::Message(message) = value else { return Ok(()) };
    for field in message.fields() {
        match field?.1 {
            FieldValue::One(value) => exhaust(value)?,
            FieldValue::Many(mut values) => values.try_for_each(|value| exhaust(value?))?,
            FieldValue::Map(mut entries) => entries.try_for_each(|entry| exhaust(entry?.1))?,
        }
    }
    Ok(())
}
