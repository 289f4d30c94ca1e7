//! From text to bytes, a field after the other as the descriptor wants them.

use std::collections::BTreeSet;

use svrkit_runtime::nearest::nearest;

use super::Options;
use super::cursor::Cursor;
use super::parsed::zero;
use super::read_error::{ReadError, ReadErrorKind as Kind};
use crate::dynamic::{BuildError, MessageBuilder};
use crate::pool::{Cardinality, FieldDescriptor, FieldType, MessageDescriptor, Scalar};

/// What holding a message or an entry of a map costs beside its bytes.
const HELD_COST: usize = 128;

/// Reads messages; its recursion is bounded by `decode.depth`.
pub(super) struct Reader<'t> {
    pub(super) cursor: Cursor<'t>,
    options: &'t Options,
    depth_left: u32,
    memory_left: usize,
    /// It stands in a sensitive field: no error tells what is there.
    is_sensitive: bool,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, options: &'t Options) -> Self {
        let (depth_left, memory_left) = (options.limits.depth, options.limits.memory);
        Self { cursor: Cursor::new(text), options, depth_left, memory_left, is_sensitive: false }
    }

    /// The message of the whole text.
    pub(super) fn whole(mut self, message: MessageDescriptor<'_>) -> Result<Vec<u8>, ReadError> {
        let bytes = self.message(message)?;
        match self.cursor.peek() {
            None => Ok(bytes),
            Some(_) => Err(self.missing("a field or the end")),
        }
    }

    /// The fields of a message, up to what is none.
    pub(super) fn message(&mut self, message: MessageDescriptor<'_>) -> Result<Vec<u8>, ReadError> {
        let mut builder = MessageBuilder::new(message);
        let mut seen = BTreeSet::new();
        let mut oneofs = BTreeSet::new();
        let mut unknown = Vec::new();
        while let Some(first) = self.cursor.peek() {
            if first.is_ascii_digit() {
                self.unknown_record(&mut unknown)?;
            } else if first.is_alphabetic() || first == '_' {
                let at = self.cursor.at();
                let name = self.cursor.word();
                let field = message.field_named(name).filter(|field| field.name() == name);
                let field = field.ok_or_else(|| self.unknown_field(at, name, message))?;
                let is_single = matches!(field.cardinality(), Cardinality::Single | Cardinality::Optional);
                if is_single && !seen.insert(field.tag()) {
                    return Err(self.error(at, Kind::Twice));
                }
                if let Some(oneof) = field.oneof()
                    && !oneofs.insert(oneof)
                {
                    let oneof = message.oneofs()[oneof].name.clone();
                    return Err(self.error(at, Kind::OneofTwice { oneof }));
                }
                self.field(field, &mut builder)?;
            } else {
                break;
            }
            self.separator();
        }
        let mut bytes = builder.finish();
        self.charge(HELD_COST + unknown.len())?;
        bytes.append(&mut unknown);
        Ok(bytes)
    }

    fn field(
        &mut self,
        field: FieldDescriptor<'_>,
        builder: &mut MessageBuilder<'_>,
    ) -> Result<(), ReadError> {
        let is_sensitive = self.is_sensitive;
        self.is_sensitive |= field.is_sensitive();
        let holds_messages = matches!(field.cardinality(), Cardinality::Map(_))
            || matches!(field.value_type(), FieldType::Message(_));
        let has_colon = self.cursor.take(':');
        if !has_colon && !holds_messages {
            return Err(self.missing("`:`"));
        }
        if self.cursor.take('[') {
            let at = self.cursor.at();
            if self.cursor.clone().word() == "REDACTED" {
                return Err(self.error(at, Kind::Redacted));
            }
            if !matches!(field.cardinality(), Cardinality::Repeated | Cardinality::Map(_)) {
                return Err(self.error(at, Kind::Missing { expected: "one value, as the schema has it," }));
            }
            if !self.cursor.take(']') {
                loop {
                    self.add(field, builder)?;
                    if self.cursor.take(']') {
                        break;
                    }
                    if !self.cursor.take(',') {
                        return Err(self.missing("`,` or `]`"));
                    }
                }
            }
        } else {
            self.add(field, builder)?;
        }
        self.is_sensitive = is_sensitive;
        Ok(())
    }

    /// One value of a field, or one entry of a map.
    fn add(&mut self, field: FieldDescriptor<'_>, builder: &mut MessageBuilder<'_>) -> Result<(), ReadError> {
        let given = builder.given();
        match field.cardinality() {
            Cardinality::Map(key) => return self.entry(field, key, builder),
            Cardinality::Repeated => {
                let value = self.value(field.value_type())?;
                fits(builder.push(field, value.as_item()));
            }
            Cardinality::Single | Cardinality::Optional => {
                let value = self.value(field.value_type())?;
                fits(builder.set(field, value.as_item()));
            }
        }
        self.charge(builder.given() - given)
    }

    fn entry(
        &mut self,
        map: FieldDescriptor<'_>,
        key_type: Scalar,
        builder: &mut MessageBuilder<'_>,
    ) -> Result<(), ReadError> {
        let at = self.cursor.at();
        let (mut key, mut value) = (None, None);
        self.braces(1, |reader| {
            while let Some('a'..='z') = reader.cursor.peek() {
                let at = reader.cursor.at();
                let word = reader.cursor.word();
                let has_colon = reader.cursor.take(':');
                let (slot, of) = match word {
                    "key" => (&mut key, FieldType::Scalar(key_type)),
                    "value" => (&mut value, map.value_type()),
                    _ => return Err(reader.error(at, Kind::Missing { expected: "`key` or `value`" })),
                };
                if !has_colon && !matches!(of, FieldType::Message(_)) {
                    return Err(reader.missing("`:`"));
                }
                if slot.replace(reader.value(of)?).is_some() {
                    return Err(reader.error(at, Kind::Twice));
                }
                reader.separator();
            }
            Ok(())
        })?;
        let key = key.unwrap_or_else(|| zero(FieldType::Scalar(key_type)));
        let value = value.unwrap_or_else(|| zero(map.value_type()));
        let given = builder.given();
        let is_new = fits(builder.insert(map, key.as_scalar(), value.as_item()));
        self.charge(HELD_COST + builder.given() - given)?;
        if is_new { Ok(()) } else { Err(self.error(at, Kind::Twice)) }
    }

    /// What `read` reads between braces, `levels` messages deeper.
    pub(super) fn braces(
        &mut self,
        levels: u32,
        read: impl FnOnce(&mut Self) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let end = if self.cursor.take('{') {
            '}'
        } else if self.cursor.take('<') {
            '>'
        } else {
            return Err(self.missing("`{`"));
        };
        let Some(depth_left) = self.depth_left.checked_sub(levels) else {
            let at = self.cursor.at();
            return Err(self.error(at, Kind::DepthExceeded { limit: self.options.limits.depth }));
        };
        let depth = std::mem::replace(&mut self.depth_left, depth_left);
        read(self)?;
        self.depth_left = depth;
        if self.cursor.take(end) {
            Ok(())
        } else {
            Err(self.missing(if end == '}' { "a field or `}`" } else { "a field or `>`" }))
        }
    }

    /// Takes what may stand between fields.
    pub(super) fn separator(&mut self) {
        let _ = self.cursor.take(',') || self.cursor.take(';');
    }

    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), ReadError> {
        let Some(left) = self.memory_left.checked_sub(bytes) else {
            let at = self.cursor.at();
            return Err(self.error(at, Kind::MemoryExceeded { limit: self.options.limits.memory }));
        };
        self.memory_left = left;
        Ok(())
    }

    /// What is missing where the next token begins.
    #[cold]
    pub(super) fn missing(&mut self, expected: &'static str) -> ReadError {
        let at = self.cursor.at();
        self.error(at, Kind::Missing { expected })
    }

    #[cold]
    pub(super) fn error(&self, at: usize, kind: Kind) -> ReadError {
        ReadError::new(kind, self.cursor.text(), at)
    }

    fn unknown_field(&self, at: usize, name: &str, message: MessageDescriptor<'_>) -> ReadError {
        let nearest = nearest(name, message.fields().map(|field| field.name()));
        let nearest = nearest.and_then(|name| self.told(name));
        let message = message.full_name().to_owned();
        self.error(at, Kind::UnknownField { name: self.told(name), message, nearest })
    }

    /// A name for an error, unless it stands in a sensitive field.
    pub(super) fn told(&self, name: &str) -> Option<String> {
        (!self.is_sensitive).then(|| name.chars().take(80).collect())
    }
}

/// The value of a field is read by its type.
fn fits<T>(built: Result<T, BuildError>) -> T {
    built.expect("a value is read by the type of its field")
}
