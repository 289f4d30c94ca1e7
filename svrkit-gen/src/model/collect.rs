//! The definitions of all files by scope, their fields still to come: `resolve` adds those.

use std::rc::Rc;

use super::scope::{ScopeId, Scopes, Symbol, SymbolKind};
use super::{Enum, EnumId, Message, MessageId, Name, Reserved, Schema, Value};
use crate::diagnostic::{FileId, Span, Spanned};
use crate::parse::syntax;

/// The definitions, and what is still to be resolved.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) schema: Schema,
    /// By [`MessageId`], what the fields are made of.
    pub(super) fields: Vec<(FileId, Vec<syntax::Field>)>,
    pub(super) services: Vec<(FileId, Surroundings, syntax::Service)>,
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
        for service in protocol.services {
            self.services.push((file, surroundings.clone(), service));
        }
    }

    /// The reader's limit on depth bounds the recursion.
    fn message(&mut self, file: FileId, around: &Surroundings, syntax: syntax::Message) {
        let id = MessageId(self.schema.messages.len());
        let name = around.name(&syntax.name);
        self.define(&name, Symbol { kind: SymbolKind::Message(id), file });
        if !(syntax.messages.is_empty() && syntax.enums.is_empty()) {
            let within = Surroundings {
                package: Rc::clone(&around.package),
                messages: around.messages.iter().chain([&name.own]).cloned().collect(),
                scope: self.schema.scopes.enter(around.scope, &name.own),
                innermost: Some(name.span),
            };
            self.add_message(file, name, syntax.doc, &syntax.reserved, syntax.fields);
            for nested in syntax.messages {
                self.message(file, &within, nested);
            }
            for nested in syntax.enums {
                self.enumeration(file, &within, nested);
            }
        } else {
            self.add_message(file, name, syntax.doc, &syntax.reserved, syntax.fields);
        }
    }

    fn add_message(
        &mut self,
        file: FileId,
        name: Name,
        doc: String,
        reserved: &[syntax::Reserved],
        fields: Vec<syntax::Field>,
    ) {
        let reserved = Reserved::new(reserved);
        let message = Message { name, doc, fields: Vec::new(), unresolved: Vec::new(), reserved };
        self.schema.messages.push(message);
        self.fields.push((file, fields));
    }

    fn enumeration(&mut self, file: FileId, around: &Surroundings, syntax: syntax::Enum) {
        let id = EnumId(self.schema.enums.len());
        let name = around.name(&syntax.name);
        self.define(&name, Symbol { kind: SymbolKind::Enum(id), file });
        let values = syntax.values.into_iter();
        let values = values.map(|value| Value { name: value.name, number: value.number, doc: value.doc });
        self.schema.enums.push(Enum {
            name,
            doc: syntax.doc,
            values: values.collect(),
            reserved: Reserved::new(&syntax.reserved),
            is_partial: syntax.is_partial,
        });
    }

    fn define(&mut self, name: &Name, symbol: Symbol) {
        self.schema.scopes.define(name.scope, &name.own, symbol);
    }
}
