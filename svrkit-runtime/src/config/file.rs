//! Files: TOML, whose tables are the parts of a key before its last dot.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::error::{CONFIG_FILE_LEN_MAX, FaultKind};
use super::key::Given;
use super::method;
use super::origin::Origin;
use super::reading::{Reading, is_inside};

/// Sets what a file says.
pub(super) fn read(path: &Path, reading: &mut Reading) {
    let path: Arc<Path> = path.into();
    let mut bytes = Vec::new();
    let opened = File::open(&path);
    let len = opened.and_then(|file| file.take(CONFIG_FILE_LEN_MAX + 1).read_to_end(&mut bytes));
    let (line, fault) = match (len, str::from_utf8(&bytes)) {
        (Err(error), _) => (0, FaultKind::Unreadable(error)),
        (Ok(len), _) if len as u64 > CONFIG_FILE_LEN_MAX => (0, FaultKind::FileTooLong),
        (Ok(_), Err(error)) => (line_ends(&bytes[..error.valid_up_to()]).len() + 1, FaultKind::NotUtf8),
        (Ok(_), Ok(text)) => {
            let line_ends = line_ends(text.as_bytes());
            return Walk { text, line_ends, path: &path, faulty_lines: BTreeSet::new(), reading }.file();
        }
    };
    reading.fault(Origin::File { path, line }, fault);
}

/// One pass over a file.
struct Walk<'a> {
    text: &'a str,
    line_ends: Vec<usize>,
    path: &'a Arc<Path>,
    /// What stands there is no TOML: what the parser made of it says nothing more.
    faulty_lines: BTreeSet<usize>,
    reading: &'a mut Reading,
}

impl Walk<'_> {
    fn file(&mut self) {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            // Its text may go over several lines.
            let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
            let line = self.line(error.span().map_or(0, |span| span.start));
            if self.faulty_lines.insert(line) {
                self.reading.fault(self.origin(line), FaultKind::Syntax { message });
            }
        }
        self.table("", root.get_ref());
    }

    /// The nesting is bounded by the parser, and by the known names: unknown tables are not entered.
    fn table(&mut self, outer: &str, table: &DeTable<'_>) {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let line = self.line(key.span().start);
            if self.faulty_lines.contains(&line) {
                continue;
            }
            let dot = if outer.is_empty() { "" } else { "." };
            let name = format!("{outer}{dot}{}", key.get_ref());
            match value.get_ref() {
                DeValue::Table(inner) if self.is_table(&name) || method::is_table(&name) => {
                    self.table(&name, inner)
                }
                value if self.is_table(&name) && !matches!(value, DeValue::Table(_)) => {
                    self.reading.fault(self.origin(line), FaultKind::NoTable { name });
                }
                value => self.value(&name, value, line),
            }
        }
    }

    fn value(&mut self, name: &str, value: &DeValue<'_>, line: usize) {
        let bare = |text: String| Ok(Given { text, bare: true });
        let given = match value {
            DeValue::String(text) => Ok(Given::text(text.as_ref())),
            DeValue::Integer(number) if number.radix() == 10 => bare(number.as_str().into()),
            DeValue::Boolean(flag) => bare(flag.to_string()),
            DeValue::Integer(_) => Err("a number that is not decimal"),
            DeValue::Float(_) => Err("a floating-point number"),
            DeValue::Datetime(_) => Err("a date"),
            DeValue::Array(_) => Err("a list"),
            DeValue::Table(_) => Err("a table"),
        };
        let key = self.reading.keys().find(|key| key.name() == name).cloned();
        match (given, key) {
            (Err(found), Some(key)) => self.reading.fault(self.origin(line), FaultKind::Kind { key, found }),
            // Whatever the value is, an unknown name is the mistake.
            (given, _) => self.reading.set(name, &given.unwrap_or_else(Given::text), self.origin(line)),
        }
    }

    /// Whether keys stand in a table of this name.
    fn is_table(&self, name: &str) -> bool {
        self.reading.keys().any(|key| is_inside(key.name(), name))
    }

    fn origin(&self, line: usize) -> Origin {
        Origin::File { path: Arc::clone(self.path), line }
    }

    /// The line of a byte, from 1.
    fn line(&self, at: usize) -> usize {
        self.line_ends.partition_point(|end| *end < at) + 1
    }
}

fn line_ends(bytes: &[u8]) -> Vec<usize> {
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect()
}
