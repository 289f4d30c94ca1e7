//! The kit's own types, which are no objects in JSON: times, masks, and messages of any type.

use std::str::FromStr;

use svrkit_runtime::Tlv;
use svrkit_runtime::types::FieldMask;

use super::mask;
use super::read_error::{ReadError, ReadErrorKind as Kind};
use super::reader::Reader;
use crate::dynamic::{MessageBuilder, put_prefixed};
use crate::pool::MessageDescriptor;

/// The member of an `Any` that says what it holds.
pub(super) const TYPE: &str = "@type";

impl<'p> Reader<'_, 'p> {
    /// The bytes of a time, whose text the kit's own type reads.
    pub(super) fn parsed<T: Tlv + FromStr>(&mut self, expected: &'static str) -> Result<Vec<u8>, ReadError> {
        let at = self.cursor.at();
        let text = self.text(expected)?;
        let parsed = text.parse::<T>().map_err(|_| self.error(at, Kind::BadText { expected }))?;
        Ok(parsed.encode().expect("a time has a few bytes"))
    }

    /// The bytes of a `FieldMask`.
    pub(super) fn field_mask(&mut self) -> Result<Vec<u8>, ReadError> {
        let expected = "names of fields in lowerCamelCase with commas between";
        let at = self.cursor.at();
        let text = self.text(expected)?;
        let mut bytes = Vec::new();
        for path in text.split(',').filter(|_| !text.is_empty()) {
            let path =
                mask::to_snake(path).filter(|path| path.parse::<FieldMask>().is_ok() && !path.is_empty());
            let path = path.ok_or_else(|| self.error(at, Kind::BadText { expected }))?;
            put_prefixed(&mut bytes, 1, path.as_bytes());
        }
        Ok(bytes)
    }

    /// The bytes of an `Any`. Its type may stand behind its fields, so its members are walked twice.
    pub(super) fn any(&mut self, message: MessageDescriptor<'p>) -> Result<Vec<u8>, ReadError> {
        let start = self.cursor.clone();
        let at = self.cursor.at();
        let mut type_url = None;
        let mut is_empty = true;
        self.members(|reader, at, name| {
            is_empty = false;
            if name != TYPE {
                return reader.skip();
            }
            let text = reader.text("the name of a type as a text")?;
            match type_url.replace(text) {
                None => Ok(()),
                Some(_) => Err(reader.error(at, Kind::Twice)),
            }
        })?;
        if is_empty {
            return Ok(Vec::new());
        }
        let type_url = type_url.ok_or_else(|| self.error(at, Kind::AnyWithoutType))?;
        let name = type_url.rsplit_once('/').map_or(&*type_url, |(_, name)| name);
        let held = message.pool().held_by_any(name);
        let held = held.ok_or_else(|| self.error(at, Kind::UnknownAny { name: self.told(name) }))?;
        self.cursor = start;
        let value = self.deeper(1, |reader| reader.held(held))?;
        let mut bytes = Vec::new();
        put_prefixed(&mut bytes, 1, type_url.as_bytes());
        if !value.is_empty() {
            put_prefixed(&mut bytes, 2, &value);
        }
        Ok(bytes)
    }

    /// What an `Any` holds: beside its type, or under `value` where it is no object of fields.
    fn held(&mut self, held: MessageDescriptor<'p>) -> Result<Vec<u8>, ReadError> {
        if held.well_known().is_none() {
            let mut builder = MessageBuilder::new(held);
            self.object(&mut builder, true)?;
            return Ok(builder.finish());
        }
        let mut value = None;
        self.members(|reader, at, name| match name {
            TYPE => reader.skip(),
            "value" if value.is_some() => Err(reader.error(at, Kind::Twice)),
            "value" => {
                value = Some(reader.message(held)?);
                Ok(())
            }
            _ if reader.options.ignore_unknown => reader.skip(),
            _ => {
                let nearest = Some("value".to_owned());
                Err(reader.error(at, Kind::UnknownField { name: reader.told(name), nearest }))
            }
        })?;
        Ok(value.unwrap_or_default())
    }
}
