//! What a field of a message and a member of a oneof have in common: docs, attribute, the type of one value.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::context::Context;
use super::{docs, facts, ident, lifecycle};
use crate::constraint::Constraint;
use crate::model::{Field, FieldType, Name, Scalar};

/// The description.
pub(super) fn docs(field: &Field, context: Context<'_>) -> TokenStream {
    let head = &field.head;
    let default = format!("Field `{}`, tag {}", head.name.value, head.tag.value);
    let lead = format!("Tag {}", head.tag.value);
    let facts = facts::of_field(field, context);
    docs::docs_and_facts(&head.doc, &default, &lead, &facts, lifecycle::since(&head.lifecycle))
}

/// `#[tlv(2, zigzag, unpacked, max = 10, sensitive)]`
pub(super) fn tlv_attribute(field: &Field) -> TokenStream {
    let tag = Literal::u32_unsuffixed(field.head.tag.value);
    let encoding = match (&field.key, field.kind) {
        (None, FieldType::Scalar(scalar)) => encoding(scalar).map(|word| quote!(, #word)),
        (Some(key), kind) => {
            let key = encoding(key.value).map(|word| quote!(, key = #word));
            let value = match kind {
                FieldType::Scalar(scalar) => encoding(scalar).map(|word| quote!(, value = #word)),
                _ => None,
            };
            Some(quote!(#key #value))
        }
        _ => None,
    };
    let is_unpacked = field.packed.as_ref().is_some_and(|packed| !packed.value);
    let packing = is_unpacked.then(|| quote!(, unpacked));
    let constraints = constraints(&field.constraints);
    let sensitive = field.is_sensitive.then(|| quote!(, sensitive));
    quote!(#[tlv(#tag #encoding #packing #constraints #sensitive)])
}

/// `, min = 1, required`
pub(super) fn constraints(constraints: &[Constraint]) -> TokenStream {
    let words = constraints.iter().map(|constraint| (constraint.rule.tokens)(constraint.operand));
    quote!(#(, #words)*)
}

/// The type of one value, as it is written in the module of `from`.
pub(super) fn value_type(field: &Field, from: &Name, context: Context<'_>) -> TokenStream {
    match field.kind {
        FieldType::Scalar(scalar) => scalar_type(scalar),
        FieldType::Message(id) => context.message_path(id, from),
        FieldType::Enum(id) => context.type_path(&context.schema.enumeration(id).name, from),
    }
}

pub(super) fn scalar_type(scalar: &Scalar) -> TokenStream {
    scalar.rust.parse().expect("the table of scalars holds types of Rust")
}

/// What stands for a sensitive value where a message is shown.
pub(super) fn redacted() -> TokenStream {
    quote!(&::core::format_args!("<redacted>"))
}

fn encoding(scalar: &Scalar) -> Option<proc_macro2::Ident> {
    scalar.tlv.map(ident)
}
