//! The rules of errors. Each fault stands at the token that is wrong.

use std::collections::BTreeMap;

use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Fields, Ident, Type};

use super::parse::{Draft, DraftVariant};
use super::retry::Retry;
use super::status::StatusCode;
use super::{Errors, Variant};
use crate::attribute::{self, Number};
use crate::faults::Faults;

/// What is sound of `draft`; the rest is in `faults`, and the enum's own name in its place.
pub(super) fn errors<'a>(draft: &Draft<'a>, faults: &mut Faults) -> Errors<'a> {
    let name = match &draft.name {
        Some(name) => attribute::full_name(name, faults),
        None => draft.ident.unraw().to_string(),
    };
    let mut variants = Vec::new();
    let mut first_use = BTreeMap::new();
    for variant in draft.variants.iter().filter(|variant| variant.unknown.is_none()) {
        let detail = detail(variant, faults);
        let status = variant.status.as_ref().map(|word| StatusCode::named(word, faults));
        let retry = variant.retry.as_ref().and_then(|text| Retry::named(text, faults));
        let message = message(variant, faults);
        let Some(code) = code(variant, faults) else {
            continue;
        };
        if let Some(first) = first_use.insert(code, variant.ident)
            && let Some(written) = &variant.code
        {
            faults.at(written.place, format_args!("code {code} is used twice, `{first}` has it already"));
        }
        let status = status.unwrap_or(StatusCode::DEFAULT);
        variants.push(Variant { ident: variant.ident, detail, code, status, retry, message });
    }
    Errors { ident: draft.ident, name, variants, unknown: unknown(draft, faults) }
}

fn code(variant: &DraftVariant<'_>, faults: &mut Faults) -> Option<u32> {
    let Some(Number { value, place }) = &variant.code else {
        if !variant.is_broken {
            let text = format!("the variant `{}` has no code, write `#[error_code(…)]`", variant.ident);
            faults.at(variant.ident.span(), text);
        }
        return None;
    };
    let code = u32::try_from(*value).ok().filter(|code| *code > 0);
    if code.is_none() {
        faults.at(*place, format_args!("codes lie between 1 and {}, 0 is no error", u32::MAX));
    }
    code
}

/// The type of the one message that the variant holds, if any.
fn detail<'a>(variant: &DraftVariant<'a>, faults: &mut Faults) -> Option<&'a Type> {
    match variant.fields {
        Fields::Unit => return None,
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            return fields.unnamed.first().map(|field| &field.ty);
        }
        _ => {}
    }
    let ident = variant.ident;
    let text = format!("an error holds nothing, or one message: `{ident}({ident}Detail)`");
    faults.at(variant.fields.span(), text);
    None
}

/// What people read: the words given, or the variant's name as a schema writes it.
fn message(variant: &DraftVariant<'_>, faults: &mut Faults) -> String {
    let Some(message) = &variant.message else {
        return upper_case(variant.ident);
    };
    let text = message.value();
    if text.trim().is_empty() {
        faults.at(message.span(), "an empty message says nothing: leave it out, or say what happened");
    }
    text
}

fn unknown<'a>(draft: &Draft<'a>, faults: &mut Faults) -> &'a Ident {
    let mut first: Option<&Ident> = None;
    for variant in &draft.variants {
        let Some(place) = variant.unknown else {
            continue;
        };
        if let Some(code) = &variant.code {
            faults.at(code.place, "the variant of unknown codes has none of its own");
        }
        for text in [&variant.status, &variant.retry, &variant.message].into_iter().flatten() {
            faults.at(text.span(), "nothing is known of unknown codes");
        }
        if !holds_a_code(variant.fields) {
            let text = format!("the variant of unknown codes holds them: `{}(u32)`", variant.ident);
            faults.at(variant.ident.span(), text);
        }
        match first {
            Some(first) => {
                faults.at(place, format_args!("one variant takes the unknown codes, `{first}` does already"));
            }
            None => first = Some(variant.ident),
        }
    }
    if first.is_none() && !draft.variants.iter().any(|variant| variant.is_broken) {
        let text = "no variant takes the codes of later versions: add `#[error_code(unknown)] Unknown(u32)`";
        faults.at(draft.ident.span(), text);
    }
    first.unwrap_or(draft.ident)
}

fn holds_a_code(fields: &Fields) -> bool {
    let Fields::Unnamed(fields) = fields else {
        return false;
    };
    let mut types = fields.unnamed.iter().map(|field| &field.ty);
    let is_u32 = |ty: &Type| matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "u32"));
    types.next().is_some_and(is_u32) && types.next().is_none()
}

/// `SOLD_OUT` for `SoldOut`.
fn upper_case(ident: &Ident) -> String {
    let mut name = String::new();
    for letter in ident.unraw().to_string().chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_uppercase());
    }
    name
}
