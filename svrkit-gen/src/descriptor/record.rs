//! Writing messages, a record after the other: as much of the encoding as descriptors need.
//!
//! What writes and reads messages stands in the runtime, on which a compiler for build scripts cannot depend.

/// A message that is being written. Who calls keeps its tags ascending; zeros are left out, as absent fields.
#[derive(Debug, Default)]
pub(super) struct Message(Vec<u8>);

const VARINT: u32 = 0;
const EIGHT_BYTES: u32 = 1;
const PREFIXED: u32 = 2;

impl Message {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn text(self, tag: u32, text: &str) -> Self {
        if text.is_empty() { self } else { self.prefixed(tag, text.as_bytes()) }
    }

    /// Written even if it is empty.
    pub(super) fn text_if_any(self, tag: u32, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.prefixed(tag, text.as_bytes()),
            None => self,
        }
    }

    pub(super) fn texts<'t>(self, tag: u32, texts: impl IntoIterator<Item = &'t str>) -> Self {
        texts.into_iter().fold(self, |message, text| message.prefixed(tag, text.as_bytes()))
    }

    pub(super) fn number(self, tag: u32, number: u64) -> Self {
        self.number_if_any(tag, (number != 0).then_some(number))
    }

    /// Written even if it is 0.
    pub(super) fn number_if_any(mut self, tag: u32, number: Option<u64>) -> Self {
        if let Some(number) = number {
            self.key(tag, VARINT);
            self.varint(number);
        }
        self
    }

    pub(super) fn signed(self, tag: u32, number: i64) -> Self {
        self.number(tag, number.cast_unsigned())
    }

    pub(super) fn flag(self, tag: u32, flag: bool) -> Self {
        self.number(tag, flag.into())
    }

    pub(super) fn fixed64(mut self, tag: u32, number: u64) -> Self {
        if number != 0 {
            self.key(tag, EIGHT_BYTES);
            self.0.extend(number.to_le_bytes());
        }
        self
    }

    pub(super) fn messages(self, tag: u32, messages: impl IntoIterator<Item = Self>) -> Self {
        messages.into_iter().fold(self, |message, inner| message.prefixed(tag, &inner.0))
    }

    /// Left out if nothing is in it.
    pub(super) fn message_unless_empty(self, tag: u32, message: Self) -> Self {
        if message.0.is_empty() { self } else { self.prefixed(tag, &message.0) }
    }

    fn prefixed(mut self, tag: u32, bytes: &[u8]) -> Self {
        self.key(tag, PREFIXED);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    fn key(&mut self, tag: u32, kind: u32) {
        self.varint((tag << 3 | kind).into());
    }

    fn varint(&mut self, mut number: u64) {
        while 0x80 <= number {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_record_is_written_as_protobuf_does() {
        let inner = || Message::new().number(1, 1);
        for (message, expected) in [
            (Message::new().number(1, 150), &b"\x08\x96\x01"[..]),
            (Message::new().number(1, 0).flag(2, false).text(3, "").fixed64(4, 0).signed(5, 0), b""),
            (Message::new().number_if_any(1, Some(0)).text_if_any(2, Some("")), b"\x08\x00\x12\x00"),
            (Message::new().number_if_any(1, None).text_if_any(2, None), b""),
            (Message::new().flag(16, true), b"\x80\x01\x01"),
            (Message::new().signed(1, -1), b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
            (Message::new().fixed64(1, 2), b"\x09\x02\0\0\0\0\0\0\0"),
            (Message::new().text(1, "hi").texts(2, ["", "a"]), b"\x0a\x02hi\x12\x00\x12\x01a"),
            (Message::new().messages(1, [inner(), Message::new()]), b"\x0a\x02\x08\x01\x0a\x00"),
            (Message::new().message_unless_empty(1, Message::new()), b""),
            (Message::new().message_unless_empty(1, inner()), b"\x0a\x02\x08\x01"),
        ] {
            assert_eq!(message.into_bytes(), expected);
        }
    }
}
