//! Records that stand behind their tag: no schema is asked, their form says their kind.

use svrkit_runtime::wire::tlv::{Kind, TAG_MAX};

use super::number::integer;
use super::read_error::{ReadError, ReadErrorKind};
use super::reader::Reader;
use crate::dynamic::{put_key, put_prefixed, put_varint};

impl Reader<'_> {
    /// Reads `15: …` and appends the record.
    pub(super) fn unknown_record(&mut self, out: &mut Vec<u8>) -> Result<(), ReadError> {
        let at = self.cursor.at();
        let tag = self.cursor.word().parse().ok().filter(|tag| (1..=TAG_MAX).contains(tag));
        let tag = tag.ok_or_else(|| self.error(at, ReadErrorKind::BadTag))?;
        let has_colon = self.cursor.take(':');
        match self.cursor.peek() {
            Some('{' | '<') => {
                let mut records = Vec::new();
                self.braces(1, |reader| reader.unknown_records(&mut records))?;
                self.charge(records.len())?;
                put_prefixed(out, tag, &records);
            }
            _ if !has_colon => return Err(self.missing("`:` or `{`")),
            Some('"' | '\'') => {
                let bytes = self.quoted()?;
                self.charge(bytes.len())?;
                put_prefixed(out, tag, &bytes);
            }
            Some('[') => {
                let values = self.packed()?;
                put_prefixed(out, tag, &values);
            }
            _ => self.unknown_number(tag, out)?,
        }
        Ok(())
    }

    fn unknown_records(&mut self, out: &mut Vec<u8>) -> Result<(), ReadError> {
        while self.cursor.peek().is_some_and(|first| first.is_ascii_digit()) {
            self.unknown_record(out)?;
            self.separator();
        }
        Ok(())
    }

    /// The varints of a list.
    fn packed(&mut self) -> Result<Vec<u8>, ReadError> {
        self.cursor.take('[');
        let mut values = Vec::new();
        if self.cursor.take(']') {
            return Ok(values);
        }
        loop {
            let at = self.cursor.at();
            let word = self.cursor.word();
            if word == "REDACTED" {
                return Err(self.error(at, ReadErrorKind::Redacted));
            }
            let before = values.len();
            put_varint(&mut values, self.varint(at, word)?);
            self.charge(2 * (values.len() - before))?;
            if self.cursor.take(']') {
                return Ok(values);
            }
            if !self.cursor.take(',') {
                return Err(self.missing("`,` or `]`"));
            }
        }
    }

    fn unknown_number(&mut self, tag: u32, out: &mut Vec<u8>) -> Result<(), ReadError> {
        let at = self.cursor.at();
        let word = self.cursor.word();
        let hex = word.strip_prefix("0x").filter(|digits| digits.bytes().all(|it| it.is_ascii_hexdigit()));
        let before = out.len();
        match hex.map(|digits| (digits.len(), u64::from_str_radix(digits, 16))) {
            Some((8, Ok(number))) => {
                put_key(out, tag, Kind::Four);
                out.extend_from_slice(&number.to_le_bytes()[..4]);
            }
            Some((16, Ok(number))) => {
                put_key(out, tag, Kind::Eight);
                out.extend_from_slice(&number.to_le_bytes());
            }
            _ => {
                let number = self.varint(at, word)?;
                put_key(out, tag, Kind::Varint);
                put_varint(out, number);
            }
        }
        self.charge(out.len() - before)
    }

    fn varint(&self, at: usize, word: &str) -> Result<u64, ReadError> {
        let number = integer(word, false).and_then(|number| u64::try_from(number).ok());
        number.ok_or_else(|| self.error(at, ReadErrorKind::BadValue { of: "u64" }))
    }
}
