//! SVK0117: names that differ in the schema and become one in Rust are refused, naming both sides.
//!
//! Names that are the same in the schema already have rules of their own; those that are no names at all too.

use std::collections::{BTreeMap, BTreeSet};

use super::bad_name::is_sound;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, quoted};
use crate::model::{Name, Schema, Service};
use crate::names;

pub(super) fn check(schema: &Schema, found: &mut Diagnostics) {
    let mut items = Items::default();
    for message in &schema.messages {
        items.definition(&message.name, "message");
        let fields = message.heads().into_iter().map(|head| (head.name.value.as_str(), head.name.span));
        members(fields, "field", names::field, found);
    }
    for enumeration in &schema.enums {
        items.definition(&enumeration.name, "enum");
        let values = enumeration.values.iter().map(|value| (value.name.value.as_str(), value.name.span));
        members(values, "value", names::variant, found);
    }
    for service in &schema.services {
        items.service(service);
        let methods = service.heads().into_iter().map(|head| (head.name.value.as_str(), head.name.span));
        members(methods, "method", names::method, found);
    }
    items.report(found);
}

/// Refuses members of one definition that become one name.
fn members<'a>(
    members: impl Iterator<Item = (&'a str, Span)>,
    what: &str,
    rust_name: impl Fn(&str) -> String,
    found: &mut Diagnostics,
) {
    let mut first_use: BTreeMap<String, (&str, Span)> = BTreeMap::new();
    for (name, span) in members.filter(|(name, _)| is_sound(name)) {
        let rust = rust_name(name);
        match first_use.get(&rust) {
            Some((first, first_span)) if *first != name => {
                found.push(collision(
                    &format!("{what} {}", quoted(first)),
                    *first_span,
                    what,
                    name,
                    span,
                    &rust,
                ));
            }
            Some(_) => {}
            None => {
                first_use.insert(rust, (name, span));
            }
        }
    }
}

/// The items of all modules. Modules are no part of them: their names are in lower case and no item's is, and two of
/// one name are one module.
#[derive(Default)]
struct Items<'a> {
    claims: Vec<Claim<'a>>,
}

/// Somebody wants a name in a module.
struct Claim<'a> {
    /// The module, then the name. A static has the name of a type only if it belongs to the same definition, so types
    /// and statics need no spaces of their own.
    rust_path: Vec<String>,
    /// The definition that has it.
    owner: &'a Name,
    what: &'static str,
    schema_name: String,
    span: Span,
}

impl<'a> Items<'a> {
    fn definition(&mut self, name: &'a Name, what: &'static str) {
        self.claim(name, names::type_name(name.own()), what, name.full(), name.span);
    }

    fn service(&mut self, service: &'a Service) {
        let name = &service.name;
        self.definition(name, "service");
        for rust in [names::server(service), names::client(service), names::service_spec(service)] {
            self.claim(name, rust, "service", name.full(), name.span);
        }
        for head in service.heads().into_iter().filter(|head| is_sound(&head.name.value)) {
            let rust = names::method_spec(service, &head.name.value);
            let method = format!("{}.{}", name.full(), head.name.value);
            self.claim(name, rust, "method", method, head.name.span);
        }
    }

    fn claim(&mut self, owner: &'a Name, rust: String, what: &'static str, schema_name: String, span: Span) {
        if !owner.package.split('.').all(is_sound) || !owner.path.iter().all(|part| is_sound(part)) {
            return;
        }
        let mut rust_path = names::module_path(owner);
        rust_path.push(rust);
        self.claims.push(Claim { rust_path, owner, what, schema_name, span });
    }

    fn report(mut self, found: &mut Diagnostics) {
        self.claims.sort_by_key(|claim| claim.span);
        let mut first_use: BTreeMap<&[String], &Claim<'_>> = BTreeMap::new();
        let mut reported = BTreeSet::new();
        for claim in &self.claims {
            let Some(first) = first_use.get(claim.rust_path.as_slice()) else {
                first_use.insert(&claim.rust_path, claim);
                continue;
            };
            // One definition against itself: `members` reports that, or it was defined twice. Two services of one name
            // share all that is made of it; once is enough.
            let owners = (first.owner.full(), claim.owner.full());
            if owners.0 == owners.1 || !reported.insert(owners) {
                continue;
            }
            let first_name = format!("{} {}", first.what, quoted(&first.schema_name));
            let rust = claim.rust_path.join("::");
            found.push(collision(&first_name, first.span, claim.what, &claim.schema_name, claim.span, &rust));
        }
    }
}

fn collision(first: &str, first_span: Span, what: &str, name: &str, span: Span, rust: &str) -> Diagnostic {
    let text = format!("{what} {} and {first} are both {} in Rust", quoted(name), quoted(rust));
    Diagnostic::new(Code::RustCollision, span, text)
        .also(first_span, "the other one")
        .help("rename one of them")
}
