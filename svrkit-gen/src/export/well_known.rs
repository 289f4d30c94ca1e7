//! The kit's own types that protobuf has as well: same fields, same bytes, another name.
//!
//! A type that is not in the table, such as `Decimal`, has no counterpart in what protobuf brings and is exported like
//! any other.

use crate::load::bundled::TYPES_PACKAGE;
use crate::model::Name;

/// Ours, protobuf's, and the file that protobuf has it in.
const TYPES: [(&str, &str, &str); 18] = [
    ("Timestamp", "Timestamp", "timestamp"),
    ("Duration", "Duration", "duration"),
    ("Empty", "Empty", "empty"),
    ("Any", "Any", "any"),
    ("FieldMask", "FieldMask", "field_mask"),
    ("Struct", "Struct", "struct"),
    ("Value", "Value", "struct"),
    ("ListValue", "ListValue", "struct"),
    ("NullValue", "NullValue", "struct"),
    ("BoolValue", "BoolValue", "wrappers"),
    ("I32Value", "Int32Value", "wrappers"),
    ("I64Value", "Int64Value", "wrappers"),
    ("U32Value", "UInt32Value", "wrappers"),
    ("U64Value", "UInt64Value", "wrappers"),
    ("F32Value", "FloatValue", "wrappers"),
    ("F64Value", "DoubleValue", "wrappers"),
    ("StringValue", "StringValue", "wrappers"),
    ("BytesValue", "BytesValue", "wrappers"),
];

/// A type that protobuf brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WellKnown {
    /// `google.protobuf.Timestamp`.
    pub(super) name: String,
    /// `google/protobuf/timestamp.proto`.
    pub(super) import: String,
}

/// What protobuf has in place of one of our types.
pub(super) fn of(name: &Name) -> Option<WellKnown> {
    let is_candidate = &*name.package == TYPES_PACKAGE && name.around.is_empty();
    let (_, theirs, file) = *TYPES.iter().find(|(ours, ..)| is_candidate && **ours == *name.own)?;
    Some(WellKnown::new(theirs, file))
}

/// What stands in the place of an answer where there is none.
pub(super) fn empty() -> WellKnown {
    WellKnown::new("Empty", "empty")
}

impl WellKnown {
    fn new(name: &str, file: &str) -> Self {
        let (name, import) = (format!("google.protobuf.{name}"), format!("google/protobuf/{file}.proto"));
        Self { name, import }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_type_of_the_kit() {
        let schema = include_str!("../../schemas/svrkit/types.xml");
        for (ours, ..) in TYPES {
            let is_defined =
                ["message", "enum"].iter().any(|it| schema.contains(&format!("<{it} name=\"{ours}\">")));
            assert!(is_defined, "{ours}");
        }
    }
}
