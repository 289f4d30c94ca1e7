//! The scalar types of the dialect: one row each, which holds all that this crate knows of it.

use crate::constraint::Holds;

/// A type that is neither a message nor an enum: a row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scalar {
    /// What it is called in a schema.
    pub(crate) word: &'static str,
    /// The Rust type, as a path that no name of a schema hides.
    pub(crate) rust: &'static str,
    /// What `#[tlv(…)]` must be told, if the Rust type does not say it.
    pub(crate) tlv: Option<&'static str>,
    pub(crate) encoding: Encoding,
    /// Bytes in memory, near enough to compare by.
    pub(crate) size: u64,
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
    /// Every scalar.
    pub(crate) const ALL: &'static [Self] = &[
        row("bool", "bool", None, Encoding::Varint, 1),
        row("i32", "i32", None, Encoding::Varint, 4),
        row("i64", "i64", None, Encoding::Varint, 8),
        row("u32", "u32", None, Encoding::Varint, 4),
        row("u64", "u64", None, Encoding::Varint, 8),
        row("s32", "i32", Some("zigzag"), Encoding::Zigzag, 4),
        row("s64", "i64", Some("zigzag"), Encoding::Zigzag, 8),
        row("fixed32", "u32", Some("fixed"), Encoding::Fixed32, 4),
        row("fixed64", "u64", Some("fixed"), Encoding::Fixed64, 8),
        row("sfixed32", "i32", Some("fixed"), Encoding::Fixed32, 4),
        row("sfixed64", "i64", Some("fixed"), Encoding::Fixed64, 8),
        row("f32", "f32", None, Encoding::Float32, 4),
        row("f64", "f64", None, Encoding::Float64, 8),
        row("string", "::std::string::String", None, Encoding::Text, 24),
        row("bytes", "::svrkit_runtime::Bytes", None, Encoding::Text, 32),
    ];

    /// The scalar of this word.
    pub(crate) fn from_word(word: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|scalar| scalar.word == word)
    }

    pub(crate) fn is_packable(self) -> bool {
        self.encoding != Encoding::Text
    }

    /// Whether entries of a map can be looked up by it: whole numbers, flags and text, as in protobuf.
    pub(crate) fn is_key(self) -> bool {
        matches!(self.holds(), Holds::Integers { .. } | Holds::Flags) || self.word == "string"
    }

    pub(crate) fn holds(self) -> Holds {
        match self.rust {
            "bool" => Holds::Flags,
            "i32" => Holds::Integers { min: i32::MIN.into(), max: i32::MAX.into() },
            "i64" => Holds::Integers { min: i64::MIN.into(), max: i64::MAX.into() },
            "u32" => Holds::Integers { min: 0, max: u32::MAX.into() },
            "u64" => Holds::Integers { min: 0, max: u64::MAX.into() },
            "f32" | "f64" => Holds::Floats { is_single: self.rust == "f32" },
            _ => Holds::Text,
        }
    }
}

const fn row(
    word: &'static str,
    rust: &'static str,
    tlv: Option<&'static str>,
    encoding: Encoding,
    size: u64,
) -> Scalar {
    Scalar { word, rust, tlv, encoding, size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_emitted() {
        for scalar in Scalar::ALL {
            assert!(syn::parse_str::<syn::Type>(scalar.rust).is_ok(), "{}", scalar.word);
            assert!(
                scalar.tlv.is_none_or(|word| syn::parse_str::<syn::Ident>(word).is_ok()),
                "{}",
                scalar.word
            );
            assert_eq!(Scalar::from_word(scalar.word), Some(scalar));
        }
    }

    #[test]
    fn the_table_for_users_is_the_one_here() {
        let mut table = String::new();
        for scalar in Scalar::ALL {
            let wire = match scalar.encoding {
                Encoding::Varint => "varint",
                Encoding::Zigzag => "zigzag varint",
                Encoding::Fixed32 | Encoding::Float32 => "4 bytes",
                Encoding::Fixed64 | Encoding::Float64 => "8 bytes",
                Encoding::Text => "length and bytes",
            };
            let rust = scalar.rust.trim_start_matches("::std::string::").trim_start_matches("::");
            table.push_str(&format!("| `{}` | {wire} | `{rust}` |\n", scalar.word));
        }
        assert!(include_str!("../../DIALECT.md").contains(&table), "DIALECT.md should hold:\n{table}");
    }
}
