//! What is written on labels, not yet judged.

use syn::{Data, DeriveInput, Fields, Ident, LitStr, Type};

use crate::attribute::{self, Setting, Word, once};
use crate::faults::Faults;

const NAME: &[&str] = &["name"];
const VALUE: &[&str] = &["value"];
/// The form of each word, for who wrote it differently.
const FORMS: &[(&str, &str)] = &[("name", "name = \"payment\""), ("value", "value = \"cash\"")];

pub(super) struct Draft<'a> {
    pub(super) ident: &'a Ident,
    pub(super) shape: DraftShape<'a>,
}

pub(super) enum DraftShape<'a> {
    Set(Vec<DraftLabel<'a>>),
    One { name: Option<LitStr>, values: Vec<DraftValue<'a>> },
}

pub(super) struct DraftLabel<'a> {
    pub(super) ident: &'a Ident,
    pub(super) ty: &'a Type,
    pub(super) name: Option<LitStr>,
}

pub(super) struct DraftValue<'a> {
    pub(super) ident: &'a Ident,
    pub(super) fields: &'a Fields,
    pub(super) text: Option<LitStr>,
}

/// Fails where there is nothing to go on with: neither a struct with named fields nor an enum.
pub(super) fn labels<'a>(input: &'a DeriveInput, faults: &mut Faults) -> syn::Result<Draft<'a>> {
    let refuse = |place, text: &str| Err(syn::Error::new(place, text));
    if !input.generics.params.is_empty() {
        let text = "labels have no generic parameters";
        return Err(syn::Error::new_spanned(&input.generics.params, text));
    }
    let shape = match &input.data {
        Data::Enum(data) => DraftShape::One {
            name: word("name", NAME, &input.attrs, faults),
            values: data.variants.iter().map(|each| value(each, faults)).collect(),
        },
        Data::Struct(data) => {
            for word in attribute::words("metric", &input.attrs, faults).into_iter().flatten() {
                faults.at(word.place(), "a set of labels has no name: each field is a label");
            }
            let Fields::Named(fields) = &data.fields else {
                return refuse(
                    input.ident.span(),
                    "labels are called as their fields are: the struct needs named ones",
                );
            };
            DraftShape::Set(fields.named.iter().filter_map(|each| label(each, faults)).collect())
        }
        Data::Union(data) => return refuse(data.union_token.span, "labels are a struct, or an enum"),
    };
    Ok(Draft { ident: &input.ident, shape })
}

fn label<'a>(field: &'a syn::Field, faults: &mut Faults) -> Option<DraftLabel<'a>> {
    let name = word("name", NAME, &field.attrs, faults);
    Some(DraftLabel { ident: field.ident.as_ref()?, ty: &field.ty, name })
}

fn value<'a>(variant: &'a syn::Variant, faults: &mut Faults) -> DraftValue<'a> {
    let text = word("value", VALUE, &variant.attrs, faults);
    DraftValue { ident: &variant.ident, fields: &variant.fields, text }
}

/// What the one word is set to that may stand here.
fn word(only: &str, known: &[&str], attributes: &[syn::Attribute], faults: &mut Faults) -> Option<LitStr> {
    let mut found = None;
    for word in attribute::words("metric", attributes, faults).into_iter().flatten() {
        match word {
            Word::Setting(word, Setting::Text(text)) if word == only => once(&mut found, &word, text, faults),
            other => other.refuse(known, FORMS, faults),
        }
    }
    found
}
