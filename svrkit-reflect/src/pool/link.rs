//! From sets to a pool: every reference led to its definition, every rule that readers rely on checked.
//!
//! Linear in the sets but for sorting; nothing here recurses, whatever the descriptors say.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use svrkit_runtime::wire::tlv::TAG_MAX;

use super::linked::{At, Enum, Field, Holds, Message, Service};
use super::name::{is_showable, lower_camel};
use super::well_known::is_null;
use super::{Cardinality, Definition, Pool, PoolError, PoolErrorKind, Scalar, WellKnown};
use crate::descriptor;
use crate::descriptor::field::Kind;

pub(super) fn link(sets: impl IntoIterator<Item = descriptor::DescriptorSet>) -> Result<Pool, PoolError> {
    let mut gathered = Gathered::default();
    for set in sets {
        gathered.take(set)?;
    }
    let Gathered { names, messages, enums, error_sets, services } = gathered;
    let types = Types { names: &names };
    let messages = messages.into_iter().map(|it| types.message(it)).collect::<Result<_, _>>()?;
    let enums = enums.into_iter().map(enumeration).collect::<Result<_, _>>()?;
    let services = services.into_iter().map(|it| types.service(it)).collect::<Result<_, _>>()?;
    types.details(&error_sets)?;
    Ok(Pool { names, messages, enums, error_sets, services })
}

/// The definitions of all sets, each once.
#[derive(Default)]
struct Gathered {
    names: HashMap<Box<str>, Definition>,
    messages: Vec<descriptor::Message>,
    enums: Vec<descriptor::Enum>,
    error_sets: Vec<descriptor::ErrorSet>,
    services: Vec<descriptor::Service>,
}

impl Gathered {
    fn take(&mut self, set: descriptor::DescriptorSet) -> Result<(), PoolError> {
        let names = &mut self.names;
        for it in set.messages {
            gather(names, &mut self.messages, it, |it| &it.name, Definition::Message)?;
        }
        for it in set.enums {
            gather(names, &mut self.enums, it, |it| &it.name, Definition::Enum)?;
        }
        for it in set.error_sets {
            gather(names, &mut self.error_sets, it, |it| &it.name, Definition::ErrorSet)?;
        }
        for it in set.services {
            gather(names, &mut self.services, it, |it| &it.name, Definition::Service)?;
        }
        Ok(())
    }
}

/// Adds a definition, unless it is there already. Two that differ cannot both be meant.
fn gather<T: PartialEq>(
    names: &mut HashMap<Box<str>, Definition>,
    all: &mut Vec<T>,
    one: T,
    name: impl Fn(&T) -> &String,
    definition: impl Fn(At) -> Definition,
) -> Result<(), PoolError> {
    if !is_showable(name(&one)) {
        return Err(PoolError::new(name(&one), PoolErrorKind::NameRefused));
    }
    let new = definition(all.len());
    match names.entry(name(&one).as_str().into()) {
        Entry::Vacant(entry) => {
            entry.insert(new);
            all.push(one);
            Ok(())
        }
        Entry::Occupied(entry) => {
            let known = *entry.get();
            let is_same = definition(known.at()) == known && all.get(known.at()) == Some(&one);
            if is_same { Ok(()) } else { Err(PoolError::new(name(&one), PoolErrorKind::DefinedTwice)) }
        }
    }
}

struct Types<'a> {
    names: &'a HashMap<Box<str>, Definition>,
}

impl Types<'_> {
    fn message(&self, mut source: descriptor::Message) -> Result<Message, PoolError> {
        let mut fields = Vec::with_capacity(source.fields.len());
        let mut by_tag = Vec::with_capacity(source.fields.len());
        let mut by_name = HashMap::with_capacity(source.fields.len());
        let refused = |field: &descriptor::Field, kind| {
            Err(PoolError::new(format!("{}.{}", source.name, field.name), kind))
        };
        for (at, field) in source.fields.iter_mut().enumerate() {
            if field.json_name.is_empty() {
                field.json_name = lower_camel(&field.name);
            }
            let linked = match self.field(field, source.oneofs.len()) {
                Ok(linked) => linked,
                Err(kind) => return refused(field, kind),
            };
            fields.push(linked);
            by_tag.push((field.tag, at));
            for name in [&field.name, &field.json_name] {
                if by_name.insert(name.as_str().into(), at).is_some_and(|other| other != at) {
                    return refused(field, PoolErrorKind::NameTwice { name: name.clone() });
                }
            }
        }
        by_tag.sort_unstable();
        if let Some(pair) = by_tag.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return refused(&source.fields[pair[1].1], PoolErrorKind::TagTwice { tag: pair[1].0 });
        }
        if source.oneofs.iter().any(|oneof| !is_showable(&oneof.name)) {
            return Err(PoolError::new(&source.name, PoolErrorKind::NameRefused));
        }
        let well_known = WellKnown::of(&source);
        Ok(Message { source, fields, by_tag, by_name, well_known })
    }

    fn field(&self, field: &descriptor::Field, oneofs: usize) -> Result<Field, PoolErrorKind> {
        use descriptor::Label;
        if !is_showable(&field.name) || !is_showable(&field.json_name) {
            return Err(PoolErrorKind::NameRefused);
        }
        if !(1..=TAG_MAX).contains(&field.tag) {
            return Err(PoolErrorKind::TagOutOfRange { tag: field.tag });
        }
        let holds = match &field.kind {
            None => return Err(PoolErrorKind::TypeMissing),
            Some(Kind::Scalar(scalar)) => {
                Holds::Scalar(Scalar::of(*scalar).ok_or(PoolErrorKind::TypeMissing)?)
            }
            Some(Kind::Message(name)) => Holds::Message(self.message_at(name)?),
            Some(Kind::Enumeration(name)) => match self.names.get(name.as_str()) {
                Some(Definition::Enum(at)) => Holds::Enum(*at),
                _ => return Err(PoolErrorKind::Unresolved { name: name.clone() }),
            },
        };
        let key = Scalar::of(field.key).filter(|key| key.is_key());
        let has_key = field.key != descriptor::Scalar::Unspecified;
        let cardinality = match field.label {
            Label::Map => Cardinality::Map(key.ok_or(PoolErrorKind::KeyRefused)?),
            _ if has_key => return Err(PoolErrorKind::KeyRefused),
            Label::Single => Cardinality::Single,
            Label::Optional => Cardinality::Optional,
            Label::Repeated => Cardinality::Repeated,
            Label::Unspecified | Label::Unknown(_) => return Err(PoolErrorKind::LabelMissing),
        };
        if let Some(oneof) = field.oneof {
            let is_there = usize::try_from(oneof).is_ok_and(|at| at < oneofs);
            if !is_there || cardinality != Cardinality::Single {
                return Err(PoolErrorKind::OneofRefused);
            }
        }
        let is_packable = match holds {
            Holds::Scalar(scalar) => scalar.is_packable(),
            Holds::Enum(_) => true,
            Holds::Message(_) => false,
        };
        if field.packed && !(is_packable && cardinality == Cardinality::Repeated) {
            return Err(PoolErrorKind::NotPackable);
        }
        Ok(Field { cardinality, holds })
    }

    fn service(&self, source: descriptor::Service) -> Result<Service, PoolError> {
        let mut names = HashSet::with_capacity(source.methods.len());
        let mut methods = Vec::with_capacity(source.methods.len());
        for method in &source.methods {
            let refused = |kind| PoolError::new(format!("{}.{}", source.name, method.name), kind);
            if !is_showable(&method.name) {
                return Err(refused(PoolErrorKind::NameRefused));
            }
            if !names.insert(&*method.name) {
                return Err(refused(PoolErrorKind::NameTwice { name: method.name.clone() }));
            }
            for (number, max) in [(method.id, u16::MAX.into()), (method.priority, u8::MAX.into())] {
                if number > max {
                    return Err(refused(PoolErrorKind::NumberTooLarge { number, max }));
                }
            }
            if matches!(method.stream, descriptor::Stream::Unknown(_)) {
                return Err(refused(PoolErrorKind::StreamUnknown));
            }
            let request = self.message_at(&method.request).map_err(refused)?;
            let response = match method.response.as_str() {
                "" => None,
                name => Some(self.message_at(name).map_err(refused)?),
            };
            let errors = method.error_set.as_str();
            if !errors.is_empty() && !matches!(self.names.get(errors), Some(Definition::ErrorSet(_))) {
                return Err(refused(PoolErrorKind::Unresolved { name: errors.to_owned() }));
            }
            methods.push((request, response));
        }
        Ok(Service { source, methods })
    }

    /// What travels with errors has to be known.
    fn details(&self, error_sets: &[descriptor::ErrorSet]) -> Result<(), PoolError> {
        for set in error_sets {
            for error in set.errors.iter().filter(|error| !error.detail.is_empty()) {
                let refused = |kind| PoolError::new(format!("{}.{}", set.name, error.name), kind);
                self.message_at(&error.detail).map_err(refused)?;
            }
        }
        Ok(())
    }

    fn message_at(&self, name: &str) -> Result<At, PoolErrorKind> {
        match self.names.get(name) {
            Some(Definition::Message(at)) => Ok(*at),
            _ => Err(PoolErrorKind::Unresolved { name: name.to_owned() }),
        }
    }
}

fn enumeration(source: descriptor::Enum) -> Result<Enum, PoolError> {
    let mut by_name = HashMap::with_capacity(source.values.len());
    let mut by_number = Vec::with_capacity(source.values.len());
    for (at, value) in source.values.iter().enumerate() {
        let refused = |kind| Err(PoolError::new(format!("{}.{}", source.name, value.name), kind));
        if !is_showable(&value.name) {
            return refused(PoolErrorKind::NameRefused);
        }
        if by_name.insert(value.name.as_str().into(), at).is_some() {
            return refused(PoolErrorKind::NameTwice { name: value.name.clone() });
        }
        by_number.push((value.number, at));
    }
    by_number.sort_unstable();
    by_number.dedup_by_key(|(number, _)| *number);
    let is_null = is_null(&source.name);
    Ok(Enum { source, by_number, by_name, is_null })
}
