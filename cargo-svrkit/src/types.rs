//! Types and constraints of fields in the words of schemas.

use svrkit_reflect::descriptor::Constraint;
use svrkit_reflect::{Cardinality, FieldDescriptor, FieldType};

/// `u64`, `repeated shop.Item`, `optional string`, `map of u32 to shop.Item`.
pub(crate) fn type_of(field: FieldDescriptor<'_>) -> String {
    let value = match field.value_type() {
        FieldType::Scalar(scalar) => scalar.word(),
        FieldType::Message(message) => message.full_name(),
        FieldType::Enum(enumeration) => enumeration.full_name(),
    };
    match field.cardinality() {
        Cardinality::Single => value.to_owned(),
        Cardinality::Optional => format!("optional {value}"),
        Cardinality::Repeated => format!("repeated {value}"),
        Cardinality::Map(key) => format!("map of {} to {value}", key.word()),
    }
}

/// `, max-len 200, required`; empty where there is none.
pub(crate) fn constraints_of(constraints: &[Constraint]) -> String {
    let shown = constraints.iter().map(|it| match it.value.as_str() {
        "true" => format!(", {}", it.word),
        value => format!(", {} {value}", it.word),
    });
    shown.collect()
}
