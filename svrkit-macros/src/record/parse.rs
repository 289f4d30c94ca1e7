//! What is written on a struct and its fields, not yet judged.

use proc_macro2::Span;
use syn::{Data, DeriveInput, Fields, Ident, LitStr, Type, Visibility};

use crate::attribute::{self, Setting, Word, once};
use crate::faults::Faults;
use crate::field::FieldWords;
use crate::view_word::ViewWord;

const STRUCT_WORDS: &[&str] = &["name", "view", "small"];
const STRUCT_FORMS: &[(&str, &str)] =
    &[("name", "name = \"shop.Order\""), ("view", "view"), ("small", "small")];
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
    pub(super) vis: &'a Visibility,
    pub(super) words: StructWords,
    pub(super) fields: Vec<DraftField<'a>>,
}

/// What is written on the struct.
#[derive(Default)]
pub(super) struct StructWords {
    pub(super) name: Option<LitStr>,
    pub(super) view: Option<ViewWord>,
    pub(super) small: Option<Span>,
}

pub(super) struct DraftField<'a> {
    pub(super) written: &'a syn::Field,
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
        vis: &input.vis,
        words: struct_words(input, faults),
        fields: fields.iter().filter_map(|each| field(each, faults)).collect(),
    })
}

fn struct_words(input: &DeriveInput, faults: &mut Faults) -> StructWords {
    let mut words = StructWords::default();
    for word in attribute::words("tlv", &input.attrs, faults).into_iter().flatten() {
        match word {
            Word::Setting(word, Setting::Text(text)) if word == "name" => {
                once(&mut words.name, &word, text, faults);
            }
            Word::Flag(word) if word == "small" => once(&mut words.small, &word, word.span(), faults),
            other => match ViewWord::read(other, faults) {
                Ok((word, view)) => once(&mut words.view, &word, view, faults),
                Err(other) => other.refuse(STRUCT_WORDS, STRUCT_FORMS, faults),
            },
        }
    }
    words
}

fn field<'a>(field: &'a syn::Field, faults: &mut Faults) -> Option<DraftField<'a>> {
    let ident = field.ident.as_ref()?;
    let words = FieldWords::read(&field.attrs, FIELD_WORDS, faults);
    Some(DraftField { written: field, ident, ty: &field.ty, words })
}
