//! SVK0117: names that differ in the schema and become one in Rust are refused, naming both sides.
//!
//! Names that are the same in the schema already have rules of their own; those that are no names at all too.

use std::collections::{BTreeSet, HashMap};

use super::Rule;
use super::bad_name::is_sound;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, quoted};
use crate::model::{Field, Message, MethodHead, Name, Schema, ScopeId, Scopes, Service};
use crate::names;

pub(super) const RULE: Rule =
    Rule { code: Code::error("SVK0117", "RustCollision", "two names become one in Rust"), check };

/// What generated code depends on.
const RUNTIME: &str = "svrkit_runtime";

fn check(schema: &Schema, found: &mut Diagnostics) {
    for file in &schema.files {
        let package = &file.package;
        let first = package.value.split('.').next().unwrap_or_default();
        if is_sound(first) && names::module(first) == RUNTIME {
            let text =
                format!("the module of package {} would hide the crate `{RUNTIME}`", quoted(&package.value));
            let help = "generated code needs the crate by that name: let the package start with another word";
            found.push(Diagnostic::new(RULE.code, package.span, text).help(help));
        }
    }
    let mut items = Items::new(&schema.scopes);
    for message in &schema.messages {
        items.definition(&message.name, "message");
        members(in_struct(message), names::field, found);
        for (at, oneof) in message.oneofs.iter().enumerate() {
            items.definition(&oneof.name, ONEOF);
            let fields = message.members(at).map(|field| &field.head);
            members(fields.map(|head| ("field", &*head.name.value, head.name.span)), names::variant, found);
        }
    }
    for enumeration in &schema.enums {
        items.definition(&enumeration.name, "enum");
        let values = enumeration.values.iter().map(|value| &value.name);
        members(values.map(|name| ("value", &*name.value, name.span)), names::variant, found);
    }
    for errors in &schema.errors {
        items.definition(&errors.name, "set of errors");
        let errors = errors.errors.iter().map(|error| &error.name);
        members(errors.map(|name| ("error", &*name.value, name.span)), names::variant, found);
    }
    for service in &schema.services {
        items.service(service);
        let methods = service.heads().into_iter().map(|head| &head.name);
        members(methods.map(|name| ("method", &*name.value, name.span)), names::method, found);
        companions(service, found);
    }
    items.report(found);
}

/// Refuses methods that are called as what stands beside another one: its second handler, or what accepts it and asks for its jobs.
fn companions(service: &Service, found: &mut Diagnostics) {
    let heads = service.heads();
    for method in &service.methods {
        let name = &method.head.name;
        let degraded = method.protection.degraded_from.as_ref().map(|_| names::degraded(&name.value));
        let queue = method.queued.name.as_ref();
        let companions = [
            ("the second handler", degraded),
            ("what accepts requests", queue.map(|_| names::accept(&name.value))),
            ("what asks for jobs", queue.map(|_| names::job_state(&name.value))),
        ];
        for (what, rust) in companions {
            let Some(rust) = rust.filter(|_| is_sound(&name.value)) else { continue };
            let is_taken =
                |head: &&&MethodHead| is_sound(&head.name.value) && names::method(&head.name.value) == rust;
            for head in heads.iter().filter(is_taken) {
                let first = format!("{what} of {}", quoted(&name.value));
                found.push(collision(&first, name.span, "method", &head.name.value, head.name.span, &rust));
            }
        }
    }
}

/// What becomes fields of the struct, in the order of the file.
fn in_struct(message: &Message) -> impl Iterator<Item = Member<'_>> {
    let is_plain = |field: &&Field| field.oneof.is_none();
    // A field without a type may be one of a oneof, which then is partial.
    let is_known = !message.oneofs.iter().any(|oneof| oneof.is_partial);
    let unresolved = message.unresolved.iter().filter(|_| is_known);
    let fields = message.fields.iter().filter(is_plain).map(|field| &field.head).chain(unresolved);
    let fields = fields.map(|head| ("field", &*head.name.value, head.name.span));
    let oneofs = message.oneofs.iter().map(|oneof| (ONEOF, &*oneof.name.own, oneof.name.span));
    let mut members: Vec<_> = fields.chain(oneofs).collect();
    members.sort_by_key(|(_, _, span)| *span);
    members.into_iter()
}

const ONEOF: &str = "oneof";

/// What it is, its name, and where that stands.
type Member<'a> = (&'static str, &'a str, Span);

/// Refuses members of one definition that become one name.
fn members<'a>(
    members: impl Iterator<Item = Member<'a>>,
    rust_name: impl Fn(&str) -> String,
    found: &mut Diagnostics,
) {
    let mut first_use: HashMap<String, Member<'_>> = HashMap::new();
    for (what, name, span) in members.filter(|(_, name, _)| is_sound(name)) {
        let rust = rust_name(name);
        match first_use.get(&rust) {
            Some((first_what, first, first_span)) if *first != name => {
                found.push(collision(
                    &format!("{first_what} {}", quoted(first)),
                    *first_span,
                    what,
                    name,
                    span,
                    &rust,
                ));
            }
            Some(_) => {}
            None => {
                first_use.insert(rust, (what, name, span));
            }
        }
    }
}

/// The items of all modules. Modules are no part of them: their names are in lower case and no item's is, and two of
/// one name are one module.
struct Items<'a> {
    modules: Modules,
    claims: Vec<Claim<'a>>,
}

/// Somebody wants a name in a module.
struct Claim<'a> {
    /// One number a module.
    module: usize,
    namespace: Namespace,
    rust: Box<str>,
    /// The definition that has it.
    owner: &'a Name,
    what: &'static str,
    /// The method, if it is for one of the service.
    method: Option<&'a str>,
    span: Span,
}

/// A type and a static may have one name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Namespace {
    Types,
    Values,
}

impl<'a> Items<'a> {
    fn new(scopes: &Scopes) -> Self {
        Self { modules: Modules::new(scopes), claims: Vec::new() }
    }

    fn definition(&mut self, name: &'a Name, what: &'static str) {
        self.claim(name, Namespace::Types, names::type_name(&name.own), what, None, name.span);
    }

    fn service(&mut self, service: &'a Service) {
        let name = &service.name;
        self.definition(name, "service");
        for rust in [names::server(service), names::client(service), names::mock(service)] {
            self.claim(name, Namespace::Types, rust, "service", None, name.span);
        }
        for method in service.methods.iter().filter(|method| method.queued.name.is_some()) {
            let method = &method.head.name;
            let types = [names::queued_method(service, &method.value), names::ticket(service, &method.value)];
            for rust in types.into_iter().filter(|_| is_sound(&method.value)) {
                self.claim(name, Namespace::Types, rust, "method", Some(&method.value), method.span);
            }
        }
        let spec = names::service_spec(service);
        self.claim(name, Namespace::Values, spec.clone(), "service", None, name.span);
        for head in service.heads().into_iter().filter(|head| is_sound(&head.name.value)) {
            let method = &*head.name.value;
            let rust = names::method_spec(&spec, method);
            self.claim(name, Namespace::Values, rust, "method", Some(method), head.name.span);
        }
    }

    fn claim(
        &mut self,
        owner: &'a Name,
        namespace: Namespace,
        rust: String,
        what: &'static str,
        method: Option<&'a str>,
        span: Span,
    ) {
        if let Some(module) = self.modules.of(owner.scope).filter(|_| is_sound(&owner.own)) {
            let rust = rust.into_boxed_str();
            self.claims.push(Claim { module, namespace, rust, owner, what, method, span });
        }
    }

    fn report(mut self, found: &mut Diagnostics) {
        // Those that want one name come together, in the order of the files.
        self.claims.sort_by(|a, b| a.wanted().cmp(&b.wanted()).then(a.span.cmp(&b.span)));
        let mut reported = BTreeSet::new();
        for claims in self.claims.chunk_by(|a, b| a.wanted() == b.wanted()) {
            let (first, others) = (&claims[0], &claims[1..]);
            for claim in others {
                if found.is_full() {
                    return;
                }
                // One definition against itself: `members` reports that, or it was defined twice; only a oneof may be
                // called like a definition next to it. Two services of one name share all that is made of it; once is
                // enough.
                let owners = (first.owner.key(), claim.owner.key());
                let is_same = owners.0 == owners.1
                    && (first.what == ONEOF) == (claim.what == ONEOF)
                    && !first.is_of_another_method(claim);
                if is_same || !reported.insert(owners) {
                    continue;
                }
                let first_name = format!("{} {}", first.what, quoted(&first.schema_name()));
                let (name, rust) = (claim.schema_name(), claim.rust_path());
                found.push(collision(&first_name, first.span, claim.what, &name, claim.span, &rust));
            }
        }
    }
}

impl Claim<'_> {
    fn wanted(&self) -> (usize, Namespace, &str) {
        (self.module, self.namespace, &self.rust)
    }

    /// Whether both are types of one service that its methods, or it and a method of it, bring with them; methods that are one name in Rust have a finding of their own.
    fn is_of_another_method(&self, other: &Self) -> bool {
        let method = |claim: &Self| claim.method.map(names::method);
        self.namespace == Namespace::Types && method(self) != method(other)
    }

    fn schema_name(&self) -> String {
        match self.method {
            Some(method) => format!("{}.{method}", self.owner.full()),
            None => self.owner.full(),
        }
    }

    fn rust_path(&self) -> String {
        let mut path = names::module_path(self.owner);
        path.push(self.rust.to_string());
        path.join("::")
    }
}

/// Which scopes become one module.
struct Modules {
    /// By scope; absent where no name of Rust can be made.
    modules: HashMap<ScopeId, usize>,
}

impl Modules {
    fn new(scopes: &Scopes) -> Self {
        let mut modules = HashMap::from([(Scopes::ROOT, 0)]);
        let mut known = HashMap::new();
        for (scope, around, name) in scopes.all().filter(|(.., name)| is_sound(name)) {
            if let Some(around) = modules.get(&around).copied() {
                let next = known.len() + 1;
                modules.insert(scope, *known.entry((around, names::module(name))).or_insert(next));
            }
        }
        Self { modules }
    }

    fn of(&self, scope: ScopeId) -> Option<usize> {
        self.modules.get(&scope).copied()
    }
}

fn collision(first: &str, first_span: Span, what: &str, name: &str, span: Span, rust: &str) -> Diagnostic {
    let text = format!("{what} {} and {first} are both {} in Rust", quoted(name), quoted(rust));
    Diagnostic::new(RULE.code, span, text).also(first_span, "the other one").help("rename one of them")
}
