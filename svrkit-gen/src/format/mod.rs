//! The one layout of a schema file: `cargo svrkit fmt`.
//!
//! `tree` reads a file that `parse` found sound, with its comments and the way it is spelt; `print` writes it;
//! `text` and `comment` are what is more than a line. Nothing here judges a schema, opens a file or changes what one
//! means: what is parsed from the result is what was parsed before. The rules are at [`format()`].

mod comment;
mod page;
mod print;
#[cfg(test)]
mod tests;
mod text;
mod tree;

use std::path::Path;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, FileId, Report, SourceMap, Span, quoted};
use crate::limits::FILE_LEN_MAX;
use crate::parse;

/// The byte order mark.
const MARK: char = '\u{feff}';

/// Lays out a schema file: the bytes of the file in, its text as it should be out. `path` is what findings name; nothing
/// is read from there.
///
/// The result means what the file meant, and laying it out again changes nothing. The rules:
///
/// - **File.** `<?xml version="1.0" encoding="UTF-8"?>` comes first, with the next thing on the line after it. No byte
///   order mark; lines end in a line feed, the last one too, and none in blanks.
/// - **Elements** stand on lines of their own, two spaces further in than what they stand in, in the order they had. One
///   that holds nothing is written `<x/>`. One that holds only a `<doc>` of one line stays on one line with it, if that
///   line has at most 110 characters.
/// - **Attributes** stand in the order of the dialect's tables, in double quotes, one space before each. If the tag would
///   pass 110 characters, it goes on in lines that stand four spaces further in than the element, each as full as it can
///   be.
/// - **`<doc>`** stays on its line if it has one line of text and at most 110 characters. Otherwise the text stands
///   between the tags, two spaces further in. Its lines are never broken or joined; blank lines, and how far lines stand
///   in compared with one another, are kept. So are entities and CDATA as they are spelt; only `&#10;` becomes the line
///   break that it is.
/// - **Blank lines** between neighbours: one stays, more become one, and none is left at the start or the end of an
///   element. Each definition at the root (`<message>`, `<enum>`, `<errors>`, `<service>`) has one before and after it; the
///   comments right above a definition go with it.
/// - **Comments** stay where they are among tags and text, those at the end of a line too. Lines of a comment after its
///   first keep their place relative to its start, unless that is more than 100 characters into a line. Among tags a
///   comment of several lines ends its last one: the next thing has a line of its own.
///
/// # Errors
///
/// When the file does not parse, is not UTF-8, or is or would become larger than
/// [`FILE_LEN_MAX`](crate::limits::FILE_LEN_MAX): the findings. Rules beyond the parser's are not looked at.
///
/// ```
/// let untidy = "<protocol package='shop'><message name='Order'><field name='id' tag='1' type='u64'/></message></protocol>";
/// let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
/// <protocol package="shop">
///   <message name="Order">
///     <field tag="1" name="id" type="u64"/>
///   </message>
/// </protocol>
/// "#;
/// assert_eq!(svrkit_gen::format("shop.xml", untidy).unwrap(), expected);
/// ```
pub fn format(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Result<String, Report> {
    let bytes = bytes.as_ref();
    if FILE_LEN_MAX < bytes.len() as u64 {
        return Err(refused(path.as_ref(), None, |_| {
            too_large(path.as_ref(), format!("is larger than {FILE_LEN_MAX} bytes"))
        }));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix(MARK).unwrap_or(text),
        Err(error) => {
            let sound = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            return Err(refused(path.as_ref(), Some(&sound), |file| {
                let span = Span::new(file, sound.len(), sound.len());
                Diagnostic::new(Code::NOT_UTF8, span, "the file is not encoded in UTF-8")
                    .help("save it as UTF-8")
            }));
        }
    };
    let mut found = Diagnostics::default();
    parse::parse(FileId::default(), text, &mut parse::Shared::default(), &mut found);
    if found.errors() > 0 {
        return Err(report(path.as_ref(), Some(text), found));
    }
    print::file(&tree::read(text)).ok_or_else(|| {
        refused(path.as_ref(), Some(text), |_| {
            too_large(
                path.as_ref(),
                format!("would be larger than {FILE_LEN_MAX} bytes when it is formatted"),
            )
        })
    })
}

fn too_large(path: &Path, what: String) -> Diagnostic {
    let message = format!("{} {what} (FILE_LEN_MAX)", quoted(&path.display().to_string()));
    Diagnostic::new(Code::LIMIT_EXCEEDED, Span::default(), message)
        .help("split it into files that import one another")
}

/// A report of one finding.
fn refused(path: &Path, text: Option<&str>, finding: impl FnOnce(FileId) -> Diagnostic) -> Report {
    let mut found = Diagnostics::default();
    found.push(finding(FileId::default()));
    report(path, text, found)
}

/// The report of a run over this file alone, whose id is the default one.
fn report(path: &Path, text: Option<&str>, found: Diagnostics) -> Report {
    let mut sources = SourceMap::default();
    sources.add(path.display().to_string(), text.map(str::to_owned));
    Report::new(found, sources, vec![path.to_owned()], Vec::new())
}
