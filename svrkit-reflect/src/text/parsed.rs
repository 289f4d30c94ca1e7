//! Values by the type that is wanted: numbers, texts, flags, enums, and messages in braces.

use svrkit_runtime::nearest::nearest;

use super::cursor::Missing;
use super::number::{float, integer};
use super::read_error::{ReadError, ReadErrorKind as Kind};
use super::reader::Reader;
use crate::dynamic::{Item, ScalarValue};
use crate::pool::{FieldType, Scalar};

/// A value that was read.
pub(super) enum Parsed {
    Number(ScalarValue<'static>),
    Text(String),
    Bytes(Vec<u8>),
    Message(Vec<u8>),
}

impl Parsed {
    pub(super) fn as_item(&self) -> Item<'_> {
        match self {
            Self::Message(bytes) => Item::Message(bytes),
            other => Item::Scalar(other.as_scalar()),
        }
    }

    /// Of a message, its bytes.
    pub(super) fn as_scalar(&self) -> ScalarValue<'_> {
        match self {
            Self::Number(value) => *value,
            Self::Text(text) => ScalarValue::String(text),
            Self::Bytes(bytes) | Self::Message(bytes) => ScalarValue::Bytes(bytes),
        }
    }
}

impl Reader<'_> {
    /// The next value as one of this type.
    pub(super) fn value(&mut self, value_type: FieldType<'_>) -> Result<Parsed, ReadError> {
        match value_type {
            FieldType::Message(message) => {
                let mut bytes = Vec::new();
                self.braces(1, |reader| {
                    bytes = reader.message(message)?;
                    Ok(())
                })?;
                Ok(Parsed::Message(bytes))
            }
            FieldType::Scalar(scalar @ (Scalar::String | Scalar::Bytes)) => {
                let at = self.cursor.at();
                let bytes = self.quoted()?;
                if scalar == Scalar::Bytes {
                    return Ok(Parsed::Bytes(bytes));
                }
                let text = String::from_utf8(bytes);
                text.map(Parsed::Text).map_err(|_| self.error(at, Kind::BadValue { of: "string" }))
            }
            FieldType::Scalar(scalar) => {
                let at = self.cursor.at();
                let is_negative = self.cursor.take('-');
                let word = self.cursor.word();
                let number = number(scalar, word, is_negative);
                let number = number.ok_or_else(|| self.error(at, Kind::BadValue { of: scalar.word() }))?;
                Ok(Parsed::Number(number))
            }
            FieldType::Enum(enumeration) => {
                let at = self.cursor.at();
                let is_negative = self.cursor.take('-');
                let word = self.cursor.word();
                if let Some(number) = integer(word, is_negative) {
                    let number =
                        i32::try_from(number).map_err(|_| self.error(at, Kind::BadValue { of: "i32" }))?;
                    return Ok(Parsed::Number(ScalarValue::Enum(number)));
                }
                match enumeration.value_named(word).filter(|_| !is_negative) {
                    Some(value) => Ok(Parsed::Number(ScalarValue::Enum(value.number))),
                    None if word.is_empty() => Err(self.missing("a name or number of an enum")),
                    None => {
                        let names = enumeration.values().iter().map(|value| &*value.name);
                        let nearest = nearest(word, names).and_then(|name| self.told(name));
                        let enumeration = enumeration.full_name().to_owned();
                        Err(self
                            .error(at, Kind::UnknownValue { name: self.told(word), enumeration, nearest }))
                    }
                }
            }
        }
    }

    /// The bytes between quotes that must be there.
    pub(super) fn quoted(&mut self) -> Result<Vec<u8>, ReadError> {
        if !matches!(self.cursor.peek(), Some('"' | '\'')) {
            return Err(self.missing("a text in quotes"));
        }
        let bytes = self
            .cursor
            .quoted()
            .map_err(|Missing { expected, at }| self.error(at, Kind::Missing { expected }))?;
        self.charge(bytes.len())?;
        Ok(bytes)
    }
}

fn number(scalar: Scalar, word: &str, is_negative: bool) -> Option<ScalarValue<'static>> {
    let whole = || integer(word, is_negative);
    Some(match scalar {
        Scalar::Bool => match (word, is_negative) {
            ("true" | "True" | "t" | "1", false) => ScalarValue::Bool(true),
            ("false" | "False" | "f" | "0", false) => ScalarValue::Bool(false),
            _ => return None,
        },
        Scalar::I32 | Scalar::S32 | Scalar::Sfixed32 => ScalarValue::I32(whole()?.try_into().ok()?),
        Scalar::I64 | Scalar::S64 | Scalar::Sfixed64 => ScalarValue::I64(whole()?.try_into().ok()?),
        Scalar::U32 | Scalar::Fixed32 => ScalarValue::U32(whole()?.try_into().ok()?),
        Scalar::U64 | Scalar::Fixed64 => ScalarValue::U64(whole()?.try_into().ok()?),
        Scalar::F32 => ScalarValue::F32(float(word, is_negative)?),
        Scalar::F64 => ScalarValue::F64(float(word, is_negative)?),
        Scalar::String | Scalar::Bytes => return None,
    })
}

/// What an absent half of an entry is.
pub(super) fn zero(value_type: FieldType<'_>) -> Parsed {
    match value_type {
        FieldType::Message(_) => Parsed::Message(Vec::new()),
        FieldType::Enum(_) => Parsed::Number(ScalarValue::Enum(0)),
        FieldType::Scalar(Scalar::String) => Parsed::Text(String::new()),
        FieldType::Scalar(Scalar::Bytes) => Parsed::Bytes(Vec::new()),
        FieldType::Scalar(scalar) => Parsed::Number(ScalarValue::zero(scalar)),
    }
}
