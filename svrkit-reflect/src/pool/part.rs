//! The part of a pool that some definitions need: themselves, and all that they lead to.

use std::collections::BTreeMap;

use super::{EnumDescriptor, FieldType, MessageDescriptor, MethodDescriptor, Pool};
use crate::descriptor::{DescriptorSet, Enum, ErrorSet, Message, Service};

impl Pool {
    /// What the definitions of these full names say, and all that they lead to: of a service its methods, of a method its messages and errors, of
    /// a message those of its fields. A method comes in its service, without the others. Names that nothing has are passed over.
    ///
    /// Definitions are sorted by their names, and the files that they came from are left out: what a server and a schema
    /// say of the same is equal.
    ///
    /// ```
    /// use svrkit_reflect::Pool;
    /// use svrkit_reflect::descriptor::{DescriptorSet, Enum, EnumValue};
    ///
    /// let value = EnumValue { name: "RED".to_owned(), ..EnumValue::default() };
    /// let color = Enum { name: "shop.Color".to_owned(), values: vec![value], ..Enum::default() };
    /// let size = Enum { name: "shop.Size".to_owned(), ..color.clone() };
    /// let pool = Pool::new([DescriptorSet { enums: vec![size, color.clone()], ..DescriptorSet::default() }])?;
    /// assert_eq!(pool.needed_by(["shop.Color"]).enums, [color]);
    /// # Ok::<(), svrkit_reflect::PoolError>(())
    /// ```
    pub fn needed_by<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> DescriptorSet {
        let mut part = Part::default();
        for name in names {
            part.note(self, name);
        }
        part.read_on();
        DescriptorSet {
            messages: part.messages.into_values().cloned().collect(),
            enums: part.enums.into_values().cloned().collect(),
            error_sets: part.error_sets.into_values().cloned().collect(),
            services: part.services.into_values().collect(),
            ..DescriptorSet::default()
        }
    }
}

/// What is needed, by name, and what it was not yet asked what it leads to.
#[derive(Default)]
struct Part<'p> {
    messages: BTreeMap<&'p str, &'p Message>,
    enums: BTreeMap<&'p str, &'p Enum>,
    error_sets: BTreeMap<&'p str, &'p ErrorSet>,
    services: BTreeMap<&'p str, Service>,
    unread: Vec<MessageDescriptor<'p>>,
}

impl<'p> Part<'p> {
    fn note(&mut self, pool: &'p Pool, name: &str) {
        if let Some(service) = pool.service(name) {
            self.services.insert(&service.name, service.clone());
            for method in pool.methods(name) {
                self.lead_on(pool, method);
            }
        } else if let Some(message) = pool.message(name) {
            self.unread.push(message);
        } else if let Some(enumeration) = pool.enumeration(name) {
            self.note_enum(enumeration);
        } else if let Some(errors) = pool.error_set(name) {
            self.note_errors(pool, errors);
        } else if let Some((service, method)) = name.rsplit_once('.')
            && let Some(method) = pool.method(service, method)
        {
            self.note_method(pool, method);
        }
    }

    fn note_method(&mut self, pool: &'p Pool, method: MethodDescriptor<'p>) {
        let service = method.service();
        let alone = || Service { methods: Vec::new(), ..service.clone() };
        let methods = &mut self.services.entry(&service.name).or_insert_with(alone).methods;
        if !methods.contains(method.source()) {
            methods.push(method.source().clone());
        }
        self.lead_on(pool, method);
    }

    fn lead_on(&mut self, pool: &'p Pool, method: MethodDescriptor<'p>) {
        self.unread.push(method.request());
        self.unread.extend(method.response());
        if let Some(errors) = pool.error_set(&method.source().error_set) {
            self.note_errors(pool, errors);
        }
    }

    fn note_errors(&mut self, pool: &'p Pool, errors: &'p ErrorSet) {
        self.error_sets.insert(&errors.name, errors);
        self.unread.extend(errors.errors.iter().filter_map(|error| pool.message(&error.detail)));
    }

    fn note_enum(&mut self, enumeration: EnumDescriptor<'p>) {
        let source = enumeration.source();
        self.enums.insert(&source.name, source);
    }

    fn read_on(&mut self) {
        while let Some(message) = self.unread.pop() {
            let source = message.source();
            if self.messages.insert(&source.name, source).is_some() {
                continue;
            }
            for field in message.fields() {
                match field.value_type() {
                    FieldType::Scalar(_) => {}
                    FieldType::Message(message) => self.unread.push(message),
                    FieldType::Enum(enumeration) => self.note_enum(enumeration),
                }
            }
        }
    }
}
