//! A configuration on its way from its sources: what holds so far, and every mistake that was met.

use super::error::{ConfigError, FAULTS_MAX, Fault, FaultKind};
use super::key::{Given, Key, Value};
use super::origin::Origin;
use super::{Config, Setting, method};
use crate::nearest::nearest;

/// Sources are applied in order of precedence, the weakest first: a later one overwrites.
pub(super) struct Reading {
    slots: Vec<Slot>,
    faults: Vec<Fault>,
    left_out: usize,
}

struct Slot {
    key: Key,
    /// `None`: not set yet, and without a default.
    value: Option<Value>,
    origin: Origin,
}

impl Reading {
    /// The runtime's own keys, and the program's.
    pub(super) fn new(own: Vec<Key>, programs: Vec<Key>) -> Self {
        let mut reading = Self { slots: Vec::new(), faults: Vec::new(), left_out: 0 };
        for key in own.into_iter().chain(programs) {
            let name = key.name();
            if !key.is_well_named() {
                reading.fault(Origin::Code, FaultKind::KeyName { name });
            } else if reading.keys().any(|other| is_same_or_inside(name, other.name())) {
                reading.fault(Origin::Code, FaultKind::KeyTaken { name });
            } else {
                let value = key.default_value().cloned();
                reading.slots.push(Slot { key, value, origin: Origin::Default });
            }
        }
        reading
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.slots.iter().map(|slot| &slot.key)
    }

    /// The names of keys and of the tables they stand in.
    fn names(&self) -> impl Iterator<Item = String> {
        let tables = |name: &'static str| name.match_indices('.').map(move |(dot, _)| &name[..dot]);
        self.keys().flat_map(move |key| tables(key.name()).chain([key.name()])).map(String::from)
    }

    /// Sets the key of this name, or notes why not.
    pub(super) fn set(&mut self, name: &str, given: &Given, origin: Origin) {
        if !self.keys().any(|key| key.name() == name)
            && let Some(key) = method::key(name)
        {
            self.slots.push(Slot { key, value: None, origin: Origin::Default });
        }
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.key.name() == name) else {
            // What will not be told needs no advice: a file may hold a hundred thousand unknown names.
            let is_told = self.faults.len() < FAULTS_MAX;
            let nearest = if is_told { nearest(name, self.names()) } else { None };
            self.fault(origin, FaultKind::UnknownKey { name: name.into(), nearest });
            return;
        };
        match slot.take(given, &origin) {
            Ok(value) => (slot.value, slot.origin) = (Some(value), origin),
            Err(kind) => self.fault(origin, kind),
        }
    }

    pub(super) fn fault(&mut self, origin: Origin, kind: FaultKind) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { origin, kind });
        } else {
            self.left_out += 1;
        }
    }

    /// The configuration, where there was no mistake and nothing is missing.
    pub(super) fn end(mut self) -> Result<Config, ConfigError> {
        let mut settings = Vec::new();
        for Slot { key, value, origin } in std::mem::take(&mut self.slots) {
            match value {
                Some(value) => settings.push(Setting { key, value, origin }),
                // What was given and refused is not missing as well.
                None if self.faults.iter().any(|fault| fault.is_about(&key)) => {}
                None => self.fault(origin, FaultKind::Missing { key }),
            }
        }
        if self.faults.is_empty() {
            return Ok(Config { settings });
        }
        Err(ConfigError { faults: self.faults, left_out: self.left_out })
    }
}

impl Slot {
    fn take(&self, given: &Given, origin: &Origin) -> Result<Value, FaultKind> {
        let key = || self.key.clone();
        match (&self.origin, origin) {
            (Origin::Fixed, _) => return Err(FaultKind::Fixed { key: key() }),
            (Origin::File { path, line }, Origin::File { path: here, .. }) if path == here => {
                return Err(FaultKind::Twice { key: key(), first: *line });
            }
            _ => {}
        }
        self.key.read(given).map_err(|why| FaultKind::Value {
            key: key(),
            given: self.key.show_given(given),
            why,
        })
    }
}

/// Whether a file could not tell the two apart: a name is either a key's or a table's.
fn is_same_or_inside(one: &str, other: &str) -> bool {
    one == other || is_inside(one, other) || is_inside(other, one)
}

/// Whether the key `name` stands in `table`.
pub(super) fn is_inside(name: &str, table: &str) -> bool {
    name.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'))
}
