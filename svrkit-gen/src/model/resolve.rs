//! From syntax to the model: definitions are collected, then every reference is led to its definition.
//!
//! A reference that leads nowhere cannot stand in the model, so it is reported here and not in `check`. What a name
//! may mean: a definition nested in the message that uses it or in one around that; one of the package; one by its
//! full name. In each case the definition stands in the same file or in one that it imports.

use super::collect::{Collected, SymbolKind, Symbols, name};
use super::fingerprint::fnv1a_32;
use super::{
    Field, FieldHead, FieldType, File, KIT_SERVICE_IDS, MessageId, Method, MethodHead, Reserved, Scalar,
    Schema, Service, recursion,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, FileId, Spanned, quoted};
use crate::load::Loaded;
use crate::parse::{nearest, syntax};

/// The package whose services the kit itself brings.
pub(crate) const KIT_PACKAGE: &str = "svrkit";

/// Builds the model of everything that was loaded.
pub(crate) fn resolve(loaded: &Loaded, found: &mut Diagnostics) -> Schema {
    let mut files: Vec<_> =
        loaded.files.iter().filter_map(|file| Some((file, file.protocol.as_ref()?))).collect();
    files.sort_by(|(a, _), (b, _)| (a.path.file_name(), &a.path).cmp(&(b.path.file_name(), &b.path)));

    let mut collected = Collected::default();
    for (file, protocol) in &files {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        collected.schema.files.push(File {
            name,
            version: protocol.version,
            package: protocol.package.clone(),
            doc: protocol.doc.clone(),
        });
        collected.protocol(file.id, protocol);
    }

    let Collected { mut schema, messages, symbols } = collected;
    let mut resolver = Resolver { loaded, symbols: &symbols, found };
    'messages: for (id, (file, syntax)) in messages.iter().enumerate() {
        let message = &mut schema.messages[id];
        for field in &syntax.fields {
            if resolver.found.is_full() {
                break 'messages;
            }
            let scope = Scope { file: *file, package: &message.name.package, path: &message.name.path };
            match resolver.field(field, &scope) {
                Ok(field) => message.fields.push(field),
                Err(head) => message.unresolved.push(head),
            }
        }
    }
    for (file, protocol) in &files {
        for syntax in &protocol.services {
            schema.services.push(resolver.service(syntax, file.id, &protocol.package.value));
        }
    }
    recursion::mark_boxed(&mut schema.messages);
    schema
}

/// Where a reference stands.
struct Scope<'a> {
    file: FileId,
    package: &'a str,
    /// The messages around it.
    path: &'a [String],
}

enum Miss {
    /// Defined in a file that is not imported.
    NotImported(FileId),
    Unknown,
}

struct Resolver<'a> {
    loaded: &'a Loaded,
    symbols: &'a Symbols,
    found: &'a mut Diagnostics,
}

impl Resolver<'_> {
    fn field(&mut self, syntax: &syntax::Field, scope: &Scope<'_>) -> Result<Field, FieldHead> {
        let head = FieldHead { name: syntax.name.clone(), tag: syntax.tag.clone(), doc: syntax.doc.clone() };
        let Some(shape) = &syntax.shape else {
            return Err(head);
        };
        let Some(kind) = self.field_type(&shape.type_name, scope) else {
            return Err(head);
        };
        let is_set =
            |flag: &Option<Spanned<bool>>| flag.as_ref().filter(|flag| flag.value).map(|flag| flag.span);
        Ok(Field {
            head,
            kind,
            optional: is_set(&shape.optional),
            repeated: is_set(&shape.repeated).is_some(),
            packed: shape.packed.clone(),
            boxed: false,
        })
    }

    fn field_type(&mut self, reference: &Spanned<String>, scope: &Scope<'_>) -> Option<FieldType> {
        if let Some(scalar) = Scalar::from_word(&reference.value) {
            return Some(FieldType::Scalar(scalar));
        }
        match self.symbol(&reference.value, scope) {
            Ok(SymbolKind::Message(id)) => Some(FieldType::Message(id)),
            Ok(SymbolKind::Enum(id)) => Some(FieldType::Enum(id)),
            Err(miss) => {
                let message = format!("unknown type {}", quoted(&reference.value));
                self.missed(Code::UnknownType, reference, message, &miss, scope, true);
                None
            }
        }
    }

    fn service(&mut self, syntax: &syntax::Service, file: FileId, package: &str) -> Service {
        let name = name(package, &[], &syntax.name);
        let scope = Scope { file, package, path: &[] };
        let mut methods = Vec::new();
        let mut unresolved = Vec::new();
        for method in &syntax.methods {
            match self.method(method, &scope) {
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
            doc: syntax.doc.clone(),
            id,
            id_span,
            methods,
            unresolved,
            reserved: Reserved::new(&syntax.reserved),
        }
    }

    fn method(&mut self, syntax: &syntax::Method, scope: &Scope<'_>) -> Result<Method, MethodHead> {
        let head = MethodHead { name: syntax.name.clone(), id: syntax.id.clone(), doc: syntax.doc.clone() };
        let request = syntax.request.as_ref().and_then(|it| self.message(it, "request", scope));
        let response = syntax.response.as_ref().and_then(|it| self.message(it, "response", scope));
        let (Some(request), Some(response)) = (request, response) else {
            return Err(head);
        };
        Ok(Method {
            head,
            request,
            response,
            timeout_ms: syntax.timeout_ms,
            priority: syntax.priority,
            idempotent: syntax.idempotent,
        })
    }

    fn message(&mut self, reference: &Spanned<String>, role: &str, scope: &Scope<'_>) -> Option<MessageId> {
        let what = if Scalar::from_word(&reference.value).is_some() {
            "a scalar"
        } else {
            match self.symbol(&reference.value, scope) {
                Ok(SymbolKind::Message(id)) => return Some(id),
                Ok(SymbolKind::Enum(_)) => "an enum",
                Err(miss) => {
                    let message = format!("the {role} {} is no known message", quoted(&reference.value));
                    self.missed(Code::NotAMessage, reference, message, &miss, scope, false);
                    return None;
                }
            }
        };
        let message = format!("the {role} {} is {what} and no message", quoted(&reference.value));
        let help = "define a message with it as a field: more fields can be added to that later";
        self.found.push(Diagnostic::new(Code::NotAMessage, reference.span, message).help(help));
        None
    }

    /// Looks outwards from the scope, then for a full name.
    fn symbol(&self, reference: &str, scope: &Scope<'_>) -> Result<SymbolKind, Miss> {
        let mut miss = Miss::Unknown;
        let scoped = (0..=scope.path.len()).rev().map(|depth| {
            let around = std::iter::once(scope.package).chain(scope.path[..depth].iter().map(String::as_str));
            format!("{}.{reference}", around.collect::<Vec<_>>().join("."))
        });
        for candidate in scoped.chain([reference.to_owned()]) {
            let Some(symbols) = self.symbols.get(&candidate) else {
                continue;
            };
            if let Some(symbol) = symbols.iter().find(|symbol| self.is_visible(symbol.file, scope.file)) {
                return Ok(symbol.kind);
            }
            miss = Miss::NotImported(symbols[0].file);
        }
        Err(miss)
    }

    fn is_visible(&self, defined_in: FileId, from: FileId) -> bool {
        defined_in == from || self.loaded.files[from.index()].imports.iter().any(|it| it.file == defined_in)
    }

    fn missed(
        &mut self,
        code: Code,
        reference: &Spanned<String>,
        message: String,
        miss: &Miss,
        scope: &Scope<'_>,
        scalars_fit: bool,
    ) {
        let help = match miss {
            Miss::NotImported(file) => {
                let path = self.loaded.files[file.index()].path.display().to_string();
                Some(format!("it is defined in {}, which this file does not import", quoted(&path)))
            }
            Miss::Unknown if self.loaded.lost.covers(&reference.value) => return,
            Miss::Unknown if self.found.is_full() => None,
            Miss::Unknown => self.suggestion(&reference.value, scope, scalars_fit),
        };
        self.found.push(Diagnostic::new(code, reference.span, message).maybe_help(help));
    }

    fn suggestion(&self, reference: &str, scope: &Scope<'_>, scalars_fit: bool) -> Option<String> {
        let prefix = format!("{}.", scope.package);
        let enclosing = format!("{prefix}{}.", scope.path.join("."));
        let visible = self.symbols.iter().filter(|(_, symbols)| {
            symbols.iter().any(|symbol| {
                let fits = scalars_fit || matches!(symbol.kind, SymbolKind::Message(_));
                fits && self.is_visible(symbol.file, scope.file)
            })
        });
        // As one would write them here.
        let defined = visible.map(|(full, _)| {
            full.strip_prefix(&enclosing).or_else(|| full.strip_prefix(&prefix)).unwrap_or(full)
        });
        let scalars = Scalar::ALL.iter().map(|(word, _)| *word).filter(|_| scalars_fit);
        nearest(reference, scalars.chain(defined)).map(|word| format!("did you mean `{word}`?"))
    }
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
