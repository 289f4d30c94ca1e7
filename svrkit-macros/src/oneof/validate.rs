//! The rules of a oneof. Each fault stands at the token that is wrong.

use std::collections::BTreeMap;

use syn::spanned::Spanned;
use syn::{Fields, Type};

use super::parse::{Draft, DraftMember};
use super::{Member, Oneof, View, name};
use crate::constraint::Constraints;
use crate::encoding::Encoding;
use crate::faults::Faults;
use crate::tag;

/// What is sound of `draft`; the rest is in `faults`.
pub(super) fn oneof<'a>(draft: &Draft<'a>, faults: &mut Faults) -> Oneof<'a> {
    if draft.members.is_empty() {
        faults.at(draft.ident.span(), "a oneof has at least one member: `#[tlv(7)] Uin(u64)`");
    }
    let mut members: Vec<Member<'a>> = Vec::new();
    let mut first_use = BTreeMap::new();
    for member in &draft.members {
        let ty = value(member, faults);
        let encoding = Encoding::of(&member.words, faults);
        let Some(number) = &member.words.tag else {
            if !member.words.is_broken {
                let text = format!("the variant `{}` has no tag, write `#[tlv(…)]`", member.ident);
                faults.at(member.ident.span(), text);
            }
            continue;
        };
        let Some(tag) = tag::tag(number, faults) else {
            continue;
        };
        if let Some(first) = first_use.insert(tag, member.ident) {
            faults.at(number.place, format_args!("tag {tag} is used twice, `{first}` has it already"));
        }
        if let Some(ty) = ty {
            let constraints = Constraints::of(&member.words.constraints, ty, faults);
            let is_sensitive = member.words.sensitive.is_some();
            let name = name::of(member, faults);
            let DraftMember { written, ident, .. } = member;
            members.push(Member { written, ident, name, ty, tag, encoding, constraints, is_sensitive });
        }
    }
    members.sort_by_key(|member| member.tag);
    let view = draft.view.as_ref().map(|word| View { ident: word.ident(draft.ident), vis: draft.vis });
    Oneof { ident: draft.ident, view, members }
}

/// The type of the one value that the variant holds.
fn value<'a>(member: &DraftMember<'a>, faults: &mut Faults) -> Option<&'a Type> {
    if let Fields::Unnamed(fields) = member.fields {
        let mut fields = fields.unnamed.iter();
        if let (Some(only), None) = (fields.next(), fields.next()) {
            return Some(&only.ty);
        }
    }
    let ident = member.ident;
    let place = if matches!(member.fields, Fields::Unit) { ident.span() } else { member.fields.span() };
    faults.at(place, format_args!("a member holds one value: `{ident}(u64)`, or a message for more"));
    None
}
