//! A document as plain text, for terminals: columns under each other.

use std::fmt::Write as _;

use super::document::{Align, Block, Column, Document, Field, Link};

/// Between two columns.
const GAP: &str = "  ";

pub(super) fn write(document: &Document) -> String {
    let mut out = format!("{}\n", document.title);
    for block in &document.blocks {
        out.push('\n');
        match block {
            Block::Words(words) => writeln!(out, "{words}"),
            Block::Facts(facts) => {
                let rows = facts.iter().map(|(name, value)| vec![(*name).into(), value.clone()]);
                write_rows(&mut out, &[Align::Left, Align::Left], &rows.collect::<Vec<_>>());
                Ok(())
            }
            Block::Table { caption, columns, rows, empty } => {
                write_table(&mut out, caption, columns, rows, empty);
                Ok(())
            }
            Block::Links(links) => {
                let row = |link: &Link| vec![link.path.into(), link.about.into()];
                write_rows(&mut out, &[Align::Left, Align::Left], &links.iter().map(row).collect::<Vec<_>>());
                Ok(())
            }
            Block::Form { action, button, field: Field::Nothing } => {
                writeln!(out, "{button}: curl -X POST http://ADDRESS{action}")
            }
            Block::Form { action, button, field: Field::Fixed(name, value) } => {
                writeln!(out, "{button}: curl -d {name}={value} http://ADDRESS{action}")
            }
            Block::Form { field: Field::Secret(secret), .. } => {
                writeln!(out, "with the {secret}: curl -H 'Authorization: Bearer TOKEN' http://ADDRESS/")
            }
        }
        .expect("a String takes whatever it is given");
    }
    out
}

fn write_table(out: &mut String, caption: &str, columns: &[Column], rows: &[Vec<String>], empty: &str) {
    out.push_str(caption);
    out.push('\n');
    if rows.is_empty() {
        out.push_str(empty);
        out.push('\n');
        return;
    }
    let aligns: Vec<Align> = columns.iter().map(|column| column.align).collect();
    let mut lines = vec![columns.iter().map(|column| column.name.to_uppercase()).collect::<Vec<_>>()];
    lines.extend_from_slice(rows);
    write_rows(out, &aligns, &lines);
}

fn write_rows(out: &mut String, aligns: &[Align], rows: &[Vec<String>]) {
    let width_of = |at: usize| {
        rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..aligns.len()).map(width_of).collect();
    for row in rows {
        let cells = row.iter().zip(aligns.iter().zip(&widths));
        let cells = cells.map(|(cell, (align, width))| match align {
            Align::Left => format!("{cell:width$}"),
            Align::Right => format!("{cell:>width$}"),
        });
        out.push_str(cells.collect::<Vec<_>>().join(GAP).trim_end());
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_readable_in_a_terminal() {
        const COLUMNS: [Column; 2] = [Column::left("peer"), Column::right("calls")];
        let document = Document::new("shop")
            .words("It serves.")
            .facts([("uptime", "2 min".into()), ("name", "a\nb\u{1b}[2J".into())])
            .table(
                "2 connections",
                &COLUMNS,
                [vec!["é".into(), "7".into()], vec!["bcd".into(), "12".into()]],
                "-",
            )
            .table("calls", &COLUMNS, [], "none yet")
            .links([Link { path: "/calls", about: "calls" }])
            .button("/drain", "stop");
        let expected = "shop\n\nIt serves.\n\nuptime  2 min\nname    a\\nb\\u{1b}[2J\n\n2 connections\nPEER  CALLS\n\
                        é         7\nbcd      12\n\ncalls\nnone yet\n\n/calls  calls\n\n\
                        stop: curl -X POST http://ADDRESS/drain\n";
        assert_eq!(write(&document), expected);
    }
}
