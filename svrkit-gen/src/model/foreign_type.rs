//! What the scalar types are called elsewhere: in protobuf, Thrift, C, Java, Go and SQL.
//!
//! Whoever writes `int` meant something: `resolve` shows it in the finding about an unknown type. Where a word may mean two
//! types, the hint names both. Nothing is accepted because of this table.

/// What to write instead of a word of another language, as a remedy: `write `i32` or `i64``.
pub(super) fn hint(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    HINTS.iter().find(|(words, _)| words.contains(&&*word)).map(|(_, hint)| *hint)
}

/// Words in lower case, and the hint they share.
const HINTS: &[(&[&str], &str)] = &[
    (&["int", "integer", "number"], "write `i32` or `i64`; `s32` or `s64` if it is often negative"),
    (&["uint", "unsigned", "size_t", "usize"], "write `u32` or `u64`"),
    (&["int32", "int32_t", "i16", "i8", "int16", "int16_t", "int8", "int8_t", "short"], "write `i32`"),
    (&["int64", "int64_t", "long", "bigint", "isize"], "write `i64`"),
    (&["uint32", "uint32_t", "u16", "u8", "uint16", "uint16_t", "uint8", "uint8_t", "byte"], "write `u32`"),
    (&["uint64", "uint64_t", "ulong"], "write `u64`"),
    (&["sint32", "zigzag32"], "write `s32`"),
    (&["sint64", "zigzag64"], "write `s64`"),
    (&["float", "float32", "real"], "write `f32`"),
    (&["double", "float64"], "write `f64`"),
    (&["boolean"], "write `bool`"),
    (&["str", "text", "varchar", "char", "wstring"], "write `string`"),
    (&["binary", "blob", "buffer", "bytearray", "bytestring", "vec<u8>", "byte[]"], "write `bytes`"),
    (
        &["map", "dict", "hashmap"],
        "a map is an element: `<map tag=\"1\" name=\"…\" key=\"string\" value=\"u64\"/>`",
    ),
    (&["list", "array", "vec", "vector", "set"], "write the type of one item and `repeated=\"true\"`"),
    (
        &["decimal", "money", "numeric"],
        "import `svrkit/types.xml` and write `svrkit.types.Decimal`, or count the smallest unit in an `i64`",
    ),
    (
        &["date", "datetime", "time", "timestamp", "instant"],
        "import `svrkit/types.xml` and write `svrkit.types.Timestamp`",
    ),
    (&["timespan", "duration", "interval"], "import `svrkit/types.xml` and write `svrkit.types.Duration`"),
    (
        &["any", "object"],
        "import `svrkit/types.xml` and write `svrkit.types.Any`, or name the messages in a `<oneof>`",
    ),
    (&["void", "unit", "empty"], "import `svrkit/types.xml` and write `svrkit.types.Empty`"),
    (&["uuid", "guid"], "write `bytes` with `min-len=\"16\" max-len=\"16\"`, or `string`"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::Scalar;

    #[test]
    fn a_word_of_another_language_has_one_hint_and_no_scalar_has_any() {
        for (word, expected) in [
            ("int", Some("write `i32` or `i64`; `s32` or `s64` if it is often negative")),
            ("String", None),
            ("Boolean", Some("write `bool`")),
            ("uint64", Some("write `u64`")),
            ("double", Some("write `f64`")),
            ("str", Some("write `string`")),
            ("Order", None),
        ] {
            assert_eq!(hint(word), expected, "{word}");
        }
        let mut seen = BTreeSet::new();
        for word in HINTS.iter().flat_map(|(words, _)| *words) {
            assert_eq!(*word, word.to_ascii_lowercase());
            assert!(seen.insert(word), "{word} stands twice");
            assert!(Scalar::from_word(word).is_none(), "{word}");
        }
    }
}
