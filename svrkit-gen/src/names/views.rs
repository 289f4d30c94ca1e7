//! The names of views: `OrderView` beside `Order`, or another one where that is a definition's.

use std::collections::HashSet;

use super::{client, first_free, module_path, server, type_name};
use crate::model::{Name, Schema};

/// Which names of types are definitions', module by module.
#[derive(Debug)]
pub(crate) struct ViewNames {
    taken: HashSet<(Vec<String>, String)>,
}

impl ViewNames {
    pub(crate) fn new(schema: &Schema) -> Self {
        let messages = schema.messages.iter().map(|message| &message.name);
        let oneofs = schema.messages.iter().flat_map(|message| &message.oneofs).map(|oneof| &oneof.name);
        let enums = schema.enums.iter().map(|it| &it.name);
        let errors = schema.errors.iter().map(|it| &it.name);
        let definitions = messages.chain(oneofs).chain(enums).chain(errors);
        let definitions = definitions.map(|name| (module_path(name), type_name(&name.own)));
        let services = schema.services.iter().flat_map(|service| {
            let names = [type_name(&service.name.own), server(service), client(service)];
            names.map(|name| (module_path(&service.name), name))
        });
        Self { taken: definitions.chain(services).collect() }
    }

    /// The name, if it is not the one that the derive gives by itself.
    ///
    /// `OrderView`, or if a definition has that name `OrderBorrowed`, `OrderBorrowed2` and so on.
    pub(crate) fn unusual(&self, shown: &Name) -> Option<String> {
        let own = type_name(&shown.own);
        let usual = format!("{own}View");
        if !self.taken.contains(&(module_path(shown), usual.clone())) {
            return None;
        }
        let module = module_path(shown);
        let taken = self.taken.iter().filter(|(around, _)| *around == module);
        let taken: Vec<_> = taken.map(|(_, name)| name.clone()).collect();
        Some(first_free([&usual, &format!("{own}Borrowed")], &taken))
    }

    /// The name in any case.
    pub(crate) fn view(&self, shown: &Name) -> String {
        self.unusual(shown).unwrap_or_else(|| format!("{}View", type_name(&shown.own)))
    }
}
