//! The bytes of one file, and the text they are.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The byte order mark.
const MARK: char = '\u{feff}';

/// What a file holds.
pub(super) enum Bytes {
    All(Vec<u8>),
    TooMany,
}

/// The bytes of a regular file; one of more than `len_max` bytes is not read.
pub(super) fn read(path: &Path, len_max: u64) -> io::Result<Bytes> {
    let metadata = path.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    if len_max < metadata.len() {
        return Ok(Bytes::TooMany);
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    // The file may have grown since.
    File::open(path)?.take(len_max + 1).read_to_end(&mut bytes)?;
    Ok(if len_max < bytes.len() as u64 { Bytes::TooMany } else { Bytes::All(bytes) })
}

/// The text without its byte order mark; what cannot be decoded ends it, with a remedy.
pub(super) fn decode(bytes: Vec<u8>) -> (String, Option<&'static str>) {
    let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with(MARK) {
                text.drain(..MARK.len_utf8());
            }
            (text, None)
        }
        Err(error) => {
            let sound_len = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(sound_len);
            let help = if is_utf16 { "it looks like UTF-16: save it as UTF-8" } else { "save it as UTF-8" };
            (String::from_utf8(bytes).unwrap_or_default(), Some(help))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_dropped_and_other_encodings_are_named() {
        assert_eq!(decode("\u{feff}<a/>".into()), ("<a/>".into(), None));
        assert_eq!(decode("\u{feff}\u{feff}<a/>".into()), ("\u{feff}<a/>".into(), None));
        assert_eq!(decode(b"ab\xffc".to_vec()), ("ab".into(), Some("save it as UTF-8")));
        assert_eq!(decode(b"\xff\xfe<\0".to_vec()).1, Some("it looks like UTF-16: save it as UTF-8"));
    }
}
