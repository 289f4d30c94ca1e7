//! The rules a schema must keep: one file a rule, one code a rule.
//!
//! A rule reads the model, reports and changes nothing. All rules run, whatever the others found. A new rule is a file
//! with a `RULE` (its code and its function) and a line in [`RULES`].

mod bad_name;
mod blocking_stream;
mod caller_rate_above_rate;
mod constrained;
mod constraint_unreachable;
mod constraint_unsuited;
mod default_forbidden;
mod default_without_optional;
mod degraded_without_answer;
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
mod json_name_twice;
mod kit_service_id;
mod last_good_unfit;
mod method_id_twice;
mod nested_too_deep;
mod oneof_member;
mod oneway_answer;
mod optional_message;
mod optional_repeated;
mod packed_unpackable;
mod queue_twice;
mod queue_without_ticket;
mod queue_word_without_queue;
mod refused_before_degraded;
mod replaced_by_unknown;
mod replaced_not_deprecated;
mod required_recursion;
mod reserve_above_running_max;
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

use crate::diagnostic::{Code, Diagnostics};
use crate::model::Schema;

const RULES: &[Rule] = &[
    bad_name::RULE,
    duplicate_definition::RULE,
    duplicate_field::RULE,
    json_name_twice::RULE,
    tag_reused::RULE,
    tag_out_of_range::RULE,
    reserved_tag::RULE,
    reserved_field::RULE,
    optional_repeated::RULE,
    optional_message::RULE,
    packed_unpackable::RULE,
    enum_without_zero::RULE,
    enum_number_twice::RULE,
    enum_value_twice::RULE,
    reserved_number::RULE,
    reserved_value::RULE,
    default_without_optional::RULE,
    default_forbidden::RULE,
    constraint_unsuited::RULE,
    constraint_unreachable::RULE,
    required_recursion::RULE,
    empty_oneof::RULE,
    oneof_member::RULE,
    nested_too_deep::RULE,
    error_code_twice::RULE,
    duplicate_error::RULE,
    reserved_error_code::RULE,
    reserved_error::RULE,
    empty_errors::RULE,
    since_too_late::RULE,
    since_before_owner::RULE,
    replaced_by_unknown::RULE,
    replaced_not_deprecated::RULE,
    rust_collision::RULE,
    service_id_twice::RULE,
    duplicate_method::RULE,
    method_id_twice::RULE,
    kit_service_id::RULE,
    reserved_method_id::RULE,
    reserved_method::RULE,
    route_key_unknown::RULE,
    route_key_of_stream::RULE,
    oneway_answer::RULE,
    blocking_stream::RULE,
    refused_before_degraded::RULE,
    degraded_without_answer::RULE,
    reserve_above_running_max::RULE,
    caller_rate_above_rate::RULE,
    last_good_unfit::RULE,
    queue_without_ticket::RULE,
    queue_word_without_queue::RULE,
    queue_twice::RULE,
];

/// One rule.
struct Rule {
    /// What it reports.
    code: Code,
    check: fn(&Schema, &mut Diagnostics),
}

/// What the rules report.
pub(crate) fn codes() -> impl Iterator<Item = Code> {
    RULES.iter().map(|rule| rule.code)
}

/// Runs every rule.
pub(crate) fn check(schema: &Schema, found: &mut Diagnostics) {
    for rule in RULES {
        if found.is_full() {
            return;
        }
        (rule.check)(schema, found);
    }
}
