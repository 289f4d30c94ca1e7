//! Sound messages as text, by ascending tags as the descriptor is walked.

use std::fmt;

use super::dump::Dump;
use super::layout::Layout;
use super::value::{AsText, REDACTED};
use super::write_error::WriteError;
use super::{Options, walk};
use crate::dynamic::{Dynamic, FieldValue, ScalarValue, Value};
use crate::pool::{FieldDescriptor, FieldType};
use crate::walk::{Leaf, Scope};

/// Writes messages; its recursion is bounded by `decode.depth`, under which they are read.
pub(super) struct Writer<'o> {
    layout: Layout,
    options: &'o Options,
}

impl<'o> Writer<'o> {
    pub(super) fn new(options: &'o Options) -> Self {
        Self { layout: Layout::new(options.out), options }
    }

    pub(super) fn into_text(self) -> String {
        self.layout.into_text()
    }

    pub(super) fn message(&mut self, message: &Dynamic<'_>) -> Result<(), WriteError> {
        for field in message.fields() {
            let (field, value) = field?;
            self.field(field, value)?;
        }
        let redact = self.options.redact_sensitive;
        for record in message.unknown() {
            let limits = message.limits_left();
            let mut dump = Dump::new(&mut self.layout);
            walk::walk(record.bytes, Scope::Unknown, redact, &limits, &mut dump);
            self.check()?;
        }
        Ok(())
    }

    fn field(&mut self, field: FieldDescriptor<'_>, value: FieldValue<'_>) -> Result<(), WriteError> {
        if self.options.redact_sensitive && field.is_sensitive() {
            return self.put(|layout| layout.field(field.name(), REDACTED));
        }
        match value {
            FieldValue::One(value) => self.value(field.name(), field, &value),
            FieldValue::Many(values) if field.is_packed() => {
                self.put(|layout| layout.open_list(field.name()))?;
                for (at, value) in values.enumerate() {
                    if let Value::Scalar(value) = value? {
                        self.put(|layout| layout.element(AsText(leaf(field, value)), at == 0))?;
                    }
                }
                self.put(Layout::close_list)
            }
            FieldValue::Many(mut values) => {
                values.try_for_each(|value| self.value(field.name(), field, &value?))
            }
            FieldValue::Map(mut entries) => entries.try_for_each(|entry| {
                let (key, value) = entry?;
                self.put(|layout| layout.open(field.name()))?;
                self.put(|layout| layout.field("key", AsText(Leaf::Scalar(key))))?;
                self.value("value", field, &value)?;
                self.put(Layout::close)
            }),
        }
    }

    fn value(&mut self, name: &str, field: FieldDescriptor<'_>, value: &Value<'_>) -> Result<(), WriteError> {
        match value {
            Value::Scalar(value) => self.put(|layout| layout.field(name, AsText(leaf(field, *value)))),
            Value::Message(message) => {
                self.put(|layout| layout.open(name))?;
                self.message(message)?;
                self.put(Layout::close)
            }
        }
    }

    fn put(&mut self, write: impl FnOnce(&mut Layout) -> fmt::Result) -> Result<(), WriteError> {
        // Nothing but its limit makes it fail.
        let _ = write(&mut self.layout);
        self.check()
    }

    fn check(&self) -> Result<(), WriteError> {
        if self.layout.is_full() { Err(WriteError::TooLong { limit: self.options.out }) } else { Ok(()) }
    }
}

fn leaf<'l>(field: FieldDescriptor<'l>, value: ScalarValue<'l>) -> Leaf<'l, 'l> {
    match (field.value_type(), value) {
        (FieldType::Enum(enumeration), ScalarValue::Enum(number)) => Leaf::Enum(enumeration, number),
        _ => Leaf::Scalar(value),
    }
}
