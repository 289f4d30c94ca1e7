//! Appending keys and values to bytes, in the shortest form.

use svrkit_runtime::wire::tlv::Kind;

use super::ScalarValue;
use crate::pool::Scalar;

/// Appends a key.
pub(crate) fn put_key(out: &mut Vec<u8>, tag: u32, kind: Kind) {
    put_varint(out, (tag << 3 | kind as u32).into());
}

/// Appends a varint.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while 0x80 <= value {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a record of length-prefixed kind.
pub(crate) fn put_prefixed(out: &mut Vec<u8>, tag: u32, value: &[u8]) {
    put_key(out, tag, Kind::Prefixed);
    put_varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

/// Appends a record of one value, or its value alone where it shares one with others. `false`: it is none of this type.
#[must_use]
pub(crate) fn put_scalar(
    out: &mut Vec<u8>,
    tag: Option<u32>,
    scalar: Scalar,
    value: ScalarValue<'_>,
) -> bool {
    if let Some(tag) = tag {
        put_key(out, tag, scalar.kind());
    }
    match (scalar, value) {
        (Scalar::Bool, ScalarValue::Bool(value)) => out.push(value.into()),
        (Scalar::I32, ScalarValue::I32(value)) => put_varint(out, i64::from(value).cast_unsigned()),
        (Scalar::I64, ScalarValue::I64(value)) => put_varint(out, value.cast_unsigned()),
        (Scalar::U32, ScalarValue::U32(value)) => put_varint(out, value.into()),
        (Scalar::U64, ScalarValue::U64(value)) => put_varint(out, value),
        (Scalar::S32, ScalarValue::I32(value)) => {
            put_varint(out, ((value << 1) ^ (value >> 31)).cast_unsigned().into())
        }
        (Scalar::S64, ScalarValue::I64(value)) => {
            put_varint(out, ((value << 1) ^ (value >> 63)).cast_unsigned())
        }
        (Scalar::Fixed32, ScalarValue::U32(value)) => out.extend(value.to_le_bytes()),
        (Scalar::Fixed64, ScalarValue::U64(value)) => out.extend(value.to_le_bytes()),
        (Scalar::Sfixed32, ScalarValue::I32(value)) => out.extend(value.to_le_bytes()),
        (Scalar::Sfixed64, ScalarValue::I64(value)) => out.extend(value.to_le_bytes()),
        (Scalar::F32, ScalarValue::F32(value)) => out.extend(value.to_le_bytes()),
        (Scalar::F64, ScalarValue::F64(value)) => out.extend(value.to_le_bytes()),
        (Scalar::String, ScalarValue::String(value)) => {
            put_varint(out, value.len() as u64);
            out.extend_from_slice(value.as_bytes());
        }
        (Scalar::Bytes, ScalarValue::Bytes(value)) => {
            put_varint(out, value.len() as u64);
            out.extend_from_slice(value);
        }
        _ => return false,
    }
    true
}
