//! How one definition names another: as shortly as protobuf's rules of lookup allow.
//!
//! protobuf looks for the first segment of a name from the inside outwards and stays with the first scope that has it,
//! be it a field. A name that would be led astray, or taken for a keyword, is written in full with a dot in front.

use super::scopes::joined;
use super::{Context, well_known};
use crate::model::Name;

/// Words that mean something where a type may stand.
const KEYWORDS: [&str; 33] = [
    "bool",
    "bytes",
    "double",
    "enum",
    "export",
    "extend",
    "extensions",
    "fixed32",
    "fixed64",
    "float",
    "group",
    "int32",
    "int64",
    "local",
    "map",
    "message",
    "oneof",
    "option",
    "optional",
    "repeated",
    "required",
    "reserved",
    "returns",
    "rpc",
    "sfixed32",
    "sfixed64",
    "sint32",
    "sint64",
    "stream",
    "string",
    "to",
    "uint32",
    "uint64",
];

impl Context<'_> {
    /// How `target` is called in the scope `from`, which is a message, a service or a package.
    pub(super) fn reference(&self, target: &Name, from: &str) -> String {
        if let Some(known) = well_known::of(target) {
            return self.outside(&known.name, from);
        }
        let full = target.full();
        let short = target.short();
        let is_near =
            from.strip_prefix(&*target.package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        // `Item`, then `Order.Item`: the shorter ones start later.
        let starts = short.rmatch_indices('.').map(|(at, _)| at + 1).chain([0]);
        let mut candidates = starts.filter(|_| is_near).map(|start| &short[start..]);
        match candidates.find(|name| self.leads_to(name, &full, from)) {
            Some(name) => name.to_owned(),
            None => self.outside(&full, from),
        }
    }

    /// A full name, with a dot in front where it would otherwise be looked for elsewhere.
    pub(super) fn outside(&self, full: &str, from: &str) -> String {
        if self.leads_to(full, full, from) { full.to_owned() } else { format!(".{full}") }
    }

    fn leads_to(&self, name: &str, full: &str, from: &str) -> bool {
        let first = name.split('.').next().unwrap_or_default();
        let mut around = Some(from);
        let found = loop {
            match around {
                Some(scope) if self.scopes.has(scope, first) => break scope,
                Some(scope) if !scope.is_empty() => {
                    around = Some(scope.rsplit_once('.').map_or("", |(it, _)| it))
                }
                // Only what protobuf brings is in no scope of ours.
                _ => break "",
            }
        };
        !KEYWORDS.contains(&first) && joined(found, name) == full
    }
}
