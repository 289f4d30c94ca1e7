//! What a case leaves behind: a table for people and JSON lines for programs, on stdout, the lines in a file too if one
//! was named.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

/// Collects the rows of a case.
#[derive(Debug)]
pub(crate) struct Report {
    file: Option<(PathBuf, File)>,
    lines: Vec<String>,
}

impl Report {
    /// A report that also writes its JSON lines to `path`. Fails at once when that cannot be written: not after
    /// minutes of measuring.
    pub(crate) fn to(path: Option<&Path>) -> Result<Self> {
        let open = |path: &Path| {
            let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            Ok::<_, anyhow::Error>((path.to_owned(), file))
        };
        Ok(Self {
            file: path.map(open).transpose()?,
            lines: Vec::new(),
        })
    }

    /// Adds a row. In the file it stands at once, so that an interrupted run leaves what it has.
    pub(crate) fn row(&mut self, row: &impl Serialize) -> Result<()> {
        let line = serde_json::to_string(row).context("a row is no JSON")?;
        if let Some((path, file)) = &mut self.file {
            writeln!(file, "{line}").with_context(|| format!("cannot write {}", path.display()))?;
        }
        self.lines.push(line);
        Ok(())
    }

    /// Prints the table, then the lines.
    pub(crate) fn print(&self, title: &str, table: &Table) {
        println!("{title}\n\n{table}\n");
        self.print_lines();
    }

    /// Prints several tables, each with its own title, then the lines.
    pub(crate) fn print_all(&self, title: &str, tables: &[(String, Table)]) {
        println!("{title}\n");
        for (title, table) in tables {
            println!("{title}\n\n{table}\n");
        }
        self.print_lines();
    }

    fn print_lines(&self) {
        for line in &self.lines {
            println!("{line}");
        }
    }
}

/// An empty table in Markdown, so that it can be pasted into a document; columns from `first_number` on are aligned
/// to the right.
pub(crate) fn table(columns: &[&str], first_number: usize) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN).set_header(columns);
    for column in table.column_iter_mut().skip(first_number) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
