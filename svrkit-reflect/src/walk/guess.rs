//! What a length-prefixed value may be, where no schema says it.

use svrkit_runtime::wire::tlv::{DecodeLimits, Decoder, Kind};

/// Numbers of a packed list are guessed to be below this: of random bytes, few are.
const PACKED_BELOW: u64 = 1 << 21;

/// What a value is taken for: the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guess<'a> {
    /// UTF-8 without control characters but tabs and line breaks, of which none is at the beginning: those are the keys of
    /// tag 1.
    Text(&'a str),
    /// At least one record, nothing behind the last, all numbers of its own level as short as can be, so that writing them
    /// again gives the same bytes.
    Message,
    /// At least two varints, nothing behind the last, all as short as can be and below 2^21; less than half of the bytes are
    /// visible ASCII, which would rather be damaged text.
    Packed,
    Bytes,
}

impl<'a> Guess<'a> {
    /// Looks at one level only.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        if let Some(text) = as_text(bytes) {
            Self::Text(text)
        } else if is_message(bytes) {
            Self::Message
        } else if is_packed(bytes) {
            Self::Packed
        } else {
            Self::Bytes
        }
    }
}

fn as_text(bytes: &[u8]) -> Option<&str> {
    if bytes.first().is_some_and(|first| first.is_ascii_control()) {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let is_plain = |letter: char| !letter.is_control() || matches!(letter, '\t' | '\n' | '\r');
    text.chars().all(is_plain).then_some(text)
}

fn is_message(bytes: &[u8]) -> bool {
    let mut decoder = Decoder::new(bytes, &DecodeLimits::default());
    loop {
        let start = decoder.rest();
        let key = match decoder.key() {
            Ok(Some(key)) => key,
            Ok(None) => return !bytes.is_empty(),
            Err(_) => return false,
        };
        let is_short = is_shortest(start, decoder.rest());
        let start = decoder.rest();
        let is_value = match key.kind() {
            Kind::Varint => decoder.varint().is_ok() && is_shortest(start, decoder.rest()),
            Kind::Prefixed => {
                let is_short = decoder.varint().is_ok() && is_shortest(start, decoder.rest());
                is_short && {
                    decoder = Decoder::new(start, &DecodeLimits::default());
                    decoder.prefixed().is_ok()
                }
            }
            Kind::Four | Kind::Eight => decoder.skip(key).is_ok(),
        };
        if !(is_short && is_value) {
            return false;
        }
    }
}

fn is_packed(bytes: &[u8]) -> bool {
    let mut decoder = Decoder::new(bytes, &DecodeLimits::default());
    let mut count = 0_usize;
    while !decoder.rest().is_empty() {
        let start = decoder.rest();
        let is_one = decoder.varint().is_ok_and(|number| number < PACKED_BELOW);
        if !(is_one && is_shortest(start, decoder.rest())) {
            return false;
        }
        count += 1;
    }
    let letters = bytes.iter().filter(|byte| matches!(byte, b' '..=b'~')).count();
    count >= 2 && letters * 2 < bytes.len()
}

/// Whether the varint between the beginnings of two rests has no zeros in its highest byte.
fn is_shortest(start: &[u8], rest: &[u8]) -> bool {
    let varint = &start[..start.len() - rest.len()];
    varint.len() == 1 || varint.last() != Some(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_taken_for_the_first_that_holds() {
        for (bytes, expected) in [
            (&b""[..], Guess::Text("")),
            (b"hi", Guess::Text("hi")),
            ("gr\u{fc}n\n".as_bytes(), Guess::Text("gr\u{fc}n\n")),
            (b"\nhi", Guess::Bytes),
            (b"\x0a\x02hi", Guess::Message),
            (b"\x08\x96\x01", Guess::Message),
            // Bytes that would not come back the same are none: keys, numbers, lengths.
            (b"\x88\x00\x01", Guess::Bytes),
            (b"\x08\x96\x00", Guess::Bytes),
            (b"\x0a\x82\x00hi", Guess::Bytes),
            (b"\x0d\x01\x00\x00\x00", Guess::Message),
            (b"\x01\x02\x03", Guess::Packed),
            (b"\x03\xff\xff\x7f", Guess::Packed),
            (b"\x03\x80\x80\x80\x01", Guess::Bytes),
            (b"\x01", Guess::Bytes),
            (b"\x01\x02a", Guess::Packed),
            (b"\x01a", Guess::Bytes),
            (b"\xff\xfe", Guess::Bytes),
        ] {
            assert_eq!(Guess::of(bytes), expected, "{bytes:02x?}");
        }
    }
}
