//! The corpus as the Rust that prost's own generator gives for the same messages.
//!
//! Written by hand after what prost-build 0.14 writes, so that no protoc is needed: its attributes, its derives, the two
//! functions that it gives every enum, the descriptions as comments. No message here could have `Eq` and `Hash`, which
//! prost-build derives where it can: each holds a float.

use std::fmt::{self, Write as _};

use super::corpus::{Cardinality, Corpus, Field, Kind, MESSAGES, VALUES, module};

/// A whole source file: a module for each file of the corpus.
pub(super) fn source(corpus: Corpus) -> Result<String, fmt::Error> {
    let mut out = String::from("pub mod bench {\n");
    for file in 0..corpus.files {
        writeln!(out, "pub mod {} {{", module(file))?;
        for message in 0..MESSAGES {
            writeln!(out, "/// A record as a service would keep it.")?;
            writeln!(out, "#[derive(Clone, PartialEq, ::prost::Message)]")?;
            writeln!(out, "pub struct Record{message} {{")?;
            for field in Corpus::message(file, message) {
                write_field(&mut out, file, field)?;
            }
            writeln!(out, "}}")?;
        }
        write_enum(&mut out)?;
        writeln!(out, "}}")?;
    }
    writeln!(out, "}}")?;
    Ok(out)
}

fn write_field(out: &mut String, of: usize, field: Field) -> fmt::Result {
    let (word, rust) = match field.kind {
        Kind::Scalar(scalar) => (scalar.prost.to_owned(), scalar.rust.to_owned()),
        Kind::Enum => ("enumeration = \"State\"".to_owned(), "i32".to_owned()),
        Kind::Message { file, message } if file == of => ("message".to_owned(), format!("Record{message}")),
        Kind::Message { file, message } => (
            "message".to_owned(),
            format!("super::{}::Record{message}", module(file)),
        ),
    };
    // A message has presence, said or not.
    let is_optional = field.cardinality == Cardinality::One && matches!(field.kind, Kind::Message { .. });
    let (label, rust) = match field.cardinality {
        Cardinality::Repeated => (", repeated", format!("::prost::alloc::vec::Vec<{rust}>")),
        Cardinality::Optional => (", optional", format!("::core::option::Option<{rust}>")),
        Cardinality::One if is_optional => (", optional", format!("::core::option::Option<{rust}>")),
        Cardinality::One => ("", rust),
    };
    if let Some(doc) = field.doc {
        writeln!(out, "/// {doc}")?;
    }
    writeln!(out, "#[prost({word}{label}, tag = \"{}\")]", field.tag)?;
    writeln!(out, "pub {}: {rust},", field.name)
}

fn write_enum(out: &mut String) -> fmt::Result {
    writeln!(out, "/// Where it stands.")?;
    writeln!(
        out,
        "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::prost::Enumeration)]"
    )?;
    writeln!(out, "#[repr(i32)]\npub enum State {{")?;
    for (number, name) in VALUES.iter().enumerate() {
        writeln!(out, "{} = {number},", variant(name))?;
    }
    writeln!(out, "}}\nimpl State {{")?;
    writeln!(
        out,
        "/// String value of the enum field names used in the ProtoBuf definition."
    )?;
    writeln!(out, "pub fn as_str_name(&self) -> &'static str {{ match self {{")?;
    for name in VALUES {
        writeln!(out, "Self::{} => \"{name}\",", variant(name))?;
    }
    writeln!(
        out,
        "}} }}\n/// Creates an enum from field names used in the ProtoBuf definition."
    )?;
    writeln!(
        out,
        "pub fn from_str_name(value: &str) -> ::core::option::Option<Self> {{ match value {{"
    )?;
    for name in VALUES {
        writeln!(out, "\"{name}\" => Some(Self::{}),", variant(name))?;
    }
    writeln!(out, "_ => None,\n}} }}\n}}")
}

/// `ACTIVE` as `Active`.
fn variant(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{first}{}", rest.to_lowercase())
}
