//! The definitions of all files by full name, their fields still to come: `resolve` adds those.

use std::collections::BTreeMap;

use super::{Enum, EnumId, Message, MessageId, Name, Reserved, Schema, Value};
use crate::diagnostic::{FileId, Spanned};
use crate::parse::syntax;

/// What a full name stands for, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbol {
    pub(super) kind: SymbolKind,
    pub(super) file: FileId,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum SymbolKind {
    Message(MessageId),
    Enum(EnumId),
}

/// By full name; several when a name is defined several times, which is a matter for `check`.
pub(super) type Symbols = BTreeMap<String, Vec<Symbol>>;

/// The definitions, their fields still to come.
#[derive(Default)]
pub(super) struct Collected<'a> {
    pub(super) schema: Schema,
    /// By [`MessageId`], what the fields are made of.
    pub(super) messages: Vec<(FileId, &'a syntax::Message)>,
    pub(super) symbols: Symbols,
}

impl<'a> Collected<'a> {
    pub(super) fn protocol(&mut self, file: FileId, protocol: &'a syntax::Protocol) {
        let package = &protocol.package.value;
        for message in &protocol.messages {
            self.message(file, package, &[], message);
        }
        for enumeration in &protocol.enums {
            self.enumeration(file, package, &[], enumeration);
        }
    }

    /// The reader's limit on depth bounds the recursion.
    fn message(&mut self, file: FileId, package: &str, around: &[String], syntax: &'a syntax::Message) {
        let id = MessageId(self.schema.messages.len());
        let name = name(package, around, &syntax.name);
        self.define(&name, Symbol { kind: SymbolKind::Message(id), file });
        let path = name.path.clone();
        self.messages.push((file, syntax));
        self.schema.messages.push(Message {
            name,
            doc: syntax.doc.clone(),
            fields: Vec::new(),
            unresolved: Vec::new(),
            reserved: Reserved::new(&syntax.reserved),
        });
        for nested in &syntax.messages {
            self.message(file, package, &path, nested);
        }
        for nested in &syntax.enums {
            self.enumeration(file, package, &path, nested);
        }
    }

    fn enumeration(&mut self, file: FileId, package: &str, around: &[String], syntax: &syntax::Enum) {
        let id = EnumId(self.schema.enums.len());
        let name = name(package, around, &syntax.name);
        self.define(&name, Symbol { kind: SymbolKind::Enum(id), file });
        let values = syntax.values.iter();
        let values = values.map(|value| Value {
            name: value.name.clone(),
            number: value.number.clone(),
            doc: value.doc.clone(),
        });
        self.schema.enums.push(Enum {
            name,
            doc: syntax.doc.clone(),
            values: values.collect(),
            reserved: Reserved::new(&syntax.reserved),
            is_partial: syntax.is_partial,
        });
    }

    fn define(&mut self, name: &Name, symbol: Symbol) {
        self.symbols.entry(name.full()).or_default().push(symbol);
    }
}

pub(super) fn name(package: &str, around: &[String], own: &Spanned<String>) -> Name {
    let path = around.iter().chain([&own.value]).cloned().collect();
    Name { package: package.to_owned(), path, span: own.span }
}
