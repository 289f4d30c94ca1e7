//! The value of `default`, read by the type of its field.

use std::rc::Rc;

use super::{Enum, EnumId, FieldType, Schema};
use crate::constraint::{Holds, is_within};
use crate::parse::nearest;

/// A value of a scalar or an enum.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Flag(bool),
    Integer(i128),
    Float(f64),
    /// Text, or bytes given as text.
    Text(Rc<str>),
    /// One of the values of an enum, by its place among them.
    Value(EnumId, usize),
}

/// Why a default is none.
pub(super) enum Unreadable {
    /// A message is there or not, and its fields have defaults.
    OfMessage,
    /// What was expected instead, and what was perhaps meant.
    Value { expected: String, nearest: Option<String> },
}

/// Reads the default of a field; `None` where nothing can be said, as an enum is broken.
pub(super) fn read(text: &Rc<str>, kind: FieldType, schema: &Schema) -> Option<Result<Literal, Unreadable>> {
    let scalar = match kind {
        FieldType::Scalar(scalar) => scalar,
        FieldType::Enum(id) => return value_of(text, id, schema.enumeration(id)),
        FieldType::Message(_) => return Some(Err(Unreadable::OfMessage)),
    };
    let literal = match scalar.holds() {
        Holds::Flags => text.parse().ok().map(Literal::Flag),
        Holds::Integers { min, max } => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let is_plain = digits.bytes().all(|it| it.is_ascii_digit());
            let number = text.parse().ok().filter(|number| is_plain && (min..=max).contains(number));
            number.map(Literal::Integer)
        }
        Holds::Floats { is_single } => {
            let is_plain = text.bytes().all(|it| it.is_ascii_digit() || b"-.eE".contains(&it));
            let number = text.parse().ok().filter(|number| is_plain && is_within(*number, is_single));
            number.map(Literal::Float)
        }
        Holds::Text | Holds::Enum | Holds::Message | Holds::Members => Some(Literal::Text(Rc::clone(text))),
    };
    let unreadable = || Unreadable::Value {
        expected: match scalar.holds() {
            Holds::Flags => "`true` or `false`".to_owned(),
            Holds::Integers { min, max } => format!("a whole number from {min} to {max}"),
            _ => format!("a number that `{}` holds, such as `0.5`", scalar.word),
        },
        nearest: None,
    };
    Some(literal.ok_or_else(unreadable))
}

fn value_of(text: &str, id: EnumId, enumeration: &Enum) -> Option<Result<Literal, Unreadable>> {
    let names = || enumeration.values.iter().map(|value| &*value.name.value);
    if let Some(at) = names().position(|name| name == text) {
        return Some(Ok(Literal::Value(id, at)));
    }
    (!enumeration.is_partial).then(|| {
        let expected = format!("the name of a value of `{}`", enumeration.name.short());
        Err(Unreadable::Value { expected, nearest: nearest(text, names()).map(str::to_owned) })
    })
}
