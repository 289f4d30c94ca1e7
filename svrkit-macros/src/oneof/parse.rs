//! What is written on an enum of alternatives and its variants, not yet judged.

use syn::{Data, DeriveInput, Fields, Ident, Variant, Visibility};

use crate::attribute::{self, once};
use crate::faults::Faults;
use crate::field::FieldWords;
use crate::view_word::ViewWord;

const MEMBER_WORDS: &[&str] =
    &["name", "zigzag", "fixed", "min", "max", "min_len", "max_len", "ensure", "sensitive"];

pub(super) struct Draft<'a> {
    pub(super) ident: &'a Ident,
    pub(super) vis: &'a Visibility,
    pub(super) view: Option<ViewWord>,
    pub(super) members: Vec<DraftMember<'a>>,
}

pub(super) struct DraftMember<'a> {
    pub(super) written: &'a Variant,
    pub(super) ident: &'a Ident,
    pub(super) fields: &'a Fields,
    pub(super) words: FieldWords,
}

/// Fails where there is nothing to go on with: no enum.
pub(super) fn oneof<'a>(input: &'a DeriveInput, faults: &mut Faults) -> syn::Result<Draft<'a>> {
    let data = match &input.data {
        Data::Enum(data) => data,
        Data::Struct(data) => {
            let text = "a oneof is an enum, for a struct derive `Tlv`";
            return Err(syn::Error::new(data.struct_token.span, text));
        }
        Data::Union(data) => {
            return Err(syn::Error::new(data.union_token.span, "a oneof is an enum, not a union"));
        }
    };
    if !input.generics.params.is_empty() {
        let text = "a oneof has no generic parameters, its bytes would depend on them";
        return Err(syn::Error::new_spanned(&input.generics.params, text));
    }
    let mut view = None;
    for word in attribute::words("tlv", &input.attrs, faults).into_iter().flatten() {
        match ViewWord::read(word, faults) {
            Ok((word, read)) => once(&mut view, &word, read, faults),
            Err(word) => {
                faults.at(word.place(), "a oneof has no name of its own, its tags stand at its variants");
            }
        }
    }
    let members = data.variants.iter().map(|variant| DraftMember {
        written: variant,
        ident: &variant.ident,
        fields: &variant.fields,
        words: FieldWords::read(&variant.attrs, MEMBER_WORDS, faults),
    });
    Ok(Draft { ident: &input.ident, vis: &input.vis, view, members: members.collect() })
}
