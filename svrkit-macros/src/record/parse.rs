//! What is written on a struct and its fields, not yet judged.

use syn::{Data, DeriveInput, Fields, Ident, LitStr, Type};

use crate::attribute::{self, Setting, Word, once};
use crate::faults::Faults;
use crate::field::FieldWords;

const STRUCT_WORDS: &[&str] = &["name"];
const STRUCT_FORMS: &[(&str, &str)] = &[("name", "name = \"shop.Order\"")];
const FIELD_WORDS: &[&str] = &[
    "zigzag",
    "fixed",
    "unpacked",
    "unknown",
    "key",
    "value",
    "oneof",
    "min",
    "max",
    "min_len",
    "max_len",
    "min_items",
    "max_items",
    "required",
    "ensure",
    "sensitive",
];

pub(super) struct Draft<'a> {
    pub(super) ident: &'a Ident,
    pub(super) name: Option<LitStr>,
    pub(super) fields: Vec<DraftField<'a>>,
}

pub(super) struct DraftField<'a> {
    pub(super) ident: &'a Ident,
    pub(super) ty: &'a Type,
    pub(super) words: FieldWords,
}

/// Fails where there is nothing to go on with: no struct with named fields.
pub(super) fn record<'a>(input: &'a DeriveInput, faults: &mut Faults) -> syn::Result<Draft<'a>> {
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(data) => {
            let text =
                "a message is a struct, for an enum of numbers derive `TlvEnum`, for alternatives `TlvOneof`";
            return Err(syn::Error::new(data.enum_token.span, text));
        }
        Data::Union(data) => {
            return Err(syn::Error::new(data.union_token.span, "a message is a struct, not a union"));
        }
    };
    if let Fields::Unnamed(fields) = fields {
        let text = "the fields of a message have names: `struct Order { #[tlv(1)] id: u64 }`";
        return Err(syn::Error::new(fields.paren_token.span.open(), text));
    }
    if !input.generics.params.is_empty() {
        let text = "a message has no generic parameters, its bytes would depend on them";
        return Err(syn::Error::new_spanned(&input.generics.params, text));
    }
    Ok(Draft {
        ident: &input.ident,
        name: name(input, faults),
        fields: fields.iter().filter_map(|each| field(each, faults)).collect(),
    })
}

fn name(input: &DeriveInput, faults: &mut Faults) -> Option<LitStr> {
    let mut name = None;
    for word in attribute::words("tlv", &input.attrs, faults)? {
        match word {
            Word::Setting(word, Setting::Text(text)) if word == "name" => {
                once(&mut name, &word, text, faults)
            }
            other => other.refuse(STRUCT_WORDS, STRUCT_FORMS, faults),
        }
    }
    name
}

fn field<'a>(field: &'a syn::Field, faults: &mut Faults) -> Option<DraftField<'a>> {
    let ident = field.ident.as_ref()?;
    let words = FieldWords::read(&field.attrs, FIELD_WORDS, faults);
    Some(DraftField { ident, ty: &field.ty, words })
}
