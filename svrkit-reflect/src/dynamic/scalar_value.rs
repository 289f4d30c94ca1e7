//! Values that are neither messages nor many: from their bytes and to them.

use svrkit_runtime::wire::tlv::{DecodeError, DecodeErrorKind, DecodeLimits, Decoder};

use crate::pool::Scalar;

/// One value of a scalar or an enum, by what it is in memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScalarValue<'a> {
    /// Of a `bool`.
    Bool(bool),
    /// Of `i32`, `s32` and `sfixed32`.
    I32(i32),
    /// Of `i64`, `s64` and `sfixed64`.
    I64(i64),
    /// Of `u32` and `fixed32`.
    U32(u32),
    /// Of `u64` and `fixed64`.
    U64(u64),
    /// Of an `f32`.
    F32(f32),
    /// Of an `f64`.
    F64(f64),
    /// Of a `string`.
    String(&'a str),
    /// Of `bytes`.
    Bytes(&'a [u8]),
    /// Of an enum, known by name or not.
    Enum(i32),
}

impl<'a> ScalarValue<'a> {
    /// What an absent value reads as.
    pub fn zero(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Bool => Self::Bool(false),
            Scalar::I32 | Scalar::S32 | Scalar::Sfixed32 => Self::I32(0),
            Scalar::I64 | Scalar::S64 | Scalar::Sfixed64 => Self::I64(0),
            Scalar::U32 | Scalar::Fixed32 => Self::U32(0),
            Scalar::U64 | Scalar::Fixed64 => Self::U64(0),
            Scalar::F32 => Self::F32(0.0),
            Scalar::F64 => Self::F64(0.0),
            Scalar::String => Self::String(""),
            Scalar::Bytes => Self::Bytes(b""),
        }
    }

    /// Whether it reads the same as an absent one. A negative zero does not.
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Bool(value) => !value,
            Self::I32(value) | Self::Enum(value) => *value == 0,
            Self::I64(value) => *value == 0,
            Self::U32(value) => *value == 0,
            Self::U64(value) => *value == 0,
            Self::F32(value) => value.to_bits() == 0,
            Self::F64(value) => value.to_bits() == 0,
            Self::String(value) => value.is_empty(),
            Self::Bytes(value) => value.is_empty(),
        }
    }

    /// The value of a record of length-prefixed kind.
    pub(super) fn of_bytes(scalar: Scalar, bytes: &'a [u8]) -> Result<Self, DecodeErrorKind> {
        match scalar {
            Scalar::String => {
                std::str::from_utf8(bytes).map(Self::String).map_err(|_| DecodeErrorKind::NotUtf8)
            }
            _ => Ok(Self::Bytes(bytes)),
        }
    }

    /// The next value of a decoder that stands before it. Integers are cut to their width, as in protobuf.
    pub(crate) fn of_number(scalar: Scalar, decoder: &mut Decoder<'a>) -> Result<Self, DecodeError> {
        Ok(match scalar {
            Scalar::Bool => Self::Bool(decoder.varint()? != 0),
            Scalar::I32 => Self::I32(decoder.varint()? as i32),
            Scalar::I64 => Self::I64(decoder.varint()?.cast_signed()),
            Scalar::U32 => Self::U32(decoder.varint()? as u32),
            Scalar::U64 => Self::U64(decoder.varint()?),
            Scalar::S32 => {
                let value = decoder.varint()? as u32;
                Self::I32((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
            }
            Scalar::S64 => {
                let value = decoder.varint()?;
                Self::I64((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
            }
            Scalar::Fixed32 => Self::U32(u32::from_le_bytes(decoder.fixed()?)),
            Scalar::Sfixed32 => Self::I32(i32::from_le_bytes(decoder.fixed()?)),
            Scalar::F32 => Self::F32(f32::from_le_bytes(decoder.fixed()?)),
            Scalar::Fixed64 => Self::U64(u64::from_le_bytes(decoder.fixed()?)),
            Scalar::Sfixed64 => Self::I64(i64::from_le_bytes(decoder.fixed()?)),
            Scalar::F64 => Self::F64(f64::from_le_bytes(decoder.fixed()?)),
            Scalar::String | Scalar::Bytes => Self::Bytes(decoder.prefixed()?),
        })
    }

    /// The value of a whole record, without its length.
    pub(super) fn of_record(scalar: Scalar, value: &'a [u8]) -> Result<Self, DecodeErrorKind> {
        if scalar.is_packable() {
            let mut decoder = Decoder::new(value, &DecodeLimits::default());
            Self::of_number(scalar, &mut decoder).map_err(|error| error.kind())
        } else {
            Self::of_bytes(scalar, value)
        }
    }
}
