//! The rules a schema must keep: one file a rule, one code a rule.
//!
//! A rule reads the model, reports and changes nothing. All rules run, whatever the others found. A new rule is a file
//! with `pub(super) fn check(&Schema, &mut Diagnostics)` and a line in [`RULES`].

mod bad_name;
mod constrained;
mod constraint_unreachable;
mod constraint_unsuited;
mod default_forbidden;
mod default_without_optional;
mod duplicate_definition;
mod duplicate_error;
mod duplicate_field;
mod duplicate_method;
mod empty_errors;
mod empty_oneof;
mod enum_number_twice;
mod enum_value_twice;
mod enum_without_zero;
mod error_code_twice;
mod history;
mod kit_service_id;
mod method_id_twice;
mod nested_too_deep;
mod oneof_member;
mod oneway_answer;
mod optional_message;
mod optional_repeated;
mod packed_unpackable;
mod replaced_by_unknown;
mod replaced_not_deprecated;
mod required_recursion;
mod reserved_error;
mod reserved_error_code;
mod reserved_field;
mod reserved_method;
mod reserved_method_id;
mod reserved_number;
mod reserved_tag;
mod reserved_value;
mod route_key_of_stream;
mod route_key_unknown;
mod rust_collision;
mod service_id_twice;
mod since_before_owner;
mod since_too_late;
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
    default_without_optional::check,
    default_forbidden::check,
    constraint_unsuited::check,
    constraint_unreachable::check,
    required_recursion::check,
    empty_oneof::check,
    oneof_member::check,
    nested_too_deep::check,
    error_code_twice::check,
    duplicate_error::check,
    reserved_error_code::check,
    reserved_error::check,
    empty_errors::check,
    since_too_late::check,
    since_before_owner::check,
    replaced_by_unknown::check,
    replaced_not_deprecated::check,
    rust_collision::check,
    service_id_twice::check,
    duplicate_method::check,
    method_id_twice::check,
    kit_service_id::check,
    reserved_method_id::check,
    reserved_method::check,
    route_key_unknown::check,
    route_key_of_stream::check,
    oneway_answer::check,
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
