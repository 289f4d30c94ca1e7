//! The rules of a message. Each fault stands at the token that is wrong.

use std::collections::BTreeMap;

use proc_macro2::Span;
use syn::Ident;
use syn::ext::IdentExt;

use super::parse::{Draft, DraftField};
use super::{Field, Oneof, Record, Unknown, View};
use crate::attribute::{self, Number};
use crate::constraint::Constraints;
use crate::encoding::Encoding;
use crate::faults::Faults;
use crate::tag;

/// What is sound of `draft`; the rest is in `faults`.
pub(super) fn record<'a>(draft: &Draft<'a>, faults: &mut Faults) -> Record<'a> {
    let mut tags = Tags { first_use: BTreeMap::new(), next_free: next_free_tag(&draft.fields) };
    let mut fields = Vec::new();
    let mut oneofs = Vec::new();
    for field in draft.fields.iter().filter(|field| field.words.unknown.is_none()) {
        match &field.words.oneof {
            Some((place, numbers)) => oneofs.push(oneof(field, *place, numbers, &mut tags, faults)),
            None => fields.extend(self::field(field, &mut tags, faults)),
        }
    }
    fields.sort_by_key(|field| field.tag);
    oneofs.sort_by_key(|oneof| oneof.tags.first().copied());
    let view = draft.words.view.as_ref().map(|word| View { ident: word.ident(draft.ident), vis: draft.vis });
    let unknown = unknown(draft, faults);
    let is_small = draft.words.small.is_some();
    Record { ident: draft.ident, name: name(draft, faults), fields, oneofs, unknown, view, is_small }
}

/// Who has which tag.
struct Tags<'a> {
    first_use: BTreeMap<u32, &'a Ident>,
    next_free: i128,
}

impl<'a> Tags<'a> {
    /// The tag as that of the field `ident`; a fault if another has it.
    fn take(&mut self, number: &Number, ident: &'a Ident, faults: &mut Faults) -> Option<u32> {
        let tag = tag::tag(number, faults)?;
        if let Some(first) = self.first_use.insert(tag, ident) {
            let next_free = self.next_free;
            let text =
                format!("tag {tag} is used twice, `{first}` has it already, the next free is {next_free}");
            faults.at(number.place, text);
        }
        Some(tag)
    }
}

fn name(draft: &Draft<'_>, faults: &mut Faults) -> String {
    match &draft.words.name {
        Some(name) => attribute::full_name(name, faults),
        None => draft.ident.unraw().to_string(),
    }
}

fn field<'a>(field: &DraftField<'a>, tags: &mut Tags<'a>, faults: &mut Faults) -> Option<Field<'a>> {
    let DraftField { written, ident, ty, words } = field;
    let encoding = Encoding::of(words, faults);
    let constraints = Constraints::of(&words.constraints, ty, faults);
    let Some(number) = &words.tag else {
        if !words.is_broken {
            let next_free = tags.next_free;
            let text = format!("the field `{ident}` has no tag, the next free one is `#[tlv({next_free})]`");
            faults.at(ident.span(), text);
        }
        return None;
    };
    let tag = tags.take(number, ident, faults)?;
    Some(Field { written, ident, ty, tag, encoding, constraints, is_sensitive: words.sensitive.is_some() })
}

fn oneof<'a>(
    field: &DraftField<'a>,
    place: Span,
    numbers: &[Number],
    tags: &mut Tags<'a>,
    faults: &mut Faults,
) -> Oneof<'a> {
    let DraftField { written, ident, ty, words } = field;
    if let Some(tag) = &words.tag {
        faults.at(tag.place, "a oneof has no tag of its own, its members have");
    }
    if numbers.is_empty() {
        faults.at(place, "a oneof names the tags of its members: `oneof(7, 8)`");
    }
    let of_members = Encoding::places(words).chain(words.constraints.of_values());
    let of_maps = [&words.key, &words.value].into_iter().flatten().map(|(place, _)| *place);
    for place in of_members.chain(of_maps).chain(words.sensitive) {
        faults.at(place, "this belongs to a member of the oneof, at its variant");
    }
    let mut taken: Vec<u32> = numbers.iter().filter_map(|number| tags.take(number, ident, faults)).collect();
    taken.sort_unstable();
    let constraints = Constraints::of(&words.constraints, ty, faults);
    Oneof { written, ident, ty, place, tags: taken, constraints }
}

fn unknown<'a>(draft: &Draft<'a>, faults: &mut Faults) -> Option<Unknown<'a>> {
    let mut first: Option<Unknown<'a>> = None;
    for field in &draft.fields {
        let words = &field.words;
        let Some(place) = words.unknown else {
            continue;
        };
        if let Some(tag) = &words.tag {
            faults.at(tag.place, "the field that keeps unknown records has no tag of its own");
        }
        let of_maps = [&words.key, &words.value].into_iter().flatten().map(|(place, _)| *place);
        for word in Encoding::places(words).chain(of_maps) {
            faults.at(word, "the field that keeps unknown records has no encoding");
        }
        for word in words.constraints.of_values().chain(words.constraints.required) {
            faults.at(word, "the field that keeps unknown records has no constraints");
        }
        if let Some(word) = words.sensitive {
            faults.at(word, "the field that keeps unknown records shows nothing of them as it is");
        }
        if let Some((word, _)) = &words.oneof {
            faults.at(*word, "a field keeps unknown records or holds a oneof, not both");
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
    let own = fields.iter().filter_map(|field| field.words.tag.as_ref());
    let members = fields.iter().filter_map(|field| field.words.oneof.as_ref()).flat_map(|(_, tags)| tags);
    tag::next_free(own.chain(members).map(|tag| tag.value))
}
