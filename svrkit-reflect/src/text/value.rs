//! Values of one token, as they are written.

use std::fmt::{self, Display as _};

use super::quoted::{Quoted, QuotedBytes};
use crate::dynamic::ScalarValue;
use crate::walk::Leaf;

/// What stands for a value that is kept out.
pub(super) const REDACTED: &str = "[REDACTED]";

/// Shows a value.
pub(crate) struct AsText<'l>(pub(crate) Leaf<'l, 'l>);

impl fmt::Display for AsText<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Leaf::Scalar(value) => scalar(value, out),
            Leaf::Enum(enumeration, number) => match enumeration.value_of_number(number) {
                Some(value) => out.write_str(&value.name),
                None => number.fmt(out),
            },
            Leaf::Varint(number) => number.fmt(out),
            Leaf::Four(number) => write!(out, "{number:#010x}"),
            Leaf::Eight(number) => write!(out, "{number:#018x}"),
            Leaf::Text(text) => Quoted(text).fmt(out),
            Leaf::Bytes(bytes) | Leaf::TooDeep(bytes) => QuotedBytes(bytes).fmt(out),
            Leaf::Redacted => out.write_str(REDACTED),
        }
    }
}

fn scalar(value: ScalarValue<'_>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        ScalarValue::Bool(value) => value.fmt(out),
        ScalarValue::I32(value) | ScalarValue::Enum(value) => value.fmt(out),
        ScalarValue::I64(value) => value.fmt(out),
        ScalarValue::U32(value) => value.fmt(out),
        ScalarValue::U64(value) => value.fmt(out),
        ScalarValue::F32(value) if value.is_finite() => write!(out, "{value:?}"),
        ScalarValue::F32(value) => not_finite(value.into(), out),
        ScalarValue::F64(value) if value.is_finite() => write!(out, "{value:?}"),
        ScalarValue::F64(value) => not_finite(value, out),
        ScalarValue::String(text) => Quoted(text).fmt(out),
        ScalarValue::Bytes(bytes) => QuotedBytes(bytes).fmt(out),
    }
}

fn not_finite(value: f64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    out.write_str(if value.is_nan() {
        "nan"
    } else if value > 0.0 {
        "inf"
    } else {
        "-inf"
    })
}
