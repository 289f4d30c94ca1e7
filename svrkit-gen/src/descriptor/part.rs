//! What of a schema a set of descriptors holds: all of it, or what one service needs to be called.

use std::collections::BTreeSet;

use crate::diagnostic::FileId;
use crate::model::{ErrorsId, FieldType, MessageId, Name, Schema, Service};

/// Places of definitions in the lists of a [`Schema`].
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) messages: BTreeSet<usize>,
    pub(super) enums: BTreeSet<usize>,
    pub(super) errors: BTreeSet<usize>,
    pub(super) services: BTreeSet<usize>,
    pub(super) files: BTreeSet<FileId>,
}

impl Part {
    /// All of it.
    pub(super) fn whole(schema: &Schema) -> Self {
        Self {
            messages: (0..schema.messages.len()).collect(),
            enums: (0..schema.enums.len()).collect(),
            errors: (0..schema.errors.len()).collect(),
            services: (0..schema.services.len()).collect(),
            files: schema.files.iter().map(|file| file.id).collect(),
        }
    }

    /// The service at this place, and every definition that its methods lead to. What no method leads to is not told of: nobody needs it
    /// for a call, and it may be another's business.
    pub(super) fn of_service(at: usize, schema: &Schema) -> Self {
        let service = &schema.services[at];
        let mut part = Self::default();
        part.services.insert(at);
        part.note_file(&service.name);
        let mut unread = part.start(service, schema);
        while let Some(id) = unread.pop() {
            if !part.messages.insert(id.0) {
                continue;
            }
            let message = schema.message(id);
            part.note_file(&message.name);
            for field in &message.fields {
                match field.kind {
                    FieldType::Scalar(_) => {}
                    FieldType::Message(id) => unread.push(id),
                    FieldType::Enum(id) => {
                        part.enums.insert(id.0);
                        part.note_file(&schema.enumeration(id).name);
                    }
                }
            }
        }
        part
    }

    /// The messages that stand in the service's own words.
    fn start(&mut self, service: &Service, schema: &Schema) -> Vec<MessageId> {
        let mut messages = Vec::new();
        for method in &service.methods {
            messages.push(method.request);
            messages.extend(method.response);
            let Some(ErrorsId(at)) = method.errors.as_ref().map(|errors| errors.value) else { continue };
            if self.errors.insert(at) {
                let errors = &schema.errors[at];
                self.note_file(&errors.name);
                messages.extend(errors.errors.iter().filter_map(|error| error.detail));
            }
        }
        messages
    }

    fn note_file(&mut self, name: &Name) {
        self.files.insert(name.span.file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::test_folder::Folder;

    /// Two services that share a message in a file of its own, and what only one of them has.
    const SHOP: &str = "<protocol package='shop'><import path='money.xml'/>\
        <enum name='Color'><value name='RED' number='0'/></enum>\
        <message name='Order'><field tag='1' name='price' type='money.Amount'/>\
        <field tag='2' name='replaces' type='Order'/><map tag='3' name='colors' key='string' value='Color'/></message>\
        <message name='Why'><field tag='1' name='text' type='string'/></message>\
        <message name='Stock'><field tag='1' name='worth' type='money.Amount'/></message>\
        <message name='Nobody'/>\
        <errors name='Refused'><error name='GONE' code='1' detail='Why'/></errors>\
        <service name='Orders' id='2000'>\
        <method name='Place' id='1' request='Order' response='Order' errors='Refused'/>\
        <method name='Forget' id='2' request='Order' oneway='true'/></service>\
        <service name='Stocks' id='2001'><method name='Look' id='1' request='Stock' response='Stock'/></service>\
        </protocol>";
    const MONEY: &str = "<protocol package='money'><message name='Amount'/><message name='Coin'/></protocol>";

    /// The names of what a service needs, of each kind in the order of a set, and its files.
    fn needed(service: &str) -> Vec<String> {
        let folder = Folder::new(&format!("part_{service}"));
        folder.file("money.xml", MONEY);
        let (run, report) = Config::new().read([folder.file("shop.xml", SHOP)], None);
        assert!(!report.is_error(), "{}", report.render());
        let schema = &run.schema;
        let at = schema.services.iter().position(|it| &*it.name.own == service).unwrap();
        let part = Part::of_service(at, schema);
        let names = part.messages.iter().map(|at| &schema.messages[*at].name);
        let names = names.chain(part.enums.iter().map(|at| &schema.enums[*at].name));
        let names = names.chain(part.errors.iter().map(|at| &schema.errors[*at].name));
        let names = names.chain(part.services.iter().map(|at| &schema.services[*at].name));
        let files = schema.files.iter().filter(|file| part.files.contains(&file.id));
        let mut all: Vec<_> = names.map(Name::full).chain(files.map(|file| file.name.clone())).collect();
        all.sort();
        all
    }

    #[test]
    fn a_service_needs_what_its_methods_lead_to_and_nothing_else() {
        assert_eq!(
            needed("Orders"),
            [
                "money.Amount",
                "money.xml",
                "shop.Color",
                "shop.Order",
                "shop.Orders",
                "shop.Refused",
                "shop.Why",
                "shop.xml"
            ]
        );
        assert_eq!(needed("Stocks"), ["money.Amount", "money.xml", "shop.Stock", "shop.Stocks", "shop.xml"]);
    }
}
