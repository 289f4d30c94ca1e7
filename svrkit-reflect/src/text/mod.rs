//! Messages as text for people and back, by their descriptor: protobuf's text format.
//!
//! `id: 1 note: "x" items { sku: "a" }`: a field a line, messages in braces, entries of maps as messages of `key` and
//! `value`, enums by name. What no schema knows stands behind its tag, and its form says its kind: `15: 150` is a varint,
//! `0x00000001` four bytes, `0x0000000000000001` eight, and what has a length is a `"text"`, a message in `{ }` or packed
//! varints in `[ ]`, by a guess that loses no byte. [`dump`] shows any bytes, with a descriptor or without, in their order and
//! as far as they make sense; [`write()`] is for sound ones, and [`read`] gives them back. No `Any` is looked into.
//!
//! ```
//! use svrkit_reflect::descriptor::{DescriptorSet, Field, Label, Message, Scalar, field::Kind};
//! use svrkit_reflect::{Pool, text};
//!
//! let kind = Some(Kind::Scalar(Scalar::U64));
//! let id = Field { name: "id".to_owned(), tag: 1, label: Label::Single, kind, ..Field::default() };
//! let order = Message { name: "shop.Order".to_owned(), fields: vec![id], ..Message::default() };
//! let pool = Pool::new([DescriptorSet { messages: vec![order], ..DescriptorSet::default() }])?;
//! let (order, options) = (pool.message("shop.Order").unwrap(), text::Options::default());
//!
//! let bytes = b"\x08\x96\x01\x12\x02hi";
//! assert_eq!(text::write(order, bytes, &options)?, "id: 150\n2: \"hi\"\n");
//! assert_eq!(text::read(order, "id: 150 2: 'hi'", &options)?, bytes);
//! assert_eq!(text::dump(None, bytes, &options).text(), "1: 150\n2: \"hi\"\n");
//!
//! let error = text::read(order, "id: 150\nidd: 1", &options).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "line 2, column 1: there is no field `idd` in `shop.Order`, did you mean `id`?"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cursor;
mod dump;
mod layout;
mod number;
mod options;
mod parsed;
mod quoted;
mod read_error;
mod reader;
mod unknown;
mod value;
mod write_error;
mod writer;

use self::dump::Dump;
use self::layout::Layout;
pub use self::options::{Options, TEXT_OUT_DEFAULT};
pub(crate) use self::quoted::Quoted;
pub use self::read_error::{ReadError, ReadErrorKind};
use self::reader::Reader;
pub(crate) use self::value::AsText;
pub use self::write_error::WriteError;
use self::writer::Writer;
use crate::dynamic::Dynamic;
use crate::pool::MessageDescriptor;
use crate::walk::{self, Scope, Shown};

/// The text of an encoded message: fields by ascending tag, each once, unknown records last. [`read`] takes it, unless
/// something was redacted.
///
/// # Errors
///
/// Bytes that are no such message, and limits that are met.
pub fn write(message: MessageDescriptor<'_>, bytes: &[u8], options: &Options) -> Result<String, WriteError> {
    let message = Dynamic::new(message, bytes, &options.limits)?;
    let mut writer = Writer::new(options);
    writer.message(&message)?;
    Ok(writer.into_text())
}

/// The text of any bytes, record by record as they stand; what makes no sense is told in comments.
///
/// A record that comes twice is shown twice. Unlike [`write()`], it knows no failure.
pub fn dump(message: Option<MessageDescriptor<'_>>, bytes: &[u8], options: &Options) -> Shown {
    let mut layout = Layout::new(options.out);
    let mut dump = Dump::new(&mut layout);
    let scope = message.map_or(Scope::Unknown, Scope::Message);
    walk::walk(bytes, scope, options.redact_sensitive, &options.limits, &mut dump);
    let mut shown = dump.finish();
    shown.is_cut = layout.is_full();
    shown.text = layout.into_text();
    if shown.is_cut {
        let limit = options.out;
        let told = format!(
            "# the rest of more than {limit} bytes of text is not shown, raise `text.out` to see it\n"
        );
        shown.text.push_str(&told);
    }
    shown
}

/// The encoded message that a text stands for: in canonical form, unknown records last.
///
/// # Errors
///
/// A text that is none of this message, and limits that are met; each with its place.
pub fn read(message: MessageDescriptor<'_>, text: &str, options: &Options) -> Result<Vec<u8>, ReadError> {
    Reader::new(text, options).whole(message)
}
