//! The rules of a message. Each fault stands at the token that is wrong.

use std::collections::BTreeMap;

use syn::ext::IdentExt;

use super::parse::{Draft, DraftField};
use super::{Encoding, Field, NumberEncoding, Record, Unknown};
use crate::attribute::Number;
use crate::faults::Faults;

const TAG_MAX: i128 = (1 << 29) - 1;
/// Protobuf keeps these for its own implementations.
const TAGS_RESERVED: std::ops::RangeInclusive<i128> = 19_000..=19_999;

/// What is sound of `draft`; the rest is in `faults`.
pub(super) fn record<'a>(draft: &Draft<'a>, faults: &mut Faults) -> Record<'a> {
    let mut fields = Vec::new();
    let mut first_use = BTreeMap::new();
    let next_free = next_free_tag(&draft.fields);
    for field in draft.fields.iter().filter(|field| field.unknown.is_none()) {
        let encoding = encoding(field, faults);
        let Some(tag) = tag(field, next_free, faults) else {
            continue;
        };
        if let Some(first) = first_use.insert(tag, field.ident)
            && let Some(number) = &field.tag
        {
            let text =
                format!("tag {tag} is used twice, `{first}` has it already, the next free is {next_free}");
            faults.at(number.place, text);
        }
        fields.push(Field { ident: field.ident, ty: field.ty, tag, encoding });
    }
    fields.sort_by_key(|field| field.tag);
    Record { ident: draft.ident, name: name(draft, faults), fields, unknown: unknown(draft, faults) }
}

fn name(draft: &Draft<'_>, faults: &mut Faults) -> String {
    let Some(name) = &draft.name else {
        return draft.ident.unraw().to_string();
    };
    let text = name.value();
    let is_part = |part: &str| syn::parse_str::<syn::Ident>(&format!("_{part}")).is_ok() && !part.is_empty();
    if !text.split('.').all(is_part) {
        faults.at(name.span(), format_args!("`{text}` is no full name, which looks like `shop.Order`"));
    }
    text
}

fn tag(field: &DraftField<'_>, next_free: i128, faults: &mut Faults) -> Option<u32> {
    let Some(Number { value, place }) = &field.tag else {
        if !field.is_broken {
            let name = field.ident;
            let text = format!("the field `{name}` has no tag, the next free one is `#[tlv({next_free})]`");
            faults.at(name.span(), text);
        }
        return None;
    };
    if *value == 0 {
        faults.at(*place, "tag 0 does not exist, tags begin at 1");
        return None;
    }
    if !(1..=TAG_MAX).contains(value) {
        faults.at(*place, format_args!("tags lie between 1 and {TAG_MAX}"));
        return None;
    }
    if TAGS_RESERVED.contains(value) {
        let (from, to) = (TAGS_RESERVED.start(), TAGS_RESERVED.end());
        faults.at(*place, format_args!("protobuf keeps the tags {from} to {to} for itself"));
        return None;
    }
    u32::try_from(*value).ok()
}

fn encoding(field: &DraftField<'_>, faults: &mut Faults) -> Encoding {
    let number = match (field.zigzag, field.fixed) {
        (Some(_), Some(fixed)) => {
            faults.at(fixed, "a number is `zigzag` or `fixed`, not both");
            NumberEncoding::Fixed
        }
        (Some(_), None) => NumberEncoding::Zigzag,
        (None, Some(_)) => NumberEncoding::Fixed,
        (None, None) => NumberEncoding::Plain,
    };
    Encoding { number, is_unpacked: field.unpacked.is_some() }
}

fn unknown<'a>(draft: &Draft<'a>, faults: &mut Faults) -> Option<Unknown<'a>> {
    let mut first: Option<Unknown<'a>> = None;
    for field in &draft.fields {
        let Some(place) = field.unknown else {
            continue;
        };
        if let Some(tag) = &field.tag {
            faults.at(tag.place, "the field that keeps unknown records has no tag of its own");
        }
        for word in [field.zigzag, field.fixed, field.unpacked].into_iter().flatten() {
            faults.at(word, "the field that keeps unknown records has no encoding");
        }
        match &first {
            Some(first) => {
                let text = format!("one field keeps the unknown records, `{}` does already", first.ident);
                faults.at(place, text);
            }
            None => first = Some(Unknown { ident: field.ident, ty: field.ty }),
        }
    }
    first
}

fn next_free_tag(fields: &[DraftField<'_>]) -> i128 {
    let used = fields.iter().filter_map(|field| field.tag.as_ref()).map(|tag| tag.value);
    let next = used.filter(|tag| (1..TAG_MAX).contains(tag)).max().unwrap_or(0) + 1;
    if TAGS_RESERVED.contains(&next) { TAGS_RESERVED.end() + 1 } else { next }
}
