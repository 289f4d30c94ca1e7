//! The corpus as schemas.

use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::corpus::{Cardinality, Corpus, Field, Kind, MESSAGES, VALUES, module};

/// Those below belong to the kit.
const SERVICE_ID_MIN: usize = 2_000;

/// Writes one file of XML for each file of the corpus into `folder`.
pub(super) fn write(corpus: Corpus, folder: &Path) -> Result<()> {
    for file in 0..corpus.files {
        let path = folder.join(format!("{}.xml", module(file)));
        fs::write(&path, schema(file, corpus.has_services)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn schema(file: usize, has_service: bool) -> Result<String, fmt::Error> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    writeln!(out, "<protocol package=\"bench.{}\" version=\"1\">", module(file))?;
    writeln!(out, "  <doc>One of many files.</doc>")?;
    if let Some(import) = Corpus::import(file) {
        writeln!(out, "  <import path=\"{}.xml\"/>", module(import))?;
    }
    writeln!(out, "\n  <enum name=\"State\">\n    <doc>Where it stands.</doc>")?;
    for (number, name) in VALUES.iter().enumerate() {
        writeln!(out, "    <value name=\"{name}\" number=\"{number}\"/>")?;
    }
    writeln!(out, "  </enum>")?;
    for message in 0..MESSAGES {
        writeln!(out, "\n  <message name=\"Record{message}\">")?;
        writeln!(out, "    <doc>A record as a service would keep it.</doc>")?;
        for field in Corpus::message(file, message) {
            write_field(&mut out, file, field)?;
        }
        writeln!(out, "  </message>")?;
    }
    if has_service {
        writeln!(
            out,
            "\n  <service name=\"Records\" id=\"{}\">",
            SERVICE_ID_MIN + file
        )?;
        let facts = "request=\"Record1\" response=\"Record2\" timeout=\"300ms\"";
        writeln!(out, "    <method name=\"Put\" id=\"1\" {facts}/>\n  </service>")?;
    }
    writeln!(out, "</protocol>")?;
    Ok(out)
}

fn write_field(out: &mut String, of: usize, field: Field) -> fmt::Result {
    write!(
        out,
        "    <field tag=\"{}\" name=\"{}\" type=\"",
        field.tag, field.name
    )?;
    match field.kind {
        Kind::Scalar(scalar) => out.write_str(scalar.word)?,
        Kind::Enum => out.write_str("State")?,
        Kind::Message { file, message } if file == of => write!(out, "Record{message}")?,
        Kind::Message { file, message } => write!(out, "bench.{}.Record{message}", module(file))?,
    }
    out.write_str(match field.cardinality {
        Cardinality::One => "\"",
        Cardinality::Optional => "\" optional=\"true\"",
        Cardinality::Repeated => "\" repeated=\"true\"",
    })?;
    match field.doc {
        Some(doc) => writeln!(out, "><doc>{doc}</doc></field>"),
        None => writeln!(out, "/>"),
    }
}
