//! What is written on an enum and its variants, not yet judged.

use proc_macro2::Span;
use syn::{Data, DeriveInput, Fields, Ident};

use crate::attribute::{self, Number, Word};
use crate::faults::Faults;

const VARIANT_WORDS: &[&str] = &["unknown"];
const FORMS: &[(&str, &str)] = &[("unknown", "unknown")];

pub(super) struct Draft<'a> {
    pub(super) ident: &'a Ident,
    pub(super) variants: Vec<DraftVariant<'a>>,
}

pub(super) struct DraftVariant<'a> {
    pub(super) ident: &'a Ident,
    pub(super) fields: &'a Fields,
    pub(super) number: Option<Number>,
    pub(super) unknown: Option<Span>,
    /// Part of the attribute could not be read: what seems to be missing may stand there.
    pub(super) is_broken: bool,
}

/// Fails where there is nothing to go on with: no enum.
pub(super) fn enumeration<'a>(input: &'a DeriveInput, faults: &mut Faults) -> syn::Result<Draft<'a>> {
    let data = match &input.data {
        Data::Enum(data) => data,
        Data::Struct(data) => {
            let text = "only an enum has numbers, for a struct derive `Tlv`";
            return Err(syn::Error::new(data.struct_token.span, text));
        }
        Data::Union(data) => {
            return Err(syn::Error::new(data.union_token.span, "only an enum has numbers"));
        }
    };
    if !input.generics.params.is_empty() {
        let text = "an enum of numbers has no generic parameters";
        return Err(syn::Error::new_spanned(&input.generics.params, text));
    }
    for word in attribute::words("tlv", &input.attrs, faults).into_iter().flatten() {
        word.refuse(VARIANT_WORDS, FORMS, faults);
    }
    let variants = data.variants.iter().map(|each| variant(each, faults)).collect();
    Ok(Draft { ident: &input.ident, variants })
}

fn variant<'a>(variant: &'a syn::Variant, faults: &mut Faults) -> DraftVariant<'a> {
    let mut draft = DraftVariant {
        ident: &variant.ident,
        fields: &variant.fields,
        number: None,
        unknown: None,
        is_broken: false,
    };
    let Some(words) = attribute::words("tlv", &variant.attrs, faults) else {
        draft.is_broken = true;
        return draft;
    };
    for word in words {
        match word {
            Word::Number(number) if draft.number.is_none() => draft.number = Some(number),
            Word::Number(number) => faults.at(number.place, "a variant has one number"),
            Word::Flag(flag) if flag == "unknown" => draft.unknown = Some(flag.span()),
            other => {
                other.refuse(VARIANT_WORDS, FORMS, faults);
                draft.is_broken = true;
            }
        }
    }
    draft
}
