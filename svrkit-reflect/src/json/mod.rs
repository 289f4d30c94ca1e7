//! Messages as JSON and back, by their descriptor: protobuf's canonical mapping.
//!
//! Names in lowerCamelCase unless the schema says otherwise, integers of 64 bits as text, bytes in base64, enums by name,
//! the kit's own types in the forms protobuf gives to those of the same meaning. Unknown fields of a message have no place
//! in JSON and are left out. Text and bytes may be anybody's: nothing panics, limits bound depth, memory and length.
//!
//! ```
//! use svrkit_reflect::descriptor::{DescriptorSet, Field, Label, Message, Scalar, field::Kind};
//! use svrkit_reflect::{Pool, json};
//!
//! let kind = Some(Kind::Scalar(Scalar::U64));
//! let id = Field { name: "order_id".to_owned(), tag: 1, label: Label::Single, kind, ..Field::default() };
//! let order = Message { name: "shop.Order".to_owned(), fields: vec![id], ..Message::default() };
//! let pool = Pool::new([DescriptorSet { messages: vec![order], ..DescriptorSet::default() }])?;
//!
//! let options = json::Options::default();
//! assert_eq!(json::write(&pool, "shop.Order", b"\x08\x96\x01", &options)?, r#"{"orderId":"150"}"#);
//! assert_eq!(json::read(&pool, "shop.Order", r#"{"order_id": 150}"#, &options)?, b"\x08\x96\x01");
//!
//! let error = json::read(&pool, "shop.Order", r#"{"orderID": 150}"#, &options).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "Order at line 1, column 2: there is no field `orderID`, did you mean `orderId`?"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod any_value;
pub mod base64;
mod cursor;
mod fields;
mod kit_types;
mod layout;
mod mask;
mod number;
mod options;
mod quoted;
mod read_error;
mod reader;
mod scalar;
mod write_error;
mod writer;

use std::io;

pub use self::options::{JSON_OUT_DEFAULT, Options};
pub use self::read_error::{ReadError, ReadErrorKind};
use self::reader::Reader;
pub use self::write_error::{WriteError, WriteErrorKind};
use self::writer::Writer;
use crate::dynamic::Dynamic;
use crate::pool::{MessageDescriptor, Pool};

/// The JSON of an encoded message, by the full name of its type.
///
/// # Errors
///
/// No such message in the pool, bytes that are none, values that JSON cannot hold, and limits that are met.
pub fn write(pool: &Pool, name: &str, bytes: &[u8], options: &Options) -> Result<String, WriteError> {
    let mut text = Vec::new();
    write_to(&mut text, pool, name, bytes, options)?;
    Ok(String::from_utf8(text).expect("only whole texts are written"))
}

/// The same, written to `out` as it comes, in many small pieces.
///
/// # Errors
///
/// As [`write()`], and what `out` fails with.
pub fn write_to(
    out: impl io::Write,
    pool: &Pool,
    name: &str,
    bytes: &[u8],
    options: &Options,
) -> Result<(), WriteError> {
    let message = pool.message(name).ok_or_else(|| {
        WriteError::new(String::new(), WriteErrorKind::UnknownMessage { name: name.to_owned() })
    })?;
    Writer::new(out, options).message(&Dynamic::new(message, bytes, &options.limits)?)
}

/// The encoded message that a text of JSON stands for, in canonical form, by the full name of its type.
///
/// # Errors
///
/// No such message in the pool, a text that is no JSON or none of this message, and limits that are met; each with its
/// place.
pub fn read(pool: &Pool, name: &str, text: &str, options: &Options) -> Result<Vec<u8>, ReadError> {
    let message = pool
        .message(name)
        .ok_or_else(|| ReadError::without_place(ReadErrorKind::UnknownMessage { name: name.to_owned() }))?;
    read_message(message, text, options)
}

/// The same, of a message that was looked up.
///
/// # Errors
///
/// As [`read`].
pub fn read_message(
    message: MessageDescriptor<'_>,
    text: &str,
    options: &Options,
) -> Result<Vec<u8>, ReadError> {
    Reader::new(message, text, options).whole()
}
