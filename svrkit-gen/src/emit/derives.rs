//! The derives that a user wants besides ours, and for which definitions.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::externs::RustPath;
use crate::model::Schema;

/// Pairs of what is meant and what is derived, in the order in which they were asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Derives {
    rows: Vec<(Target, RustPath)>,
}

/// Which definitions are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    All,
    /// A full name, or what full names start with: a package, or a message with all in it.
    Below(String),
}

impl Derives {
    /// `target` is `*` or a name.
    pub(crate) fn add(&mut self, target: &str, derive: RustPath) {
        let target = if target == "*" { Target::All } else { Target::Below(target.to_owned()) };
        self.rows.push((target, derive));
    }

    /// The names that no message, oneof or enum of the schema has or starts with.
    pub(crate) fn strangers<'a>(&'a self, schema: &Schema) -> BTreeSet<&'a str> {
        let names = self.rows.iter().filter_map(|(target, _)| match target {
            Target::All => None,
            Target::Below(name) => Some(name.as_str()),
        });
        let mut strangers: BTreeSet<&str> = names.collect();
        if strangers.is_empty() {
            return strangers;
        }
        let packages = schema.files.iter().map(|file| file.package.value.to_string());
        let messages = schema.messages.iter().map(|message| message.name.full());
        let oneofs = schema.messages.iter().flat_map(|message| &message.oneofs).map(|it| it.name.full());
        let enums = schema.enums.iter().map(|enumeration| enumeration.name.full());
        for known in packages.chain(messages).chain(oneofs).chain(enums) {
            strangers.retain(|name| !is_below(&known, name));
        }
        strangers
    }

    /// The attribute for a definition that derives `own` by itself, if there is anything more to derive.
    pub(super) fn attribute(&self, full_name: &str, own: &[&str]) -> Option<TokenStream> {
        let mut seen = BTreeSet::new();
        let wanted = self.rows.iter().filter(|(target, derive)| {
            let is_meant = match target {
                Target::All => true,
                Target::Below(name) => is_below(full_name, name),
            };
            let in_std = derive.name_in_std();
            let is_own = in_std.is_some_and(|name| own.contains(&name));
            is_meant && !is_own && seen.insert((in_std, in_std.is_none().then_some(derive)))
        });
        let derives: Vec<_> = wanted.map(|(_, derive)| derive.tokens()).collect();
        (!derives.is_empty()).then(|| quote!(#[derive(#(#derives),*)]))
    }
}

/// Whether a full name is this one or stands in it.
fn is_below(full_name: &str, name: &str) -> bool {
    full_name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
