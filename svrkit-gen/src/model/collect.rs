//! The definitions of all files by scope, their fields still to come: `resolve` adds those.

use std::rc::Rc;

use super::scope::{ScopeId, Scopes, Symbol, SymbolKind};
use super::{Enum, EnumId, ErrorsId, Message, MessageId, Name, Oneof, Reserved, Schema, Value};
use crate::diagnostic::{FileId, Span, Spanned};
use crate::parse::syntax;

/// The definitions, and what is still to be resolved.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) schema: Schema,
    /// By [`MessageId`], what the fields are made of.
    pub(super) fields: Vec<(FileId, Unresolved)>,
    /// By [`ErrorsId`].
    pub(super) errors: Vec<(FileId, Vec<syntax::Error>)>,
    pub(super) services: Vec<(FileId, Surroundings, syntax::Service)>,
}

/// The fields of a message, and those of its oneofs, as they were read: there may be many, and a copy would be as large.
pub(super) struct Unresolved {
    pub(super) fields: Vec<syntax::Field>,
    /// By their order in the message.
    pub(super) oneofs: Vec<Vec<syntax::Field>>,
}

/// What a definition stands in.
#[derive(Clone)]
pub(super) struct Surroundings {
    package: Rc<str>,
    messages: Rc<[Rc<str>]>,
    scope: ScopeId,
    innermost: Option<Span>,
}

impl Surroundings {
    pub(super) fn name(&self, own: &Spanned<Rc<str>>) -> Name {
        Name {
            package: Rc::clone(&self.package),
            around: Rc::clone(&self.messages),
            own: Rc::clone(&own.value),
            scope: self.scope,
            span: own.span,
            around_span: self.innermost,
        }
    }
}

impl Collected {
    pub(super) fn protocol(&mut self, file: FileId, protocol: syntax::Protocol) {
        let package = protocol.package.value;
        let scope = package
            .split('.')
            .fold(Scopes::ROOT, |around, segment| self.schema.scopes.enter(around, &Rc::from(segment)));
        let surroundings = Surroundings { package, messages: Rc::from([]), scope, innermost: None };
        for message in protocol.messages {
            self.message(file, &surroundings, message);
        }
        for enumeration in protocol.enums {
            self.enumeration(file, &surroundings, enumeration);
        }
        for errors in protocol.errors {
            self.error_set(file, &surroundings, errors);
        }
        for service in protocol.services {
            self.services.push((file, surroundings.clone(), service));
        }
    }

    /// The reader's limit on depth bounds the recursion.
    fn message(&mut self, file: FileId, around: &Surroundings, syntax: syntax::Message) {
        let id = MessageId(self.schema.messages.len());
        let name = around.name(&syntax.name);
        self.define(&name, Symbol { kind: SymbolKind::Message(id), file });
        let is_scope = !(syntax.messages.is_empty() && syntax.enums.is_empty() && syntax.oneofs.is_empty());
        let within = is_scope.then(|| Surroundings {
            package: Rc::clone(&around.package),
            messages: around.messages.iter().chain([&name.own]).cloned().collect(),
            scope: self.schema.scopes.enter(around.scope, &name.own),
            innermost: Some(name.span),
        });
        let mut unresolved = Unresolved { fields: syntax.fields, oneofs: Vec::new() };
        let mut oneofs = Vec::new();
        for oneof in syntax.oneofs {
            unresolved.oneofs.push(oneof.fields);
            oneofs.push(Oneof {
                // There is one: a message with a oneof is a scope.
                name: within.as_ref().unwrap_or(around).name(&oneof.name),
                doc: oneof.doc,
                lifecycle: oneof.lifecycle,
                constraints: oneof.constraints,
                members: Vec::new(),
                is_partial: oneof.is_partial,
            });
        }
        self.schema.messages.push(Message {
            name,
            doc: syntax.doc,
            lifecycle: syntax.lifecycle,
            fields: Vec::new(),
            unresolved: Vec::new(),
            oneofs,
            reserved: Reserved::new(&syntax.reserved),
            is_partial: syntax.is_partial,
        });
        self.fields.push((file, unresolved));
        let Some(within) = within else { return };
        for nested in syntax.messages {
            self.message(file, &within, nested);
        }
        for nested in syntax.enums {
            self.enumeration(file, &within, nested);
        }
    }

    fn error_set(&mut self, file: FileId, around: &Surroundings, syntax: syntax::Errors) {
        let id = ErrorsId(self.schema.errors.len());
        let name = around.name(&syntax.name);
        self.define(&name, Symbol { kind: SymbolKind::Errors(id), file });
        self.schema.errors.push(super::Errors {
            name,
            doc: syntax.doc,
            lifecycle: syntax.lifecycle,
            errors: Vec::new(),
            reserved: Reserved::new(&syntax.reserved),
            is_partial: syntax.is_partial,
        });
        self.errors.push((file, syntax.errors));
    }

    fn enumeration(&mut self, file: FileId, around: &Surroundings, syntax: syntax::Enum) {
        let id = EnumId(self.schema.enums.len());
        let name = around.name(&syntax.name);
        self.define(&name, Symbol { kind: SymbolKind::Enum(id), file });
        let values = syntax.values.into_iter();
        let values = values.map(|value| Value {
            name: value.name,
            number: value.number,
            doc: value.doc,
            lifecycle: value.lifecycle,
        });
        self.schema.enums.push(Enum {
            name,
            doc: syntax.doc,
            lifecycle: syntax.lifecycle,
            values: values.collect(),
            reserved: Reserved::new(&syntax.reserved),
            is_partial: syntax.is_partial,
        });
    }

    fn define(&mut self, name: &Name, symbol: Symbol) {
        self.schema.scopes.define(name.scope, &name.own, symbol);
    }
}
