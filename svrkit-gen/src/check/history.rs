//! Everything that can have a history, family by family: what the rules about `since` and `replaced-by` go through.
//!
//! A family is what may replace one another: the fields, maps and oneofs of a message, the values of an enum, the
//! messages of a package. Families without any history are left out, which is nearly all of them.

use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::{Span, Spanned};
use crate::model::{Lifecycle, Name, Schema, ScopeId};

pub(super) struct Family<'a> {
    /// What one of them is called: `field`.
    pub(super) what: &'static str,
    pub(super) owner: Owner<'a>,
    pub(super) members: Vec<Member<'a>>,
    /// Some could not be read.
    pub(super) is_partial: bool,
}

/// What a family stands in.
pub(super) enum Owner<'a> {
    Definition(&'a Name, &'a Lifecycle),
    Package(&'a str),
}

pub(super) struct Member<'a> {
    pub(super) name: &'a str,
    pub(super) lifecycle: &'a Lifecycle,
}

impl<'a> Family<'a> {
    fn of(
        what: &'static str,
        name: &'a Name,
        lifecycle: &'a Lifecycle,
        members: impl Iterator<Item = (&'a str, &'a Lifecycle)>,
        is_partial: bool,
    ) -> Self {
        let members = members.map(|(name, lifecycle)| Member { name, lifecycle }).collect();
        Self { what, owner: Owner::Definition(name, lifecycle), members, is_partial }
    }

    fn has_history(&self) -> bool {
        self.members.iter().any(|member| member.lifecycle.history().is_some())
    }

    /// The name of what they stand in, without its package.
    pub(super) fn owner_name(&self) -> String {
        match self.owner {
            Owner::Definition(name, _) => name.short(),
            Owner::Package(package) => package.to_owned(),
        }
    }

    /// Since when what they stand in is there.
    pub(super) fn owner_since(&self) -> Option<&'a Spanned<u32>> {
        match self.owner {
            Owner::Definition(_, lifecycle) => lifecycle.history()?.since.as_ref(),
            Owner::Package(_) => None,
        }
    }
}

/// The families in which something has a history.
pub(super) fn families(schema: &Schema) -> Vec<Family<'_>> {
    let messages = schema.messages.iter().map(|message| {
        let fields = message.fields.iter().map(|field| &field.head).chain(&message.unresolved);
        let fields = fields.map(|head| (&*head.name.value, &head.lifecycle));
        let oneofs = message.oneofs.iter().map(|oneof| (&*oneof.name.own, &oneof.lifecycle));
        Family::of("field", &message.name, &message.lifecycle, fields.chain(oneofs), message.is_partial)
    });
    let enums = schema.enums.iter().map(|it| {
        let values = it.values.iter().map(|value| (&*value.name.value, &value.lifecycle));
        Family::of("value", &it.name, &it.lifecycle, values, it.is_partial)
    });
    let errors = schema.errors.iter().map(|it| {
        let errors = it.errors.iter().map(|error| (&*error.name.value, &error.lifecycle));
        Family::of("error", &it.name, &it.lifecycle, errors, it.is_partial)
    });
    let services = schema.services.iter().map(|it| {
        let methods = it.methods.iter().map(|method| &method.head).chain(&it.unresolved);
        let methods = methods.map(|head| (&*head.name.value, &head.lifecycle));
        Family::of("method", &it.name, &it.lifecycle, methods, it.is_partial)
    });
    let members = messages.chain(enums).chain(errors).chain(services);
    members.chain(definitions(schema)).filter(Family::has_history).collect()
}

/// The definitions of one kind and one scope are a family too.
fn definitions(schema: &Schema) -> impl Iterator<Item = Family<'_>> {
    let messages = schema.messages.iter().map(|it| ("message", &it.name, &it.lifecycle));
    let enums = schema.enums.iter().map(|it| ("enum", &it.name, &it.lifecycle));
    let errors = schema.errors.iter().map(|it| ("set of errors", &it.name, &it.lifecycle));
    let services = schema.services.iter().map(|it| ("service", &it.name, &it.lifecycle));
    let all = || messages.clone().chain(enums.clone()).chain(errors.clone()).chain(services.clone());
    let mut families: BTreeMap<(&'static str, ScopeId), Family<'_>> = BTreeMap::new();
    if all().all(|(.., lifecycle)| lifecycle.history().is_none()) {
        return families.into_values();
    }
    let around: HashMap<Span, _> = schema.messages.iter().map(|it| (it.name.span, it)).collect();
    let is_cut = schema.files.iter().any(|file| file.is_partial);
    for (what, name, lifecycle) in all() {
        let around = name.around_span.and_then(|span| around.get(&span));
        let family = families.entry((what, name.scope)).or_insert_with(|| Family {
            what,
            owner: around
                .map_or(Owner::Package(&name.package), |it| Owner::Definition(&it.name, &it.lifecycle)),
            members: Vec::new(),
            is_partial: around.map_or(is_cut, |it| it.is_partial),
        });
        family.members.push(Member { name: &name.own, lifecycle });
    }
    families.into_values()
}
