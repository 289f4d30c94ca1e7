//! The texts that were read, and places in them.
//!
//! A place is a file and two byte offsets. Lines and columns are worked out on demand, from 1, columns in
//! characters. The paths are the ones to show, not the ones to open.

use std::cell::OnceCell;

/// One of the files of a [`SourceMap`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId(u32);

impl FileId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Bytes `start..end` of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Span {
    pub(crate) file: FileId,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    pub(crate) fn new(file: FileId, start: usize, end: usize) -> Self {
        // Files are at most FILE_LEN_MAX bytes; a place past 4 GiB could only be shown, so saturating is enough.
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: narrow(start), end: narrow(end) }
    }
}

/// A value and where it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// Every file of a run, in the order in which they were met.
#[derive(Debug, Default)]
pub(crate) struct SourceMap {
    files: Vec<SourceFile>,
}

#[derive(Debug)]
pub(crate) struct SourceFile {
    path: String,
    /// `None`: there is nothing to quote from, as the file could not be read.
    text: Option<String>,
    line_starts: OnceCell<Vec<u32>>,
}

impl SourceMap {
    pub(crate) fn add(&mut self, path: String, text: Option<String>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile { path, text, line_starts: OnceCell::new() });
        id
    }

    pub(crate) fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.index()]
    }
}

impl SourceFile {
    /// The path to show: as the user gave it.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Line and column of a byte, both from 1, the column in characters.
    pub(crate) fn line_column(&self, offset: usize) -> (usize, usize) {
        let line = self.line_of(offset);
        let text = self.text.as_deref().unwrap_or_default();
        let start = self.line_range(line).0;
        let before = text.get(start..offset.min(text.len())).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    /// The line, from 1, on which a byte stands.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|start| *start as usize <= offset).max(1)
    }

    /// Where a line starts and ends, its line feed included.
    pub(crate) fn line_range(&self, line: usize) -> (usize, usize) {
        let starts = self.line_starts();
        let text_len = self.text.as_deref().map_or(0, str::len);
        let start = starts.get(line - 1).map_or(text_len, |start| *start as usize);
        let end = starts.get(line).map_or(text_len, |end| *end as usize);
        (start, end)
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let text = self.text.as_deref().unwrap_or_default().as_bytes();
            let feeds = text.iter().filter(|byte| **byte == b'\n').count();
            let mut starts = Vec::with_capacity(feeds + 1);
            starts.push(0);
            let after_feed = |(at, byte): (usize, &u8)| (*byte == b'\n').then_some(at as u32 + 1);
            starts.extend(text.iter().enumerate().filter_map(after_feed));
            starts
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_lines_and_characters_from_one() {
        let mut sources = SourceMap::default();
        let id = sources.add("a.xml".into(), Some("ab\né€x\n".into()));
        let file = sources.file(id);
        let rows =
            [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (5, (2, 2)), (8, (2, 3)), (10, (3, 1)), (99, (3, 1))];
        for (offset, expected) in rows {
            assert_eq!(file.line_column(offset), expected, "offset {offset}");
        }
    }
}
