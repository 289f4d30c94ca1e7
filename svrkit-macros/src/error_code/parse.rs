//! What is written on an enum of errors and its variants, not yet judged.

use proc_macro2::Span;
use syn::{Data, DeriveInput, Fields, Ident, LitStr};

use crate::attribute::{self, Number, Setting, Word, once};
use crate::faults::Faults;

const ENUM_WORDS: &[&str] = &["name"];
const VARIANT_WORDS: &[&str] = &["status", "retry", "message", "unknown"];
/// The form of each word, for who wrote it differently.
const FORMS: &[(&str, &str)] = &[
    ("name", "name = \"shop.OrderError\""),
    ("status", "status = \"NOT_FOUND\""),
    ("retry", "retry = \"after 20ms\""),
    ("message", "message = \"nothing left to sell\""),
    ("unknown", "unknown"),
];

pub(super) struct Draft<'a> {
    pub(super) ident: &'a Ident,
    pub(super) name: Option<LitStr>,
    pub(super) variants: Vec<DraftVariant<'a>>,
}

pub(super) struct DraftVariant<'a> {
    pub(super) ident: &'a Ident,
    pub(super) fields: &'a Fields,
    pub(super) code: Option<Number>,
    pub(super) status: Option<LitStr>,
    pub(super) retry: Option<LitStr>,
    pub(super) message: Option<LitStr>,
    pub(super) unknown: Option<Span>,
    /// Part of the attribute could not be read: what seems to be missing may stand there.
    pub(super) is_broken: bool,
}

/// Fails where there is nothing to go on with: no enum.
pub(super) fn errors<'a>(input: &'a DeriveInput, faults: &mut Faults) -> syn::Result<Draft<'a>> {
    let data = match &input.data {
        Data::Enum(data) => data,
        Data::Struct(data) => {
            return Err(syn::Error::new(data.struct_token.span, "the errors of a service are an enum"));
        }
        Data::Union(data) => {
            return Err(syn::Error::new(data.union_token.span, "the errors of a service are an enum"));
        }
    };
    if !input.generics.params.is_empty() {
        let text = "the errors of a service have no generic parameters";
        return Err(syn::Error::new_spanned(&input.generics.params, text));
    }
    let variants = data.variants.iter().map(|each| variant(each, faults)).collect();
    Ok(Draft { ident: &input.ident, name: name(input, faults), variants })
}

fn name(input: &DeriveInput, faults: &mut Faults) -> Option<LitStr> {
    let mut name = None;
    for word in attribute::words("error_code", &input.attrs, faults)? {
        match word {
            Word::Setting(word, Setting::Text(text)) if word == "name" => {
                once(&mut name, &word, text, faults)
            }
            other => other.refuse(ENUM_WORDS, FORMS, faults),
        }
    }
    name
}

fn variant<'a>(variant: &'a syn::Variant, faults: &mut Faults) -> DraftVariant<'a> {
    let mut draft = DraftVariant {
        ident: &variant.ident,
        fields: &variant.fields,
        code: None,
        status: None,
        retry: None,
        message: None,
        unknown: None,
        is_broken: false,
    };
    let Some(words) = attribute::words("error_code", &variant.attrs, faults) else {
        draft.is_broken = true;
        return draft;
    };
    for word in words {
        match word {
            Word::Number(number) if draft.code.is_none() => draft.code = Some(number),
            Word::Number(number) => faults.at(number.place, "an error has one code"),
            Word::Flag(word) if word == "unknown" => once(&mut draft.unknown, &word, word.span(), faults),
            Word::Setting(word, Setting::Text(text)) if word == "status" => {
                once(&mut draft.status, &word, text, faults);
            }
            Word::Setting(word, Setting::Text(text)) if word == "retry" => {
                once(&mut draft.retry, &word, text, faults);
            }
            Word::Setting(word, Setting::Text(text)) if word == "message" => {
                once(&mut draft.message, &word, text, faults);
            }
            other => {
                other.refuse(VARIANT_WORDS, FORMS, faults);
                draft.is_broken = true;
            }
        }
    }
    draft
}
