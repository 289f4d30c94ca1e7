//! Any JSON at all, as the types `Value`, `Struct` and `ListValue` hold it.
//!
//! Their tags are protobuf's and never change, so they are written without their descriptors.

use std::collections::BTreeMap;

use super::cursor::Token;
use super::read_error::{ReadError, ReadErrorKind as Kind};
use super::reader::{HELD_COST, Reader};
use crate::dynamic::{ScalarValue, put_prefixed, put_scalar};
use crate::pool::Scalar;

/// The tags of what a `Value` is.
const NULL: u32 = 1;
const NUMBER: u32 = 2;
const TEXT: u32 = 3;
const FLAG: u32 = 4;
const STRUCT: u32 = 5;
const LIST: u32 = 6;

impl Reader<'_, '_> {
    /// The bytes of a `Value`.
    pub(super) fn any_value(&mut self) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        let (tag, scalar, value) = match self.cursor.peek() {
            Token::Null => {
                self.cursor.word("null").map_err(|missing| self.not_json(missing))?;
                (NULL, Scalar::I32, ScalarValue::I32(0))
            }
            Token::Number => (NUMBER, Scalar::F64, ScalarValue::F64(self.any_number()?)),
            Token::True | Token::False => (FLAG, Scalar::Bool, ScalarValue::Bool(self.flag()?)),
            Token::Text => {
                put_prefixed(&mut bytes, TEXT, self.text("a text")?.as_bytes());
                return Ok(bytes);
            }
            Token::Object => {
                put_prefixed(&mut bytes, STRUCT, &self.deeper(1, Self::structure)?);
                return Ok(bytes);
            }
            Token::Array => {
                put_prefixed(&mut bytes, LIST, &self.deeper(1, Self::list)?);
                return Ok(bytes);
            }
            Token::Nothing => return Err(self.mismatch("a value")),
        };
        let is_right = put_scalar(&mut bytes, Some(tag), scalar, value);
        debug_assert!(is_right, "type and value stand side by side above");
        Ok(bytes)
    }

    /// The bytes of a `Struct`.
    pub(super) fn structure(&mut self) -> Result<Vec<u8>, ReadError> {
        let mut entries = BTreeMap::new();
        self.members(|reader, at, name| {
            let value = reader.within_entry(name, |reader| reader.deeper(2, Self::any_value))?;
            reader.charge(HELD_COST + name.len() + value.len())?;
            match entries.insert(name.to_owned(), value) {
                None => Ok(()),
                Some(_) => Err(reader.error(at, Kind::Twice)),
            }
        })?;
        let mut bytes = Vec::new();
        for (name, value) in entries {
            let mut entry = Vec::with_capacity(name.len() + value.len() + 12);
            put_prefixed(&mut entry, 1, name.as_bytes());
            put_prefixed(&mut entry, 2, &value);
            put_prefixed(&mut bytes, 1, &entry);
        }
        Ok(bytes)
    }

    /// The bytes of a `ListValue`.
    pub(super) fn list(&mut self) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        self.array(|reader| {
            let value = reader.deeper(1, Self::any_value)?;
            reader.charge(value.len() + 2)?;
            put_prefixed(&mut bytes, 1, &value);
            Ok(())
        })?;
        Ok(bytes)
    }
}
