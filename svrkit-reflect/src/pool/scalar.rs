//! The scalar types, as a closed set: a row of the table each.

use svrkit_runtime::wire::tlv::Kind;

use crate::descriptor;

/// A type of value that is neither message nor enum, with its encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// `bool`: a varint.
    Bool,
    /// `i32`: a varint of 64 bits.
    I32,
    /// `i64`: a varint.
    I64,
    /// `u32`: a varint.
    U32,
    /// `u64`: a varint.
    U64,
    /// `s32`: a zigzag varint.
    S32,
    /// `s64`: a zigzag varint.
    S64,
    /// `fixed32`: four bytes, unsigned.
    Fixed32,
    /// `fixed64`: eight bytes, unsigned.
    Fixed64,
    /// `sfixed32`: four bytes, signed.
    Sfixed32,
    /// `sfixed64`: eight bytes, signed.
    Sfixed64,
    /// `f32`: four bytes.
    F32,
    /// `f64`: eight bytes.
    F64,
    /// `string`: text in UTF-8.
    String,
    /// `bytes`: any bytes.
    Bytes,
}

impl Scalar {
    /// The one of a descriptor; `None` where that says none or one that this version does not know.
    pub fn of(scalar: descriptor::Scalar) -> Option<Self> {
        use descriptor::Scalar as Source;
        Some(match scalar {
            Source::Bool => Self::Bool,
            Source::I32 => Self::I32,
            Source::I64 => Self::I64,
            Source::U32 => Self::U32,
            Source::U64 => Self::U64,
            Source::S32 => Self::S32,
            Source::S64 => Self::S64,
            Source::Fixed32 => Self::Fixed32,
            Source::Fixed64 => Self::Fixed64,
            Source::Sfixed32 => Self::Sfixed32,
            Source::Sfixed64 => Self::Sfixed64,
            Source::F32 => Self::F32,
            Source::F64 => Self::F64,
            Source::String => Self::String,
            Source::Bytes => Self::Bytes,
            Source::Unspecified | Source::Unknown(_) => return None,
        })
    }

    /// What a schema calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::S32 => "s32",
            Self::S64 => "s64",
            Self::Fixed32 => "fixed32",
            Self::Fixed64 => "fixed64",
            Self::Sfixed32 => "sfixed32",
            Self::Sfixed64 => "sfixed64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::String => "string",
            Self::Bytes => "bytes",
        }
    }

    /// How the end of a value is found on the wire.
    pub fn kind(self) -> Kind {
        match self {
            Self::Bool | Self::I32 | Self::I64 | Self::U32 | Self::U64 | Self::S32 | Self::S64 => {
                Kind::Varint
            }
            Self::Fixed32 | Self::Sfixed32 | Self::F32 => Kind::Four,
            Self::Fixed64 | Self::Sfixed64 | Self::F64 => Kind::Eight,
            Self::String | Self::Bytes => Kind::Prefixed,
        }
    }

    /// Whether many values can share one record.
    pub fn is_packable(self) -> bool {
        self.kind() != Kind::Prefixed
    }

    /// Whether entries of a map can be looked up by it: `bool`, whole numbers and text.
    pub fn is_key(self) -> bool {
        !matches!(self, Self::F32 | Self::F64 | Self::Bytes)
    }
}

#[cfg(test)]
mod tests {
    use svrkit_runtime::TlvEnum;

    use super::*;

    #[test]
    fn every_number_of_the_descriptor_is_known_and_no_other() {
        let known: Vec<_> =
            (-1..=20).filter_map(|number| Scalar::of(descriptor::Scalar::from_number(number))).collect();
        let words: Vec<_> = known.iter().map(|scalar| scalar.word()).collect();
        let expected = "bool i32 i64 u32 u64 s32 s64 fixed32 fixed64 sfixed32 sfixed64 f32 f64 string bytes";
        assert_eq!(words.join(" "), expected);
    }
}
