//! The scalar types of the dialect and how each is written on the wire.

/// A type that is neither a message nor an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    Bool,
    I32,
    I64,
    U32,
    U64,
    S32,
    S64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    F32,
    F64,
    String,
    Bytes,
}

/// How a value stands on the wire. Types of one encoding can replace one another without breaking readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Varint,
    Zigzag,
    Fixed32,
    Fixed64,
    Float32,
    Float64,
    Text,
}

impl Scalar {
    /// Every scalar with its word in the schema.
    pub(crate) const ALL: [(&'static str, Self); 15] = [
        ("bool", Self::Bool),
        ("i32", Self::I32),
        ("i64", Self::I64),
        ("u32", Self::U32),
        ("u64", Self::U64),
        ("s32", Self::S32),
        ("s64", Self::S64),
        ("fixed32", Self::Fixed32),
        ("fixed64", Self::Fixed64),
        ("sfixed32", Self::Sfixed32),
        ("sfixed64", Self::Sfixed64),
        ("f32", Self::F32),
        ("f64", Self::F64),
        ("string", Self::String),
        ("bytes", Self::Bytes),
    ];

    /// The scalar of this word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, scalar)| *scalar)
    }

    pub(crate) fn encoding(self) -> Encoding {
        match self {
            Self::Bool | Self::I32 | Self::I64 | Self::U32 | Self::U64 => Encoding::Varint,
            Self::S32 | Self::S64 => Encoding::Zigzag,
            Self::Fixed32 | Self::Sfixed32 => Encoding::Fixed32,
            Self::Fixed64 | Self::Sfixed64 => Encoding::Fixed64,
            Self::F32 => Encoding::Float32,
            Self::F64 => Encoding::Float64,
            Self::String | Self::Bytes => Encoding::Text,
        }
    }

    pub(crate) fn is_packable(self) -> bool {
        self.encoding() != Encoding::Text
    }
}
