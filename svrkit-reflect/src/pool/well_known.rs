//! Messages that are special in JSON: the kit's own types and protobuf's of the same meaning.

use crate::descriptor;

/// What a message is special for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WellKnown {
    Timestamp,
    Duration,
    FieldMask,
    Any,
    Struct,
    Value,
    ListValue,
    /// One field of tag 1, which may be absent as a whole.
    Wrapper,
}

/// The packages whose names count.
const PACKAGES: [&str; 2] = ["svrkit.types.", "google.protobuf."];

impl WellKnown {
    /// What this message is, by its full name; of a wrapper, the field has to be there.
    pub(super) fn of(message: &descriptor::Message) -> Option<Self> {
        Some(match own_name(&message.name)? {
            "Timestamp" => Self::Timestamp,
            "Duration" => Self::Duration,
            "FieldMask" => Self::FieldMask,
            "Any" => Self::Any,
            "Struct" => Self::Struct,
            "Value" => Self::Value,
            "ListValue" => Self::ListValue,
            "BoolValue" | "I32Value" | "I64Value" | "U32Value" | "U64Value" | "F32Value" | "F64Value"
            | "Int32Value" | "Int64Value" | "UInt32Value" | "UInt64Value" | "FloatValue" | "DoubleValue"
            | "StringValue" | "BytesValue"
                if is_wrapper(message) =>
            {
                Self::Wrapper
            }
            _ => return None,
        })
    }
}

/// What the kit calls a type of protobuf's own, by its full name there.
pub(super) fn kit_name(name: &str) -> Option<String> {
    let own = match name.strip_prefix("google.protobuf.")? {
        "Int32Value" => "I32Value",
        "Int64Value" => "I64Value",
        "UInt32Value" => "U32Value",
        "UInt64Value" => "U64Value",
        "FloatValue" => "F32Value",
        "DoubleValue" => "F64Value",
        own => own,
    };
    Some(format!("svrkit.types.{own}"))
}

/// Whether this enum is the null of JSON.
pub(super) fn is_null(name: &str) -> bool {
    own_name(name) == Some("NullValue")
}

fn own_name(name: &str) -> Option<&str> {
    PACKAGES.iter().find_map(|package| name.strip_prefix(package))
}

fn is_wrapper(message: &descriptor::Message) -> bool {
    let [field] = &message.fields[..] else { return false };
    let is_scalar = matches!(field.kind, Some(descriptor::field::Kind::Scalar(_)));
    field.tag == 1 && is_scalar && field.label == descriptor::Label::Single && field.oneof.is_none()
}
