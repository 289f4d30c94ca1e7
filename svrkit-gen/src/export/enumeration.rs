//! Enums, which are open in proto3 as they are here.

use super::comment::{Facts, doc};
use super::page::Page;
use super::{Context, names};
use crate::model::EnumId;

impl Context<'_> {
    pub(super) fn enumeration(&self, id: EnumId, page: &mut Page) {
        let enumeration = self.schema.enumeration(id);
        let value_names = &self.names.values[id.0];
        doc(&enumeration.doc, page);
        Facts::default().lifecycle(&enumeration.lifecycle).write(page);
        page.block(&format!("enum {}", enumeration.name.own), |page| {
            if enumeration.lifecycle.deprecated().is_some() {
                page.line("option deprecated = true;");
            }
            for (value, name) in enumeration.values.iter().zip(value_names) {
                doc(&value.doc, page);
                let mut facts = Facts::default();
                // What the prefix alone does not explain.
                facts.maybe("name", (!name.ends_with(&*value.name.value)).then_some(&value.name.value));
                facts.lifecycle(&value.lifecycle).write(page);
                let deprecated = value.lifecycle.deprecated().map_or("", |_| " [deprecated = true]");
                page.line(&format!("{name} = {}{deprecated};", value.number.value));
            }
            let reserved = names::reserved_values(enumeration, value_names);
            super::message::reserved(
                enumeration.reserved.ranges(),
                i32::MAX.into(),
                reserved.iter().map(String::as_str),
                page,
            );
        });
    }
}
