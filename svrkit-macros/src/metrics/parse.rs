//! What is written on a struct of metrics and its fields, not yet judged.

use syn::{Data, DeriveInput, Expr, ExprLit, Fields, Ident, Lit, LitStr, Meta, Type};

use crate::attribute::{self, Setting, Word, once};
use crate::faults::Faults;

const STRUCT_WORDS: &[&str] = &["prefix"];
const FIELD_WORDS: &[&str] = &["name", "unit"];
/// The form of each word, for who wrote it differently.
const FORMS: &[(&str, &str)] =
    &[("prefix", "prefix = \"shop\""), ("name", "name = \"orders_placed\""), ("unit", "unit = \"bytes\"")];

pub(super) struct Draft<'a> {
    pub(super) ident: &'a Ident,
    pub(super) prefix: Option<LitStr>,
    pub(super) fields: Vec<DraftField<'a>>,
    /// The struct's attribute could not be read: the prefix may stand there.
    pub(super) is_broken: bool,
}

pub(super) struct DraftField<'a> {
    pub(super) ident: &'a Ident,
    pub(super) ty: &'a Type,
    pub(super) name: Option<LitStr>,
    pub(super) unit: Option<LitStr>,
    /// Its documentation, up to the first empty line.
    pub(super) help: String,
}

/// Fails where there is nothing to go on with: no struct with named fields.
pub(super) fn metrics<'a>(input: &'a DeriveInput, faults: &mut Faults) -> syn::Result<Draft<'a>> {
    let refuse = |place, text: &str| Err(syn::Error::new(place, text));
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => fields,
            Fields::Unnamed(_) | Fields::Unit => {
                return refuse(
                    input.ident.span(),
                    "metrics are called as their fields are: the struct needs named ones",
                );
            }
        },
        Data::Enum(data) => {
            return refuse(
                data.enum_token.span,
                "metrics are the fields of a struct; the labels of one are `Labels`",
            );
        }
        Data::Union(data) => return refuse(data.union_token.span, "metrics are the fields of a struct"),
    };
    if !input.generics.params.is_empty() {
        let text = "a struct of metrics has no generic parameters";
        return Err(syn::Error::new_spanned(&input.generics.params, text));
    }
    let words = attribute::words("metric", &input.attrs, faults);
    let is_broken = words.is_none();
    let mut prefix = None;
    for word in words.into_iter().flatten() {
        match word {
            Word::Setting(word, Setting::Text(text)) if word == "prefix" => {
                once(&mut prefix, &word, text, faults);
            }
            other => other.refuse(STRUCT_WORDS, FORMS, faults),
        }
    }
    let fields = fields.named.iter().filter_map(|each| field(each, faults)).collect();
    Ok(Draft { ident: &input.ident, prefix, fields, is_broken })
}

fn field<'a>(field: &'a syn::Field, faults: &mut Faults) -> Option<DraftField<'a>> {
    let mut draft =
        DraftField { ident: field.ident.as_ref()?, ty: &field.ty, name: None, unit: None, help: help(field) };
    for word in attribute::words("metric", &field.attrs, faults).into_iter().flatten() {
        match word {
            Word::Setting(word, Setting::Text(text)) if word == "name" => {
                once(&mut draft.name, &word, text, faults);
            }
            Word::Setting(word, Setting::Text(text)) if word == "unit" => {
                once(&mut draft.unit, &word, text, faults);
            }
            other => other.refuse(FIELD_WORDS, FORMS, faults),
        }
    }
    Some(draft)
}

/// The first paragraph of its documentation, on one line.
fn help(field: &syn::Field) -> String {
    let text = |attribute: &syn::Attribute| match &attribute.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => match &doc.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    };
    let lines: Vec<_> = field.attrs.iter().filter_map(text).collect();
    let lines =
        lines.iter().flat_map(|text| text.lines().chain(text.is_empty().then_some(""))).map(str::trim);
    let paragraph: Vec<_> =
        lines.skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty()).collect();
    paragraph.join(" ")
}
