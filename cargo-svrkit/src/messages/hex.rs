//! Bytes in hex, as logs, debuggers and programs write them.

/// What may stand between the bytes.
const BETWEEN: [char; 10] = [' ', '\t', '\n', '\r', ':', ',', ';', '-', '_', '\''];

/// The bytes of a text of hex digits, in which bytes may have `0x` or `\x` in front and blanks, colons, commas, dashes or
/// underscores between them. Otherwise the place of the first letter that does not belong there, from 0.
pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>, usize> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    // The first digit of a byte and its place.
    let mut half: Option<(u32, usize)> = None;
    let mut letters = text.chars().enumerate().peekable();
    while let Some((at, letter)) = letters.next() {
        let begins_prefix = matches!(letter, '0' | '\\') && half.is_none();
        if begins_prefix && letters.next_if(|(_, next)| matches!(next, 'x' | 'X')).is_some() {
            continue;
        }
        match (letter.to_digit(16), half.take()) {
            (Some(digit), None) => half = Some((digit, at)),
            (Some(digit), Some((high, _))) => bytes.push((high << 4 | digit) as u8),
            (None, None) if BETWEEN.contains(&letter) => {}
            (None, Some((_, place))) => return Err(place),
            (None, None) => return Err(at),
        }
    }
    half.map_or(Ok(bytes), |(_, place)| Err(place))
}

/// The bytes in hex digits, in lines of 32 bytes.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2 + bytes.len() / 32 + 1);
    for row in bytes.chunks(32) {
        text.extend(
            row.iter()
                .flat_map(|byte| [byte >> 4, byte & 15])
                .map(|digit| char::from(DIGITS[usize::from(digit)])),
        );
        text.push('\n');
    }
    text
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_however_it_is_written() {
        for (text, expected) in [
            ("", Ok(&b""[..])),
            ("089601", Ok(&[8, 0x96, 1])),
            (" 08 96\n01 ", Ok(&[8, 0x96, 1])),
            ("0x08, 0x96, 0x01", Ok(&[8, 0x96, 1])),
            ("0x089601", Ok(&[8, 0x96, 1])),
            ("08:96:01", Ok(&[8, 0x96, 1])),
            (r"\x08\x96\x01", Ok(&[8, 0x96, 1])),
            ("AB-cd_EF", Ok(&[0xab, 0xcd, 0xef])),
            ("089", Err(2)),
            ("0 8", Err(0)),
            ("08zz", Err(2)),
            ("0x", Ok(b"")),
            ("080x9", Err(4)),
            ("ä", Err(0)),
        ] {
            assert_eq!(from_hex(text).as_deref(), expected.as_ref().copied(), "{text}");
        }
    }

    #[test]
    fn hex_comes_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(from_hex(&to_hex(&bytes)), Ok(bytes));
        assert_eq!(to_hex(&[]), "");
    }
}
