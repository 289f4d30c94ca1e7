//! What is called how in which scope, as protobuf counts: a message and the fields, oneofs, nested definitions and
//! values of nested enums in it share one scope, and so do packages and what stands in them.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Name, Schema};

/// The names of every scope, by the scope's full name; that of the root is empty.
#[derive(Debug, Default)]
pub(super) struct Scopes(BTreeMap<String, BTreeSet<String>>);

impl Scopes {
    /// Packages, definitions and methods: what keeps its name. Fields and values are added when they have theirs.
    pub(super) fn of(schema: &Schema) -> Self {
        let mut scopes = Self::default();
        for file in &schema.files {
            let mut around = String::new();
            for segment in file.package.value.split('.') {
                scopes.add(&around, segment);
                around = joined(&around, segment);
            }
        }
        let messages = schema.messages.iter().map(|it| &it.name);
        let enums = schema.enums.iter().map(|it| &it.name);
        let services = schema.services.iter().map(|it| &it.name);
        for name in messages.chain(enums).chain(services) {
            scopes.add(&around(name), &name.own);
        }
        for service in &schema.services {
            let scope = service.name.full();
            service.methods.iter().for_each(|method| scopes.add(&scope, &method.head.name.value));
        }
        scopes
    }

    pub(super) fn add(&mut self, scope: &str, name: &str) {
        self.0.entry(scope.to_owned()).or_default().insert(name.to_owned());
    }

    pub(super) fn has(&self, scope: &str, name: &str) -> bool {
        self.0.get(scope).is_some_and(|names| names.contains(name))
    }
}

/// The full name of what a definition stands in: its package, or a message.
pub(super) fn around(name: &Name) -> String {
    name.around.iter().fold(name.package.to_string(), |around, message| joined(&around, message))
}

/// `a.b` and `c` as `a.b.c`.
pub(super) fn joined(around: &str, name: &str) -> String {
    if around.is_empty() { name.to_owned() } else { format!("{around}.{name}") }
}
