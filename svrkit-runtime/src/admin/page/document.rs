//! What a page says, whatever it is written as.

use std::fmt;

use crate::one_line::one_line;

/// Most bytes of a cell: what it says may be a peer's.
const CELL_LEN_MAX: usize = 512;

/// A title and what stands below it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Document {
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// A sentence or two.
    Words(String),
    /// Names and what they stand for.
    Facts(Vec<(&'static str, String)>),
    /// Rows under columns.
    Table {
        caption: String,
        columns: Vec<Column>,
        rows: Vec<Vec<String>>,
        /// What is said where there is no row.
        empty: &'static str,
    },
    /// Other pages.
    Links(Vec<Link>),
    /// A button, and what is sent with it.
    Form { action: &'static str, button: String, field: Field },
}

/// What is sent with a button.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Nothing,
    /// What is to be typed, under this name, and not shown.
    Secret(&'static str),
    /// A name and what it stands for.
    Fixed(&'static str, String),
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(super) name: &'static str,
    pub(super) align: Align,
}

/// To which side cells stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    /// Numbers, to be compared.
    Right,
}

/// Another page, and what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) path: &'static str,
    pub(crate) about: &'static str,
}

impl Document {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: tame(&title.into()), blocks: Vec::new() }
    }

    pub(crate) fn words(mut self, words: impl Into<String>) -> Self {
        self.blocks.push(Block::Words(tame(&words.into())));
        self
    }

    pub(crate) fn facts(mut self, facts: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let facts = facts.into_iter().map(|(name, value)| (name, tame(&value)));
        self.blocks.push(Block::Facts(facts.collect()));
        self
    }

    /// A table of `columns`, as many cells in each row.
    pub(crate) fn table(
        mut self,
        caption: impl Into<String>,
        columns: &[Column],
        rows: impl IntoIterator<Item = Vec<String>>,
        empty: &'static str,
    ) -> Self {
        let rows = rows.into_iter().map(|row| row.iter().map(|cell| tame(cell)).collect());
        let (caption, rows) = (tame(&caption.into()), rows.collect());
        self.blocks.push(Block::Table { caption, columns: columns.to_vec(), rows, empty });
        self
    }

    pub(crate) fn links(mut self, links: impl IntoIterator<Item = Link>) -> Self {
        self.blocks.push(Block::Links(links.into_iter().collect()));
        self
    }

    /// A button that asks `action` to do what it is for.
    pub(crate) fn button(self, action: &'static str, button: &str) -> Self {
        self.form(action, button, Field::Nothing)
    }

    /// The same, and says by a field of this name what to do it with.
    pub(crate) fn button_of(
        self,
        action: &'static str,
        field: (&'static str, impl fmt::Display),
        button: &str,
    ) -> Self {
        self.form(action, button, Field::Fixed(field.0, field.1.to_string()))
    }

    /// The same with a field for a secret of this name.
    pub(crate) fn secret(self, action: &'static str, secret: &'static str, button: &str) -> Self {
        self.form(action, button, Field::Secret(secret))
    }

    fn form(mut self, action: &'static str, button: &str, field: Field) -> Self {
        self.blocks.push(Block::Form { action, button: tame(button), field });
        self
    }
}

impl Column {
    pub(crate) const fn left(name: &'static str) -> Self {
        Self { name, align: Align::Left }
    }

    pub(crate) const fn right(name: &'static str) -> Self {
        Self { name, align: Align::Right }
    }
}

/// Peers' names and words are among it: nothing of them begins a line or steers a terminal.
fn tame(text: &str) -> String {
    one_line(format_args!("{text}"), CELL_LEN_MAX)
}
