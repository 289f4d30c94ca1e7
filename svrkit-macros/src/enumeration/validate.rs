//! The rules of an enum. Each fault stands at the token that is wrong.

use std::collections::BTreeMap;

use syn::spanned::Spanned;
use syn::{Fields, Type};

use super::parse::{Draft, DraftVariant};
use super::{Enumeration, Variant};
use crate::attribute::Number;
use crate::faults::Faults;

/// What is sound of `draft`; the rest is in `faults`, and the enum's own name in its place.
pub(super) fn enumeration<'a>(draft: &Draft<'a>, faults: &mut Faults) -> Enumeration<'a> {
    let is_broken = draft.variants.iter().any(|variant| variant.is_broken);
    let mut variants = Vec::new();
    let mut first_use = BTreeMap::new();
    for variant in draft.variants.iter().filter(|variant| variant.unknown.is_none()) {
        if !matches!(variant.fields, Fields::Unit) && !variant.is_broken {
            let text = "a variant is a number and holds nothing, for alternatives with values use a message";
            faults.at(variant.fields.span(), text);
        }
        let Some(number) = number(variant, faults) else {
            continue;
        };
        if let Some(first) = first_use.insert(number, variant.ident)
            && let Some(written) = &variant.number
        {
            let text = format!("number {number} is used twice, `{first}` has it already");
            faults.at(written.place, text);
        }
        variants.push(Variant { ident: variant.ident, number });
    }
    let zero = variants.iter().find(|variant| variant.number == 0).map(|variant| variant.ident);
    if zero.is_none() && !is_broken {
        let text = "no variant has number 0, which an absent field reads as: add `#[tlv(0)] Unspecified`";
        faults.at(draft.ident.span(), text);
    }
    let unknown = unknown(draft, faults);
    if unknown.is_none() && !is_broken {
        let text = "no variant takes the numbers of later versions: add `#[tlv(unknown)] Unknown(i32)`";
        faults.at(draft.ident.span(), text);
    }
    Enumeration {
        ident: draft.ident,
        variants,
        zero: zero.unwrap_or(draft.ident),
        unknown: unknown.map_or(draft.ident, |variant| variant.ident),
    }
}

fn number(variant: &DraftVariant<'_>, faults: &mut Faults) -> Option<i32> {
    let Some(Number { value, place }) = &variant.number else {
        if !variant.is_broken {
            let text = format!("the variant `{}` has no number, write `#[tlv(…)]`", variant.ident);
            faults.at(variant.ident.span(), text);
        }
        return None;
    };
    let number = i32::try_from(*value).ok();
    if number.is_none() {
        faults.at(*place, format_args!("numbers lie between {} and {}", i32::MIN, i32::MAX));
    }
    number
}

fn unknown<'d, 'a>(draft: &'d Draft<'a>, faults: &mut Faults) -> Option<&'d DraftVariant<'a>> {
    let mut first: Option<&DraftVariant<'_>> = None;
    for variant in &draft.variants {
        let Some(place) = variant.unknown else {
            continue;
        };
        if let Some(number) = &variant.number {
            faults.at(number.place, "the variant of unknown numbers has none of its own");
        }
        if !holds_a_number(variant.fields) {
            let text = format!("the variant of unknown numbers holds them: `{}(i32)`", variant.ident);
            faults.at(variant.ident.span(), text);
        }
        match first {
            Some(first) => {
                let text = format!("one variant takes the unknown numbers, `{}` does already", first.ident);
                faults.at(place, text);
            }
            None => first = Some(variant),
        }
    }
    first
}

fn holds_a_number(fields: &Fields) -> bool {
    let Fields::Unnamed(fields) = fields else {
        return false;
    };
    let mut types = fields.unnamed.iter().map(|field| &field.ty);
    let is_i32 = |ty: &Type| matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "i32"));
    types.next().is_some_and(is_i32) && types.next().is_none()
}
