//! Where bytes and texts come from.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use svrkit_reflect::json::base64;

use super::hex::from_hex;

/// Most bytes that are read at once: as many as a message may have that is sent (`message.out`).
const INPUT_MAX: usize = 64 * 1024 * 1024;

/// What stands for standard input.
const STDIN: &str = "-";

/// Something to be read.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    /// A file, or standard input as `-`.
    File(PathBuf),
    /// Hex digits, or standard input as `-`.
    Hex(String),
    /// Base64, or standard input as `-`.
    Base64(String),
}

/// Why there is nothing to work on. The caller is at fault.
#[derive(Debug)]
pub(crate) enum InputError {
    Unreadable { name: String, error: io::Error },
    TooLong { name: String },
    NoText { name: String },
    NoHex { at: usize },
    NoBase64,
}

impl Input {
    /// The bytes it stands for.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, InputError> {
        match self {
            Self::File(path) => read(path),
            Self::Hex(text) => from_hex(&argument(text)?).map_err(|at| InputError::NoHex { at }),
            Self::Base64(text) => {
                let text: String = argument(text)?.split_ascii_whitespace().collect();
                base64::decode(&text).ok_or(InputError::NoBase64)
            }
        }
    }
}

/// The text of an argument, or of standard input.
fn argument(text: &str) -> Result<String, InputError> {
    if text == STDIN { text_of(Path::new(STDIN)) } else { Ok(text.to_owned()) }
}

/// The text of a file, or of standard input.
fn text_of(path: &Path) -> Result<String, InputError> {
    String::from_utf8(read(path)?).map_err(|_| InputError::NoText { name: shown(path) })
}

fn read(path: &Path) -> Result<Vec<u8>, InputError> {
    let failed = |error| InputError::Unreadable { name: shown(path), error };
    let mut bytes = Vec::new();
    let limit = INPUT_MAX as u64 + 1;
    if path == Path::new(STDIN) {
        io::stdin().take(limit).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(failed)?;
    }
    if INPUT_MAX < bytes.len() { Err(InputError::TooLong { name: shown(path) }) } else { Ok(bytes) }
}

fn shown(path: &Path) -> String {
    if path == Path::new(STDIN) { "standard input".to_owned() } else { format!("`{}`", path.display()) }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { name, error } => write!(f, "cannot read {name}: {error}"),
            Self::TooLong { name } => {
                write!(f, "{name} has more than {INPUT_MAX} bytes, the most that is read: name a part of it")
            }
            Self::NoText { name } => write!(f, "{name} is no utf-8: name a text, or say what else it is"),
            Self::NoHex { at } => write!(
                f,
                "character {} of the hex is not part of a byte: write two digits a byte, with blanks, colons, commas or 0x \
                 between them",
                at + 1
            ),
            Self::NoBase64 => {
                f.write_str("this is no base64: write it in one of the two alphabets of rfc 4648")
            }
        }
    }
}

impl Error for InputError {}
