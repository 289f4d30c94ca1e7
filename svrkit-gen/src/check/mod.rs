//! The rules a schema must keep: one file a rule, one code a rule.
//!
//! A rule reads the model, reports and changes nothing. All rules run, whatever the others found. A new rule is a file
//! with `pub(super) fn check(&Schema, &mut Diagnostics)` and a line in [`RULES`].

mod bad_name;
mod duplicate_definition;
mod duplicate_field;
mod duplicate_method;
mod enum_number_twice;
mod enum_value_twice;
mod enum_without_zero;
mod kit_service_id;
mod method_id_twice;
mod optional_message;
mod optional_repeated;
mod packed_unpackable;
mod reserved_field;
mod reserved_method;
mod reserved_method_id;
mod reserved_number;
mod reserved_tag;
mod reserved_value;
mod rust_collision;
mod service_id_twice;
mod tag_out_of_range;
mod tag_reused;

use crate::diagnostic::Diagnostics;
use crate::model::Schema;

const RULES: &[fn(&Schema, &mut Diagnostics)] = &[
    bad_name::check,
    duplicate_definition::check,
    duplicate_field::check,
    tag_reused::check,
    tag_out_of_range::check,
    reserved_tag::check,
    reserved_field::check,
    optional_repeated::check,
    optional_message::check,
    packed_unpackable::check,
    enum_without_zero::check,
    enum_number_twice::check,
    enum_value_twice::check,
    reserved_number::check,
    reserved_value::check,
    rust_collision::check,
    service_id_twice::check,
    duplicate_method::check,
    method_id_twice::check,
    kit_service_id::check,
    reserved_method_id::check,
    reserved_method::check,
];

/// Runs every rule.
pub(crate) fn check(schema: &Schema, found: &mut Diagnostics) {
    for rule in RULES {
        if found.is_full() {
            return;
        }
        rule(schema, found);
    }
}
