//! Values of one token, by the type that is wanted: numbers, texts, flags, enums, and keys of maps.

use std::borrow::Cow;

use svrkit_runtime::nearest::nearest;

use super::base64;
use super::cursor::Token;
use super::number::{is_number, whole};
use super::read_error::{ReadError, ReadErrorKind as Kind};
use super::reader::Reader;
use crate::dynamic::ScalarValue;
use crate::pool::{EnumDescriptor, Scalar};

/// A value that was read.
#[derive(Debug)]
pub(super) enum Parsed<'t> {
    /// Whatever holds no text.
    Number(ScalarValue<'static>),
    Text(Cow<'t, str>),
    Bytes(Vec<u8>),
    /// An encoded message.
    Message(Vec<u8>),
}

impl Parsed<'_> {
    /// Of a message, its bytes.
    pub(super) fn as_scalar(&self) -> ScalarValue<'_> {
        match self {
            Self::Number(value) => *value,
            Self::Text(text) => ScalarValue::String(text),
            Self::Bytes(bytes) | Self::Message(bytes) => ScalarValue::Bytes(bytes),
        }
    }
}

/// What else a float may be called.
const NOT_FINITE: [(&str, f64); 3] =
    [("NaN", f64::NAN), ("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)];

impl<'t> Reader<'t, '_> {
    /// The next value as one of this type.
    pub(super) fn scalar(&mut self, scalar: Scalar) -> Result<Parsed<'t>, ReadError> {
        match scalar {
            Scalar::Bool => self.flag().map(|flag| Parsed::Number(ScalarValue::Bool(flag))),
            Scalar::String => self.text("a text").map(Parsed::Text),
            Scalar::Bytes => {
                let at = self.cursor.at();
                let text = self.text("a text in base64")?;
                let bytes = base64::decode(&text);
                bytes.map(Parsed::Bytes).ok_or_else(|| self.error(at, Kind::BadText { expected: "base64" }))
            }
            _ => self.number(scalar).map(Parsed::Number),
        }
    }

    /// The next value as one of an enum: its name or a number. `None`: a name that is passed over.
    pub(super) fn enumeration(
        &mut self,
        enumeration: EnumDescriptor<'_>,
        ignore_unknown: bool,
    ) -> Result<Option<Parsed<'t>>, ReadError> {
        let at = self.cursor.at();
        let number = match self.cursor.peek() {
            Token::Null if enumeration.is_null() => {
                self.cursor.word("null").map_err(|missing| self.not_json(missing))?;
                0
            }
            Token::Text => {
                let name = self.text("a text")?;
                match enumeration.value_named(&name) {
                    Some(value) => value.number,
                    None if ignore_unknown => return Ok(None),
                    None => {
                        let names = enumeration.values().iter().map(|value| &*value.name);
                        let kind = Kind::UnknownValue {
                            enumeration: enumeration.full_name().to_owned(),
                            nearest: nearest(&name, names).and_then(|nearest| self.told(nearest)),
                            name: self.told(&name),
                        };
                        return Err(self.error(at, kind));
                    }
                }
            }
            Token::Number => {
                let text = self.cursor.number().map_err(|missing| self.not_json(missing))?;
                let number = whole(text).and_then(|number| i32::try_from(number).ok());
                number.ok_or_else(|| self.error(at, Kind::OutOfRange { of: "enum" }))?
            }
            _ => return Err(self.mismatch("the name of an enum's value, or its number")),
        };
        Ok(Some(Parsed::Number(ScalarValue::Enum(number))))
    }

    /// A key of a map, which stood `at` a place of the text.
    pub(super) fn key<'k>(&self, scalar: Scalar, at: usize, name: &'k str) -> Result<Parsed<'k>, ReadError> {
        match scalar {
            Scalar::String => Ok(Parsed::Text(Cow::Borrowed(name))),
            Scalar::Bool => match name {
                "true" => Ok(Parsed::Number(ScalarValue::Bool(true))),
                "false" => Ok(Parsed::Number(ScalarValue::Bool(false))),
                _ => Err(self.error(at, Kind::BadText { expected: "`true` or `false`" })),
            },
            _ if is_number(name) => self.number_of(scalar, at, name).map(Parsed::Number),
            _ => Err(self.error(at, Kind::BadText { expected: "a number" })),
        }
    }

    /// The next value as a number for a `Value`.
    pub(super) fn any_number(&mut self) -> Result<f64, ReadError> {
        let at = self.cursor.at();
        let text = self.cursor.number().map_err(|missing| self.not_json(missing))?;
        finite(text).ok_or_else(|| self.error(at, Kind::OutOfRange { of: "f64" }))
    }

    pub(super) fn text(&mut self, expected: &'static str) -> Result<Cow<'t, str>, ReadError> {
        if self.cursor.peek() != Token::Text {
            return Err(self.mismatch(expected));
        }
        self.cursor.quoted().map_err(|missing| self.not_json(missing))
    }

    pub(super) fn flag(&mut self) -> Result<bool, ReadError> {
        let (word, flag) = match self.cursor.peek() {
            Token::True => ("true", true),
            Token::False => ("false", false),
            _ => return Err(self.mismatch("`true` or `false`")),
        };
        self.cursor.word(word).map_err(|missing| self.not_json(missing))?;
        Ok(flag)
    }

    fn number(&mut self, scalar: Scalar) -> Result<ScalarValue<'static>, ReadError> {
        let at = self.cursor.at();
        let is_float = matches!(scalar, Scalar::F32 | Scalar::F64);
        let text = match self.cursor.peek() {
            Token::Number => Cow::Borrowed(self.cursor.number().map_err(|missing| self.not_json(missing))?),
            Token::Text => self.text("a number")?,
            _ => return Err(self.mismatch("a number")),
        };
        if is_float && let Some((_, value)) = NOT_FINITE.iter().find(|(word, _)| *word == text) {
            return Ok(match scalar {
                Scalar::F32 => ScalarValue::F32(*value as f32),
                _ => ScalarValue::F64(*value),
            });
        }
        if !is_number(&text) {
            let expected =
                if is_float { "a number, `NaN`, `Infinity` or `-Infinity`" } else { "a whole number" };
            return Err(self.error(at, Kind::BadText { expected }));
        }
        self.number_of(scalar, at, &text)
    }

    /// A text that has the form of a number.
    fn number_of(&self, scalar: Scalar, at: usize, text: &str) -> Result<ScalarValue<'static>, ReadError> {
        let value = match scalar {
            Scalar::I32 | Scalar::S32 | Scalar::Sfixed32 => integer(text).map(ScalarValue::I32),
            Scalar::I64 | Scalar::S64 | Scalar::Sfixed64 => integer(text).map(ScalarValue::I64),
            Scalar::U32 | Scalar::Fixed32 => integer(text).map(ScalarValue::U32),
            Scalar::U64 | Scalar::Fixed64 => integer(text).map(ScalarValue::U64),
            Scalar::F32 => text.parse().ok().filter(|value: &f32| value.is_finite()).map(ScalarValue::F32),
            Scalar::F64 => finite(text).map(ScalarValue::F64),
            Scalar::Bool | Scalar::String | Scalar::Bytes => None,
        };
        value.ok_or_else(|| self.error(at, Kind::OutOfRange { of: scalar.word() }))
    }
}

fn integer<T: TryFrom<i128>>(text: &str) -> Option<T> {
    whole(text).and_then(|number| T::try_from(number).ok())
}

fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}
