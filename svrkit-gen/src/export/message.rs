//! Messages: what is nested in them first, then their fields by the order of the schema.

use super::Context;
use super::comment::{self, Facts, doc};
use super::files::Tree;
use super::page::Page;
use crate::limits::TAG_MAX;
use crate::model::{Field, FieldType, MessageId, Scalar, lower_camel};

impl Context<'_> {
    pub(super) fn message(&self, id: MessageId, tree: &Tree, page: &mut Page) {
        let message = self.schema.message(id);
        let scope = message.name.full();
        doc(&message.doc, page);
        Facts::default().lifecycle(&message.lifecycle).write(page);
        page.block(&format!("message {}", message.name.own), |page| {
            if message.lifecycle.deprecated().is_some() {
                page.line("option deprecated = true;");
            }
            for definition in tree.of(&scope) {
                page.gap();
                self.definition(*definition, tree, page);
            }
            if !tree.of(&scope).is_empty() {
                page.gap();
            }
            for (at, field) in message.fields.iter().enumerate() {
                match field.oneof {
                    None => self.field(id, at, &scope, page),
                    // All of them stand where the first one stands.
                    Some(oneof) if message.oneofs[oneof].members.first() == Some(&at) => {
                        self.oneof(id, oneof, &scope, page);
                    }
                    Some(_) => {}
                }
            }
            let names = message.reserved.names().map(|(name, _)| name);
            reserved(message.reserved.ranges(), TAG_MAX.into(), names, page);
        });
    }

    fn oneof(&self, id: MessageId, at: usize, scope: &str, page: &mut Page) {
        let oneof = &self.schema.message(id).oneofs[at];
        let name = &self.names.oneofs[id.0][at];
        doc(&oneof.doc, page);
        let mut facts = Facts::default();
        facts.maybe("name", (**name != *oneof.name.own).then_some(&oneof.name.own));
        facts.constraints(&oneof.constraints).lifecycle(&oneof.lifecycle).write(page);
        page.block(&format!("oneof {name}"), |page| {
            oneof.members.iter().for_each(|member| self.field(id, *member, scope, page));
        });
    }

    fn field(&self, id: MessageId, at: usize, scope: &str, page: &mut Page) {
        let field = &self.schema.message(id).fields[at];
        let name = &self.names.fields[id.0][at];
        let head = &field.head;
        let default = field.default.as_ref();
        doc(&head.doc, page);
        let mut facts = Facts::default();
        facts
            .maybe("name", (**name != *head.name.value).then_some(&head.name.value))
            .maybe("default", default.map(|it| comment::default(&it.value, field.kind, self.schema)))
            .constraints(&field.constraints)
            .flag("sensitive", field.is_sensitive)
            .lifecycle(&head.lifecycle)
            .write(page);
        let label = match () {
            () if field.repeated.is_some() => "repeated ",
            () if field.optional.is_some() => "optional ",
            () => "",
        };
        let value = self.type_name(field.kind, scope);
        let ty = match &field.key {
            Some(key) => format!("map<{}, {value}>", scalar(key.value)),
            None => value,
        };
        page.line(&format!("{label}{ty} {name} = {}{};", head.tag.value, options(field, name)));
    }

    fn type_name(&self, kind: FieldType, scope: &str) -> String {
        match kind {
            FieldType::Scalar(row) => scalar(row).to_owned(),
            FieldType::Message(id) => self.reference(&self.schema.message(id).name, scope),
            FieldType::Enum(id) => self.reference(&self.schema.enumeration(id).name, scope),
        }
    }
}

/// Numbers and names that are never used again. `last` is the largest number there is.
pub(super) fn reserved<'a>(
    ranges: impl Iterator<Item = (i64, i64)>,
    last: i64,
    names: impl Iterator<Item = &'a str>,
    page: &mut Page,
) {
    let ranges = ranges.map(|(from, to)| match to {
        _ if from == to => from.to_string(),
        _ if to == last => format!("{from} to max"),
        _ => format!("{from} to {to}"),
    });
    let names = names.map(|name| format!("\"{name}\""));
    for list in [ranges.collect::<Vec<_>>(), names.collect()] {
        if !list.is_empty() {
            page.line(&format!("reserved {};", list.join(", ")));
        }
    }
}

/// `[deprecated = true, packed = false]`
fn options(field: &Field, name: &str) -> String {
    let mut options = Vec::new();
    if field.head.lifecycle.deprecated().is_some() {
        options.push("deprecated = true".to_owned());
    }
    let json = field.json_name();
    if json != lower_camel(name) {
        options.push(format!("json_name = \"{json}\""));
    }
    if field.repeated.is_some() && field.packed.as_ref().is_some_and(|packed| !packed.value) {
        options.push("packed = false".to_owned());
    }
    if options.is_empty() { String::new() } else { format!(" [{}]", options.join(", ")) }
}

/// What protobuf calls a scalar.
fn scalar(scalar: &Scalar) -> &'static str {
    match scalar.word {
        "i32" => "int32",
        "i64" => "int64",
        "u32" => "uint32",
        "u64" => "uint64",
        "s32" => "sint32",
        "s64" => "sint64",
        "f32" => "float",
        "f64" => "double",
        same => same,
    }
}
