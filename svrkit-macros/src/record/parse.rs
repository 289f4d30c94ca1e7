//! What is written on a struct and its fields, not yet judged.

use proc_macro2::Span;
use syn::{Data, DeriveInput, Fields, Ident, LitStr, Type};

use crate::attribute::{self, Number, Word};
use crate::faults::Faults;

const STRUCT_WORDS: &[&str] = &["name"];
const FIELD_WORDS: &[&str] = &["zigzag", "fixed", "unpacked", "unknown"];

pub(super) struct Draft<'a> {
    pub(super) ident: &'a Ident,
    pub(super) name: Option<LitStr>,
    pub(super) fields: Vec<DraftField<'a>>,
}

pub(super) struct DraftField<'a> {
    pub(super) ident: &'a Ident,
    pub(super) ty: &'a Type,
    pub(super) tag: Option<Number>,
    pub(super) zigzag: Option<Span>,
    pub(super) fixed: Option<Span>,
    pub(super) unpacked: Option<Span>,
    pub(super) unknown: Option<Span>,
    /// Part of the attribute could not be read: what seems to be missing may stand there.
    pub(super) is_broken: bool,
}

/// Fails where there is nothing to go on with: no struct with named fields.
pub(super) fn record<'a>(input: &'a DeriveInput, faults: &mut Faults) -> syn::Result<Draft<'a>> {
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(data) => {
            let text = "a message is a struct, for an enum of numbers derive `TlvEnum`";
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
    for word in attribute::words(&input.attrs, faults)? {
        match word {
            Word::Text(word, text) if word == "name" => match name {
                Some(_) => faults.at(word.span(), "`name` is written twice"),
                None => name = Some(text),
            },
            other => other.refuse(STRUCT_WORDS, faults),
        }
    }
    name
}

fn field<'a>(field: &'a syn::Field, faults: &mut Faults) -> Option<DraftField<'a>> {
    let mut draft = DraftField {
        ident: field.ident.as_ref()?,
        ty: &field.ty,
        tag: None,
        zigzag: None,
        fixed: None,
        unpacked: None,
        unknown: None,
        is_broken: false,
    };
    let Some(words) = attribute::words(&field.attrs, faults) else {
        draft.is_broken = true;
        return Some(draft);
    };
    for word in words {
        let flag = match word {
            Word::Number(number) if draft.tag.is_none() => {
                draft.tag = Some(number);
                continue;
            }
            Word::Number(number) => {
                faults.at(number.place, "a field has one tag");
                continue;
            }
            Word::Flag(flag) => flag,
            Word::Text(..) => {
                word.refuse(FIELD_WORDS, faults);
                draft.is_broken = true;
                continue;
            }
        };
        let place = match flag.to_string().as_str() {
            "zigzag" => &mut draft.zigzag,
            "fixed" => &mut draft.fixed,
            "unpacked" => &mut draft.unpacked,
            "unknown" => &mut draft.unknown,
            _ => {
                Word::Flag(flag).refuse(FIELD_WORDS, faults);
                draft.is_broken = true;
                continue;
            }
        };
        if place.replace(flag.span()).is_some() {
            faults.at(flag.span(), format_args!("`{flag}` is written twice"));
        }
    }
    Some(draft)
}
