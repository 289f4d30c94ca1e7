//! From syntax to the model: definitions are collected, then every reference is led to its definition.
//!
//! A reference that leads nowhere cannot stand in the model, so it is reported here and not in `check`. What a name
//! may mean: a definition nested in the message that uses it or in one around that; one of the package; one by its
//! full name. In each case the definition stands in the same file or in one that it imports.

mod missing;

use std::rc::Rc;

use self::missing::Wanted;
use super::collect::{Collected, Surroundings, Unresolved};
use super::fingerprint::fnv1a_32;
use super::foreign_shape::Spot;
use super::literal::Unreadable;
use super::scope::{ScopeId, Scopes, SymbolKind};
use super::{
    EnumId, Error, ErrorsId, Field, FieldHead, FieldType, File, KIT_SERVICE_IDS, Literal, MessageId, Method,
    MethodHead, Name, Reserved, Scalar, Schema, Service, literal, recursion,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, FileId, Spanned, quoted};
use crate::load::{self, Loaded};
use crate::parse::syntax;

/// The package whose services the kit itself brings.
pub(crate) const KIT_PACKAGE: &str = "svrkit";

/// Builds the model of everything that was loaded; the syntax becomes part of it.
pub(crate) fn resolve(loaded: &mut Loaded, found: &mut Diagnostics) -> Schema {
    let mut files: Vec<usize> = (0..loaded.files.len()).collect();
    files.sort_by(|a, b| order(&loaded.files[*a]).cmp(&order(&loaded.files[*b])));

    let mut collected = Collected::default();
    for at in files {
        let file = &mut loaded.files[at];
        let Some(mut protocol) = file.protocol.take() else { continue };
        collected.schema.files.push(File {
            id: file.id,
            name: file.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            version: protocol.version.clone(),
            package: protocol.package.clone(),
            doc: std::mem::take(&mut protocol.doc),
            is_partial: protocol.is_partial || loaded.is_cut || !file.lost.is_empty(),
        });
        collected.protocol(file.id, protocol);
    }

    let Collected { mut schema, fields, errors, services } = collected;
    let mut resolver = Resolver::new(loaded, &schema, found);
    let mut resolved = Vec::with_capacity(fields.len());
    for (message, (file, fields)) in schema.messages.iter().zip(fields) {
        resolved.push(resolver.fields(fields, &Place::in_message(&message.name, file, &schema.scopes)));
    }
    let mut resolved_errors = Vec::with_capacity(errors.len());
    for (set, (file, errors)) in schema.errors.iter().zip(errors) {
        let place = Place::in_package(&set.name, file, &schema.scopes);
        resolved_errors.push(errors.into_iter().map(|error| resolver.error(error, &place)).collect());
    }
    let services: Vec<_> = services
        .into_iter()
        .map(|(file, around, service)| resolver.service(service, file, &around))
        .collect();
    for (message, resolved) in schema.messages.iter_mut().zip(resolved) {
        (message.fields, message.unresolved) = (resolved.fields, resolved.unresolved);
        for (at, field) in message.fields.iter().enumerate() {
            if let Some(oneof) = field.oneof {
                message.oneofs[oneof].members.push(at);
            }
        }
        for oneof in resolved.partial_oneofs {
            message.oneofs[oneof].is_partial = true;
        }
    }
    for (set, errors) in schema.errors.iter_mut().zip(resolved_errors) {
        set.errors = errors;
    }
    schema.services = services;
    recursion::mark_boxed(&mut schema.messages);
    schema
}

/// Files by name; of one name, by what is in them and not by where they lie.
fn order(file: &load::File) -> impl Ord {
    let protocol = file.protocol.as_ref().map(|protocol| {
        let messages = protocol.messages.iter().map(|it| &*it.name.value);
        let enums = protocol.enums.iter().map(|it| &*it.name.value);
        let services = protocol.services.iter().map(|it| &*it.name.value);
        let first = messages.chain(enums).chain(services).next();
        // Two that have the same first definition are refused; what is left are files without any.
        (&*protocol.package.value, first, protocol.doc.as_str(), protocol.version.as_ref().map(|it| it.value))
    });
    (file.path.file_name(), protocol)
}

/// Where a reference stands.
struct Place<'a> {
    file: FileId,
    name: &'a Name,
    /// The scopes to look in, from the inside.
    scopes: Vec<ScopeId>,
}

impl<'a> Place<'a> {
    fn in_message(name: &'a Name, file: FileId, scopes: &Scopes) -> Self {
        let own = scopes.inner(name.scope, &name.own);
        Self::new(name, file, own, scopes)
    }

    fn in_package(name: &'a Name, file: FileId, scopes: &Scopes) -> Self {
        Self::new(name, file, None, scopes)
    }

    fn new(name: &'a Name, file: FileId, own: Option<ScopeId>, scopes: &Scopes) -> Self {
        let around = std::iter::successors(Some(name.scope), |scope| Some(scopes.around(*scope)));
        // Those of the messages, and the package.
        let around = around.take(name.around.len() + 1);
        Self { file, name, scopes: own.into_iter().chain(around).chain([Scopes::ROOT]).collect() }
    }
}

enum Miss {
    /// Defined in a file that is not imported.
    NotImported(FileId),
    Unknown,
}

struct Resolver<'a> {
    loaded: &'a Loaded,
    schema: &'a Schema,
    /// By [`FileId`], what is defined there.
    defined: Vec<Vec<SymbolKind>>,
    found: &'a mut Diagnostics,
}

impl<'a> Resolver<'a> {
    fn new(loaded: &'a Loaded, schema: &'a Schema, found: &'a mut Diagnostics) -> Self {
        let mut defined = vec![Vec::new(); loaded.files.len()];
        let messages =
            schema.messages.iter().enumerate().map(|(at, it)| (&it.name, SymbolKind::Message(MessageId(at))));
        let enums = schema.enums.iter().enumerate().map(|(at, it)| (&it.name, SymbolKind::Enum(EnumId(at))));
        let errors =
            schema.errors.iter().enumerate().map(|(at, it)| (&it.name, SymbolKind::Errors(ErrorsId(at))));
        for (name, kind) in messages.chain(enums).chain(errors) {
            defined[name.span.file.index()].push(kind);
        }
        Self { loaded, schema, defined, found }
    }

    fn fields(&mut self, syntax: Unresolved, place: &Place<'_>) -> Resolved {
        let has_oneofs = !syntax.oneofs.is_empty();
        let mut resolved =
            Resolved { fields: Vec::with_capacity(syntax.fields.len()), ..Resolved::default() };
        let of_oneofs = syntax.oneofs.into_iter().zip(0..);
        let of_oneofs = of_oneofs.flat_map(|(fields, at)| fields.into_iter().map(move |it| (it, Some(at))));
        for (field, oneof) in syntax.fields.into_iter().map(|it| (it, None)).chain(of_oneofs) {
            if self.found.is_full() {
                break;
            }
            match self.field(field, oneof, place) {
                Ok(field) => resolved.fields.push(field),
                Err(head) => {
                    resolved.unresolved.push(head);
                    resolved.partial_oneofs.extend(oneof);
                }
            }
        }
        // In the order of the file.
        if has_oneofs {
            resolved.fields.sort_by_key(|it| it.head.name.span);
            resolved.unresolved.sort_by_key(|it| it.name.span);
        }
        resolved
    }

    fn field(
        &mut self,
        syntax: syntax::Field,
        oneof: Option<usize>,
        place: &Place<'_>,
    ) -> Result<Field, FieldHead> {
        let head =
            FieldHead { name: syntax.name, tag: syntax.tag, doc: syntax.doc, lifecycle: syntax.lifecycle };
        let Some(shape) = syntax.shape else {
            return Err(head);
        };
        let spot = if shape.key.is_some() { Spot::Entry } else { Spot::Field };
        let (key, kind) =
            (shape.key.as_ref().map(|key| self.key(key)), self.field_type(&shape.type_name, spot, place));
        let (Some(kind), Some(key)) = (kind, key.map_or(Some(None), |key| key.map(Some))) else {
            return Err(head);
        };
        let is_set =
            |flag: &Option<Spanned<bool>>| flag.as_ref().filter(|flag| flag.value).map(|flag| flag.span);
        // What can have none is told that, whatever it says.
        let can_have_default = oneof.is_none() && is_set(&shape.repeated).is_none();
        let default = shape.default.and_then(|it| match can_have_default {
            true => self.default(&it, kind),
            false => Some(Spanned { value: Literal::Text(it.value), span: it.span }),
        });
        Ok(Field {
            head,
            kind,
            key,
            optional: is_set(&shape.optional),
            repeated: is_set(&shape.repeated),
            packed: shape.packed,
            default,
            constraints: syntax.constraints,
            is_sensitive: syntax.is_sensitive,
            json: syntax.json,
            oneof,
            boxed: false,
        })
    }

    fn field_type(
        &mut self,
        reference: &Spanned<Rc<str>>,
        spot: Spot,
        place: &Place<'_>,
    ) -> Option<FieldType> {
        if let Some(scalar) = Scalar::from_word(&reference.value) {
            return Some(FieldType::Scalar(scalar));
        }
        match self.symbol(&reference.value, place) {
            Ok(SymbolKind::Message(id)) => Some(FieldType::Message(id)),
            Ok(SymbolKind::Enum(id)) => Some(FieldType::Enum(id)),
            Ok(SymbolKind::Errors(_)) => {
                let message = format!("{} is a set of errors and no type", quoted(&reference.value));
                let help = "errors end calls; a field holds scalars, enums and messages";
                self.found.push(Diagnostic::new(Code::UNKNOWN_TYPE, reference.span, message).help(help));
                None
            }
            Err(miss) => {
                let message = format!("unknown type {}", quoted(&reference.value));
                self.missed(Code::UNKNOWN_TYPE, reference, message, &miss, place, Wanted::Type(spot));
                None
            }
        }
    }

    fn key(&mut self, reference: &Spanned<Rc<str>>) -> Option<Spanned<&'static Scalar>> {
        let scalar = Scalar::from_word(&reference.value).filter(|scalar| scalar.is_key());
        if scalar.is_none() {
            let message = format!("{} is no type of a key", quoted(&reference.value));
            let keys: Vec<_> = Scalar::ALL.iter().filter(|it| it.is_key()).map(|it| it.word).collect();
            let help = format!("it is one of `{}`", keys.join("` `"));
            self.found.push(Diagnostic::new(Code::NOT_A_KEY, reference.span, message).help(help));
        }
        scalar.map(|value| Spanned { value, span: reference.span })
    }

    fn default(&mut self, text: &Spanned<Rc<str>>, kind: FieldType) -> Option<Spanned<Literal>> {
        match literal::read(&text.value, kind, self.schema)? {
            Ok(value) => Some(Spanned { value, span: text.span }),
            Err(fault) => {
                let finding = |message| Diagnostic::new(Code::BAD_DEFAULT, text.span, message);
                self.found.push(match fault {
                    Unreadable::OfMessage => finding("a message has no default".to_owned())
                        .help("without one it is `None`; fields of the message may have defaults"),
                    Unreadable::Value { expected, nearest } => {
                        let help = nearest.map(|nearest| format!("did you mean {}?", quoted(&nearest)));
                        finding(format!("the default {} is not {expected}", quoted(&text.value)))
                            .maybe_help(help)
                    }
                });
                None
            }
        }
    }

    fn error(&mut self, syntax: syntax::Error, place: &Place<'_>) -> Error {
        let detail = syntax.detail.as_ref().filter(|_| !self.found.is_full());
        Error {
            detail: detail.and_then(|it| self.message(it, "detail", place)),
            name: syntax.name,
            code: syntax.code,
            doc: syntax.doc,
            lifecycle: syntax.lifecycle,
            status: syntax.status,
            retry: syntax.retry,
        }
    }

    fn service(&mut self, syntax: syntax::Service, file: FileId, around: &Surroundings) -> Service {
        let name = around.name(&syntax.name);
        let place = Place::in_package(&name, file, &self.schema.scopes);
        let mut methods = Vec::with_capacity(syntax.methods.len());
        let mut unresolved = Vec::new();
        for method in syntax.methods {
            if self.found.is_full() {
                break;
            }
            match self.method(method, &place) {
                Ok(method) => methods.push(method),
                Err(head) => unresolved.push(head),
            }
        }
        let (id, id_span) = match &syntax.id {
            Some(id) => (id.value, id.span),
            None => (id_of_name(&name.full()), name.span),
        };
        Service {
            name,
            doc: syntax.doc,
            lifecycle: syntax.lifecycle,
            id,
            id_span,
            methods,
            unresolved,
            reserved: Reserved::new(&syntax.reserved),
            is_partial: syntax.is_partial,
        }
    }

    fn method(&mut self, syntax: syntax::Method, place: &Place<'_>) -> Result<Method, MethodHead> {
        let head =
            MethodHead { name: syntax.name, id: syntax.id, doc: syntax.doc, lifecycle: syntax.lifecycle };
        let request = syntax.request.as_ref().and_then(|it| self.message(it, "request", place));
        let response = syntax.response.as_ref().and_then(|it| self.message(it, "response", place));
        let errors = syntax.errors.as_ref().and_then(|it| self.errors(it, place));
        let is_answered = response.is_some() || (syntax.oneway.is_some() && syntax.response.is_none());
        let Some(request) = request.filter(|_| is_answered) else {
            return Err(head);
        };
        Ok(Method {
            head,
            request,
            response,
            errors,
            timeout_ms: syntax.timeout_ms,
            priority: syntax.priority,
            protection: syntax.protection,
            queued: syntax.queued,
            idempotent: syntax.idempotent,
            stream: syntax.stream,
            oneway: syntax.oneway,
            blocking: syntax.blocking,
            route_key: syntax.route_key,
        })
    }

    fn errors(&mut self, reference: &Spanned<Rc<str>>, place: &Place<'_>) -> Option<Spanned<ErrorsId>> {
        let what = match self.symbol(&reference.value, place) {
            Ok(SymbolKind::Errors(id)) => return Some(Spanned { value: id, span: reference.span }),
            Ok(SymbolKind::Enum(_)) => "an enum",
            Ok(SymbolKind::Message(_)) => "a message",
            Err(miss) => {
                let message = format!("{} is no known set of errors", quoted(&reference.value));
                self.missed(Code::NOT_ERRORS, reference, message, &miss, place, Wanted::Errors);
                return None;
            }
        };
        let message = format!("{} is {what} and no set of errors", quoted(&reference.value));
        let help = "define `<errors>` with an `<error>` for each way to fail";
        self.found.push(Diagnostic::new(Code::NOT_ERRORS, reference.span, message).help(help));
        None
    }

    fn message(&mut self, reference: &Spanned<Rc<str>>, role: &str, place: &Place<'_>) -> Option<MessageId> {
        let what = if Scalar::from_word(&reference.value).is_some() {
            "a scalar"
        } else {
            match self.symbol(&reference.value, place) {
                Ok(SymbolKind::Message(id)) => return Some(id),
                Ok(SymbolKind::Enum(_)) => "an enum",
                Ok(SymbolKind::Errors(_)) => "a set of errors",
                Err(miss) => {
                    let message = format!("the {role} {} is no known message", quoted(&reference.value));
                    self.missed(Code::NOT_A_MESSAGE, reference, message, &miss, place, Wanted::Message);
                    return None;
                }
            }
        };
        let message = format!("the {role} {} is {what} and no message", quoted(&reference.value));
        let help = "define a message with it as a field: more fields can be added to that later";
        self.found.push(Diagnostic::new(Code::NOT_A_MESSAGE, reference.span, message).help(help));
        None
    }

    /// Looks outwards from the place, then for a full name.
    fn symbol(&self, reference: &str, place: &Place<'_>) -> Result<SymbolKind, Miss> {
        let visible = &self.loaded.files[place.file.index()].visible;
        let mut miss = Miss::Unknown;
        for scope in &place.scopes {
            let symbols = || self.schema.scopes.symbols(*scope, reference);
            if let Some(symbol) = symbols().find(|symbol| visible.contains(&symbol.file)) {
                return Ok(symbol.kind);
            }
            if let Some(symbol) = symbols().next() {
                miss = Miss::NotImported(symbol.file);
            }
        }
        Err(miss)
    }
}

/// The fields of one message.
#[derive(Default)]
struct Resolved {
    fields: Vec<Field>,
    unresolved: Vec<FieldHead>,
    /// The oneofs of those without a type.
    partial_oneofs: Vec<usize>,
}

/// The id of a service that names none; it stays out of what belongs to the kit.
fn id_of_name(full_name: &str) -> u32 {
    let hash = fnv1a_32(full_name.as_bytes());
    if hash < KIT_SERVICE_IDS { hash + KIT_SERVICE_IDS } else { hash }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_made_of_a_name_stays_out_of_the_kits_range() {
        assert_eq!(id_of_name("hello.Greeter"), fnv1a_32(b"hello.Greeter"));
        // Found by search: the hash of this one is 33.
        assert_eq!(id_of_name("a.S5682926"), 33 + KIT_SERVICE_IDS);
    }
}
