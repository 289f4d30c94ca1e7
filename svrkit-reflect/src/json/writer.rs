//! From messages to JSON, a field after the other as the bytes are walked.

use std::io::Write;

use svrkit_runtime::Tlv;
use svrkit_runtime::types::{Duration, Timestamp};

use super::layout::Layout;
use super::write_error::{WriteError, WriteErrorKind};
use super::{Options, base64, mask};
use crate::dynamic::{Dynamic, FieldValue, ScalarValue, Value};
use crate::pool::{Cardinality, FieldDescriptor, FieldType, WellKnown};

/// What stands for the value of a sensitive field.
const REDACTED: &str = "<redacted>";

/// Writes messages; its recursion is bounded by `decode.depth`, under which they are read.
pub(super) struct Writer<'o, W> {
    layout: Layout<W>,
    options: &'o Options,
}

impl<'o, W: Write> Writer<'o, W> {
    pub(super) fn new(out: W, options: &'o Options) -> Self {
        Self { layout: Layout::new(out, options), options }
    }

    pub(super) fn message(&mut self, message: &Dynamic<'_>) -> Result<(), WriteError> {
        match message.message().well_known() {
            None => self.object(message, None),
            Some(WellKnown::Timestamp) => {
                let time: Timestamp = typed(message)?;
                time.validate().map_err(|error| refusal(message, WriteErrorKind::Timestamp(error)))?;
                self.layout.quoted(&time.to_string())
            }
            Some(WellKnown::Duration) => {
                let span: Duration = typed(message)?;
                span.validate().map_err(|error| refusal(message, WriteErrorKind::Duration(error)))?;
                self.layout.quoted(&span.to_string())
            }
            Some(WellKnown::FieldMask) => self.field_mask(message),
            Some(WellKnown::Any) => self.any(message),
            Some(WellKnown::Struct) => match first(message)? {
                Some((_, FieldValue::Map(entries))) => self.entries(entries),
                _ => self.layout.put("{}"),
            },
            Some(WellKnown::ListValue) => match first(message)? {
                Some((_, FieldValue::Many(values))) => self.elements(values),
                _ => self.layout.put("[]"),
            },
            Some(WellKnown::Value) => match first(message)? {
                Some((_, FieldValue::One(Value::Scalar(ScalarValue::F64(number)))))
                    if !number.is_finite() =>
                {
                    Err(refusal(message, WriteErrorKind::NotFinite))
                }
                Some((field, FieldValue::One(value))) => self.value(field, &value),
                // As protobuf's libraries write one of no kind.
                _ => self.layout.put("null"),
            },
            Some(WellKnown::Wrapper) => match first(message)? {
                Some((field, FieldValue::One(value))) => self.value(field, &value),
                _ => match message.message().field_of_tag(1).map(|field| (field, field.value_type())) {
                    Some((field, FieldType::Scalar(scalar))) => self.scalar(field, ScalarValue::zero(scalar)),
                    _ => self.layout.put("null"),
                },
            },
        }
    }

    /// The fields of a message, behind its type if that has to be said.
    fn object(&mut self, message: &Dynamic<'_>, type_url: Option<&str>) -> Result<(), WriteError> {
        self.layout.open("{")?;
        if let Some(type_url) = type_url {
            self.layout.member("@type")?;
            self.layout.quoted(type_url)?;
        }
        if self.options.emit_defaults {
            let mut fields = message.fields();
            let mut next = fields.next().transpose()?;
            for field in message.message().fields_by_tag() {
                match next.take_if(|(there, _)| there.tag() == field.tag()) {
                    Some((_, value)) => {
                        self.field(field, value)?;
                        next = fields.next().transpose()?;
                    }
                    None if field.has_presence() => {}
                    None => self.default(field)?,
                }
            }
        } else {
            for field in message.fields() {
                let (field, value) = field?;
                self.field(field, value)?;
            }
        }
        self.layout.close("}")
    }

    fn field(&mut self, field: FieldDescriptor<'_>, value: FieldValue<'_>) -> Result<(), WriteError> {
        self.name(field)?;
        if self.options.redact_sensitive && field.is_sensitive() {
            return self.layout.quoted(REDACTED);
        }
        match value {
            FieldValue::One(value) => self.value(field, &value),
            FieldValue::Many(values) => self.elements(values),
            FieldValue::Map(entries) => self.entries(entries),
        }
    }

    /// What an absent field without presence is written as, if at all.
    fn default(&mut self, field: FieldDescriptor<'_>) -> Result<(), WriteError> {
        self.name(field)?;
        match (field.cardinality(), field.value_type()) {
            (Cardinality::Repeated, _) => self.layout.put("[]"),
            (Cardinality::Map(_), _) => self.layout.put("{}"),
            (_, FieldType::Scalar(scalar)) => self.scalar(field, ScalarValue::zero(scalar)),
            (_, FieldType::Enum(_) | FieldType::Message(_)) => self.scalar(field, ScalarValue::Enum(0)),
        }
    }

    fn name(&mut self, field: FieldDescriptor<'_>) -> Result<(), WriteError> {
        self.layout.member(if self.options.schema_names { field.name() } else { field.json_name() })
    }

    fn elements(&mut self, values: crate::List<'_>) -> Result<(), WriteError> {
        let field = values.field();
        self.layout.open("[")?;
        for value in values {
            self.layout.element()?;
            self.value(field, &value?)?;
        }
        self.layout.close("]")
    }

    fn entries(&mut self, entries: crate::Map<'_>) -> Result<(), WriteError> {
        let field = entries.field();
        self.layout.open("{")?;
        for entry in entries {
            let (key, value) = entry?;
            match key {
                ScalarValue::String(key) => self.layout.member(key)?,
                ScalarValue::Bool(key) => self.layout.member(if key { "true" } else { "false" })?,
                ScalarValue::I32(key) => self.layout.member(&key.to_string())?,
                ScalarValue::I64(key) => self.layout.member(&key.to_string())?,
                ScalarValue::U32(key) => self.layout.member(&key.to_string())?,
                ScalarValue::U64(key) => self.layout.member(&key.to_string())?,
                // No keys: a pool has no such map.
                ScalarValue::F32(_) | ScalarValue::F64(_) | ScalarValue::Bytes(_) | ScalarValue::Enum(_) => {
                    continue;
                }
            }
            self.value(field, &value)?;
        }
        self.layout.close("}")
    }

    fn value(&mut self, field: FieldDescriptor<'_>, value: &Value<'_>) -> Result<(), WriteError> {
        match value {
            Value::Scalar(value) => self.scalar(field, *value),
            Value::Message(message) => self.message(message),
        }
    }

    fn scalar(&mut self, field: FieldDescriptor<'_>, value: ScalarValue<'_>) -> Result<(), WriteError> {
        match value {
            ScalarValue::Bool(value) => self.layout.put(if value { "true" } else { "false" }),
            ScalarValue::I32(value) => self.layout.put(&value.to_string()),
            ScalarValue::U32(value) => self.layout.put(&value.to_string()),
            // Numbers of JSON are exact up to 53 bits only.
            ScalarValue::I64(value) => self.layout.quoted(&value.to_string()),
            ScalarValue::U64(value) => self.layout.quoted(&value.to_string()),
            ScalarValue::F32(value) if value.is_finite() => self.layout.put(&format!("{value:?}")),
            ScalarValue::F32(value) => self.not_finite(value.into()),
            ScalarValue::F64(value) if value.is_finite() => self.layout.put(&format!("{value:?}")),
            ScalarValue::F64(value) => self.not_finite(value),
            ScalarValue::String(value) => self.layout.quoted(value),
            ScalarValue::Bytes(value) => {
                self.layout.put("\"")?;
                base64::encode(value, |part| self.layout.put(part))?;
                self.layout.put("\"")
            }
            ScalarValue::Enum(number) => {
                let FieldType::Enum(enumeration) = field.value_type() else {
                    return self.layout.put(&number.to_string());
                };
                match enumeration.value_of_number(number) {
                    _ if enumeration.is_null() => self.layout.put("null"),
                    Some(value) => self.layout.quoted(&value.name),
                    None => self.layout.put(&number.to_string()),
                }
            }
        }
    }

    fn not_finite(&mut self, value: f64) -> Result<(), WriteError> {
        let word = if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        self.layout.quoted(word)
    }

    fn field_mask(&mut self, message: &Dynamic<'_>) -> Result<(), WriteError> {
        let mut masked = String::new();
        if let Some((_, FieldValue::Many(paths))) = first(message)? {
            for path in paths {
                let Value::Scalar(ScalarValue::String(path)) = path? else { continue };
                let path = mask::to_camel(path).ok_or_else(|| refusal(message, WriteErrorKind::FieldMask))?;
                if !masked.is_empty() {
                    masked.push(',');
                }
                masked.push_str(&path);
            }
        }
        self.layout.quoted(&masked)
    }

    fn any(&mut self, message: &Dynamic<'_>) -> Result<(), WriteError> {
        let field_of = |tag| message.message().field_of_tag(tag);
        let type_url = match field_of(1).map(|field| message.get(field)).transpose()?.flatten() {
            Some(FieldValue::One(Value::Scalar(ScalarValue::String(type_url)))) => type_url,
            _ => "",
        };
        let value = field_of(2).map(|field| message.get(field)).transpose()?.flatten();
        if type_url.is_empty() && value.is_none() {
            return self.layout.put("{}");
        }
        let name = type_url.rsplit_once('/').map_or(type_url, |(_, name)| name);
        let held = message.message().pool().held_by_any(name).zip(field_of(2));
        let (held, field) =
            held.ok_or_else(|| refusal(message, WriteErrorKind::UnknownAny { name: name.to_owned() }))?;
        let held = message.held(held, field)?;
        if held.message().well_known().is_none() {
            return self.object(&held, Some(type_url));
        }
        self.layout.open("{")?;
        self.layout.member("@type")?;
        self.layout.quoted(type_url)?;
        self.layout.member("value")?;
        self.message(&held)?;
        self.layout.close("}")
    }
}

/// The field of lowest tag that is there.
fn first<'s>(message: &'s Dynamic<'s>) -> Result<Option<(FieldDescriptor<'s>, FieldValue<'s>)>, WriteError> {
    Ok(message.fields().next().transpose()?)
}

/// The message as the kit's own type.
fn typed<M: Tlv>(message: &Dynamic<'_>) -> Result<M, WriteError> {
    let typed = M::decode_with(message.bytes(), &message.limits_left());
    typed.map_err(|error| message.fault(error.kind(), error.offset()).into())
}

#[cold]
fn refusal(message: &Dynamic<'_>, kind: WriteErrorKind) -> WriteError {
    let kind = if message.is_sensitive() { WriteErrorKind::Withheld } else { kind };
    WriteError::new(message.path(), kind)
}
